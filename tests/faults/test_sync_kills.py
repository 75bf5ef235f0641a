"""F2: the companion is killed again and again while the trainer logs; nothing is lost, nothing doubled."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import psutil

from runwell.sync.cursor import Cursor
from runwell.wire.journal import encode_record
from tests.faults.delivery import (
    LOOPS,
    SEED,
    assert_same_rows,
    companion,
    console_of,
    new_journal,
    run_on,
    start_companion,
    wait_for,
    wait_until_done,
)
from tests.faults.proxy import Proxy
from tests.serving import ServerProcess


def test_f2_a_companion_killed_in_loops_loses_and_doubles_nothing(tmp_path: Path, server: ServerProcess) -> None:
    chance = random.Random(SEED)
    with Proxy(server.url) as proxy:
        journal = new_journal(tmp_path, proxy.url, "f2kills")
        stop = threading.Event()

        def train() -> None:
            while not stop.is_set():
                n = len(journal.rows)
                journal.row(loss=chance.random(), big=2**53 + n, odd=float("nan") if n % 7 == 0 else -0.0, text=f"é{n}")
                if n % 10 == 0:
                    journal.out(n // 10, f"line {n}")
                time.sleep(0.001)

        def has_stream(before: int) -> bool:
            return any(request.is_stream for request in proxy.seen[before:])

        environment = {**server.client_environment(), "RUNWELL_API_KEY": server.key}
        command = [sys.executable, "-m", "runwell.companion", str(journal.run_dir)]
        trainer = threading.Thread(target=train)
        trainer.start()
        killed_while_sending = 0
        for _ in range(LOOPS):
            before = len(proxy.seen)
            place = Cursor(journal.run_dir / "sync" / "cursor.json", proxy.url).progress.places.get("main.jsonl")
            acknowledged = place.rows if place else 0
            process = subprocess.Popen(command, env=environment, start_new_session=True)
            if chance.random() < 0.8:  # otherwise anywhere in its start
                wait_for("it sends", partial(has_stream, before))
            time.sleep(chance.random() * 0.6)
            process.kill()
            process.wait()
            sent = [json.loads(r.body)["files"] for r in proxy.seen[before:] if r.is_stream and b'"files"' in r.body]
            offsets = [part["wandb-history.jsonl"]["offset"] for part in sent if "wandb-history.jsonl" in part]
            if offsets:
                killed_while_sending += 1
                # Only what the cursor didn't say is sent again: at most the chunk whose answer was under way.
                assert offsets[0] == acknowledged
                assert offsets == sorted(offsets)
        stop.set()
        trainer.join()
        journal.exit()
        process = subprocess.Popen(command, env=environment, start_new_session=True)
        wait_until_done(journal.run_dir)
        assert process.wait(20) == 0
    assert killed_while_sending >= LOOPS // 4, "the loops killed companions that hadn't begun to send"
    run = run_on(server, "f2kills")
    assert run.state == "finished"
    assert_same_rows(run, journal.rows)
    assert console_of(server, "f2kills") == [f"line {n}" for n in range(0, len(journal.rows), 10)]


def test_a_trainers_death_without_a_word_ends_the_run_as_crashed(tmp_path: Path, server: ServerProcess) -> None:
    trainer = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    started = psutil.Process(trainer.pid).create_time()
    journal = new_journal(tmp_path, server.url, "death", pid=trainer.pid, process_started=started)
    for step in range(100):
        journal.row(a=step)
    with companion(journal.run_dir, server) as process:
        wait_for("rows are there", lambda: _has_rows(server, "death", 100))
        journal.raw(b'12345678 {"row":{"_step":100,')  # torn by the death
        trainer.kill()
        trainer.wait()
        assert process.wait(20) == 0
    run = run_on(server, "death")
    assert run.state == "crashed"
    assert_same_rows(run, journal.rows)
    assert run.record.get("torn_bytes") == 29


def test_only_one_companion_lives_beside_a_run(tmp_path: Path, server: ServerProcess) -> None:
    journal = new_journal(tmp_path, server.url, "once")
    journal.row(a=1)
    with companion(journal.run_dir, server) as first:
        wait_for("the first has begun", lambda: (journal.run_dir / "sync" / "status.json").exists())
        second = start_companion(journal.run_dir, server)
        assert second.wait(10) == 0
        assert first.poll() is None
        journal.exit()
        assert first.wait(20) == 0
    assert run_on(server, "once").state == "finished"


def test_the_servers_stop_interrupts_the_trainer_once(tmp_path: Path, server: ServerProcess) -> None:
    script = (
        "import signal, sys, time\n"
        "count = 0\n"
        "def interrupted(*_):\n"
        "    global count\n"
        "    count += 1\n"
        "signal.signal(signal.SIGINT, interrupted)\n"
        "print('ready', flush=True)\n"
        "end = time.time() + 60\n"
        "while time.time() < end and not count: time.sleep(0.05)\n"
        "time.sleep(2)\n"
        "sys.exit(count)\n"
    )
    trainer = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert trainer.stdout is not None
    try:
        assert trainer.stdout.readline() == b"ready\n"
        started = psutil.Process(trainer.pid).create_time()
        journal = new_journal(tmp_path, server.url, "stopme", pid=trainer.pid, process_started=started)
        journal.row(a=1)
        with companion(journal.run_dir, server):
            wait_for("the run is there", lambda: _has_rows(server, "stopme", 1))
            server.request("POST", "/api/projects/local/digits/runs/stopme/stop", {})
            end = time.monotonic() + 30
            while trainer.poll() is None and time.monotonic() < end:
                journal.row(a=2)  # every batch's answer says "stopped"
                time.sleep(0.2)
            assert trainer.wait(1) == 1, "interrupted so many times"
    finally:
        trainer.kill()
        trainer.wait()
        trainer.stdout.close()


def test_memory_stays_small_while_a_backlog_is_sent(tmp_path: Path, server: ServerProcess) -> None:
    journal = new_journal(tmp_path, server.url, "backlog")
    with journal.path.open("ab") as file:
        for step in range(60_000):
            row = {
                "_step": step,
                "_runtime": step * 1e-3,
                "_timestamp": 1e9,
                **{f"k{i}": step * i / 7 for i in range(10)},
            }
            journal.rows.append(row)
            file.write(encode_record("row", row))
    with companion(journal.run_dir, server) as process:
        peak = 0
        journal.exit()
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            peak = max(peak, _rss_mb(process.pid))
            time.sleep(0.02)
        assert process.wait(1) == 0
    assert 0 < peak < 128, f"{peak} MB"
    run = run_on(server, "backlog")
    assert_same_rows(run, journal.rows)


def _has_rows(server: ServerProcess, run_id: str, count: int) -> bool:
    status, _, body = server.request("GET", f"/api/projects/local/digits/runs/{run_id}/history?format=jsonl")
    return status == 200 and body.count(b"\n") >= count


def _rss_mb(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
    except (OSError, IndexError):
        return 0
