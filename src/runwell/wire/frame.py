"""The series frame: the one binary answer, what a chart draws, as aligned little-endian arrays.

Layout::

    0   4  magic b"RWF1"
    4   4  uint32 length of the header, padding included
    8   …  header: strict JSON, padded with spaces to a multiple of 8 bytes
    …      the arrays, each at a multiple of 8 bytes; offsets count from the end of the header

Header::

    {"x": "step" | "runtime" | "timestamp" | <key>, "width_px": int | null, "coarsened": bool,
     "series": [{"run": run id, "key": key, "n": drawn points, "total": points behind them in the range,
                 "non_finite": how many of them are NaN or infinite,
                 "infinite": [how many of these are +infinity, and -infinity], "bucketed": bool,
                 "arrays": {name: [dtype "f8" | "f4", offset in bytes, length in items]}}]}

Arrays of a series: ``x`` f8 always. Not bucketed (every point is there): ``y`` f8, exact, NaN and
infinities included. Bucketed (one bucket a pixel column, empty ones left out): ``min``, ``max``,
``last``, ``mean`` over the finite points of the bucket (NaN if it has none), f4, or f8 where float32
would turn the curve into stairs or overflow; ``x`` is the x of the bucket's last point, ``x0`` f8 that of
its first, ``count`` f4 its points. ``bad_x`` f8, where it exists, gives the x of non-finite points, at
most one a pixel column, and ``bad_kind`` f4 what they are: 1 NaN, 2 +infinity, 4 -infinity, added up where a
column has several. At the ends of a range whole buckets are given: ``x0`` of the first may lie
before it, ``x`` of the last behind it, by two pixels at most, and ``total`` counts what they hold.

There is one series for every run that has the key, in the order asked (run by run); points that have no
x, or one that isn't finite, are left out. Points are in the order of x, with equal x in order of arrival.

If groups of runs were asked for, the header has ``aggregate`` and ``band`` as they were asked, and there is one series
for every group some run of which has the key, key by key: ``run`` "", ``group`` its id, ``runs`` how many of its runs
have the key, ``exact``: each x of their points is there (else one x a pixel column: that of its last point). Its
arrays: ``x`` f8, ``y`` f8 the line, ``low`` and ``high`` f4 or f8 the band (unless ``band`` is "none"), ``runs`` f4 how
many runs stand behind each x; ``total`` and ``non_finite`` count their points.

``coarsened`` says that the point budget forced a coarser level than asked for; min and max are kept.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from .errors import InvalidValue

MAGIC = b"RWF1"
MEDIA_TYPE = "application/vnd.runwell.series"
ITEM_BYTES = {"f8": 8, "f4": 4}


def encode_frame(
    header: Mapping[str, Any], series: Iterable[tuple[Mapping[str, Any], Mapping[str, tuple[str, bytes]]]]
) -> bytes:
    """Build a frame.

    Args:
        header: the header without ``series``.
        series: per series its header fields without ``arrays``, and its arrays as
            name → (dtype, little-endian bytes).
    """
    described: list[dict[str, Any]] = []
    blocks: list[bytes] = []
    length = 0
    for fields, arrays in series:
        places: dict[str, list[Any]] = {}
        for name, (dtype, data) in arrays.items():
            places[name] = [dtype, length, len(data) // ITEM_BYTES[dtype]]
            padded = data + b"\0" * (-len(data) % 8)
            blocks.append(padded)
            length += len(padded)
        described.append({**fields, "arrays": places})
    # Offsets count from the end of the header, so that they don't depend on its own length.
    text = orjson.dumps({**header, "series": described})
    text += b" " * (-len(text) % 8)
    return b"".join([MAGIC, struct.pack("<I", len(text)), text, *blocks])


def decode_frame(frame: bytes) -> tuple[dict[str, Any], memoryview]:
    """Split a frame into its header and the bytes behind it, which array offsets count from.

    Raises:
        InvalidValue: not a frame.
    """
    if frame[:4] != MAGIC or len(frame) < 8:
        raise InvalidValue("not a series frame")
    (length,) = struct.unpack_from("<I", frame, 4)
    if 8 + length > len(frame):
        raise InvalidValue("a series frame cut short")
    return orjson.loads(frame[8 : 8 + length]), memoryview(frame)[8 + length :]
