"""PyTorch Lightning: ``WandbLogger`` beside a logger that keeps what it is given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from . import trained as training
from .trained import Trained

TRAINING = "lightning_logger"
pytestmark = pytest.mark.framework("PyTorch Lightning", "lightning")


@pytest.mark.behaviour("Every row that Lightning gives its loggers")
def test_rows_are_those_that_another_logger_was_given(trained: Trained) -> None:
    for seen in trained.both:
        numbers = [row for row in map(numbers_of, seen.rows) if row]
        training.check_rows(replace(seen, rows=numbers, sampled=[]), trained.ledger["rows"])


@pytest.mark.behaviour("Config: hyperparameters; tags, group")
def test_hyperparameters_are_config(trained: Trained) -> None:
    for seen in trained.both:
        training.check_values(seen.config, trained.ledger["config"])
        assert (seen.name, seen.tags, seen.state) == ("digits", ["mlp"], "finished")


@pytest.mark.behaviour("Summary: last values")
def test_summary_has_the_last_values(trained: Trained) -> None:
    for seen in trained.both:
        training.check_last_values(seen, trained.ledger["rows"])


@pytest.mark.behaviour("watch: histograms of parameters and gradients")
def test_every_parameter_has_its_histograms(trained: Trained) -> None:
    for seen in trained.both:
        watched = {key: value for row in seen.rows for key, value in row.items() if "/net." in key}
        for name, shape in trained.ledger["parameters"].items():
            count = shape[0] * (shape[1] if len(shape) > 1 else 1)
            for kind in ("parameters", "gradients"):
                assert sum(watched[f"{kind}/{name}"]["values"]) == count


@pytest.mark.behaviour("log_image, log_table")
def test_pictures_and_tables_come_back(trained: Trained) -> None:
    (picture,) = [row["first digit"] for row in trained.official.rows if "first digit" in row]
    assert picture["_type"] == "images/separated" and picture["captions"] == ["a zero"]
    (path,) = picture["filenames"]
    assert training.pixels(trained.official.folder / path, "L") == trained.ledger["image"]
    assert trained.api.files[path] == trained.official.files[path]
    assert trained.official.table("guesses") == trained.ledger["table"]


@pytest.mark.behaviour("log_model: checkpoints as artifacts")
def test_checkpoints_come_back_byte_for_byte(trained: Trained) -> None:
    models = [artifact for artifact in trained.artifacts if artifact.type == "model"]
    found = {artifact.metadata["original_filename"]: artifact.files for artifact in models}
    assert found == {name: {"model.ckpt": digest} for name, digest in trained.ledger["checkpoints"].items()}
    (best,) = [artifact for artifact in models if "best" in artifact.aliases]
    assert best.files["model.ckpt"] == trained.ledger["best"]
    assert best.metadata["score"] == trained.ledger["best_score"]


def numbers_of(row: dict) -> dict:
    """Leave out what isn't Lightning's own: the histograms of watch, and what was logged by hand."""
    if {"first digit", "guesses"} & row.keys():
        return {}
    return {key: value for key, value in row.items() if not isinstance(value, dict)}
