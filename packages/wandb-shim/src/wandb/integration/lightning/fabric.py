"""Lightning's logger, for Fabric too: Runwell's, with the arguments of the one that users know by this name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from runwell.integrations.lightning import Logger


class WandbLogger(Logger):
    """Logs what it is given; see ``runwell.integrations.lightning.Logger``.

    Args:
        version: another name of ``id``.
        dir: another name of ``save_dir``.
        anonymous, checkpoint_name: without effect.
    """

    def __init__(
        self,
        name: str | None = None,
        save_dir: str | Path = ".",
        version: str | None = None,
        offline: bool = False,
        dir: str | Path | None = None,  # noqa: A002
        id: str | None = None,  # noqa: A002
        anonymous: bool | None = None,
        project: str | None = None,
        log_model: bool | str = False,
        experiment: Any = None,
        prefix: str = "",
        checkpoint_name: str | None = None,
        **options: Any,
    ) -> None:
        project = project or os.environ.get("WANDB_PROJECT") or "lightning_fabric"
        super().__init__(
            name, dir or save_dir, offline, id or version, project, log_model, prefix, experiment, **options
        )

    @staticmethod
    def download_artifact(
        artifact: str, save_dir: str | Path | None = None, artifact_type: str | None = None, use_artifact: bool = True
    ) -> str:
        """Fetch a version; gives the directory of its files."""
        import wandb

        if wandb.run is not None and use_artifact:
            found = wandb.run.use_artifact(artifact)
        else:
            found = wandb.Api().artifact(artifact, type=artifact_type)
        return str(found.download(root=None if save_dir is None else str(save_dir)))

    def use_artifact(self, artifact: str, artifact_type: str | None = None) -> Any:
        """Say that the run reads a version, and give it."""
        return self.experiment.use_artifact(artifact, type=artifact_type)


__all__ = ["WandbLogger"]
