"""What the relay passes on, and when: the mark to nobody, all else to the user's stream without waiting for more."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runwell.companion import relay
from runwell.companion.recorder import Recorder
from runwell.wire.console import RELAY_MARK_FIRST, STDERR, STDOUT
from runwell.wire.journal import scan

MARK = RELAY_MARK_FIRST + b"\n of a mark 123."


class Passage:
    """A pipe into a stream that is passed on, and the pipe out of it."""

    def __init__(self, run_dir: Path) -> None:
        self.run_dir = run_dir
        self.drained = threading.Event()
        source, self.script = os.pipe()
        self.user, target = os.pipe()
        os.set_blocking(source, False)
        recorder = Recorder(str(run_dir), self.drained.set)
        recorder.put_mark(STDERR)
        recorder.put_end(STDERR)
        self.stream = relay.Stream(STDOUT, source, target, MARK, recorder, lambda: None, lambda: None)
        self.threads = [
            threading.Thread(target=relay._pass_on, args=(self.stream,)),
            threading.Thread(target=recorder.record),
        ]

    def shown(self, within_s: float = 10.0) -> bytes:
        """Give what the user is shown next; b"" if that is nothing in time."""
        return os.read(self.user, 4_096) if select.select([self.user], [], [], within_s)[0] else b""

    def end(self) -> list[str]:
        """Let the script end; give the recorded lines."""
        os.close(self.script)
        for thread in self.threads:
            thread.join(10.0)
            assert not thread.is_alive()
        os.close(self.user)
        lines: dict[int, str] = {}
        for path in (self.run_dir / "journal").glob("console-*.jsonl"):
            lines |= {e.payload["n"]: e.payload["x"] for e in scan(path.read_bytes()).entries if e.kind == "out"}
        return [lines[number] for number in sorted(lines)]


@pytest.fixture
def passage(tmp_path: Path) -> Iterator[Passage]:
    (tmp_path / "journal").mkdir()
    yield Passage(tmp_path)


def test_what_ends_as_the_mark_begins_is_shown_though_nothing_follows(passage: Passage) -> None:
    for thread in passage.threads:
        thread.start()
    for length in (1, 2, len(MARK) - 1):
        written = b"a question? " + MARK[:length]
        os.write(passage.script, written)
        shown = b""
        while len(shown) < len(written) and (more := passage.shown()):
            shown += more
        assert shown == written
    assert len(passage.end()) == 3


def test_a_mark_in_two_pieces_is_shown_to_nobody_and_heard(passage: Passage) -> None:
    os.write(passage.script, b"before\n" + MARK[:5])
    assert passage.stream.pass_on()
    assert passage.stream.holds
    assert passage.shown() == b"before\n"
    os.write(passage.script, MARK[5:] + b"behind\n")
    assert passage.stream.pass_on()
    assert not passage.stream.holds
    assert passage.shown() == b"behind\n"
    for thread in passage.threads:
        thread.start()
    assert passage.end() == ["before", "behind"]
    assert passage.drained.is_set()
