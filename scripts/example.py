"""Runs an example, with what it needs: `make example NAME=lightning`. Without a name it lists them: `make examples`.

Usage: example.py [NAME [ARGUMENT…]]

Runs on a bare Python (standard library only). What an example needs stands in its head (PEP 723: `uv run
examples/with_lightning.py` works as well) and is installed into one environment that all examples share, in the user's
cache; several of them need torch, which weighs gigabytes. Where no server answers, the run is recorded offline.

Environment variables:
    RUNWELL_EXAMPLES    where the environment is; default: `runwell/examples` in the user's caches
    RUNWELL_BASE_URL    the server; default http://127.0.0.1:8080
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import progress

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
WORK = ROOT / ".runwell-examples"  # what examples leave: their runs, checkpoints, videos
DEFAULT_SERVER = "http://127.0.0.1:8080"
ANSWERS_WITHIN_S = 2.0
_HEAD = re.compile(r"(?m)^# /// script$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
_DEPENDENCIES = re.compile(r"(?m)^dependencies = (\[.*\])$")


def main(arguments: list[str]) -> int:
    if not arguments:
        return say_all()
    name, *more = arguments
    script = path_of(name)
    if not script.is_file():
        progress.say(f"There is no example {name!r}; `make examples` lists them.")
        return 2
    try:
        python = prepare(script)
    except progress.CommandFailed as error:
        progress.say(f"Stopped: {error} failed.")
        return 1
    except KeyboardInterrupt:
        progress.say("\nStopped.")
        return 130
    return train(name, script, python, more)


def names() -> list[str]:
    """Give the names of the examples that are about a library."""
    return sorted(path.stem.removeprefix("with_") for path in EXAMPLES.glob("with_*.py"))


def path_of(name: str) -> Path:
    """Give an example's script: ``with_<name>.py``, since a script named as its library would be imported for it."""
    return EXAMPLES / f"with_{name.replace('-', '_')}.py"


def needs(script: Path) -> list[str]:
    """Give what the head of a script says that it needs; Runwell itself, which isn't fetched, is left out.

    Raises:
        ValueError: it has no head.
    """
    head = _HEAD.search(script.read_text(encoding="utf-8"))
    listed = _DEPENDENCIES.search(re.sub(r"(?m)^# ?", "", head["content"])) if head else None
    if listed is None:
        raise ValueError(f"{script.name} has no `# /// script` block with dependencies (PEP 723)")
    return [one for one in ast.literal_eval(listed[1]) if re.split(r"[\[<>=!~ ]", one)[0] != "runwell"]


def about(script: Path) -> str:
    """Give the first line of a script's docstring."""
    return (ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def say_all() -> int:
    """List the examples."""
    width = max(len(name) for name in names())
    for name in names():
        progress.say(f"  make example NAME={name:<{width}}  {about(path_of(name))}")
    return 0


def prepare(script: Path) -> Path:
    """Make the environment and install what is missing in it; give its interpreter.

    Raises:
        CommandFailed: pip could not; its words were printed.
    """
    place = environment()
    python = place / "bin" / "python"
    if not python.exists():
        progress.run("Virtual environment of the examples", [sys.executable, "-m", "venv", str(place)])
    ours = f"{ROOT}\n{(ROOT / 'pyproject.toml').read_text(encoding='utf-8')}"
    install(place, "Runwell", ["-e", f"{ROOT}[media]"], ours)
    install(place, script.stem, needs(script), "\n".join(needs(script)))
    return python


def install(place: Path, what: str, wanted: list[str], state: str) -> None:
    """Install packages, unless they were in this state already.

    Raises:
        CommandFailed: pip could not.
    """
    digest = hashlib.sha256(state.encode()).hexdigest()
    stamp = place / f".installed-{what}"
    if stamp.exists() and stamp.read_text() == digest:
        return
    pip = [str(place / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    title = "Runwell" if what == "Runwell" else f"Packages: {', '.join(wanted)}"
    progress.run(title, [*pip, "--progress-bar", "off", *wanted])
    stamp.write_text(digest)


def environment() -> Path:
    """Give the folder of the environment that all examples share."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = Path(os.environ.get("RUNWELL_EXAMPLES") or caches / "runwell" / "examples")
    return place / f"python{sys.version_info[0]}.{sys.version_info[1]}"


def train(name: str, script: Path, python: Path, arguments: list[str]) -> int:
    """Run a script in a folder of its own, with the server or, where none answers, offline; give its exit code."""
    folder = WORK / name
    folder.mkdir(parents=True, exist_ok=True)
    server = os.environ.get("RUNWELL_BASE_URL") or DEFAULT_SERVER
    online = answers(server)
    # These models are tiny: several threads would wait for one another, on a busy machine for minutes.
    env = {"OMP_NUM_THREADS": "1", **os.environ}
    if not online:
        env["RUNWELL_MODE"] = "offline"
        progress.say(f"  … no server answers at {server}: recorded offline")
    started = time.monotonic()
    code = subprocess.run([str(python), str(script), *arguments], cwd=folder, env=env, check=False).returncode
    progress.say(f"  {'✓' if code == 0 else '✗'} {name} in {time.monotonic() - started:.0f} s")
    if not online:
        runs = folder.relative_to(ROOT) / "runwell"
        progress.say(f"To see it: `make demo` or `runwell server`, then {python.with_name('runwell')} sync {runs}")
    return code


def answers(server: str) -> bool:
    """Tell whether a Runwell server answers there."""
    try:
        with urllib.request.urlopen(f"{server.rstrip('/')}/ready", timeout=ANSWERS_WITHIN_S):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
