"""Long work says how far it is, on a terminal and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.terminals import Terminal
from tests.serving import ServerProcess, clean_environment

SIZE = 30_000_000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("progress")
    (place / "data").mkdir()
    for name in ("a", "b"):
        (place / "data" / name).write_bytes(name.encode() * SIZE)
    return place


def shown(server: ServerProcess, place: Path, *arguments: str, columns: int = 120) -> str:
    """Give what a terminal shows of a command's standard error."""
    environment = clean_environment(RUNWELL_BASE_URL=server.url, RUNWELL_CONFIG_DIR=str(server.config_dir))
    environment["RUNWELL_CACHE_DIR"] = str(place / "cache")
    with Terminal() as terminal:
        terminal.resize(columns)
        command = [sys.executable, "-m", "runwell.cli.main", *arguments]
        ended = subprocess.run(
            command, cwd=place, env=environment, stdout=subprocess.PIPE, stderr=terminal.fd, timeout=60, check=False
        )
        seen = terminal.leave().decode()
    assert ended.returncode == 0, (ended.stdout, seen)
    assert b"\r" not in ended.stdout
    return seen


def test_each_part_of_an_artifact_s_way_is_shown(server: ServerProcess, place: Path) -> None:
    put = shown(server, place, "artifact", "put", "data", "-n", "bars/data")
    assert "reading: 100%" in put
    assert "60.0M/60.0M" in put
    assert "sending:" in put
    got = shown(server, place, "artifact", "get", "bars/data", "--root", "there")
    assert "fetching: 100%" in got
    assert (place / "there" / "b").stat().st_size == SIZE
    assert got.rstrip(" \r\n").count("\n") == 0, "the bar is one line, which goes"


def test_an_export_counts_runs_and_programs_see_no_bar(server: ServerProcess, place: Path) -> None:
    shown(server, place, "artifact", "put", "data/a", "-n", "bars/one")
    assert "exporting:" in shown(server, place, "export", "bars", "--format", "csv", "--out", "out")
    assert shown(server, place, "export", "bars", "--format", "csv", "--out", "out", "--json") == ""
