"""Names of environment variables, and the few functions that libraries set them with."""

from __future__ import annotations

import os
from typing import Any

PROJECT, ENTITY, MODE, RUN_ID, NAME = "WANDB_PROJECT", "WANDB_ENTITY", "WANDB_MODE", "WANDB_RUN_ID", "WANDB_NAME"
API_KEY, BASE_URL, DIR, SILENT, DISABLED = (
    "WANDB_API_KEY", "WANDB_BASE_URL", "WANDB_DIR", "WANDB_SILENT", "WANDB_DISABLED",
)  # fmt: skip
RUN_GROUP, JOB_TYPE, TAGS, NOTES, RESUME = (
    "WANDB_RUN_GROUP",
    "WANDB_JOB_TYPE",
    "WANDB_TAGS",
    "WANDB_NOTES",
    "WANDB_RESUME",
)
SWEEP_ID, HOST, START_METHOD = "WANDB_SWEEP_ID", "WANDB_HOST", "WANDB_START_METHOD"


def _get(name: str, default: Any, env: Any) -> Any:
    return (os.environ if env is None else env).get(name, default)


def _set(name: str, value: Any, env: Any) -> None:
    (os.environ if env is None else env)[name] = str(value)


def get_project(default: Any = None, env: Any = None) -> Any:
    """Give the project of the environment."""
    return _get(PROJECT, default, env)


def set_project(value: Any, env: Any = None) -> None:
    """Set the project for runs to come."""
    _set(PROJECT, value, env)


def get_entity(default: Any = None, env: Any = None) -> Any:
    """Give the entity of the environment."""
    return _get(ENTITY, default, env)


def set_entity(value: Any, env: Any = None) -> None:
    """Set the entity; Runwell doesn't follow WANDB_ENTITY."""
    _set(ENTITY, value, env)


def get_run(default: Any = None, env: Any = None) -> Any:
    """Give the run id of the environment."""
    return _get(RUN_ID, default, env)


def get_dir(default: Any = None, env: Any = None) -> Any:
    """Give the directory that holds ``wandb/``."""
    return _get(DIR, default, env)


def is_offline(env: Any = None) -> bool:
    """Tell whether runs stay here."""
    return str(_get(MODE, "", env)).lower() in ("offline", "dryrun")
