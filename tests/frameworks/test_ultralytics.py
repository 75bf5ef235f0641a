"""Ultralytics: what its own callbacks for wandb log of a training."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.serving import ServerProcess

from . import environment
from . import trained as training
from .trained import Trained

TRAINING = "ultralytics_yolo"
pytestmark = pytest.mark.framework("Ultralytics", "ultralytics")


@pytest.fixture(scope="module")
def trained(frameworks: None, server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    """A tiny YOLOv8, from its configuration alone."""
    if not environment.has_pictures():
        pytest.skip("what trains with pictures isn't installed: `make test-frameworks` installs it")
    folder = tmp_path_factory.mktemp(TRAINING)
    more = {"PYTHONPATH": str(environment.pictures()), "YOLO_CONFIG_DIR": str(folder), "WANDB_RUN_ID": None}
    ended = training.train(server, folder, TRAINING, **more)
    yield replace(ended, run_id=ended.ledger["run_id"])


@pytest.mark.behaviour("Every epoch's losses, metrics and learning rates")
def test_rows_are_those_of_the_results_file(trained: Trained) -> None:
    for seen in trained.both:
        for number, told in enumerate(trained.ledger["rows"], 1):
            row = {key: value for one in seen.rows if one.get("epoch") == number for key, value in one.items()}
            assert {key: row.get(key) for key in told} == pytest.approx(told, rel=1e-3, abs=1e-6), number


@pytest.mark.behaviour("Config: the training's settings")
def test_settings_are_config(trained: Trained) -> None:
    for seen in trained.both:
        training.check_values(seen.config, trained.ledger["config"])


@pytest.mark.behaviour("Its plots as pictures; curves as charts")
def test_plots_are_the_files_that_it_drew(trained: Trained) -> None:
    assert len(trained.ledger["pictures"]) >= 4
    for seen in trained.both:
        drawn = {key: value for row in seen.rows for key, value in row.items() if isinstance(value, dict)}
        for name, digest in trained.ledger["pictures"].items():
            assert seen.files[drawn[name]["path"]] == digest, name
    assert {row[0] for row in trained.official.table("curves/F1-Confidence(B)")} == {"mean", "blue", "red"}


@pytest.mark.behaviour("The best weights as an artifact")
def test_the_best_weights_are_a_version(trained: Trained) -> None:
    (model,) = [artifact for artifact in trained.artifacts if artifact.type == "model"]
    assert model.files == {"best.pt": trained.ledger["model"]} and "best" in model.aliases
