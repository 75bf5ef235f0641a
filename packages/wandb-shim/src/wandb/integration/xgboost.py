"""XGBoost's callback: Runwell's, with the model as an artifact."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from runwell.integrations.current_run import demand_run
from runwell.integrations.xgboost import Callback
from wandb.integration.kept_model import log_model


class WandbCallback(Callback):
    """Logs a training to the current run; see ``runwell.integrations.xgboost.Callback``."""

    def __init__(
        self,
        log_model: bool = False,
        log_feature_importance: bool = True,
        importance_type: str = "gain",
        define_metric: bool = True,
    ) -> None:
        super().__init__(False, log_feature_importance, importance_type, define_metric)
        self._as_artifact = log_model

    def after_training(self, model: Any) -> Any:
        """Log importance, best round and, if asked, the model."""
        model = super().after_training(model)
        if self._as_artifact:
            path = Path(self._run.dir) / f"{self._run.id}_model.json"
            model.save_model(str(path))
            log_model(self._run, path, path.name)
        return model


def wandb_callback() -> Callable[[Any], None]:
    """Make a callback for XGBoost before 1.3."""

    def callback(env: Any) -> None:
        demand_run().log(dict(env.evaluation_result_list))

    return callback


__all__ = ["WandbCallback", "wandb_callback"]
