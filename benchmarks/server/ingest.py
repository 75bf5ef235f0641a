"""Durable ingest: values a second that are committed and answered, through HTTP and without it.

    python -m benchmarks.server.ingest [--seconds 6]

Rows of 10 metrics with ``_step``, ``_runtime``, ``_timestamp`` (13 values), chunks of 1,000 rows (or 10), made
beforehand; the server is a process of its own on the same machine, with ``synchronous=FULL``. Sealing runs
meanwhile. Prints a Markdown section.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np
import psutil
from tests.serving import ServerProcess

from runwell.server.domain.access import SYSTEM
from runwell.server.domain.ingest import Ingest, StreamBody
from runwell.server.domain.rows import read_rows

from .series import Bench

HISTORY_FILE = "wandb-history.jsonl"


def make_lines(start: int, count: int, keys: int = 10) -> list[str]:
    """Make rows as the SDK sends them."""
    chance = random.Random(start)
    return [
        json.dumps(
            {
                "_step": i,
                "_runtime": round(i * 0.05, 6),
                "_timestamp": round(1.7e9 + i * 0.05, 6),
                **{f"train/k{k}": chance.gauss(0.5, 0.1) for k in range(keys)},
            }
        )
        for i in range(start, start + count)
    ]


def body_of(lines: list[str], offset: int) -> bytes:
    """Make a file_stream body."""
    return json.dumps({"files": {HISTORY_FILE: {"offset": offset, "content": lines}}}).encode()


def flood(
    send: Callable[[int, int], None], runs: int, threads: int, chunk_rows: int, seconds: float
) -> tuple[float, list[float]]:
    """Let threads send chunks of their runs for a while; return (rows a second, seconds of each answer)."""
    sent = [0] * threads
    times: list[list[float]] = [[] for _ in range(threads)]
    begun = time.perf_counter()

    def work(number: int) -> None:
        chunk = 0
        own = range(number, runs, threads)
        while time.perf_counter() - begun < seconds:
            for run in own:
                at = time.perf_counter()
                send(run, chunk)
                times[number].append(time.perf_counter() - at)
                sent[number] += chunk_rows
            chunk += 1

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(sent) / (time.perf_counter() - begun), sorted(t for one in times for t in one)


def row(name: str, rate: float, times: list[float], cpu_s: float = math.nan, values: int = 13) -> None:
    """Print a table row; ``cpu_s`` is what the taking side spent in all."""
    p50, p95 = statistics.median(times) * 1e3, times[int(len(times) * 0.95)] * 1e3
    each = f"{cpu_s / len(times) * 1e3:.1f}"
    print(f"| {name} | {rate * values:,.0f} | {rate:,.0f} | {p50:.1f} | {p95:.1f} | {each} |", flush=True)


def over_http(
    folder: Path, runs: int, threads: int, chunk_rows: int, seconds: float
) -> tuple[float, list[float], float]:
    """Flood a real server; also give the CPU seconds it spent."""
    server = ServerProcess(folder).start()
    try:
        headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
        # The same rows at growing offsets: making bodies must not be what is measured.
        lines = json.dumps(make_lines(0, chunk_rows))
        client = httpx.Client(base_url=server.url, headers=headers, timeout=60)
        for run in range(runs):
            mutation = 'mutation($n:String!){upsertBucket(input:{name:$n,modelName:"bench"}){bucket{name}}}'
            client.post("/graphql", json={"query": mutation, "variables": {"n": f"r{run}"}}).raise_for_status()

        def send(run: int, chunk: int) -> None:
            body = f'{{"files":{{"{HISTORY_FILE}":{{"offset":{chunk * chunk_rows},"content":{lines}}}}}}}'
            client.post(f"/files/local/bench/r{run}/file_stream", content=body.encode()).raise_for_status()

        assert server.process is not None
        process = psutil.Process(server.process.pid)
        before = sum(process.cpu_times()[:2])
        rate, times = flood(send, runs, threads, chunk_rows, seconds)
        return rate, times, sum(process.cpu_times()[:2]) - before
    finally:
        server.stop()


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0)
    seconds = parser.parse_args().seconds
    print("### Durable ingest\n")
    print("| what | values/s | rows/s | p50 ms | p95 ms | CPU ms a request |\n|---|---|---|---|---|---|")
    lines = make_lines(0, 1_000)
    times: list[float] = []
    for _ in range(50):
        begun = time.perf_counter()
        read_rows(lines, 0)
        times.append(time.perf_counter() - begun)
    row("reading 1,000 rows, nothing stored", 1_000 / statistics.median(times), sorted(times))
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(Path(directory))
        ingest = Ingest(bench.catalog)
        records = [bench.fill(f"r{i}", 1, 1, np.random.default_rng(1)) for i in range(4)]

        def send(run: int, chunk: int) -> None:
            body = StreamBody(files={HISTORY_FILE: (chunk * 1_000, lines)})
            ingest.accept(SYSTEM, records[run], "a" * 32, body)

        row("domain, 1 run, chunks of 1,000", *flood(send, 1, 1, 1_000, seconds))
        bench.catalog.close()
    for name, runs, threads, rows in (
        ("HTTP, 1 run, chunks of 1,000", 1, 1, 1_000),
        ("HTTP, 100 runs, 4 connections, chunks of 1,000", 100, 4, 1_000),
        ("HTTP, 100 runs, 8 connections, chunks of 10", 100, 8, 10),
    ):
        with tempfile.TemporaryDirectory() as directory:
            row(name, *over_http(Path(directory), runs, threads, rows, seconds))
    print("\nA goal of 500,000 values/s over HTTP at 1,000-row chunks stands against the HTTP rows.")


if __name__ == "__main__":
    main()
