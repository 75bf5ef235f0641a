"""``runwell sync``: sends run directories, as the companion does, whenever somebody asks."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .answers import complain, log_as_json
from .failures import Missing
from .progress import Progress

if TYPE_CHECKING:
    from runwell.sync.deliver import Delivered
    from runwell.sync.directories import RunDirectory
    from runwell.sync.status import Status

PATIENCE_S = 10.0  # a server that doesn't answer is given up after this long; the command can be repeated


@click.command("sync")
@click.argument("places", nargs=-1, type=click.Path(path_type=Path))
@click.option("--all", "every", is_flag=True, help="Everything below ./runwell (the default without DIR).")
@click.option(
    "--watch", is_flag=True, help="Go on: send runs while they grow, and new ones as they appear, till Ctrl-C."
)
@click.option("--server", help="Address to send to. [default: RUNWELL_BASE_URL, else where each run wanted to go]")
@click.option("--wait", "patience_s", type=float, default=PATIENCE_S, show_default=True, help="Seconds to try.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a run instead of sentences.")
def command(
    places: tuple[Path, ...], every: bool, watch: bool, server: str | None, patience_s: float, as_json: bool
) -> None:
    """Send the runs in DIR… that a server doesn't have yet; may be repeated at any time.

    DIR is a run directory, or one that holds run directories. Ends with 1 if something is left to send.
    With --watch, offline runs on a shared disk are seen live.
    """
    from runwell.sync.directories import find_run_dirs

    from .address import server_address

    del every
    if as_json:
        log_as_json()
    address = server_address(server) if server or os.environ.get("RUNWELL_BASE_URL") else None
    missing = [place for place in places if not place.is_dir()]
    if missing:
        raise Missing(f"there is no directory {missing[0]}; name a run directory, or one that holds run directories")
    if watch:
        _watch(places or (Path(),), address, as_json)
        return
    found: list[Path] = []
    for place in places or (Path(),):
        inside = find_run_dirs(place)
        if not inside:
            raise Missing(
                f"no runs in {place.resolve()}; name a run directory, or change to the directory of the script"
            )
        found += [path for path in inside if path not in found]
    left = 0
    for path in found:
        left += not send(path, address, patience_s, as_json)
    if left and not as_json:
        click.echo(f"{left:,} of {len(found):,} runs are not sent whole; run the command again later", err=True)
    raise SystemExit(1 if left else 0)


def _watch(places: tuple[Path, ...], address: str | None, as_json: bool) -> None:
    import signal
    import threading

    from runwell.sync.watch import Watch

    def tell(directory: RunDirectory, status: Status) -> None:
        where = f" to {status.run_url}" if status.run_url else ""
        said = {"done": f"sent{where}", "sending": f"is being sent{where}"}.get(status.state, status.message)
        _tell(directory, status.server, said or status.state, as_json, status)
        sys.stdout.flush()

    leave = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: leave.set())
    if not as_json:
        click.echo(f"watching {', '.join(str(place.resolve()) for place in places)}; Ctrl-C ends it", err=True)
    Watch(places, address, tell).run(leave)


def send(path: Path, address: str | None, patience_s: float, as_json: bool) -> bool:
    """Send one run directory and say what came of it; False if something is left to send."""
    from runwell.client.addresses import DEFAULT_BASE_URL, origin
    from runwell.sync.deliver import Delivery
    from runwell.sync.directories import is_delivered, look_at
    from runwell.sync.takeover import relieve
    from runwell.wire.errors import RunwellError

    try:
        directory = look_at(path)
        target = address or directory.base_url or DEFAULT_BASE_URL
        delivery = Delivery(path, target, directory.follow(), patience_s=patience_s, once=True)
        if is_delivered(path, origin(target)):
            try:
                if delivery.server_has_run():
                    return _tell(directory, target, "there already", as_json, state="done")
            except RunwellError as error:
                _tell(directory, target, f"was sent, but the server can't be asked for it: {error}", as_json)
                return False
        with Progress(path.name, hidden=as_json) as bar:
            delivery.on_status = partial(_show, bar)
            delivered = delivery.run(wait_for_lock=False)
            if delivered.busy_with and directory.follow().gone and relieve(path, delivered.busy_with):
                delivered = delivery.run(wait_for_lock=False)
    except (OSError, ValueError) as error:
        complain(as_json, f"{path.name}: {error}", directory=str(path))
        return False
    return _report(directory, target, delivered, as_json)


def _report(directory: RunDirectory, target: str, delivered: Delivered, as_json: bool) -> bool:
    status = delivered.status
    if delivered.busy_with is not None:
        _tell(directory, target, _who_sends(directory.path, delivered.busy_with), as_json, state="busy")
        return False
    if status.state == "done":
        return _tell(directory, target, f"sent to {status.run_url}", as_json, status)
    if status.state == "sending" and not directory.over:
        return _tell(directory, target, f"sent as far as it is; it is still running: {status.run_url}", as_json, status)
    rows = f"{status.unsent_rows:,} rows left" if status.unsent_rows else "not complete"
    _tell(directory, target, f"{rows}: {status.message or 'not sent'}", as_json, status)
    return False


def _who_sends(path: Path, process: int) -> str:
    from runwell.sync.status import read_status

    status = read_status(path) or {}
    who = f"process {process}" if process else "another process"
    where = f" to {status['server']}" if status.get("server") else ""
    how = f": {status['message']}" if status.get("message") else ""
    return f"is being sent by {who}{where}{how}"


def _tell(
    directory: RunDirectory,
    target: str,
    what: str,
    as_json: bool,
    status: Status | None = None,
    state: str = "unknown",
) -> bool:
    if as_json:
        import json

        line: dict[str, Any] = {
            "directory": str(directory.path),
            "run": directory.run_id,
            "project": directory.project,
            "server": target,
            "state": status.state if status else state,
            "unsent_rows": status.unsent_rows if status else 0,
            "url": status.run_url if status else None,
            "message": (status.message if status else "") or what,
        }
        click.echo(json.dumps(line, ensure_ascii=False))
    else:
        click.echo(f"{directory.path.name}: {what}")
    return True


def _show(bar: Progress, status: Status) -> None:
    sent = status.sent_bytes + status.artifact_sent_bytes
    bar.show(sent, status.total_bytes + status.artifact_total_bytes, status.message)
