"""LightGBM: every iteration's evaluations, the parameters, the best iteration and the features' importance.

from runwell.integrations.lightgbm import callback, log_summary
model = lightgbm.train(parameters, train, valid_sets=[valid], callbacks=[callback()])
log_summary(model)
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .current_run import demand_run, log_importance, log_model


def callback(log_params: bool = True, define_metric: bool = True) -> Callable[[Any], None]:
    """Make a callback that logs a training to the current run.

    Args:
        log_params: keep the parameters as config.
        define_metric: summarise each metric by its best value.

    Raises:
        UsageError: there is no run.
    """
    run = demand_run()
    defined: set[str] = set()

    def after_iteration(state: Any) -> None:
        if log_params and state.iteration == state.begin_iteration:
            run.config.update(dict(state.params), allow_val_change=True)
        row: dict[str, Any] = {"iteration": state.iteration}
        for one in state.evaluation_result_list or ():
            part, name, value, rises = one[:4]
            key = f"{part}_{name}"
            if len(one) > 4:  # cross validation: the mean, and how far its folds are apart
                key = f"{part}_{name}-mean" if not str(name).endswith("-mean") else str(name)
                row[key.replace("-mean", "-stdv")] = one[4]
            row[key] = value
            if define_metric and key not in defined:
                defined.add(key)
                run.define_metric(key, summary="max" if rises else "min")
        run.log(row)

    after_iteration.order = 20  # type: ignore[attr-defined]  # after LightGBM's own printing and recording
    after_iteration.before_iteration = False  # type: ignore[attr-defined]
    return after_iteration


def log_summary(model: Any, feature_importance: bool = True, save_model_checkpoint: bool = False) -> None:
    """Log a trained booster: its best iteration and scores, its features' importance, itself.

    Args:
        model: a ``lightgbm.Booster``.
        feature_importance: draw the features' importance.
        save_model_checkpoint: log the model as an artifact.

    Raises:
        UsageError: there is no run.
    """
    run = demand_run()
    run.summary["best_iteration"] = model.best_iteration
    scores = {part: dict(named) for part, named in (getattr(model, "best_score", None) or {}).items()}
    for part, named in scores.items():
        for name, value in named.items():
            run.summary[f"best_score.{part}.{name}"] = value
    if feature_importance:
        log_importance(run, list(zip(model.feature_name(), model.feature_importance().tolist(), strict=True)))
    if save_model_checkpoint:
        path = str(Path(run.dir) / f"{run.id}_model.txt")
        model.save_model(path, num_iteration=model.best_iteration)
        log_model(run, path)
