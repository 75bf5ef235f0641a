"""What this package says when it is first imported: that it is Runwell."""

from __future__ import annotations

import os
import sys
import time

STARTED = time.time()
_SAID = "_RUNWELL_WANDB_SAID"  # in the environment, so that workers and child processes don't say it again
_TRUE = ("1", "true", "yes", "on")


def greet(version: str) -> None:
    """Say once what this is, in no script that wants silence."""
    silent = os.environ.get("RUNWELL_SILENT", os.environ.get("WANDB_SILENT", "")).strip().lower() in _TRUE
    if silent or os.environ.get(_SAID):
        return
    os.environ[_SAID] = "1"
    print(
        f"wandb: this is Runwell under the name wandb ({version}), not the client of Weights & Biases; "
        "`pip uninstall wandb` takes it away",
        file=sys.stderr,
    )
