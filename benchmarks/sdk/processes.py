"""Starts measured processes and watches them from outside: wall time, CPU and memory of the whole tree, kill."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from benchmarks.sdk.workloads import recorder

ROOT = Path(__file__).resolve().parent.parent.parent
LIMIT_S = 300.0
WATCH_EVERY_S = 0.1
GONE_WITHIN_S = 60.0


class WorkloadFailed(Exception):
    """A measured process ended badly; the message has the end of what it printed."""


@dataclass
class Measured:
    """What one process showed.

    Attributes:
        figures: what it measured itself.
        wall_s: from start to exit of the process that was started.
        cpu_s: user and system time of it and of every process below it, until the last is gone.
        root_cpu_s: of the started process alone, as last seen.
        peak_bytes: the largest sum of their resident memory.
        disk_bytes: what it left on disk.
    """

    figures: dict[str, Any] = field(default_factory=dict)
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_bytes: int = 0
    disk_bytes: int = 0
    root_cpu_s: float = 0.0


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="runwell-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def time_statement(statement: str) -> float:
    """Give the seconds that a bare Python takes to start, execute a statement and end."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True, env=_env(), cwd=ROOT, stdin=subprocess.DEVNULL)
    return time.perf_counter() - started


def measure(workload: str, name: str, watch: bool = False) -> Measured:
    """Run one workload with one recorder in a process of its own.

    Args:
        watch: also follow CPU and memory of the process tree, which costs a little of the machine.
    """
    with folder() as where:
        started = time.perf_counter()
        process = _start(workload, name, where)
        measured = Measured()
        if watch:
            _watch(psutil.Process(process.pid), where, process, measured)
        else:
            process.wait(LIMIT_S)
            measured.wall_s = time.perf_counter() - started
            _wait_for_rest(where)
        if process.returncode != 0:
            raise WorkloadFailed(f"{workload} with {name}: {(where / 'printed').read_text(errors='replace')[-800:]}")
        measured.figures = json.loads((where / "figures.json").read_text())
        # the process's own last word is later than the last look at it
        measured.cpu_s += max(measured.root_cpu_s, measured.figures["cpu_s"])
        ours = {where / "figures.json", where / "printed"}
        measured.disk_bytes = sum(
            path.stat().st_size
            for path in where.rglob("*")
            if path.is_file() and not path.is_symlink() and path not in ours
        )
        return measured


def rows_lost_at_kill(workload: str, name: str) -> tuple[int, int]:
    """Kill a logging process and everything below it at a random moment.

    Returns:
        How many rows are missing whose call had returned, and how many had returned.
    """
    with folder() as where:
        (where / "returned").write_bytes(bytes(8))
        process = _start(workload, name, where)
        try:
            _wait_for_first_row(process, where)
            time.sleep(random.uniform(0.3, 1.5))
        finally:
            _kill_family(process, where)
        returned = _returned(where)
        return max(0, returned - recorder(name).rows_kept(where)), returned


def _start(workload: str, name: str, where: Path) -> subprocess.Popen[bytes]:
    with (where / "printed").open("wb") as printed:
        return subprocess.Popen(
            [sys.executable, "-m", "benchmarks.sdk.workloads", workload, name, str(where)],
            cwd=ROOT,
            env=_env(),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
        )


def _env() -> dict[str, str]:
    """Give the environment of a user: nothing set of the recorders', and bytecode kept, as pip leaves it."""
    settings = ("WANDB_", "RUNWELL_", "TRACKIO_", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
    env = {k: v for k, v in os.environ.items() if not k.startswith(settings)}
    return env | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _watch(root: psutil.Process, where: Path, process: subprocess.Popen[bytes], measured: Measured) -> None:
    started = time.perf_counter()
    cpu: dict[tuple[int, float], float] = {}
    family = _Family(root, where)
    ended_at = 0.0
    while True:
        resident = 0
        alive = family.alive()
        for one in alive:
            try:
                times, key = one.cpu_times(), (one.pid, one.create_time())
                cpu[key] = max(cpu.get(key, 0.0), times.user + times.system)
                resident += one.memory_info().rss
            except psutil.Error:
                pass  # it ended between two looks: its last figures stand
        measured.peak_bytes = max(measured.peak_bytes, resident)
        if process.poll() is not None and not ended_at:
            ended_at = time.perf_counter()
            measured.wall_s = ended_at - started
        if ended_at and (not alive or time.perf_counter() - ended_at > GONE_WITHIN_S):
            break
        time.sleep(WATCH_EVERY_S)
    own = (root.pid, root.create_time()) if root.is_running() else next(iter(cpu))
    measured.cpu_s = sum(used for key, used in cpu.items() if key != own)
    measured.root_cpu_s = cpu.get(own, 0.0)


class _Family:
    """The processes that belong to a measured one: what it started, and what works in its folder.

    A recorder's helper may have left the tree on purpose; the folder in its command line gives it away.
    """

    def __init__(self, root: psutil.Process, where: Path) -> None:
        self._root = root
        self._where = str(where)
        self._known: dict[int, psutil.Process] = {root.pid: root}
        self._strangers: set[int] = set()

    def alive(self) -> list[psutil.Process]:
        """Give those that live now, the root first."""
        for pid in psutil.pids():
            if pid in self._known or pid in self._strangers or pid == os.getpid():
                continue
            try:
                one = psutil.Process(pid)
                ours = any(parent.pid in self._known for parent in one.parents()) or self._where in " ".join(
                    one.cmdline()
                )
                # a process that has forked a moment ago still has its parent's command line: look again
                young = time.time() - one.create_time() < 1.0
            except psutil.Error:
                continue
            if ours:
                self._known[pid] = one
            elif not young:
                self._strangers.add(pid)
        return [one for one in self._known.values() if _is_alive(one)]


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _wait_for_rest(where: Path) -> None:
    """Wait until no process that was started below is left, so that the next measurement is alone."""
    until = time.monotonic() + GONE_WITHIN_S
    while time.monotonic() < until:
        if not any(str(where) in " ".join(_command(one)) for one in psutil.process_iter()):
            return
        time.sleep(0.05)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _wait_for_first_row(process: subprocess.Popen[bytes], where: Path) -> None:
    until = time.monotonic() + 60
    while _returned(where) == 0:
        if process.poll() is not None or time.monotonic() > until:
            raise WorkloadFailed(f"it never logged: {(where / 'printed').read_text(errors='replace')[-800:]}")
        time.sleep(0.01)


def _returned(where: Path) -> int:
    return int.from_bytes((where / "returned").read_bytes(), "little")


def _kill_family(process: subprocess.Popen[bytes], where: Path) -> None:
    root = psutil.Process(process.pid)
    family = _Family(root, where).alive()
    process.kill()
    for one in family:
        with contextlib.suppress(psutil.Error):
            one.kill()
    process.wait()
    psutil.wait_procs(family, timeout=10)
