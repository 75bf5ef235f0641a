"""Paging on the wire: a cursor is the offset behind the entry it belongs to. Pure."""

from __future__ import annotations

from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_PAGE

DEFAULT_PAGE = 50


def page_of(after: str | None, first: int | None) -> tuple[int, int]:
    """Give (offset, limit) of a page; a ``first`` beyond ``MAX_PAGE`` is cut to it.

    Raises:
        InvalidValue: the cursor is none of ours, or ``first`` is negative.
    """
    if first is not None and first < 0:
        raise InvalidValue(f"first is {first}; it must not be negative")
    if after and (not after.isascii() or not after.isdigit() or len(after) > 15):
        raise InvalidValue(f"{shorten(after)} is not a cursor of this server")
    return int(after) if after else 0, min(DEFAULT_PAGE if first is None else first, MAX_PAGE)
