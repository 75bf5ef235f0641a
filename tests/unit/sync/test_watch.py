"""``runwell sync --watch``: offline runs on a shared disk are seen live, and new ones as they appear."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from runwell.api import Api
from runwell.wire.errors import CommunicationError
from tests.serving import ServerProcess

from .journal_writer import JournalWriter

WITHIN_S = 30.0


def wait_for(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not found():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.1)


def test_runs_are_seen_while_they_grow_and_new_ones_as_they_appear(tmp_path: Path, server: ServerProcess) -> None:
    api = Api(server.url, server.key)
    first = JournalWriter(tmp_path / "offline-run-20261123_101500-watch1", run={"id": "watch1", "project": "watched"})
    first.row(a=1)
    command = [sys.executable, "-m", "runwell.cli.main", "sync", "--watch", str(tmp_path)]
    watching = subprocess.Popen(command, env=server.client_environment(), stdout=subprocess.PIPE, text=True)

    def rows(run_id: str) -> int:
        try:
            return len(api.run(f"watched/{run_id}").history(pandas=False))
        except CommunicationError as error:
            assert error.status == 404
            return 0

    try:
        wait_for(lambda: rows("watch1") == 1)
        assert api.run("watched/watch1").state == "running"
        first.row(a=2)
        wait_for(lambda: rows("watch1") == 2)
        second = JournalWriter(
            tmp_path / "offline-run-20261123_101600-watch2", run={"id": "watch2", "project": "watched"}
        )
        second.row(a=1)
        second.exit()
        first.exit(code=3, state="failed")
        wait_for(lambda: rows("watch2") == 1 and api.run("watched/watch2").state == "finished")
        wait_for(lambda: api.run("watched/watch1").state == "failed")
    finally:
        os.kill(watching.pid, signal.SIGINT)
        said, _ = watching.communicate(timeout=15)
    assert watching.returncode == 0
    assert f"watch2: sent to {server.url}/local/watched/runs/watch2" in said
    assert rows("watch1") == 2
