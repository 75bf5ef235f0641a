"""Logged tables, a page at a time: sorted, searched and filtered here, so that a reader needn't fetch the whole.

A table is one JSON file of the run (``columns`` and ``data``), or several whose rows follow one another, as a
table that grows is logged. What was parsed is remembered by its bytes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from runwell.wire.errors import InvalidValue, shorten

from .access import Actor
from .table_files import kind_of_column
from .table_sources import CellFiles, RunTable, TableSources

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
        files: of media in the cells.
    """

    columns: list[tuple[str, str]]
    rows: list[tuple[int, list[Any]]]
    total: int
    matched: int
    files: CellFiles


class Tables:
    """Reads the tables of runs.

    Args:
        sources: where they are.
    """

    def __init__(self, sources: TableSources) -> None:
        self._sources = sources

    def page(
        self,
        actor: Actor,
        place: tuple[str, str],
        source: RunTable,
        *,
        offset: int = 0,
        limit: int = 100,
        sort: Sequence[tuple[str, bool]] = (),
        q: str = "",
        where: Sequence[Condition] = (),
    ) -> TablePage:
        """Give rows of a table.

        Args:
            place: entity and project.
            sort: (column, descending) each, the first foremost; cells without a value come last.
            q: text that some cell of a row must contain, letters' case aside.
            where: conditions that a row must hold, all of them.

        Raises:
            NotFound: there is no such file, or the run isn't the actor's.
            InvalidValue: it is no table, or too large, or there is no such column.
        """
        found = self._sources.find(actor, place, source)
        table = found.table
        columns, rows = table.columns, table.rows
        places = {name: place for place, name in enumerate(columns)}
        for name in [*(name for name, _ in sort), *(condition.column for condition in where)]:
            if name not in places:
                raise InvalidValue(f"the table has no column {shorten(name)}")
        chosen = _chosen(rows, q, [(places[one.column], one) for one in where])
        for name, descending in reversed(sort):
            column = places[name]
            chosen.sort(key=lambda number: order_of(rows[number][column]), reverse=descending)
            chosen.sort(key=lambda number: is_missing(rows[number][column]))
        shown = [(number, rows[number]) for number in chosen[offset : offset + limit]]
        # Every cell has a column, also of two columns that have one name.
        kinds = [(name, kind_of_column(table.column(place))) for place, name in enumerate(columns)]
        files = self._sources.files(actor, found, [row for _, row in shown])
        return TablePage(kinds, shown, len(rows), len(chosen), files)


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
