"""``runwell server``: one process, one directory, ready within two seconds."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .answers import JsonLines, complain, say

if TYPE_CHECKING:
    from runwell.server.app import Server
    from runwell.server.settings import ServerSettings

LOCK_FILE = "server.lock"
MAX_RUN_DIRS_LOOKED_AT = 10_000


@click.command("server")
@click.option("--data", "data_dir", type=click.Path(file_okay=False, path_type=Path), help="Directory for everything.")
@click.option("--host", help="Address to listen on. [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0: any free one. [default: 8080]")
@click.option("--base-url", help="Address users reach the server at, when a proxy stands in front.")
@click.option("--name", "hosts", multiple=True, help="A further host name to answer under; may be repeated.")
@click.option("--catalog", "catalog_url", help="SQLAlchemy URL of the catalog. [default: SQLite in the data directory]")
@click.option("--notebook-origin", "notebook_origins", multiple=True, help="Origin whose pages may frame ours.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object once it is ready; logs as JSON lines on stderr.")
def command(as_json: bool, **chosen: Any) -> None:
    """Start the server.

    Without --data everything is kept in the user's data directory (RUNWELL_DATA_DIR overrides it).
    The address and a link that logs one browser in are printed once it is ready; Ctrl-C ends it.
    """
    from runwell.server.settings import ServerSettings

    settings = ServerSettings.from_environment(**chosen)
    _configure_log(as_json)
    with locked(settings.data_dir):
        _run(settings, as_json)


def _run(settings: ServerSettings, as_json: bool) -> None:
    gc.disable()  # what is imported and built stays: looking through it again and again costs a sixth of the start
    try:
        from runwell.server.app import build_server
        from runwell.server.listener import open_socket, serve
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"the server needs the package {error.name}; install it with: pip install 'runwell[server]'"
        ) from None
    try:
        listening = open_socket(settings)
    except OSError as error:
        raise click.ClickException(
            f"{settings.host}:{settings.port} can't be listened on ({error.strerror}). "
            f"If another program uses the port, choose one: runwell server --port {settings.port + 1}"
        ) from None
    server = build_server(settings)
    gc.freeze()
    gc.enable()
    url = settings.local_url(listening.getsockname()[1])
    serve(server, listening, lambda: _announce(settings, server, url, as_json))


def _announce(settings: ServerSettings, server: Server, url: str, as_json: bool) -> None:
    from runwell import __version__

    accounts = server.api.state.accounts
    key = remember_local_key(server, url, settings.base_url, as_json)
    local = accounts.actor_for_key(key) if key else None
    shown = settings.base_url or url
    if as_json:  # no login link: what a supervisor reads is kept
        about = {"url": shown, "local_url": url, "data": str(settings.data_dir), "pid": os.getpid()}
        say(True, {**about, "version": __version__}, "")
        sys.stdout.flush()
        return
    click.echo(f"Runwell {__version__} serves {shown}" + (f" (here: {url})" if shown != url else ""))
    click.echo(f"  data     {settings.data_dir}")
    if local is not None:
        token = accounts.make_login_token(local)
        click.echo(f"  log in   {shown}/login?token={token}")
        click.echo("           (works once, within 10 minutes; `runwell open` makes a new one)")
    waiting = count_unsent(Path.cwd())
    if waiting:
        runs = "1 run waits" if waiting == 1 else f"{waiting:,} runs wait"
        click.echo(f"  unsent   {runs} in this directory; send with: runwell sync --all")
    if not settings.is_loopback and not (settings.base_url or "").startswith("https:"):
        click.echo(
            "  warning  other machines can reach this address, and without TLS they can read the keys that pass.\n"
            "           Put a proxy with TLS in front and name it with --base-url https://…",
            err=True,
        )
    sys.stdout.flush()


def remember_local_key(server: Server, url: str, base_url: str | None = None, as_json: bool = False) -> str | None:
    """Make sure that this machine's credentials file has a key that this server takes; give the key.

    A first start made the key. Later starts on another port find it under the earlier address; if the file was lost,
    a new key is made (whoever can start the server owns its data).
    """
    from runwell.client.credentials import credentials_path, store_key, stored_key, stored_servers
    from runwell.wire.errors import UsageError
    from runwell.wire.names import DEFAULT_ENTITY

    accounts = server.api.state.accounts
    addresses = {url, url.replace("//127.0.0.1:", "//localhost:"), base_url or url}
    try:
        key = server.first_key or stored_key(url)
        if not key or accounts.actor_for_key(key) is None:
            others = (entry.get("api_key") for entry in stored_servers().values() if isinstance(entry, dict))
            key = next((other for other in others if other and accounts.actor_for_key(other)), None)
        if key is None:
            key = _fresh_local_key(accounts)
        if key is None:
            return None
        for address in sorted(addresses):
            if stored_key(address) != key:
                store_key(address, key, DEFAULT_ENTITY)
        return key
    except (OSError, UsageError) as error:
        warning = f"{credentials_path()} can't be used: {error}"
        complain(as_json, warning if as_json else f"  warning  {warning}", key=server.first_key)
        if server.first_key and not as_json:
            click.echo(f"  key      {server.first_key}   (shown this once)")
        return server.first_key


def _fresh_local_key(accounts: Any) -> str | None:
    from runwell.server.domain.access import SYSTEM, RunwellError
    from runwell.wire.names import DEFAULT_ENTITY

    try:
        local = accounts.redeem_login_token(accounts.make_login_token_for(SYSTEM, DEFAULT_ENTITY))
        return accounts.add_key(local, "this machine")[1]
    except RunwellError:  # the user was removed: then nobody is logged in by starting the server
        return None


def count_unsent(directory: Path) -> int:
    """Count the run directories below ``directory`` that hold rows no server has acknowledged."""
    import json

    from runwell.wire.records import STATUS_FILE

    found = 0
    places = sorted((directory / "runwell").glob("*run-*"))[:MAX_RUN_DIRS_LOOKED_AT]
    for place in places:
        if place.is_symlink() or not (place / "journal").is_dir():
            continue
        try:
            done = json.loads((place / STATUS_FILE).read_text("utf-8")).get("state") == "done"
        except (OSError, ValueError, AttributeError):
            done = False
        found += not done
    return found


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Hold the data directory's lock: one server a directory.

    Raises:
        ClickException: another server holds it, or the directory can't be used.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (data_dir / LOCK_FILE).open("a+", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"the data directory {data_dir} can't be used: {error.strerror}") from None
    with lock:
        try:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # Windows has no flock; SQLite's own lock is what is left there
            pass
        except OSError:
            lock.seek(0)
            holder = lock.read(32).strip()
            raise click.ClickException(
                f"another server{f' (process {holder})' if holder else ''} already serves {data_dir}; "
                "end it, or give this one a directory of its own with --data"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _configure_log(as_json: bool) -> None:
    handler = logging.StreamHandler(sys.stderr)
    words = "%(asctime)s %(levelname)s %(name)s %(message)s"
    handler.setFormatter(JsonLines() if as_json else logging.Formatter(words))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("ariadne").setLevel(logging.CRITICAL)  # ours logs what matters, scrubbed
