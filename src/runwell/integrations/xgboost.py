"""XGBoost: every round's evaluations, the parameters, the best round and the features' importance.

from runwell.integrations.xgboost import Callback
xgboost.train(parameters, train, evals=[(valid, "valid")], callbacks=[Callback()])
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from xgboost.callback import TrainingCallback  # type: ignore[import-not-found]

from .current_run import demand_run, log_importance, log_model


class Callback(TrainingCallback):
    """Logs a training to the current run.

    Args:
        log_model: log the trained model as an artifact.
        log_feature_importance: draw the features' importance.
        importance_type: gain, weight, cover, total_gain or total_cover.
        define_metric: summarise each metric by its best value, as its name tells which that is.

    Raises:
        UsageError: there is no run.
    """

    def __init__(
        self,
        log_model: bool = False,
        log_feature_importance: bool = True,
        importance_type: str = "gain",
        define_metric: bool = True,
    ) -> None:
        self._run = demand_run()
        self._log_model = log_model
        self._draw = log_feature_importance
        self._kind = importance_type
        self._define = define_metric
        self._defined: set[str] = set()

    def before_training(self, model: Any) -> Any:
        """Keep the booster's parameters as config."""
        self._run.config.update(json.loads(model.save_config()), allow_val_change=True)
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: dict[str, dict[str, Any]]) -> bool:
        """Log the round's evaluations; never stops the training."""
        row: dict[str, Any] = {"epoch": epoch}
        for part, named in evals_log.items():
            for name, values in named.items():
                last = values[-1]
                row[f"{part}-{name}"] = last[0] if isinstance(last, tuple) else last
                self._define_once(f"{part}-{name}", name)
        self._run.log(row)
        return False

    def after_training(self, model: Any) -> Any:
        """Log importance, best round and model."""
        if self._draw:
            scores = model.get_score(importance_type=self._kind)
            log_importance(self._run, [(name, _number(score)) for name, score in scores.items()])
        best = {name: model.attr(name) for name in ("best_score", "best_iteration")}
        if best["best_score"] is not None:
            self._run.summary.update(
                {"best_score": float(best["best_score"]), "best_iteration": int(best["best_iteration"] or 0)}
            )
        if self._log_model:
            path = str(Path(self._run.dir) / f"{self._run.id}_model.json")
            model.save_model(path)
            log_model(self._run, path)
        return model

    def _define_once(self, key: str, name: str) -> None:
        if self._define and key not in self._defined:
            self._defined.add(key)
            rising = any(part in name for part in ("auc", "acc", "map", "ndcg", "pre"))
            self._run.define_metric(key, summary="max" if rising else "min")


def _number(score: Any) -> float:
    return float(sum(score) / len(score)) if isinstance(score, list) else float(score)
