"""A1-A8: who may do what. A table of every route and what each kind of caller gets; a new route without a row fails."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5, sha256
from pathlib import Path

import pytest

from runwell.server.app import build_server
from runwell.server.guard import GuardedRoute
from runwell.server.settings import ServerSettings
from tests.logging_artifacts import log_artifact
from tests.serving import ServerProcess, clean_environment

from .raw import is_refused, send

PROJECT = "/api/projects/local/guarded"
RUN = f"{PROJECT}/runs/r1"
FILE = "/files/local/guarded/r1/a.txt"
GONE = f"{PROJECT}/runs/r2"
SECRET = b"secret of local"
ARTIFACT = f"{PROJECT}/artifacts/data"
GUARDED_VERSION = {"entity": "local", "project": "guarded", "name": "data", "version": "v0"}


@dataclass(frozen=True)
class Row:
    """A request to a route and what each caller gets.

    ``anonymous``: no key. ``stranger``: a user who isn't of the entity. ``viewer``: one who may only look at it.
    ``owner``: the entity's own user. None: not asked (it would end what other rows need).
    """

    target: str
    anonymous: int
    stranger: int
    viewer: int
    owner: int | None
    body: object = None


# (method, path of the route) → the request made
TABLE: dict[tuple[str, str], Row] = {
    ("GET", "/ready"): Row("/ready", 200, 200, 200, 200),
    ("GET", "/{path:path}"): Row("/local/guarded", 200, 200, 200, 200),
    ("GET", "/assets/{path:path}"): Row("/assets/none.js", 404, 404, 404, 404),
    ("GET", "/api/exports/{run_id}/{version}/history.parquet"): Row(
        "/api/exports/1/0.1/history.parquet", 401, 403, 403, 403
    ),
    ("GET", "/api/openapi.json"): Row("/api/openapi.json", 401, 200, 200, 200),
    ("GET", "/api/server"): Row("/api/server", 200, 200, 200, 200),
    ("POST", "/api/session"): Row("/api/session", 401, 401, 401, 401, {"token": "unknown"}),
    ("DELETE", "/api/session"): Row("/api/session", 204, 204, 204, 204),
    ("POST", "/api/login-links"): Row("/api/login-links", 401, 200, 200, 200, {}),
    ("GET", "/api/live"): Row("/api/live?project=local/guarded", 401, 404, 200, 200),
    ("GET", "/api/keys"): Row("/api/keys", 401, 200, 200, 200),
    ("POST", "/api/keys"): Row("/api/keys", 401, 200, 200, 200, {"name": "another"}),
    ("DELETE", "/api/keys/{key_id}"): Row("/api/keys/1", 401, 404, 404, None),
    ("GET", "/api/settings"): Row("/api/settings", 401, 200, 200, 200),
    ("PATCH", "/api/settings"): Row("/api/settings", 401, 200, 200, 200, {"theme": "dark"}),
    ("GET", "/api/profile"): Row("/api/profile", 401, 200, 200, 200),
    ("GET", "/api/users"): Row("/api/users", 401, 200, 200, 200),
    ("POST", "/api/users"): Row("/api/users", 401, 403, 403, 200, {"name": "newcomer"}),
    ("POST", "/api/users/{name}/reset"): Row("/api/users/newcomer/reset", 401, 403, 403, 200, {}),
    ("DELETE", "/api/users/{name}"): Row("/api/users/newcomer", 401, 403, 403, 204),
    ("POST", "/api/teams"): Row("/api/teams", 401, 403, 403, 200, {"name": "lab"}),
    ("PUT", "/api/teams/{team}/members/{user}"): Row(
        "/api/teams/lab/members/stranger", 401, 403, 403, 200, {"role": "viewer"}
    ),
    ("DELETE", "/api/teams/{team}/members/{user}"): Row("/api/teams/lab/members/stranger", 401, 403, 403, 204),
    ("DELETE", "/api/teams/{team}"): Row("/api/teams/lab", 401, 403, 403, 204),
    ("GET", "/api/projects"): Row("/api/projects", 401, 200, 200, 200),
    ("GET", "/api/projects/{entity}/{project}"): Row(PROJECT, 401, 404, 200, 200),
    ("PATCH", "/api/projects/{entity}/{project}"): Row(PROJECT, 401, 404, 403, 200, {"description": "d"}),
    ("DELETE", "/api/projects/{entity}/{project}"): Row(PROJECT, 401, 404, 403, None),
    ("POST", "/api/projects/{entity}/{project}/restore"): Row(f"{PROJECT}/restore", 401, 404, 403, 404),
    ("GET", "/api/projects/{entity}/{project}/runs"): Row(f"{PROJECT}/runs", 401, 404, 200, 200),
    ("POST", "/api/projects/{entity}/{project}/runs/stop"): Row(
        f"{PROJECT}/runs/stop", 401, 404, 403, 200, {"ids": ["r3"]}
    ),
    ("POST", "/api/projects/{entity}/{project}/runs/move"): Row(
        f"{PROJECT}/runs/move", 401, 404, 403, 200, {"ids": ["r3"], "project": "guarded"}
    ),
    ("POST", "/api/projects/{entity}/{project}/runs/values"): Row(
        f"{PROJECT}/runs/values", 401, 404, 200, 200, {"columns": ["summary.x"]}
    ),
    ("POST", "/api/projects/{entity}/{project}/importance"): Row(
        f"{PROJECT}/importance", 401, 404, 200, 200, {"target": "summary.x"}
    ),
    ("GET", "/api/projects/{entity}/{project}/runs/export"): Row(f"{PROJECT}/runs/export", 401, 404, 200, 200),
    ("GET", "/api/projects/{entity}/{project}/columns"): Row(f"{PROJECT}/columns", 401, 404, 200, 200),
    ("GET", "/api/projects/{entity}/{project}/metrics"): Row(f"{PROJECT}/metrics", 401, 404, 200, 200),
    ("POST", "/api/projects/{entity}/{project}/series"): Row(
        f"{PROJECT}/series", 401, 404, 200, 200, {"runs": ["r1"], "keys": ["x"], "width": 10}
    ),
    ("POST", "/api/projects/{entity}/{project}/runs/edit"): Row(
        f"{PROJECT}/runs/edit", 401, 404, 403, 200, {"ids": ["r1"], "set": {"notes": "n"}}
    ),
    ("POST", "/api/projects/{entity}/{project}/runs/delete"): Row(
        f"{PROJECT}/runs/delete", 401, 404, 403, 200, {"ids": ["r3"]}
    ),
    ("POST", "/api/projects/{entity}/{project}/runs/restore"): Row(
        f"{PROJECT}/runs/restore", 401, 404, 403, 200, {"ids": ["r3"]}
    ),
    ("GET", "/api/projects/{entity}/{project}/runs/{run_id}"): Row(RUN, 401, 404, 200, 200),
    ("PATCH", "/api/projects/{entity}/{project}/runs/{run_id}"): Row(RUN, 401, 404, 403, 200, {"notes": "n"}),
    ("POST", "/api/projects/{entity}/{project}/runs/{run_id}/stop"): Row(f"{GONE}/stop", 401, 404, 403, 204),
    ("GET", "/api/projects/{entity}/{project}/workspace"): Row(f"{PROJECT}/workspace", 401, 404, 200, 200),
    ("GET", "/api/projects/{entity}/{project}/views"): Row(f"{PROJECT}/views", 401, 404, 200, 200),
    ("POST", "/api/projects/{entity}/{project}/views"): Row(
        f"{PROJECT}/views", 401, 404, 403, 200, {"name": "v", "spec": {}, "shared": True}
    ),
    ("GET", "/api/projects/{entity}/{project}/views/draft"): Row(f"{PROJECT}/views/draft", 401, 404, 204, 204),
    ("PUT", "/api/projects/{entity}/{project}/views/draft"): Row(
        f"{PROJECT}/views/draft", 401, 404, 200, 200, {"spec": {}}
    ),
    ("DELETE", "/api/projects/{entity}/{project}/views/draft"): Row(f"{PROJECT}/views/draft", 401, 404, 204, 204),
    ("GET", "/api/projects/{entity}/{project}/views/{view_id}"): Row(f"{PROJECT}/views/none", 401, 404, 404, 404),
    ("PATCH", "/api/projects/{entity}/{project}/views/{view_id}"): Row(
        f"{PROJECT}/views/none", 401, 404, 404, 404, {"default": True}
    ),
    ("DELETE", "/api/projects/{entity}/{project}/views/{view_id}"): Row(f"{PROJECT}/views/none", 401, 404, 404, 404),
    ("GET", "/api/projects/{entity}/{project}/alerts"): Row(f"{PROJECT}/alerts", 401, 404, 200, 200),
    ("GET", "/api/projects/{entity}/{project}/runs/{run_id}/alerts"): Row(f"{RUN}/alerts", 401, 404, 200, 200),
    ("GET", "/api/projects/{entity}/{project}/runs/{run_id}/files"): Row(f"{RUN}/files", 401, 404, 200, 200),
    ("DELETE", "/api/projects/{entity}/{project}/runs/{run_id}/files"): Row(
        f"{RUN}/files?path=none.txt", 401, 404, 403, 404
    ),
    ("GET", "/api/projects/{entity}/{project}/media"): Row(f"{PROJECT}/media?runs=r1", 401, 404, 200, 200),
    ("POST", "/api/projects/{entity}/{project}/table-compare"): Row(
        f"{PROJECT}/table-compare",
        401,
        404,
        404,
        404,
        {side: {"run": "r1", "paths": ["none.table.json"]} for side in ("before", "after")},
    ),
    ("POST", "/api/projects/{entity}/{project}/runs/{run_id}/table"): Row(
        f"{PROJECT}/runs/r1/table", 401, 404, 404, 404, {"paths": ["none.table.json"]}
    ),
    ("POST", "/api/projects/{entity}/{project}/media/steps"): Row(
        f"{PROJECT}/media/steps", 401, 404, 200, 200, {"runs": ["r1"], "keys": ["x"]}
    ),
    ("POST", "/api/projects/{entity}/{project}/media/values"): Row(
        f"{PROJECT}/media/values", 401, 404, 200, 200, {"runs": ["r1"], "keys": ["x"]}
    ),
    ("GET", "/api/storage"): Row("/api/storage", 401, 200, 200, 200),
    ("POST", "/api/storage/plan"): Row(
        "/api/storage/plan",
        401,
        404,
        403,
        200,
        {"entity": "local", "project": "guarded", "deleted": {"older_than_days": 1}},
    ),
    ("POST", "/api/storage/clean"): Row("/api/storage/clean", 401, 200, 200, 200, {"items": ["version:1", "run:1"]}),
    ("GET", "/api/projects/{entity}/{project}/storage"): Row(f"{PROJECT}/storage", 401, 404, 200, 200),
    ("GET", "/api/charts"): Row("/api/charts", 401, 200, 200, 200),
    ("GET", "/api/charts/{entity}/{name}"): Row("/api/charts/local/none", 401, 404, 404, 404),
    ("GET", "/api/charts/{entity}/{name}/{version}"): Row("/api/charts/wandb/line/v0", 401, 200, 200, 200),
    ("GET", "/api/projects/{entity}/{project}/runs/{run_id}/charts"): Row(f"{RUN}/charts", 401, 404, 200, 200),
    ("GET", "/api/projects/{entity}/{project}/runs/{run_id}/history"): Row(
        f"{RUN}/history?format=jsonl", 401, 404, 200, 200
    ),
    ("GET", "/api/projects/{entity}/{project}/runs/{run_id}/console"): Row(f"{RUN}/console", 401, 404, 200, 200),
    ("GET", "/api/projects/{entity}/{project}/runs/{run_id}/console.txt"): Row(
        f"{RUN}/console.txt", 401, 404, 200, 200
    ),
    ("GET", "/api/projects/{entity}/{project}/runs/{run_id}/console/index"): Row(
        f"{RUN}/console/index?level=error", 401, 404, 200, 200
    ),
    ("GET", "/api/projects/{entity}/{project}/runs/{run_id}/console/search"): Row(
        f"{RUN}/console/search?q=a", 401, 404, 200, 200
    ),
    ("GET", "/api/artifact-file"): Row(
        f"/api/artifact-file?address=wandb-artifact://{b'Artifact:1'.hex()}/a.txt", 401, 404, 200, 200
    ),
    ("GET", "/api/projects/{entity}/{project}/artifacts"): Row(f"{PROJECT}/artifacts", 401, 404, 200, 200),
    ("GET", "/api/projects/{entity}/{project}/artifacts/{name}"): Row(ARTIFACT, 401, 404, 200, 200),
    ("PATCH", "/api/projects/{entity}/{project}/artifacts/{name}"): Row(
        ARTIFACT, 401, 404, 403, 200, {"description": "d"}
    ),
    ("DELETE", "/api/projects/{entity}/{project}/artifacts/{name}"): Row(
        f"{PROJECT}/artifacts/other", 401, 404, 403, None
    ),
    ("GET", "/api/projects/{entity}/{project}/artifacts/{name}/{version}"): Row(f"{ARTIFACT}/v0", 401, 404, 200, 200),
    ("PATCH", "/api/projects/{entity}/{project}/artifacts/{name}/{version}"): Row(
        f"{ARTIFACT}/v0", 401, 404, 403, 200, {"add_tags": ["t"]}
    ),
    ("DELETE", "/api/projects/{entity}/{project}/artifacts/{name}/{version}"): Row(
        f"{PROJECT}/artifacts/other/v0", 401, 404, 403, 409
    ),
    ("GET", "/api/projects/{entity}/{project}/artifacts/{name}/{version}/files"): Row(
        f"{ARTIFACT}/latest/files", 401, 404, 200, 200
    ),
    ("GET", "/api/projects/{entity}/{project}/artifacts/{name}/{version}/lineage"): Row(
        f"{ARTIFACT}/latest/lineage?complete=1", 401, 404, 200, 200
    ),
    ("GET", "/api/projects/{entity}/{project}/runs/{run_id}/artifacts"): Row(f"{RUN}/artifacts", 401, 404, 200, 200),
    ("POST", "/graphql"): Row("/graphql", 401, 200, 200, 200, {"query": "{ viewer { entity } }"}),
    ("POST", "/files/{entity}/{project}/{run}/file_stream"): Row(
        "/files/local/guarded/r1/file_stream", 401, 404, 403, 200, {"files": {}}
    ),
    ("PUT", "/files/{entity}/{project}/{run}/{path:path}"): Row(FILE, 401, 403, 403, 403, {}),
    # A registry is every user's; what it links to only theirs who see its project.
    ("GET", "/api/registries"): Row("/api/registries", 401, 200, 200, 200),
    ("POST", "/api/registries"): Row("/api/registries", 401, 409, 409, 409, {"name": "guarded"}),
    ("GET", "/api/registries/{registry}"): Row("/api/registries/guarded", 401, 200, 200, 200),
    ("PATCH", "/api/registries/{registry}"): Row("/api/registries/guarded", 401, 200, 200, 200, {"description": "x"}),
    # Somebody else linked into it: the linker and administrators may delete it, on confirmation.
    ("DELETE", "/api/registries/{registry}"): Row("/api/registries/guarded", 401, 403, 403, 409),
    ("GET", "/api/registry-collections"): Row("/api/registry-collections?registry=guarded", 401, 200, 200, 200),
    ("GET", "/api/registries/{registry}/{collection}"): Row("/api/registries/guarded/churn", 401, 200, 200, 200),
    ("POST", "/api/registries/{registry}/{collection}"): Row(
        "/api/registries/guarded/churn", 401, 404, 200, 200, {**GUARDED_VERSION, "aliases": ["production"]}
    ),
    ("PUT", "/artifacts/uploads/{number}/{md5}"): Row(f"/artifacts/uploads/1/{'0' * 32}", 401, 403, 403, 403, {}),
    ("PUT", "/artifacts/bundles/{number}"): Row("/artifacts/bundles/1", 401, 403, 403, 403, {}),
    ("PUT", "/artifacts/manifests/{number}/{md5}"): Row(f"/artifacts/manifests/1/{'0' * 32}", 401, 403, 403, 403, {}),
    ("GET", "/artifacts/files/{number}/{digest}/{name}"): Row(
        f"/artifacts/files/1/{sha256(SECRET).hexdigest()}/a.txt", 401, 404, 200, 200
    ),
    ("POST", "/artifacts/{entity}/bundle"): Row("/artifacts/local/bundle", 401, 404, 200, 200, {"md5s": ["0" * 32]}),
    ("GET", "/artifacts/{entity}/{md5}"): Row(f"/artifacts/local/{md5(SECRET).hexdigest()}", 401, 404, 200, 200),
    ("GET", "/artifactsV2/{region}/{entity}/{project}/{collection}/{rest:path}"): Row(
        f"/artifactsV2/default/local/guarded/data/x/{md5(SECRET).hexdigest()}/a.txt", 401, 404, 200, 200
    ),
    ("GET", "/files/{entity}/{project}/{run}/{path:path}"): Row("/files/local/guarded/r1/a.txt", 401, 404, 200, 200),
}


@dataclass
class Place:
    """A server with four kinds of callers and something of ``local``'s to ask for."""

    server: ServerProcess
    keys: dict[str, str | None]

    def ask(self, caller: str, method: str, target: str, body: object = None) -> tuple[int, bytes]:
        if target.startswith("/api/live"):  # a stream: its first line tells
            key = self.keys[caller]
            return _open_stream(self.server, target, key)
        status, _, answer = self.server.request(method, target, body, key=self.keys[caller])
        return status, answer


def _open_stream(server: ServerProcess, target: str, key: str | None) -> tuple[int, bytes]:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", target, headers={"Authorization": f"Bearer {key}"} if key else {})
    answer = connection.getresponse()
    body = answer.read(1) if answer.status == 200 else answer.read()
    connection.close()
    return answer.status, body


def admin(server: ServerProcess, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``runwell admin user …`` on the server's directory, while it runs."""
    command = [sys.executable, "-m", "runwell.cli.main", "admin", "user", *arguments, "--data", str(server.data_dir)]
    return subprocess.run(command, env=clean_environment(), input=stdin, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    server = ServerProcess(tmp_path_factory.mktemp("access")).start()
    keys: dict[str, str | None] = {"anonymous": None, "owner": server.key}
    for name in ("stranger", "viewer"):
        made = admin(server, "add", name)
        assert made.returncode == 0, made.stderr
        keys[name] = made.stdout.strip()
    with sqlite3.connect(server.data_dir / "catalog.db", timeout=30) as catalog:
        catalog.execute(
            "INSERT INTO member (entity_id, user_id, role) SELECT e.id, u.id, 'viewer' FROM entity e, user_account u "
            "WHERE e.name = 'local' AND u.name = 'viewer'"
        )
    for run in ("r1", "r2", "r3"):
        server.graphql(f'mutation {{ upsertBucket(input: {{modelName: "guarded", name: "{run}"}}) {{ inserted }} }}')
    answer = server.graphql(
        'mutation { createRunFiles(input: {entityName: "local", projectName: "guarded", runName: "r1", '
        'files: ["a.txt"]}) { files { uploadUrl } } }'
    )
    url = answer["data"]["createRunFiles"]["files"][0]["uploadUrl"].removeprefix(server.url)
    assert server.request("PUT", url, SECRET, key=None)[0] == 200
    log_artifact(server, "guarded", "data", {"a.txt": SECRET})
    log_artifact(server, "guarded", "other", {"b.txt": SECRET})
    assert server.request("POST", "/api/registries", {"name": "guarded"})[0] == 200
    assert server.request("POST", "/api/registries/guarded/churn", GUARDED_VERSION)[0] == 200
    time.sleep(1.1)  # what the server remembers of a key is a second old at most
    yield Place(server, keys)
    server.stop()


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[GuardedRoute]:
    built = build_server(ServerSettings(tmp_path_factory.mktemp("routes")))
    built.api.state.catalog.close()
    return built.app.table


def test_every_route_has_a_row_and_every_row_a_route(routes: list[GuardedRoute]) -> None:
    found = {(method, route.path) for route in routes for method in route.methods - {"HEAD"}}
    assert found == set(TABLE)


def test_every_route_of_the_framework_is_in_the_guards_table(tmp_path: Path) -> None:
    built = build_server(ServerSettings(tmp_path))
    documented = {(method.upper(), path) for path, way in built.api.openapi()["paths"].items() for method in way}
    built.api.state.catalog.close()
    known = {(method, route.path) for route in built.app.table for method in route.methods}
    assert documented <= known
    assert len(documented) > 20


@pytest.mark.parametrize("caller", ["anonymous", "stranger", "viewer", "owner"])
def test_each_caller_gets_what_the_table_says(place: Place, caller: str) -> None:
    wrong = []
    for (method, path), row in TABLE.items():
        expected = getattr(row, caller)
        if expected is None:
            continue
        status, body = place.ask(caller, method, row.target, row.body)
        if status != expected:
            wrong.append((method, path, expected, status, body[:120]))
        if status >= 400:
            assert {"error", "code"} <= set(json.loads(body)), (method, path, body)
            assert b"secret" not in body
    assert not wrong


@pytest.mark.parametrize("name", ["r1", "nothing"])
def test_what_is_not_yours_is_answered_like_what_is_not_there(place: Place, name: str) -> None:
    mine = {}
    for project in ("guarded", "missing"):
        answers = [
            place.ask("stranger", "GET", f"/api/projects/local/{project}/runs/{name}"),
            place.ask("stranger", "GET", f"/files/local/{project}/{name}/a.txt"),
            place.ask("stranger", "POST", f"/files/local/{project}/{name}/file_stream", {"files": {}}),
            place.ask("stranger", "GET", f"/api/live?project=local/{project}"),
        ]
        mine[project] = [(status, body.replace(project.encode(), b"P")) for status, body in answers]
    assert mine["guarded"] == mine["missing"]
    document = (
        'query ($p: String, $n: String!) { project(name: $p, entityName: "local") { id run(name: $n) { id } } '
        'model(name: $p, entityName: "local") { bucket(name: "r1", missingOk: true) { id } } }'
    )
    key = place.keys["stranger"]
    for project in ("guarded", "missing"):
        answer = place.server.graphql(document, {"p": project, "n": name}, key=key)
        assert answer == {"data": {"project": None, "model": None}}


def test_ids_of_somebody_elses_runs_open_nothing(place: Place) -> None:
    found = place.server.graphql('{ project(name: "guarded") { run(name: "r1") { id } } }')
    run_id = found["data"]["project"]["run"]["id"]
    for mutation in (
        'mutation ($id: String) { upsertBucket(input: {id: $id, notes: "taken"}) { bucket { id } } }',
        "mutation ($id: ID!) { stopRun(input: {id: $id}) { success } }",
        "mutation ($id: ID!) { deleteRun(input: {id: $id}) { clientMutationId } }",
        'mutation ($id: ID!) { updateRunState(input: {id: $id, state: "failed"}) { success } }',
    ):
        answer = place.server.graphql(mutation, {"id": run_id}, key=place.keys["stranger"])
        assert answer["errors"] and not any((answer["data"] or {}).values()), mutation
        answer = place.server.graphql(mutation, {"id": run_id}, key=place.keys["viewer"])
        assert answer["errors"] and not any((answer["data"] or {}).values()), mutation
    answer = place.server.graphql(
        'mutation { createRunFiles(input: {entityName: "local", projectName: "guarded", runName: "r1", '
        'files: ["b.txt"]}) { files { uploadUrl } } }',
        key=place.keys["viewer"],
    )
    assert answer["errors"] and answer["data"]["createRunFiles"] is None
    assert "taken" not in json.dumps(place.server.get_json(RUN))


@pytest.mark.parametrize(
    "line",
    [
        b"Authorization: Bearer ",
        b"Authorization: Bearer x",
        b"Authorization: Bearer " + b" " * 40,
        b"Authorization: Bearer " + b"a" * 40,
        b"Authorization: Bearer " + b"a" * 4000,
        b"Authorization: Basic " + b"!" * 20,
        b"Authorization: Basic YXBpOg==",  # api: with nothing behind
        b"Authorization: Digest x",
        b"Authorization: ",
        b"Authorization: Bearer \xff\xfe" + b"a" * 40,
        b"Cookie: runwell_session=x",
        b"Cookie: runwell_session=WzEsMF0.abc.def",
    ],
)
def test_keys_that_are_none_open_nothing(place: Place, line: bytes) -> None:
    answer = send(place.server.port, b"GET /api/projects", [line])
    assert answer.status == 401 and is_refused(answer)


def test_two_keys_are_none(place: Place) -> None:
    line = b"Authorization: Bearer " + place.server.key.encode()
    assert send(place.server.port, b"GET /api/projects", [line]).status == 200
    assert send(place.server.port, b"GET /api/projects", [line, line]).status == 401


def test_a_wrong_key_is_not_helped_by_a_right_cookie(place: Place) -> None:
    headers = place.server.request("POST", "/api/session", {"api_key": place.server.key}, key=None)[1]
    cookie = b"Cookie: " + headers["set-cookie"].split(";")[0].encode()
    assert send(place.server.port, b"GET /api/projects", [cookie]).status == 200
    assert send(place.server.port, b"GET /api/projects", [cookie, b"Authorization: Bearer " + b"a" * 45]).status == 401


def test_a_key_ends_with_its_revocation_and_a_user_with_his_removal(place: Place) -> None:
    server = place.server
    made = server.post_json("/api/keys", {"name": "short-lived"})
    assert server.request("GET", "/api/projects", key=made["key"])[0] == 200
    assert server.request("DELETE", f"/api/keys/{made['id']}")[0] == 204
    assert server.request("GET", "/api/projects", key=made["key"])[0] == 401
    assert made["key"].encode() not in server.request("GET", "/api/keys")[2]

    key = admin(server, "add", "brief").stdout.strip()
    session = server.request("POST", "/api/session", {"api_key": key}, key=None)[1]["set-cookie"].split(";")[0]
    assert server.get_json("/api/server", key=None, headers={"Cookie": session})["user"] == "brief"
    assert admin(server, "remove", "brief").returncode == 0
    time.sleep(1.1)
    assert server.request("GET", "/api/projects", key=key)[0] == 401
    assert server.request("GET", "/api/projects", key=None, headers={"Cookie": session})[0] == 401


def test_users_are_managed_while_the_server_runs(place: Place) -> None:
    key = "k" * 20 + "-" + "0123456789" * 3
    made = admin(place.server, "add", "ana", "--api-key", key, "--password-stdin", stdin="correct horse battery\n")
    assert made.returncode == 0, made.stderr
    assert place.server.get_json("/api/server", key=key)["user"] == "ana"
    login = {"user": "ana", "password": "correct horse battery"}
    assert place.server.request("POST", "/api/session", login, key=None)[0] == 200
    listed = admin(place.server, "list").stdout
    assert "ana" in listed and "local" in listed and key not in listed
    again = admin(place.server, "add", "ana")
    assert again.returncode == 1 and "taken" in again.stderr and "Traceback" not in again.stderr
    assert admin(place.server, "add", "short", "--api-key", "k" * 39).returncode == 1


def test_issued_addresses_are_good_for_one_thing_only(place: Place) -> None:
    server = place.server
    answer = server.graphql(
        'mutation { createRunFiles(input: {entityName: "local", projectName: "guarded", runName: "r1", '
        'files: ["signed.txt"]}) { files { uploadUrl } } }'
    )
    path = answer["data"]["createRunFiles"]["files"][0]["uploadUrl"].removeprefix(server.url)
    bare, query = path.split("?")
    assert server.request("PUT", path, b"first", key=None)[0] == 200
    assert server.request("GET", path, key=None)[0] == 401  # for another method
    for other in (
        f"{bare}2?{query}",
        bare.replace("/r1/", "/r2/") + f"?{query}",
        bare.replace("guarded", "other") + f"?{query}",
        bare,
        f"{bare}?{query.replace('expires=1', 'expires=9')}",
        f"{bare}?{query}&expires=99999999999",
        f"{bare}?{query[:-3]}AAA",
        f"{bare}?{query}&size=1",
        f"{bare}?signature=",
    ):
        assert server.request("PUT", other, b"second", key=None)[0] == 401, other
    assert server.request("GET", bare)[2] == b"first"


def test_who_may_only_look_gets_no_address_to_put_to(place: Place) -> None:
    document = (
        'query ($up: Boolean) { project(name: "guarded", entityName: "local") { run(name: "r1") { '
        'files(names: ["a.txt", "new.txt"]) { edges { node { name md5 url(upload: $up) } } } } } }'
    )
    for caller, up, allowed in (("viewer", False, True), ("viewer", True, False), ("owner", True, True)):
        answer = place.server.graphql(document, {"up": up}, key=place.keys[caller])
        edges = answer["data"]["project"]["run"]["files"]["edges"]
        assert [edge["node"]["name"] for edge in edges] == ["a.txt", "new.txt"]
        assert edges[1]["node"]["md5"] == "0"
        assert all(bool(edge["node"]["url"]) is allowed for edge in edges)
        assert bool(answer.get("errors")) is not allowed
    url = edges[1]["node"]["url"].removeprefix(place.server.url)
    assert place.server.request("PUT", url, b"new", key=None)[0] == 200
    assert place.server.request("GET", "/files/local/guarded/r1/new.txt")[2] == b"new"


def test_a_chart_is_its_entitys_unless_it_is_public(place: Place) -> None:
    document = (
        'mutation ($name: String!, $access: String!) { createCustomChart(input: {entity: "local", name: $name, '
        'displayName: "", type: "vega2", access: $access, spec: "{}"}) { chart { id } } }'
    )
    for access in ("PRIVATE", "PUBLIC"):
        wanted = {"name": access.lower(), "access": access}
        for caller in ("stranger", "viewer"):
            answer = place.server.graphql(document, wanted, key=place.keys[caller])
            assert answer["errors"] and answer["data"]["createCustomChart"] is None
        assert "errors" not in place.server.graphql(document, wanted)
    for caller, private in (("stranger", 404), ("viewer", 200), ("owner", 200)):
        assert place.ask(caller, "GET", "/api/charts/local/private")[0] == private
        assert place.ask(caller, "GET", "/api/charts/local/public")[0] == 200
        listed = {chart["id"] for chart in json.loads(place.ask(caller, "GET", "/api/charts")[1])["charts"]}
        assert ("local/private" in listed) is (private == 200) and "local/public" in listed


def test_ten_thousand_wrong_logins_are_slowed_down_and_the_server_stays_up(place: Place) -> None:
    statuses = [
        place.server.request("POST", "/api/session", {"user": "local", "password": f"guess {n}"}, key=None)[0]
        for n in range(30)
    ]
    assert set(statuses) == {401, 429}
    assert statuses.count(401) < 12
    status, headers, _ = place.server.request("POST", "/api/session", {"user": "local", "password": "x"}, key=None)
    if status == 429:
        assert 1 <= int(headers["retry-after"]) <= 30
    assert place.server.request("POST", "/api/session", {"user": "ana", "password": "no"}, key=None)[0] == 401
    assert place.server.request("GET", "/api/projects")[0] == 200


def test_nothing_in_the_repository_is_a_default_password() -> None:
    sources = Path(__file__).parents[2] / "src" / "runwell"
    for source in sources.rglob("*.py"):
        text = source.read_text("utf-8")
        assert 'password="' not in text.replace('password=""', ""), source


def test_the_key_is_kept_hashed_and_shown_to_the_owner_alone(place: Place) -> None:
    key = place.server.key
    credentials = place.server.config_dir / "credentials.json"
    assert credentials.stat().st_mode & 0o077 == 0
    assert place.server.data_dir.stat().st_mode & 0o077 == 0
    for path in place.server.data_dir.rglob("*"):
        if path.is_file():
            assert key.encode() not in path.read_bytes(), path
    assert key not in place.server.log()


def test_a_server_for_the_network_starts_and_warns_about_tls(new_server) -> None:
    server = new_server(options=("--host", "0.0.0.0")).start()
    assert "without TLS" in server.log()
    assert server.request("GET", "/api/projects", key=None)[0] == 401
    assert send(server.port, b"GET /ready", host=b"192.168.7.7:%d" % server.port).status == 200  # an address, no name
    assert send(server.port, b"GET /ready", host=b"10.evil.com").status == 421


def test_a_page_knows_who_may_change_a_version(place: Place) -> None:
    for caller, may in (("owner", True), ("viewer", False)):
        status, _, body = place.server.request("GET", f"{ARTIFACT}/v0", key=place.keys[caller])
        assert status == 200 and json.loads(body)["writable"] is may
