"""``runwell admin``: users, keys and teams of a server's data directory, also while the server runs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from .failures import Missing

MAX_PASSWORD_CHARS = 1024


@click.group("admin")
def command() -> None:
    """Manage users, keys and teams of a server's data directory.

    Works on the directory itself, whether the server runs or not: who may write it is an administrator.
    """


@command.group("user")
def user() -> None:
    """Add, list and remove users."""


def _place(function: Callable[..., Any]) -> Callable[..., Any]:
    directory = click.Path(file_okay=False, path_type=Path)
    function = click.option("--data", "data_dir", type=directory, help="The server's data directory.")(function)
    function = click.option("--json", "as_json", is_flag=True, help="JSON instead of sentences.")(function)
    return click.option("--catalog", "catalog_url", help="SQLAlchemy URL of its catalog, if it isn't there.")(function)


@user.command("add")
@click.argument("name")
@click.option("--api-key", help="A key of 40 or more characters; by default a fresh one is made and printed.")
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input.")
@click.option("--admin", "is_admin", is_flag=True, help="Let the user see and change everything.")
@_place
def add(name: str, api_key: str | None, password_stdin: bool, is_admin: bool, as_json: bool, **place: Any) -> None:
    """Add a user NAME with an entity of that name; prints the API key, which can't be had again."""
    from runwell.server.domain.access import SYSTEM

    password = sys.stdin.readline(MAX_PASSWORD_CHARS + 2).rstrip("\r\n") if password_stdin else None
    with _accounts(place) as accounts:
        key = accounts.add_user(SYSTEM, name, api_key, password, is_admin)
    if as_json:
        _say({"user": name, "admin": is_admin, "key": key if api_key is None else None})
        return
    click.echo(f"User {name} is added.", err=True)
    if api_key is None:
        click.echo(key)


@user.command("list")
@_place
def list_(as_json: bool, **place: Any) -> None:
    """List the users."""
    from runwell.server.domain.access import SYSTEM

    with _accounts(place) as accounts:
        users = accounts.list_users(SYSTEM)
    if as_json:
        for row in users:
            _say({name: row[name] for name in ("name", "is_admin", "keys", "last_used_at")})
        return
    width = max([len(row["name"]) for row in users], default=4)
    click.echo(f"{'name':<{width}}  role    keys  last use")
    for row in users:
        role = "admin" if row["is_admin"] else "member"
        used = row["last_used_at"]
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(used)) if used else "never"
        click.echo(f"{row['name']:<{width}}  {role:<6}  {row['keys']:>4}  {when}")


@user.command("remove")
@click.argument("name")
@_place
def remove(name: str, as_json: bool, **place: Any) -> None:
    """Remove the user NAME: the keys and sessions end, what was logged stays."""
    from runwell.server.domain.access import SYSTEM

    with _accounts(place) as accounts:
        accounts.remove_user(SYSTEM, name)
    if as_json:
        _say({"user": name, "removed": True})
    else:
        click.echo(f"User {name} is removed; runs and projects stay.", err=True)


@command.group("team")
def team() -> None:
    """Add, list and remove teams, and say who is in them.

    A team's projects are its members': they log there with entity=TEAM.
    """


@team.command("add")
@click.argument("name")
@_place
def add_team(name: str, as_json: bool, **place: Any) -> None:
    """Add a team NAME without members."""
    from runwell.server.domain.access import SYSTEM

    with _teams(place) as teams:
        made = teams.add(SYSTEM, name)
    if as_json:
        _say(made)
    else:
        click.echo(f"Team {name} is added; put somebody into it with: runwell admin team join {name} USER", err=True)


@team.command("list")
@_place
def list_teams(as_json: bool, **place: Any) -> None:
    """List the teams with their members."""
    from runwell.server.domain.access import SYSTEM

    with _teams(place) as teams:
        found = teams.list(SYSTEM)
    for one in found:
        if as_json:
            _say(one)
            continue
        members = [m["name"] + (" (viewer)" if m["role"] == "viewer" else "") for m in one["members"]]
        click.echo(f"{one['name']}: {', '.join(members) or 'nobody'}")


@team.command("join")
@click.argument("team_name", metavar="TEAM")
@click.argument("user_name", metavar="USER")
@click.option("--viewer", "is_viewer", is_flag=True, help="Let the user look only.")
@_place
def join(team_name: str, user_name: str, is_viewer: bool, as_json: bool, **place: Any) -> None:
    """Put USER into TEAM, or change what he may do there."""
    from runwell.server.domain.access import SYSTEM

    role = "viewer" if is_viewer else "member"
    with _teams(place) as teams:
        changed = teams.set_member(SYSTEM, team_name, user_name, role)
    if as_json:
        _say(changed)
    else:
        click.echo(f"{user_name} is a {role} of {team_name}.", err=True)


@team.command("leave")
@click.argument("team_name", metavar="TEAM")
@click.argument("user_name", metavar="USER")
@_place
def leave(team_name: str, user_name: str, as_json: bool, **place: Any) -> None:
    """Take USER out of TEAM: what he logged there stays."""
    from runwell.server.domain.access import SYSTEM

    with _teams(place) as teams:
        teams.drop_member(SYSTEM, team_name, user_name)
    if as_json:
        _say({"team": team_name, "user": user_name, "left": True})
    else:
        click.echo(f"{user_name} is out of {team_name}.", err=True)


@team.command("remove")
@click.argument("name")
@_place
def remove_team(name: str, as_json: bool, **place: Any) -> None:
    """Remove the team NAME, if it holds no projects."""
    from runwell.server.domain.access import SYSTEM

    with _teams(place) as teams:
        teams.remove(SYSTEM, name)
    if as_json:
        _say({"team": name, "removed": True})
    else:
        click.echo(f"Team {name} is removed.", err=True)


def _say(what: dict[str, Any]) -> None:
    import json

    click.echo(json.dumps(what, ensure_ascii=False))


@contextmanager
def _accounts(place: dict[str, Any]) -> Iterator[Any]:
    with _catalog(place) as catalog:
        from runwell.server.domain.accounts import Accounts

        yield Accounts(catalog)


@contextmanager
def _teams(place: dict[str, Any]) -> Iterator[Any]:
    with _catalog(place) as catalog:
        from runwell.server.domain.teams import Teams

        yield Teams(catalog)


@contextmanager
def _catalog(place: dict[str, Any]) -> Iterator[Any]:
    try:
        from runwell.server.settings import ServerSettings
        from runwell.server.stores.sql.catalog import Catalog
        from runwell.server.stores.sql.engine import CatalogEngine
        from runwell.server.stores.sql.schema import migrate
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"the server's parts need the package {error.name}; install them with: pip install 'runwell[server]'"
        ) from None
    settings = ServerSettings.from_environment(**place)
    if settings.catalog_url is None and not settings.data_dir.is_dir():
        raise Missing(
            f"there is no server's data in {settings.data_dir}; name the directory with --data, or start a server first"
        )
    engine = CatalogEngine(settings.catalog)
    try:
        migrate(engine)
        yield Catalog(engine)
    finally:
        engine.close()
