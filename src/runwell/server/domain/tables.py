"""Logged tables, a page at a time: sorted, searched and filtered here, so that a reader needn't fetch the whole.

A table is one JSON file of the run (``columns`` and ``data``), or several whose rows follow one another, as a
table that grows is logged. What was parsed is remembered by its bytes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from runwell.server.stores.records import RunRecord
from runwell.wire.errors import InvalidValue, shorten

from .access import Actor
from .files import RunFiles
from .media import Media, MediaValue
from .table_files import ParsedTable, ParsedTables, join_parts, kind_of_column

MAX_PARTS = 1_000  # files of one table
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


class Tables:
    """Reads the tables of runs.

    Args:
        files: where they are.
        media: finds the files of media in cells.
        parsed: what was parsed before.
    """

    def __init__(self, files: RunFiles, media: Media, parsed: ParsedTables) -> None:
        self._files = files
        self._media = media
        self._parsed = parsed

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
        table, _ = self.whole(actor, run, paths)
        columns, rows = table.columns, table.rows
        places = {name: place for place, name in enumerate(columns)}
        for name in [*(name for name, _ in sort), *(condition.column for condition in where)]:
            if name not in places:
                raise InvalidValue(f"the table has no column {shorten(name)}")
        chosen = _chosen(rows, q, [(places[one.column], one) for one in where])
        for name, descending in reversed(sort):
            place = places[name]
            chosen.sort(key=lambda number: order_of(rows[number][place]), reverse=descending)
            chosen.sort(key=lambda number: is_missing(rows[number][place]))
        shown = [(number, rows[number]) for number in chosen[offset : offset + limit]]
        cells = MediaValue(run, "", run.last_step, {"cells": [row for _, row in shown]})
        # Every cell has a column, also of two columns that have one name.
        kinds = [(name, kind_of_column(table.column(place))) for place, name in enumerate(columns)]
        return TablePage(kinds, shown, len(rows), len(chosen), self._media.fill(cells))

    def whole(self, actor: Actor, run: RunRecord, paths: Sequence[str]) -> tuple[ParsedTable, str]:
        """Give the table in these files, and what names its bytes.

        Raises:
            NotFound, InvalidValue: see :meth:`page`.
        """
        if len(paths) > MAX_PARTS:
            raise InvalidValue(f"{len(paths):,} files of one table; at most {MAX_PARTS:,}")
        parts: list[ParsedTable] = []
        digests: list[str] = []
        for path in paths:
            record = self._files.find(actor, run, path)

            def open_(path: str = path) -> tuple[str, BinaryIO]:
                opened, source = self._files.open(actor, run, path)
                return opened.digest, source

            parts.append(self._parsed.get(record.digest, path, record.size_bytes, open_))
            digests.append(record.digest)
        return join_parts(parts), " ".join(digests)


def _chosen(rows: list[list[Any]], q: str, where: list[tuple[int, Condition]]) -> list[int]:
    wanted = q.casefold()
    return [
        number
        for number, row in enumerate(rows)
        if (not wanted or any(wanted in text_of(cell) for cell in row))
        and all(_holds(row[place], condition) for place, condition in where)
    ]


def text_of(cell: Any) -> str:
    """Give the text of a cell that a search looks through."""
    if isinstance(cell, dict) and "_type" in cell:
        cell = cell.get("caption") or ""
    return "" if cell is None else str(cell).casefold()


def _holds(cell: Any, condition: Condition) -> bool:
    value = condition.value
    if condition.operator == "contains":
        return str(value).casefold() in text_of(cell)
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


def is_missing(cell: Any) -> bool:
    """Say whether a cell has no value, which comes last in every order."""
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def order_of(cell: Any) -> tuple[int, Any]:
    """Order cells of any kind: truth values and numbers, text, then the rest by its text."""
    if is_missing(cell):
        return (3, 0)
    if isinstance(cell, (bool, int, float)):
        return (0, cell)
    if isinstance(cell, str):
        return (1, cell.casefold())
    return (2, text_of(cell))
