"""Pages of HTML. Readers show them in a frame that can't act for its reader."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from runwell.wire.errors import UsageError, kind_of, shorten
from runwell.wire.foreign import is_a, path_of, read_from, refusing, text_of, words_of

from .media import Media

if TYPE_CHECKING:
    from .place import MediaPlace

_NEW_TAB = '<base target="_blank">'  # links of a page in a frame open outside of it


class Html(Media):
    """A page or fragment of HTML.

    Args:
        data: the text, a path that ends with ``.html``, or an open file.
        inject: let its links open in a new tab.
        data_is_not_path: take a text that is the name of a file as text.

    Raises:
        UsageError: it is none of these.
    """

    @refusing("Html")
    def __init__(self, data: Any, inject: bool = True, data_is_not_path: bool = False) -> None:
        data = text_of(data) if is_a(data, str) else data
        if hasattr(type(data), "__fspath__") or (
            is_a(data, str) and not data_is_not_path and data.endswith((".html", ".htm")) and os.path.isfile(data)
        ):
            text = _page_of(path_of(data, "Html"))
        elif is_a(data, str):
            text = data
        elif hasattr(data, "read"):
            text = read_from(data, "Html").decode("utf-8", "replace")
        else:
            raise UsageError(f"Html takes text, a path or an open file, not a {kind_of(data)} ({shorten(data)})")
        self.html = _inject(text) if inject else text

    def to_row(self, place: MediaPlace) -> dict[str, Any]:
        """Write the page."""
        return {"_type": "html-file", **place.put("html", "html", self.html.encode("utf-8", "replace"))}

    @classmethod
    def group_to_row(cls, items: Sequence[Media], place: MediaPlace) -> dict[str, Any]:
        """Write several pages."""
        pages = [page.to_row(place) for page in cls.alike(items)]
        return {"_type": "html", "count": len(pages), "html": pages}


def _page_of(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise UsageError(f"page {shorten(path)} can't be read: {words_of(error)}") from None


def _inject(text: str) -> str:
    for mark in ("<head>", "<html>"):
        place = text.find(mark)
        if place >= 0:
            end = place + len(mark)
            return text[:end] + _NEW_TAB + text[end:]
    return _NEW_TAB + text
