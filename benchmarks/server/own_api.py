"""``runwell.Api`` against a server that holds a run of 1M rows: what a script waits for its own histories.

    python -m benchmarks.server.own_api [--rows 1000000]

The data directory is filled through the catalog as ingest does; then a real server in a process of its own, on the same
machine. Best of three, wall seconds, decoding included. Prints a Markdown section. The DataFrame is measured where
pandas is installed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.serving import ServerProcess

from runwell.api import Api

from .public_api import prepare

TRIES = 3


def main() -> None:
    """Fill, start, read, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        server = ServerProcess(Path(directory) / "server").start()
        server.stop()
        prepare(server.data_dir, asked.rows, 1)
        server.start()
        try:
            report(Api(server.url, server.key), asked.rows)
        finally:
            server.stop()


def report(api: Api, rows: int) -> None:
    """Read the run in every way, print what it took."""
    run = api.run("local/bench/one")
    print("### runwell.Api\n\n| call | seconds | rows/s |\n|---|---|---|", flush=True)
    row('series("k0")', rows, lambda: len(run.series("k0")[0]))
    row('history_table(["k0"])', rows, lambda: len(run.history_table(["k0"])))
    kind = type(run.history(keys=["_step"])).__name__
    if kind == "DataFrame":
        row('history(keys=["k0"]), a DataFrame', rows, lambda: len(run.history(keys=["k0"])))
    row('scan_history(["k0"])', rows, lambda: sum(1 for _ in run.scan_history(["k0"])))


def row(name: str, rows: int, work: Callable[[], Any]) -> None:
    """Print a table row: the best of some tries, each of which must give every row."""
    best = float("inf")
    for _ in range(TRIES):
        begun = time.perf_counter()
        found = work()
        best = min(best, time.perf_counter() - begun)
        assert found == rows, found
    print(f"| {name} | {best:.2f} | {rows / best:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
