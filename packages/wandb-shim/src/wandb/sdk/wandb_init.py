"""``init``."""

from __future__ import annotations

from wandb.calls import init as init
