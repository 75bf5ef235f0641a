"""Training scripts as real processes, and what their journals hold afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from runwell.wire.journal import Scan, scan

# Trainers whose companion is of no interest don't start one: it would cost each of hundreds 0.3 s of CPU.
ALONE = "import runwell.sdk.companion_start as _c\n_c.start = lambda *_: False\n"
LOOPS = int(os.environ.get("RUNWELL_LOOPS", "20"))


class Trainer:
    """A script in a directory of its own.

    Args:
        place: its current directory, with the script in it.
        code: the script.
        alone: start no companion.
        environment: further variables.
    """

    def __init__(
        self, place: Path, code: str, *, alone: bool = True, environment: dict[str, str] | None = None
    ) -> None:
        self.place = place
        place.mkdir(parents=True, exist_ok=True)
        self.script = place / "train.py"
        self.script.write_text((ALONE if alone else "") + code)
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("RUNWELL_", "WANDB_"))},
            "RUNWELL_MODE": "offline",
            "RUNWELL_CONFIG_DIR": str(place / "user"),
            "PYTHONFAULTHANDLER": "",
            **(environment or {}),
        }

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start it; stdout and stderr are pipes."""
        return subprocess.Popen(
            [sys.executable, str(self.script), *arguments],
            cwd=self.place,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run(self, *arguments: str, timeout_s: float = 60.0, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        process = self.start(*arguments, **options)
        try:
            out, err = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"the trainer hung; it said:\n{out}\n{err}") from None
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    @property
    def run_dir(self) -> Path:
        """The newest run directory."""
        return (self.place / "runwell/latest-run").resolve()

    def journals(self) -> dict[str, Scan]:
        """Read every journal that the script and its children wrote in the newest run."""
        paths = sorted((self.run_dir / "journal").glob("*.jsonl"))
        return {path.name: scan(path.read_bytes()) for path in paths if not path.name.startswith("console-")}

    def main(self) -> Scan:
        """Read the main journal of the newest run."""
        return self.journals()["main.jsonl"]

    def exit_record(self) -> dict[str, Any] | None:
        """Give the exit record of the newest run."""
        found = [e.payload for e in self.main().entries if e.kind == "exit"]
        assert len(found) <= 1
        return found[0] if found else None


def next_line(process: subprocess.Popen[str], within_s: float = 30.0) -> str:
    """Give the next line that a trainer prints; one that prints none ends, and says where it stood.

    Raises:
        AssertionError: no line came in time; the message has the script's stacks, if it could still give them.
    """
    assert process.stdout is not None
    late = threading.Timer(within_s, process.send_signal, [signal.SIGABRT])
    late.start()
    try:
        line = process.stdout.readline()
    finally:
        late.cancel()
    if line:
        return line
    try:
        _, err = process.communicate(timeout=10.0)
    except subprocess.TimeoutExpired:
        process.kill()
        _, err = process.communicate()
    raise AssertionError(f"the trainer said nothing for {within_s} s, or ended ({process.returncode}):\n{err}")


def rows(found: Scan) -> list[dict[str, Any]]:
    """Give the history rows of a journal."""
    return [entry.payload for entry in found.entries if entry.kind == "row"]
