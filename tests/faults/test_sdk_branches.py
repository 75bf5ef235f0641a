"""Forks and rewinds of our own SDK, online and offline, on a real server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import runwell
from runwell.sdk.branch import read_branch
from runwell.wire.errors import UsageError
from tests.protocol import official
from tests.serving import ServerProcess, clean_environment

SCRIPT = """
import runwell, sys

def part(first, count, **more):
    with runwell.init(project="branches", **more) as run:
        for i in range(count):
            run.log({"x": first + i})
        assert run.starting_step + count == run.step
        return run.id

part(0, 20, id="parent", name="the-parent", config={"lr": 0.1, "a.b": 1}, tags=["t"])
part(100, 5, id="child", fork_from="parent?_step=9", config={"lr": 0.2})
part(200, 3, resume_from="parent?_step=14")
part(300, 2, id="late", fork_from="parent?_step=14", mode="offline")
"""


def test_forks_and_rewinds_have_the_right_rows_config_and_names(server: ServerProcess, tmp_path: Path) -> None:
    environment = clean_environment(
        RUNWELL_BASE_URL=server.url, RUNWELL_API_KEY=server.key, RUNWELL_FINISH_TIMEOUT="30"
    )
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=90
    )
    assert done.returncode == 0, done.stderr
    [folder] = (tmp_path / "runwell").glob("offline-run-*-late")
    for _ in range(2):
        command = [sys.executable, "-m", "runwell.cli.main", "sync", str(folder)]
        synced = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        assert synced.returncode == 0, synced.stderr

    def rows(run_id: str) -> list[tuple[int, int]]:
        return [(row["_step"], row["x"]) for row in official.history(server, "branches", run_id)]

    assert rows("child") == [*((n, n) for n in range(10)), *((10 + n, 100 + n) for n in range(5))]
    assert rows("parent") == [*((n, n) for n in range(15)), *((15 + n, 200 + n) for n in range(3))]
    assert rows("late") == [*((n, n) for n in range(15)), *((15 + n, 300 + n) for n in range(2))]
    child = official.described(server, "branches", "child")
    assert child["config"] == {"lr": 0.2, "a.b": 1} and child["summary"]["x"] == 104
    assert child["parent"] == {"id": "parent", "name": "the-parent", "step": 9}
    parent = official.described(server, "branches", "parent")
    assert (parent["name"], parent["tags"], parent["rewound_step"]) == ("the-parent", ["t"], 14)
    assert parent["config"] == {"lr": 0.1, "a.b": 1} and parent["state"] == "finished"


@pytest.mark.parametrize(
    "given",
    [
        ("parent", None, None, None),
        ("parent?_step=x", None, None, None),
        ("parent?loss=3", None, None, None),
        ("parent?_step=3", None, "parent", None),
        ("a?_step=3", "b?_step=3", None, None),
        (None, "a?_step=3", "b", None),
        ("a?_step=3", None, None, "allow"),
        (f"a?_step={2**60}", None, None, None),
    ],
)
def test_what_names_no_place_to_take_off_is_refused(given: tuple) -> None:
    with pytest.raises(UsageError):
        read_branch(*given)


def test_going_back_in_a_run_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run 'nobody'"):
        runwell.init(project="branches", resume_from="nobody?_step=1", mode="offline", dir=str(tmp_path))
