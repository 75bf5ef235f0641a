"""How large a recorder is on disk once installed, with everything that it needs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent.parent


def installed_bytes(distribution: str) -> int:
    """Sum the installed files of a distribution and of what it requires, without extras, each once."""
    return sum(_own_bytes(name) for name in _closure(distribution))


def _closure(distribution: str) -> set[str]:
    seen: set[str] = set()
    waiting = [(distribution, frozenset[str]())]
    while waiting:
        name, extras = waiting.pop()
        found = metadata.distribution(name)
        seen.add(_normal(found.metadata["Name"]))
        for text in found.requires or ():
            needed = Requirement(text)
            wanted = [{"extra": extra} for extra in extras] or [{"extra": ""}]
            if needed.marker and not any(needed.marker.evaluate(environment) for environment in wanted):
                continue
            if _normal(needed.name) not in seen or needed.extras:
                waiting.append((needed.name, frozenset(needed.extras)))
                if _normal(needed.name) in seen:
                    waiting.pop()
    return seen


def _own_bytes(name: str) -> int:
    if name == "runwell":
        return _wheel_bytes()
    files = metadata.distribution(name).files or ()
    paths = {Path(str(file.locate())) for file in files}
    return sum(path.stat().st_size for path in paths if path.is_file())


def _wheel_bytes() -> int:
    """Install our own wheel by itself, because a development install is only a pointer to this checkout."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, str(ROOT)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
