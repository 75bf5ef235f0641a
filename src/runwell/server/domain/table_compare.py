"""Comparing two tables, of versions of artifacts or logged by runs, a page of paired rows at a time.

Pairing reads both tables whole, so what was paired is remembered by the bytes of both, and so is each order of it:
scrolling costs a page.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Literal

from runwell.wire.errors import InvalidValue

from .access import Actor
from .table_join import CHANGES, NOWHERE, Column, JoinedTable, KeyProposal, join_tables, propose_keys
from .table_sources import CellFiles, FoundTable, RunTable, TableSources, VersionTable
from .tables import is_missing, order_of, text_of

MAX_COMPARED_CELLS = 10_000_000  # of both tables; pairing reads every one, in seconds
_MAX_REMEMBERED_CELLS = 10_000_000  # of paired tables, beside their rows, which are remembered parsed
_REMEMBERED_ORDERS = 32
SortBy = Literal["before", "after", "delta", "size"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which pairs of rows, in which order.

    Attributes:
        keys: columns that pair rows; none: their number; None: what is proposed first.
        show: changes of :data:`CHANGES` to give.
        q: text that some cell of either row must contain.
        changed_in: columns of which a pair must differ in one; none: any pair.
        sort: (column, by what of it, descending) each, the first foremost. ``delta`` is by how much a number grew,
            ``size`` by how much it changed.
    """

    keys: tuple[str, ...] | None = None
    show: frozenset[str] = frozenset(CHANGES)
    q: str = ""
    changed_in: tuple[str, ...] = ()
    sort: tuple[tuple[str, SortBy, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class ComparedPage:
    """Some pairs of a comparison.

    Attributes:
        joined: all of it.
        proposals: what rows may be paired by, the best first.
        pairs: places in ``joined`` of those that are given.
        matched: pairs that hold what was asked.
        files: of the older and of the newer side, path → the file, None while it isn't here.
    """

    joined: JoinedTable
    proposals: list[KeyProposal]
    pairs: list[int]
    matched: int
    files: tuple[CellFiles, CellFiles]


class TableCompare:
    """Compares tables.

    Args:
        sources: where tables are, and who may see them.
    """

    def __init__(self, sources: TableSources) -> None:
        self._sources = sources
        self._lock = threading.Lock()  # one pairing at a time: it is the processor's work, and the next may find it
        self._joined: OrderedDict[tuple[str, str, tuple[str, ...]], JoinedTable] = OrderedDict()
        self._proposals: OrderedDict[tuple[str, str], list[KeyProposal]] = OrderedDict()
        self._orders: OrderedDict[tuple[Any, ...], list[int]] = OrderedDict()

    def page(
        self,
        actor: Actor,
        place: tuple[str, str],
        before: RunTable | VersionTable,
        after: RunTable | VersionTable,
        asked: Asked,
        offset: int = 0,
        limit: int = 100,
    ) -> ComparedPage:
        """Give paired rows of two tables of a project.

        Args:
            place: entity and project of both.

        Raises:
            NotFound: there is no such run, version or file, or it isn't the actor's.
            InvalidValue: a file is no table, or both are too large, or they have no such column.
        """
        sides = self._sources.find(actor, place, before), self._sources.find(actor, place, after)
        cells = sides[0].table.cells + sides[1].table.cells
        if cells > MAX_COMPARED_CELLS:
            raise InvalidValue(f"the two tables have {cells:,} cells; at most {MAX_COMPARED_CELLS:,} are compared")
        with self._lock:
            proposals = self._proposed(*sides)
            keys = asked.keys if asked.keys is not None else proposals[0].columns if proposals else ()
            joined = self._paired(*sides, keys)
            order = self._ordered(sides, joined, asked)
        shown = order[offset : offset + limit]
        cells_of = [joined.cells_of(joined.pairs[place]) for place in shown]
        files = (
            self._sources.files(actor, sides[0], [old for old, _ in cells_of if old]),
            self._sources.files(actor, sides[1], [new for _, new in cells_of if new]),
        )
        return ComparedPage(joined, proposals, shown, len(order), files)

    def _proposed(self, before: FoundTable, after: FoundTable) -> list[KeyProposal]:
        name = (before.digest, after.digest)
        found = self._proposals.get(name)
        if found is None:
            found = self._proposals[name] = propose_keys(before.table, after.table)
            while len(self._proposals) > _REMEMBERED_ORDERS:
                self._proposals.popitem(last=False)
        return found

    def _paired(self, before: FoundTable, after: FoundTable, keys: tuple[str, ...]) -> JoinedTable:
        name = (before.digest, after.digest, keys)
        found = self._joined.get(name)
        if found is None:
            found = self._joined[name] = join_tables(before.table, after.table, keys)
            while len(self._joined) > 1 and sum(one.cells for one in self._joined.values()) > _MAX_REMEMBERED_CELLS:
                self._joined.popitem(last=False)
        self._joined.move_to_end(name)
        return found

    def _ordered(self, sides: tuple[FoundTable, FoundTable], joined: JoinedTable, asked: Asked) -> list[int]:
        name = (sides[0].digest, sides[1].digest, joined.keys, asked.show, asked.q, asked.changed_in, asked.sort)
        found = self._orders.get(name)
        if found is None:
            found = self._orders[name] = _chosen(joined, asked)
            while len(self._orders) > _REMEMBERED_ORDERS:
                self._orders.popitem(last=False)
        return found


def _chosen(joined: JoinedTable, asked: Asked) -> list[int]:
    """Give the places of the pairs that hold what was asked, in the asked order."""
    wanted = asked.q.casefold()
    chosen = [place for place, change in enumerate(joined.changes) if change in asked.show]
    if asked.changed_in:
        bits = [joined.differs[joined.place(name)] for name in asked.changed_in]
        chosen = [place for place in chosen if any(one[place] for one in bits)]
    if wanted:
        chosen = [place for place in chosen if _contains(joined.cells_of(joined.pairs[place]), wanted)]
    for name, by, descending in reversed(asked.sort):
        column = joined.columns[joined.place(name)]
        values = {place: _sorted_by(joined, place, column, by) for place in chosen}
        chosen.sort(key=lambda place: order_of(values[place]), reverse=descending)
        chosen.sort(key=lambda place: is_missing(values[place]))
    return chosen


def _sorted_by(joined: JoinedTable, place: int, column: Column, by: SortBy) -> Any:
    if by in ("delta", "size"):
        delta = joined.delta(place, column)
        return delta if delta is None or by == "delta" else abs(delta)
    is_old = by == "before"
    table, row = (joined.before if is_old else joined.after), joined.pairs[place][not is_old]
    cell = column.before if is_old else column.after
    return None if row == NOWHERE or cell is None else table.rows[row][cell]


def _contains(cells: tuple[list[Any] | None, list[Any] | None], wanted: str) -> bool:
    return any(wanted in text_of(cell) for side in cells if side for cell in side)
