"""Protobuf messages taken apart by field number, without their definitions. Pure.

Source: the encoding's public description (wire types 0, 1, 2 and 5).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

Value = int | bytes


class Malformed(ValueError):
    """Bytes that are no message."""


def fields(data: bytes | memoryview) -> Iterator[tuple[int, Value]]:
    """Give (field number, value): integers of varints, bytes of everything else.

    Raises:
        Malformed: it ends early, or holds a wire type that doesn't exist.
    """
    data = bytes(data)
    at, end = 0, len(data)
    while at < end:
        tag, at = varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(data, at)
            yield tag >> 3, value
            continue
        if kind == 2:
            size, at = varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise Malformed(f"wire type {kind}")
        if at + size > end:
            raise Malformed("cut short")
        yield tag >> 3, data[at : at + size]
        at += size


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Give (value, place behind it)."""
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Malformed("cut short")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def collect(data: Value) -> dict[int, list[Value]]:
    """Give every value of every field of a message."""
    found: dict[int, list[Value]] = {}
    for number, value in fields(content(data)):
        found.setdefault(number, []).append(value)
    return found


def content(value: Value | None) -> bytes:
    """Give a value that must be bytes."""
    if isinstance(value, bytes):
        return value
    if value is None:
        return b""
    raise Malformed("a number where bytes belong")


def text(value: Value | None) -> str:
    """Give a value as text."""
    return content(value).decode("utf-8", "replace")


def signed(value: Value | None) -> int:
    """Give an int32 or int64."""
    if not isinstance(value, int):
        return 0
    return value - (1 << 64) if value >= 1 << 63 else value


def real(value: Value | None) -> float:
    """Give a float or double."""
    data = content(value)
    if len(data) not in (4, 8):
        return 0.0
    return struct.unpack("<d" if len(data) == 8 else "<f", data)[0]


def reals(values: list[Value], letter: str) -> list[float]:
    """Give a repeated field of numbers of one width, packed or not."""
    data = b"".join(content(value) for value in values)
    size = struct.calcsize(letter)
    return list(struct.unpack(f"<{len(data) // size}{letter}", data[: len(data) // size * size]))


def integers(values: list[Value]) -> list[int]:
    """Give a repeated field of varints, packed or not."""
    found: list[int] = []
    for value in values:
        if isinstance(value, int):
            found.append(signed(value))
            continue
        at = 0
        while at < len(value):
            number, at = varint(value, at)
            found.append(signed(number))
    return found


def moment(value: Value | None) -> float:
    """Give a Timestamp message as seconds since the epoch."""
    if value is None:
        return 0.0
    parts = collect(value)
    return signed(parts.get(1, [0])[-1]) + signed(parts.get(2, [0])[-1]) / 1e9
