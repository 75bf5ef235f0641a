"""The file in a run directory from whose name libraries read the run's id."""

from __future__ import annotations

import os
from typing import Any

_NOTE = "Runwell keeps this run's records in journal/. Send them with: runwell sync {}\n"


def lay_out(run: Any) -> None:
    """Put ``run-<id>.wandb`` beside the run's files; a directory that can't be written has none."""
    if run.disabled:
        return
    path = os.path.join(run.sync_dir, f"run-{os.path.basename(run.id)}.wandb")
    if os.path.exists(path):
        return
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(_NOTE.format(run.sync_dir))
    except OSError:
        pass  # no row depends on it
