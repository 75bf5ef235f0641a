"""One framework's training, run by the client under test, with its ledger and what the readers see of it."""

from __future__ import annotations

import io
import json
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from PIL import Image

from tests.protocol import official
from tests.serving import ServerProcess

from . import environment, seen

PROJECT = "frameworks"
WITHIN_S = 100.0
TRAININGS = Path(__file__).with_name("trainings")


@dataclass
class Trained:
    """A training that ended well.

    Attributes:
        ledger: what the training itself says that was logged.
        took_s: seconds from its start to its end.
    """

    server: ServerProcess
    folder: Path
    run_id: str
    ledger: dict[str, Any]
    output: str
    took_s: float
    project: str = PROJECT

    @cached_property
    def official(self) -> seen.Seen:
        """The run as ``wandb.Api()`` sees it."""
        return self.other_official(self.run_id)

    @cached_property
    def api(self) -> seen.Seen:
        """The run as ``/api`` sees it."""
        return seen.by_the_read_api(self.server, self.project, self.run_id)

    @cached_property
    def artifacts(self) -> list[seen.Artifact]:
        """What the run logged as artifacts, downloaded, tables of charts left out."""
        found = seen.artifacts(self.server, self.folder / "artifacts", self.project, self.run_id)
        return [artifact for artifact in found if artifact.type != "run_table"]

    @property
    def both(self) -> tuple[seen.Seen, seen.Seen]:
        """The run as both readers see it."""
        return self.official, self.api

    def other_official(self, run_id: str) -> seen.Seen:
        """Another run of the same training, as ``wandb.Api()`` sees it."""
        return seen.by_the_official_client(self.server, self.folder / f"read-{run_id}", self.project, run_id)


def train(server: ServerProcess, folder: Path, name: str, *, project: str = PROJECT, **more: str | None) -> Trained:
    """Run ``trainings/<name>.py`` to its end in the frameworks' environment; read its ledger.

    Args:
        more: further environment variables; None takes one away.

    Raises:
        AssertionError: it failed or did not end in time; the message has its output and the server's log.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ledger = folder / "ledger.json"
    run_id = name.replace("_", "-")
    settings = {
        "WANDB_PROJECT": project,
        "WANDB_RUN_ID": run_id,
        "LEDGER": str(ledger),
        "OMP_NUM_THREADS": "2",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "MPLBACKEND": "Agg",
        "HF_HUB_OFFLINE": "1",
        "RUNWELL_BASE_URL": server.url,  # for our own client; the official one doesn't know it
        "RUNWELL_CONFIG_DIR": str(server.config_dir),
        "RUNWELL_FINISH_TIMEOUT": "60",  # readers come right after the end
        **more,
    }
    started = time.monotonic()
    process = subprocess.Popen(
        [environment.interpreter(), TRAININGS / f"{name}.py"],
        cwd=folder,
        env=official.environment(
            server, folder / "home", **{key: value for key, value in settings.items() if value is not None}
        ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output, _ = process.communicate(timeout=WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"{name} did not end:\n{process.communicate()[0][-8000:]}\n{server.log()}") from None
    took_s = time.monotonic() - started
    assert process.returncode == 0, f"{name} ended with {process.returncode}:\n{output[-8000:]}\n{server.log()}"
    assert ledger.exists(), f"{name} closed no ledger:\n{output[-8000:]}"
    return Trained(server, folder, run_id, json.loads(ledger.read_text()), output, took_s, project)


def check_rows(found: seen.Seen, expected: Iterable[Mapping[str, Any]]) -> None:
    """Every row is there, in order, with these values and no other."""
    wanted = [seen.flat(dict(row)) for row in expected]
    assert len(wanted) > 0, "the ledger has no rows"
    for index, (row, want) in enumerate(zip(found.rows, wanted, strict=False)):
        assert official.same(row, want), f"row {index}: {differing(row, want)}"
    assert len(found.rows) == len(wanted), f"{len(found.rows)} rows, {len(wanted)} logged"
    assert found.steps == sorted(set(found.steps)), found.steps
    if found.sampled:
        assert official.same(found.sampled, found.rows), "history() and scan_history() differ"


def check_values(found: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Every one of these keys is there with its value."""
    assert expected, "nothing to compare"
    present = {key: found[key] for key in expected if key in found}
    assert official.same(present, dict(expected)), differing(present, expected)


def check_last_values(found: seen.Seen, rows: Iterable[Mapping[str, Any]], *, but: Iterable[str] = ()) -> None:
    """The summary has the last value of every number that the rows logged."""
    last: dict[str, Any] = {}
    for row in rows:
        last |= {key: value for key, value in seen.flat(dict(row)).items() if isinstance(value, (int, float))}
    summary = seen.flat(found.summary)
    check_values(summary, {key: value for key, value in last.items() if key not in set(but)})


def expect_bar_chart(run: Trained, key: str, columns: list[str], cells: list[list[Any]]) -> None:
    """A chart's table has these cells, for both readers, and the run's config says how it is drawn."""
    assert same_cells(run.official.table(key), cells)
    reference = [row[f"{key}_table"] for row in run.api.rows if f"{key}_table" in row][-1]
    kept = run.official.json_file(reference["path"])
    assert kept["columns"] == columns
    assert run.api.files[reference["path"]] == run.official.files[reference["path"]] == reference["sha256"]


def same_cells(found: list[list[Any]], expected: list[list[Any]]) -> bool:
    """Tell whether two tables hold the same, whatever order their rows are in."""
    return sorted(map(repr, found)) == sorted(map(repr, expected))


def pixels(source: Path | io.BytesIO, mode: str) -> list[int]:
    """Give the values of a picture, row by row, in Pillow's ``L`` or ``RGB``."""
    with Image.open(source) as image:
        return list(image.convert(mode).tobytes())


def differing(found: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Give found and expected of the keys in which they differ, shortened."""
    keys = [*expected, *(key for key in found if key not in expected)]
    missing = "(missing)"
    pairs = {key: (found.get(key, missing), expected.get(key, missing)) for key in keys}
    return {k: (repr(a)[:200], repr(b)[:200]) for k, (a, b) in pairs.items() if not official.same(a, b)}
