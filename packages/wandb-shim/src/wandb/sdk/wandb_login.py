"""``login``."""

from __future__ import annotations

from wandb.calls import login as login
