"""Logged tables, a page at a time: sorted, searched and filtered here, so that a reader needn't fetch the whole.

A table is one JSON file of the run (``columns`` and ``data``), or several whose rows follow one another, as a
table that grows is logged. What was parsed is remembered by its bytes.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from runwell.server.stores.records import FileRecord, RunRecord
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MIB
from runwell.wire.numbers import decode_extended

from .access import Actor
from .files import RunFiles
from .media import Media, MediaValue

MAX_TABLE_BYTES = 256 * MIB  # of all parts; a larger one is downloaded
MAX_PARTS = 1_000  # files of one table
MAX_REMEMBERED_CELLS = 4_000_000  # of all parsed tables, about 400 MB at worst
OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">=", "contains"})


@dataclass(frozen=True, slots=True)
class Condition:
    """What a column's cells must be: ``operator`` of :data:`OPERATORS`, ``value`` a number, text, bool or None."""

    column: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class TablePage:
    """Some rows of a table.

    Attributes:
        columns: (name, kind) each; kind is number, text, bool, media, mixed or empty.
        rows: (number in the table, cells) each.
        total: rows of the table.
        matched: rows that hold what was asked.
        media: the media in the cells with their files.
    """

    columns: list[tuple[str, str]]
    rows: list[tuple[int, list[Any]]]
    total: int
    matched: int
    media: MediaValue


@dataclass(frozen=True, slots=True)
class _Parsed:
    columns: list[str]
    rows: list[list[Any]]


class Tables:
    """Reads the tables of runs.

    Args:
        files: where they are.
        media: finds the files of media in cells.
    """

    def __init__(self, files: RunFiles, media: Media) -> None:
        self._files = files
        self._media = media
        self._remembered: OrderedDict[str, _Parsed] = OrderedDict()
        self._lock = threading.Lock()

    def page(
        self,
        actor: Actor,
        run: RunRecord,
        paths: Sequence[str],
        *,
        offset: int = 0,
        limit: int = 100,
        sort: Sequence[tuple[str, bool]] = (),
        q: str = "",
        where: Sequence[Condition] = (),
    ) -> TablePage:
        """Give rows of the table in these files.

        Args:
            sort: (column, descending) each, the first foremost; cells without a value come last.
            q: text that some cell of a row must contain, letters' case aside.
            where: conditions that a row must hold, all of them.

        Raises:
            NotFound: there is no such file, or the run isn't the actor's.
            InvalidValue: it is no table, or too large, or there is no such column.
        """
        if len(paths) > MAX_PARTS:
            raise InvalidValue(f"{len(paths):,} files of one table; at most {MAX_PARTS:,}")
        parts = [self._part(actor, run, path) for path in paths]
        columns = parts[0].columns if parts else []
        if any(part.columns != columns for part in parts):
            raise InvalidValue("the parts of the table have different columns")
        rows = parts[0].rows if len(parts) == 1 else [row for part in parts for row in part.rows]
        places = {name: place for place, name in enumerate(columns)}
        for name in [*(name for name, _ in sort), *(condition.column for condition in where)]:
            if name not in places:
                raise InvalidValue(f"the table has no column {shorten(name)}")
        chosen = _chosen(rows, q, [(places[one.column], one) for one in where])
        for name, descending in reversed(sort):
            place = places[name]
            chosen.sort(key=lambda number: _order(rows[number][place]), reverse=descending)
            chosen.sort(key=lambda number: _is_missing(rows[number][place]))
        shown = [(number, rows[number]) for number in chosen[offset : offset + limit]]
        cells = MediaValue(run, "", run.last_step, {"cells": [row for _, row in shown]})
        # Every cell has a column, also of two columns that have one name.
        kinds = [(name, _kind(rows, place)) for place, name in enumerate(columns)]
        return TablePage(kinds, shown, len(rows), len(chosen), self._media.fill(cells))

    def _part(self, actor: Actor, run: RunRecord, path: str) -> _Parsed:
        record = self._files.find(actor, run, path)
        with self._lock:
            found = self._remembered.get(record.digest)
            if found is not None:
                self._remembered.move_to_end(record.digest)
                return found
        if record.size_bytes > MAX_TABLE_BYTES:
            raise InvalidValue(f"the table has {record.size_bytes:,} bytes; at most {MAX_TABLE_BYTES:,} are shown")
        record, source = self._files.open(actor, run, path)
        with source:
            parsed = _parse(source.read(MAX_TABLE_BYTES), record)
        with self._lock:
            self._remembered[record.digest] = parsed
            while len(self._remembered) > 1 and sum(map(_cells, self._remembered.values())) > MAX_REMEMBERED_CELLS:
                self._remembered.popitem(last=False)
        return parsed


def _parse(data: bytes, record: FileRecord) -> _Parsed:
    document = decode_extended(data)
    columns = document.get("columns") if isinstance(document, dict) else None
    rows = document.get("data") if isinstance(document, dict) else None
    if not isinstance(columns, list) or not isinstance(rows, list):
        raise InvalidValue(f"{shorten(record.path)} is no table: it has no columns and data")
    names = [str(name) for name in columns]
    width = len(names)
    # Rows of another width are cut or filled: a reader sees every cell that has a column.
    whole = [row if len(row) == width else (row + [None] * width)[:width] for row in rows if isinstance(row, list)]
    return _Parsed(names, whole)


def _cells(table: _Parsed) -> int:
    return len(table.columns) * len(table.rows)


def _chosen(rows: list[list[Any]], q: str, where: list[tuple[int, Condition]]) -> list[int]:
    wanted = q.casefold()
    return [
        number
        for number, row in enumerate(rows)
        if (not wanted or any(wanted in _text(cell) for cell in row))
        and all(_holds(row[place], condition) for place, condition in where)
    ]


def _text(cell: Any) -> str:
    if isinstance(cell, dict) and "_type" in cell:
        cell = cell.get("caption") or ""
    return "" if cell is None else str(cell).casefold()


def _holds(cell: Any, condition: Condition) -> bool:
    value = condition.value
    if condition.operator == "contains":
        return str(value).casefold() in _text(cell)
    if condition.operator in ("=", "!="):
        return (cell == value and isinstance(cell, bool) == isinstance(value, bool)) is (condition.operator == "=")
    if not isinstance(cell, (int, float, str)) or isinstance(cell, str) is not isinstance(value, str) or value is None:
        return False
    sign: dict[str, bool] = {
        "<": cell < value,
        "<=": cell <= value,
        ">": cell > value,
        ">=": cell >= value,
    }
    return sign[condition.operator]


def _is_missing(cell: Any) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def _order(cell: Any) -> tuple[int, Any]:
    """Order cells of any kind: truth values and numbers, text, then the rest by its text."""
    if _is_missing(cell):
        return (3, 0)
    if isinstance(cell, (bool, int, float)):
        return (0, cell)
    if isinstance(cell, str):
        return (1, cell.casefold())
    return (2, _text(cell))


def _kind(rows: list[list[Any]], place: int) -> str:
    found = {_kind_of(row[place]) for row in rows} - {"empty"}
    return found.pop() if len(found) == 1 else "mixed" if found else "empty"


def _kind_of(cell: Any) -> str:
    if cell is None:
        return "empty"
    if isinstance(cell, bool):
        return "bool"
    if isinstance(cell, (int, float)):
        return "number"
    if isinstance(cell, str):
        return "text"
    return "media" if isinstance(cell, dict) and "_type" in cell else "mixed"
