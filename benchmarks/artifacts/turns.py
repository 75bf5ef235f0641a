"""Contestants in turns, each in a fresh process and home; wall time and the CPU of everything they start."""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import psutil
from tests.serving import ServerProcess, clean_environment

CONTESTANT = Path(__file__).with_name("contestant.py")
MARK = "ARTIFACT_BENCHMARK"
LOOK_EVERY_S = 0.05
LIMIT_S = 3_000
PIECE_BYTES = 1 << 22


@dataclass
class Taken:
    """What rounds took: seconds until done, CPU seconds of the client's processes, and of the server's."""

    wall_s: list[float] = field(default_factory=list)
    client_s: list[float] = field(default_factory=list)
    server_s: list[float] = field(default_factory=list)

    def cell(self) -> str:
        """Give the medians and the range for a table."""
        if not self.wall_s:
            return "–"
        low, high = min(self.wall_s), max(self.wall_s)
        spread = f" ({low:,.1f}–{high:,.1f})" if len(self.wall_s) > 1 else ""
        cpu = f"{statistics.median(self.client_s):,.1f}"
        if any(self.server_s):
            cpu += f" + {statistics.median(self.server_s):,.1f}"
        return f"**{statistics.median(self.wall_s):,.1f}**{spread}, CPU {cpu}"


@cache
def mlflow_python() -> Path | None:
    """Give the interpreter that has mlflow, in an environment of its own in the user's caches; makes it if need be.

    Returns:
        None: it can't be installed here; what is printed says so.
    """
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    python = caches / "runwell" / "mlflow" / "bin" / "python"
    done = python.parent.parent / "installed"
    try:
        if not done.exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(python.parent.parent)], check=True)
            subprocess.run([str(python), "-m", "pip", "install", "--quiet", "mlflow"], check=True)
            done.touch()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"mlflow is left out: it can't be installed here ({error})", file=sys.stderr, flush=True)
        return None
    return python


def fitting_mb(wanted_mb: int, where: Path, copies: int = 4) -> int:
    """Give as many MiB as fit on a folder's disk so many times, at most those wanted; says so when it is less."""
    fits = (shutil.disk_usage(where).free >> 20) // copies
    if fits < wanted_mb:
        print(f"{wanted_mb:,} MiB don't fit here {copies} times: {fits:,} MiB instead", file=sys.stderr, flush=True)
    return min(wanted_mb, fits)


def homes(where: Path, server: ServerProcess) -> dict[str, str]:
    """Give the environment in which both clients find the server, and keep what they cache below a folder."""
    where.mkdir(parents=True, exist_ok=True)
    return clean_environment(
        HOME=str(where),
        XDG_CACHE_HOME=str(where / "cache"),
        RUNWELL_BASE_URL=server.url,
        RUNWELL_CONFIG_DIR=str(server.config_dir),
        RUNWELL_CACHE_DIR=str(where / "runwell-cache"),
        WANDB_BASE_URL=server.url,
        WANDB_API_KEY=server.key,
        WANDB_DIR=str(where),
        WANDB_CACHE_DIR=str(where / "wandb-cache"),
        WANDB_DATA_DIR=str(where / "wandb-data"),
        WANDB_CONSOLE="off",
    )


def run_once(
    who: str, what: str, folder: Path, environment: Mapping[str, str], where: Path, python: Path | str = sys.executable
) -> tuple[float, float, int]:
    """Run a contestant; give its seconds, its processes' CPU seconds, and how many links a file in the folder has."""
    mark = uuid.uuid4().hex
    where.mkdir(parents=True, exist_ok=True)
    printed = where / f"printed-{mark}"
    with printed.open("wb") as output:
        process = subprocess.Popen(
            [str(python), str(CONTESTANT), who, what, str(folder)],
            cwd=where,
            env={**environment, MARK: mark},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        cpu = _watch(mark, process)
    text = printed.read_text(errors="replace")
    if process.returncode != 0 or "TOOK " not in text:
        raise RuntimeError(f"{who} {what}: {text[-1_500:]}")
    said = json.loads(text.rsplit("TOOK ", 1)[1].splitlines()[0])
    print(f"{who} {what}: {said['took_s']:.1f} s, CPU {cpu:.1f} s", file=sys.stderr, flush=True)
    return said["took_s"], cpu, said["links"]


def _watch(mark: str, process: subprocess.Popen[bytes]) -> float:
    """Add up the CPU of every process that has the mark, until the last is gone."""
    cpu: dict[tuple[int, float], float] = {}
    known: dict[tuple[int, float], bool] = {}
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        living = False
        for one in psutil.process_iter(["pid", "create_time"]):
            name = (one.info["pid"], one.info["create_time"])
            try:
                if name not in known or one.pid == process.pid:
                    known[name] = one.pid == process.pid or one.environ().get(MARK) == mark
                if known[name] and one.status() != psutil.STATUS_ZOMBIE:
                    times = one.cpu_times()
                    cpu[name] = times.user + times.system
                    living = True
            except psutil.Error:
                continue
        if process.poll() is not None and not living:
            return sum(cpu.values())
        time.sleep(LOOK_EVERY_S)
    raise RuntimeError("a contestant's processes never ended")


def cpu_of(server: ServerProcess) -> float:
    """Give the CPU seconds that a server has used."""
    assert server.process is not None
    times = psutil.Process(server.process.pid).cpu_times()
    return times.user + times.system


def write_files(folder: Path, count: int, size_bytes: int, seed: int) -> None:
    """Fill a folder with files of random bytes, no two pieces the same, a hundred files to a subfolder."""
    chance = random.Random(seed)
    block = chance.randbytes(min(size_bytes, PIECE_BYTES))
    for number in range(count):
        path = folder / f"{number // 100:03d}" / f"{number:05d}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            left = size_bytes
            while left:
                # Making as many random bytes as a large file has would take longer than what is measured.
                piece = (chance.randbytes(16) + block)[: min(left, PIECE_BYTES)]
                file.write(piece)
                left -= len(piece)


def clear(*folders: Path) -> None:
    """Remove folders."""
    for one in folders:
        shutil.rmtree(one, ignore_errors=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Give a Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])
