"""``runwell artifact``: versions of files from the command line: put, get, ls, verify, and the cache."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from .address import check_server, open_api
from .answers import JSON, say
from .failures import Missing
from .progress import Progress
from .sizes import size_text

if TYPE_CHECKING:
    from runwell.artifacts.artifact import Artifact

_MIB = 1024 * 1024
_LOOK_S = 0.2  # between two looks at how far an upload is


@click.group("artifact")
def command() -> None:
    """Log, fetch, list and verify versions of files."""


@command.command("put")
@click.argument("path")
@click.option("--name", "-n", required=True, metavar="PROJECT/NAME", help="Where: [ENTITY/]PROJECT/NAME.")
@click.option("--type", "-t", "kind", default="dataset", show_default=True, help="What it is.")
@click.option("--alias", "-a", "aliases", multiple=True, help="Further names beside latest; may be repeated.")
@click.option("--description", "-d", help="Text.")
@click.option("--server", help="Address. [default: RUNWELL_BASE_URL, else this machine's]")
@JSON
def put(
    path: str,
    name: str,
    kind: str,
    aliases: tuple[str, ...],
    description: str | None,
    server: str | None,
    as_json: bool,
) -> None:
    """Log a file, a directory or a reference (s3://…) as a version, in a run of its own that ends with it."""
    from pathlib import Path

    import runwell
    from runwell.artifacts.server import parse_name
    from runwell.wire.errors import UsageError

    entity, project, name, version = parse_name(name, "", "")
    if version != "latest":
        raise UsageError(f"{name}:{version}: the server numbers versions; names of your own are given with --alias")
    if "://" not in path and not Path(path).exists():
        raise Missing(f"there is no file or directory {path}; a reference is said as s3://BUCKET/PATH")
    settings = {"console": "off", "silent": True, "base_url": check_server(server)}
    artifact = runwell.Artifact(name, kind, description)
    if "://" in path:
        artifact.add_reference(path)
    elif Path(path).is_dir():
        with Progress("reading", hidden=as_json) as bar:
            artifact.on_progress = bar.show
            artifact.add_dir(path)
    else:
        artifact.add_file(path)
    with runwell.init(
        project=project, entity=entity or None, job_type="artifact-put", mode="online", settings=settings
    ) as run:
        run.log_artifact(artifact, aliases=list(aliases))
        with Progress("sending", hidden=as_json) as bar, _followed(bar, run.dir):
            artifact.wait()
    text = f"{artifact.qualified_name}: {artifact.file_count:,} files, {size_text(artifact.size)}"
    say(as_json, {**_facts(artifact), "run": run.id}, text)


@command.command("get")
@click.argument("name", metavar="[ENTITY/]PROJECT/NAME[:ALIAS]")
@click.option("--root", type=click.Path(file_okay=False), help="Directory. [default: ./artifacts/NAME:VERSION]")
@click.option("--prefix", default="", help="Only files below this path.")
@click.option("--type", "-t", "kind", help="What it must be.")
@click.option("--server", help="Address. [default: RUNWELL_BASE_URL, else this machine's]")
@JSON
def get(name: str, root: str | None, prefix: str, kind: str | None, server: str | None, as_json: bool) -> None:
    """Fetch a version, verified; what is there already isn't fetched again."""
    artifact = open_api(server).artifact(name, kind)
    with Progress("fetching", hidden=as_json) as bar:
        artifact.on_progress = bar.show
        path = str(artifact.download(root, path_prefix=prefix or None))
    say(as_json, {**_facts(artifact), "path": path}, path)


@command.command("ls")
@click.argument("place", metavar="[ENTITY/]PROJECT[/NAME[:ALIAS]]")
@click.option("--type", "-t", "kind", help="Only collections of this type.")
@click.option("--server", help="Address. [default: RUNWELL_BASE_URL, else this machine's]")
@JSON
def ls(place: str, kind: str | None, server: str | None, as_json: bool) -> None:
    """List a project's collections, a collection's versions, or a version's files.

    A project of another entity is said as ENTITY/PROJECT/ (with the slash); PROJECT/NAME is a collection.
    """
    api = open_api(server)
    parts = place.strip("/").split("/")
    if ":" in parts[-1]:
        for entry in api.artifact(place).files():
            size = "" if entry.size is None else size_text(entry.size)
            about = {"path": entry.path, "size": entry.size, "reference": entry.ref}
            say(as_json, about, f"{size:>12}  {entry.path}{f'  -> {entry.ref}' if entry.ref else ''}")
    elif len(parts) == 1 or place.endswith("/"):
        for one in api.artifact_collections("/".join(parts), kind):
            about = {"type": one.type, "name": one.name, "newest": one.newest}
            say(as_json, about, f"{one.type:<12} {one.name}:{one.newest or '-'}")
    else:
        for one in api.artifact_collection(kind or "", place).artifacts():
            files = f"{size_text(one.size):>12}  {one.file_count:>8,} files"
            say(as_json, _facts(one), f"{one.version:<6} {files}  {', '.join(one.aliases)}")


@command.command("verify")
@click.argument("name", metavar="[ENTITY/]PROJECT/NAME[:ALIAS]")
@click.argument("root", type=click.Path(exists=True, file_okay=False), required=False)
@click.option("--server", help="Address. [default: RUNWELL_BASE_URL, else this machine's]")
@JSON
def verify(name: str, root: str | None, server: str | None, as_json: bool) -> None:
    """Compare a directory with a version, file by file; ends with 1 if they differ."""
    artifact = open_api(server).artifact(name)
    artifact.verify(root)
    say(as_json, {**_facts(artifact), "verified": True}, f"{artifact.qualified_name}: every file is as it was logged")


@command.group("cache")
def cache() -> None:
    """Look at the bytes of artifacts that this user keeps, and drop some."""


@cache.command("info")
@JSON
def info(as_json: bool) -> None:
    """Say where the cache is and how much it holds."""
    from runwell.artifacts.objects import ObjectStore

    store = ObjectStore()
    count, size = store.size()
    text = f"{store.root}: {count:,} files, {size_text(size)}"
    say(as_json, {"path": str(store.root), "files": count, "size": size}, text)


@cache.command("cleanup")
@click.argument("keep_mib", type=click.IntRange(min=0), metavar="MIB")
@JSON
def cleanup(keep_mib: int, as_json: bool) -> None:
    """Drop what was used longest ago until at most MIB MiB are left."""
    from runwell.artifacts.objects import ObjectStore

    count, size = ObjectStore().prune(keep_mib * _MIB, kept_s=0.0)
    say(as_json, {"dropped_files": count, "dropped_size": size}, f"dropped {count:,} files, {size_text(size)}")


@contextmanager
def _followed(bar: Progress, files_dir: str) -> Iterator[None]:
    """Show how far the upload of a run's version is, as the companion says it, while something waits for its end."""
    from pathlib import Path
    from threading import Event, Thread

    from runwell.sync.status import read_status

    ended = Event()

    def look() -> None:
        while not ended.wait(_LOOK_S):
            status = read_status(Path(files_dir).parent) or {}
            sent, total = (int(status.get(f"artifact_{what}_bytes") or 0) for what in ("sent", "total"))
            bar.show(sent, total, str(status.get("message") or ""))

    looker = None if bar.hidden else Thread(target=look, daemon=True)
    if looker is not None:
        looker.start()
    try:
        yield
    finally:
        ended.set()
        if looker is not None:
            looker.join()


def _facts(version: Artifact) -> dict[str, Any]:
    return {
        "name": version.qualified_name,
        "version": version.version,
        "aliases": list(version.aliases),
        "type": version.type,
        "digest": version.digest,
        "files": version.file_count,
        "size": version.size,
    }
