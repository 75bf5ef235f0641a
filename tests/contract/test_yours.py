"""What is at rest can be read without us: history by any Parquet reader, the rest by any SQLite."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from tests.serving import ServerProcess, clean_environment

ROWS = 70_000  # more than a tail holds before it is sealed
SCRIPT = f"""
import runwell
with runwell.init(project="mine", id="kept", config={{"lr": 0.5}}, settings={{"finish_timeout": 60}}) as run:
    for step in range({ROWS}):
        run.log({{"loss": step / 7}})
"""


def test_history_and_config_are_read_by_parquet_and_sqlite_alone(
    new_server: Callable[..., ServerProcess], tmp_path: Path
) -> None:
    server = new_server().start()
    environment = clean_environment(RUNWELL_BASE_URL=server.url, RUNWELL_CONFIG_DIR=str(server.config_dir))
    subprocess.run([sys.executable, "-c", SCRIPT], cwd=tmp_path, env=environment, check=True, timeout=100)
    segments = server.data_dir / "segments"
    until = time.monotonic() + 30
    while not list(segments.rglob("history-*.parquet")) and time.monotonic() < until:
        time.sleep(0.2)
    server.stop()

    found: dict[int, float] = {}
    for file in segments.rglob("history-*.parquet"):
        for point in pq.read_table(file).to_pylist():
            if point["key"] == "loss":
                found[point["step"]] = point["value"]
    assert len(found) > ROWS // 2
    assert all(value == step / 7 for step, value in found.items())

    with contextlib.closing(sqlite3.connect(server.data_dir / "catalog.db")) as catalog:
        rows = catalog.execute("SELECT name, config FROM run").fetchall()
    assert [name for name, _ in rows] == ["kept"]
    assert '"lr": 0.5' in rows[0][1] or '"lr":0.5' in rows[0][1]
