"""A history row as the training process writes it, ``[step, runtime, values]``, and the row that readers get.

The names of a row's own three values would be a sixth of its bytes. The time of day is in the rows that say it, as a
fourth item: the first of a journal, one a second after that, and the first after somebody set the clock. For those
between, it is the one said before plus the time that has run since. Journals of other writers (imports) hold
objects, which are rows as they are.
"""

from __future__ import annotations

from typing import Any

from .numbers import encode_extended

STEP, RUNTIME, TIMESTAMP = "_step", "_runtime", "_timestamp"
OWN_KEYS = (STEP, RUNTIME, TIMESTAMP)
MAX_OWN_BYTES = 100  # how much longer a row gets where its own values have their names again

_NUMBERS = frozenset((int, float))
_COMPACT, _NAMED = b'{"row":[', b'{"row":{'


def encode_row(step: int, runtime: float, values: dict[str, Any], timestamp: float | None = None) -> bytes:
    """Give the JSON of a row's record.

    Args:
        step: 0 …
        runtime: seconds since the run began.
        values: as logged; a ``_timestamp`` among them is the script's own, and stands.
        timestamp: seconds since the epoch; None: as the row before it says.
    """
    row = [step, runtime, values] if timestamp is None else [step, runtime, values, timestamp]
    return encode_extended({"row": row})


class RowClock:
    """Turns what a journal holds into rows, in the order of its lines."""

    def __init__(self) -> None:
        self._zero: float | None = None  # the time of day when ``_runtime`` was 0
        self._waiting: list[dict[str, Any]] = []

    def restore(self, payload: Any) -> Any:
        """Give a row as an object with ``_step``, ``_runtime`` and ``_timestamp``; what isn't compact, as it is.

        The object of the payload is what is given, with these in it.
        """
        if type(payload) is not list or not 3 <= len(payload) <= 4:
            return payload
        step, runtime, values, *said = payload
        if type(values) is not dict or not (type(step) is int and type(runtime) in _NUMBERS):
            return payload
        if said and type(said[0]) not in _NUMBERS:
            return payload
        values[STEP], values[RUNTIME] = step, runtime
        if said:
            values.setdefault(TIMESTAMP, said[0])
            self._zero = said[0] - runtime
            self._settle()
        elif self._zero is None:
            self._waiting.append(values)
        elif TIMESTAMP not in values:
            values[TIMESTAMP] = _to_microseconds(self._zero + runtime)
        return values

    def end_piece(self) -> None:
        """Forget the rows that wait for a time of day: they are handed out now."""
        self._waiting = []

    def _settle(self) -> None:
        """Give rows in front of the first time of day theirs: what began the journal was damaged."""
        for row in self._waiting:
            row.setdefault(TIMESTAMP, _to_microseconds((self._zero or 0.0) + row[RUNTIME]))
        self._waiting = []


def wire_text(json_text: bytes, row: dict[str, Any]) -> str:
    """Give a row as JSON as servers take it.

    Args:
        json_text: of its record.
        row: what ``RowClock`` made of it.
    """
    if json_text.startswith(_NAMED):
        return json_text[len(_NAMED) - 1 : -1].decode()
    # Its own three last: none of them is among the values, where it would be said twice.
    if json_text.startswith(_COMPACT) and type(row) is dict and tuple(row)[-3:] == OWN_KEYS:
        start = json_text.index(b"{", len(_COMPACT))
        values = json_text[start + 1 : json_text.rindex(b"}", 0, -1) + 1]
        step, _, runtime = json_text[len(_COMPACT) : start - 1].partition(b",")
        said = repr(row[TIMESTAMP]).encode()
        comma = b"" if values == b"}" else b","
        parts = (b'{"_step":', step, b',"_runtime":', runtime, b',"_timestamp":', said, comma, values)
        return b"".join(parts).decode()
    return encode_extended(row).decode()


def _to_microseconds(seconds: float) -> float:
    return int(seconds * 1e6 + 0.5) / 1e6
