"""CatBoost's callback: Runwell's, with the model as an artifact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runwell.integrations.catboost import Callback
from runwell.integrations.catboost import log_summary as summarise
from runwell.integrations.current_run import demand_run
from wandb.integration.kept_model import log_model


class WandbCallback(Callback):
    """Logs a training to the current run; see ``runwell.integrations.catboost.Callback``."""


def log_summary(
    model: Any, log_all_params: bool = True, save_model_checkpoint: bool = False, log_feature_importance: bool = True
) -> None:
    """Log a trained model; see ``runwell.integrations.catboost.log_summary``."""
    summarise(model, log_all_params, False, log_feature_importance)
    if save_model_checkpoint:
        run = demand_run()
        path = Path(run.dir) / "model"
        model.save_model(str(path))
        log_model(run, path, f"model_{run.id}", ["best" if model.get_all_params().get("use_best_model") else "last"])


__all__ = ["WandbCallback", "log_summary"]
