"""Downloading: many small files and a large one, from the server and from a warm cache.

    python -m benchmarks.artifacts.download [--rounds 3] [--small 10000] [--large-mb 1024]

The version is logged once; then each client downloads it into a fresh folder, with an empty cache and again with the
cache that this left. *Links*: how many names a file's bytes have then (1: it was copied, or cloned by the filesystem).
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.artifacts.log import SMALL_BYTES
from benchmarks.artifacts.turns import Taken, clear, cpu_of, homes, run_once, table, write_files
from tests.serving import ServerProcess

CLIENTS = (("runwell", "Runwell"), ("wandb", "wandb"))


def compare(folder: Path, where: Path, rounds: int) -> dict[str, list[str]]:
    """Download a version with both clients in turns, cold and warm."""
    taken = {(name, heat): Taken() for name, _ in CLIENTS for heat in ("cold", "warm")}
    links: dict[str, int] = {}
    server = ServerProcess(where / "server").start()
    try:
        run_once("runwell", "log", folder, homes(where / "logger", server), where / "logger")
        clear(where / "logger")
        for number in range(rounds):
            for name, _ in CLIENTS:
                home = where / f"home-{name}-{number}"
                for heat in ("cold", "warm"):
                    before = cpu_of(server)
                    target = home / heat
                    wall, cpu, links[name] = run_once(name, "download", target, homes(home, server), home)
                    taken[name, heat].wall_s.append(wall)
                    taken[name, heat].client_s.append(cpu)
                    taken[name, heat].server_s.append(cpu_of(server) - before)
                clear(home)
    finally:
        server.stop()
        clear(where / "server")
    return {name: [taken[name, "cold"].cell(), taken[name, "warm"].cell(), str(links[name])] for name, _ in CLIENTS}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large-mb", type=int, default=1_024)
    arguments = parser.parse_args()
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory(prefix="runwell-bench-") as made:
        where = Path(made)
        for what, count, size in (
            (f"{arguments.small:,} files of 4 KiB", arguments.small, SMALL_BYTES),
            (f"one file of {arguments.large_mb:,} MiB", 1, arguments.large_mb << 20),
        ):
            folder = where / "data"
            write_files(folder, count, size, 5)
            found = compare(folder, where, arguments.rounds)
            rows += [[what, label, *found[name]] for name, label in CLIENTS]
            clear(folder)
    print("### Downloading an artifact\n\nSeconds, median (range) of rounds in turns; CPU seconds, client + server.\n")
    print(table(["what", "client", "empty cache", "warm cache", "links"], rows))


if __name__ == "__main__":
    main()
