"""Parts in the forms that readers take: mappings, lines of extended JSON, Arrow. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from runwell.wire.numbers import encode_extended

from .columns import BIG, BOOL, FLOAT, INT, JSON, NULL, TEXT, Points

_ONE = {1 << INT: pa.int64(), 1 << BOOL: pa.bool_(), 1 << TEXT: pa.string()}
_NON_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def as_rows(part: dict[str, Points], keys: Sequence[str] | None) -> Iterator[dict[str, Any]]:
    """Give the rows as mappings; with ``keys``, those that have any of them."""
    rows: dict[int, dict[str, Any]] = {}
    for key, points in part.items():
        for number, value in zip(points.rows.tolist(), points.given(), strict=True):
            row = rows.get(number)
            if row is None:
                row = rows[number] = {}
            row[key] = value
    chosen = None if keys is None else set(keys)
    for number in sorted(rows):
        if chosen is None or not chosen.isdisjoint(rows[number]):
            yield rows[number]


def as_lines(part: dict[str, Points], keys: Collection[str] | None = None) -> list[str]:
    """Give the rows as extended JSON, one object each; with ``keys``, those that have any of them.

    A column at a time: a row costs microseconds, however many keys it has.
    """
    if keys is not None:
        part = _having_any(part, keys)
    numbers = union_of([points.rows for points in part.values()])
    if not len(numbers):
        return []
    dense: list[tuple[str, list[str]]] = []
    sparse: list[tuple[str, list[int], list[str]]] = []
    for key in sorted(part):
        points = part[key]
        name = orjson.dumps(key).decode() if key.isascii() else encode_extended(key).decode()
        if len(points.rows) == len(numbers):
            dense.append((name, value_texts(points)))
        elif len(points.rows):
            sparse.append((name, np.searchsorted(numbers, points.rows).tolist(), value_texts(points)))
    template = "{" + ",".join(name.replace("%", "%%") + ":%s" for name, _ in dense)
    if not sparse:
        template += "}"
        return [template % row for row in zip(*(texts for _, texts in dense), strict=True)]
    pieces: list[list[str]] = [[] for _ in range(len(numbers))]
    if dense:
        for piece, row in zip(pieces, zip(*(texts for _, texts in dense), strict=True), strict=True):
            piece.append(template % row)
    for name, places, texts in sparse:
        for place, text in zip(places, texts, strict=True):
            pieces[place].append(f"{name}:{text}")
    begin = "" if dense else "{"
    return [f"{begin}{','.join(piece)}}}" for piece in pieces]


def value_texts(points: Points) -> list[str]:
    """Give every value as extended JSON."""
    if not len(points.kinds):
        return []
    first = int(points.kinds[0])
    if (points.kinds == first).all():
        return _texts_of_kind(first, points)
    found: list[str] = [""] * len(points.kinds)
    for kind in np.unique(points.kinds).tolist():
        places = np.flatnonzero(points.kinds == kind)
        for place, text in zip(places.tolist(), _texts_of_kind(kind, points.take(places)), strict=True):
            found[place] = text
    return found


def _texts_of_kind(kind: int, points: Points) -> list[str]:
    if kind == FLOAT:
        texts = _number_texts(points.values)
        for place in np.flatnonzero(~np.isfinite(points.values)).tolist():
            texts[place] = _NON_FINITE[str(float(points.values[place]))]
        return texts
    if kind == INT:
        return _number_texts(points.values.astype(np.int64))
    if kind == BOOL:
        return ["true" if value else "false" for value in points.values.tolist()]
    if kind == NULL:
        return ["null"] * len(points.values)
    assert points.texts is not None
    if kind in (BIG, JSON):
        return points.texts.tolist()
    return [encode_extended(text).decode() for text in points.texts.tolist()]


def _number_texts(values: np.ndarray) -> list[str]:
    text = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY).decode()
    return text[1:-1].split(",") if len(values) else []


def _having_any(part: dict[str, Points], keys: Collection[str]) -> dict[str, Points]:
    numbers = union_of([points.rows for key, points in part.items() if key in keys])
    return {key: restricted(points, numbers) for key, points in part.items()}


def restricted(points: Points, numbers: np.ndarray) -> Points:
    """Give the points of these rows (ascending)."""
    if points.rows is numbers or np.array_equal(points.rows, numbers):
        return points
    if not len(numbers) or not len(points.rows):
        return points.take(slice(0, 0))
    places = np.minimum(np.searchsorted(numbers, points.rows), len(numbers) - 1)
    mask = numbers[places] == points.rows
    return points if mask.all() else points.take(mask)


def union_of(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Give the numbers that any of these (each ascending) has, ascending."""
    if not rows:
        return np.empty(0, np.int64)
    longest = max(rows, key=len)
    others = [r for r in rows if r is not longest and not (len(r) == len(longest) and np.array_equal(r, longest))]
    return np.unique(np.concatenate([longest, *others])) if others else longest


def common_rows(part: dict[str, Points], keys: Collection[str]) -> np.ndarray:
    """Give the numbers of the rows that have all of ``keys``, ascending."""
    found: np.ndarray | None = None
    for key in keys:
        points = part.get(key)
        if points is None or not len(points.rows):
            return np.empty(0, np.int64)
        if found is None:
            found = points.rows
        elif points.rows is not found and not np.array_equal(points.rows, found):
            found = np.intersect1d(found, points.rows, assume_unique=True)
    return np.empty(0, np.int64) if found is None else found


def slices_of(part: dict[str, Points], most: int) -> Iterator[dict[str, Points]]:
    """Cut a part into parts of at most ``most`` rows."""
    numbers = union_of([points.rows for points in part.values()])
    if len(numbers) <= most:
        if len(numbers):
            yield part
        return
    for start in range(0, len(numbers), most):
        chosen = numbers[start : start + most]
        cut: dict[str, Points] = {}
        for key, points in part.items():
            low, high = np.searchsorted(points.rows, (chosen[0], chosen[-1] + 1))
            if high > low:
                cut[key] = points.take(slice(int(low), int(high)))
        yield cut


def schema_of(kinds: dict[str, int]) -> pa.Schema:
    """Give the Arrow schema of keys: ``_step`` first, a column a key.

    A key of integers alone is int64, of truth values bool, of text string, of any numbers double; anything else is
    its JSON text.

    Args:
        kinds: key → one bit for every kind it has.
    """
    names = sorted(kinds, key=lambda key: (key != "_step", key))
    return pa.schema([(name, _arrow_type(kinds[name])) for name in names])


def as_batch(part: dict[str, Points], schema: pa.Schema, keys: Sequence[str] | None) -> pa.RecordBatch:
    """Give the rows as Arrow, null where a row lacks a key; with ``keys``, those that have any of them."""
    chosen = [part[key] for key in (keys if keys is not None else part) if key in part]
    numbers = union_of([points.rows for points in chosen])
    arrays: list[pa.Array] = []
    for name, kind in zip(schema.names, schema.types, strict=True):
        points = part.get(name)
        arrays.append(pa.nulls(len(numbers), kind) if points is None else _as_array(points, kind, numbers))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _arrow_type(bits: int) -> pa.DataType:
    kinds = bits & ((1 << (JSON + 1)) - 1) & ~(1 << NULL)
    if kinds in _ONE:
        return _ONE[kinds]
    return pa.float64() if kinds and not kinds & ~((1 << FLOAT) | (1 << INT)) else pa.string()


def _as_array(points: Points, kind: pa.DataType, numbers: np.ndarray) -> pa.Array:
    points = restricted(points, numbers)
    places = np.searchsorted(numbers, points.rows) if len(points.rows) != len(numbers) else None
    give: Callable[[np.ndarray, Any], np.ndarray] = lambda array, blank: _spread(array, places, len(numbers), blank)  # noqa: E731
    null = give(points.kinds == NULL, True)
    if kind == pa.string():
        texts = _texts(points)
        return pa.array(give(texts, None), kind, mask=null)
    values = give(points.values, 0.0)
    if kind != pa.float64():
        values = values.astype(np.int64) if kind == pa.int64() else values.astype(bool)
    return pa.array(values, kind, mask=null if null.any() else None)


def _spread(array: np.ndarray, places: np.ndarray | None, length: int, blank: Any) -> np.ndarray:
    if places is None:
        return array
    spread = np.full(length, blank, array.dtype)
    spread[places] = array
    return spread


def _texts(points: Points) -> np.ndarray:
    only_text = (points.kinds == TEXT).all() if len(points.kinds) else False
    given = points.given()
    found = np.empty(len(given), object)
    found[:] = given if only_text else [None if v is None else encode_extended(v).decode() for v in given]
    return found
