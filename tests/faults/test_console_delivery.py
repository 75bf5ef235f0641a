"""Redirected output on its way to a server: while it is written, after the end of the run, and offline."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.serving import ServerProcess

from .terminals import wait_until
from .test_console_redirect import BEGIN
from .trainers import Trainer


def console_of(server: ServerProcess, run_id: str) -> list[tuple[str, str]]:
    """Give the lines of the Logs tab: level and text."""
    try:
        page = server.get_json(f"/api/projects/local/redirected/runs/{run_id}/console")
    except Exception:
        return []
    return [(line["level"], line["text"]) for line in page["lines"]]


def trainer_at(server: ServerProcess, place: Path, mode: str, code: str) -> Trainer:
    begin = BEGIN.replace('project="console"', 'project="redirected"')
    environment = {
        "RUNWELL_MODE": mode,
        "RUNWELL_BASE_URL": server.url,
        "RUNWELL_CONFIG_DIR": str(server.config_dir),
        "RUNWELL_CONSOLE": "redirect",
        "RUNWELL_FINISH_TIMEOUT": "20",
        "RUNWELL_RUN_ID": f"{mode}-run",
    }
    return Trainer(place, begin + code, alone=False, environment=environment)


def test_a_live_runs_logs_have_what_c_code_and_children_write_also_after_its_end(
    server: ServerProcess, tmp_path: Path
) -> None:
    code = (
        "libc.dprintf(1, b'from c\\n')\nos.system('echo from a child >&2; printf \"no end yet\"')\n"
        "sys.stdin.readline()\nprint('\\rended')\nsubprocess.Popen(['sh', '-c', 'sleep 2; echo late'])\nrun.finish()\n"
    )
    trainer = trainer_at(server, tmp_path, "online", code)
    process = trainer.start(stdin=subprocess.PIPE)
    written = {("info", "from c"), ("error", "from a child"), ("info", "no end yet")}
    wait_until(lambda: set(console_of(server, "online-run")) == written)
    assert process.poll() is None
    assert set(console_of(server, "online-run")) == written
    out, err = process.communicate("go on\n", timeout=30)
    assert (process.returncode, err.count("from a child")) == (0, 1), err
    assert out == "from c\nno end yet\nended\nlate\n"  # text mode: the carriage return is a line end
    ended = (written - {("info", "no end yet")}) | {("info", "ended"), ("info", "late")}
    wait_until(lambda: set(console_of(server, "online-run")) == ended)
    lines = console_of(server, "online-run")
    assert sorted(lines) == sorted(ended)
    assert lines[-1] == ("info", "late")
    run = server.get_json("/api/projects/local/redirected/runs/online-run")
    assert run["state"] == "finished"


@pytest.mark.slow
def test_an_offline_runs_output_arrives_with_a_later_sync_once(server: ServerProcess, tmp_path: Path) -> None:
    code = "for i in range(300):\n    libc.dprintf(1, b'line %d\\n', i)\nos.kill(os.getpid(), 9)\n"
    trainer = trainer_at(server, tmp_path, "offline", code)
    assert trainer.run().returncode == -9
    time.sleep(0.5)  # the relay's last words on their way to the disk
    for _ in range(2):
        command = [sys.executable, "-m", "runwell.cli.main", "sync", str(trainer.run_dir)]
        done = subprocess.run(command, env=trainer.environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
    assert console_of(server, "offline-run") == [("info", f"line {i}") for i in range(300)]
