"""Ids of runs."""

from __future__ import annotations

from wandb.util import generate_id as generate_id
