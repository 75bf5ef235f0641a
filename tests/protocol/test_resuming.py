"""Resuming with the official client: counts and tails are right, or history would be overwritten."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.serving import ServerProcess

from . import official

PART = """
    import wandb
    run = wandb.init(project="resuming", id={id!r}, resume={resume!r}, config={config!r})
    for i in range({rows}):
        run.log({{"x": {value} + i}})
    print("part at", {value})
    run.finish()
"""


def _part(server: ServerProcess, home: Path, run_id: str, value: int, resume: str | None = None, **more: object) -> str:
    status = more.pop("status", 0)
    config = more.pop("config", {})
    script = PART.format(id=run_id, resume=resume, rows=10, value=value, config=config)
    return official.run(server, home, script, status=status)  # type: ignore[arg-type]


@pytest.mark.parametrize("resume", ["allow", "must"])
def test_a_resumed_run_goes_on_where_it_ended(server: ServerProcess, tmp_path: Path, resume: str) -> None:
    run_id = f"goes-on-{resume}"
    _part(server, tmp_path / "a", run_id, 0, config={"first": 1})
    _part(server, tmp_path / "b", run_id, 100, resume, config={"second": 2})
    _part(server, tmp_path / "c", run_id, 200, resume)
    rows = official.history(server, "resuming", run_id)
    assert [(row["_step"], row["x"]) for row in rows] == [
        (part * 10 + i, part * 100 + i) for part in range(3) for i in range(10)
    ]
    run = official.described(server, "resuming", run_id)
    assert run["config"] == {"first": 1, "second": 2}
    assert run["state"] == "finished"
    lines = [line["text"] for line in server.get_json(f"/api/projects/local/resuming/runs/{run_id}/console")["lines"]]
    assert [line for line in lines if line.startswith("part at")] == ["part at 0", "part at 100", "part at 200"]


def test_must_and_never_are_refused_by_what_is_there(server: ServerProcess, tmp_path: Path) -> None:
    assert "does not exist" in _part(server, tmp_path / "a", "not-there", 0, "must", status=1)
    _part(server, tmp_path / "b", "is-there", 0, "never")
    assert "already exists" in _part(server, tmp_path / "c", "is-there", 100, "never", status=1)
    assert len(official.history(server, "resuming", "is-there")) == 10


def test_a_run_announced_but_never_started_is_new(server: ServerProcess, tmp_path: Path) -> None:
    answer = server.graphql(
        'mutation { upsertBucket(input: {modelName: "resuming", name: "announced", state: "pending"}) '
        '{ inserted bucket { id wandbConfig(keys: ["t"]) } } }'
    )
    assert answer["data"]["upsertBucket"]["bucket"]["wandbConfig"] == "{}"
    _part(server, tmp_path, "announced", 0, "never")


def test_rows_survive_the_servers_death_between_them(new_server, tmp_path: Path) -> None:
    server = new_server().start()
    process = official.start(
        server,
        tmp_path / "home",
        """
        import pathlib, time, wandb
        run = wandb.init(project="resuming", id="outlived")
        for i in range(300):
            run.log({"x": i})
            if i == 100:
                time.sleep(1)
                pathlib.Path("half").touch()
                while not pathlib.Path("go").exists():
                    time.sleep(0.05)
        run.finish()
        """,
    )
    try:
        deadline = time.monotonic() + 60
        while not (tmp_path / "home" / "half").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        server.kill()
        (tmp_path / "home" / "go").touch()
        time.sleep(2)
        server.start()
        output, _ = process.communicate(timeout=90)
    finally:
        process.kill()
    assert process.returncode == 0, output
    assert [row["x"] for row in official.history(server, "resuming", "outlived")] == list(range(300))
    assert official.described(server, "resuming", "outlived")["state"] == "finished"


SHARES = """
    import pathlib, sys, time, wandb
    primary = {primary}
    who = "primary" if primary else "worker"
    settings = wandb.Settings(mode="shared", x_label=who, x_primary=primary, x_update_finish_state=primary)
    run = wandb.init(project="sharing", id="ours", settings=settings, config={{"lr": 1}} if primary else None)
    pathlib.Path("../" + who).touch()
    while not (pathlib.Path("../primary").exists() and pathlib.Path("../worker").exists()):
        time.sleep(0.05)
    for i in range(200):
        run.log({{who + "/x": i}})
    run.finish()
"""


def test_two_processes_share_one_run_and_overwrite_nothing(server: ServerProcess, tmp_path: Path) -> None:
    worker = official.start(server, tmp_path / "two", SHARES.format(primary=False))
    try:
        official.run(server, tmp_path / "one", SHARES.format(primary=True))
        output, _ = worker.communicate(timeout=90)
    finally:
        worker.kill()
    assert worker.returncode == 0, output
    rows = official.history(server, "sharing", "ours")
    assert len(rows) == 400
    for who in ("primary", "worker"):
        assert sorted(row[f"{who}/x"] for row in rows if f"{who}/x" in row) == list(range(200))
    run = official.described(server, "sharing", "ours")
    assert (run["config"], run["summary"]["primary/x"], run["summary"]["worker/x"]) == ({"lr": 1}, 199, 199)
