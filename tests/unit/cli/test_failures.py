"""Bad input, no server, a wrong key, a server of another kind: each command says what to do next."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from runwell.cli.failures import failure_of
from tests.serving import ServerProcess, clean_environment, free_port
from tests.unit.cli.test_cli import make_run, runwell

ASKING: list[tuple[str, ...]] = [
    ("runs",),
    ("runs", "p"),
    ("export", "p"),
    ("open",),
    ("status",),
    ("storage",),
    ("storage", "project", "p"),
    ("storage", "clean", "--deleted", "0"),
    ("artifact", "put", ".", "-n", "p/a"),
    ("artifact", "get", "p/a"),
    ("artifact", "ls", "p"),
    ("artifact", "verify", "p/a", "."),
    ("registry", "ls"),
    ("registry", "link", "p/a", "models/a"),
    ("registry", "history", "models/a"),
]
WRONG_KEY = "local-" + "x" * 50


class SomePage(BaseHTTPRequestHandler):
    """A web server that has nothing to do with us."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>It works!</title>")

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        del format, args


@pytest.fixture(scope="module")
def some_page() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), SomePage) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{web.server_address[1]}"
        web.shutdown()


def told(*arguments: str, env: dict[str, str], cwd: Path) -> tuple[int, str]:
    """Run a command with --json; give its status and the sentence it said."""
    ended = runwell(*arguments, "--json", env=env, cwd=cwd)
    if arguments[0] == "status":  # what it finds out is its answer, not its failure
        return ended.returncode, json.loads(ended.stdout)["server"]["message"]
    assert ended.stdout == ""
    said = json.loads(ended.stderr)
    assert said["exit_code"] == ended.returncode
    return ended.returncode, said["error"]


@pytest.mark.parametrize("arguments", ASKING, ids=" ".join)
def test_each_command_says_why_no_server_can_be_asked(
    arguments: tuple[str, ...], tmp_path: Path, server: ServerProcess, some_page: str
) -> None:
    nothing = clean_environment(
        RUNWELL_BASE_URL=f"http://127.0.0.1:{free_port()}", RUNWELL_CONFIG_DIR=str(tmp_path / "none")
    )
    exit_code, said = told(*arguments, env=nothing, cwd=tmp_path)
    assert exit_code == 3
    assert "nothing answers at" in said and "runwell server" in said and "API key" not in said

    exit_code, said = told(*arguments, env={**nothing, "RUNWELL_BASE_URL": some_page}, cwd=tmp_path)
    assert exit_code == 3
    assert "no Runwell server" in said and "RUNWELL_BASE_URL" in said

    exit_code, said = told(*arguments, env={**nothing, "RUNWELL_BASE_URL": server.url}, cwd=tmp_path)
    assert exit_code == 4
    assert f"runwell login {server.url}" in said

    wrong = {**server.client_environment(), "RUNWELL_API_KEY": WRONG_KEY}
    exit_code, said = told(*arguments, env=wrong, cwd=tmp_path)
    assert exit_code == 4
    assert said.count("doesn't know the API key") == 1 and said.count("runwell login") == 1
    assert "RUNWELL_API_KEY is set here" in said


@pytest.mark.parametrize(
    ("arguments", "step"),
    [
        (("runs", "nope"), "runwell runs"),
        (("export", "nope"), "runwell runs"),
        (("artifact", "get", "nope/a"), "runwell artifact ls PROJECT"),
        (("artifact", "put", "nofile", "-n", "p/a"), "s3://BUCKET/PATH"),
        (("registry", "history", "nope/a"), "runwell registry ls"),
        (("storage", "project", "nope"), "runwell storage"),
        (("sync", "nodir"), "no directory nodir; name a run directory"),
        (("sync", "--watch", "nodir"), "no directory nodir; name a run directory"),
        (("status", "nodir"), "no directory nodir; name a run directory"),
        (("import", "mlflow", "."), "holds mlruns"),
        (("import", "tensorboard", "."), "name the log directory"),
        (("import", "wandb-offline", "."), "name the wandb directory"),
        (("admin", "user", "list", "--data", "nodata"), "--data"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_not_there_is_said_with_the_next_step(
    arguments: tuple[str, ...], step: str, tmp_path: Path, server: ServerProcess
) -> None:
    ended = runwell(*arguments, env=server.client_environment(), cwd=tmp_path)
    assert ended.returncode == 5
    assert step in ended.stderr and ended.stderr.startswith("runwell: ") and ended.stderr.count("\n") == 1
    ended = runwell(*arguments, "--json", env=server.client_environment(), cwd=tmp_path)
    assert step in json.loads(ended.stderr)["error"]
    assert (json.loads(ended.stderr)["kind"], ended.stdout) == ("not-found", "")


def test_an_address_that_is_none_is_refused_by_every_command_before_it_works(tmp_path: Path) -> None:
    make_run(tmp_path, "r1")
    environment = clean_environment(RUNWELL_BASE_URL="notaurl", RUNWELL_CONFIG_DIR=str(tmp_path / "config"))
    for arguments in (*ASKING, ("sync",), ("key",), ("login", "--key-stdin"), ("sync", "--server", "notaurl")):
        ended = runwell(*arguments, env=environment, cwd=tmp_path)
        assert ended.returncode == 1, arguments
        assert "'notaurl'" in ended.stderr and "http://" in ended.stderr, arguments


def test_a_wrong_command_line_is_said_in_json_too(tmp_path: Path) -> None:
    environment = clean_environment(RUNWELL_CONFIG_DIR=str(tmp_path / "config"))
    for wrong in (("sync", "--nope"), ("nope",), ("artifact", "put", "x"), ("runs", "--limit", "0")):
        ended = runwell(*wrong, "--json", env=environment, cwd=tmp_path)
        assert (ended.returncode, ended.stdout) == (2, "")
        assert json.loads(ended.stderr)["kind"] == "usage"
        ended = runwell(*wrong, env=environment, cwd=tmp_path)
        assert ended.returncode == 2 and "--help' for help" in ended.stderr


def test_a_reader_that_leaves_ends_the_command_without_a_word(tmp_path: Path, server: ServerProcess) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "runwell.cli.main", "key"]
    with os.fdopen(writing, "w") as gone:
        ended = subprocess.run(
            command, env=server.client_environment(), cwd=tmp_path, stdout=gone, stderr=subprocess.PIPE, timeout=60
        )
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_a_user_without_a_home_directory_is_told_what_to_set() -> None:
    try:
        Path("~no-such-user-here").expanduser()
    except RuntimeError as error:
        failure = failure_of(error)
    else:
        raise AssertionError("there is such a user")
    assert failure is not None
    assert "RUNWELL_CONFIG_DIR" in failure.error and "RUNWELL_DATA_DIR" in failure.error
    assert failure_of(RuntimeError("a defect of ours")) is None
