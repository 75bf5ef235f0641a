"""``runwell import``: runs of other trackers, as run directories that are sent like any other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .answers import complain, log_as_json
from .failures import Missing
from .progress import Progress

if TYPE_CHECKING:
    from runwell.imports.recording import Imported
    from runwell.imports.source import SourceRun

READERS = {"tensorboard": "tensorboard", "wandb-offline": "wandb_offline", "mlflow": "mlflow"}
STEPS = {
    "tensorboard": "name the log directory",
    "wandb-offline": "name the wandb directory of the script",
    "mlflow": "name the directory that holds mlruns, or the store itself (the tracking URI without file://)",
}


@click.command("import")
@click.argument("kind", type=click.Choice(list(READERS)), metavar="tensorboard|wandb-offline|mlflow")
@click.argument("place", type=click.Path(exists=True, path_type=Path), metavar="DIR")
@click.option("--project", help="Project for all of them. [default: as the source says, else the directory's name]")
@click.option(
    "--dir", "root", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where ./runwell is."
)
@click.option("--server", help="Address to send to. [default: the configured one]")
@click.option("--no-sync", is_flag=True, help="Write the run directories only; `runwell sync` sends them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a run.")
def command(
    kind: str, place: Path, project: str | None, root: Path, server: str | None, no_sync: bool, as_json: bool
) -> None:
    """Bring in the runs below DIR, and send them.

    Each becomes a run directory in ./runwell. Repeating the command adds what is new and doubles nothing.
    """
    import json
    from importlib import import_module

    from runwell.imports.recording import record
    from runwell.imports.source import ImportProblem
    from runwell.wire.errors import InvalidValue

    from .address import server_address
    from .sync import PATIENCE_S, send

    if as_json:
        log_as_json()
    address = server_address(server)
    try:
        sources: list[SourceRun] = import_module(f"runwell.imports.{READERS[kind]}").find_runs(place, project)
    except ImportProblem as error:
        raise Missing(str(error) if ";" in str(error) else f"{error}; {STEPS[kind]}") from None
    failed = unsent = 0
    with Progress("importing", hidden=as_json, unit="runs") as bar:
        for number, source in enumerate(sources):
            bar.show(number, len(sources), str(source.place))
            if source.problem:
                failed += 1
                bar.clear()
                complain(as_json, source.problem, source=str(source.place))
                continue
            try:
                imported = record(source, root, address)
            except (OSError, InvalidValue) as error:
                failed += 1
                bar.clear()
                complain(as_json, f"{source.place}: {error}", source=str(source.place))
                continue
            bar.clear()
            if as_json:
                line = {"source": str(source.place), "run": source.run_id, "project": source.project}
                line |= {"directory": str(imported.run_dir), "rows": imported.rows, "new": imported.added > 0}
                click.echo(json.dumps({**line, "skipped": dict(imported.skipped)}, ensure_ascii=False))
            else:
                click.echo(f"{source.place}: {_sentence(imported)}")
            if not no_sync:
                unsent += not _send(send, imported.run_dir, address, PATIENCE_S, as_json)
    if unsent and not as_json:
        click.echo(
            f"{unsent:,} of {len(sources):,} runs are kept here, but not sent; run later: runwell sync", err=True
        )
    raise SystemExit(1 if failed or unsent else 0)


def _sentence(imported: Imported) -> str:
    what = f"{imported.rows:,} rows" if imported.added else f"{imported.rows:,} rows, there already"
    left_out = ", ".join(f"{n:,} {cause}" for cause, n in imported.skipped.most_common(3))
    return what + (f" (left out: {left_out})" if left_out else "")


def _send(send: Callable[..., bool], run_dir: Path, address: str, patience_s: float, as_json: bool) -> bool:
    if not as_json:
        return send(run_dir, address, patience_s, as_json)
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()):  # one object a run, and that is ours
        return send(run_dir, address, patience_s, as_json)
