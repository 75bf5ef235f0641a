"""The pipeline of three scripts against a real server: its graph, and the same bytes on a second machine."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.serving import ServerProcess

from . import official

PIPELINE = Path(__file__).parents[2] / "examples" / "pipeline"
PROJECT = "three-steps"
SECOND = """
    import runwell
    for name in ("three-steps/digits-split:latest", "three-steps/digits-net:v0", "registry/models/digits:production"):
        print(runwell.Api().artifact(name).download(root=name.replace("/", "_").replace(":", "_")))
"""
OFFICIAL = """
    import wandb
    for name in ("digits-split:latest", "digits-net:v0", "digits-predictions:latest"):
        print(wandb.Api().artifact(f"local/three-steps/{name}").download(root="official_" + name.replace(":", "_")))
"""


def _environment(server: ServerProcess, machine: Path) -> dict[str, str]:
    # A machine of its own: what it caches, and where it works.
    return {**server.client_environment(), "RUNWELL_CACHE_DIR": str(machine / "cache"), "WANDB_SILENT": "true"}


def _run(server: ServerProcess, machine: Path, *command: str) -> str:
    machine.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, *command],
        cwd=machine,
        env=_environment(server, machine),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout


@pytest.fixture(scope="module")
def first(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The machine on which the scripts ran, one after the other."""
    machine = tmp_path_factory.mktemp("machines") / "first"
    for script, *more in (["make_dataset.py"], ["train.py", "--hidden", "8", "--epochs", "12"], ["evaluate.py"]):
        _run(server, machine, str(PIPELINE / script), "--project", PROJECT, *more)
    return machine


def _get(server: ServerProcess, path: str) -> Any:
    status, _, body = server.request("GET", f"/api/projects/local/{PROJECT}/{path}")
    assert status == 200, body
    return json.loads(body)


def _digests(folder: Path) -> dict[str, str]:
    files = (one for one in sorted(folder.rglob("*")) if one.is_file())
    return {one.relative_to(folder).as_posix(): hashlib.sha256(one.read_bytes()).hexdigest() for one in files}


def test_the_graph_leads_from_the_dataset_to_the_predictions(server: ServerProcess, first: Path) -> None:
    graph = _get(server, "artifacts/digits-split/latest/lineage?complete=1")
    names = {
        node["id"]: node["artifact"]["name"] if node["kind"] == "artifact" else node["run"]["job_type"]
        for node in graph["nodes"]
    }
    assert {(names[edge["from"]], names[edge["to"]]) for edge in graph["edges"]} == {
        ("make-dataset", "digits-split"),
        ("digits-split", "train"),
        ("train", "digits-net"),
        ("digits-net", "evaluate"),
        ("digits-split", "evaluate"),
        ("evaluate", "digits-predictions"),
    }
    assert len(graph["nodes"]) == 6 and not graph["truncated"]


def test_the_best_model_is_linked_and_what_was_said_of_every_picture_is_a_table(
    server: ServerProcess, first: Path
) -> None:
    model = _get(server, "artifacts/digits-net/latest")
    assert [link["name"] for link in model["links"]] == ["digits"]
    assert 0.5 < model["metadata"]["test/accuracy"] <= 1 and model["metadata"]["hidden"] == 8
    side = {"artifact": "digits-predictions", "version": "latest", "path": "predictions.table.json"}
    body = {"before": side, "after": side, "keys": ["id"]}
    table = json.loads(server.request("POST", f"/api/projects/local/{PROJECT}/table-compare", body)[2])
    assert table["counts"] == {"added": 0, "removed": 0, "changed": 0, "same": 450}
    assert all(table["files"]["before"].values())


def test_a_second_machine_gets_the_same_bytes_by_name_and_alias(server: ServerProcess, first: Path) -> None:
    """F: byte-identical, also through the registry, and with the official client."""
    second = first.parent / "second"
    split, model, best = map(Path, _run(server, second, "-c", SECOND.replace("\n    ", "\n")).splitlines())
    here = _digests(first / "artifacts" / "digits-split:v0")
    assert set(here) == {"x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"}
    assert _digests(second / split) == here
    assert _digests(second / model) == _digests(second / best) == _digests(first / "artifacts" / "digits-net:v0")
    assert np.load(second / split / "x_test.npy").shape == (450, 64)
    theirs = [second / line for line in official.run(server, second, OFFICIAL).splitlines() if "official_" in line]
    assert _digests(theirs[0]) == here and _digests(theirs[1]) == _digests(second / model)
    images = [path for path in _digests(theirs[2]) if path.startswith("media/images/")]
    assert 440 < len(images) <= 450 and (theirs[2] / "predictions.table.json").exists()
