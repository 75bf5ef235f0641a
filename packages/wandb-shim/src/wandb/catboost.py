"""The older place of ``wandb.integration.catboost``."""

from __future__ import annotations

from wandb.integration.catboost import *  # noqa: F403
