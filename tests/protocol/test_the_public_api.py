"""``wandb.Api`` of the official client reads runs from our server."""

from __future__ import annotations

import json
from pathlib import Path

from tests.serving import ServerProcess

from . import official

LOGGING = """
    import wandb
    for n, lr in enumerate([0.1, 0.2, 0.3]):
        run = wandb.init(project="api", id=f"r{n}", name=f"run {n}", config={"lr": lr, "arch": {"name": "cnn"}},
                         tags=["odd" if n % 2 else "even"], reinit=True)
        for i in range(1500):
            run.log({"loss": 1 / (i + 1), "n": n} | ({"rare": float("nan")} if i % 500 == 0 else {}))
        run.summary["acc"] = n / 10
        print("words of", n)
        run.finish()
"""

READING = """
    import json, math, wandb
    api = wandb.Api()
    out = {}
    run = api.run("api/r1")
    out["entity"] = api.default_entity
    out["run"] = [run.id, run.name, run.state, dict(run.config), list(run.tags)]
    out["last"] = [run.summary["acc"], run.lastHistoryStep]
    out["history"] = len(run.history(pandas=False, samples=100))
    rows = list(run.scan_history())
    out["scan"] = [len(rows), rows[0]["_step"], rows[-1]["_step"], sum(r["n"] for r in rows)]
    out["losses"] = [r["loss"] for r in run.scan_history(keys=["loss"])] == [1 / (i + 1) for i in range(1500)]
    out["rare"] = len(run.history(keys=["rare"], pandas=False))
    out["files"] = sorted(f.name for f in run.files())
    run.file("config.yaml").download(root="down")
    out["yaml"] = "lr" in open("down/config.yaml").read()
    out["all"] = [r.id for r in api.runs("api", order="+created_at")]
    out["count"] = len(api.runs("api"))
    out["filtered"] = [r.id for r in api.runs("api", {"config.lr": {"$gte": 0.2}}, order="-config.lr")]
    out["tagged"] = sorted(r.id for r in api.runs("api", {"tags": {"$in": ["even"]}}))
    out["summary"] = [r.id for r in api.runs("api", {"summary_metrics.acc": 0.2})]
    out["state"] = len(api.runs("api", {"$and": [{"state": "finished"}, {"display_name": {"$regex": "run [01]"}}]}))
    out["projects"] = [p.name for p in api.projects()]
    try:
        api.run("api/none")
    except (ValueError, wandb.errors.CommError) as error:
        out["missing"] = type(error).__name__
    run.config["lr"] = 0.5
    run.tags.append("changed")
    run.notes = "by Api"
    run.update()
    run.summary["acc"] = 0.99
    run.summary.update()
    again = wandb.Api().run("api/r1")
    out["updated"] = [again.config, again.tags, again.summary["acc"], again.notes]
    api.run("api/r0").delete()
    out["left"] = sorted(r.id for r in wandb.Api().runs("api"))
    print("OUT" + json.dumps(out))
"""


def test_runs_are_read_edited_and_deleted(server: ServerProcess, tmp_path: Path) -> None:
    official.run(server, tmp_path / "logging", LOGGING)
    output = official.run(server, tmp_path / "reading", READING)
    [line] = [line for line in output.splitlines() if line.startswith("OUT")]
    out = json.loads(line[3:])
    assert out["entity"] == "local"
    config = {"lr": 0.2, "arch": {"name": "cnn"}}
    assert out["run"] == ["r1", "run 1", "finished", config, ["odd"]]
    assert out["last"] == [0.1, 1499]
    assert out["history"] == 100
    assert out["scan"] == [1500, 0, 1499, 1500]
    assert out["losses"] is True
    assert out["rare"] == 3
    assert {"config.yaml", "wandb-metadata.json", "output.log"} <= set(out["files"])
    assert out["yaml"] is True
    assert out["all"] == ["r0", "r1", "r2"] and out["count"] == 3
    assert out["filtered"] == ["r2", "r1"]
    assert out["tagged"] == ["r0", "r2"]
    assert out["summary"] == ["r2"]
    assert out["state"] == 2
    assert "api" in out["projects"]
    assert out["missing"]
    assert out["updated"] == [{"lr": 0.5, "arch": {"name": "cnn"}}, ["odd", "changed"], 0.99, "by Api"]
    assert out["left"] == ["r1", "r2"]
    run = official.described(server, "api", "r1")
    assert run["config"] == {"lr": 0.5, "arch": {"name": "cnn"}}
    assert (run["state"], run["exit_code"]) == ("finished", 0)  # who edits a run doesn't make it run
    assert len(official.history(server, "api", "r1")) == 1500
