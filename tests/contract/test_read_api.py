"""The routes of docs/api.md for accounts, projects, runs and files, asked of a real server."""

from __future__ import annotations

import itertools
import json
from urllib.parse import quote, urlencode

import pytest

from tests.serving import ServerProcess

_UPSERT = """
mutation($project: String, $name: String, $config: JSONString, $summary: JSONString, $tags: [String!]) {
  upsertBucket(input: {modelName: $project, name: $name, config: $config, summaryMetrics: $summary, tags: $tags}) {
    bucket { name displayName project { name entity { name } } } inserted
  }
}"""
_serial = itertools.count()


def wired(flat: dict) -> str:
    return json.dumps({k: {"value": v} for k, v in flat.items()})


@pytest.fixture
def project(server: ServerProcess) -> str:
    """A project of three runs; gives its name."""
    name = f"읽기 {next(_serial)}"
    for n in range(3):
        config = {"lr": 10.0**-n, "a,b": n, "optim": {"name": "adam"}, "big": 2**60}
        variables = {
            "project": name,
            "name": f"r{n}",
            "config": wired(config),
            "summary": f'{{"acc": NaN, "loss": {n}}}',
            "tags": ["baseline"] if n else [],
        }
        assert "errors" not in server.graphql(_UPSERT, variables)
    return name


def path_of(project: str, rest: str = "", **query) -> str:
    return f"/api/projects/local/{quote(project)}{rest}" + (f"?{urlencode(query)}" if query else "")


def test_projects(server, project):
    listed = server.get_json("/api/projects")["projects"]
    mine = next(p for p in listed if p["name"] == project)
    assert (mine["entity"], mine["run_count"], mine["states"]) == ("local", 3, {"running": 3})
    told = {"entity", "name", "description", "created_at", "active_at", "run_count", "states", "writable"}
    assert set(mine) == told and mine["writable"] is True
    status, _, body = server.request("PATCH", path_of(project), {"description": "<b>x</b>"})
    assert status == 200 and json.loads(body)["description"] == "<b>x</b>"
    assert server.get_json(path_of(project))["description"] == "<b>x</b>"
    assert server.request("DELETE", path_of(project))[0] == 204
    assert server.request("GET", path_of(project))[0] == 404
    assert server.request("GET", path_of(project, "/runs"))[0] == 404
    assert server.post_json(path_of(project, "/restore"), {})["run_count"] == 3


def test_runs_are_filtered_sorted_paged(server, project):
    query = {
        "filter": 'config.lr < 0.5 and state = "running" and "baseline" in tags',
        "sort": "-summary.loss",
        "columns": "config.lr,config.a%2Cb,summary.acc,summary.loss",
    }
    page = server.get_json(path_of(project, "/runs", **query))
    assert (page["total"], page["matched"], page["offset"]) == (3, 2, 0)
    assert [r["id"] for r in page["runs"]] == ["r2", "r1"]
    nan = {"_type": "number", "value": "NaN"}
    assert page["runs"][1]["values"] == {"config.lr": 0.1, "config.a,b": 1, "summary.acc": nan, "summary.loss": 1}
    page = server.get_json(path_of(project, "/runs", sort="name", limit=1, offset=1, q="-"))
    assert (page["matched"], len(page["runs"])) == (3, 1)
    assert [r["id"] for r in server.get_json(path_of(project, "/runs", ids="r0,nope"))["runs"]] == ["r0"]
    groups = server.get_json(path_of(project, "/runs", group="tags", columns="summary.loss"))["groups"]
    assert sorted((g["key"]["tags"], g["count"]) for g in groups) == [([], 1), (["baseline"], 2)]
    columns = server.get_json(path_of(project, "/columns"))["columns"]
    assert [c["key"] for c in columns if c["key"].startswith("config.")] == [
        "config.a,b",
        "config.big",
        "config.lr",
        "config.optim.name",
    ]


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "lr <"},
        {"filter": "().__class__"},
        {"filter": "x" * 9000},
        {"filter": 'name ~ "("'},
        {"limit": "1000000000"},
        {"limit": "-1"},
        {"offset": "x"},
        {"sort": ",".join("a" * 9)},
        {"group": "\x00"},
    ],
)
def test_what_cannot_be_answered_says_why(server, project, query):
    status, headers, body = server.request("GET", path_of(project, "/runs", **query))
    answer = json.loads(body)
    assert (status, answer["code"]) == (400, "invalid") and len(body) <= 1024
    assert headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("hostile", ["'; DROP TABLE run; --", '"', "\\", "%", "_", "`", "$.x", "a.b'c", "__proto__"])
def test_hostile_keys_and_values_are_only_values(server, project, hostile):
    quoted = json.dumps(hostile)
    for text in (f"config.lr = {quoted}", f"name = {quoted}", f"{quoted} in tags", f"notes in [{quoted}]"):
        page = server.get_json(path_of(project, "/runs", filter=text, q=""))
        assert (page["total"], page["matched"]) == (3, 0)
    query = {"sort": f"config.{hostile}", "columns": f"config.{hostile},summary.{hostile}", "group": ""}
    assert server.get_json(path_of(project, "/runs", **query))["matched"] == 3
    assert server.get_json(path_of(project, "/runs", q=hostile))["total"] == 3


def test_one_run(server, project):
    run = server.get_json(path_of(project, "/runs/r1"))
    assert run["config"]["optim"] == {"name": "adam"} and run["config"]["lr"] == 0.1
    assert run["config"]["big"] == {"_type": "number", "value": str(2**60), "float": float(2**60)}
    assert run["summary"] == {"acc": {"_type": "number", "value": "NaN"}, "loss": 1}
    assert (run["entity"], run["project"], run["user"], run["state"]) == ("local", project, "local", "running")
    change = {
        "name": "best",
        "tags": ["x"],
        "config": {"lr": 7, "big": run["config"]["big"]},
        "summary": {"n": {"m": 1}},
    }
    status, _, body = server.request("PATCH", path_of(project, "/runs/r1"), change)
    edited = json.loads(body)
    assert status == 200 and (edited["name"], edited["tags"]) == ("best", ["x"])
    assert edited["config"] == {**run["config"], "lr": 7} and edited["summary"] == {**run["summary"], "n": {"m": 1}}
    for bad in ({"name": ""}, {"tags": ["a\x00"]}, {"nope": 1}, {"tags": "x"}, [], {"notes": "x" * 200_000}):
        assert server.request("PATCH", path_of(project, "/runs/r1"), bad)[0] == 400
    assert server.get_json(path_of(project, "/runs/r1")) == {**edited}


def test_many_runs_at_once(server, project):
    answer = server.post_json(path_of(project, "/runs/edit"), {"ids": ["r0", "r2"], "set": {"add_tags": ["new"]}})
    assert answer["edited"] == 2 and {r["id"]: r["tags"] for r in answer["runs"]} == {
        "r0": ["new"],
        "r2": ["baseline", "new"],
    }
    assert server.request("POST", path_of(project, "/runs/edit"), {"ids": ["r0", "x"], "set": {"notes": "y"}})[0] == 404
    assert server.post_json(path_of(project, "/runs/delete"), {"ids": ["r0", "r2"]}) == {"deleted": 2}
    assert [r["id"] for r in server.get_json(path_of(project, "/runs"))["runs"]] == ["r1"]
    assert server.request("GET", path_of(project, "/runs/r0"))[0] == 404
    assert server.post_json(path_of(project, "/runs/restore"), {"ids": ["r0"]}) == {"restored": 1}
    assert server.get_json(path_of(project, "/runs"))["total"] == 2


def test_a_stop_is_asked_for(server, project):
    assert server.request("POST", path_of(project, "/runs/r0/stop"), {})[0] == 204
    assert server.get_json(path_of(project, "/runs/r0"))["stop_requested"] is True
    assert server.request("POST", path_of(project, "/runs/nope/stop"), {})[0] == 404


def test_keys_and_settings(server):
    made = server.post_json("/api/keys", {"name": "laptop"})
    assert len(made["key"]) >= 46 and made["key"].startswith(made["prefix"])
    listed = server.get_json("/api/keys", key=made["key"])["keys"]
    mine = next(k for k in listed if k["id"] == made["id"])
    assert set(mine) == {"id", "name", "prefix", "created_at", "last_used_at"} and made["key"] not in str(listed)
    assert server.request("DELETE", f"/api/keys/{made['id']}")[0] == 204
    assert server.request("GET", "/api/keys", key=made["key"])[0] == 401, "revoked: the next request fails"
    assert server.request("DELETE", f"/api/keys/{made['id']}")[0] == 404

    assert server.get_json("/api/settings")["code_saving"] is False
    status, _, body = server.request("PATCH", "/api/settings", {"theme": "dark"})
    assert status == 200 and json.loads(body)["theme"] == "dark"
    assert server.request("PATCH", "/api/settings", {"theme": "pink"})[0] == 400
    assert server.request("PATCH", "/api/settings", {"nope": 1})[0] == 400


def test_files_are_listed_as_they_were_put(server, project):
    answer = server.graphql(
        'mutation($p: String!, $f: [String!]!) { createRunFiles(input: {entityName: "local", projectName: $p,'
        ' runName: "r0", files: $f}) { files { name uploadUrl } } }',
        {"p": project, "f": ["wandb-metadata.json", "media/한글.png"]},
    )
    issued = {f["name"]: f["uploadUrl"] for f in answer["data"]["createRunFiles"]["files"]}
    metadata = b'{"host": "box", "python": "CPython 3.11", "args": ["--x"], "program": "t.py"}'
    for name, data in (("wandb-metadata.json", metadata), ("media/한글.png", b"png")):
        path = issued[name].removeprefix(server.url)
        assert server.request("PUT", path, data, key=None, headers={"Content-Type": "text/html"})[0] == 200
    files = server.get_json(path_of(project, "/runs/r0/files"))["files"]
    assert [(f["path"], f["size_bytes"], f["media_type"]) for f in files] == [
        ("media/한글.png", 3, "image/png"),
        ("wandb-metadata.json", len(metadata), "application/json"),
    ]
    run = server.get_json(path_of(project, "/runs/r0"))
    assert run["file_count"] == 2 and run["meta"]["host"] == "box" and run["meta"]["command"] == "t.py --x"


def test_what_is_anothers_looks_like_what_is_not(server, project):
    assert server.request("GET", path_of("no such project"))[0] == 404
    for rest in ("/runs", "/columns", "/runs/nope", "/runs/nope/files"):
        assert server.request("GET", path_of("no such project", rest))[0] == 404
        assert server.request("GET", path_of(project, rest), key=None)[0] == 401
    assert server.request("GET", f"/api/projects/someone/{quote(project)}")[0] == 404
