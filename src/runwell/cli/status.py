"""``runwell status``: what is recorded here, what of it a server has, and whether the server answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from .failures import NO_KEY, Missing, failure_of


@click.command("status")
@click.argument("places", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(places: tuple[Path, ...], as_json: bool) -> None:
    """Say how the runs in DIR… (default: below ./runwell) stand, and whether the server answers.

    Ends with 3 if no server answers, with 4 if it doesn't take the key.
    """
    from runwell.sync.directories import find_run_dirs

    from .address import server_address

    address = server_address(None)
    missing = [place for place in places if not place.is_dir()]
    if missing:
        raise Missing(f"there is no directory {missing[0]}; name a run directory, or one that holds run directories")
    server, exit_code = _ask(address)
    found = [path for place in places or (Path(),) for path in find_run_dirs(place)]
    runs = [_describe(path, address) for path in found]
    if as_json:
        click.echo(json.dumps({"server": server, "runs": runs}, ensure_ascii=False))
        raise SystemExit(exit_code)
    click.echo(f"server   {address}: {server['message']}")
    if not runs:
        click.echo("runs     none here (runs are kept in ./runwell, beside the script that logged them)")
        raise SystemExit(exit_code)
    unsent = [run for run in runs if run["state"] != "done"]
    click.echo(f"runs     {len(runs):,} here, {len(unsent):,} not whole on a server")
    for run in unsent:
        rows = f"{run['unsent_rows']:,} rows unsent" if run["unsent_rows"] else run["state"]
        life = "running" if run["running"] else "ended"
        click.echo(f"  {run['name']}  {life}, {rows}{': ' + run['message'] if run['message'] else ''}")
    if any(not run["running"] for run in unsent):
        click.echo("send them: runwell sync")
    raise SystemExit(exit_code)


def _ask(address: str) -> tuple[dict[str, Any], int]:
    """Give what a server says of itself, and the exit status that this means."""
    from runwell.client.connection import Connection
    from runwell.client.credentials import key_for
    from runwell.wire.errors import CommunicationError, UsageError

    try:
        with Connection(address, key_for(address), idle_s=3.0) as connection:
            said = connection.get_json("/api/server")
    except (CommunicationError, UsageError) as error:
        failure = failure_of(error)
        assert failure is not None
        known = failure.exit_code == NO_KEY
        said = {"address": address, "answers": known, "user": None, "message": failure.error}
        return said, failure.exit_code
    user = said.get("user")
    message = f"answers, version {said.get('version')}, " + (
        f"logged in as {user}" if user else f"but no valid key here; run: runwell login {address}"
    )
    return {"address": address, "answers": True, "user": user, "message": message}, 0 if user else NO_KEY


def _describe(path: Path, address: str) -> dict[str, Any]:
    from runwell.client.addresses import origin
    from runwell.sync.directories import is_delivered, look_at
    from runwell.sync.journal_files import RowCount, journal_sizes
    from runwell.sync.status import read_status

    directory = look_at(path)
    target = directory.base_url or address
    said = read_status(path) or {}
    done = is_delivered(path, origin(target)) or said.get("state") == "done"
    unsent = 0
    if not done:
        unsent = said.get("unsent_rows", 0)
        if not said:
            for journal, size in journal_sizes(path):
                count = RowCount()
                while count.offset < size and count.advance(journal, 16 << 20):
                    pass
                unsent += count.rows
    return {
        "name": path.name,
        "directory": str(path),
        "run": directory.run_id,
        "project": directory.project,
        "running": not directory.over,
        "ended": directory.ended,
        "state": "done" if done else said.get("state") or "kept",
        "unsent_rows": unsent,
        "message": "" if done else said.get("message", ""),
        "url": said.get("run_url"),
        "server": target,
    }
