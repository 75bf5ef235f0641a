"""Writes TensorBoard event files, as TensorFlow's public definitions have them, for tests of what reads them."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from runwell.imports.tfrecords import masked_crc


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def part(number: int, value: Any) -> bytes:
    """Encode one field: ints as varints, floats as doubles, everything else as bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 1) + struct.pack("<d", value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def single(number: int, value: float) -> bytes:
    return varint(number << 3 | 5) + struct.pack("<f", value)


def event(step: int, *values: bytes, at: float = 1.7e9) -> bytes:
    return part(1, at + step) + part(2, step) + part(5, b"".join(part(1, value) for value in values))


def scalar(tag: str, value: float) -> bytes:
    return part(1, tag) + single(2, value)


def plugin(name: str, data: bytes = b"") -> bytes:
    return part(9, part(1, part(1, name) + (part(2, data) if data else b"")))


def tensor(kind: int, shape: list[int], data: bytes = b"", texts: list[bytes] | None = None) -> bytes:
    said = part(1, kind) + part(2, b"".join(part(2, part(1, length)) for length in shape))
    return part(8, said + (part(4, data) if data else b"") + b"".join(part(8, text) for text in texts or ()))


def framed(record: bytes) -> bytes:
    head = struct.pack("<Q", len(record))
    return head + struct.pack("<I", masked_crc(head)) + record + struct.pack("<I", masked_crc(record))


def write(path: Path, *events: bytes) -> None:
    """Append events to a file, which begins with its version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    begin = b"" if path.exists() else framed(part(1, 1.7e9) + part(3, "brain.Event:2"))
    with path.open("ab") as file:
        file.write(begin + b"".join(framed(one) for one in events))
