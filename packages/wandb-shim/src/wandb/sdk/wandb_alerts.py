"""``AlertLevel``."""

from __future__ import annotations

from wandb.alert_level import AlertLevel as AlertLevel
