"""accelerate: ``Accelerator(log_with="wandb")``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from . import trained as training
from .trained import Trained

TRAINING = "accelerate_tracker"
pytestmark = pytest.mark.framework("accelerate", "accelerate")


@pytest.mark.behaviour("Every logged row")
def test_rows_are_what_was_given_to_the_accelerator(trained: Trained) -> None:
    expected = trained.ledger["rows"]
    for seen in trained.both:
        training.check_rows(replace(seen, rows=seen.rows[: len(expected)], sampled=[]), expected)
        assert seen.steps == list(range(len(expected) + 2))


@pytest.mark.behaviour("Config, summary, name and tags")
def test_config_and_last_values_are_there(trained: Trained) -> None:
    for seen in trained.both:
        training.check_values(seen.config, trained.ledger["config"])
        training.check_last_values(seen, trained.ledger["rows"])
        assert (seen.name, seen.tags, seen.state) == ("linear", ["linear"], "finished")


@pytest.mark.behaviour("log_images, log_table")
def test_pictures_and_tables_come_back(trained: Trained) -> None:
    (path,) = trained.official.rows[-2]["picture"]["filenames"]
    assert training.pixels(trained.official.folder / path, "RGB") == trained.ledger["picture"]
    assert trained.official.table("numbers") == trained.ledger["table"]
    assert trained.api.files[path] == trained.official.files[path]
