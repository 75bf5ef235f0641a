"""Comparing two tables, of versions of artifacts or logged by runs, a page of paired rows at a time.

Pairing reads both tables whole, so what was paired is remembered by the bytes of both, and so is each order of it:
scrolling costs a page.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from runwell.server.stores.artifact_records import ArtifactFileRecord, ArtifactRecord
from runwell.server.stores.records import FileRecord, RunRecord
from runwell.wire.errors import InvalidValue, shorten

from .access import Actor, NotFound
from .artifacts import Artifacts
from .media import Media, MediaValue, file_paths
from .runs import Runs
from .table_files import ParsedTable, ParsedTables
from .table_join import CHANGES, NOWHERE, Column, JoinedTable, KeyProposal, join_tables, propose_keys
from .tables import Tables, is_missing, order_of, text_of

MAX_COMPARED_CELLS = 10_000_000  # of both tables; pairing reads every one, in seconds
_MAX_REMEMBERED_CELLS = 10_000_000  # of paired tables, beside their rows, which are remembered parsed
_REMEMBERED_ORDERS = 32
SortBy = Literal["before", "after", "delta", "size"]


@dataclass(frozen=True, slots=True)
class RunTable:
    """A table that a run logged, in these files."""

    run: str
    paths: Sequence[str]


@dataclass(frozen=True, slots=True)
class VersionTable:
    """A table that is a file of a version of an artifact."""

    artifact: str
    version: str
    path: str


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
class Side:
    """A table with where the files in its cells are found."""

    table: ParsedTable
    digest: str
    run: RunRecord | None
    version: ArtifactRecord | None


SideFile = tuple[RunRecord, FileRecord] | tuple[ArtifactRecord, ArtifactFileRecord]


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
    files: tuple[dict[str, SideFile | None], dict[str, SideFile | None]]


class TableCompare:
    """Compares tables.

    Args:
        tables: those of runs.
        artifacts, runs: where the others are, and who may see them.
        media: finds the files of a run's cells.
        parsed: what was parsed before.
    """

    def __init__(self, tables: Tables, artifacts: Artifacts, runs: Runs, media: Media, parsed: ParsedTables) -> None:
        self._tables = tables
        self._artifacts = artifacts
        self._runs = runs
        self._media = media
        self._parsed = parsed
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
        sides = self._side(actor, place, before), self._side(actor, place, after)
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
            self._files(actor, sides[0], [old for old, _ in cells_of if old]),
            self._files(actor, sides[1], [new for _, new in cells_of if new]),
        )
        return ComparedPage(joined, proposals, shown, len(order), files)

    def _side(self, actor: Actor, place: tuple[str, str], asked: RunTable | VersionTable) -> Side:
        if isinstance(asked, RunTable):
            run = self._runs.find(actor, *place, asked.run)
            table, digest = self._tables.whole(actor, run, asked.paths)
            return Side(table, digest, run, None)
        version = self._artifacts.named(actor, *place, f"{asked.artifact}:{asked.version}").artifact
        found = self._pointed(actor, self._artifacts.file(actor, version, asked.path))
        if found is None:
            raise NotFound(f"the bytes of {shorten(asked.path)} aren't on this server")
        owner, file = found
        digest = file.blob_digest or ""

        def open_() -> tuple[str, BinaryIO]:
            return digest, self._artifacts.open(actor, owner, digest)[1]

        # Its cells name files of the version that it lies in, wherever a later one refers to it.
        owning = version if owner == version.id else self._artifacts.find(actor, owner)
        return Side(self._parsed.get(digest, asked.path, file.size_bytes, open_), digest, None, owning)

    def _pointed(self, actor: Actor, file: ArtifactFileRecord) -> tuple[int, ArtifactFileRecord] | None:
        """Give the version and the file of the bytes of an entry, which may refer to another version's."""
        if file.blob_digest is not None:
            return file.artifact_id, file
        try:
            version, found = self._artifacts.at_address(actor, file.ref or "")
        except (InvalidValue, NotFound):
            return None
        return (version.id, found) if found.blob_digest is not None else None

    def _proposed(self, before: Side, after: Side) -> list[KeyProposal]:
        name = (before.digest, after.digest)
        found = self._proposals.get(name)
        if found is None:
            found = self._proposals[name] = propose_keys(before.table, after.table)
            while len(self._proposals) > _REMEMBERED_ORDERS:
                self._proposals.popitem(last=False)
        return found

    def _paired(self, before: Side, after: Side, keys: tuple[str, ...]) -> JoinedTable:
        name = (before.digest, after.digest, keys)
        found = self._joined.get(name)
        if found is None:
            found = self._joined[name] = join_tables(before.table, after.table, keys)
            while len(self._joined) > 1 and sum(one.cells for one in self._joined.values()) > _MAX_REMEMBERED_CELLS:
                self._joined.popitem(last=False)
        self._joined.move_to_end(name)
        return found

    def _ordered(self, sides: tuple[Side, Side], joined: JoinedTable, asked: Asked) -> list[int]:
        name = (sides[0].digest, sides[1].digest, joined.keys, asked.show, asked.q, asked.changed_in, asked.sort)
        found = self._orders.get(name)
        if found is None:
            found = self._orders[name] = _chosen(joined, asked)
            while len(self._orders) > _REMEMBERED_ORDERS:
                self._orders.popitem(last=False)
        return found

    def _files(self, actor: Actor, side: Side, rows: list[list[Any]]) -> dict[str, SideFile | None]:
        if side.run is not None:
            found = self._media.fill(MediaValue(side.run, "", side.run.last_step, {"cells": rows})).files
            return {path: file and (side.run, file) for path, file in found.items()}
        assert side.version is not None
        wanted = list(dict.fromkeys(file_paths({"cells": rows})))
        entries = {file.path: file for file in self._artifacts.files(actor, side.version, names=wanted).items}
        given: dict[str, SideFile | None] = {}
        for path in wanted:
            found = self._pointed(actor, entries[path]) if path in entries else None
            if found is None:
                given[path] = None
            elif found[0] == side.version.id:
                given[path] = (side.version, found[1])
            else:
                given[path] = (self._artifacts.find(actor, found[0]), found[1])
        return given


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
