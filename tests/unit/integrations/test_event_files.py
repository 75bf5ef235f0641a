"""Event files that TensorFlow writes are read as they grow: whole records, each once."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from runwell.integrations import event_files


def record(body: bytes) -> bytes:
    return struct.pack("<QI", len(body), 0) + body + b"\0\0\0\0"


def test_a_record_is_given_once_and_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "events.out.tfevents.1.host.2.v2"
    path.write_bytes(record(b"first") + record(b"second")[:-6])
    file = event_files._File(path)
    assert list(file._records()) == [b"first"]
    assert list(file._records()) == []
    with path.open("ab") as growing:
        growing.write(record(b"second")[-6:] + record(b"") + record(b"fourth"))
    assert list(file._records()) == [b"second", b"", b"fourth"]


def test_a_length_that_can_only_be_damage_ends_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "events.out.tfevents.1.host.2.v2"
    path.write_bytes(record(b"first") + b"\xff" * 40)
    file = event_files._File(path)
    records = file._records()
    assert next(records) == b"first"
    with pytest.raises(ValueError, match="damaged at byte 21"):
        next(records)
    assert list(file._records()) == []
