"""Logging: hashing and upload of many small files and of a large one, and once more, unchanged.

    python -m benchmarks.artifacts.log [--rounds 3] [--small 10000] [--large-mb 4096]
        [--large-rounds 2] [--again-mb 10240]

Each contestant begins with empty caches, in turns. *Online* ends when the server has every byte (`wait()`), *offline*
when `finish()` returns. `mlflow.log_artifacts` copies to a folder beside a SQLite file, without a server: what it
does by default. CPU seconds are of all processes that the client starts, start and import in them, plus the server's.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.artifacts.turns import (
    Taken,
    clear,
    cpu_of,
    fitting_mb,
    homes,
    mlflow_python,
    run_once,
    table,
    write_files,
)
from tests.serving import ServerProcess

WHO = [("runwell", "online"), ("wandb", "online"), ("runwell", "offline"), ("wandb", "offline"), ("mlflow", "local")]
OFFLINE = {"RUNWELL_MODE": "offline", "WANDB_MODE": "offline"}
SMALL_BYTES = 4_096
KEPT_IN_PARTS = 512 << 20  # files of the folder that is logged again

EXPLAINED = """Seconds until done, median (range) of rounds in turns, each with empty caches and a server of its own;
CPU seconds of every process that the client starts (start and import are in them) + the server's. *Online* ends when
the server has every byte, *offline* when all is on disk; mlflow copies into a folder, without a server.
"""


def compare(folder: Path, where: Path, rounds: int) -> list[str]:
    """Log a folder with each contestant, in turns, each with a server and caches of its own."""
    taken = {who: Taken() for who in WHO}
    for _round in range(rounds):
        for who in WHO:
            name, mode = who
            python = mlflow_python() if name == "mlflow" else sys.executable
            if python is None:
                continue
            server = ServerProcess(where / "server").start()
            try:
                environment = homes(where / "home", server) | (OFFLINE if mode == "offline" else {})
                before = cpu_of(server)
                wall, cpu, _ = run_once(name, "log", folder, environment, where / "home", python)
                taken[who].wall_s.append(wall)
                taken[who].client_s.append(cpu)
                taken[who].server_s.append(cpu_of(server) - before if mode == "online" else 0.0)
            finally:
                server.stop()
                clear(where / "server", where / "home")
    return [taken[who].cell() for who in WHO]


def again(folder: Path, where: Path, rounds: int) -> dict[str, tuple[Taken, Taken]]:
    """Log a folder, then the same folder unchanged from new processes; give what the first and the others took."""
    found: dict[str, tuple[Taken, Taken]] = {}
    for name in ("runwell", "wandb"):
        first, then = found[name] = (Taken(), Taken())
        server = ServerProcess(where / "server").start()
        try:
            environment = homes(where / "home", server)
            for number in range(rounds + 1):
                before = cpu_of(server)
                wall, cpu, _ = run_once(name, "log", folder, environment, where / "home")
                taken = then if number else first
                taken.wall_s.append(wall)
                taken.client_s.append(cpu)
                taken.server_s.append(cpu_of(server) - before)
        finally:
            server.stop()
            clear(where / "server", where / "home")
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large-mb", type=int, default=4_096)
    parser.add_argument("--large-rounds", type=int, default=2)  # some gigabytes differ less from round to round
    parser.add_argument("--again-mb", type=int, default=10_240)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="runwell-bench-") as made:
        where = Path(made)
        rows: list[list[str]] = []
        many, one = where / "many", where / "one"
        write_files(many, arguments.small, SMALL_BYTES, 1)
        rows.append([f"{arguments.small:,} files of 4 KiB", *compare(many, where, arguments.rounds)])
        clear(many)
        large_mb = fitting_mb(arguments.large_mb, where)
        write_files(one, 1, large_mb << 20, 2)
        rows.append([f"one file of {large_mb:,} MiB", *compare(one, where, arguments.large_rounds)])
        clear(one)
        print("### Logging an artifact\n")
        print(EXPLAINED)
        head = ["what", "Runwell online", "wandb online", "Runwell offline", "wandb offline", "`mlflow.log_artifacts`"]
        print(table(head, rows), flush=True)
        whole = where / "again"
        parts = max(1, (fitting_mb(arguments.again_mb, where) << 20) // KEPT_IN_PARTS)
        write_files(whole, parts, KEPT_IN_PARTS, 3)
        found = again(whole, where, arguments.rounds)
        size = f"{parts * KEPT_IN_PARTS >> 20:,} MiB in {parts} files"
        print(f"\nA folder of {size}, logged, and unchanged once more from new processes (online):\n")
        lines = [
            [label, *(taken.cell() for taken in found[name])]
            for name, label in (("runwell", "Runwell"), ("wandb", "wandb"))
        ]
        print(table(["client", "first", "unchanged"], lines))


if __name__ == "__main__":
    main()
