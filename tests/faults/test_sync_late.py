"""Late servers, other writers: what arrives although it wasn't there to be sent, or came from another process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.faults.delivery import new_journal, run_on, sync, wait_until_done
from tests.serving import ServerProcess
from tests.unit.sync.journal_writer import JournalWriter


def test_a_child_that_logs_is_a_writer_of_its_own(tmp_path: Path, server: ServerProcess) -> None:
    journal = new_journal(tmp_path, server.url, "children")
    child = JournalWriter(
        journal.run_dir, "4242-1.jsonl", run={"id": "children", "project": "digits"}, pid=2**22 - 1, process_started=1.0
    )
    for step in range(50):
        journal.row(parent=step)
        child.row(child=step)
    journal.exit()
    assert sync(journal.run_dir, server).returncode == 0
    found = list(run_on(server, "children").scan_history())
    assert [row["parent"] for row in found if "parent" in row] == list(range(50))
    assert [row["child"] for row in found if "child" in row] == list(range(50))
    assert len(found) == 100


def test_a_server_that_comes_late_gets_the_run(tmp_path: Path, new_server: Callable[..., ServerProcess]) -> None:
    late = new_server()
    script = (
        "import runwell\n"
        "with runwell.init(project='late', id='late1', config={'lr': 0.5}) as run:\n"
        "    for i in range(200):\n"
        "        run.log({'loss': 1 / (i + 1)})\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=late.client_environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    assert "runwell sync" in ended.stderr + ended.stdout
    late.start()
    (run_dir,) = (tmp_path / "runwell").glob("run-*")
    wait_until_done(run_dir, 30)
    run = run_on(late, "late1", "late")
    assert run.state == "finished"
    assert run.config["lr"] == 0.5
    assert [row["loss"] for row in run.scan_history(["loss"])] == [1 / (i + 1) for i in range(200)]
