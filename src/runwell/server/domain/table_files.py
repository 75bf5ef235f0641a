"""Parsed tables: what a table's file holds, remembered by its bytes, for a page of it and for a comparison."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MIB
from runwell.wire.numbers import decode_extended

MAX_TABLE_BYTES = 256 * MIB  # of one file; a larger one is downloaded
MAX_REMEMBERED_CELLS = 4_000_000  # of all parsed tables, about 400 MB at worst


@dataclass(frozen=True, slots=True)
class ParsedTable:
    """A table: every row has a cell for every column, of two columns with one name too."""

    columns: list[str]
    rows: list[list[Any]]

    @property
    def cells(self) -> int:
        """How many cells it has."""
        return len(self.columns) * len(self.rows)

    def column(self, place: int) -> list[Any]:
        """Give the cells of a column."""
        return [row[place] for row in self.rows]


class ParsedTables:
    """Remembers what was parsed, the newest first to be found again."""

    def __init__(self) -> None:
        self._remembered: OrderedDict[str, ParsedTable] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, digest: str, path: str, size_bytes: int, open_: Callable[[], tuple[str, BinaryIO]]) -> ParsedTable:
        """Give the table in a file.

        Args:
            digest: of its bytes.
            path: its name, for errors.
            open_: opens it, if it isn't remembered; gives the digest of what it opened too.

        Raises:
            InvalidValue: it is no table, or too large.
        """
        with self._lock:
            found = self._remembered.get(digest)
            if found is not None:
                self._remembered.move_to_end(digest)
                return found
        if size_bytes > MAX_TABLE_BYTES:
            raise InvalidValue(f"the table has {size_bytes:,} bytes; at most {MAX_TABLE_BYTES:,} are shown")
        digest, source = open_()
        with source:
            parsed = parse_table(source.read(MAX_TABLE_BYTES), path)
        with self._lock:
            self._remembered[digest] = parsed
            cells = sum(one.cells for one in self._remembered.values())
            while len(self._remembered) > 1 and cells > MAX_REMEMBERED_CELLS:
                cells -= self._remembered.popitem(last=False)[1].cells
        return parsed


def parse_table(data: bytes, path: str) -> ParsedTable:
    """Read a table's file: ``{"columns": […], "data": [[…]]}``.

    Raises:
        InvalidValue: it is no such thing.
    """
    document = decode_extended(data)
    columns = document.get("columns") if isinstance(document, dict) else None
    rows = document.get("data") if isinstance(document, dict) else None
    if not isinstance(columns, list) or not isinstance(rows, list):
        raise InvalidValue(f"{shorten(path)} is no table: it has no columns and data")
    names = [str(name) for name in columns]
    width = len(names)
    # Rows of another width are cut or filled: a reader sees every cell that has a column.
    whole = [row if len(row) == width else (row + [None] * width)[:width] for row in rows if isinstance(row, list)]
    return ParsedTable(names, whole)


def join_parts(parts: list[ParsedTable]) -> ParsedTable:
    """Join the files of a table that grew, whose rows follow one another.

    Raises:
        InvalidValue: their columns differ.
    """
    if len(parts) == 1:
        return parts[0]
    columns = parts[0].columns if parts else []
    if any(part.columns != columns for part in parts):
        raise InvalidValue("the parts of the table have different columns")
    return ParsedTable(columns, [row for part in parts for row in part.rows])


def kind_of_column(cells: Sequence[Any]) -> str:
    """Say what is in a column: number, text, bool, media, mixed or empty."""
    found = {_KINDS.get(one, "mixed") for one in set(map(type, cells)) - {type(None)}}
    if found == {"object"}:
        return "media" if all(cell is None or "_type" in cell for cell in cells) else "mixed"
    return found.pop() if len(found) == 1 else "mixed" if found else "empty"


_KINDS = {bool: "bool", int: "number", float: "number", str: "text", dict: "object"}
