"""``runwell runs``: what a server has of a project, as a table or as JSON lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from runwell.api import Api

MAX_CELL_CHARS = 32  # of a table's cell; the rest is cut, --json has it whole
DEFAULT_SHOWN = 50


@click.command("runs")
@click.argument("project", required=False)
@click.option("--filter", "filter_text", help="Only runs that match: 'config.lr < 1e-3 and state = \"finished\"'.")
@click.option("--sort", default="-created_at", show_default=True, help="Keys; - in front for descending.")
@click.option("--columns", default="", help="Further columns, by commas: config.lr,summary.val/acc")
@click.option("--limit", type=click.IntRange(1), help=f"At most so many. [default: {DEFAULT_SHOWN}, with --json all]")
@click.option("--server", help="Address of the server. [default: the configured one]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a run.")
def command(
    project: str | None,
    filter_text: str | None,
    sort: str,
    columns: str,
    limit: int | None,
    server: str | None,
    as_json: bool,
) -> None:
    """List the runs of PROJECT (name, entity/name or its page's address); without it, the projects."""
    from .address import open_api

    api = open_api(server)
    if project is None:
        _list_projects(api, as_json)
        return
    keys = [key.strip() for key in columns.split(",") if key.strip()]
    runs = api.runs(project, filter_text, sort, per_page=min(limit or 1_000, 1_000), columns=keys)
    shown = limit or (len(runs) if as_json else DEFAULT_SHOWN)
    rows = [_row(run, keys) for run in runs[:shown]]
    if as_json:
        import json

        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    if not rows:
        click.echo(f"no run matches, of {runs.total:,}" if filter_text else "no runs here yet", err=True)
        return
    heads = ["id", "name", "state", "created", "steps", *keys]
    _print_table(heads, [[row["id"], row["name"], row["state"], _date(row["created_at"]), row["last_step"] + 1,
                          *(row["values"].get(key) for key in keys)] for row in rows])  # fmt: skip
    if len(rows) < len(runs):
        click.echo(f"{len(rows):,} of {len(runs):,} that match; more with --limit", err=True)


def _list_projects(api: Api, as_json: bool) -> None:
    projects = api.projects()
    if as_json:
        import json

        for one in projects:
            line = {"entity": one.entity, "name": one.name, "runs": one.run_count, "active_at": one.active_at}
            click.echo(json.dumps(line, ensure_ascii=False))
    elif projects:
        rows = [[f"{one.entity}/{one.name}", one.run_count, _date(one.active_at)] for one in projects]
        _print_table(["project", "runs", "active"], rows)
        click.echo("list the runs of one: runwell runs PROJECT", err=True)
    else:
        click.echo("no projects yet; runwell.init(project=…) in a script makes one", err=True)


def _row(run: Any, keys: list[str]) -> dict[str, Any]:
    values = {key: _plain(run.values.get(key)) for key in keys}
    row = {"id": run.id, "name": run.name, "state": run.state, "created_at": run.created_at}
    row |= {"last_step": run.last_step, "runtime_s": run.runtime_s, "tags": run.tags, "group": run.group}
    return {**row, "user": run.user, "url": run.url, "values": values}


def _plain(value: Any) -> Any:
    """Give a value as strict JSON can hold it."""
    return str(value) if isinstance(value, float) and value - value != 0 else value


def _date(seconds: float) -> str:
    import time

    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def _print_table(heads: list[str], rows: list[list[Any]]) -> None:
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(_width(text) for text in column) for column in zip(heads, *cells, strict=True)]
    for line in (heads, *cells):
        click.echo("  ".join(text + " " * (w - _width(text)) for text, w in zip(line, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    text = "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    return text if len(text) <= MAX_CELL_CHARS else text[: MAX_CELL_CHARS - 1] + "…"


def _width(text: str) -> int:
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
