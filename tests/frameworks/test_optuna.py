"""Optuna: ``WeightsAndBiasesCallback``, a study in one run and a run for each trial."""

from __future__ import annotations

import pytest

from . import trained as training
from .trained import Trained

TRAINING = "optuna_study"
SETTINGS = {"WANDB_RUN_ID": None}  # each trial's run has an id of its own
pytestmark = pytest.mark.framework("Optuna", "optuna")


@pytest.mark.behaviour("A study as one run: a row for each trial")
def test_rows_are_the_trials_of_the_study(trained: Trained) -> None:
    for seen in trained.both:
        training.check_rows(seen, trained.ledger["rows"])
        training.check_values(seen.config, trained.ledger["config"])
        training.check_last_values(seen, trained.ledger["rows"])
    assert max(row["accuracy"] for row in trained.api.rows) == trained.ledger["best"]


@pytest.mark.behaviour("as_multirun: a run for each trial")
def test_each_trial_is_a_run(trained: Trained) -> None:
    for run_id, trial in trained.ledger["trials"].items():
        seen = trained.other_official(run_id)
        value = trial["value"]
        last = {**trial["params"], "accuracy": value, "trial_number": trial["number"]}
        training.check_rows(seen, [last])
        training.check_values(seen.config, {**trial["params"], "direction": ["MAXIMIZE"]})
        assert seen.tags == ["multirun", "trees"] and seen.name.startswith(f"trial/{trial['number']}/")
        row = trained.server.get_json(f"/api/projects/local/frameworks/runs/{run_id}")
        training.check_values(row["summary"], last | {"half": value / 2})
