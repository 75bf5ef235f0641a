"""A runs query in the words of docs/api.md, and turned into what the catalog answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runwell.server.stores.filter_tree import And, Key, Node, Selection, SortKey
from runwell.wire.errors import InvalidValue
from runwell.wire.limits import MAX_COLUMNS, MAX_IDS, MAX_PAGE, MAX_PATTERN_CHARS, MAX_SORT_KEYS

from .filters import parse_filter, parse_key


@dataclass(slots=True)
class RunQuery:
    """A runs listing as it is asked for, in the words of docs/api.md.

    Attributes:
        filter_text: a filter expression, or "".
        filter_tree: a filter already parsed (from GraphQL); both given, both must hold.
        sort, columns, group: keys as docs/api.md writes them, ``-`` in front of a sort key for descending; sort keys
            may be parsed already.
        q: text or regular expression for name and id.
        ids: only these run ids.
        deleted: runs that are hidden and may come back, in the stead of those that are there.
    """

    filter_text: str = ""
    filter_tree: Node | None = None
    sort: Sequence[str | SortKey] = ("-created_at",)
    columns: Sequence[str] = ()
    q: str = ""
    ids: Sequence[str] | None = None
    offset: int = 0
    limit: int = 100
    group: Sequence[str] = ()
    deleted: bool = False


def select_runs(query: RunQuery, now: float) -> Selection:
    """Parse and bound a query.

    Raises:
        InvalidValue: which part can't be understood, and where.
    """
    written = parse_filter(query.filter_text, now)
    trees = [tree for tree in (written, query.filter_tree) if tree is not None]
    if len(query.sort) > MAX_SORT_KEYS or len(query.group) > MAX_SORT_KEYS:
        raise InvalidValue(f"at most {MAX_SORT_KEYS} keys sort or group")
    if len(query.columns) > MAX_COLUMNS:
        raise InvalidValue(f"{len(query.columns):,} columns; at most {MAX_COLUMNS} at once")
    if query.ids is not None and len(query.ids) > MAX_IDS:
        raise InvalidValue(f"{len(query.ids):,} run ids; at most {MAX_IDS:,} at once")
    if len(query.q) > MAX_PATTERN_CHARS:
        raise InvalidValue(f"the search has {len(query.q):,} characters; at most {MAX_PATTERN_CHARS:,}")
    if query.offset < 0 or query.limit < 0:
        raise InvalidValue("offset and limit can't be negative")
    whole = query.ids is not None and query.limit <= MAX_IDS
    return Selection(
        tree=None if not trees else trees[0] if len(trees) == 1 else And(tuple(trees)),
        sort=tuple(_sort_key(text) for text in query.sort if text) or (SortKey(Key("run", "created_at"), True),),
        columns=tuple(parse_key(text) for text in dict.fromkeys(query.columns) if text),
        search=query.q,
        names=tuple(query.ids) if query.ids is not None else None,
        offset=query.offset,
        limit=query.limit if whole else min(query.limit, MAX_PAGE),
        group=tuple(parse_key(text) for text in query.group if text),
        deleted=query.deleted,
    )


def _sort_key(text: str | SortKey) -> SortKey:
    if isinstance(text, SortKey):
        return text
    if text[0] in "+-":
        return SortKey(parse_key(text[1:]), text[0] == "-")
    return SortKey(parse_key(text))


def split_keys(text: str) -> Sequence[str]:
    """Split comma-separated keys; a comma inside a key is written ``%2C``, and ``%`` as ``%25`` where it matters."""
    return [part.replace("%2C", ",").replace("%2c", ",").replace("%25", "%") for part in text.split(",") if part]
