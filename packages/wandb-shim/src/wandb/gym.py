"""The older place of ``wandb.integration.gym``."""

from __future__ import annotations

from wandb.integration.gym import *  # noqa: F403
