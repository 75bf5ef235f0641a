"""Runs read back, edited and deleted through the same version's ``wandb.Api()``."""

import pathlib

import wandb
from parts import PROJECT, main, part

api = wandb.Api()


def _run(run_id):
    return wandb.Api().run(f"{PROJECT}/{run_id}")


@part
def read_a_run():
    run = _run("a-run")
    return {
        "config": dict(run.config),
        "summary": {key: run.summary[key] for key in ("loss", "i", "word")},
        "best": dict(run.summary["best"]),
        "names": [run.name, sorted(run.tags), run.notes, run.group, run.job_type, run.state],
        "losses": [row["loss"] for row in run.scan_history(keys=["loss"])],
        "last": run.lastHistoryStep,
    }


@part
def read_numbers():
    return [row["x"] for row in _run("numbers").scan_history()]


@part
def read_nested():
    run = _run("nested")
    return {"config": dict(run.config), "rows": list(run.scan_history())}


@part
def read_console():
    _run("console").file("output.log").download(root="down-console", replace=True)
    return pathlib.Path("down-console/output.log").read_text(encoding="utf-8")


@part
def read_system():
    return _run("system").history(stream="events", pandas=False)


@part
def find_runs():
    order = [r.id for r in api.runs(PROJECT, {"group": "api"}, order="+created_at")]
    found = {
        "config": {"config.lr": {"$gte": 0.2}, "group": "api"},
        "tag": {"$and": [{"tags": {"$in": ["even"]}}, {"group": "api"}]},
        "summary": {"summary_metrics.acc": 0.2, "group": "api"},
        "name": {"display_name": {"$regex": "api run [01]"}},
        "state": {"$and": [{"group": "api"}, {"state": "finished"}]},
        "not": {"$and": [{"group": "api"}, {"config.lr": {"$ne": 0.1}}]},
    }
    result = {name: sorted(r.id for r in api.runs(PROJECT, query)) for name, query in found.items()}
    result["order"] = order
    result["by lr"] = [r.id for r in api.runs(PROJECT, {"group": "api"}, order="-config.lr")]
    result["count"] = len(api.runs(PROJECT, {"group": "api"}))
    result["paged"] = sorted(r.id for r in api.runs(PROJECT, {"group": "api"}, per_page=1))
    return result


@part
def read_history():
    run = _run("a-run")
    rows = run.history(samples=20, pandas=False)
    return {
        "sampled": len(rows),
        "keys": [sorted(row) for row in run.history(keys=["loss"], samples=1000, pandas=False)][:1],
        "by keys": [row["loss"] for row in run.history(keys=["loss"], samples=1000, pandas=False)],
        "scan": [[row["_step"], row["i"], row["word"]] for row in run.scan_history(page_size=7)],
        "part": [row["_step"] for row in run.scan_history(min_step=10, max_step=20)],
    }


@part
def read_files():
    run = _run("saved")
    listed = {file.name: file.size for file in run.files()}
    run.file("notes.txt").download(root="down-files", replace=True)
    pathlib.Path("from-api.txt").write_text("sent by the Api")
    run.upload_file("from-api.txt")
    sent = {file.name: file for file in _run("saved").files()}
    out = {
        "listed": {name: size for name, size in listed.items() if name in ("notes.txt", "er/한국어.bin")},
        "notes": pathlib.Path("down-files/notes.txt").read_text(),
        "sent": "from-api.txt" in sent,
    }
    sent["from-api.txt"].delete()
    out["left"] = "from-api.txt" in {file.name for file in _run("saved").files()}
    return out


@part
def edit_a_run():
    run = _run("api-1")
    run.config["lr"] = 0.5
    run.tags.append("changed")
    run.notes = "by the Api"
    run.name = "renamed"
    run.update()
    run.summary["acc"] = 0.99
    run.summary.update({"added": [1, 2]})
    again = _run("api-1")
    return [dict(again.config), sorted(again.tags), again.notes, again.name, again.summary["acc"], again.state]


@part
def delete_a_run():
    _run("api-0").delete()
    left = sorted(r.id for r in wandb.Api().runs(PROJECT, {"group": "api"}))
    try:
        _run("api-0")
        return {"left": left, "gone": False}
    except Exception:
        return {"left": left, "gone": True}


@part
def projects():
    wandb.Api().create_project("made-by-" + PROJECT, "local")
    return {
        "projects": sorted(project.name for project in wandb.Api().projects()),
        "entity": wandb.Api().default_entity,
        "viewer": wandb.Api().viewer.username,
    }


@part
def read_table():
    found = api.artifact(PROJECT + "/run-table-answers:v0", type="run_table")
    table = found.get("answers")
    return {"columns": table.columns, "data": table.data, "from": found.logged_by().id}


@part
def read_code():
    [found] = [artifact for artifact in _run("code").logged_artifacts() if artifact.type == "code"]
    folder = pathlib.Path(found.download(root="down-code"))
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.py")}


if __name__ == "__main__":
    main()
