"""Histories as they come from the server: JSON lines, Arrow, or the binary series frame."""

from __future__ import annotations

import io
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from runwell.wire.frame import decode_frame
from runwell.wire.limits import MIB
from runwell.wire.numbers import decode_extended

if TYPE_CHECKING:
    import pyarrow

_DECODE_BYTES = 1 * MIB  # lines decoded at once: fast, and still small


def question(keys: Sequence[str] | None, min_step: int | None, max_step: int | None, stream: str) -> dict[str, str]:
    """Give the parameters of the history route.

    Raises:
        TypeError: ``keys`` is one text, which would be read as its letters.
    """
    if isinstance(keys, str):
        raise TypeError(f"keys must be a list of keys: [{keys!r}]")
    asked = {"stream": stream_name(stream)}
    if keys:
        asked["keys"] = ",".join(_escape(key) for key in dict.fromkeys(["_step", *keys]))
    if min_step is not None:
        asked["min_step"] = str(int(min_step))
    if max_step is not None:
        asked["max_step"] = str(int(max_step))
    return asked


def stream_name(stream: str) -> str:
    """Give the server's name of a stream; the official client says "default" and "events" (or "system")."""
    return "system" if stream in ("system", "events") else "history"


def rows(pieces: Iterable[bytes], keys: Sequence[str] | None, max_step: int | None) -> Iterator[dict[str, Any]]:
    """Decode JSON lines as they come."""
    wanted = list(keys or ())
    for line_rows in _decoded(pieces):
        for row in line_rows:
            if max_step is not None and row.get("_step", -1) >= max_step:
                continue
            if not wanted:
                yield row
            elif all(key in row for key in wanted):
                yield {key: row[key] for key in ("_step", *wanted) if key in row}


def table(pieces: Iterable[bytes]) -> pyarrow.Table:
    """Decode an Arrow stream."""
    import pyarrow.ipc

    return pyarrow.ipc.open_stream(b"".join(pieces)).read_all()


def number_frame(pieces: Iterator[bytes], keys: Sequence[str] | None) -> Any:
    """Decode an Arrow stream into a DataFrame, if pandas and pyarrow are here and every column is numbers.

    Numbers are the same in both forms; texts, media and long integers aren't, so they go the way of the rows.
    A column that some row lacks has NaN there, as a DataFrame made of rows has.

    Returns:
        The DataFrame; None: read the rows instead.
    """
    try:
        import pandas  # type: ignore[import-not-found]  # noqa: F401
        import pyarrow as pa
    except ImportError:
        return None
    with pa.ipc.open_stream(io.BufferedReader(_Pieces(pieces), _DECODE_BYTES)) as reader:
        if not all(pa.types.is_floating(field.type) or pa.types.is_integer(field.type) for field in reader.schema):
            return None
        found = reader.read_all()
    if keys:
        if any(key not in found.column_names for key in keys):
            return None
        found = found.select(["_step", *(key for key in dict.fromkeys(keys) if key != "_step")])
        if any(column.null_count for column in found.columns):
            found = found.drop_null()
    return found.to_pandas()


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a file that is read once."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._waiting = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._waiting:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._waiting = memoryview(piece)
        n = min(len(buffer), len(self._waiting))
        buffer[:n] = self._waiting[:n]
        self._waiting = self._waiting[n:]
        return n


def points(frame: bytes, key: str) -> tuple[Any, Any]:
    """Decode the points of the one series of a frame.

    Raises:
        ValueError: the server couldn't send every point.
    """
    header, arrays = decode_frame(frame)
    if header.get("coarsened"):
        raise ValueError(f"{key!r} has more points than one answer holds; read them with scan_history(keys=[{key!r}])")
    series = next((one for one in header["series"] if one["key"] == key), None)
    if series is None:
        return _floats(b""), _floats(b"")
    return tuple(_floats(arrays[offset : offset + 8 * n]) for _, offset, n in (series["arrays"][a] for a in "xy"))  # type: ignore[return-value]


def _decoded(pieces: Iterable[bytes]) -> Iterator[list[dict[str, Any]]]:
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size < _DECODE_BYTES:
            continue
        whole, newline, rest = b"".join(waiting).rpartition(b"\n")
        waiting, size = [rest], len(rest)
        if newline:
            yield _lines(whole)
    yield _lines(b"".join(waiting))


def _lines(data: bytes) -> list[dict[str, Any]]:
    data = data.strip(b"\n")
    if not data:
        return []
    try:
        # One call for many lines; a raw newline is never inside a JSON text.
        return orjson.loads(b"[" + data.replace(b"\n", b",") + b"]")
    except orjson.JSONDecodeError:  # NaN, infinities: JSON that only we write
        return [decode_extended(line) for line in data.split(b"\n") if line]


def _floats(data: bytes | memoryview) -> Any:
    try:
        import numpy
    except ImportError:
        return array("d", bytes(data))
    return numpy.frombuffer(data, dtype="<f8")


def _escape(key: str) -> str:
    return key.replace(",", "%2C")
