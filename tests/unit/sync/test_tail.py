"""Reading journals piece by piece: torn tails, rot, lines longer than a read, bounded memory."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from runwell.sync import tail as tail_module
from runwell.sync.journal_files import RowCount, read_exit, read_open
from runwell.sync.tail import JournalTail
from runwell.wire.journal import encode_record


@pytest.fixture(autouse=True)
def _small_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail_module, "READ_BYTES", 256)
    monkeypatch.setattr(tail_module, "MAX_LINE_BYTES", 4096)


def read_all(tail: JournalTail) -> list[object]:
    found: list[object] = []
    while piece := tail.read():
        assert len(piece.data) <= 4096
        found += [entry.payload for entry in piece.found.entries]
    return found


def test_every_record_comes_once_in_order_however_long_its_line(tmp_path: Path) -> None:
    chance = random.Random(7)
    payloads = [{"i": i, "pad": "x" * chance.choice([0, 10, 300, 3000])} for i in range(200)]
    path = tmp_path / "j.jsonl"
    path.write_bytes(b"".join(encode_record("row", payload) for payload in payloads))
    tail = JournalTail(path)
    assert read_all(tail) == payloads
    assert tail.offset == path.stat().st_size
    assert tail.torn_bytes == tail.damaged_lines == 0


def test_a_piece_is_as_large_as_asked_for_and_one_line_at_least(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    lines = [encode_record("row", {"i": i, "pad": "x" * 100}) for i in range(50)]
    path.write_bytes(b"".join(lines))
    tail = JournalTail(path)
    sizes = [len(piece.found.entries) if (piece := tail.read(about=bytes_)) else 0 for bytes_ in (10, 400, 2_000)]
    assert sizes == [1, 400 // len(lines[0]), 2_000 // len(lines[0])]


def test_it_goes_on_where_it_stopped_and_holds_back_the_torn_tail(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    lines = [encode_record("row", {"i": i}) for i in range(50)]
    data = b"".join(lines)
    tail = JournalTail(path)
    found: list[object] = []
    for end in (0, 5, 30, 31, 400, 401, 600, len(data) - 1, len(data)):
        path.write_bytes(data[:end])
        found += read_all(tail)
        complete = data[:end].rfind(b"\n") + 1
        assert tail.offset == complete
        assert tail.torn_bytes == end - complete
    assert found == [{"i": i} for i in range(50)]


def test_a_missing_or_shrunken_file_is_no_error(tmp_path: Path) -> None:
    tail = JournalTail(tmp_path / "none.jsonl", 10)
    assert tail.read() is None
    tail.path.write_bytes(b"")
    assert tail.read() is None


def test_damage_that_ate_the_newlines_is_skipped_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    rot = b"\xff" * 50_000
    path.write_bytes(encode_record("row", {"i": 0}) + rot + b"\n" + encode_record("row", {"i": 1}))
    tail = JournalTail(path)
    assert read_all(tail) == [{"i": 0}, {"i": 1}]
    assert tail.damaged_bytes == len(rot) + 1


def test_a_replay_ends_at_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    lines = [encode_record("row", {"i": i}) for i in range(100)]
    path.write_bytes(b"".join(lines))
    limit = sum(map(len, lines[:33]))
    tail = JournalTail(path)
    found: list[object] = []
    while piece := tail.read(limit=limit):
        found += [entry.payload for entry in piece.found.entries]
    assert found == [{"i": i} for i in range(33)]


def test_rows_are_counted_without_decoding(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    tricky = {"row": {"text": ' {"row":{', "row": {"row": 1}}}
    lines = [encode_record("row", tricky), encode_record("out", {"x": ' {"row":{"a":1}}'}), encode_record("row", {})]
    path.write_bytes(b"".join(lines * 40) + lines[0][:-1])
    count = RowCount()
    while count.advance(path, 512):
        pass
    assert count.rows == 80


def test_first_and_last_record_are_found(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    path.write_bytes(encode_record("open", {"journal": "w"}) + encode_record("row", {"exit": 1}))
    assert read_open(path) == {"journal": "w"}
    assert read_exit(path) is None
    with path.open("ab") as file:
        file.write(encode_record("exit", {"code": 3, "error": "long " * 1000}))
    assert (read_exit(path) or {})["code"] == 3
    with path.open("ab") as file:
        file.write(b"torn")
    assert read_exit(path) is None
