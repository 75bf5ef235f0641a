"""Runs a long command while saying, every few seconds, that it lives.

A terminal gets one line that changes, a log gets a line every three seconds. The command's whole
output goes to a file; its start and its end are shown only if the command failed.
"""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

LOGS = Path(".make/logs")
SILENCE_S = 3.0
HEAD_LINES, TAIL_LINES = 15, 25


class CommandFailed(Exception):
    """A command ended with another exit code than 0; its output was shown."""


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)


def run(
    title: str, command: Sequence[str], env: Mapping[str, str] | None = None, cwd: str | Path | None = None
) -> None:
    """Run a command to its end under a title.

    Raises:
        CommandFailed: its exit code isn't 0; start and end of its output were printed.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / ("".join(c if c.isalnum() else "-" for c in title.lower()).strip("-")[:60] + ".log")
    started = time.monotonic()
    show = _Line(title)
    try:
        process = subprocess.Popen(
            list(command),
            env=dict(env) if env is not None else None,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        show.end(f"failed: {error}")
        raise CommandFailed(f"{title}: {command[0]} doesn't start: {error}") from None
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process, log, lines), daemon=True).start()
    head: list[str] = []
    tail: list[str] = []
    try:
        while True:
            try:
                line = lines.get(timeout=0.5)
            except queue.Empty:
                line = ""
            if line is None:
                break
            if line and len(head) < HEAD_LINES:
                head.append(line)
            elif line:
                tail = [*tail[1 - TAIL_LINES :], line]
            show.tick(time.monotonic() - started, (head + tail or [""])[-1])
        code = process.wait()
    except BaseException:
        with contextlib.suppress(OSError):
            process.terminate()
        raise
    took = time.monotonic() - started
    if code != 0:
        show.end(f"failed after {took:.0f} s (exit code {code})")
        for line in head + (["…"] if len(tail) == TAIL_LINES else []) + tail:
            say(f"    {line}")
        say(f"    … the whole output: {log}")
        raise CommandFailed(title)
    show.end(f"{took:.0f} s" if took >= 1 else "done")


def _read(process: subprocess.Popen[str], log: Path, lines: queue.Queue[str | None]) -> None:
    with log.open("w", encoding="utf-8") as out:
        for line in process.stdout or ():
            out.write(line)
            out.flush()
            if line.strip():
                lines.put(line.strip())
    lines.put(None)


class _Line:
    """The one line of a running command."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.live = sys.stdout.isatty()
        self.shown_at = time.monotonic()
        if self.live:
            self._draw(f"  … {title}")
        else:
            say(f"  … {title}")

    def tick(self, seconds: float, last: str) -> None:
        now = time.monotonic()
        if now - self.shown_at < (0.2 if self.live else SILENCE_S):
            return
        self.shown_at = now
        text = f"  … {self.title}: {seconds:.0f} s  {last[:70]}"
        if self.live:
            self._draw(text)
        else:
            say(text)

    def end(self, how: str) -> None:
        mark = "✗" if how.startswith("failed") else "✓"
        if self.live:
            self._draw("")
        say(f"  {mark} {self.title}: {how}")

    def _draw(self, text: str) -> None:
        sys.stdout.write(f"\r\x1b[2K{text[:110]}")
        sys.stdout.flush()
