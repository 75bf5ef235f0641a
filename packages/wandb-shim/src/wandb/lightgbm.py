"""The older place of ``wandb.integration.lightgbm``."""

from __future__ import annotations

from wandb.integration.lightgbm import *  # noqa: F403
