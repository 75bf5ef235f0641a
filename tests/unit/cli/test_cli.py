"""The command line as a user meets it: words, exit codes, and what a next step is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runwell.api import Api
from tests.serving import ServerProcess, clean_environment, free_port
from tests.unit.sync.journal_writer import JournalWriter


def runwell(*arguments: str, env: dict[str, str], cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "runwell.cli.main", *arguments]
    return subprocess.run(command, env=env, cwd=cwd, input=stdin, capture_output=True, text=True, timeout=60)


@pytest.fixture
def offline(tmp_path: Path) -> dict[str, str]:
    """An environment without a server."""
    url = f"http://127.0.0.1:{free_port()}"
    return clean_environment(RUNWELL_BASE_URL=url, RUNWELL_CONFIG_DIR=str(tmp_path / "config"))


def make_run(folder: Path, run_id: str, rows: int = 5) -> JournalWriter:
    """A finished run below ``folder/runwell``."""
    run = {"id": run_id, "project": "clitest"}
    journal = JournalWriter(folder / "runwell" / f"run-20261123_101500-{run_id}", run=run)
    for step in range(rows):
        journal.row(a=step)
    journal.exit()
    return journal


def test_help_names_every_command_and_imports_none() -> None:
    code = "import sys; from runwell.cli.main import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    code += "print([m for m in ('httpx', 'psutil', 'fastapi', 'sqlalchemy') if m in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    for name in ("server", "open", "sync", "status", "login", "key", "admin"):
        assert f"  {name} " in ended.stdout
    assert ended.stdout.rstrip().endswith("[]")


@pytest.mark.parametrize("command", ["server", "open", "sync", "status", "login", "key", "admin"])
def test_every_command_has_help(command: str, tmp_path: Path, offline: dict[str, str]) -> None:
    ended = runwell(command, "--help", env=offline, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "Usage: runwell" in ended.stdout


def test_without_a_server_nothing_is_lost_and_each_command_says_so(tmp_path: Path, offline: dict[str, str]) -> None:
    make_run(tmp_path, "r1")
    ended = runwell("sync", "--wait", "0.2", env=offline, cwd=tmp_path)
    assert ended.returncode == 1
    assert "5 rows left: nothing answers at" in ended.stdout
    ended = runwell("status", env=offline, cwd=tmp_path)
    assert ended.returncode == 3
    assert "1 here, 1 not whole on a server" in ended.stdout
    assert "5 rows unsent" in ended.stdout
    assert "runwell sync" in ended.stdout
    for command, exit_code, step in (("open", 3, "runwell server"), ("key", 4, "runwell login")):
        ended = runwell(command, env=offline, cwd=tmp_path)
        assert ended.returncode == exit_code
        assert step in ended.stderr
        assert "Traceback" not in ended.stderr


def test_sync_sends_all_below_and_says_there_already_the_second_time(tmp_path: Path, server: ServerProcess) -> None:
    environment = server.client_environment()
    for number in range(3):
        make_run(tmp_path, f"all{number}")
    ended = runwell("sync", "--json", env=environment, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [line["state"] for line in lines] == ["done"] * 3
    assert lines[0]["url"] == f"{server.url}/local/clitest/runs/all0"
    again = runwell("sync", env=environment, cwd=tmp_path)
    assert again.returncode == 0
    assert again.stdout.count("there already") == 3
    status = json.loads(runwell("status", "--json", env=environment, cwd=tmp_path).stdout)
    assert status["server"]["user"] == "local"
    assert [run["state"] for run in status["runs"]] == ["done"] * 3


def test_sync_asks_the_server_before_it_says_there_already(
    tmp_path: Path, new_server: Callable[..., ServerProcess]
) -> None:
    server = new_server().start()
    journal = make_run(tmp_path, "replaced", rows=300)
    assert runwell("sync", env=server.client_environment(), cwd=tmp_path).returncode == 0
    server.stop()
    away = runwell("sync", env=server.client_environment(), cwd=tmp_path)
    assert away.returncode == 1
    assert "nothing answers at" in away.stdout
    server.data_dir = server.folder / "fresh"
    server.start()
    again = runwell("sync", env=server.client_environment(), cwd=tmp_path)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "sent to" in again.stdout
    run = Api(server.url, server.key).run("local/clitest/replaced")
    assert [row["a"] for row in run.scan_history()] == [row["a"] for row in journal.rows]
    assert run.state == "finished"
    assert "there already" in runwell("sync", env=server.client_environment(), cwd=tmp_path).stdout


def test_sync_of_nothing_says_where_it_looked(tmp_path: Path, offline: dict[str, str]) -> None:
    ended = runwell("sync", env=offline, cwd=tmp_path)
    assert ended.returncode == 5
    assert str(tmp_path) in ended.stderr


def test_login_tries_the_key_before_keeping_it(tmp_path: Path, server: ServerProcess) -> None:
    environment = clean_environment(RUNWELL_CONFIG_DIR=str(tmp_path / "config"))
    refused = runwell("login", server.url, env=environment, cwd=tmp_path, stdin="local-" + "x" * 40 + "\n")
    assert refused.returncode == 4
    assert "did not accept this key" in refused.stderr
    assert "`runwell key`" in refused.stderr and f"{server.url}/authorize" in refused.stderr
    assert "runwell login" not in refused.stderr, "that is what was just done"
    assert not (tmp_path / "config" / "credentials.json").exists()
    kept = runwell("login", server.url, "--key-stdin", env=environment, cwd=tmp_path, stdin=f"{server.key}\n")
    assert kept.returncode == 0, kept.stderr
    assert "as local" in kept.stdout
    assert server.key not in kept.stdout + kept.stderr
    assert runwell("key", server.url, env=environment, cwd=tmp_path).stdout.strip() == server.key


def test_open_gives_a_link_that_logs_in_once(tmp_path: Path, server: ServerProcess) -> None:
    ended = runwell("open", "--print", env=server.client_environment(), cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    link = ended.stdout.strip()
    assert link.startswith(f"{server.url}/login?token=")
    token = link.partition("token=")[2]
    status, headers, _ = server.request(
        "POST", "/api/session", {"token": token}, key=None, headers={"Origin": server.url}
    )
    assert status == 200
    assert "set-cookie" in headers
    status, _, _ = server.request("POST", "/api/session", {"token": token}, key=None, headers={"Origin": server.url})
    assert status == 401


def test_a_bad_address_is_one_sentence(tmp_path: Path, offline: dict[str, str]) -> None:
    ended = runwell("key", "http://h:port", env=offline, cwd=tmp_path)
    assert ended.returncode == 1
    assert "isn't http://HOST" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_key_of_another_server_is_named_when_this_ones_is_not_known(tmp_path: Path, server: ServerProcess) -> None:
    environment = {**server.client_environment(), "RUNWELL_BASE_URL": "http://127.0.0.1:9"}
    environment.pop("RUNWELL_API_KEY", None)
    ended = runwell("key", env=environment, cwd=tmp_path)
    assert ended.returncode == 4
    assert server.url in ended.stderr
    assert "RUNWELL_BASE_URL" in ended.stderr
    assert runwell("key", server.url, env=environment, cwd=tmp_path).stdout.strip() == server.key


def test_no_user_is_added_where_no_server_is(tmp_path: Path, offline: dict[str, str]) -> None:
    place = tmp_path / "typo"
    for command in (["add", "ana"], ["list"], ["remove", "ana"]):
        ended = runwell("admin", "user", *command, "--data", str(place), env=offline, cwd=tmp_path)
        assert ended.returncode == 5
        assert f"no server's data in {place}" in ended.stderr
    assert not place.exists()
