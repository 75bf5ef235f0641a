"""Transformers: ``Trainer`` with ``report_to="wandb"``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from . import trained as training
from .trained import Trained

TRAINING = "transformers_trainer"
SETTINGS = {"WANDB_LOG_MODEL": "checkpoint", "WANDB_WATCH": "all"}
pytestmark = pytest.mark.framework("Transformers", "transformers")


def test_the_run_finished_under_its_name(trained: Trained) -> None:
    for seen in trained.both:
        assert (seen.state, seen.name) == ("finished", "counting")


@pytest.mark.behaviour("Every row that the Trainer logs")
def test_rows_are_those_of_the_trainers_own_log(trained: Trained) -> None:
    for seen in trained.both:
        numbers = replace(seen, rows=[without_histograms(row) for row in seen.rows], sampled=[])
        training.check_rows(numbers, trained.ledger["rows"])


@pytest.mark.behaviour("Config: the model's and the training's arguments")
def test_config_has_every_argument(trained: Trained) -> None:
    for seen in trained.both:
        training.check_values(seen.config, trained.ledger["config"])


@pytest.mark.behaviour("Summary: last values and totals")
def test_summary_has_last_values_and_totals(trained: Trained) -> None:
    for seen in trained.both:
        training.check_values(seen.summary, trained.ledger["summary"])
        training.check_last_values(seen, trained.ledger["rows"])


@pytest.mark.behaviour("WANDB_WATCH: histograms of parameters and gradients")
def test_every_parameter_has_its_histograms(trained: Trained) -> None:
    for seen in trained.both:
        last = {key: value for row in seen.rows for key, value in row.items() if is_histogram(value)}
        for name in trained.ledger["parameters"]:
            assert sum(last[f"parameters/{name}"]["values"]) > 0, name
            assert sum(last[f"gradients/{name}"]["values"]) > 0, name


@pytest.mark.behaviour("WANDB_LOG_MODEL: checkpoints and the model as artifacts")
def test_checkpoints_come_back_byte_for_byte(trained: Trained) -> None:
    by_alias = {alias: artifact for artifact in trained.artifacts for alias in artifact.aliases}
    assert {artifact.type for artifact in trained.artifacts} == {"model"}
    for name, files in trained.ledger["checkpoints"].items():
        assert by_alias[f"checkpoint_global_step_{name.removeprefix('checkpoint-')}"].files == files
    assert list(by_alias["base_model"].files) == ["model_architecture.txt"]
    assert by_alias["base_model"].metadata["initial_model"] is True
    final = by_alias["final_model"]
    assert final is by_alias["latest"] and final.metadata["final_model"] is True
    assert final.files["model.safetensors"] == last_checkpoint(trained)["model.safetensors"]


def is_histogram(value: object) -> bool:
    return isinstance(value, dict) and value.get("_type") == "histogram"


def without_histograms(row: dict) -> dict:
    return {key: value for key, value in row.items() if not is_histogram(value)}


def last_checkpoint(trained: Trained) -> dict[str, str]:
    return list(trained.ledger["checkpoints"].values())[-1]
