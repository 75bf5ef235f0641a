"""Two tables side by side, over HTTP from a real server: of versions of an artifact, and logged by two runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import md5
from typing import Any

import pytest

from tests.logging_artifacts import commit, create, log_artifact, manifest_text, md5_text, put_manifest
from tests.serving import ServerProcess

COLUMNS = ["id", "image", "label", "score", "note"]
PROJECT = "compared"


def _image(name: str, sha: str, **more: Any) -> dict[str, Any]:
    return {"_type": "image-file", "path": f"media/images/{name}.png", "sha256": sha * 64, **more}


BEFORE: list[list[Any]] = [
    ["a", _image("a1", "a"), "cat", 0.5, None],
    ["b", _image("b1", "b"), "dog", 0.9, "sure"],
    ["c", _image("c1", "c"), "cat", float("nan"), None],
    ["d", _image("d1", "d"), "emu", 1, None],
]
AFTER: list[list[Any]] = [
    ["d", _image("d2", "d"), "emu", 1.0, None],
    ["b", _image("b1", "b"), "cat", 0.2, "sure"],
    ["c", _image("c1", "c"), "cat", float("nan"), None],
    ["a", _image("a1", "a"), "cat", 0.75, None],
    ["e", _image("e1", "e"), "fox", 0.4, "new"],
]


@pytest.fixture(scope="module")
def compare(server: ServerProcess) -> Callable[..., Any]:
    for rows in (BEFORE, AFTER):
        files = {"predictions.table.json": json.dumps({"columns": COLUMNS, "data": rows}).encode()}
        files |= {row[1]["path"]: row[1]["path"].encode() for row in rows}
        log_artifact(server, PROJECT, "predictions", files)

    def ask(status: int = 200, **asked: Any) -> Any:
        body = {side: _version(f"v{i}") for i, side in enumerate(("before", "after"))} | asked
        found, _, answer = server.request("POST", f"/api/projects/local/{PROJECT}/table-compare", body)
        assert found == status, answer
        return json.loads(answer)

    return ask


def _version(version: str, path: str = "predictions.table.json") -> dict[str, Any]:
    return {"artifact": "predictions", "version": version, "path": path}


def put_run_file(server: ServerProcess, project: str, run: str, path: str, data: bytes) -> None:
    """Keep a file of a run."""
    answer = server.graphql(
        f'mutation {{ createRunFiles(input: {{entityName: "local", projectName: "{project}", runName: "{run}", '
        f'files: ["{path}"]}}) {{ files {{ uploadUrl }} }} }}'
    )
    address = answer["data"]["createRunFiles"]["files"][0]["uploadUrl"].removeprefix(server.url)
    assert server.request("PUT", address, data, key=None)[0] == 200


def _changes(found: Any) -> list[tuple[str, str]]:
    return [((row["after"] or row["before"])[0], row["change"]) for row in found["rows"]]


def test_rows_are_paired_by_the_column_that_names_them(compare) -> None:
    found = compare()
    assert found["keys"] == ["id"] and found["proposals"][0] == {"columns": ["id"], "unique": True, "shared": 0.8}
    assert _changes(found) == [("a", "changed"), ("b", "changed"), ("c", "same"), ("d", "same"), ("e", "added")]
    assert found["counts"] == {"added": 1, "removed": 0, "changed": 2, "same": 2}
    assert {one["name"]: one["changed"] for one in found["columns"]} == {
        "id": 0,
        "image": 0,  # of d the same bytes have another name
        "label": 1,
        "score": 2,
        "note": 0,
    }
    assert [row["changed"] for row in found["rows"]] == [[3], [2, 3], [], [], []]
    assert found["totals"] == [4, 5] and found["repeated"] == [0, 0]
    assert found["rows"][4]["before"] is None and found["rows"][4]["numbers"] == [None, 4]


def test_pictures_of_either_side_have_their_own_bytes(compare, server: ServerProcess) -> None:
    found = compare()
    old, new = (found["files"][side] for side in ("before", "after"))
    assert set(old) == {f"media/images/{name}1.png" for name in "abcd"} and "media/images/d2.png" in new
    assert server.request("GET", new["media/images/d2.png"]["address"])[2] == b"media/images/d2.png"


def test_pairs_are_filtered_searched_sorted_by_delta_and_paged(compare) -> None:
    def names(**asked: Any) -> list[str]:
        return [name for name, _ in _changes(compare(**asked))]

    assert names(show=["changed"]) == ["a", "b"] and names(show=["added", "removed"]) == ["e"]
    assert names(changed_in=["label"]) == ["b"] and names(q="DOG") == ["b"] and names(q="new") == ["e"]
    by_delta = [{"column": "score", "by": "delta"}]
    assert names(sort=by_delta) == ["b", "d", "a", "c", "e"]
    assert names(sort=[{**by_delta[0], "descending": True}]) == ["a", "d", "b", "c", "e"]
    assert names(sort=[{"column": "score", "by": "size", "descending": True}], limit=2) == ["b", "a"]
    assert names(sort=[{"column": "score", "by": "before"}], offset=1, limit=2) == ["b", "d"]
    page = compare(offset=4, limit=1, show=["changed", "same", "added"])
    assert (page["matched"], _changes(page)) == (5, [("e", "added")])
    assert compare(offset=10)["rows"] == []


def test_any_columns_pair_rows_and_repeated_keys_pair_in_their_order(compare) -> None:
    found = compare(keys=["label"])
    assert found["counts"] == {"added": 2, "removed": 1, "changed": 1, "same": 2}
    assert found["repeated"] == [1, 2]
    assert compare(keys=["image"])["counts"] == {"added": 1, "removed": 0, "changed": 2, "same": 2}
    assert _changes(compare(keys=[]))[0] == ("d", "changed")


def test_tables_of_two_runs_and_of_a_run_and_a_version(compare, server: ServerProcess) -> None:
    for run, rows in (("r1", BEFORE), ("r2", AFTER)):
        server.graphql(f'mutation {{ upsertBucket(input: {{modelName: "{PROJECT}", name: "{run}"}}) {{ inserted }} }}')
        columns = [*COLUMNS[:3], "mark", *COLUMNS[4:]] if run == "r2" else COLUMNS
        put_run_file(server, PROJECT, run, "t.table.json", json.dumps({"columns": columns, "data": rows}).encode())
    sides = {side: {"run": run, "paths": ["t.table.json"]} for side, run in (("before", "r1"), ("after", "r2"))}
    found = compare(**sides)
    columns = [(one["name"], one["in"]) for one in found["columns"]]
    assert columns == [(n, "both") for n in COLUMNS[:3]] + [("mark", "after"), ("note", "both"), ("score", "before")]
    # A column that one side lacks changes no row.
    assert found["counts"] == {"added": 1, "removed": 0, "changed": 1, "same": 3}
    assert found["files"]["before"] == {f"media/images/{name}1.png": None for name in "abcd"}
    assert compare(before=sides["before"])["counts"]["changed"] == 2


def test_a_run_s_table_is_read_whole_from_the_artifact_that_its_value_names(compare, server: ServerProcess) -> None:
    """The official client writes a run's own file without its media."""
    project = "whole"
    image = _image("w", "w")
    files = {"t.table.json": json.dumps({"columns": ["id", "image"], "data": [["a", image]]}).encode()}
    log_artifact(server, project, "run-r-t", files | {image["path"]: b"png"})
    number = json.loads(server.request("GET", f"/api/projects/local/{project}/artifacts/run-r-t/v0")[2])["id"]
    server.graphql(f'mutation {{ upsertBucket(input: {{modelName: "{project}", name: "r"}}) {{ inserted }} }}')
    bare = json.dumps({"columns": ["id", "image"], "data": [["a", "Image"]]}).encode()
    put_run_file(server, project, "r", "t.table.json", bare)

    def cell(address: str) -> Any:
        body = {"paths": ["t.table.json"], "address": address}
        found = json.loads(server.request("POST", f"/api/projects/local/{project}/runs/r/table", body)[2])
        return found["rows"][0]["cells"][1], found["files"]

    there = f"wandb-artifact://{f'Artifact:{number}'.encode().hex()}/t.table.json"
    value, found = cell(there)
    assert value == image and found[image["path"]]["size_bytes"] == 3
    assert cell("wandb-client-artifact://not-here/t.table.json") == ("Image", {})
    side = {"run": "r", "paths": ["t.table.json"]}
    body = {"before": side, "after": side | {"address": there}, "keys": ["id"]}
    answer = json.loads(server.request("POST", f"/api/projects/local/{project}/table-compare", body)[2])
    assert answer["counts"]["changed"] == 1 and answer["files"] == {"before": {}, "after": found}


def test_a_table_that_refers_to_another_version_is_read_there(compare, server: ServerProcess) -> None:
    found = server.request("GET", f"/api/projects/local/{PROJECT}/artifacts/predictions/v1")[2]
    number = json.loads(found)["id"]
    reference = f"wandb-artifact://{f'Artifact:{number}'.encode().hex()}/predictions.table.json"
    entry = {"predictions.table.json": {"digest": md5_text(b"x"), "size": 1, "ref": reference}}
    version = create(server, PROJECT, "referring", md5(b"referring").hexdigest())["id"]
    assert put_manifest(server, version, manifest_text({}, **entry)) == 200
    commit(server, version)
    found = compare(before={**_version("v0"), "artifact": "referring"})
    assert found["counts"] == {"added": 0, "removed": 0, "changed": 0, "same": 5}
    assert found["files"]["before"]["media/images/e1.png"]["size_bytes"] == len("media/images/e1.png")


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        (404, {"before": _version("v7")}),
        (404, {"after": _version("v1", "none.table.json")}),
        (404, {"after": _version("v1", "../../etc/passwd")}),
        (400, {"after": _version("v1", "media/images/a1.png")}),
        (404, {"before": {"run": "none", "paths": ["t.table.json"]}}),
        (400, {"keys": ["none"]}),
        (400, {"sort": [{"column": "none"}]}),
        (400, {"sort": [{"column": "score", "by": "luck"}]}),
        (400, {"changed_in": ["none"]}),
        (400, {"show": ["lost"]}),
        (400, {"limit": 0}),
    ],
)
def test_what_cannot_be_compared_is_said(compare, status: int, asked: dict[str, Any]) -> None:
    assert "error" in compare(status, **asked)
