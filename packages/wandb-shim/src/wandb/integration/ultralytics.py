"""Ultralytics: Runwell's callbacks, under the name that users call."""

from __future__ import annotations

from typing import Any

from runwell.integrations.ultralytics import add_callbacks


def add_wandb_callback(model: Any, **_: Any) -> Any:
    """Let a model log its trainings; see ``runwell.integrations.ultralytics.add_callbacks``."""
    return add_callbacks(model)


__all__ = ["add_wandb_callback"]
