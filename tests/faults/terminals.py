"""Terminals of a test's own, and what a script's redirected output left behind."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import psutil

from runwell.wire.journal import scan

from .trainers import Trainer

COLUMNS, LINES = 123, 45


class Terminal:
    """A terminal that somebody looks at: everything shown is kept."""

    def __init__(self) -> None:
        self._looker, self.fd = pty.openpty()
        self.resize(COLUMNS)
        self.shown = b""
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def resize(self, columns: int) -> None:
        """Give it another width."""
        fcntl.ioctl(self._looker, termios.TIOCSWINSZ, struct.pack("4H", LINES, columns, 0, 0))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.leave()

    def leave(self) -> bytes:
        """Look until nobody writes any more; give what was shown."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
        self._thread.join(10.0)
        assert not self._thread.is_alive(), f"somebody has the terminal open still: {self.shown[-200:]!r}"
        return self.shown

    def _look(self) -> None:
        while True:
            try:
                self.shown += os.read(self._looker, 65536)
            except OSError:
                return


def start_at(trainer: Trainer, out: int, err: int) -> subprocess.Popen[bytes]:
    """Start a script with these descriptors as its streams."""
    command = [sys.executable, str(trainer.script)]
    return subprocess.Popen(command, cwd=trainer.place, env=trainer.environment, stdout=out, stderr=err)


def recorded(run_dir: Path) -> list[tuple[str, str]]:
    """Give what a reader of the run sees: stream and text of each line, those of the relays in order of time."""
    found: list[tuple[float, int, str, str]] = []
    for path in sorted(run_dir.glob("journal/*.jsonl")):
        lines: dict[int, tuple[float, int, str, str]] = {}
        pass_found = scan(path.read_bytes())
        assert pass_found.damaged_lines == 0
        for entry in pass_found.entries:
            if entry.kind == "out":
                line = entry.payload
                first = lines.get(line["n"], (line["t"],))[0]
                lines[line["n"]] = (first, line["n"], line["s"], line["x"])
        found += lines.values()
    return [(stream, text) for _, _, stream, text in sorted(found)]


def relay_of(trainer: Trainer, *, wait_s: float = 10.0, other_than: int = 0) -> psutil.Process:
    """Give the relay of a run, not the one behind it, waiting for it to be there."""
    return relays_of(trainer, wait_s=wait_s, other_than=other_than)[0]


def relays_of(trainer: Trainer, *, wait_s: float = 10.0, other_than: int = 0) -> list[psutil.Process]:
    """Give the relay of a run and the one behind it, waiting for both to be there."""
    deadline = time.monotonic() + wait_s
    while time.monotonic() < deadline:
        found: list[psutil.Process] = []
        for process in psutil.process_iter():
            try:
                command = process.cmdline()
            except psutil.Error:
                continue
            is_relay = "runwell.companion.relay" in command and command[0] != "sh"
            if is_relay and command[-3] == str(trainer.run_dir) and process.pid != other_than:
                found.append(process)
        ids = {process.pid for process in found}
        found.sort(key=lambda process: process.ppid() not in ids)
        if len(found) == 2 and found[0].ppid() in ids:
            return found
        time.sleep(0.02)
    raise AssertionError("there is no relay")


def wait_until(happened: Callable[[], bool], wait_s: float = 10.0) -> None:
    """Wait until something has happened; what doesn't is for the caller to meet."""
    deadline = time.monotonic() + wait_s
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.02)
