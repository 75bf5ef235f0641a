"""A model's file as a version of an artifact, as libraries' users expect it under this name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def log_model(run: Any, path: str | Path, name: str, aliases: Sequence[str] = ()) -> None:
    """Log a file, or every file of a folder, as an artifact of type ``model``."""
    from wandb.artifact import Artifact
    from wandb.util import make_artifact_name_safe

    artifact = Artifact(make_artifact_name_safe(name), type="model")
    if Path(path).is_dir():
        artifact.add_dir(str(path))
    else:
        artifact.add_file(str(path))
    run.log_artifact(artifact, aliases=list(aliases) or None)
