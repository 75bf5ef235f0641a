"""What the tests of delivery share: companions as processes, and the comparison of journal and server."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runwell.api import Api, Run
from runwell.sync.follow import Follow
from runwell.sync.status import read_status
from runwell.wire.numbers import flatten
from tests.serving import ServerProcess
from tests.unit.sync.journal_writer import JournalWriter

LOOPS = int(os.environ.get("RUNWELL_LOOPS", "10"))
SEED = int(os.environ.get("RUNWELL_SEED", "20261123"))


class Hurried(Follow):
    """Knows what ``Follow`` knows, but only notes how long it should have waited.

    Attributes:
        waits: seconds of every wait.
        at_wait: called with the number of waits so far; may change the world.
        leave_after: ends delivery, whatever is left, after so many waits.
    """

    def __init__(
        self, *, over: bool = True, at_wait: Callable[[int], None] = lambda n: None, leave_after: int = 5_000
    ) -> None:
        super().__init__(over=over, gone=over)
        self.waits: list[float] = []
        self.at_wait = at_wait
        self.leave_after = leave_after

    def wait(self, seconds: float, *, for_news: bool = False) -> None:
        self.waits.append(seconds)
        self.at_wait(len(self.waits))
        if len(self.waits) >= self.leave_after:
            self.stop()
        time.sleep(min(seconds, 0.002))


@contextmanager
def companion(run_dir: Path, server: ServerProcess) -> Iterator[subprocess.Popen[bytes]]:
    """Run a companion; it is killed in the end if it hasn't left."""
    process = start_companion(run_dir, server)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def start_companion(run_dir: Path, server: ServerProcess) -> subprocess.Popen[bytes]:
    """Start a companion as the SDK does, in a session of its own."""
    command = [sys.executable, "-m", "runwell.companion", str(run_dir)]
    return subprocess.Popen(command, env=server.client_environment(), start_new_session=True, cwd="/")


def sync(run_dir: Path, server: ServerProcess, *options: str) -> subprocess.CompletedProcess[str]:
    """Run ``runwell sync`` on a run directory."""
    command = [sys.executable, "-m", "runwell.cli.main", "sync", *options, str(run_dir)]
    return subprocess.run(command, env=server.client_environment(), capture_output=True, text=True, timeout=60)


def wait_for(what: str, condition: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Wait until a condition gives something true; give that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


def wait_until_done(run_dir: Path, seconds: float = 20.0) -> dict[str, Any]:
    """Wait until a run directory's status says that all of it is delivered."""
    try:
        return wait_for("delivered", lambda: (s := read_status(run_dir)) and s["state"] == "done" and s, seconds)
    except AssertionError:
        log = run_dir / "companion.log"
        text = log.read_text() if log.exists() else ""
        raise AssertionError(f"not delivered: {read_status(run_dir)}\n{text[-3000:]}") from None


def run_on(server: ServerProcess, run_id: str, project: str = "digits") -> Run:
    """Give a run as the server has it."""
    return Api(server.url, server.key).run(f"local/{project}/{run_id}")


def assert_same_rows(run: Run, expected: list[dict[str, Any]]) -> None:
    """Compare what the server gives with what was journalled: every row once, in order, bit for bit."""
    found = list(run.scan_history())
    wanted = [flatten(row) for row in expected]
    assert len(found) == len(wanted), f"{len(found)} rows on the server, {len(wanted)} were logged"
    for number, (have, want) in enumerate(zip(found, wanted, strict=True)):
        assert set(have) == set(want), f"row {number}"
        for key, value in want.items():
            assert _same(have[key], value), f"row {number}, {key}: {have[key]!r} instead of {value!r}"


def console_of(server: ServerProcess, run_id: str, project: str = "digits") -> list[str]:
    """Give a run's console lines."""
    found: list[str] = []
    while True:
        page = f"/api/projects/local/{project}/runs/{run_id}/console?from={len(found)}&limit=1000"
        lines = server.get_json(page)["lines"]
        if not lines:
            return found
        found += [line["text"] for line in lines]


def new_journal(folder: Path, server_url: str, run_id: str, **opened: Any) -> JournalWriter:
    """Start a run directory whose trainer is this process."""
    run = {"id": run_id, "project": "digits"}
    return JournalWriter(folder / f"run-20261123_101500-{run_id}", base_url=server_url, run=run, **opened)


def _same(have: Any, want: Any) -> bool:
    if isinstance(want, float) and isinstance(have, float):
        return (have == want and math.copysign(1, have) == math.copysign(1, want)) or (have != have and want != want)
    return type(have) is type(want) and json.dumps(have, sort_keys=True) == json.dumps(want, sort_keys=True)
