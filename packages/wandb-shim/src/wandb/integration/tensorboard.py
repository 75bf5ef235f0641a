"""TensorBoard's scalars, histograms, pictures and texts as rows: Runwell's."""

from __future__ import annotations

from typing import Any

from runwell.integrations.tensorboard import log as log
from runwell.integrations.tensorboard import sync, unpatch


def patch(
    save: bool = True, tensorboard_x: bool | None = None, pytorch: bool | None = None, root_logdir: str = "", **_: Any
) -> None:
    """Log from now on what TensorBoard's writers write; see ``runwell.integrations.tensorboard.sync``."""
    sync(root_logdir=root_logdir, keep_files=save)


__all__ = ["log", "patch", "unpatch"]
