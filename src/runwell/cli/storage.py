"""``runwell storage``: what a server keeps and where, and clean-up, which only says what it would do unless told to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .address import connect
from .sizes import size_text

if TYPE_CHECKING:
    from runwell.client.connection import Connection

KINDS = ("artifacts", "files", "media", "metrics", "console", "uploads")
SHOWN = 50  # items of a plan that are listed; --json has them all
SPARED = {
    "gone": "it isn't there any more",
    "named": "it is called {} now",
    "used": "run {} uses it now",
    "linked": "{} links to it now",
    "needed": "another version or a chart needs it now",
    "restored": "it was restored",
    "deleted": "the run was deleted",
    "running": "the run goes on",
}
_SERVER = click.option("--server", help="Address. [default: RUNWELL_BASE_URL, else this machine's]")
_JSON = click.option("--json", "as_json", is_flag=True, help="The server's own answer.")


@click.group("storage", invoke_without_command=True)
@_SERVER
@_JSON
@click.pass_context
def command(context: click.Context, server: str | None, as_json: bool) -> None:
    """Say what the server keeps, by project; with a command: one project, or clean-up.

    "alone" is what a thing would weigh by itself, "frees" what its end would free: the same bytes are stored once.
    """
    if context.invoked_subcommand is not None:
        context.default_map = {context.invoked_subcommand: {"server": server, "as_json": as_json}}
        return
    found = connect(server).get_json("/api/storage")
    if as_json:
        _print_json(found)
        return
    disk, stored = found["disk"], found["stored"]
    kept = stored["blob_bytes"] + stored["segment_bytes"] + (found["catalog"] or {"bytes": 0})["bytes"]
    click.echo(
        f"{size_text(kept)} kept, {size_text(disk['free_bytes'])} of {size_text(disk['total_bytes'])} free on the disk"
    )
    if found["waiting"] and found["waiting"]["bytes"]:
        click.echo(f"{size_text(found['waiting']['bytes'])} are deleted and freed within minutes")
    rows = sorted(found["projects"], key=lambda one: -one["referenced_bytes"])
    if not rows:
        click.echo("no project keeps anything yet")
        return
    cells: list[tuple[str, ...]] = [("project", "alone", "frees", *KINDS)]
    for one in rows:
        name = f"{one['entity']}/{one['project']}{' (deleted)' if one['deleted'] else ''}"
        kinds = (size_text(one["kinds"][kind]["referenced_bytes"]) for kind in KINDS)
        cells.append((name, size_text(one["referenced_bytes"]), size_text(one["freed_bytes"]), *kinds))
    _print_table(cells)
    in_bin = sum(one["bin_bytes"] for one in rows)
    if in_bin:
        click.echo(f"{size_text(in_bin)} are of deleted runs and projects: runwell storage clean --deleted 0", err=True)


@command.command("project")
@click.argument("project", metavar="[ENTITY/]PROJECT")
@_SERVER
@_JSON
def project_(project: str, server: str | None, as_json: bool) -> None:
    """Say what a project keeps: its collections of artifacts, and its largest runs."""
    from urllib.parse import quote

    connection = connect(server)
    entity, name = _place(connection, project)
    found = connection.get_json(f"/api/projects/{quote(entity, safe='')}/{quote(name, safe='')}/storage")
    if as_json:
        _print_json(found)
        return
    cells: list[tuple[str, ...]] = [("", "alone", "frees")]
    for kind in KINDS:
        one = found["kinds"][kind]
        cells.append((kind, size_text(one["referenced_bytes"]), size_text(one["freed_bytes"])))
    for one in found["collections"]:
        label = f"  {one['type']} {one['name']} ({one['versions']:,} versions)"
        cells.append((label, size_text(one["referenced_bytes"]), size_text(one["freed_bytes"])))
    for one in found["largest_runs"][:10]:
        label = f"  run {one['id']} {one['name']}{' (deleted)' if one['deleted'] else ''}"
        cells.append((label, size_text(one["bytes"]), ""))
    _print_table(cells)


@command.command("clean")
@click.argument("project", metavar="[[ENTITY/]PROJECT]", required=False)
@click.option(
    "--versions", type=click.FloatRange(0), metavar="DAYS", help="Older artifact versions that nothing holds."
)
@click.option("--keep", type=click.IntRange(0), default=1, show_default=True, help="… but so many of each collection.")
@click.option("--deleted", type=click.FloatRange(0), metavar="DAYS", help="Runs and projects deleted longer ago.")
@click.option("--failed", type=click.FloatRange(0), metavar="DAYS", help="Files of runs that failed longer ago.")
@click.option("--short", type=click.FloatRange(0), metavar="DAYS", help="Files of short runs that ended longer ago.")
@click.option(
    "--shorter-than", type=click.FloatRange(0), default=60, show_default=True, metavar="S", help="What is short."
)
@click.option("--dry-run/--yes", "is_dry", default=True, help="Only say what would go, or do it. [default: --dry-run]")
@_SERVER
@_JSON
def clean(
    project: str | None,
    versions: float | None,
    keep: int,
    deleted: float | None,
    failed: float | None,
    short: float | None,
    shorter_than: float,
    is_dry: bool,
    server: str | None,
    as_json: bool,
) -> None:
    """Remove what nobody needs any more, in PROJECT or everywhere; without --yes, only say what would go.

    A version with an alias, that a run uses or a registry links to stays, whatever its age.
    """
    from runwell.wire.errors import UsageError

    rules: dict[str, Any] = {}
    if versions is not None:
        rules["versions"] = {"older_than_days": versions, "keep_newest": keep}
    for name, age in (("deleted", deleted), ("failed_runs", failed), ("short_runs", short)):
        if age is not None:
            rules[name] = {"older_than_days": age}
    if short is not None:
        rules["short_runs"]["shorter_than_s"] = shorter_than
    if not rules:
        raise UsageError("say what to look for: --versions, --deleted, --failed or --short, each with an age in days")
    connection = connect(server)
    if project is not None:
        rules["entity"], rules["project"] = _place(connection, project)
    plan = connection.send_json("POST", "/api/storage/plan", rules)
    if is_dry:
        if as_json:
            _print_json(plan)
        else:
            _say_plan(plan)
        return
    ids = [one["id"] for one in plan["items"]]
    done = connection.send_json("POST", "/api/storage/clean", {"items": ids})
    if as_json:
        _print_json(done)
        return
    about = {one["id"]: one for one in plan["items"]}
    for one in done["spared"]:
        because: str = one["because"]
        why = SPARED.get(because, because).format(one["holder"])
        click.echo(f"kept {_name(about[one['id']])}: {why}")
    click.echo(f"removed {_count(done['removed'])}; {size_text(done['freed_bytes'])} are free within minutes")
    if plan["truncated"]:
        click.echo("there is more: say it again", err=True)


def _say_plan(plan: dict[str, Any]) -> None:
    items = sorted(plan["items"], key=lambda one: -one["freed_bytes"])
    cells: list[tuple[str, ...]] = [("", "alone", "frees")]
    cells += [(_name(one), size_text(one["referenced_bytes"]), size_text(one["freed_bytes"])) for one in items[:SHOWN]]
    if items:
        _print_table(cells)
    if len(items) > SHOWN:
        click.echo(f"… and {len(items) - SHOWN:,} more; --json lists them all")
    more = " and more" if plan["truncated"] else ""
    click.echo(f"{_count(items)}{more} would go and free {size_text(plan['freed_bytes'])}; nothing was removed")
    if items:
        click.echo("to do it, say it again with --yes", err=True)


def _name(item: dict[str, Any]) -> str:
    place = f"{item['entity']}/{item['project']}/"
    if item["what"] == "version":
        return f"{place}{item['name']}"
    what = "everything of run" if item["what"] == "run" else f"{item['file_count']:,} files of run"
    return f"{what} {place}{item['run']} ({item['name']})"


def _count(items: list[Any]) -> str:
    return "1 item" if len(items) == 1 else f"{len(items):,} items"


def _place(connection: Connection, project: str) -> tuple[str, str]:
    entity, _, name = project.strip("/").rpartition("/")
    return entity or connection.get_json("/api/server")["entity"], name


def _print_json(found: Any) -> None:
    import json

    click.echo(json.dumps(found, ensure_ascii=False))


def _print_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for first, *rest in rows:
        numbers = "".join(f"  {cell:>{width}}" for cell, width in zip(rest, widths[1:], strict=True))
        click.echo(f"{first:<{widths[0]}}{numbers}".rstrip())
