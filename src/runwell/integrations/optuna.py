"""Optuna: a row a trial in one run, or a run a trial.

from runwell.integrations.optuna import Callback
study.optimize(objective, n_trials=20, callbacks=[Callback()])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import runwell


class Callback:
    """Logs a study's trials.

    Args:
        metric_name: what the objective's value is called; of several objectives a sequence of names.
        as_multirun: a run a trial, in a group of the study's name, instead of a row a trial in the current run.
        options: arguments of ``runwell.init`` for the runs begun here.
    """

    def __init__(self, metric_name: str | Sequence[str] = "value", as_multirun: bool = False, **options: Any) -> None:
        self._names = metric_name
        self._each = as_multirun
        self._options = options

    def __call__(self, study: Any, trial: Any) -> None:
        """Log a finished trial."""
        values = self._values(trial)
        about = {"direction": [direction.name for direction in study.directions]}
        if self._each:
            options = {"group": study.study_name, "reinit": "create_new", **self._options}
            with runwell.init(name=f"trial-{trial.number}", config={**trial.params, **about}, **options) as run:
                run.log(values)
                run.summary["trial.state"] = trial.state.name
            return
        run = runwell.run or runwell.init(**{"name": study.study_name, **self._options})
        run.config.update(about, allow_val_change=True)
        run.log({"trial_number": trial.number, **trial.params, **values})

    def _values(self, trial: Any) -> dict[str, Any]:
        if trial.values is None:  # pruned or failed
            return {"trial_state": trial.state.name}
        if isinstance(self._names, str):
            names = (
                [self._names] if len(trial.values) == 1 else [f"{self._names}_{n}" for n in range(len(trial.values))]
            )
        else:
            names = list(self._names)
            if len(names) != len(trial.values):
                raise runwell.UsageError(f"{len(names)} metric names for {len(trial.values)} objectives")
        return dict(zip(names, trial.values, strict=True))
