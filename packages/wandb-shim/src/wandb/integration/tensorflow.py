"""TensorBoard's rows, for scripts of TensorFlow: Runwell's."""

from __future__ import annotations

from wandb.integration.tensorboard import log as log
from wandb.integration.tensorboard import patch as patch

__all__ = ["log", "patch"]
