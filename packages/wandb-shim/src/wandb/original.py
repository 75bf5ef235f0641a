"""Refuses to be imported where files of the client of Weights & Biases lie in the same folder or environment."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

OURS = "+runwell"
# What the client's releases have and this package never will.
THEIRS = ("bin/wandb-core", "proto", "sdk/internal", "vendor")


def refuse_beside_original(folder: Path, path: list[str] | None = None) -> str:
    """Give this package's version.

    Args:
        folder: of this package's modules.
        path: where distributions are looked for; default ``sys.path``.

    Raises:
        ImportError: the client is there, whole or in part.
    """
    found = list(metadata.distributions(**({} if path is None else {"path": path})))
    versions = {one.version for one in found if re.sub(r"[-_.]+", "-", one.metadata["Name"] or "").lower() == "wandb"}
    foreign = sorted(version for version in versions if OURS not in version)
    files = [name for name in THEIRS if (folder / name).exists()]
    if foreign or files:
        what = f"wandb {foreign[0]}" if foreign else f"files of it ({', '.join(files)})"
        raise ImportError(
            f"Runwell's package named wandb and the client of Weights & Biases are both installed: {what} beside "
            f"{folder}. Which of them is imported would be chance. Run `pip uninstall wandb` until nothing is left, "
            "then install the one that you want"
        )
    return min(versions, default=f"0{OURS}")
