"""Values of a row that have bytes of their own: pictures, sounds, tables, documents.

What a row keeps of one is a small object with ``_type``, the path of its bytes below the run's ``files``,
their SHA-256 and size: the form that the official client writes, so that readers know one form. The bytes
are written first, then the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .place import MediaPlace


class Media:
    """One value with bytes. Encoding happens when it is made or logged, in the thread that does so."""

    def to_row(self, place: MediaPlace) -> dict[str, Any]:
        """Write the bytes and give what the row keeps: an object with ``_type``.

        Raises:
            Rejected: it can't be kept; the row's other values are.
        """
        raise NotImplementedError

    @classmethod
    def group_to_row(cls, items: Sequence[Media], place: MediaPlace) -> dict[str, Any]:
        """Write several values that were logged as one list, and give what the row keeps of them.

        Raises:
            Rejected: values of this type can't be a list.
        """
        from runwell.sdk.values import Rejected

        kind = cls.__name__
        raise Rejected(f"list of {kind}", f"{kind} can't be logged as a list; log each under a key of its own")


def media_of(value: Any) -> Media | list[Media] | None:
    """Give the value as media, or a list of media of one kind; None: it is something else.

    Pictures of PIL, figures of matplotlib and plotly and data frames are media too, without being wrapped.
    """
    if isinstance(value, Media):
        return value
    kind = type(value)
    if kind in (list, tuple):
        if not value or not isinstance(value[0], Media):
            return None
        return list(value)
    root = kind.__module__.partition(".")[0]
    if root in _FOREIGN:
        from .foreign import wrap

        return wrap(value)
    return None


_FOREIGN = frozenset(("PIL", "matplotlib", "plotly", "pandas"))
