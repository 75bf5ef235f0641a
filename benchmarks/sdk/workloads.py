"""What one measured process does: one workload with one recorder, its figures written to a file.

Usage: python -m benchmarks.sdk.workloads WORKLOAD RECORDER FOLDER

Figures go to FOLDER/figures.json, because recorders print what they like.
"""

from __future__ import annotations

import importlib
import json
import mmap
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

RECORDERS = ("floor", "runwell_offline", "wandb_offline", "trackio_local")
CALLS = 20_000
COLD_CALLS = 1_500
SETTLED_ROWS = 30_000
COST_ROWS = 100_000  # with SCALARS a row: a million scalars
SCALARS = 10
BLOCKS, BLOCK_STEPS = 12, 150
EVICT_BYTES = 16 * 1024 * 1024  # walked between two calls in a loop with cold caches


def recorder(name: str) -> ModuleType:
    """Give the adapter of one recorder."""
    return importlib.import_module(f"benchmarks.rivals.{name}")


def row(step: int) -> dict[str, float]:
    return {f"train/metric_{number}": (step * 0.37 + number) * 0.1234567 for number in range(SCALARS)}


def whole(adapter: ModuleType, folder: Path) -> dict[str, Any]:
    """Begin, ten calls, end."""
    started = time.perf_counter()
    log, finish = adapter.begin(folder)
    begun = time.perf_counter()
    for step in range(10):
        log(row(step))
    finish()
    return {"init_ms": (begun - started) * 1e3}


def init(adapter: ModuleType, folder: Path) -> dict[str, Any]:
    """Begin, with the package imported before."""
    exec(adapter.IMPORT, {})
    return whole(adapter, folder)


def back_to_back(adapter: ModuleType, folder: Path) -> dict[str, Any]:
    log, finish = adapter.begin(folder)
    rows = [row(step) for step in range(256)]
    for step in range(200):
        log(rows[step])
    clock, taken = time.perf_counter_ns, []
    for step in range(CALLS):
        one = rows[step & 255]
        started = clock()
        log(one)
        taken.append(clock() - started)
    finish()
    return _percentiles(taken)


def in_a_loop(adapter: ModuleType, folder: Path) -> dict[str, Any]:
    """Calls between pieces of work that push the recorder out of the processor's caches."""
    work = _work(EVICT_BYTES)
    log, finish = adapter.begin(folder)
    clock, taken = time.perf_counter_ns, []
    for step in range(COLD_CALLS):
        work()
        one = row(step)
        started = clock()
        log(one)
        taken.append(clock() - started)
    finish()
    return _percentiles(taken[50:])


def settled(adapter: ModuleType, folder: Path) -> dict[str, Any]:
    """Rows a second until every row is on disk: at once if they are there, else when `finish` returns."""
    log, finish = adapter.begin(folder)
    rows = [row(step) for step in range(256)]
    started = time.perf_counter()
    for step in range(SETTLED_ROWS):
        log(rows[step & 255])
    took = time.perf_counter() - started
    if adapter.rows_kept(folder) < SETTLED_ROWS:
        again = time.perf_counter()
        finish()
        took += time.perf_counter() - again
    else:
        finish()
    kept = adapter.rows_kept(folder)
    return {"rows_per_s": SETTLED_ROWS / took, "kept": kept, "logged": SETTLED_ROWS}


def slowdown(adapter: ModuleType, folder: Path) -> dict[str, Any]:
    """Steps of about 1 ms of work, in blocks with and without a call: how much longer with."""
    log, finish = adapter.begin(folder)
    work = _work_of_a_millisecond()
    rows = [row(step) for step in range(256)]
    time.sleep(1)  # the start is another figure
    ratios = []
    for _ in range(BLOCKS):
        started = time.perf_counter()
        for _step in range(BLOCK_STEPS):
            work()
        between = time.perf_counter()
        for step in range(BLOCK_STEPS):
            work()
            log(rows[step])
        ratios.append((time.perf_counter() - between) / (between - started))
    finish()
    return {"ratio": statistics.median(ratios)}


def million(adapter: ModuleType, folder: Path) -> dict[str, Any]:
    """A million scalars; whoever started this process watches what its tree costs."""
    log, finish = adapter.begin(folder)
    rows = [row(step) for step in range(256)]
    for step in range(COST_ROWS):
        log(rows[step & 255])
    finish()
    return {}


def until_killed(adapter: ModuleType, folder: Path, pause_s: float) -> dict[str, Any]:
    """Log until killed; the count of calls that returned is kept in a shared page, which survives."""
    log, _ = adapter.begin(folder)
    with (folder / "returned").open("r+b") as file:
        page = mmap.mmap(file.fileno(), 8)
    rows = [row(step) for step in range(256)]
    step = 0
    while True:
        log(rows[step & 255])
        step += 1
        page[:8] = step.to_bytes(8, "little")
        if pause_s:
            time.sleep(pause_s)


def _percentiles(taken_ns: list[int]) -> dict[str, float]:
    taken_ns.sort()
    return {"p50_us": taken_ns[len(taken_ns) // 2] / 1e3, "p99_us": taken_ns[len(taken_ns) * 99 // 100] / 1e3}


def _work(evict_bytes: int) -> Callable[[], Any]:
    import numpy as np

    memory = np.zeros(evict_bytes // 8)
    weights = np.ones((128, 128))

    def work() -> None:
        (weights @ weights).sum()
        np.add(memory, 1.0, out=memory)

    return work


def _work_of_a_millisecond() -> Callable[[], Any]:
    """Make work of a fixed amount, about 1 ms alone on this machine."""

    def burn(turns: int) -> int:
        total = 0
        for number in range(turns):
            total += number
        return total

    best = min(_time(lambda: burn(10_000)) for _ in range(50))
    turns = int(10_000 * 1e-3 / best)
    return lambda: burn(turns)


def _time(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


WORKLOADS: dict[str, Callable[[ModuleType, Path], dict[str, Any]]] = {
    "whole": whole,
    "init": init,
    "back_to_back": back_to_back,
    "in_a_loop": in_a_loop,
    "settled": settled,
    "slowdown": slowdown,
    "million": million,
    "killed_busy": lambda adapter, folder: until_killed(adapter, folder, 0),
    "killed_calm": lambda adapter, folder: until_killed(adapter, folder, 0.001),
}

if __name__ == "__main__":
    where = Path(sys.argv[3])
    figures = WORKLOADS[sys.argv[1]](recorder(sys.argv[2]), where) | {"cpu_s": time.process_time()}
    (where / "figures.json").write_text(json.dumps(figures))
