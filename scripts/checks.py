"""Runs the checks and tests of the project and ends with a summary that tells what failed.

Usage: checks.py all | fast | faults

Every check runs even if one before it failed, so that one call tells everything. Checks run three at a
time, those that want the machine for themselves alone; only the output of a failed one is shown whole.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import prepare

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv/bin"
LONG_LOOPS = "500"  # what F1, F2 and F13 ask for; `make test` takes the tests' own, shorter default


LANES = 3  # on two cores: tests that wait for a client's retries or a server's start leave half a core free
SAY_EVERY_S = 15.0
PYTEST_CLOSING = re.compile(r"\b\d+ (passed|failed|error)")


@dataclass
class Check:
    """One check: a command, and what became of it."""

    name: str
    command: Sequence[str]
    cwd: Path = ROOT
    env: dict[str, str] = field(default_factory=dict)
    alone: bool = False
    missing: str = ""  # why it can't run, as a sentence
    code: int | None = None
    took_s: float = 0.0
    closing: str = ""  # pytest's last line


def tool(name: str, *arguments: str) -> list[str]:
    return [str(BIN / name), *arguments]


def pytest(*arguments: str) -> list[str]:
    return tool("python", "-m", "pytest", "-p", "no:cacheprovider", *arguments)


def static_checks(env: dict[str, str]) -> list[Check]:
    npm = shutil.which("npm", path=env["PATH"]) or "npm"
    ui = ROOT / "ui"
    return [
        Check("types: pyright", tool("pyright")),
        Check("UI: types", [npm, "run", "--silent", "typecheck"], cwd=ui, env=env),
        Check("lint: ruff", tool("ruff", "check", ".")),
        Check("UI: lint", [npm, "run", "--silent", "lint"], cwd=ui, env=env),
        Check("form: ruff format", tool("ruff", "format", "--check", ".")),
        Check("import layers", tool("lint-imports")),
        Check("UI: unit tests", [npm, "run", "--silent", "test"], cwd=ui, env=env),
    ]


def tests() -> list[Check]:
    """Give the tests, the longest first, so that the lanes end together."""
    browser = prepare.find_browser()
    return [
        Check(
            "browser",
            pytest("tests/e2e"),
            missing="" if browser else "install Chromium (Debian, Ubuntu: sudo apt-get install chromium)",
        ),
        Check("faults: trainer, sync, server", pytest("tests/faults", "-m", "not slow")),
        Check("the official client's protocol", pytest("tests/protocol", "-m", "not alone")),
        Check("unit tests", pytest("tests/unit")),
        Check("store contracts", pytest("tests/contract")),
        Check("security", pytest("tests/security")),
        Check("wheel with the UI inside", tool("python", "scripts/wheel_contents.py")),
        Check("what looks at the clock", pytest("tests/protocol", "-m", "alone"), alone=True),
        Check("the demo, start to end", tool("python", "scripts/demo.py", "--check"), alone=True),
    ]


def chosen(what: str, env: dict[str, str]) -> list[Check]:
    if what == "all":
        return tests() + static_checks(env)
    if what == "fast":
        return [*static_checks(env), Check("unit tests", pytest("tests/unit"))]
    loops = {"RUNWELL_LOOPS": LONG_LOOPS, "RUNWELL_SEEDS": "10000"}
    return [Check("faults, long loops", pytest("tests/faults", "--timeout", "7200", "-v"), env=loops, alone=True)]


_printing = threading.Lock()


def run_quietly(check: Check) -> None:
    """Run a check beside others; say every so often that it lives, show its output if it fails."""
    if check.missing:
        print(f"✗ {check.name} can't run: {check.missing}", flush=True)
        check.code = 1
        return
    started = said_at = time.monotonic()
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        process = subprocess.Popen(
            check.command,
            cwd=check.cwd,
            env={**os.environ, **check.env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        while process.poll() is None:
            time.sleep(0.1)
            if time.monotonic() - said_at > SAY_EVERY_S:
                said_at = time.monotonic()
                print(f"… {check.name}: {said_at - started:.0f} s", flush=True)
        output.seek(0)
        lines = output.read().splitlines()
    check.code, check.took_s = process.returncode, time.monotonic() - started
    check.closing = next((line for line in reversed(lines) if PYTEST_CLOSING.search(line)), "")
    with _printing:
        closing = f"  {check.closing}" if check.closing else ""
        print(f"{'✓' if check.code == 0 else '✗'} {check.name} ({check.took_s:.1f} s){closing}", flush=True)
        if check.code != 0:
            print("\n".join(f"    {line}" for line in lines), flush=True)


def run_openly(check: Check) -> None:
    print(f"\n── {check.name}", flush=True)
    if check.missing:
        print(f"✗ can't run: {check.missing}", flush=True)
        check.code = 1
        return
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=check.cwd,
        env={**os.environ, **check.env},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    check.code, check.took_s = done.returncode, time.monotonic() - started


def main(what: str) -> int:
    os.chdir(ROOT)
    # A shell that starts us in the background makes Ctrl-C ignored, and every child would inherit that: tests that send
    # it would wait for ever.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    env = prepare.node_env() if what != "faults" else {}
    if what != "faults":
        prepare.install_node_modules()
    checks = chosen(what, env)
    started = time.monotonic()
    quiet = [check for check in checks if not check.alone]
    with ThreadPoolExecutor(LANES) as pool:
        list(pool.map(run_quietly, quiet))
    for check in checks:
        if check.alone:
            run_openly(check)
    failed = [check for check in checks if check.code != 0]
    print(f"\n── summary, {time.monotonic() - started:.0f} s", flush=True)
    for check in checks:
        note = f"  ({check.missing})" if check.missing else f"  {check.closing}".rstrip()
        print(f"{'✓' if check.code == 0 else '✗'} {check.name:34} {check.took_s:6.1f} s{note}")
    print(f"checks: {len(checks) - len(failed)} passed, {len(failed)} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("all", "fast", "faults"):
        sys.exit("usage: checks.py all | fast | faults")
    try:
        sys.exit(main(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(130)
