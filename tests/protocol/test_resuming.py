"""Resuming with the official client: counts and tails are right, or history would be overwritten."""

from __future__ import annotations

from pathlib import Path

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


def test_a_resumed_run_goes_on_where_it_ended(server: ServerProcess, tmp_path: Path) -> None:
    run_id = "goes-on"
    _part(server, tmp_path / "a", run_id, 0, config={"first": 1})
    _part(server, tmp_path / "b", run_id, 100, "allow", config={"second": 2})
    _part(server, tmp_path / "c", run_id, 200, "must")
    rows = official.history(server, "resuming", run_id)
    assert [(row["_step"], row["x"]) for row in rows] == [
        (part * 10 + i, part * 100 + i) for part in range(3) for i in range(10)
    ]
    run = official.described(server, "resuming", run_id)
    assert run["config"] == {"first": 1, "second": 2}
    assert run["state"] == "finished"
    lines = [line["text"] for line in server.get_json(f"/api/projects/local/resuming/runs/{run_id}/console")["lines"]]
    assert [line for line in lines if line.startswith("part at")] == ["part at 0", "part at 100", "part at 200"]


AUTO = """
    import os, psutil, signal, time, wandb
    run = wandb.init(project="resuming", resume="auto", config={{"part": {value}}})
    for i in range(30):
        run.log({{"x": {value} + i}})
    if {dies}:
        while wandb.Api().run(run.path).lastHistoryStep < 10:
            time.sleep(0.2)
        for child in psutil.Process().children(recursive=True):  # the client's own process, which outlives a script
            child.kill()
        os.kill(os.getpid(), signal.SIGKILL)
    run.finish()
    print("id", run.id)
"""


def test_auto_goes_on_with_the_run_that_was_killed(server: ServerProcess, tmp_path: Path) -> None:
    official.run(server, tmp_path, AUTO.format(value=0, dies=True), status=-9, **official.SOON)
    output = official.run(server, tmp_path, AUTO.format(value=100, dies=False), **official.SOON)
    run_id = next(line.split()[1] for line in output.splitlines() if line.startswith("id "))
    rows = official.history(server, "resuming", run_id)
    there = len(rows) - 30
    assert 10 < there <= 30
    assert [(row["_step"], row["x"]) for row in rows] == list(enumerate([*range(there), *range(100, 130)]))
    run = official.described(server, "resuming", run_id)
    assert (run["config"], run["state"], run["summary"]["x"]) == ({"part": 100}, "finished", 129)


SYNCED = """
    import glob, os, subprocess, sys, wandb

    def sync(*patterns):
        paths = [path for pattern in patterns for path in sorted(glob.glob(pattern))]
        subprocess.run([sys.executable, "-m", "wandb", "sync", "--include-synced", *paths], check=True)

    def record(id, rows, first=0, **more):
        with wandb.init(project="syncing", id=id, **more) as run:
            for i in range(rows):
                run.log({"x": first + i})
            print(id, "from", first)

    record("off", 30, mode="offline", config={"a": 1})
    record("back", 7, config={"a": 1})
    sync("wandb/offline-run-*-off")
    record("off", 5, 100, resume="must")
    os.makedirs("two")
    record("off", 5, 200, mode="offline", resume="allow", dir="two", config={"b": 2})
    record("fork", 2, 300, mode="offline", fork_from="off?_step=32", dir="two")
    record("back", 2, 400, mode="offline", resume_from="back?_step=3", dir="two")
    sync("two/wandb/offline-run-*")
    sync("wandb/offline-run-*-off", "wandb/run-*-off", "two/wandb/offline-run-*")
"""


def test_offline_parts_and_replays_give_the_same_run_row_by_row(server: ServerProcess, tmp_path: Path) -> None:
    official.run(server, tmp_path, SYNCED)
    expected = {
        "off": [*range(30), *range(100, 105), *range(200, 205)],
        "fork": [*range(30), *range(100, 103), 300, 301],
        "back": [0, 1, 2, 3, 400, 401],
    }
    for run_id, values in expected.items():
        rows = official.history(server, "syncing", run_id)
        assert [(row["_step"], row["x"]) for row in rows] == list(enumerate(values)), run_id
        run = official.described(server, "syncing", run_id)
        assert (run["state"], run["last_step"], run["summary"]["x"]) == ("finished", len(values) - 1, values[-1])
        assert run["record"]["rows"] == len(values)
    run = official.described(server, "syncing", "off")
    assert run["config"] == {"a": 1, "b": 2}
    console = server.get_json("/api/projects/local/syncing/runs/off/console")["lines"]
    said = [line["text"] for line in console if line["text"].startswith("off from")]
    assert said == ["off from 0", "off from 100", "off from 200"], "what was printed isn't printed again"


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
