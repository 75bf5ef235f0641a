"""``--json``: every command that says something says it to programs too."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from runwell.cli.main import COMMANDS, group
from tests.serving import ServerProcess


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


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"server", "admin", "artifact", "registry"}))
def test_every_command_offers_it(command: str) -> None:
    ended = CliRunner().invoke(group, [command, "--help"])
    assert ended.exit_code == 0, ended.output
    assert "--json" in ended.output
