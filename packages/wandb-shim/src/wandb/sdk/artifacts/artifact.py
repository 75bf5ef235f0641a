"""``Artifact``: Runwell's."""

from __future__ import annotations

from wandb.artifact import Artifact as Artifact
