"""The official client's public Api against a server at size: a run of 1M rows, a project of 10,000 runs.

    python -m benchmarks.server.public_api [--rows 1000000] [--runs 10000]

The data directory is filled through the catalog as ingest does; then a real server and the unmodified client
(``wandb.Api``), each in a process of its own, on the same machine. Wall seconds at the client, its own decoding
included; rows a second for whole reads. Prints a Markdown section.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import numpy as np
from tests.serving import ServerProcess, clean_environment

from runwell.server.domain.access import SYSTEM

from .runs_table import fill as fill_runs
from .series import Bench

CLIENT = """
    import json, sys, time, wandb
    api = wandb.Api(timeout=120)
    rows = int(sys.argv[1])
    def took(name, work, count=0):
        begun = time.perf_counter()
        found = work()
        print("OUT" + json.dumps([name, time.perf_counter() - begun, count, found]), flush=True)
    run = api.run("local/bench/one")
    took("history(): 500 samples of all 8 keys", lambda: len(run.history(pandas=False)))
    took("history(keys=[one]): 500 samples", lambda: len(run.history(keys=["k0"], pandas=False)))
    took("history(keys=[five]): 500 samples", lambda: len(run.history(keys=[f"k{i}" for i in range(5)], pandas=False)))
    took("scan_history(), every row and key", lambda: sum(1 for _ in run.scan_history()), rows)
    took("scan_history(page_size=10,000)", lambda: sum(1 for _ in run.scan_history(page_size=10_000)), rows)
    took("scan_history(keys=[one])", lambda: sum(1 for _ in run.scan_history(keys=["k0"])), rows)
    took("download_history_exports()", lambda: [str(p) for p in run.download_history_exports("exports").paths], rows)
    took("… again", lambda: len(run.download_history_exports("exports").paths), rows)

    def listed(lazy=True, per_page=1000):
        return lambda: len([r.id for r in wandb.Api(timeout=120).runs("local/many", lazy=lazy, per_page=per_page)])
    took("len(runs())", lambda: len(wandb.Api().runs("local/many")))
    took("all runs, lazy, per_page=1,000", listed())
    took("all runs, lazy, per_page=50", listed(per_page=50))
    took("all runs, whole (lazy=False), per_page=1,000", listed(lazy=False))
    took("all runs, whole (lazy=False), per_page=50", listed(lazy=False, per_page=50))
    def top(filters, **kw):
        def work():
            found = wandb.Api(timeout=120).runs("local/many", filters, **kw)
            return [len(found), found[0].id]
        return work
    took("config.x > : first 50 and count", top({"config.lr": {"$gt": 1e-3}}))
    took("… again", top({"config.lr": {"$gt": 1e-3}}))
    took("summary_metrics.y <, order by it", top({"summary_metrics.loss": {"$lt": 0.5}}, order="+summary_metrics.loss"))
    took("… again", top({"summary_metrics.loss": {"$lt": 0.5}}, order="+summary_metrics.loss"))
    took("tags $in", top({"tags": {"$in": ["even"]}}))
    took("display_name $regex", top({"display_name": {"$regex": "river-77"}}))
    took("$or, $not, $in, $exists", top({"$or": [{"config.model": {"$in": ["mlp", "unet"]}},
        {"config.lr": {"$not": {"$gt": 1e-4}}}], "config.param_3": {"$exists": True}}))
    took("createdAt >", top({"createdAt": {"$gt": "2020-01-01T00:00:00Z"}}, order="-created_at"))
"""


def main() -> None:
    """Fill, start, read, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        server = ServerProcess(folder / "server").start()
        server.stop()
        prepare(server.data_dir, asked.rows, asked.runs)
        server.start()
        try:
            report(server, folder, asked.rows)
        finally:
            server.stop()


def prepare(data_dir: Path, rows: int, runs: int) -> None:
    """Make the run and the project."""
    bench = Bench(data_dir)
    one = bench.fill("one", rows, 5, np.random.default_rng(1))
    ended = {"state": "finished", "last_step": rows - 1, "row_count": rows}
    bench.catalog.write(lambda c: bench.catalog.runs.update(c, one.id, ended))
    many = bench.projects.find_or_create(SYSTEM, "local", "many")
    fill_runs(bench.catalog, many.id, runs, random.Random(7), tags=(["even"], ["odd"]))
    bench.catalog.close()


def report(server: ServerProcess, folder: Path, rows: int) -> None:
    """Run the client, print what it took; then the same rows by our own API."""
    home = folder / "client"
    home.mkdir()
    environment = clean_environment(
        HOME=str(home), WANDB_BASE_URL=server.url, WANDB_API_KEY=server.key, WANDB_CACHE_DIR=str(home / "cache")
    )
    print("### The official client's public Api\n")
    print("| call | seconds | rows/s | answer |\n|---|---|---|---|", flush=True)
    command = [sys.executable, "-c", textwrap.dedent(CLIENT), str(rows)]
    with subprocess.Popen(
        command, cwd=home, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as client:
        assert client.stdout is not None
        for line in client.stdout:
            if line.startswith("OUT"):
                row(*json.loads(line[3:]))
            elif "Error" in line:
                print(line.rstrip(), flush=True)
    for form in ("jsonl", "arrow", "parquet"):
        begun = time.perf_counter()
        path = f"/api/projects/local/bench/runs/one/history?format={form}"
        status, _, body = server.request("GET", path, timeout=300)
        assert status == 200
        row(f"`/api …/history?format={form}`", time.perf_counter() - begun, rows, f"{len(body) / 1e6:,.0f} MB")


def row(name: str, seconds: float, rows: int, answer: object) -> None:
    """Print a table row."""
    rate = f"{rows / seconds:,.0f}" if rows else ""
    print(f"| {name} | {seconds:.2f} | {rate} | {json.dumps(answer)[:60]} |", flush=True)


if __name__ == "__main__":
    main()
