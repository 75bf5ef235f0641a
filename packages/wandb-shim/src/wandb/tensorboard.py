"""The older place of ``wandb.integration.tensorboard``."""

from __future__ import annotations

from wandb.integration.tensorboard import log as log
from wandb.integration.tensorboard import patch as patch
from wandb.integration.tensorboard import unpatch as unpatch
