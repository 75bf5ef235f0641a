"""What it costs a script to print, by how its output is captured: `python -m benchmarks.sdk.console`.

Each script prints 100,000 lines of 60 characters, with what it prints to read at the other end: a pipe, or a
terminal. The captures take turns; figures are medians of the rounds, and their ranges.
"""

from __future__ import annotations

import json
import os
import pty
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROUNDS = 5
CAPTURES = ("off", "wrap", "redirect")
SCRIPT = """
import json, os, resource, sys, time
import runwell
started = time.perf_counter()
run = runwell.init(project="console", mode="offline", settings={"silent": True})
begun = time.perf_counter()
for i in range(100_000):
    print(f"{i:08d} ", "x" * 50)
sys.stdout.flush()
printed = time.perf_counter()
run.finish()
ended = time.perf_counter()
used = resource.getrusage(resource.RUSAGE_SELF)
figures = {"init_ms": (begun - started) * 1e3, "print_s": printed - begun, "finish_ms": (ended - printed) * 1e3,
           "cpu_s": used.ru_utime + used.ru_stime}
open("figures.json", "w").write(json.dumps(figures))
"""
FIGURES = (
    ("init_ms", "`init()`, ms"),
    ("print_s", "printing, s"),
    ("finish_ms", "`finish()`, ms"),
    ("cpu_s", "its CPU, s"),
)


def measure(capture: str, to_a_terminal: bool) -> dict[str, float]:
    """Run the script once; give what it measured."""
    reader, writer = pty.openpty() if to_a_terminal else os.pipe()
    looking = threading.Thread(target=_read_all, args=(reader,))
    looking.start()
    with tempfile.TemporaryDirectory(prefix="runwell-console-") as folder:
        ours = {"RUNWELL_CONSOLE": capture, "RUNWELL_CONFIG_DIR": folder, "PYTHONUNBUFFERED": ""}
        environment = {**os.environ, **ours}
        command = [sys.executable, "-c", SCRIPT]
        subprocess.run(command, cwd=folder, env=environment, stdout=writer, stderr=writer, check=True, timeout=300)
        os.close(writer)
        looking.join()
        return json.loads((Path(folder) / "figures.json").read_text())


def _read_all(fd: int) -> None:
    try:
        while os.read(fd, 65536):
            pass
    except OSError:
        pass  # a terminal's end
    os.close(fd)


def main() -> None:
    """Measure all, and print a table."""
    print("| to | capture | " + " | ".join(label for _, label in FIGURES) + " |")
    print("|---|---|" + "---|" * len(FIGURES))
    for to_a_terminal in (False, True):
        taken: dict[str, list[dict[str, float]]] = {capture: [] for capture in CAPTURES}
        for _ in range(ROUNDS):
            for capture in CAPTURES:
                taken[capture].append(measure(capture, to_a_terminal))
        for capture in CAPTURES:
            cells = []
            for name, _ in FIGURES:
                values = [one[name] for one in taken[capture]]
                cells.append(f"{statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f})")
            print(f"| {'terminal' if to_a_terminal else 'pipe'} | {capture} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
