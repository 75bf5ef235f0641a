"""The official client logs a run, and every value of it comes back through ``/api``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.serving import ServerProcess

from . import official

ROWS = 10_000
BIG = 2**60
RULE_PARTS = ("step_metric", "step_sync", "hidden", "summary", "goal")

TEN_THOUSAND = f"""
    import math
    import wandb

    config = {{"lr": 0.003, "layers": [64, 32], "optim": {{"name": "adam", "betas": [0.9, 0.999]}}, "on": True,
              "nothing": None, "text": "한국어 / \\U0001f680", "big": {BIG} + 1}}
    run = wandb.init(project="official", id="ten-thousand", name="ten thousand rows", config=config,
                     tags=["baseline", "paper1"], notes="tweak baseline", group="g1", job_type="train")
    for i in range({ROWS}):
        row = {{"loss": 1 / (i + 1), "i": i, "nested": {{"a": i * 2, "deep": {{"b": -i / 7}}}}}}
        if i % 1000 == 1:
            row["odd"] = [float("nan"), float("inf"), float("-inf")][i // 1000 % 3]
        if i % 1000 == 2:
            row["big"] = {BIG} + i
        if i % 1000 == 3:
            row["word"] = f"step {{i}} \\u00e9\\u4e2d"
        if i % 1000 == 4:
            row["flag"] = i % 2000 == 4
        if i % 1000 == 5:
            row["list"] = [i, "x", None]
        run.log(row)
    run.config.update({{"late": "added"}})
    run.summary["best"] = {{"acc": 0.75, "at": 7}}
    print("the last words")
    run.finish()
"""


def expected_row(i: int) -> dict[str, Any]:
    row: dict[str, Any] = {"_step": i, "loss": 1 / (i + 1), "i": i, "nested.a": i * 2, "nested.deep.b": -i / 7}
    if i % 1000 == 1:
        row["odd"] = [float("nan"), float("inf"), float("-inf")][i // 1000 % 3]
    if i % 1000 == 2:
        row["big"] = BIG + i
    if i % 1000 == 3:
        row["word"] = f"step {i} \u00e9\u4e2d"
    if i % 1000 == 4:
        row["flag"] = i % 2000 == 4
    if i % 1000 == 5:
        row["list"] = [i, "x", None]
    return row


def test_ten_thousand_rows_come_back_value_by_value(server: ServerProcess, tmp_path: Path) -> None:
    official.run(server, tmp_path, TEN_THOUSAND)
    rows = official.history(server, "official", "ten-thousand")
    assert len(rows) == ROWS
    for i, row in enumerate(rows):
        assert isinstance(row.pop("_runtime"), (int, float))
        assert 1.7e9 < row.pop("_timestamp") < 1e10
        assert official.same(row, expected_row(i)), (row, expected_row(i))

    run = official.described(server, "official", "ten-thousand")
    assert run["state"] == "finished" and run["exit_code"] == 0
    assert run["name"] == "ten thousand rows"
    assert (run["tags"], run["notes"]) == (["baseline", "paper1"], "tweak baseline")
    assert (run["group"], run["job_type"]) == ("g1", "train")
    assert run["config"] == {
        "lr": 0.003,
        "layers": [64, 32],
        "optim": {"name": "adam", "betas": [0.9, 0.999]},
        "on": True,
        "nothing": None,
        "text": "한국어 / \U0001f680",
        "big": {"_type": "number", "value": str(BIG + 1), "float": float(BIG + 1)},
        "late": "added",
    }
    summary = run["summary"]
    assert summary["loss"] == 1 / ROWS and summary["i"] == ROWS - 1
    assert summary["nested"] == {"a": (ROWS - 1) * 2, "deep": {"b": -(ROWS - 1) / 7}}
    assert summary["best"] == {"acc": 0.75, "at": 7}
    assert summary["big"]["value"] == str(BIG + 9002)
    assert summary["odd"] == {"_type": "number", "value": "NaN"}
    assert run["last_step"] == ROWS - 1 and run["record"]["rows"] == ROWS
    assert run["record"]["rejected"] == 0
    assert run["meta"]["program"] and run["meta"]["sdk"] == "wandb 0.31.0"

    console = server.get_json("/api/projects/local/official/runs/ten-thousand/console")
    assert "the last words" in [line["text"] for line in console["lines"]]
    files = {f["path"] for f in server.get_json("/api/projects/local/official/runs/ten-thousand/files")["files"]}
    assert {"wandb-metadata.json", "requirements.txt", "config.yaml"} <= files
    status, headers, body = server.request("GET", "/files/local/official/ten-thousand/config.yaml")
    assert status == 200 and b"learning" not in body and b"lr:" in body
    assert headers["content-type"].startswith("text/plain")


def test_the_state_follows_how_the_script_ends(server: ServerProcess, tmp_path: Path) -> None:
    begin = "import sys, wandb\nrun = wandb.init(project='ends', id={!r})\nrun.log({{'x': 1}})\n"
    official.run(server, tmp_path / "a", begin.format("good"))
    official.run(server, tmp_path / "b", begin.format("raised") + "raise RuntimeError('broken')", status=1)
    official.run(server, tmp_path / "c", begin.format("exited") + "sys.exit(3)", status=3)
    found = {name: official.described(server, "ends", name) for name in ("good", "raised", "exited")}
    assert {name: run["state"] for name, run in found.items()} == {
        "good": "finished",
        "raised": "failed",
        "exited": "failed",
    }
    assert found["exited"]["exit_code"] == 3
    console = server.get_json("/api/projects/local/ends/runs/raised/console")["lines"]
    assert any("broken" in line["text"] and line["level"] == "error" for line in console)


def test_metric_rules_and_steps_arrive(server: ServerProcess, tmp_path: Path) -> None:
    official.run(
        server,
        tmp_path,
        """
        import wandb
        run = wandb.init(project="official", id="rules")
        run.define_metric("epoch")
        run.define_metric("val/*", step_metric="epoch")
        run.define_metric("acc", summary="max,min", hidden=True)
        for kind in ("mean", "last", "first", "none"):
            run.define_metric(kind, summary=kind)
        run.define_metric("merged", step_metric="epoch")
        run.define_metric("merged", summary="min")
        run.define_metric("anew", summary="max", hidden=True)
        run.define_metric("anew", summary="min", overwrite=True)
        run.define_metric("apart", step_metric="epoch", step_sync=False)
        for i in range(5):
            others = dict.fromkeys(["mean", "last", "first", "none", "merged", "anew", "apart"], i + 1)
            run.log({"acc": [0.1, 0.9, 0.5, 0.3, 0.2][i], "val/loss": i, "epoch": i, **others}, step=i * 10)
        run.finish()
        """,
    )
    rows = official.history(server, "official", "rules")
    assert [row["_step"] for row in rows] == [0, 10, 20, 30, 40]
    summary = official.described(server, "official", "rules")["summary"]
    assert summary["acc"] == {"max": 0.9, "min": 0.1}
    assert (summary["mean"], summary["first"], summary["last"]) == ({"mean": 3}, {"first": 1}, {"last": 5})
    assert "none" not in summary and summary["merged"] == {"min": 1} and summary["anew"] == {"min": 1}
    metrics = server.get_json("/api/projects/local/official/metrics?runs=rules")["metrics"]
    by_key = {metric["key"]: metric for metric in metrics}
    assert by_key["val/loss"]["step_metric"] == "epoch"
    assert by_key["acc"]["hidden"] is True
    said = {key: {part: one.get(part) for part in RULE_PARTS if part in one} for key, one in by_key.items()}
    assert said == {
        "acc": {"hidden": True, "summary": ["min", "max"]},
        "val/loss": {"step_metric": "epoch", "step_sync": True},
        "epoch": {},
        "mean": {"summary": ["mean"]},
        "last": {"summary": ["last"]},
        "first": {"summary": ["first"]},
        "none": {"summary": ["none"]},
        "merged": {"step_metric": "epoch", "step_sync": True, "summary": ["min"]},
        "anew": {"summary": ["min"]},
        "apart": {"step_metric": "epoch"},
    }


def test_a_stop_reaches_the_script(server: ServerProcess, tmp_path: Path) -> None:
    process = official.start(
        server,
        tmp_path,
        """
        import time, wandb
        run = wandb.init(project="official", id="stopme")
        for i in range(600):
            run.log({"x": i})
            time.sleep(0.1)
        print("never asked to stop")
        """,
        **official.SOON,
    )
    try:
        _wait_for_rows(server, "stopme")
        assert server.request("POST", "/api/projects/local/official/runs/stopme/stop")[0] == 204
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert "never asked to stop" not in output
    assert official.described(server, "official", "stopme")["state"] == "killed"


def _wait_for_rows(server: ServerProcess, run_id: str) -> None:
    import time

    for _ in range(600):
        status, _, body = server.request("GET", f"/api/projects/local/official/runs/{run_id}")
        if status == 200 and b'"last_step":-1' not in body.replace(b" ", b""):
            return
        time.sleep(0.1)
    raise AssertionError("no row arrived")


def test_an_offline_run_is_synced_by_the_official_command(server: ServerProcess, tmp_path: Path) -> None:
    official.run(
        server,
        tmp_path,
        """
        import glob, subprocess, sys, wandb
        run = wandb.init(project="official", id="offline", mode="offline")
        for i in range(100):
            run.log({"x": i})
        run.finish()
        [folder] = glob.glob("wandb/offline-run-*")
        for _ in range(2):
            subprocess.run([sys.executable, "-m", "wandb", "sync", folder], check=True)
        """,
    )
    assert [row["x"] for row in official.history(server, "official", "offline")] == list(range(100))
