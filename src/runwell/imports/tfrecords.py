"""Records of a TFRecord file: uint64 length, its checksum, bytes, their checksum.

A torn end ends the reading (the file may still grow); bytes whose checksum fails are skipped and counted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_RECORD_BYTES = 256 * 1024 * 1024  # a larger length is damage
MAX_CHECKED_BYTES = 64 * 1024  # CRC-32C in Python takes 70 ns a byte: longer records (pictures) tell damage themselves


def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return tuple(table)


_TABLE = _table()


def masked_crc(data: bytes) -> int:
    """Give the checksum as the format has it: CRC-32C, rotated and moved."""
    crc = 0xFFFFFFFF
    table = _TABLE
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


@dataclass(slots=True)
class Damage:
    """What a reading met.

    Attributes:
        skipped: records whose checksum failed.
        torn: the file ends within a record, or nothing behind some place of it can be read.
    """

    skipped: int = 0
    torn: bool = False


def read_records(path: Path, damage: Damage) -> Iterator[bytes]:
    """Give the records of a file that are whole."""
    with path.open("rb") as file:
        while head := file.read(12):
            if len(head) < 12:
                damage.torn = True
                return
            length, crc = struct.unpack("<QI", head)
            if masked_crc(head[:8]) != crc or length > MAX_RECORD_BYTES:
                damage.torn = True  # without its length nobody knows where the next one begins
                return
            data, foot = file.read(length), file.read(4)
            if len(data) < length or len(foot) < 4:
                damage.torn = True
                return
            if length <= MAX_CHECKED_BYTES and masked_crc(data) != struct.unpack("<I", foot)[0]:
                damage.skipped += 1
                continue
            yield data
