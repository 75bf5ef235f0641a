"""The older place of ``wandb.integration.xgboost``."""

from __future__ import annotations

from wandb.integration.xgboost import *  # noqa: F403
