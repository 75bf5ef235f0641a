"""LightGBM's callback: Runwell's, with the model as an artifact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runwell.integrations.current_run import demand_run
from runwell.integrations.lightgbm import callback as wandb_callback
from runwell.integrations.lightgbm import log_summary as summarise
from wandb.integration.kept_model import log_model


def log_summary(model: Any, feature_importance: bool = True, save_model_checkpoint: bool = False) -> None:
    """Log a trained booster; see ``runwell.integrations.lightgbm.log_summary``."""
    summarise(model, feature_importance)
    if save_model_checkpoint:
        run = demand_run()
        path = Path(run.dir) / f"model_ckpt_{model.best_iteration}.txt"
        model.save_model(str(path), num_iteration=model.best_iteration)
        log_model(run, path, f"model_{run.id}", ["best"])


__all__ = ["log_summary", "wandb_callback"]
