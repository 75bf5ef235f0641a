"""A trainer with a real server: what it says at its end, and the few questions that it asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import ServerProcess

from .trainers import Trainer, rows


def trainer_of(server: ServerProcess, place: Path, code: str) -> Trainer:
    environment = {
        "RUNWELL_MODE": "online",
        "RUNWELL_BASE_URL": server.url,
        "RUNWELL_CONFIG_DIR": str(server.config_dir),
        "RUNWELL_FINISH_TIMEOUT": "30",
    }
    return Trainer(place, code, alone=False, environment=environment)


def run_all(trainer: Trainer, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = trainer.run(*arguments)
    assert done.returncode == 0, done.stderr
    return done


RESUMES = """
import sys, runwell
try:
    run = runwell.init(project="resuming", id=sys.argv[1], resume=sys.argv[2], config={"lr": 1})
except runwell.UsageError as error:
    print("UsageError", error)
    sys.exit()
print(run.resumed, run.starting_step, run.summary.get("loss"), run.name)
for i in range(3):
    run.log({"loss": i})
if sys.argv[3:]:
    run.name = sys.argv[3]
"""


def test_a_run_that_only_the_server_knows_is_continued_refused_or_required(
    server: ServerProcess, tmp_path: Path
) -> None:
    first = run_all(trainer_of(server, tmp_path / "one", RESUMES), "known", "never", "first name")
    assert first.stdout.startswith("False 0 None ")
    assert "is complete at" in first.stderr
    elsewhere = trainer_of(server, tmp_path / "two", RESUMES)  # no directory of the run here
    assert "exists in project" in run_all(elsewhere, "known", "never").stdout
    assert "no run 'other'" in run_all(elsewhere, "other", "must").stdout
    assert run_all(elsewhere, "known", "must").stdout == "True 3 2 first name\n"
    assert run_all(elsewhere, "known", "allow").stdout == "True 6 2 first name\n"


LOGS_IN = """
import os, sys, runwell
from runwell.client.credentials import key_for
url = os.environ["RUNWELL_BASE_URL"]
good = key_for(url)
assert runwell.login()
os.environ["RUNWELL_CONFIG_DIR"] = "fresh"
assert runwell.login() is False  # no key, and no terminal to ask on
try:
    runwell.login(key="local-" + "x" * 40)
except runwell.AuthenticationError:
    print("refused")
assert key_for(url) is None
assert runwell.login(key=good) and key_for(url) == good
assert os.stat("fresh/credentials.json").st_mode & 0o777 == 0o600
"""


def test_login_keeps_a_good_key_refuses_a_bad_one_and_never_prompts_without_a_terminal(
    server: ServerProcess, tmp_path: Path
) -> None:
    done = trainer_of(server, tmp_path, LOGS_IN).run(stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (0, "refused\n"), done.stderr
    assert "runwell key" in done.stderr


@pytest.mark.parametrize("kind", ["finish", "exit"])
def test_an_ended_run_says_where_its_page_is(server: ServerProcess, tmp_path: Path, kind: str) -> None:
    code = "import runwell\nrun = runwell.init(project='saying')\nrun.log({'a': 1})\nprint(run.url)\n"
    done = run_all(trainer_of(server, tmp_path, code + ("run.finish()\n" if kind == "finish" else "")))
    assert done.stderr.splitlines()[-1].endswith(f"is complete at {done.stdout.strip()}")


def test_a_key_from_the_environment_has_its_users_page_said_once_it_is_known(
    server: ServerProcess, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "runwell.cli.main", "admin", "user", "add", "eve", "--data", str(server.data_dir)]
    key = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    code = """
import time, runwell
run = runwell.init(project="whose")
assert run.url is None
while run.url is None:
    time.sleep(0.05)
for i in range(3):
    run.log({"a": i})
    time.sleep(0.6)
print(run.url)
"""
    trainer = trainer_of(server, tmp_path, code)
    trainer.environment["RUNWELL_API_KEY"] = key
    done = run_all(trainer)
    assert f"{server.url}/eve/whose/runs/" in done.stdout
    assert done.stderr.count(f" is at {done.stdout}") == 1
    assert f"is complete at {done.stdout}" in done.stderr


FAILS = """
import runwell
run = runwell.init(project="failing", id="broken", config={"lr": 1})
run.log({"loss": 1.0})
raise FloatingPointError("loss is NaN, stopping")
"""

CONTINUES = """
import runwell
run = runwell.init(project="failing", id="broken", resume="must", config={"momentum": 2})
run.log({"loss": 0.5})
"""


def test_a_failed_run_shows_its_exception_until_it_is_continued(server: ServerProcess, tmp_path: Path) -> None:
    ended = trainer_of(server, tmp_path / "one", FAILS).run()
    assert ended.returncode == 1
    run = server.get_json("/api/projects/local/failing/runs/broken")
    assert (run["state"], run["exit_code"]) == ("failed", 1)
    assert run["error"].splitlines()[0] == "Traceback (most recent call last):"
    assert run["error"].splitlines()[-1] == "FloatingPointError: loss is NaN, stopping"
    assert "error" not in run["record"]
    run_all(trainer_of(server, tmp_path / "two", CONTINUES))
    run = server.get_json("/api/projects/local/failing/runs/broken")
    assert (run["state"], run["error"]) == ("finished", None)
    assert run["config"] == {"lr": 1, "momentum": 2}
    assert run["record"]["rows"] == 2


LOSES_ITS_COMPANION = """
import os, signal, sys, time
from pathlib import Path
import runwell
run = runwell.init(project="replaced", id=sys.argv[1])
run.log({"loss": 0})
lock = Path(run.sync_dir, "companion.lock")
def holder(before):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        text = lock.read_text().strip() if lock.exists() else ""
        if text and text != before:
            return text
        run.log({"loss": 1})
        time.sleep(0.05)
    raise SystemExit("no companion came")
first = holder("")
while run.status().get("state") != "sending":
    time.sleep(0.05)
os.kill(int(first), signal.SIGKILL)
if sys.argv[1] == "looks":
    run._companion_at = 0.0  # ten seconds are over
    holder(first)
run.log({"loss": 2, "last": True})
run.finish()
"""


@pytest.mark.parametrize("kind", ["looks", "ends"])
def test_a_killed_companion_is_replaced_and_the_run_arrives_whole(
    server: ServerProcess, tmp_path: Path, kind: str
) -> None:
    trainer = trainer_of(server, tmp_path, LOSES_ITS_COMPANION)
    done = run_all(trainer, kind)
    assert "is complete at" in done.stderr
    assert "in the background" not in done.stderr
    run = server.get_json(f"/api/projects/local/replaced/runs/{kind}")
    assert run["state"] == "finished"
    assert run["record"]["rows"] == len(rows(trainer.main()))
