"""The official client in several versions, each in a virtual environment of its own, made once and kept.

They lie in the user's cache directory (or where ``RUNWELL_COMPATIBILITY_CACHE`` says), never in the repository and
never in the environment that the project itself is developed in.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.serving import ServerProcess, clean_environment

# Newest first: the pinned one, the newest of earlier minor versions, and the oldest that are still met with.
VERSIONS = ("0.31.0", "0.28.2", "0.25.1", "0.22.3", "0.19.11", "0.16.6", "0.15.12")
# What images need, and what the requirements of old versions don't say: they were made before numpy 2, before Pillow
# refused pixels in the form that they ask for, and while Python came with setuptools.
BESIDE = {"0.15": ("numpy<2", "pillow<11", "setuptools<81"), "0.16": ("numpy<2", "pillow<11", "setuptools<81")}
BESIDE |= {"0.19": ("numpy", "pillow<11"), "0.22": ("numpy", "pillow<11")}
BESIDE_OTHERS = ("numpy", "pillow")
MAKE_WITHIN_S = 600.0


def cache_folder() -> Path:
    """Give the folder that the environments lie in."""
    own = os.environ.get("RUNWELL_COMPATIBILITY_CACHE")
    if own:
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "runwell" / "compatibility"


@dataclass(frozen=True)
class OfficialClient:
    """One version, installed.

    Attributes:
        version: as on PyPI.
        folder: its virtual environment.
    """

    version: str
    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def command(self) -> Path:
        """Its command line, ``wandb``."""
        return self.folder / "bin" / "wandb"

    @property
    def project(self) -> str:
        """The project that its runs go to."""
        return "client-" + self.version.replace(".", "-")

    def environment(self, server: ServerProcess, home: Path, **more: str) -> dict[str, str]:
        """Give what it needs to find a server: an address and a key; the rest keeps its files in ``home``."""
        (home / "config").mkdir(parents=True, exist_ok=True)  # clients before 0.19 write into it, not make it
        return clean_environment(
            HOME=str(home),
            WANDB_BASE_URL=server.url,
            WANDB_API_KEY=server.key,
            WANDB_DIR=str(home),
            WANDB_CACHE_DIR=str(home / "cache"),
            WANDB_CONFIG_DIR=str(home / "config"),
            WANDB_DATA_DIR=str(home / "data"),
            # A sandbox of the old clients' own making: their crash reports would leave this machine.
            WANDB_ERROR_REPORTING="false",
            COMPATIBILITY_PROJECT=self.project,
            **more,
        )


def installed(version: str) -> OfficialClient:
    """Give a version, installing it first where it isn't there.

    Raises:
        RuntimeError: pip couldn't install it; the message has the end of pip's words.
    """
    needed = [f"wandb=={version}", *BESIDE.get(version.rpartition(".")[0], BESIDE_OTHERS)]
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = cache_folder() / f"wandb-{version}-py{python}"
    stamp = folder / "installed.json"
    client = OfficialClient(version, folder)
    if stamp.exists() and json.loads(stamp.read_text()) == needed:
        return client
    print(f"  installing {' '.join(needed)}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(client.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *needed]
    done = subprocess.run(pip, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=MAKE_WITHIN_S)
    if done.returncode != 0:
        raise RuntimeError(f"wandb {version} can't be installed: {done.stdout[-600:]}")
    stamp.write_text(json.dumps(needed))
    return client
