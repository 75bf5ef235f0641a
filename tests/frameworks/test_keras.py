"""Keras 3: ``WandbMetricsLogger``, ``WandbModelCheckpoint``, ``WandbEvalCallback``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from . import trained as training
from .trained import Trained

TRAINING = "keras_callbacks"
SETTINGS = {"KERAS_BACKEND": "tensorflow"}  # wandb's callbacks import tensorflow whatever the backend
pytestmark = pytest.mark.framework("Keras", "keras")


@pytest.mark.behaviour("WandbMetricsLogger: every batch and epoch")
def test_rows_are_what_keras_gave_its_callbacks(trained: Trained) -> None:
    for seen in trained.both:
        training.check_rows(seen, trained.ledger["rows"])
    epochs = [row["epoch/loss"] for row in trained.official.rows if "epoch/loss" in row]
    assert epochs == trained.ledger["losses"]


@pytest.mark.behaviour("Config and summary")
def test_config_and_last_values_are_there(trained: Trained) -> None:
    for seen in trained.both:
        training.check_values(seen.config, trained.ledger["config"])
        training.check_last_values(seen, trained.ledger["rows"])


@pytest.mark.behaviour("WandbMetricsLogger: metrics over their own axis")
def test_metrics_are_drawn_over_their_own_axis(trained: Trained) -> None:
    metrics = trained.server.get_json("/api/projects/local/frameworks/metrics?runs=keras-callbacks")["metrics"]
    axes = {metric["key"]: metric.get("step_metric") for metric in metrics}
    assert axes["batch/loss"] == axes["batch/learning_rate"] == "batch/batch_step"


@pytest.mark.behaviour("WandbModelCheckpoint: a version for each epoch")
def test_checkpoints_come_back_byte_for_byte(trained: Trained) -> None:
    models = {alias: a for a in trained.artifacts if a.type == "model" for alias in a.aliases}
    for epoch, digest in enumerate(trained.ledger["checkpoints"]):
        assert list(models[f"epoch_{epoch}"].files.values()) == [digest]
    assert models["latest"] is models[f"epoch_{len(trained.ledger['checkpoints']) - 1}"]


@pytest.mark.behaviour("WandbEvalCallback: predictions as tables")
def test_every_epochs_predictions_come_back(trained: Trained) -> None:
    versions = [artifact for artifact in trained.artifacts if artifact.type == "evaluation"]
    versions.sort(key=lambda artifact: int(artifact.name.rpartition(":v")[2]))
    tables = [json.loads((Path(a.folder) / "eval_data.table.json").read_text())["data"] for a in versions]
    # An epoch that predicts what the one before did has no version of its own but for its number in the first column.
    assert tables == trained.ledger["guesses"]
