"""Two tables side by side: rows paired by a key, what came, went and changed. Pure.

Rows that share a key on one side are paired in their order: the first with the first of the other side, and so on, so
that no row is counted twice or left out. Cells are equal when a reader would call them so: 1 and 1.0, NaN and NaN, and
media whose bytes are the same, whatever their files are called.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from runwell.wire.errors import InvalidValue, shorten

from .table_files import ParsedTable, kind_of_column

ADDED, REMOVED, CHANGED, SAME = "added", "removed", "changed", "same"
CHANGES = (ADDED, REMOVED, CHANGED, SAME)
NOWHERE = -1  # no such row
_PAIRED_COLUMNS = 6  # columns of which pairs are tried as keys: 15 pairs
_OFFERED = 8  # proposals of an answer
_LIKELY = ("id", "key", "index", "idx", "name", "path", "file", "filename", "uid", "uuid", "image", "example", "sample")
_NAMES_OF_BYTES = frozenset({"path", "artifact_path", "_latest_artifact_path"})


@dataclass(frozen=True, slots=True)
class KeyProposal:
    """Columns that may pair rows.

    Attributes:
        columns: their names.
        unique: whether they name one row each, on both sides.
        shared: part of the larger side's rows that have a partner, 0 to 1.
    """

    columns: tuple[str, ...]
    unique: bool
    shared: float


@dataclass(frozen=True, slots=True)
class Column:
    """A column of either table or of both (then with both places)."""

    name: str
    before: int | None
    after: int | None
    kind: str


@dataclass(slots=True)
class JoinedTable:
    """Rows of two tables paired.

    Attributes:
        keys: columns they were paired by; none: by their number.
        columns: of the newer table, then those only the older one has.
        pairs: (row of the older table, row of the newer) each, -1 where there is none; in the older table's order,
            then what came.
        differs: of each column, a byte for each pair: 1 where its cells differ.
        changes: of each pair, one of :data:`CHANGES`.
        repeated: rows of the older and of the newer table whose key another row before them has.
    """

    before: ParsedTable
    after: ParsedTable
    keys: tuple[str, ...]
    columns: list[Column]
    pairs: list[tuple[int, int]]
    differs: list[bytes]
    changes: list[str]
    repeated: tuple[int, int]

    @property
    def cells(self) -> int:
        """How many cells both have, which is what remembering it costs at most."""
        return self.before.cells + self.after.cells

    def cells_of(self, pair: tuple[int, int]) -> tuple[list[Any] | None, list[Any] | None]:
        """Give a pair's cells in the order of the columns; None for a row that isn't there."""
        before, after = pair
        old = None if before == NOWHERE else self.before.rows[before]
        new = None if after == NOWHERE else self.after.rows[after]
        return (
            old and [None if one.before is None else old[one.before] for one in self.columns],
            new and [None if one.after is None else new[one.after] for one in self.columns],
        )

    def differing(self, number: int) -> list[int]:
        """Give the columns in which a pair differs, by their place; of a row without partner none."""
        return [place for place, bits in enumerate(self.differs) if bits[number]]

    def delta(self, number: int, column: Column) -> float | None:
        """Give by how much a number grew in a pair; None: one of the two is no number."""
        before, after = self.pairs[number]
        if before == NOWHERE or after == NOWHERE or column.before is None or column.after is None:
            return None
        old, new = self.before.rows[before][column.before], self.after.rows[after][column.after]
        if not _is_number(old) or not _is_number(new):
            return None
        try:
            return float(new) - float(old)
        except OverflowError:
            return math.nan

    def place(self, name: str) -> int:
        """Find a column by its name.

        Raises:
            InvalidValue: neither table has it.
        """
        for place, one in enumerate(self.columns):
            if one.name == name:
                return place
        raise InvalidValue(f"neither table has a column {shorten(name)}")


def join_tables(before: ParsedTable, after: ParsedTable, keys: Sequence[str]) -> JoinedTable:
    """Pair the rows of two tables by key columns; without any, by their number.

    Raises:
        InvalidValue: a key is not a column of both.
    """
    for key in keys:
        if key not in before.columns or key not in after.columns:
            raise InvalidValue(f"{shorten(key)} is not a column of both tables")
    columns = _columns(before, after)
    old_keys, old_repeated = _row_keys(before, keys)
    new_keys, new_repeated = _row_keys(after, keys)
    if old_repeated or new_repeated:
        old_keys, new_keys = _numbered(old_keys), _numbered(new_keys)
    there = {key: row for row, key in enumerate(new_keys)}
    pairs = [(row, there.pop(key, NOWHERE)) for row, key in enumerate(old_keys)]
    pairs += [(NOWHERE, row) for row in there.values()]
    differs = [_differing(before, after, one, pairs) for one in columns]
    changes = [SAME] * len(pairs)
    for bits in differs:
        at = bits.find(1)
        while at >= 0:
            changes[at] = CHANGED
            at = bits.find(1, at + 1)
    for number, (old, new) in enumerate(pairs):
        if new == NOWHERE or old == NOWHERE:
            changes[number] = REMOVED if new == NOWHERE else ADDED
    return JoinedTable(before, after, tuple(keys), columns, pairs, differs, changes, (old_repeated, new_repeated))


def _differing(before: ParsedTable, after: ParsedTable, column: Column, pairs: Sequence[tuple[int, int]]) -> bytes:
    if column.before is None or column.after is None:
        return bytes(len(pairs))
    # A row that isn't there is the last of the list that -1 finds, and differs in nothing.
    old, new = [*before.column(column.before), None], [*after.column(column.after), None]
    if column.kind == "text":
        return bytes([a >= 0 and b >= 0 and old[a] != new[b] for a, b in pairs])
    if column.kind == "number":  # NaN alone differs from itself
        return bytes(
            [a >= 0 and b >= 0 and old[a] != new[b] and (old[a] == old[a] or new[b] == new[b]) for a, b in pairs]
        )
    return bytes([a >= 0 and b >= 0 and old[a] is not new[b] and not is_same(old[a], new[b]) for a, b in pairs])


def propose_keys(before: ParsedTable, after: ParsedTable) -> list[KeyProposal]:
    """Propose what rows may be paired by, the best first: unique on both sides, and with many partners."""
    common = [name for name in dict.fromkeys(after.columns) if name in before.columns]
    singles: list[tuple[KeyProposal, list[Hashable], list[Hashable]]] = []
    for name in common:
        old, new = (_names_in(one.column(one.columns.index(name))) for one in (before, after))
        if old is not None and new is not None:
            singles.append((_judge((name,), old, new), old, new))
    singles.sort(key=lambda one: _rank(one[0], common))
    found = [one for one, _, _ in singles]
    if not any(one.unique for one in found):
        for first, second in combinations(singles[:_PAIRED_COLUMNS], 2):
            old = list(zip(first[1], second[1], strict=True))
            new = list(zip(first[2], second[2], strict=True))
            names = tuple(sorted((*first[0].columns, *second[0].columns), key=common.index))
            found.append(_judge(names, old, new))
        found.sort(key=lambda one: _rank(one, common))
    return [one for one in found if one.shared > 0][:_OFFERED]


def is_same(before: Any, after: Any) -> bool:
    """Say whether a reader would call two cells equal."""
    if type(before) is type(after):
        if before == after:
            return True
        if isinstance(before, str):
            return False
        if isinstance(before, dict) and before.get("sha256") != after.get("sha256"):
            return False
    return _identity(before) == _identity(after)


def _columns(before: ParsedTable, after: ParsedTable) -> list[Column]:
    found: list[Column] = []
    taken: set[int] = set()
    for place, name in enumerate(after.columns):
        there = next((i for i, other in enumerate(before.columns) if other == name and i not in taken), None)
        kind = kind_of_column(after.column(place))
        if there is not None:
            taken.add(there)
            other = kind_of_column(before.column(there))
            kind = other if kind == "empty" else kind if other in (kind, "empty") else "mixed"
        found.append(Column(name, there, place, kind))
    for place, name in enumerate(before.columns):
        if place not in taken:
            found.append(Column(name, place, None, kind_of_column(before.column(place))))
    return found


def _row_keys(table: ParsedTable, keys: Sequence[str]) -> tuple[list[Hashable], int]:
    """Give each row's key, and how many rows repeat one."""
    if not keys:
        return list(range(len(table.rows))), 0
    parts = [_keys_in(table.column(table.columns.index(key))) for key in keys]
    found: list[Hashable] = parts[0] if len(parts) == 1 else list(zip(*parts, strict=True))
    return found, len(found) - len(set(found))


def _numbered(keys: Sequence[Hashable]) -> list[Hashable]:
    """Tell rows that share a key apart by their order."""
    seen: Counter[Hashable] = Counter()
    found: list[Hashable] = []
    for key in keys:
        found.append((key, seen[key]))
        seen[key] += 1
    return found


def _keys_in(cells: list[Any]) -> list[Hashable]:
    """Give what rows are paired by; a picture is itself, whatever boxes lie over it."""
    if set(map(type, cells)) <= {str, int, type(None)}:
        return cells
    return [
        ("bytes", cell["sha256"]) if isinstance(cell, dict) and isinstance(cell.get("sha256"), str) else _identity(cell)
        for cell in cells
    ]


def _names_in(cells: list[Any]) -> list[Hashable] | None:
    """Give what may name rows; None: measured numbers (with fractions), truth values or lists, which don't."""
    types = set(map(type, cells))
    if bool in types or list in types:
        return None
    if float in types and not all(one.is_integer() for one in cells if isinstance(one, float)):
        return None
    return _keys_in(cells)


def _identity(cell: Any) -> Hashable:
    """Give what a cell is compared by."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return ("bool", cell)
    if isinstance(cell, (int, float)):
        return ("number", "NaN") if isinstance(cell, float) and math.isnan(cell) else cell
    if isinstance(cell, dict):
        is_bytes = "_type" in cell and isinstance(cell.get("sha256"), str)
        return (
            "object",
            tuple(
                (key, _identity(value))
                for key, value in sorted(cell.items())
                if not (is_bytes and key in _NAMES_OF_BYTES)
            ),
        )
    if isinstance(cell, list):
        return ("list", tuple(map(_identity, cell)))
    return ("other", str(cell))


def _judge(columns: tuple[str, ...], before: Sequence[Hashable], after: Sequence[Hashable]) -> KeyProposal:
    old, new = set(before), set(after)
    unique = len(old) == len(before) and len(new) == len(after)
    shared = len(old & new) if unique else (Counter(before) & Counter(after)).total()
    return KeyProposal(columns, unique, shared / max(len(before), len(after), 1))


def _rank(one: KeyProposal, common: Sequence[str]) -> tuple[Any, ...]:
    likely = any(name.lower().replace("_", " ").split()[-1:] == [word] for name in one.columns for word in _LIKELY)
    # A few partners more don't make a better key; a telling name does.
    return (not one.unique, -round(one.shared, 1), not likely, len(one.columns), common.index(one.columns[0]))


def _is_number(cell: Any) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)
