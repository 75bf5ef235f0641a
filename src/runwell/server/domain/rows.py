"""Lines of a client, made rows or set aside: nothing here is ever answered with a refusal.

One bad row in a thousand must not cost the other 999 (the official client gives a run up on any 4xx),
so what breaks a rule is quarantined: left out, counted, and a sample of it kept with the reason.
Pure: no I/O, no clock.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_ROW_BYTES, MAX_ROW_KEYS, MAX_STEP
from runwell.wire.names import key as checked_key
from runwell.wire.numbers import decode_extended, flatten, replace_surrogates

from .columns import Column, check_value, make_column

SAMPLES = 100  # rejections of one batch that are kept with their reason; the others are only counted
MAX_KNOWN_KEYS = 200_000  # names found good, remembered by the process; beyond it it starts afresh
OWN_KEYS = ("_step", "_runtime", "_timestamp")

_good_keys: set[str] = set()


@dataclass(slots=True)
class Rejection:
    """A row or a value that was set aside: ``key`` is None for a whole row."""

    line: int
    key: str | None
    reason: str
    sample: str


@dataclass(slots=True)
class Batch:
    """Rows read from lines.

    Attributes:
        lines: how many lines were read, rejected ones included.
        rows: rows that were kept.
        steps: int64 a row (of the system stream: -1, its steps are row numbers).
        columns: key → column.
        rejections: the first ``SAMPLES`` of them.
    """

    lines: int = 0
    rows: int = 0
    steps: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    columns: dict[str, Column] = field(default_factory=dict)
    rejected_rows: int = 0
    rejected_values: int = 0
    rejections: list[Rejection] = field(default_factory=list)

    def reject(self, line: int, key: str | None, reason: str, sample: object, count: int = 1) -> None:
        """Count a row (``key`` None) or ``count`` values, keep a sample."""
        if key is None:
            self.rejected_rows += count
        else:
            self.rejected_values += count
        if len(self.rejections) < SAMPLES:
            # A key may be set aside because no database takes it.
            shown = None if key is None else replace_surrogates(key[:512]).replace("\x00", "\ufffd")
            self.rejections.append(Rejection(line, shown, reason, shorten(sample, 200)))


def read_rows(lines: Sequence[str], line0: int, *, stepped: bool = True, numbered: bool = False) -> Batch:
    """Read lines of extended JSON as rows.

    Args:
        line0: the first line's number, for what is said about rejections.
        stepped: rows need a ``_step`` (history; not the system stream).
        numbered: a row without one takes its line's number. Processes that share a run may leave steps to the server.
    """
    batch = Batch(lines=len(lines))
    kept: list[dict[str, Any]] = []
    numbers: list[int] = []  # line of every kept row
    for number, line in enumerate(lines, line0):
        try:
            row = _read_row(line)
            if stepped:
                if numbered:
                    row.setdefault("_step", number)
                _check_step(row)
        except InvalidValue as error:
            batch.reject(number, None, str(error), line)
            continue
        for value in row.values():
            if type(value) is dict and "_type" not in value:
                row = _flat(batch, number, row)
                break
        if row is not None and len(row) > MAX_ROW_KEYS:
            row = _narrowed(batch, number, row)
        if row is not None:
            kept.append(row)
            numbers.append(number)
    batch.rows = len(kept)
    if stepped:
        batch.steps = np.array([row["_step"] for row in kept], np.int64)
    else:
        batch.steps = np.full(len(kept), -1, np.int64)
    batch.columns = _columns(batch, kept, numbers)
    return batch


def _read_row(line: str) -> dict[str, Any]:
    # A character is at least a byte and at most four.
    if len(line) > MAX_ROW_BYTES // 4 and len(line.encode("utf-8", "replace")) > MAX_ROW_BYTES:
        raise InvalidValue(f"a row of over {MAX_ROW_BYTES:,} bytes")
    row = decode_extended(line)
    if type(row) is not dict:
        raise InvalidValue("a row is no JSON object")
    return row


def _check_step(row: dict[str, Any]) -> None:
    step = row.get("_step")
    if type(step) is not int or not 0 <= step <= MAX_STEP:
        said = "a row without _step" if step is None else f"_step {shorten(step)} is no integer from 0 to 2^53 - 1"
        raise InvalidValue(said)


def _flat(batch: Batch, line: int, row: dict[str, Any]) -> dict[str, Any] | None:
    try:
        flat = flatten(row)
    except InvalidValue as error:
        batch.reject(line, None, str(error), row)
        return None
    doubled = _leaves(row) - len(flat)
    if doubled:
        batch.reject(line, "", "a dotted key and a nested one are the same key; the last was kept", row, doubled)
    return flat


def _leaves(row: dict[str, Any]) -> int:
    return sum(_leaves(v) if type(v) is dict and v and "_type" not in v else 1 for v in row.values())


def _narrowed(batch: Batch, line: int, row: dict[str, Any]) -> dict[str, Any]:
    narrow = {key: row[key] for key in OWN_KEYS if key in row}
    for key, value in row.items():
        if len(narrow) >= MAX_ROW_KEYS:
            break
        narrow[key] = value
    reason = f"a row of {len(row):,} keys; the first {MAX_ROW_KEYS:,} were kept"
    batch.reject(line, next(key for key in row if key not in narrow), reason, "", len(row) - len(narrow))
    return narrow


def _columns(batch: Batch, rows: list[dict[str, Any]], numbers: list[int]) -> dict[str, Column]:
    gathered: dict[str, tuple[list[int], list[Any]]] = {}
    get = gathered.get
    for place, row in enumerate(rows):
        for key, value in row.items():
            found = get(key)
            if found is None:
                found = gathered[key] = ([], [])
            found[0].append(place)
            found[1].append(value)
    columns: dict[str, Column] = {}
    for key, (places, raw) in gathered.items():
        if key not in _good_keys:
            try:
                _remember(checked_key(key))
            except InvalidValue as error:
                batch.reject(numbers[places[0]], key, str(error), raw[0], len(raw))
                continue
        try:
            columns[key] = make_column(None if len(raw) == len(rows) else np.array(places, np.int64), raw)
        except InvalidValue:
            column = _good_part(batch, key, places, raw, numbers)
            if column is not None:
                columns[key] = column
    return columns


def _good_part(batch: Batch, key: str, places: list[int], raw: list[Any], numbers: list[int]) -> Column | None:
    good: list[int] = []
    for index, value in enumerate(raw):
        try:
            check_value(value)
            good.append(index)
        except InvalidValue as error:
            batch.reject(numbers[places[index]], key, str(error), value)
    if not good:
        return None
    return make_column(np.array([places[i] for i in good], np.int64), [raw[i] for i in good])


def _remember(key: str) -> None:
    if len(_good_keys) >= MAX_KNOWN_KEYS:
        _good_keys.clear()
    _good_keys.add(key)


def counts_of(column: Column) -> dict[str, Any]:
    """Tell what a column adds to what is known of its key."""
    numbers = column.numbers()
    if len(numbers) <= 8:  # a row of ten thousand keys: numpy would cost more than the numbers
        few = [number for number in numbers.tolist() if math.isfinite(number)]
        low, high, bad = min(few, default=None), max(few, default=None), len(numbers) - len(few)
    else:
        finite = numbers[np.isfinite(numbers)]
        bad = len(numbers) - len(finite)
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else (None, None)
    return {"points": len(column.values), "bad": bad, "bits": column.bits, "low": low, "high": high}
