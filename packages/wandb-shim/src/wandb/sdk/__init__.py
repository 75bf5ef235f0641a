"""Deeper names that libraries import."""

from __future__ import annotations

from wandb.sdk import lib as lib
from wandb.sdk import wandb_run as wandb_run
from wandb.sdk import wandb_settings as wandb_settings
