"""TensorBoard's rows, for scripts of TensorFlow."""

from __future__ import annotations

from wandb.integration.tensorboard import log as log
from wandb.integration.tensorboard import patch as patch
