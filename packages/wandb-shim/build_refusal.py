"""Stops the installation where the client of Weights & Biases is installed: pip would remove it without asking."""

from __future__ import annotations

import re
import sysconfig
from importlib import metadata
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Refusal(BuildHookInterface):
    """Looks at the environment of the interpreter that builds, which for ``pip install`` is where it installs to."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raise where a distribution named wandb is there that isn't this one."""
        paths = sysconfig.get_paths()
        for found in metadata.distributions(path=[paths["purelib"], paths["platlib"]]):
            name = re.sub(r"[-_.]+", "-", found.metadata["Name"] or "").lower()
            if name == "wandb" and "+runwell" not in found.version:
                raise RuntimeError(
                    f"wandb {found.version}, the client of Weights & Biases, is installed in {paths['purelib']}. "
                    "Runwell's package of that name doesn't replace it: first run `pip uninstall wandb`, or use "
                    "another environment. (The client itself also works with a Runwell server.)"
                )
