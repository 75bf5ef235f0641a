"""Where runs are kept."""

from __future__ import annotations

import os


def wandb_dir(root_dir: str | None = None) -> str:
    """Give the directory of the runs."""
    return os.path.join(root_dir or os.environ.get("WANDB_DIR") or ".", "wandb")
