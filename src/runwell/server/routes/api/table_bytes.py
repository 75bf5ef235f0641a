"""Tables as bytes to take away: CSV that no spreadsheet runs, and columns of Arrow written as they come."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from runwell.wire.numbers import to_strict

_WRITE_BYTES = 256 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what makes a spreadsheet run a cell
MEDIA_TYPES = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
}


def csv_bytes(names: list[str], rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """Write rows of logged values under a line of names."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_inert(name) for name in names])
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        if text.tell() >= _WRITE_BYTES:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return _inert(value)
    if isinstance(value, float):
        return repr(value).replace("nan", "NaN").replace("inf", "Infinity")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, int) else orjson.dumps(to_strict(value)).decode()


def _inert(text: str) -> str:
    """Keep a spreadsheet from taking text for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


class _Outlet(io.RawIOBase):
    """What a writer wrote since it was last asked."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._at += len(part)
        return len(part)

    def tell(self) -> int:
        return self._at

    def drain(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def arrow_bytes(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Write batches as an Arrow stream."""
    outlet = _Outlet()
    with pa.ipc.new_stream(outlet, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            yield outlet.drain()
    yield outlet.drain()


def parquet_bytes(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Write batches as a Parquet file."""
    outlet = _Outlet()
    with pq.ParquetWriter(outlet, schema, compression="zstd") as writer:
        for batch in batches:
            if batch.num_rows:
                writer.write_batch(batch)
                yield outlet.drain()
    yield outlet.drain()


class ColumnTypes:
    """Finds one type for each column of a table that comes in parts: text where its values differ in kind."""

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self._kinds: list[set[str]] = [set() for _ in names]

    def look(self, part: list[list[Any]]) -> None:
        """Take a part of the table into account."""
        for kinds, column in zip(self._kinds, part, strict=True):
            for kind in set(map(type, column)):
                if kind is int:
                    kinds.add("int" if all(abs(v) < 2**63 for v in column if type(v) is int) else "text")
                elif kind is not type(None):
                    kinds.add({float: "float", bool: "bool"}.get(kind, "text"))

    @property
    def schema(self) -> pa.Schema:
        """The columns' types."""
        return pa.schema([(name, _type(kinds)) for name, kinds in zip(self._names, self._kinds, strict=True)])

    def batch(self, part: list[list[Any]]) -> pa.RecordBatch:
        """Give a part of the table; what isn't text in a column of texts is written as in CSV."""
        schema = self.schema
        arrays = []
        for field, column in zip(schema, part, strict=True):
            if field.type == pa.string():
                column = [v if v is None or isinstance(v, str) else str(_cell(v)) for v in column]
            arrays.append(pa.array(column, field.type))
        return pa.record_batch(arrays, schema=schema)


def _type(kinds: set[str]) -> pa.DataType:
    if kinds and kinds <= {"int", "float"}:
        return pa.int64() if kinds == {"int"} else pa.float64()
    return pa.bool_() if kinds == {"bool"} else pa.string()
