"""Figures of Plotly, kept as their JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runwell.wire.errors import UsageError, shorten
from runwell.wire.foreign import refusing

from .media import Media

if TYPE_CHECKING:
    from .place import MediaPlace


class Plotly(Media):
    """A figure of Plotly.

    Args:
        val: the figure. A figure of matplotlib is better an ``Image``.

    Raises:
        UsageError: it is none.
    """

    @refusing("Plotly")
    def __init__(self, val: Any) -> None:
        if not hasattr(val, "to_json") or type(val).__module__.partition(".")[0] != "plotly":
            raise UsageError(f"Plotly takes a figure of plotly, not {shorten(val)}; matplotlib's go into an Image")
        self._json: str = val.to_json()

    def to_row(self, place: MediaPlace) -> dict[str, Any]:
        """Write the figure."""
        return {"_type": "plotly-file", **place.put("plotly", "plotly.json", self._json.encode())}
