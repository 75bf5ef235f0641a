"""Arrays in one blob: a small header that says what is where, then the arrays, loose or squeezed.

Loose bodies are read without a copy, one array at a time (chunks of the tail). Squeezed bodies are
sorted by byte position and compressed as one (pyramids): numbers of one kind share their high bytes.
Pure: bytes in, arrays out.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

_MAGIC = b"RWA1"
_ZSTD = pa.Codec("zstd", compression_level=3)
_SMALL_BYTES = 160  # below it a zstd frame costs more than it saves


def pack(meta: Any, arrays: Sequence[np.ndarray], *, squeeze: bool = False) -> bytes:
    """Put arrays (one dimension, numbers) and strict JSON ``meta`` into one blob."""
    described: list[list[Any]] = []
    blocks: list[bytes] = []
    place = 0
    for array in arrays:
        described.append([array.dtype.str, len(array), place])
        data = _squeezed(array) if squeeze else array.tobytes()
        data += b"\0" * (-len(data) % 8)
        blocks.append(data)
        place += len(data)
    body = b"".join(blocks)
    header: dict[str, Any] = {"m": meta, "a": described}
    if squeeze and len(body) > _SMALL_BYTES:
        header["z"] = len(body)
        body = _ZSTD.compress(body, asbytes=True)
    elif squeeze:
        header["z"] = 0
    text = orjson.dumps(header)
    text += b" " * (-len(text) % 8)
    return b"".join([_MAGIC, struct.pack("<I", len(text)), text, body])


class Packed:
    """One blob, its header read, its arrays read on demand.

    Attributes:
        meta: what :func:`pack` was given.
    """

    __slots__ = ("_arrays", "_body", "_squeezed", "meta")

    def __init__(self, blob: bytes) -> None:
        if blob[:4] != _MAGIC:
            raise ValueError("not a blob of arrays")
        (length,) = struct.unpack_from("<I", blob, 4)
        header = orjson.loads(blob[8 : 8 + length])
        body: Any = memoryview(blob)[8 + length :]
        self.meta = header["m"]
        self._arrays = header["a"]
        self._squeezed = "z" in header
        if header.get("z"):
            body = memoryview(_ZSTD.decompress(body, header["z"], asbytes=True))
        self._body = body

    def array(self, index: int) -> np.ndarray:
        """Give the array at ``index``; read-only when loose."""
        dtype, length, place = self._arrays[index]
        kind = np.dtype(dtype)
        data = self._body[place : place + length * kind.itemsize]
        return _loosened(data, kind, length) if self._squeezed else np.frombuffer(data, kind)

    def arrays(self) -> list[np.ndarray]:
        """Give every array."""
        return [self.array(index) for index in range(len(self._arrays))]


def squeeze_text(data: bytes) -> bytes:
    """Compress text, its length in front."""
    return struct.pack("<I", len(data)) + _ZSTD.compress(data, asbytes=True)


def loosen_text(data: bytes) -> bytes:
    """The inverse of :func:`squeeze_text`."""
    (length,) = struct.unpack_from("<I", data)
    return _ZSTD.decompress(memoryview(data)[4:], length, asbytes=True)


def _squeezed(array: np.ndarray) -> bytes:
    if array.dtype.kind == "i" and len(array):
        # Steps and rows grow evenly: their differences are nearly all the same. Wrapping is exact.
        array = np.diff(array, prepend=array.dtype.type(0))
    width = array.dtype.itemsize
    return np.ascontiguousarray(array).view(np.uint8).reshape(-1, width).T.tobytes()


def _loosened(data: Any, kind: np.dtype, length: int) -> np.ndarray:
    planes = np.frombuffer(data, np.uint8).reshape(kind.itemsize, length)
    array = np.ascontiguousarray(planes.T).reshape(-1).view(kind)
    return np.cumsum(array, dtype=kind) if kind.kind == "i" else array
