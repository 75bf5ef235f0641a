"""``runwell runs`` and ``runwell export``: what a server has, as tables and files."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from runwell.sync.deliver import Delivery
from runwell.sync.follow import Follow
from tests.serving import ServerProcess
from tests.unit.cli.test_cli import runwell
from tests.unit.sync.journal_writer import JournalWriter

ROWS = 40


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory, server: ServerProcess) -> dict[str, str]:
    """Two runs in project ``readtest``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUNWELL_CONFIG_DIR", str(server.config_dir))
        for number in range(2):
            deliver(tmp_path_factory.mktemp("runs"), server, f"read{number}", number)
    return server.client_environment()


def deliver(folder: Path, server: ServerProcess, run_id: str, number: int) -> None:
    run = {"id": run_id, "project": "readtest"}
    journal = JournalWriter(folder / f"run-20261123_101500-{run_id}", base_url=server.url, run=run)
    journal.record("run", {"display_name": f"실험 {number}", "tags": ["a", "b"]})
    journal.record("config", {"set": {"lr": 0.5 * number, "net": {"name": "=big"}}})
    journal.record("event", {"system.cpu": 25.0, "_runtime": 1.0, "_timestamp": 1.8e9})
    for step in range(ROWS):
        journal.row(loss=1 / (step + 1), odd=math.nan if step % 2 else 2**60 + step)
    journal.exit()
    done = Delivery(journal.run_dir, server.url, follow=Follow(over=True, gone=True)).run(wait_for_lock=False)
    assert done.status.state == "done", done


def test_runs_are_listed_filtered_sorted_with_columns(env: dict[str, str], tmp_path: Path) -> None:
    ended = runwell("runs", "readtest", "--columns", "config.lr", "--sort", "config.lr", env=env, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    head, *lines = ended.stdout.splitlines()
    assert head.split() == ["id", "name", "state", "created", "steps", "config.lr"]
    assert [line.split()[0] for line in lines] == ["read0", "read1"]
    assert lines[1].endswith(f"{ROWS}     0.5")
    ended = runwell("runs", "readtest", "--filter", "config.lr > 0", "--json", env=env, cwd=tmp_path)
    (line,) = [json.loads(line) for line in ended.stdout.splitlines()]
    assert (line["id"], line["name"], line["state"], line["tags"]) == ("read1", "실험 1", "finished", ["a", "b"])
    ended = runwell("runs", "--json", env=env, cwd=tmp_path)
    assert "readtest" in [json.loads(line)["name"] for line in ended.stdout.splitlines()]
    for exit_code, wrong in ((5, ("nosuchproject",)), (1, ("readtest", "--filter", "config.lr >"))):
        ended = runwell("runs", *wrong, env=env, cwd=tmp_path)
        assert ended.returncode == exit_code
        assert ended.stderr.startswith("runwell: ")
        assert "Traceback" not in ended.stderr


def test_an_export_holds_every_value_and_goes_on_where_it_stopped(
    env: dict[str, str], tmp_path: Path, server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = runwell("export", "readtest", "--out", "x", "--filter", 'id ~ "read[01]$"', "--json", env=env, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert [json.loads(line)["fetched"] for line in ended.stdout.splitlines()] == [True, True]
    history = pq.read_table(tmp_path / "x" / "history" / "read1.parquet")
    assert history["loss"].to_pylist() == [1 / (step + 1) for step in range(ROWS)]
    assert pq.read_table(tmp_path / "x" / "system" / "read0.parquet")["system.cpu"].to_pylist() == [25.0]
    table = pq.read_table(tmp_path / "x" / "runs.parquet")
    assert table["id"].to_pylist() == ["read0", "read1"]
    assert table["config.lr"].to_pylist() == [0.0, 0.5]
    assert table["config.net.name"].to_pylist() == ["=big", "=big"]
    assert table["summary.loss"].to_pylist() == [1 / ROWS, 1 / ROWS]
    about = json.loads((tmp_path / "x" / "runs" / "read1.json").read_text("utf-8"))
    assert (about["config"], about["name"]) == ({"lr": 0.5, "net": {"name": "=big"}}, "실험 1")

    (tmp_path / "x" / "history" / "read0.parquet").unlink()  # as if it had been stopped
    monkeypatch.setenv("RUNWELL_CONFIG_DIR", str(server.config_dir))
    deliver(tmp_path, server, "read2", 2)
    ended = runwell("export", "readtest", "--out", "x", "--json", env=env, cwd=tmp_path)
    assert [json.loads(line)["fetched"] for line in ended.stdout.splitlines()] == [True, False, True]
    assert (tmp_path / "x" / "history" / "read0.parquet").exists()


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_export_as_text(form: str, env: dict[str, str], tmp_path: Path) -> None:
    ended = runwell("export", "readtest", "--format", form, "--filter", 'id = "read1"', env=env, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert f"1 run written to readtest-export; all of them are in readtest-export/runs.{form}" in ended.stdout
    folder = tmp_path / "readtest-export"
    lines = (folder / "history" / f"read1.{form}").read_text("utf-8").splitlines()
    if form == "jsonl":
        assert [json.loads(line)["loss"] for line in lines] == [1 / (step + 1) for step in range(ROWS)]
        assert [json.loads(line)["odd"] for line in lines[::2]] == [2**60 + step for step in range(0, ROWS, 2)]
        (run,) = [json.loads(line) for line in (folder / "runs.jsonl").read_text("utf-8").splitlines()]
        assert run["config.lr"] == 0.5
    else:
        assert [float(row["loss"]) for row in csv.DictReader(lines)] == [1 / (step + 1) for step in range(ROWS)]
        (run,) = csv.DictReader((folder / "runs.csv").read_text("utf-8").splitlines())
        assert (run["config.lr"], run["config.net.name"]) == ("0.5", "'=big")  # no spreadsheet runs it
