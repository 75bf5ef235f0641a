"""What the workspace asks of a real server: values, importance, tables to take away, moves, deleted runs."""

from __future__ import annotations

import csv
import io
import itertools
import json
from urllib.parse import quote, urlencode

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.logging_artifacts import log_artifact
from tests.serving import ServerProcess

_UPSERT = """
mutation($project: String, $name: String, $config: JSONString, $summary: JSONString) {
  upsertBucket(input: {modelName: $project, name: $name, displayName: $name, config: $config,
    summaryMetrics: $summary}) { bucket { name } } }"""
_serial = itertools.count()


@pytest.fixture
def project(server: ServerProcess) -> str:
    """A project of twelve runs; gives its name."""
    name = f"작업 {next(_serial)}"
    for n in range(12):
        config = {
            "lr": {"value": 10.0**-n},
            "note": {"value": "=1+1" if n else "plain"},
            "mixed": {"value": n or "auto"},
        }
        summary = '{"acc": NaN, "ok": true}' if n == 3 else json.dumps({"acc": n * 1.5, "ok": True, "n": n})
        variables = {"project": name, "name": f"r{n}", "config": json.dumps(config), "summary": summary}
        assert "errors" not in server.graphql(_UPSERT, variables)
    return name


def path_of(project: str, rest: str = "", **query) -> str:
    return f"/api/projects/local/{quote(project)}{rest}" + (f"?{urlencode(query)}" if query else "")


def test_values_and_importance(server, project):
    asked = {
        "columns": ["config.lr", "summary.acc", "summary.none"],
        "filter": "config.lr < 0.5",
        "sort": ["config.lr"],
    }
    found = server.post_json(path_of(project, "/runs/values"), {**asked, "limit": 9})
    assert (found["total"], found["matched"], len(found["ids"])) == (12, 11, 9)
    assert (found["ids"][0], found["names"][0], found["states"][0]) == ("r11", "r11", "running")
    assert found["columns"]["summary.acc"][8] == {"_type": "number", "value": "NaN"}
    assert (found["columns"]["config.lr"][0], found["columns"]["summary.none"]) == (10.0**-11, [None] * 9)
    rated = server.post_json(path_of(project, "/importance"), {"target": "summary.acc"})
    assert (rated["runs"], rated["matched"], rated["too_few"]) == (11, 12, False)
    assert rated["parameters"][0]["key"] in ("config.lr", "config.mixed")
    for wrong in ({"target": 5}, {"target": "summary.acc", "filter": "lr <"}, {"target": "a", "keys": ["x"] * 300}):
        assert server.request("POST", path_of(project, "/importance"), wrong)[0] == 400


def test_a_table_of_all_runs_is_taken_away(server, project):
    query = {"columns": "config.lr,config.note,config.mixed,summary.acc,summary.n,summary.ok", "sort": "name"}
    status, headers, body = server.request("GET", path_of(project, "/runs/export", format="csv", **query))
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert quote(f"{project}-runs.csv", safe="") in headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(body.decode())))
    assert len(rows) == 12
    assert rows[0] == {
        "id": "r0",
        "name": "r0",
        "config.lr": "1.0",
        "config.note": "plain",
        "config.mixed": "auto",
        "summary.acc": "0.0",
        "summary.n": "0",
        "summary.ok": "true",
    }
    by_id = {row["id"]: row for row in rows}
    assert (by_id["r3"]["summary.acc"], by_id["r3"]["summary.n"], by_id["r3"]["config.note"]) == ("NaN", "", "'=1+1")
    status, _, body = server.request("GET", path_of(project, "/runs/export", format="parquet", **query))
    table = pq.read_table(io.BytesIO(body))
    kinds = {field.name: field.type for field in table.schema}
    assert kinds["config.lr"] == kinds["summary.acc"] == pa.float64() and kinds["summary.n"] == pa.int64()
    assert kinds["summary.ok"] == pa.bool_() and kinds["config.mixed"] == kinds["config.note"] == pa.string()
    found = {row["id"]: row for row in table.to_pylist()}
    assert len(found) == 12 and found["r3"]["summary.acc"] != found["r3"]["summary.acc"]
    assert (found["r5"]["config.note"], found["r5"]["config.mixed"], found["r3"]["summary.n"]) == ("=1+1", "5", None)
    status, _, body = server.request("GET", path_of(project, "/runs/export", format="parquet", q="nobody"))
    assert (status, pq.read_table(io.BytesIO(body)).num_rows) == (200, 0)
    assert server.request("GET", path_of(project, "/runs/export", filter="lr <"))[0] == 400


def test_deleted_runs_are_listed_until_they_come_back(server, project):
    server.post_json(path_of(project, "/runs/delete"), {"ids": ["r1", "r2"]})
    page = server.get_json(path_of(project, "/runs", deleted=1, sort="name"))
    assert (page["total"], [run["id"] for run in page["runs"]]) == (2, ["r1", "r2"])
    assert page["runs"][0]["deleted_at"] > page["runs"][0]["created_at"]
    server.post_json(path_of(project, "/runs/restore"), {"ids": ["r1"]})
    assert server.get_json(path_of(project, "/runs", deleted=1))["total"] == 1


def test_many_runs_are_asked_to_stop(server, project):
    server.post_json(f"/files/local/{quote(project)}/r1/file_stream", {"complete": True, "exitcode": 0})
    found = server.post_json(path_of(project, "/runs/stop"), {"ids": ["r0", "r1", "r2"]})
    assert found == {"asked": ["r0", "r2"], "ended": ["r1"]}
    assert server.get_json(path_of(project, "/runs/r2"))["stop_requested"] is True
    assert server.request("POST", path_of(project, "/runs/stop"), {"ids": ["r0", "none"]})[0] == 404


def test_runs_move_with_their_histories_files_and_lineage(server, project):
    other = f"{project} 2"
    for run in ("r0", "r5"):
        assert "errors" not in server.graphql(_UPSERT, {"project": other, "name": run, "config": "{}", "summary": "{}"})
    log_artifact(server, project, "data", {"a.txt": b"kept"}, runName="r2")
    for n in (1, 2):
        rows = [json.dumps({"_step": step, "loss": step * n}) for step in range(3)]
        body = {"files": {"wandb-history.jsonl": {"offset": 0, "content": rows}}, "complete": n == 2, "exitcode": 0}
        server.post_json(f"/files/local/{quote(project)}/r{n}/file_stream", body)
    move = path_of(project, "/runs/move")
    for ids, target, status, why in [
        (["r1", "r2"], other, 409, "r1"),
        (["r2", "none"], other, 404, "none"),
        (["r2"], "nowhere", 404, "nowhere"),
    ]:
        answer = server.request("POST", move, {"ids": ids, "project": target})
        assert answer[0] == status and why in answer[2].decode(), answer
    server.post_json(f"/files/local/{quote(project)}/r1/file_stream", {"complete": True, "exitcode": 1})
    server.post_json(f"/files/local/{quote(project)}/r5/file_stream", {"complete": True, "exitcode": 0})
    status, _, body = server.request("POST", move, {"ids": ["r1", "r5"], "project": other})
    assert status == 409 and b"r5" in body and b"nothing was moved" in body
    assert server.post_json(move, {"ids": ["r1", "r2"], "project": other}) == {
        "moved": 2,
        "entity": "local",
        "project": other,
    }
    assert server.post_json(path_of(other, "/runs/move"), {"ids": ["r1"], "project": other})["moved"] == 0
    assert server.request("GET", path_of(project, "/runs/r2"))[0] == 404
    assert server.get_json(path_of(project))["run_count"] == 10
    run = server.get_json(path_of(other, "/runs/r2"))
    assert (run["project"], run["state"], run["last_step"], run["summary"]["n"]) == (other, "finished", 2, 2)
    history = server.request("GET", path_of(other, "/runs/r2/history"))[2].decode().splitlines()
    assert [json.loads(line)["loss"] for line in history] == [0, 2, 4]
    version = server.get_json(path_of(project, "/artifacts/data/v0"))
    assert (version["logged_by"]["project"], version["logged_by"]["id"]) == (other, "r2")
    [logged] = server.get_json(path_of(other, "/runs/r2/artifacts"))["logged"]["items"]
    assert (logged["project"], logged["name"]) == (project, "data")
    gone = server.post_json(path_of(other, "/runs/delete"), {"ids": ["r1", "r2"], "artifacts": True})
    assert gone == {"deleted": 2, "deleted_artifacts": 1}
    assert server.request("GET", path_of(project, "/artifacts/data/v0"))[0] == 404


def test_a_project_says_who_did_what_in_it(server, project):
    for n, runtime in ((0, 1.5), (1, 2.0)):
        rows = [json.dumps({"_step": 0, "_runtime": runtime})]
        body = {"files": {"wandb-history.jsonl": {"offset": 0, "content": rows}}, "complete": True, "exitcode": n}
        server.post_json(f"/files/local/{quote(project)}/r{n}/file_stream", body)
    server.post_json(path_of(project, "/runs/delete"), {"ids": ["r2", "r3"]})
    shown = server.get_json(path_of(project))
    assert shown["states"] == {"running": 8, "finished": 1, "failed": 1}
    assert (shown["runtime_s"], shown["deleted_runs"]) == (3.5, 2)
    [person] = shown["contributors"]
    assert (person["user"], person["runs"], person["runtime_s"]) == ("local", 10, 3.5)
    assert person["active_at"] >= shown["created_at"]
    assert shown["owner"] == {"name": "local", "is_team": False, "members": 1}
    assert shown["artifacts"] == {"collections": 0, "versions": 0}
    for content in (b"one", b"two"):
        log_artifact(server, project, "data", {"a.txt": content})
    assert server.get_json(path_of(project))["artifacts"] == {"collections": 1, "versions": 2}


def test_deleted_projects_are_listed_until_they_come_back(server, project):
    def listed() -> dict:
        return {found["name"]: found for found in server.get_json("/api/projects?deleted=1")["projects"]}

    server.post_json(path_of(project, "/runs/delete"), {"ids": ["r2"]})
    assert project not in listed()
    assert server.request("DELETE", path_of(project))[0] == 204
    assert listed()[project]["run_count"] == 11
    assert listed()[project]["deleted_at"] >= listed()[project]["created_at"]
    assert project not in {found["name"] for found in server.get_json("/api/projects")["projects"]}
    assert server.post_json(path_of(project, "/restore"), {})["run_count"] == 11
    assert project not in listed()
