"""The form of a segment: Parquet, long, one point a line, sorted by key, step and arrival.

Columns: ``key`` text; ``step`` int64; ``row`` int64, the row's number in the run's stream, in order of
arrival; ``kind`` one of float, int, bigint, bool, text, null, json; ``value`` double, null where the kind has
no number; ``text`` what ``value`` can't hold: the digits of a bigint, the text, the JSON of a list or an
object. The file's metadata names the run. Written down for users in ``docs/storage.md``.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

KINDS = pa.array(["float", "int", "bigint", "bool", "text", "null", "json"])
NUMBER_KINDS = 4  # the first so many have a value
GROUP_POINTS = 16_384  # a row group holds at least so many points; a key that has more stands alone

SCHEMA = pa.schema(
    [
        pa.field("key", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("step", pa.int64(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("kind", pa.dictionary(pa.int8(), pa.string()), nullable=False),
        pa.field("value", pa.float64()),
        pa.field("text", pa.string()),
    ]
)

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]
ValueArrays = tuple[np.ndarray | None, np.ndarray, np.ndarray, np.ndarray | None]

_WRITING: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 1,
    "use_dictionary": ["key", "kind"],
    "column_encoding": {"step": "DELTA_BINARY_PACKED", "row": "DELTA_BINARY_PACKED", "value": "BYTE_STREAM_SPLIT"},
    "write_statistics": ["key", "step"],
    "data_page_size": 1 << 20,
}


def encode_segment(
    keys: Sequence[str],
    counts: Sequence[int],
    steps: np.ndarray,
    rows: np.ndarray,
    kinds: np.ndarray,
    values: np.ndarray,
    texts: np.ndarray | None,
    about: Mapping[str, str],
) -> bytes:
    """Encode points.

    Args:
        keys: sorted; ``counts[i]`` points of ``keys[i]`` follow each other in the arrays.
        kinds: uint8, indexes of ``KINDS``.
        texts: objects, str or None; None: no point has a text.
        about: metadata of the file.
    """
    which = np.repeat(np.arange(len(keys), dtype=np.int32), counts)
    blank = kinds >= NUMBER_KINDS
    columns = [
        pa.DictionaryArray.from_arrays(pa.array(which), pa.array(keys, pa.string())),
        pa.array(steps),
        pa.array(rows),
        pa.DictionaryArray.from_arrays(pa.array(kinds.astype(np.int8)), KINDS),
        pa.array(values, mask=blank if blank.any() else None),
        pa.nulls(len(steps), pa.string()) if texts is None else pa.array(texts, pa.string()),
    ]
    table = pa.Table.from_arrays(columns, schema=SCHEMA.with_metadata(dict(about)))
    out = io.BytesIO()
    with pq.ParquetWriter(out, table.schema, **_WRITING) as writer:
        for start, stop in _groups(counts):
            writer.write_table(table.slice(start, stop - start), row_group_size=stop - start)
    return out.getvalue()


def _groups(counts: Sequence[int]) -> list[tuple[int, int]]:
    groups: list[tuple[int, int]] = []
    start = stop = 0
    for count in counts:
        if stop > start and (stop - start >= GROUP_POINTS or count >= GROUP_POINTS):
            groups.append((start, stop))
            start = stop
        stop += count
    return [*groups, (start, stop)] if stop > start else groups


@dataclass(frozen=True, slots=True)
class Span:
    """Points that lie behind each other in a segment.

    Attributes:
        place: the first.
        count: how many.
        kind: the kind of all of them where it is known, so that the column needn't be read.
        texts: whether any has a text.
    """

    place: int
    count: int
    kind: int | None
    texts: bool


def read_points(source: Any, span: Span) -> Arrays:
    """Read the points of one span.

    Args:
        source: a path or a file.

    Returns:
        steps, rows, kinds (uint8), values (NaN for null), texts (objects) or None.
    """
    [found] = read_spans(source, [span])
    return found


def read_spans(source: Any, spans: Iterable[Span]) -> Iterator[Arrays]:
    """Read several spans of one segment, one after the other; gives as :func:`read_points`."""
    with pq.ParquetFile(source, pre_buffer=False) as file:
        for span in spans:
            wanted = ["step", "row", "value"] + (["kind"] if span.kind is None else [])
            table = _table(file, span, [*wanted, "text"] if span.texts else wanted)
            yield _arrays(table, span.kind)


def read_values(source: Any, spans: Iterable[Span], *, rows: bool) -> Iterator[ValueArrays]:
    """Read what the points of several spans hold, without their steps.

    Args:
        rows: also which rows they are of.

    Returns:
        For each span: rows or None, kinds, values, texts or None.
    """
    with pq.ParquetFile(source, pre_buffer=False) as file:
        for span in spans:
            wanted = (["row"] if rows else []) + ["value"] + (["kind"] if span.kind is None else [])
            table = _table(file, span, [*wanted, "text"] if span.texts else wanted)
            numbers = table["row"].to_numpy() if rows else None
            yield (numbers, *_held(table, span.kind))


def read_segment(source: Any) -> Arrays:
    """Read all points of a segment; returns as :func:`read_points`."""
    with pq.ParquetFile(source, pre_buffer=False) as file:
        return _arrays(file.read(columns=["step", "row", "value", "kind", "text"], use_threads=False), None)


def _table(file: pq.ParquetFile, span: Span, columns: list[str]) -> pa.Table:
    groups, first = _groups_of(file.metadata, span.place, span.count)
    return file.read_row_groups(groups, columns=columns, use_threads=False).slice(span.place - first, span.count)


def _arrays(table: pa.Table, kind: int | None) -> Arrays:
    return (table["step"].to_numpy(), table["row"].to_numpy(), *_held(table, kind))


def _held(table: pa.Table, kind: int | None) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    kinds = np.full(len(table), kind, np.uint8) if kind is not None else _kinds(table["kind"])
    values = table["value"].to_numpy()
    if values.dtype != np.float64:
        values = values.astype(np.float64)
    found = None
    if "text" in table.column_names and table["text"].null_count < len(table):
        found = np.empty(len(table), object)
        found[:] = table["text"].to_pylist()
    return kinds, values, found


def _groups_of(metadata: Any, place: int, count: int) -> tuple[list[int], int]:
    groups: list[int] = []
    at = first = 0
    for index in range(metadata.num_row_groups):
        size = metadata.row_group(index).num_rows
        if at + size > place and at < place + count:
            if not groups:
                first = at
            groups.append(index)
        at += size
    return groups, first


def _kinds(column: pa.ChunkedArray) -> np.ndarray:
    codes = {name: code for code, name in enumerate(KINDS.to_pylist())}
    parts: list[np.ndarray] = []
    for part in column.chunks:
        table = np.array([codes[name] for name in part.dictionary.to_pylist()], np.uint8)
        parts.append(table[part.indices.to_numpy()])
    return np.concatenate(parts) if parts else np.empty(0, np.uint8)
