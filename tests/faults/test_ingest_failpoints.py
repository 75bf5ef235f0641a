"""F13: the server dies at every place between two steps, and at random; what it answered is there, once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from runwell.server import failpoints
from runwell.server.domain.access import SYSTEM
from tests.faults.ingest_writer import CHUNK_ROWS, WRITERS
from tests.unit.metrics.conftest import Engine

CHUNKS = 12
ROOT = Path(__file__).parents[2]


def start(directory: Path, acks: Path, fail_at: str = "") -> subprocess.Popen[bytes]:
    """Start a writing process."""
    environment = {**os.environ, "RUNWELL_FAIL_AT": fail_at}
    command = [sys.executable, "-m", "tests.faults.ingest_writer", str(directory), str(acks), str(CHUNKS)]
    return subprocess.Popen(command, cwd=ROOT, env=environment)


def check(directory: Path, acks: Path, *, whole: bool) -> None:
    """Open what is there: every acknowledged row and line once, in order, values as they were."""
    said = Counter(acks.read_text().split() if acks.exists() else [])
    engine = Engine(directory)
    try:
        run = engine.run()
        rows = engine.rows(run)
        for writer in WRITERS:
            own = [row for row in rows if row["who"] == writer[0]]
            assert [row["_step"] for row in own] == list(range(len(own)))
            assert all(row["v"] == row["_step"] * 0.25 and row["text"] == f"t{row['_step']}" for row in own)
            assert len(own) >= said[writer[0]] * CHUNK_ROWS, "an acknowledged row is gone"
            if whole:
                assert len(own) == CHUNKS * CHUNK_ROWS
        _, lines = engine.console.page(SYSTEM, run, 0, 1_000)
        texts = [line.text for _, line in lines]
        assert len(set(texts)) == len(texts) >= sum(said.values())
        if rows:
            _, (drawn,) = engine.draw(["run1"], ["v"])
            assert drawn["total"] == len(rows)
            counts = engine.catalog.read(lambda c: engine.history.record_counts(c, run.id))
            assert (counts["rows"], counts["held"]) == (len(rows), 0)
        # Files that nobody names go, those that are named stay.
        engine.sealer.sweep(age_s=-1)
        assert len(engine.rows(run)) == len(rows)
        assert not list((directory / "segments").glob("*/*.tmp"))
    finally:
        engine.close()


@pytest.mark.parametrize("nth", [1, pytest.param(4, marks=pytest.mark.slow)])
@pytest.mark.parametrize("place", sorted(p for p in failpoints.PLACES if p.startswith(("ingest.", "seal."))))
def test_death_at_every_place_loses_nothing_that_was_answered(tmp_path: Path, place: str, nth: int) -> None:
    directory, acks = tmp_path / "data", tmp_path / "acks"
    assert start(directory, acks, f"{place}:{nth}").wait(60) == failpoints.EXIT_CODE, "the place was never come to"
    check(directory, acks, whole=False)
    assert start(directory, acks).wait(60) == 0
    check(directory, acks, whole=True)


def test_kill_9_in_loops_under_load_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    directory, acks = tmp_path / "data", tmp_path / "acks"
    chance = random.Random(20261123)
    for _ in range(6):
        process = start(directory, acks)
        deadline = time.monotonic() + 20
        size = acks.stat().st_size if acks.exists() else 0
        wanted = size + 2 * chance.randint(1, 3)
        while process.poll() is None and time.monotonic() < deadline:
            if acks.exists() and acks.stat().st_size >= wanted:
                break
            time.sleep(chance.random() * 0.005)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        check(directory, acks, whole=False)
    assert start(directory, acks).wait(60) == 0
    check(directory, acks, whole=True)


def test_the_table_of_places_is_the_code(tmp_path: Path) -> None:
    import re

    source = "".join(path.read_text() for path in (ROOT / "src/runwell/server").rglob("*.py"))
    assert set(re.findall(r'failpoints\.hit\("([a-z.]+)"\)', source)) == failpoints.PLACES
