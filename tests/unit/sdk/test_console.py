"""Console capture: numbered lines in the journal, an unchanged terminal."""

from __future__ import annotations

import contextlib
import io
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import runwell
from runwell.sdk.capture import console
from runwell.sdk.capture.console import ConsoleLog
from runwell.sdk.journal import Journal
from runwell.wire import console as wire_console
from runwell.wire.journal import encode_record, scan

from .conftest import records_of

Begin = Callable[..., runwell.Run]


@pytest.fixture
def log(tmp_path: Path) -> ConsoleLog:
    return ConsoleLog(Journal(str(tmp_path / "j/main.jsonl"), lambda: encode_record("open", {})))


def lines(log: ConsoleLog) -> dict[int, tuple[str, str]]:
    """Give what a reader shows: the last record of each line."""
    found = {}
    for entry in scan(Path(log._journal.path).read_bytes()).entries:
        if entry.kind == "out":
            found[entry.payload["n"]] = (entry.payload["s"], entry.payload["x"])
    return found


def test_text_becomes_numbered_lines_however_it_is_cut(log: ConsoleLog) -> None:
    for piece in ("one", "\ntwo", "\n", "\nfo", "ur\nfive"):
        log.feed("stdout", piece)
    assert lines(log) == {0: ("stdout", "one"), 1: ("stdout", "two"), 2: ("stdout", ""), 3: ("stdout", "four")}
    log.flush()
    assert lines(log)[4] == ("stdout", "five")


def test_both_streams_share_the_numbers_and_keep_their_own_lines(log: ConsoleLog) -> None:
    log.feed("stdout", "out ")
    log.feed("stderr", "err\n")
    log.feed("stdout", "put\n")
    assert lines(log) == {0: ("stdout", "out put"), 1: ("stderr", "err")}


def test_a_progress_bar_is_one_line_that_ends_as_it_was_left(log: ConsoleLog) -> None:
    for percent in range(101):
        log.feed("stderr", f"\r\x1b[32m{percent:3d}%\x1b[0m")
    log.feed("stderr", "\n")
    assert lines(log) == {0: ("stderr", "\x1b[32m100%\x1b[0m")}
    written = Path(log._journal.path).read_bytes().count(b'{"out"')
    assert written <= 3


def test_a_windows_line_end_ends_one_line(log: ConsoleLog) -> None:
    log.feed("stdout", "a\r\nb\r\n")
    assert lines(log) == {0: ("stdout", "a"), 1: ("stdout", "b")}


def test_an_endless_line_is_cut_and_marked(log: ConsoleLog) -> None:
    for _ in range(50):
        log.feed("stdout", "x" * 100_000)
    log.feed("stdout", "\nnext\n")
    assert lines(log)[0][1].endswith("[line cut]")
    assert len(lines(log)[0][1].encode()) < 1_100_000
    assert lines(log)[1] == ("stdout", "next")


def test_a_flood_is_bounded_and_says_how_much_is_missing(log: ConsoleLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_console, "MAX_CONSOLE_LINES_PER_S", 10)
    monkeypatch.setattr(console.time, "time", lambda: 1_000.0)
    for i in range(100):
        log.feed("stdout", f"line {i}\n")
    log.flush()
    shown = [text for _, text in lines(log).values()]
    assert len(shown) == 11
    assert "90 lines omitted" in shown[-1]


def test_print_reaches_the_terminal_and_the_run(begin: Begin, capsys: pytest.CaptureFixture[str]) -> None:
    run = begin(settings={"console": "auto"})
    print("hello", 1)
    print("oops", file=sys.stderr)
    sys.stdout.writelines(["a\n", "b\n"])
    run.finish()
    print("after")
    shown = [(e.payload["s"], e.payload["x"]) for e in records_of(run) if e.kind == "out"]
    assert shown == [("stdout", "hello 1"), ("stderr", "oops"), ("stdout", "a"), ("stdout", "b")]
    assert capsys.readouterr() == ("hello 1\na\nb\nafter\n", "oops\n")


def test_the_streams_stay_themselves_and_get_their_own_write_back(begin: Begin) -> None:
    stream, before = sys.stdout, sys.stdout.write
    run = begin(settings={"console": "auto"})
    assert sys.stdout is stream
    assert sys.stdout.write("") == 0
    run.finish()
    assert sys.stdout.write == before
    assert "write" not in vars(sys.stdout)


def test_capture_can_be_switched_off(begin: Begin) -> None:
    run = begin(settings={"console": "off"})
    print("unheard")
    run.finish()
    assert not [e for e in records_of(run) if e.kind == "out"]


def test_a_stream_that_takes_no_attribute_still_prints(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slotted:
        __slots__ = ("seen",)

        def __init__(self) -> None:
            self.seen = ""

        def write(self, text: str) -> int:
            self.seen += text
            return len(text)

        def flush(self) -> None:
            pass

    stream = Slotted()
    monkeypatch.setattr(sys, "stdout", stream)
    run = begin(settings={"console": "auto"})
    print("x")
    run.finish()
    assert stream.seen == "x\n"


def test_redirected_output_is_the_scripts_own(begin: Begin) -> None:
    run = begin(settings={"console": "auto"})
    with contextlib.redirect_stdout(io.StringIO()) as taken:
        print("elsewhere")
    run.finish()
    assert taken.getvalue() == "elsewhere\n"
    assert not [e for e in records_of(run) if e.kind == "out"]


def test_what_the_terminal_raises_is_raised(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Broken())
    begin(settings={"console": "auto"})
    with pytest.raises(BrokenPipeError):
        print("x")


def test_a_broken_capture_never_fails_a_print(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError

    begin(settings={"console": "auto"})
    monkeypatch.setattr(ConsoleLog, "feed", fail)
    print("fine")
    assert capsys.readouterr().out == "fine\n"


def test_several_runs_hear_the_same_output(begin: Begin) -> None:
    first = begin(settings={"console": "auto"})
    second = begin(reinit="create_new", settings={"console": "auto"})
    print("both")
    first.finish()
    print("one")
    second.finish()
    heard = [[e.payload["x"] for e in records_of(run) if e.kind == "out"] for run in (first, second)]
    assert heard == [["both"], ["both", "one"]]


def test_threads_that_print_lose_nothing(begin: Begin) -> None:
    run = begin(settings={"console": "auto"})
    stream = sys.stdout

    def work(thread: int) -> None:
        for i in range(200):
            stream.write(f"{thread} {i}\n")

    threads = [threading.Thread(target=work, args=(t,)) for t in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.finish()
    heard = [e.payload for e in records_of(run) if e.kind == "out"]
    assert sorted(p["x"] for p in heard) == sorted(f"{t} {i}" for t in range(4) for i in range(200))
    assert [p["n"] for p in heard] == list(range(800))
