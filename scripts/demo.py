"""The demo: a server, real models trained live on scikit-learn's digits, and the page to watch them on.

Usage: demo.py [--port N] [--check]
    DEMO_EXIT=1 or --check   end by itself: 0 if every trained run was read back from the server as trained
    --check                  also leave .runwell-demo alone, and train at full speed

Everything stays in .runwell-demo/: the server's data, the run directories, and credentials of its own, so
that no other server's key is touched. Training and server are ordinary processes; nothing here is special
to the demo but the pauses that let one watch, and the ledger that the final comparison reads.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import string
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from demo_comparison import compare
from demo_server import DemoServer

ROOT = Path(__file__).resolve().parent.parent
PROJECT = "digits"
AT_ONCE = 3
START_APART_S = 2.0


@dataclass
class Training:
    """One process that trains one model."""

    title: str
    script: str
    arguments: list[str] = field(default_factory=list)
    ends_with: int = 0  # the exit code that is expected of it
    run_id: str = ""
    ledger: Path = Path()
    process: subprocess.Popen[bytes] | None = None


def trainings(seed: int, pause: float, runs_folder: Path) -> list[Training]:
    """The models of one demo: a small search, two baselines, and two runs that go wrong."""

    def network(
        title: str, hidden: str, lr: float, *more: str, group: str = "width-and-rate", code: int = 0
    ) -> Training:
        arguments = ["--hidden", *hidden.split(), "--lr", str(lr), "--seed", str(seed), "--pause", str(pause)]
        return Training(title, "digits.py", [*arguments, "--group", group, *more], ends_with=code)

    lost_folder = runs_folder / "weights-that-nobody-made"
    return [
        network("64 units", "64", 0.1, "--tags", "baseline", "--notes", "The others are compared with this one."),
        network("128 and 64 units, cosine", "128 64", 0.05, "--tags", "deep"),
        network("128 and 64 units, learning rate far too high", "128 64", 0.4, "--schedule", "constant",
                "--tags", "deep", "unstable", "--notes", "Watch **train/loss** leave for infinity.", group="limits"),
        network("256 units, small batches", "256", 0.02, "--batch-size", "32", "--epochs", "20"),
        Training("a linear baseline in ten lines", "ten_lines.py"),
        network("a run that fails: its folder for weights doesn't exist", "32", 0.1, "--save-to", str(lost_folder),
                "--tags", "broken", group="limits", code=1),
        network("no hidden layer", "", 0.5, "--tags", "baseline"),
        network("32 units, no momentum", "32", 0.3, "--momentum", "0", "--schedule", "constant"),
    ]  # fmt: skip


class Demo:
    """One call of `make demo`."""

    def __init__(self, folder: Path, port: int | None, check: bool, pause: float) -> None:
        self.folder = folder
        self.check = check
        self.pause = pause
        self.server = DemoServer(folder, port)
        self.running: list[Training] = []
        self.trained: list[Training] = []

    def run(self) -> int:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        say(f"Starting the server; its data is in {shown(self.folder)}")
        self.server.start()
        try:
            say(f"  ✓ {self.server.how_it_started}")
            self.train()
            if self.check:
                return self.compare()
            self.serve()
        finally:
            self.stop_trainings()
            self.server.stop()
        return 0

    def train(self) -> None:
        waiting = trainings(self._count_up(), self.pause, self.folder)
        total = len(waiting)
        say(f"\nTraining {total} models, {AT_ONCE} at a time, each in a process of its own")
        shown_link = False
        started_at = said_at = 0.0
        while waiting or self.running:
            now = time.monotonic()
            if waiting and len(self.running) < AT_ONCE and now - started_at >= (0 if self.check else START_APART_S):
                self._start(waiting.pop(0))
                started_at = now
            for training in [t for t in self.running if t.process and t.process.poll() is not None]:
                self._ended(training)
            if not shown_link and self.server.has_live_run(PROJECT):
                shown_link = True
                self._show_link("The first run is live. Open this page (the link logs you in, once):")
            if now - said_at > 5 and self.running:
                said_at = now
                rows = sum(count_rows(t.ledger) for t in [*self.trained, *self.running])
                say(f"  … {len(self.trained)} of {total} trained, {len(self.running)} live, {rows:,} rows logged")
            time.sleep(0.1)

    def compare(self) -> int:
        say("\nReading every run back from the server")
        failures = compare(self.server, PROJECT, self.trained)
        say(f"\n{'All' if not failures else 'Not all'} runs came back as they were trained.")
        return 1 if failures else 0

    def serve(self) -> None:
        self._show_link("Everything is trained. The project page (a fresh link, it logs you in once):")
        say("The server keeps serving. Ctrl-C ends it; the runs stay, and `make demo` adds new ones.")
        while self.server.alive():
            time.sleep(0.3)
        say(f"The server ended. Its log: {shown(self.folder / 'server.log')}")

    def _start(self, training: Training) -> None:
        training.run_id = "".join(random.choices(string.ascii_lowercase + string.digits, k=8))
        training.ledger = self.folder / "ledgers" / f"{training.run_id}.jsonl"
        training.ledger.parent.mkdir(exist_ok=True)
        environment = self.server.environment() | {
            "RUNWELL_RUN_ID": training.run_id,
            "RUNWELL_DIR": str(self.folder),
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        with (self.folder / "training.log").open("ab") as log:
            training.process = subprocess.Popen(
                [sys.executable, ROOT / "scripts/demo_run.py", training.ledger, training.script, *training.arguments],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C comes to each of them once, from stop_trainings
            )
        self.running.append(training)
        say(f"  → {training.title}")

    def _ended(self, training: Training) -> None:
        self.running.remove(training)
        self.trained.append(training)
        code = training.process.returncode if training.process else None
        rows = count_rows(training.ledger)
        if code == training.ends_with:
            say(
                f"  ✓ {training.title}: {rows:,} rows" + ("" if code == 0 else f", ended with code {code} as it was to")
            )
        else:
            say(f"  ✗ {training.title}: ended with code {code}; see {shown(self.folder / 'training.log')}")

    def _count_up(self) -> int:
        """Count the calls, so that each trains with another seed."""
        file = self.folder / "calls"
        count = int(file.read_text()) if file.exists() else 0
        file.write_text(str(count + 1))
        return count

    def _show_link(self, text: str) -> None:
        say(f"\n{text}\n\n    {self.server.login_link(PROJECT)}\n")

    def stop_trainings(self) -> None:
        """End what still trains, and give each the time to say so to the server."""
        for training in self.running:
            if training.process and training.process.poll() is None:
                training.process.send_signal(signal.SIGINT)
        for training in self.running:
            if training.process:
                try:
                    training.process.wait(10)
                except subprocess.TimeoutExpired:
                    training.process.kill()


def say(text: str) -> None:
    print(text, flush=True)


def shown(path: Path) -> str:
    """Write a path as a person in this folder would."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def count_rows(ledger: Path) -> int:
    """Count the rows in a ledger; its first line is none."""
    try:
        return max(0, ledger.read_bytes().count(b"\n") - 1)
    except OSError:
        return 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Train real models live in front of a server of their own.")
    parser.add_argument("--port", type=int, help="the port to serve on (default: 8080, or a free one)")
    parser.add_argument("--check", action="store_true", help="train fast in a temporary folder, compare, end")
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs start with it ignored
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    ends = arguments.check or os.environ.get("DEMO_EXIT", "") not in ("", "0")
    folder = Path(tempfile.mkdtemp(prefix="runwell-demo-")) if arguments.check else ROOT / ".runwell-demo"
    try:
        return Demo(folder, arguments.port, ends, 0.0 if arguments.check else 0.03).run()
    except KeyboardInterrupt:
        say(f"\nStopped. The runs are kept in {shown(folder)}; `make demo` goes on from there.")
        return 0
    finally:
        if arguments.check:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
