"""Late servers, other writers: what arrives although it wasn't there to be sent, or came from another process."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runwell.sync.status import read_status
from tests.faults.delivery import (
    assert_same_rows,
    companion,
    new_journal,
    run_on,
    sync,
    wait_for,
    wait_until_done,
)
from tests.faults.proxy import Drop, Proxy, everything_passes
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


def test_a_run_that_waited_offline_is_as_old_as_its_start(tmp_path: Path, server: ServerProcess) -> None:
    started = time.time() - 3 * 3600
    journal = new_journal(tmp_path, server.url, "waited", mode="offline", created_at=started)
    journal.row(a=1)
    journal.exit()
    assert sync(journal.run_dir, server).returncode == 0
    run = server.get_json("/api/projects/local/digits/runs/waited")
    assert run["created_at"] == started
    assert "started_at" not in str(run), "it is no counter"


def test_f19_the_terminals_signals_do_not_reach_the_companion(tmp_path: Path, server: ServerProcess) -> None:
    journal = new_journal(tmp_path, server.url, "signals")
    journal.row(a=1)
    with companion(journal.run_dir, server) as process:
        wait_for("it has begun", lambda: (journal.run_dir / "sync" / "cursor.json").exists())
        for _ in range(3):
            process.send_signal(signal.SIGINT)
            process.send_signal(signal.SIGHUP)
            time.sleep(0.1)
        assert process.poll() is None
        journal.row(a=2)
        journal.exit(130, "interrupted")
        assert process.wait(20) == 0
    run = run_on(server, "signals")
    assert run.state == "interrupted"
    assert_same_rows(run, journal.rows)


def test_f21_a_companion_told_to_end_leaves_a_run_that_a_later_sync_completes(
    tmp_path: Path, server: ServerProcess
) -> None:
    journal = new_journal(tmp_path, server.url, "sigterm")
    for step in range(100):
        journal.row(a=step)
    with companion(journal.run_dir, server) as process:
        wait_for("it has begun", lambda: (journal.run_dir / "sync" / "cursor.json").exists())
        process.terminate()
        assert process.wait(10) == 0
    journal.row(a=100)
    journal.exit()
    assert sync(journal.run_dir, server).returncode == 0
    assert_same_rows(run_on(server, "sigterm"), journal.rows)


def test_f23_one_run_id_from_two_places_keeps_both_writers_rows(tmp_path: Path, server: ServerProcess) -> None:
    one = new_journal(tmp_path / "one", server.url, "shared")
    two = new_journal(tmp_path / "two", server.url, "shared")
    one.record("config", {"set": {"from_one": 1, "both": "one"}})
    two.record("config", {"set": {"from_two": 2, "both": "two"}})
    for step in range(200):
        one.row(one=step)
        two.row(two=-step)
    one.exit()
    two.exit()
    with companion(one.run_dir, server) as first, companion(two.run_dir, server) as second:
        assert first.wait(20) == 0
        assert second.wait(20) == 0
    run = run_on(server, "shared")
    rows = list(run.scan_history())
    assert [row["one"] for row in rows if "one" in row] == list(range(200))
    assert [row["two"] for row in rows if "two" in row] == [-step for step in range(200)]
    assert len(rows) == 400
    assert (run.summary["one"], run.summary["two"]) == (199, -199)


def test_sync_relieves_a_companion_that_waits_for_a_server_in_vain(
    tmp_path: Path, server: ServerProcess, new_server: Callable[..., ServerProcess]
) -> None:
    journal = new_journal(tmp_path, new_server().url, "relieved")
    for step in range(50):
        journal.row(a=step)
    environment = {**server.client_environment(), "RUNWELL_API_KEY": server.key}
    command = [sys.executable, "-m", "runwell.companion", str(journal.run_dir)]
    process = subprocess.Popen(command, env=environment, start_new_session=True, cwd="/")
    try:
        wait_for("it waits", lambda: (s := read_status(journal.run_dir)) and s["state"] == "waiting")
        early = sync(journal.run_dir, server, "--server", server.url)
        assert early.returncode == 1, "its trainer lives: it stays"
        assert f"is being sent by process {process.pid} to http" in early.stdout
        assert "nothing answers at" in early.stdout
        journal.exit()
        ended = sync(journal.run_dir, server, "--server", server.url)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert "sent to" in ended.stdout
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
    run = run_on(server, "relieved")
    assert run.state == "finished"
    assert_same_rows(run, journal.rows)


def test_f8_a_network_that_was_away_gets_the_backlog_in_order(tmp_path: Path, server: ServerProcess) -> None:
    with Proxy(server.url) as proxy:
        journal = new_journal(tmp_path, proxy.url, "away")
        environment = {**server.client_environment(), "RUNWELL_API_KEY": server.key}
        command = [sys.executable, "-m", "runwell.companion", str(journal.run_dir)]
        process = subprocess.Popen(command, env=environment, start_new_session=True)
        try:
            journal.row(a=0)
            wait_for("the first row is there", lambda: any(request.is_stream for request in proxy.seen))
            proxy.plan = lambda request: Drop()
            for step in range(1, 3_000):
                journal.row(a=step)
            status = wait_for("it says that it waits", lambda: (s := read_status(journal.run_dir)) and _waits(s) and s)
            assert status["unsent_rows"] > 2_900
            asked = len(proxy.seen)
            time.sleep(3)
            assert len(proxy.seen) - asked < 40, "a dead network is not hammered"
            proxy.plan = everything_passes
            journal.exit()
            wait_until_done(journal.run_dir)
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.wait()
    assert_same_rows(run_on(server, "away"), journal.rows)


def _waits(status: dict[str, Any]) -> bool:
    return status["state"] == "waiting" and status["unsent_rows"] > 2_900
