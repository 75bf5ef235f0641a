"""``runwell export``: a project as files that any tool reads; repeated, it goes on where it stopped."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .failures import Missing
from .progress import Progress
from .sizes import size_text

if TYPE_CHECKING:
    from runwell.api import Run

_STREAMS = ("history", "system")
_CSV_LEADS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run what begins so


@click.command("export")
@click.argument("project")
@click.option("--format", "form", type=click.Choice(["parquet", "csv", "jsonl"]), default="parquet", show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Directory. [default: PROJECT-export]")
@click.option("--filter", "filter_text", help="Only runs that match: 'config.lr < 1e-3 and state = \"finished\"'.")
@click.option("--server", help="Address of the server. [default: the configured one]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a run.")
def command(
    project: str, form: str, out: Path | None, filter_text: str | None, server: str | None, as_json: bool
) -> None:
    """Write the runs of PROJECT into a directory.

    history/ID.FORMAT and system/ID.FORMAT hold every row of a run, runs/ID.json its config, summary and facts, and
    runs.FORMAT a table of all runs. A run that is there as the server has it isn't fetched again.
    """
    import json

    from .address import open_api

    if form == "parquet":
        _need_pyarrow()
    runs = open_api(server).runs(project, filter_text, "created_at", per_page=1_000)
    if not len(runs):
        raise Missing(f"no run matches, of {runs.total:,} in {project}; to see them: runwell runs {project}")
    out = out or Path(f"{project.strip('/').rpartition('/')[2]}-export")
    for folder in (*_STREAMS, "runs"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    table: list[dict[str, Any]] = []
    fetched = 0
    with Progress("exporting", hidden=as_json, unit="runs") as bar:
        for number, run in enumerate(runs):
            bar.show(number, len(runs), run.id)
            is_new = _export_run(run, out, form, partial(_counted, bar, number, len(runs), run.id))
            fetched += is_new
            table.append(_flat(run))
            if as_json:
                line = {"run": run.id, "name": run.name, "fetched": is_new, "rows": run.record.get("rows", 0)}
                click.echo(json.dumps(line, ensure_ascii=False))
        _write_table(table, out / f"runs.{form}", form)
    if not as_json:
        kept = f", {len(table) - fetched:,} were there already" if fetched < len(table) else ""
        runs_written = "1 run" if fetched == 1 else f"{fetched:,} runs"
        click.echo(f"{runs_written} written to {out}{kept}; all of them are in {out / f'runs.{form}'}")


def _export_run(run: Run, out: Path, form: str, show: Callable[[Iterator[bytes]], Iterator[bytes]]) -> bool:
    """Write one run's files; False if they were there as the server has them."""
    import orjson

    from runwell.sdk.rundir import slug

    name = slug(run.id)
    about = out / "runs" / f"{name}.json"
    run.load()
    mark = {
        "format": form,
        **{field: run.fields.get(field) for field in ("state", "heartbeat_at", "last_step", "record")},
    }
    places = {stream: out / stream / f"{name}.{form}" for stream in _STREAMS}
    try:
        is_new = orjson.loads(about.read_bytes()).get("_exported") != orjson.loads(orjson.dumps(mark))
    except (OSError, ValueError, AttributeError):
        is_new = True
    is_new = is_new or not all(place.exists() for place in places.values())
    if is_new:
        about.unlink(missing_ok=True)
        for stream, place in places.items():
            _write(place, show(run.export(form, stream=stream)))
    _write(about, iter([orjson.dumps({**run.fields, "_exported": mark}, option=orjson.OPT_INDENT_2)]))
    return is_new


def _write(target: Path, pieces: Iterator[bytes]) -> None:
    spare = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        with spare.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        spare.replace(target)
    except OSError as error:
        raise click.ClickException(
            f"{target} can't be written ({error.strerror}); make room or name another directory with --out, "
            "and run the command again: it goes on where it stopped"
        ) from None
    finally:
        spare.unlink(missing_ok=True)


def _flat(run: Run) -> dict[str, Any]:
    from runwell.wire.documents import flatten_document

    row = {field: value for field, value in run.fields.items() if not isinstance(value, dict) and field != "values"}
    row["tags"] = ", ".join(run.tags)
    for document in ("config", "summary"):
        values, _ = flatten_document(getattr(run, document))
        row |= {f"{document}.{key}": value for key, value in values.items()}
    return row


def _write_table(rows: list[dict[str, Any]], target: Path, form: str) -> None:
    from runwell.wire.numbers import encode_extended

    names = list(dict.fromkeys(key for row in rows for key in row))
    if form == "jsonl":
        _write(target, (encode_extended(row) + b"\n" for row in rows))
    elif form == "csv":
        import csv
        import io

        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(names)
        writer.writerows([_csv_cell(row.get(name)) for name in names] for row in rows)
        _write(target, iter([text.getvalue().encode()]))
    else:
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = {name: _column([row.get(name) for row in rows]) for name in names}
        sink = pa.BufferOutputStream()
        pq.write_table(pa.table(columns), sink)
        _write(target, iter([sink.getvalue().to_pybytes()]))


def _column(values: list[Any]) -> Any:
    """Give a column: of numbers, of booleans, else of text."""
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int} and all(value is None or -(2**63) <= value < 2**63 for value in values):
        return pa.array(values, pa.int64())
    if kinds <= {int, float} and all(not isinstance(value, int) or abs(value) <= 2**53 for value in values):
        return pa.array(values, pa.float64())
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: Any) -> str:
    from runwell.wire.numbers import encode_extended

    return value if isinstance(value, str) else encode_extended(value).decode()


def _csv_cell(value: Any) -> Any:
    if value is None or isinstance(value, (int, float)):
        return value
    text = _text(value)
    return f"'{text}" if text.startswith(_CSV_LEADS) else text


def _need_pyarrow() -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise click.ClickException(
            "Parquet needs the package pyarrow; install it with: pip install pyarrow, or choose --format csv or jsonl"
        ) from None


def _counted(bar: Progress, number: int, total: int, run_id: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        bar.show(number, total, f"{run_id} {size_text(size)}")
        yield piece
