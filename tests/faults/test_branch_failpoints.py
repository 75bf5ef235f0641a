"""The server dies at every place of a fork or a rewind: what is there is the old state or the new one, whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runwell.server import failpoints
from runwell.server.domain.access import SYSTEM, NotFound
from tests.faults.branch_writer import ROWS, STEP
from tests.unit.metrics.conftest import Engine

ROOT = Path(__file__).parents[2]
PLACES = sorted(place for place in failpoints.PLACES if place.startswith("branch."))
assert PLACES[0] == "branch.committed"


def act(directory: Path, what: str, fail_at: str = "") -> int:
    command = [sys.executable, "-m", "tests.faults.branch_writer", str(directory), what]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "RUNWELL_FAIL_AT": fail_at}, timeout=60).returncode


def rows_of(directory: Path, name: str) -> list[int] | None:
    """Give the steps that every reader sees, None if there is no such run."""
    engine = Engine(directory)
    try:
        run = engine.runs.find(SYSTEM, "local", "p", name)
        rows = engine.rows(run)
        assert all(row["v"] == row["_step"] * 0.25 and row["text"] == f"t{row['_step']}" for row in rows)
        _, (drawn,) = engine.draw([name], ["v"])
        assert drawn["x"].tolist() == [row["_step"] for row in rows]
        assert run.row_count in (len(rows), 0), "0 of a run that was made without its client"
        engine.sealer.sweep(age_s=-1)
        assert [row["_step"] for row in engine.rows(run)] == [row["_step"] for row in rows]
        assert not list((directory / "segments" / "new").glob("*"))
        return [row["_step"] for row in rows]
    except NotFound:
        return None
    finally:
        engine.close()


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("begun") / "data"
    assert act(directory, "begin") == 0
    return directory


# The commit of a fork is that of the run itself: nothing comes behind it.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "place"), [(what, p) for what in ("fork", "rewind") for p in PLACES if (what, p) != ("fork", PLACES[0])]
)
def test_death_at_every_place_leaves_the_old_state_or_the_new_one(
    begun: Path, tmp_path: Path, what: str, place: str
) -> None:
    directory = tmp_path / "data"
    shutil.copytree(begun, directory)
    name = "child" if what == "fork" else "parent"
    old = None if what == "fork" else list(range(ROWS))
    new = list(range(STEP + 1))
    assert act(directory, what, place) == failpoints.EXIT_CODE, "the place was never come to"
    assert rows_of(directory, name) == (new if place == "branch.committed" else old)
    for _ in range(2):
        assert act(directory, what) == 0
        assert rows_of(directory, name) == new
    if what == "fork":
        assert rows_of(directory, "parent") == list(range(ROWS))
