"""The journal's writer: whole lines only, whatever the disk does."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from runwell.sdk import journal as journal_module
from runwell.sdk.journal import Journal
from runwell.wire.journal import encode_record, scan


def row(i: int) -> bytes:
    return encode_record("row", {"_step": i})


def steps(path: Path) -> list[int]:
    found = scan(path.read_bytes())
    assert found.damaged_lines == 0
    return [entry.payload["_step"] for entry in found.entries if entry.kind == "row"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal" / "main.jsonl"


@pytest.fixture
def journal(path: Path) -> Journal:
    return Journal(str(path), lambda: encode_record("open", {"format": 1}))


def test_the_first_line_is_the_open_record_and_the_file_is_the_owners_alone(journal: Journal, path: Path) -> None:
    journal.append(row(0))
    entries = scan(path.read_bytes()).entries
    assert [entry.kind for entry in entries] == ["open", "row"]
    assert path.stat().st_mode & 0o777 == 0o600


class Disk:
    """An ``os.write`` that refuses, or takes only a part."""

    def __init__(self) -> None:
        self.takes: int | None = None
        self.error = 0

    def write(self, fd: int, data: bytes) -> int:
        if self.error:
            raise OSError(self.error, os.strerror(self.error))
        if self.takes is not None:
            return os.write(fd, data[: self.takes]) if self.takes else 0
        return os.write(fd, data)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()
    monkeypatch.setattr(journal_module, "_write", made.write)
    return made


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
def test_rows_that_a_disk_refuses_wait_in_order_and_none_is_lost(
    journal: Journal, path: Path, disk: Disk, error: int, capfd: pytest.CaptureFixture[str]
) -> None:
    journal.append(row(0))
    disk.error = error
    for i in range(1, 11):
        journal.append(row(i))
    assert steps(path) == [0]
    disk.error = 0
    journal.append(row(11))
    assert steps(path) == list(range(12))
    assert journal.close() == 0
    assert scan(path.read_bytes()).entries[-1].payload == {"deferred_rows": 10}
    said = capfd.readouterr().err
    assert said.count("refuses rows") == 1
    assert "takes rows again; 10 rows" in said


@pytest.mark.parametrize("takes", range(29))
def test_a_line_that_fits_only_in_part_is_taken_off_and_written_whole_later(
    journal: Journal, path: Path, disk: Disk, takes: int
) -> None:
    journal.append(row(0))
    whole = path.read_bytes()
    disk.takes = takes
    journal.append(row(1))
    assert path.read_bytes() == whole
    disk.takes = None
    journal.append(row(2))
    assert steps(path) == [0, 1, 2]


def test_a_torn_line_that_cannot_be_cut_costs_no_other_line(
    journal: Journal, path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(fd: int, length: int) -> None:
        raise OSError(errno.EIO, "no")

    journal.append(row(0))
    monkeypatch.setattr(os, "ftruncate", refuse)
    disk.takes = 7
    journal.append(row(1))
    disk.takes = None
    journal.append(row(2))
    found = scan(path.read_bytes())
    assert [e.payload["_step"] for e in found.entries[1:]] == [0, 1, 2]
    assert found.damaged_lines == 1


def test_memory_takes_only_so_much_and_what_is_lost_is_counted(
    journal: Journal, disk: Disk, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    journal.append(row(0))
    monkeypatch.setattr(journal_module, "MEMORY_QUEUE_BYTES", 5 * len(row(1)))
    disk.error = errno.ENOSPC
    for i in range(1, 9):
        journal.append(row(i))
    disk.error = 0
    assert journal.close() == 0
    assert steps(path) == [0, 1, 2, 3, 4, 5]
    assert scan(path.read_bytes()).entries[-1].payload == {"deferred_rows": 5, "lost_rows": 3}


def test_closing_on_a_disk_that_goes_on_refusing_ends_and_says_what_is_lost(
    journal: Journal, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "_CLOSE_SECONDS", 0.1)
    journal.append(row(0))
    disk.error = errno.ENOSPC
    journal.append(row(1))
    journal.append(row(2))
    assert journal.close() >= 2


def test_a_deleted_journal_is_made_again_whole(journal: Journal, path: Path) -> None:
    journal.append(row(0))
    path.unlink()
    path.parent.rmdir()
    journal.append(row(1))
    journal.check()
    journal.append(row(2))
    assert steps(path) == [0, 1, 2]
    assert scan(path.read_bytes()).entries[0].kind == "open"


def test_reopening_cuts_a_torn_tail_and_counts_its_bytes(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(encode_record("open", {}) + row(0) + row(1)[:9])
    journal = Journal(str(path), lambda: encode_record("open", {}))
    journal.append(row(2))
    journal.close()
    assert steps(path) == [0, 2]
    assert scan(path.read_bytes()).entries[-1].payload == {"torn_bytes": 9}


def test_a_descriptor_that_somebody_closed_is_opened_again(journal: Journal, path: Path) -> None:
    journal.append(row(0))
    os.close(journal._fd)
    for i in range(1, 4):
        journal.append(row(i))
    assert steps(path) == [0, 1, 2, 3]


def test_a_descriptor_that_became_another_file_is_left_alone(journal: Journal, path: Path, tmp_path: Path) -> None:
    journal.append(row(0))
    number = journal._fd
    other = os.open(tmp_path / "other", os.O_RDWR | os.O_CREAT)
    os.dup2(other, number)
    journal.check()
    journal.append(row(1))
    journal.close()
    assert steps(path) == [0, 1]
    assert (tmp_path / "other").read_bytes() == b""
    os.fstat(number)  # still open
    os.close(number)
    os.close(other)


def test_a_write_nested_in_a_write_keeps_both_lines_whole(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append(row(0))
    nested: list[int] = []

    def write(fd: int, data: bytes) -> int:
        written = os.write(fd, data)
        if len(nested) < 2:  # what a signal handler does right behind the system call, and one inside it
            nested.append(len(nested))
            journal.append(row(100 + len(nested)))
        return written

    monkeypatch.setattr(journal_module, "_write", write)
    journal.append(row(1))
    journal.append(row(2))
    assert sorted(steps(path)) == [0, 1, 2, 101, 102]


def test_a_write_nested_in_one_that_is_refused_keeps_both(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append(row(0))
    calls: list[Any] = []

    def write(fd: int, data: bytes) -> int:
        calls.append(data)
        if len(calls) == 1:
            written = os.write(fd, data[:5])
            journal.append(row(9))
            return written
        return os.write(fd, data)

    monkeypatch.setattr(journal_module, "_write", write)
    journal.append(row(1))
    monkeypatch.setattr(journal_module, "_write", os.write)
    journal.append(row(2))
    found = scan(path.read_bytes())
    assert sorted(e.payload["_step"] for e in found.entries[1:]) == [0, 1, 2, 9]
    assert found.damaged_lines == 1


def test_an_interrupt_in_the_middle_of_a_write_leaves_later_lines_intact(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(fd: int, data: bytes) -> int:
        os.write(fd, data[:6])
        raise KeyboardInterrupt

    journal.append(row(0))
    monkeypatch.setattr(journal_module, "_write", write)
    with pytest.raises(KeyboardInterrupt):
        journal.append(row(1))
    monkeypatch.setattr(journal_module, "_write", os.write)
    journal.append(row(2))
    found = scan(path.read_bytes())
    assert [e.payload["_step"] for e in found.entries[1:]] == [0, 2]
    assert found.damaged_lines == 1


def test_threads_write_whole_lines_in_their_own_order(journal: Journal, path: Path) -> None:
    def work(thread: int) -> None:
        for i in range(200):
            journal.append(encode_record("row", {"_step": i, "thread": thread}))

    threads = [threading.Thread(target=work, args=(t,)) for t in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [e.payload for e in scan(path.read_bytes()).entries if e.kind == "row"]
    assert len(found) == 1_600
    for t in range(8):
        assert [r["_step"] for r in found if r["thread"] == t] == list(range(200))
