"""Hydra: a composed config becomes the run's."""

from __future__ import annotations

import pytest

from . import trained as training
from .trained import Trained

TRAINING = "hydra_config"
pytestmark = pytest.mark.framework("Hydra", "hydra-core")


@pytest.mark.behaviour("The composed config, and rows")
def test_the_composed_config_is_the_runs(trained: Trained) -> None:
    for seen in trained.both:
        assert seen.name == trained.ledger["name"] == "adam-5"
        training.check_values(seen.config, trained.ledger["config"])
        training.check_rows(seen, trained.ledger["rows"])
