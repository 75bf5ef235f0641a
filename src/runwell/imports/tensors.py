"""TensorProto messages: small ones, as lists of numbers or bytes. Pure."""

from __future__ import annotations

import struct
from typing import Any

from . import protobuf
from .protobuf import Malformed

MAX_ITEMS = 10_000  # a row's value; longer tensors are left out
# Type → (struct letter, field of its values where they aren't one piece of bytes).
_TYPES = {1: ("f", 5), 2: ("d", 6), 3: ("i", 7), 4: ("B", 7), 5: ("h", 7), 6: ("b", 7), 9: ("q", 10), 10: ("?", 11)}
_TYPES |= {19: ("e", 13), 22: ("I", 16), 23: ("Q", 17)}
_TEXT = 7


def read_tensor(data: bytes) -> tuple[list[int], list[Any]]:
    """Give (shape, items in row-major order); no items where the type isn't known or there are too many.

    Raises:
        Malformed: it is no tensor.
    """
    parts = protobuf.collect(data)
    kind = protobuf.signed(parts.get(1, [0])[-1])
    dimensions = protobuf.collect(parts.get(2, [b""])[-1]).get(2, ())
    shape = [protobuf.signed(protobuf.collect(one).get(1, [0])[-1]) for one in dimensions]
    size = 1
    for length in shape:
        size *= max(0, length)
    if kind == _TEXT:
        return shape, [protobuf.content(value) for value in parts.get(8, ())]
    if kind not in _TYPES or size > MAX_ITEMS:
        return shape, []
    letter, number = _TYPES[kind]
    packed = protobuf.content(parts.get(4, [b""])[-1])
    if packed:
        width = struct.calcsize(letter)
        if len(packed) < size * width:
            raise Malformed("a tensor cut short")
        items: list[Any] = list(struct.unpack(f"<{size}{letter}", packed[: size * width]))
    elif letter in "fd":
        items = protobuf.reals(parts.get(number, []), letter)
    else:
        items = protobuf.integers(parts.get(number, []))
        if letter == "e":
            items = [struct.unpack("<e", struct.pack("<H", item & 0xFFFF))[0] for item in items]
        elif letter == "?":
            items = [bool(item) for item in items]
    if items and len(items) < size:  # the last one stands for the rest
        items += [items[-1]] * (size - len(items))
    return shape, items
