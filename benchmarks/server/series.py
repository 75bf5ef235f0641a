"""Charts and full reads at size, through the domain as the routes call it, without HTTP.

    python -m benchmarks.server.series [--large] [--repeats 30]

Data: one run of 1M steps × 1 key, 100 runs × 10k steps × 10 keys, and with ``--large`` one run of 10M steps.
Values are float32-born noisy losses and counters, as in the goals. Warm: the median after the first call.
Cold: a fresh process's first call. Prints a Markdown section.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from runwell.server.domain.access import SYSTEM
from runwell.server.domain.accounts import Accounts
from runwell.server.domain.columns import FLOAT, INT, Column, pack_chunk
from runwell.server.domain.group_series import SeriesGroup
from runwell.server.domain.history import History
from runwell.server.domain.projects import Projects
from runwell.server.domain.seal import Sealer
from runwell.server.domain.series import Series, SeriesQuery
from runwell.server.stores.records import RunRecord
from runwell.server.stores.segments import DirectorySegments
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.console import ConsoleLines
from runwell.server.stores.sql.engine import CatalogEngine
from runwell.server.stores.sql.metrics import HISTORY, MetricRows
from runwell.server.stores.sql.schema import migrate
from runwell.wire.limits import SEAL_ROWS

CHUNK_ROWS = 8_192


class Bench:
    """One data directory and what reads it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        engine = CatalogEngine(f"sqlite:///{directory / 'catalog.db'}")
        migrate(engine)
        self.catalog = Catalog(engine, MetricRows(engine), ConsoleLines(engine))
        Accounts(self.catalog).first_start()
        self.projects = Projects(self.catalog)
        self.segments = DirectorySegments(directory / "segments")
        self.sealer = Sealer(self.catalog, self.segments)
        self.fresh()

    def fresh(self) -> None:
        """Forget what was read: as a new process."""
        self.series = Series(self.catalog, self.projects, self.segments)
        self.history = History(self.catalog, self.segments)

    def fill(self, name: str, steps: int, keys: int, rng: np.random.Generator) -> RunRecord:
        """Make a run of so many steps and sealed keys, through the catalog as ingest does."""
        project = self.projects.find_or_create(SYSTEM, "local", "bench")
        now = time.time()
        values = {"project_id": project.id, "name": name, "display_name": name, "created_at": now, "heartbeat_at": now}
        run_id = self.catalog.write(lambda c: self.catalog.runs.insert(c, values))
        names = ["_step", "_runtime", "_timestamp", *(f"k{i}" for i in range(keys))]
        metrics = self.catalog.metrics
        ids = self.catalog.write(lambda c: metrics.add_keys(c, run_id, HISTORY, names))
        kinds = [(ids[name], 1 << (INT if name == "_step" else FLOAT)) for name in names]
        rows = [{"id_": i, "bits": b, "points": steps, "bad": 0, "low": 0.0, "high": 1.0} for i, b in kinds]
        self.catalog.write(lambda c: metrics.add_to_keys(c, rows))
        version = None
        for start in range(0, steps, CHUNK_ROWS):
            count = min(CHUNK_ROWS, steps - start)
            columns = _columns(start, count, keys, rng)
            payload = pack_chunk(np.arange(start, start + count), columns)

            def work(c: Any, start=start, count=count, payload=payload, version=version) -> None:
                sums = {"tail_bytes": len(payload), "tail_chunks": 1, "point_count": count * len(names)}
                asked = {"rows": count, "keys": 0, "max_step": start + count - 1, "sums": sums}
                metrics.advance(c, run_id, HISTORY, version, now, **asked)
                metrics.put_chunk(c, run_id, HISTORY, start, count, "bench", start, payload)

            self.catalog.write(work)
            version = (version or 0) + 1
            if (start + count) % SEAL_ROWS == 0:
                self.sealer.seal_now(run_id)
        self.sealer.seal_now(run_id)
        return self.catalog.read(lambda c: self.catalog.runs.find_by_id(c, run_id))

    def draw(self, runs: list[str], keys: list[str], width: int | None = 1_000, **more: Any) -> bytes:
        """Ask for a frame."""
        return self.series.frame(SYSTEM, SeriesQuery("local", "bench", runs, keys, width=width, **more))


def _columns(start: int, count: int, keys: int, rng: np.random.Generator) -> dict[str, Column]:
    steps = np.arange(start, start + count, dtype=np.float64)
    columns = {
        "_step": Column(None, INT, None, steps, [], 1 << INT),
        "_runtime": Column(None, FLOAT, None, steps * 0.05 + rng.random(count) * 0.01, [], 1),
        "_timestamp": Column(None, FLOAT, None, 1.7e9 + steps * 0.05 + rng.random(count) * 0.01, [], 1),
    }
    for index in range(keys):
        kind = index % 5
        if kind < 2:  # a loss computed in float32
            values = (np.exp(-steps / 2e5) + rng.normal(0, 0.05, count)).astype(np.float32).astype(np.float64)
        elif kind == 2:
            values = np.cos(steps / 1e5) * 1e-3  # a learning rate
        elif kind == 3:
            values = steps * 128  # a counter
        else:
            values = np.round(rng.random(count) * 100)  # gpu utilisation
        columns[f"k{index}"] = Column(None, FLOAT, None, values, [], 1)
    return columns


def measure(name: str, bench: Bench, work: Callable[[], Any], repeats: int, goal: str) -> None:
    """Time a first call of a fresh reader, then warm ones; print a table row."""
    bench.fresh()
    times: list[float] = []
    for _ in range(repeats + 1):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1e3)
    warm = sorted(times[1:])
    print(f"| {name} | {times[0]:.1f} | {statistics.median(warm):.2f} | {warm[int(len(warm) * 0.95)]:.2f} | {goal} |")


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--repeats", type=int, default=30)
    asked = parser.parse_args()
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(Path(directory))
        report(bench, asked.large, asked.repeats, rng)
        bench.catalog.close()


def report(bench: Bench, large: bool, repeats: int, rng: np.random.Generator) -> None:
    """Measure everything."""
    one = bench.fill("one", 1_000_000, 1, rng)
    before = _size(bench.directory)
    many = [f"m{i}" for i in range(100)]
    for name in many:
        bench.fill(name, 10_000, 10, rng)
    wide = bench.fill("wide", 500_000, 10, rng)
    print("### Charts and full reads\n")
    print("| question | first ms | median ms | p95 ms | goal |\n|---|---|---|---|---|")
    measure("chart: 1 run × 1M steps", bench, lambda: bench.draw(["one"], ["k0"]), repeats, "≤ 5 ms")
    zoom = (500_000.0, 510_000.0)
    measure("zoom to 10k of 1M steps", bench, lambda: bench.draw(["one"], ["k0"], range=zoom), repeats, "")
    measure("the same along runtime", bench, lambda: bench.draw(["one"], ["k0"], x="runtime"), repeats, "")
    measure("chart: 100 runs × 10k steps", bench, lambda: bench.draw(many, ["k0"], 600), repeats, "≤ 40 ms")
    measure("… 1,200 px wide", bench, lambda: bench.draw(many, ["k0"], 1_200), repeats, "")
    group = [SeriesGroup("all", many)]
    for aggregate, band in (("mean", "minmax"), ("median", "std")):
        joined = lambda a=aggregate, b=band: bench.draw([], ["k0"], 800, groups=group, aggregate=a, band=b)  # noqa: E731
        measure(f"100 runs × 10k steps as one line, {aggregate} and {band}", bench, joined, repeats, "")
    measure(
        "chart: 1 run × 10 keys × 500k", bench, lambda: bench.draw(["wide"], [f"k{i}" for i in range(10)]), repeats, ""
    )
    measure("1M points in full, frame", bench, lambda: bench.draw(["one"], ["k0"], None), 5, "≤ 300 ms")
    read = lambda: list(bench.history.batches(SYSTEM, one, ["k0"])[1])  # noqa: E731
    measure("1M rows × 1 key, Arrow", bench, read, 5, "≤ 300 ms")
    sizes = _size(bench.directory, "catalog"), _size(bench.directory / "segments")
    if large:
        bench.fill("ten", 10_000_000, 1, rng)
        measure("chart: 1 run × 10M steps", bench, lambda: bench.draw(["ten"], ["k0"]), repeats, "≤ 5 ms")
    counts = bench.catalog.read(lambda c: [bench.catalog.metrics.totals(c, run.id)["values"] for run in (one, wide)])
    total = counts[0]
    print(f"\nDisk after sealing, 1 run × 1M × (1 + 3) keys: {before / total:.2f} bytes a value.")
    catalog, files = sizes
    values = sum(counts) + 100 * 10_000 * 13
    print(f"All of it ({values:,} values): {(catalog + files) / values:.2f} bytes a value")
    print(f"({files / values:.2f} in segments, {catalog / values:.2f} in the catalog with its free pages).")


def _size(directory: Path, prefix: str = "") -> int:
    return sum(f.stat().st_size for f in directory.rglob("*") if f.is_file() and f.name.startswith(prefix))


if __name__ == "__main__":
    main()
