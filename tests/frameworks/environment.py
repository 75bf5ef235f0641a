"""Where the frameworks live: a virtual environment outside the repository, and one that lays a client over it.

Frameworks weigh gigabytes and change seldom; the client under test weighs little. So ``base`` holds the frameworks
alone, and ``official`` (or ``ours``) holds a client and sees the packages of ``base`` through a ``.pth`` file. Some
libraries want older packages than the others run with: they are in ``pictures``, which is laid over ``base`` by
``PYTHONPATH``, for their own trainings alone.

Usage: python -m tests.frameworks.environment    makes what is missing, and says where it is

Environment variables:
    RUNWELL_FRAMEWORKS_CLIENT   which client trains: ``official`` (default), or ``ours`` under the name ``wandb``
    RUNWELL_COMPATIBILITY_CACHE where the environments are; default: ``runwell/compatibility`` in the user's caches
    RUNWELL_FRAMEWORKS_PYTHON   an interpreter that has frameworks and client already: nothing is made

On Linux PyPI's torch brings CUDA along (4 GB more): set PIP_EXTRA_INDEX_URL to PyTorch's index of CPU builds.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
PICTURES = Path(__file__).with_name("requirements_pictures.txt")
CLIENTS = {
    # The one version that the other protocol tests are pinned to.
    "official": lambda: [f"wandb=={metadata.version('wandb')}"],
    "ours": lambda: ["-e", str(ROOT), "-e", str(ROOT / "packages/wandb-shim")],
    "runwell": lambda: ["-e", f"{ROOT}[media]"],  # for our own integrations, under our own name
}


def client() -> str:
    """Name the client that trains."""
    name = os.environ.get("RUNWELL_FRAMEWORKS_CLIENT") or "official"
    assert name in CLIENTS, f"RUNWELL_FRAMEWORKS_CLIENT is {name!r}; known: {', '.join(CLIENTS)}"
    return name


def folder() -> Path:
    """Give the folder that holds the environments."""
    if own := os.environ.get("RUNWELL_COMPATIBILITY_CACHE"):
        return Path(own) / "frameworks"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "runwell" / "compatibility" / "frameworks"


def interpreter(name: str = "") -> Path:
    """Give the interpreter that sees the frameworks and a client (default: the one that trains)."""
    if chosen := os.environ.get("RUNWELL_FRAMEWORKS_PYTHON"):
        return Path(chosen)
    return folder() / (name or client()) / "bin" / "python"


def is_ready(name: str = "") -> bool:
    """Tell whether the interpreter is there with what today's requirements ask for."""
    if os.environ.get("RUNWELL_FRAMEWORKS_PYTHON"):
        return True
    wanted = ("base", name or client())
    return all(_stamp(one).exists() and _stamp(one).read_text() == _digest(one) for one in wanted)


def pictures() -> Path:
    """Give the folder of packages that trainings with pictures have in front of the others, as ``PYTHONPATH``."""
    return _site_packages(folder() / "pictures")


def has_pictures() -> bool:
    """Tell whether those packages are there, as today's requirements ask."""
    return _stamp("pictures").exists() and _stamp("pictures").read_text() == _digest("pictures")


def prepare_pictures() -> None:
    """Install those packages, if they are missing or out of date, with a torch of their own: torchvision's.

    Raises:
        subprocess.CalledProcessError: pip could not install them; its words are on the terminal.
    """
    _make("pictures", ["-r", str(PICTURES)])


def prepare(name: str = "") -> Path:
    """Make the environments that are missing or out of date; give the interpreter.

    Raises:
        subprocess.CalledProcessError: pip could not install them; its words are on the terminal.
    """
    if not os.environ.get("RUNWELL_FRAMEWORKS_PYTHON"):
        _make("base", ["-r", str(REQUIREMENTS)])
        _see_base(name or client())
        _make(name or client(), CLIENTS[name or client()]())
    return interpreter(name)


@cache
def versions() -> dict[str, str]:
    """Give the version of every package that trainings see, by normalised name; of two, the interpreter's own."""
    script = (
        "import json, re; from importlib import metadata; "
        "print(json.dumps({re.sub('[-_.]+', '-', d.name).lower(): d.version for d in metadata.distributions()}))"
    )
    seen = {"PYTHONPATH": str(pictures())} if has_pictures() else {}
    both = [
        json.loads(subprocess.run([interpreter(), "-c", script], check=True, capture_output=True, env=env).stdout)
        for env in ({**os.environ, **seen}, os.environ)
    ]
    return both[0] | both[1]


def python_version() -> str:
    """Give the interpreter's version as ``3.11.2``."""
    script = "import platform; print(platform.python_version())"
    return subprocess.run([interpreter(), "-c", script], check=True, capture_output=True, text=True).stdout.strip()


def _make(name: str, wanted: list[str]) -> None:
    if _stamp(name).exists() and _stamp(name).read_text() == _digest(name):
        return
    place = _environment(name)
    print(f"frameworks: installing {name} into {place}", flush=True)
    pip = [
        str(place / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--progress-bar",
        "off",
    ]
    subprocess.run([*pip, "-q", *wanted], check=True, stderr=sys.stdout)
    _stamp(name).write_text(_digest(name))


def _see_base(name: str) -> None:
    overlay = _site_packages(_environment(name))
    overlay.mkdir(parents=True, exist_ok=True)
    (overlay / "frameworks.pth").write_text(f"{_site_packages(folder() / 'base')}\n")


def _environment(name: str) -> Path:
    place = folder() / name
    if not (place / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    return place


def _site_packages(place: Path) -> Path:
    return place / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"


def _stamp(name: str) -> Path:
    return folder() / name / ".installed"


def _digest(name: str) -> str:
    listed = {"base": REQUIREMENTS, "pictures": PICTURES}
    wanted = listed[name].read_text() if name in listed else "\n".join(CLIENTS[name]())
    return hashlib.sha256(f"{sys.version_info[:2]}\n{wanted}".encode()).hexdigest()


if __name__ == "__main__":
    print(f"frameworks: {prepare()}")
    print(f"frameworks: {prepare('runwell')}")
    prepare_pictures()
    print(f"frameworks: {pictures()}")
