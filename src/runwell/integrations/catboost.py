"""CatBoost: every iteration's evaluations, the parameters, the best iteration and the features' importance.

from runwell.integrations.catboost import Callback, log_summary
model.fit(train, eval_set=valid, callbacks=[Callback()])
log_summary(model)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .current_run import demand_run, log_importance, log_model


class Callback:
    """Logs a training to the current run.

    Args:
        metric_period: iterations from one row to the next.

    Raises:
        UsageError: there is no run.
    """

    def __init__(self, metric_period: int = 1) -> None:
        self._run = demand_run()
        self._every = max(1, int(metric_period))

    def after_iteration(self, info: Any) -> bool:
        """Log the iteration's evaluations; True: the training goes on."""
        if info.iteration % self._every == 0:
            row: dict[str, Any] = {f"iteration@metric-period-{self._every}": info.iteration}
            for part, named in info.metrics.items():
                for name, values in named.items():
                    row[f"{part}-{name}"] = values[-1]
            self._run.log(row)
        return True


def log_summary(
    model: Any, log_all_params: bool = True, save_model_checkpoint: bool = False, log_feature_importance: bool = True
) -> None:
    """Log a trained model: its parameters, best iteration and scores, its features' importance, itself.

    Args:
        model: of CatBoost.
        log_all_params: all parameters as config, or those alone that were given.
        save_model_checkpoint: log the model as an artifact.
        log_feature_importance: draw the features' importance.

    Raises:
        UsageError: there is no run.
    """
    run = demand_run()
    run.config.update(model.get_all_params() if log_all_params else model.get_params(), allow_val_change=True)
    run.summary.update({"best_iteration": model.get_best_iteration(), "best_score": model.get_best_score()})
    if log_feature_importance:
        log_importance(run, list(zip(model.feature_names_, model.get_feature_importance().tolist(), strict=True)))
    if save_model_checkpoint:
        path = str(Path(run.dir) / f"{run.id}_model.cbm")
        model.save_model(path)
        log_model(run, path)
