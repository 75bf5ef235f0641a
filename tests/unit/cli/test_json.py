"""``--json``: every command that says something says it to programs too."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner

from runwell.cli.answers import JsonLines
from runwell.cli.main import group
from tests.serving import COMMAND, ServerProcess, clean_environment, free_port
from tests.unit.cli.test_cli import make_run, runwell


def ask(server: ServerProcess, *arguments: str, stdin: str = "") -> list[Any]:
    settings = {"RUNWELL_BASE_URL": server.url, "RUNWELL_CONFIG_DIR": str(server.config_dir)}
    ended = CliRunner().invoke(group, [*arguments, "--json"], input=stdin, env=settings)
    assert ended.exit_code == 0, (ended.output, ended.exception)
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_commands_answer_in_json(server: ServerProcess) -> None:
    assert ask(server, "key") == [{"server": server.url, "key": server.key}]
    (link,) = ask(server, "open")
    assert link["url"].startswith(f"{server.url}/login?token=")
    (login,) = ask(server, "login", "--key-stdin", stdin=server.key + "\n")
    assert (login["server"], login["user"]) == (server.url, "local")
    place = ("--data", str(server.data_dir))
    (added,) = ask(server, "admin", "user", "add", "json-user", *place)
    assert (added["user"], added["admin"], len(added["key"]) >= 40) == ("json-user", False, True)
    users = {row["name"]: row for row in ask(server, "admin", "user", "list", *place)}
    assert (users["json-user"]["keys"], users["json-user"]["is_admin"]) == (1, False)
    assert ask(server, "admin", "team", "add", "json-team", *place) == [{"name": "json-team", "members": []}]
    (joined,) = ask(server, "admin", "team", "join", "json-team", "json-user", "--viewer", *place)
    assert joined == {"name": "json-team", "members": [{"name": "json-user", "role": "viewer"}]}
    assert ask(server, "admin", "team", "list", *place) == [joined]
    assert ask(server, "admin", "user", "remove", "json-user", *place) == [{"user": "json-user", "removed": True}]


def test_artifacts_and_registries_answer_in_json(server: ServerProcess, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("one")
    environment = clean_environment(RUNWELL_BASE_URL=server.url, RUNWELL_CONFIG_DIR=str(server.config_dir))

    def answers(*arguments: str) -> list[Any]:
        ended = runwell(*arguments, "--json", env=environment, cwd=tmp_path)
        assert (ended.returncode, ended.stderr) == (0, ""), ended
        return [json.loads(line) for line in ended.stdout.splitlines()]

    (put,) = answers("artifact", "put", "data", "-n", "jsonput/data", "-a", "best")
    assert (put["name"], put["files"], put["size"]) == ("local/jsonput/data:v0", 1, 3)
    assert answers("artifact", "ls", "jsonput") == [{"type": "dataset", "name": "data", "newest": "v0"}]
    (version,) = answers("artifact", "ls", "jsonput/data")
    assert {"best", "latest"} == set(version["aliases"])
    assert answers("artifact", "ls", "jsonput/data:best") == [{"path": "a.txt", "size": 3, "reference": None}]
    (got,) = answers("artifact", "get", "jsonput/data:best", "--root", "there")
    assert (got["digest"], (tmp_path / "there" / "a.txt").read_text()) == (put["digest"], "one")
    (verified,) = answers("artifact", "verify", "jsonput/data:best", "there")
    assert verified["verified"] is True
    (cache,) = answers("artifact", "cache", "info")
    assert {"path", "files", "size"} <= set(cache)
    (linked,) = answers("registry", "link", "jsonput/data:best", "json-models/data", "--alias", "production")
    assert linked
    assert any("json-models" in json.dumps(one) for one in answers("registry", "ls"))
    moves = answers("registry", "history", "json-models/data")
    assert "production" in {one["alias"] for one in moves}
    whole = runwell("storage", "project", "jsonput", "--json", env=environment, cwd=tmp_path)
    before = runwell("storage", "--json", "project", "jsonput", env=environment, cwd=tmp_path)
    assert json.loads(before.stdout)["kinds"] == json.loads(whole.stdout)["kinds"]


def test_ctrl_c_is_one_json_line_too(tmp_path: Path) -> None:
    make_run(tmp_path, "waits")
    nowhere = clean_environment(
        RUNWELL_BASE_URL=f"http://127.0.0.1:{free_port()}", RUNWELL_CONFIG_DIR=str(tmp_path / "config")
    )
    command = [sys.executable, "-m", "runwell.cli.main", "sync", "--json", "--wait", "60"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=nowhere, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        time.sleep(3)  # it waits for a server by then
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    *logged, end = [json.loads(line) for line in said.decode().splitlines()]
    assert end["kind"] == "stopped"
    assert [(line["level"], "nothing answers" in line["message"]) for line in logged] == [("warning", True)]


def commands_of(one: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something by itself, with its path."""
    if isinstance(one, click.Group):
        context = click.Context(one)
        for name in one.list_commands(context):
            below = one.get_command(context, name)
            assert below is not None
            yield from commands_of(below, (*path, name))
        if not one.invoke_without_command:
            return
    yield path, one


def test_every_command_and_subcommand_offers_it() -> None:
    found = dict(commands_of(group))
    assert {("server",), ("storage",), ("storage", "clean"), ("artifact", "cache", "info")} <= set(found)
    without = [" ".join(path) for path, one in found.items() if not any("--json" in p.opts for p in one.params)]
    assert without == []


def test_a_supervisor_reads_where_the_server_is_from_its_one_line(tmp_path: Path) -> None:
    environment = clean_environment(RUNWELL_CONFIG_DIR=str(tmp_path / "config"))
    command = [*COMMAND, "--json", "--port", "0", "--data", str(tmp_path / "data")]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        try:
            about = json.loads(process.stdout.readline())
            assert (about["pid"], about["data"]) == (process.pid, str(tmp_path / "data"))
            with urllib.request.urlopen(f"{about['url']}/ready", timeout=10) as answer:
                assert answer.status == 200
            second = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
            assert second.returncode == 1
            assert str(process.pid) in json.loads(second.stderr)["error"]
        finally:
            process.send_signal(signal.SIGINT)
        rest, logged = process.communicate(timeout=30)
    assert rest == ""
    assert all(json.loads(line)["level"] for line in logged.splitlines())


def test_a_log_line_with_a_traceback_stays_one_json_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        record = logging.LogRecord("runwell", logging.ERROR, "x.py", 1, "no %s", ("luck",), sys.exc_info())
    line = JsonLines().format(record)
    assert "\n" not in line
    said = json.loads(line)
    assert (said["level"], said["message"]) == ("error", "no luck")
    assert "ValueError: two" in said["traceback"]
