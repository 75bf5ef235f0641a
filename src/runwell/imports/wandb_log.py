"""Records of a ``.wandb`` file: 32 KiB blocks of chunks, each with a CRC-32 over its type and bytes.

A chunk that fails its check ends its block; reading goes on at the next one. A torn end ends it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

from .source import ImportProblem

_BLOCK_BYTES = 32 * 1024
_HEAD = b":W&B"
_MAGIC = 0xBEE1
_WHOLE, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4


def read_log(path: Path) -> Iterator[bytes]:
    """Give the records that are whole.

    Raises:
        ImportProblem: it isn't such a file, or can't be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(7)
            if len(head) < 7 or head[:4] != _HEAD or struct.unpack("<H", head[4:6])[0] != _MAGIC:
                raise ImportProblem(f"{path} is no .wandb file of a release that is known (0.9 or newer)")
            file.seek(0)
            parts: list[bytes] = []
            place = len(head)
            while block := file.read(_BLOCK_BYTES):
                yield from _read_block(block, place, parts)
                place = 0
    except OSError as error:
        raise ImportProblem(f"{path} can't be read ({error.strerror})") from None


def _read_block(block: bytes, at: int, parts: list[bytes]) -> Iterator[bytes]:
    while at + 7 <= len(block):
        crc, size, kind = struct.unpack_from("<IHB", block, at)
        data = block[at + 7 : at + 7 + size]
        if (
            kind not in (_WHOLE, _FIRST, _MIDDLE, _LAST)
            or len(data) < size
            or crc32(block[at + 6 : at + 7] + data) != crc
        ):
            parts.clear()
            return
        at += 7 + size
        if kind == _WHOLE:
            parts.clear()
            yield data
        elif kind == _FIRST:
            parts[:] = [data]
        elif parts:
            parts.append(data)
            if kind == _LAST:
                yield b"".join(parts)
                parts.clear()
