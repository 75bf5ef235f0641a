"""The older place of ``wandb.integration.keras``."""

from __future__ import annotations

from wandb.integration.keras import *  # noqa: F403
