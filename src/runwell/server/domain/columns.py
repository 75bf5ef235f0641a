"""Values as columns: one column a key, with every value's kind kept, so that reading gives back what was logged.

A point is one value of one key in one row. Numbers live in ``values`` (float64); what float64 can't hold
(integers beyond 2^53, text, lists, objects) lives in ``texts`` beside it. A chunk is the packed form of a
few rows, from which one key can be read without touching the others. Pure: no I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from runwell.wire.errors import InvalidValue
from runwell.wire.limits import MAX_DEPTH, MAX_EXACT_FLOAT_INT, MAX_INT_DIGITS
from runwell.wire.numbers import decode_extended, encode_extended, is_exact_in_float, replace_surrogates

from .packing import Packed, loosen_text, pack, squeeze_text

FLOAT, INT, BIG, BOOL, TEXT, NULL, JSON = range(7)
KIND_NAMES = ("float", "int", "bigint", "bool", "text", "null", "json")
LAST_NUMBER = BOOL  # kinds up to here have a value that can be drawn
MEDIA_BIT = 1 << 7  # beside one bit a kind: objects with a ``_type``
NUMBER_BITS = (1 << FLOAT) | (1 << INT) | (1 << BIG) | (1 << BOOL)
_PLAIN: dict[int, Any] = {FLOAT: np.float64, INT: np.int64, BOOL: np.bool_}  # kinds whose values are their numbers
_HAS_TEXT = np.array([kind in (BIG, TEXT, JSON) for kind in range(7)])


@dataclass(slots=True)
class Column:
    """The values of one key in a batch of rows.

    Attributes:
        places: positions in the batch, ascending; None: every row has one.
        kind: the kind of all of them, or -1: see ``kinds``.
        kinds: uint8 a point, only where kinds differ.
        values: float64 a point; NaN where the kind has no number.
        texts: of the points whose kind has a text (BIG, TEXT, JSON), in order.
        bits: the kinds that occur, one bit each, and MEDIA_BIT.
    """

    places: np.ndarray | None
    kind: int
    kinds: np.ndarray | None
    values: np.ndarray
    texts: list[str]
    bits: int

    def numbers(self) -> np.ndarray:
        """Give the values that can be drawn."""
        if self.kinds is not None:
            return self.values[self.kinds <= LAST_NUMBER]
        return self.values if self.kind <= LAST_NUMBER else self.values[:0]


def make_column(places: np.ndarray | None, raw: Sequence[Any]) -> Column:
    """Turn JSON values into a column.

    Raises:
        InvalidValue: a value can't be kept (too many digits, nested too deep).
    """
    types = set(map(type, raw))
    if len(types) == 1:
        (only,) = types
        if only is float:
            return Column(places, FLOAT, None, np.array(raw, np.float64), [], 1 << FLOAT)
        if only is bool:
            return Column(places, BOOL, None, np.array(raw, np.float64), [], 1 << BOOL)
        if only is int and max(raw) <= MAX_EXACT_FLOAT_INT and min(raw) >= -MAX_EXACT_FLOAT_INT:
            return Column(places, INT, None, np.array(raw, np.float64), [], 1 << INT)
    kinds = np.empty(len(raw), np.uint8)
    values = np.full(len(raw), np.nan)
    texts: list[str] = []
    bits = 0
    for index, value in enumerate(raw):
        kind, number, text, extra = _read_value(value)
        kinds[index] = kind
        values[index] = number
        if text is not None:
            texts.append(text)
        bits |= (1 << kind) | extra
    single = int(kinds[0]) if len(kinds) and (kinds == kinds[0]).all() else -1
    return Column(places, single, None if single >= 0 else kinds, values, texts, bits)


def check_value(value: Any) -> None:
    """Tell whether a value can be kept.

    Raises:
        InvalidValue: it can't.
    """
    _read_value(value)


def _read_value(value: Any) -> tuple[int, float, str | None, int]:
    kind = type(value)
    if kind is float:
        return FLOAT, value, None, 0
    if kind is bool:
        return BOOL, float(value), None, 0
    if kind is int:
        if is_exact_in_float(value):
            return INT, float(value), None, 0
        if abs(value) >= 10**MAX_INT_DIGITS:
            raise InvalidValue(f"an integer of more than {MAX_INT_DIGITS} digits")
        try:
            near = float(value)
        except OverflowError:
            near = float("inf") if value > 0 else float("-inf")
        return BIG, near, str(value), 0
    if kind is str:
        return TEXT, float("nan"), value if value.isascii() else replace_surrogates(value), 0
    if value is None:
        return NULL, float("nan"), None, 0
    if kind is dict or kind is list:
        _check_depth(value, 1)
        media = MEDIA_BIT if kind is dict and "_type" in value else 0
        return JSON, float("nan"), encode_extended(value).decode(), media
    raise InvalidValue(f"a {kind.__name__} is not JSON")


def _check_depth(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise InvalidValue(f"nested deeper than {MAX_DEPTH} levels")
    for item in value.values() if isinstance(value, dict) else value:
        if type(item) is dict or type(item) is list:
            _check_depth(item, depth + 1)


def give_value(kind: int, value: float, text: str | None) -> Any:
    """Give back a logged value; the inverse of what :func:`make_column` did."""
    if kind == FLOAT:
        return value
    if kind == INT:
        return int(value)
    if kind == BOOL:
        return bool(value)
    if kind == TEXT:
        return text
    if kind == NULL:
        return None
    return int(text) if kind == BIG else decode_extended(text)  # type: ignore[arg-type]


@dataclass(slots=True)
class Points:
    """Points of one key, in order of arrival unless said otherwise.

    Attributes:
        rows: int64, the row's number in its run's stream.
        steps: int64.
        kinds: uint8.
        values: float64, NaN where the kind has no number.
        texts: objects (str or None), or None if no point has a text.
    """

    rows: np.ndarray
    steps: np.ndarray
    kinds: np.ndarray
    values: np.ndarray
    texts: np.ndarray | None

    def take(self, chosen: np.ndarray | slice) -> Points:
        """Give the chosen points (a mask, indexes or a slice)."""
        return Points(
            self.rows[chosen],
            self.steps[chosen],
            self.kinds[chosen],
            self.values[chosen],
            None if self.texts is None else self.texts[chosen],
        )

    def numbers(self) -> Points:
        """Give those that can be drawn."""
        mask = self.kinds <= LAST_NUMBER
        return self if mask.all() else self.take(mask)

    def given(self) -> list[Any]:
        """Give the values as they were logged."""
        alike = _PLAIN.get(int(self.kinds[0])) if len(self.kinds) else None
        if alike is not None and (self.kinds == self.kinds[0]).all():
            return self.values.astype(alike).tolist()
        texts = self.texts if self.texts is not None else [None] * len(self.rows)
        return [give_value(k, v, t) for k, v, t in zip(self.kinds.tolist(), self.values.tolist(), texts, strict=True)]


def no_points() -> Points:
    """Give no points."""
    empty = np.empty(0, np.int64)
    return Points(empty, empty, np.empty(0, np.uint8), np.empty(0), None)


def bits_of(points: Points) -> int:
    """Give the kinds that occur, one bit each, and MEDIA_BIT."""
    bits = int(np.bitwise_or.reduce(1 << np.unique(points.kinds).astype(np.int64)))
    if points.texts is not None and any(t and t.startswith('{"_type"') for t in points.texts[:64]):
        bits |= MEDIA_BIT
    return bits


def column_of(points: Points, rows: int) -> Column:
    """Turn points, their rows numbered from 0, back into a column of a batch of ``rows`` rows."""
    kinds = points.kinds
    single = int(kinds[0]) if (kinds == kinds[0]).all() else -1
    texts = points.texts[_HAS_TEXT[kinds]].tolist() if points.texts is not None else []
    places = None if len(points.rows) == rows else points.rows
    return Column(places, single, None if single >= 0 else kinds, points.values, texts, bits_of(points))


def join_points(parts: Iterable[Points]) -> Points:
    """Put parts behind each other."""
    parts = [part for part in parts if len(part.rows)]
    if not parts:
        return no_points()
    if len(parts) == 1:
        return parts[0]
    texts = None
    if any(part.texts is not None for part in parts):
        blank = [np.full(len(p.rows), None, object) if p.texts is None else p.texts for p in parts]
        texts = np.concatenate(blank)
    return Points(
        np.concatenate([p.rows for p in parts]),
        np.concatenate([p.steps for p in parts]),
        np.concatenate([p.kinds for p in parts]),
        np.concatenate([p.values for p in parts]),
        texts,
    )


def pack_chunk(steps: np.ndarray, columns: dict[str, Column]) -> bytes:
    """Pack a batch of rows; ``steps`` int64 a row."""
    arrays: list[np.ndarray] = [steps]
    keys: dict[str, list[int]] = {}
    for key, column in columns.items():
        place = [-1, -1, -1]
        if column.places is not None:
            place[0] = len(arrays)
            arrays.append(column.places.astype(np.uint32))
        if column.kinds is not None:
            place[1] = len(arrays)
            arrays.append(column.kinds)
        if column.kinds is not None or column.kind <= LAST_NUMBER:
            place[2] = len(arrays)
            arrays.append(column.values)
        keys[key] = [column.kind, len(column.values), *place]
        if column.texts:
            keys[key].append(len(arrays))
            arrays.append(np.frombuffer(squeeze_text(orjson.dumps(column.texts)), np.uint8))
    return pack({"n": len(steps), "k": keys}, arrays)


class Chunk:
    """A packed batch of rows, read a key at a time.

    Attributes:
        row0: number of its first row in the run's stream.
        rows: how many.
        point_count: values in them.
        payload: the packed form.
        size_bytes: of it.
    """

    __slots__ = ("_keys", "_packed", "payload", "point_count", "row0", "rows", "size_bytes", "steps")

    def __init__(self, payload: bytes, row0: int) -> None:
        self._packed = Packed(payload)
        self._keys: dict[str, list[int]] = self._packed.meta["k"]
        self.rows: int = self._packed.meta["n"]
        self.row0 = row0
        self.steps = self._packed.array(0)
        self.payload = payload
        self.size_bytes = len(payload)
        self.point_count = sum(found[1] for found in self._keys.values())

    def keys(self) -> Iterable[str]:
        """Give the keys that occur."""
        return self._keys

    def points(self, key: str) -> Points | None:
        """Give the key's points, None if it has none here."""
        found = self._keys.get(key)
        if found is None:
            return None
        kind, count, places, kinds, values, *texts = found
        if places < 0:
            rows = np.arange(self.row0, self.row0 + count)
            steps = self.steps
        else:
            at = self._packed.array(places).astype(np.int64)
            rows, steps = at + self.row0, self.steps[at]
        each = np.full(count, kind, np.uint8) if kinds < 0 else self._packed.array(kinds)
        numbers = np.full(count, np.nan) if values < 0 else self._packed.array(values)
        spread = None
        if texts:
            spread = np.full(count, None, object)
            spread[_HAS_TEXT[each]] = orjson.loads(loosen_text(self._packed.array(texts[0]).tobytes()))
        return Points(rows, steps, each, numbers, spread)

    def restricted(self, chosen: np.ndarray) -> dict[str, Points]:
        """Give the points of the rows of a mask, those rows numbered from 0; keys without any are left out."""
        numbers = np.cumsum(chosen) - 1
        found: dict[str, Points] = {}
        for key in self._keys:
            points = self.points(key)
            assert points is not None
            some = points.take(chosen[points.rows - self.row0])
            if len(some.rows):
                some.rows = numbers[some.rows - self.row0]
                found[key] = some
        return found
