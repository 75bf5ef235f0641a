"""A bundle: small files of a version in one body, of a request or an answer. Pure.

After the four bytes ``RWB1``, one file after the other: its MD5 (16 bytes), its size (8 bytes, big-endian), its bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .errors import InvalidValue
from .limits import MAX_BUNDLE_BYTES, MAX_BUNDLE_FILES

MEDIA_TYPE = "application/vnd.runwell.bundle"
_MARK = b"RWB1"
_HEAD_BYTES = 24  # before the bytes of each file
MAX_BUNDLE_BODY_BYTES = MAX_BUNDLE_BYTES + _HEAD_BYTES * (MAX_BUNDLE_FILES + 1)


@dataclass(frozen=True, slots=True)
class SmallFile:
    """Bytes that travel together with others, and the MD5 (hex) that they were announced with."""

    md5: str
    data: bytes | memoryview


def encode_bundle(files: Iterable[SmallFile]) -> bytes:
    """Write a bundle."""
    parts: list[bytes | memoryview] = [_MARK]
    for one in files:
        parts += (bytes.fromhex(one.md5), len(one.data).to_bytes(8, "big"), one.data)
    return b"".join(parts)


def decode_bundle(body: bytes) -> list[SmallFile]:
    """Read a bundle; the files are views into it.

    Raises:
        InvalidValue: it is none, ends early, or holds too many files.
    """
    if not body.startswith(_MARK):
        raise InvalidValue("the body is no bundle of files")
    view, at = memoryview(body), len(_MARK)
    files: list[SmallFile] = []
    while at < len(body):
        data_at = at + _HEAD_BYTES
        size = int.from_bytes(view[at + 16 : data_at], "big")
        if data_at > len(body) or size > len(body) - data_at:
            raise InvalidValue(f"the bundle ends within its file {len(files) + 1:,}")
        if len(files) == MAX_BUNDLE_FILES:
            raise InvalidValue(f"a bundle has at most {MAX_BUNDLE_FILES:,} files")
        files.append(SmallFile(view[at : at + 16].hex(), view[data_at : data_at + size]))
        at = data_at + size
    return files
