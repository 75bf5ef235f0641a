"""Logged tables, read a page at a time over HTTP from a real server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.serving import ServerProcess

ROWS: list[list[Any]] = [
    [1, "Cat", 0.5, None],
    [2, "dog", float("nan"), {"_type": "image-file", "path": "media/images/dog.png", "caption": "a Good one"}],
    [10, "ant", -1.0, None],
    [3, None, float("inf"), None],
]


@pytest.fixture(scope="module")
def table(server: ServerProcess):
    server.graphql('mutation { upsertBucket(input: {modelName: "tables", name: "r"}) { inserted } }')
    _put(server, "media/table/t.table.json", {"columns": ["n", "name", "score", "image"], "data": ROWS})
    _put(
        server,
        "media/table/more.table.json",
        {"columns": ["n", "name", "score", "image"], "data": [[7, "emu", 1, None]]},
    )
    _put(server, "media/table/other.table.json", {"columns": ["n"], "data": [[1], [2, 3], "no row", []]})
    _put(server, "media/table/none.json", [1])
    _put(server, "media/images/dog.png", "png")

    def ask(status: int = 200, path: str = "media/table/t.table.json", **asked: Any) -> Any:
        body = {"paths": [path], **asked}
        found, _, answer = server.request("POST", "/api/projects/local/tables/runs/r/table", body)
        assert found == status, answer
        return json.loads(answer)

    return ask


def _put(server: ServerProcess, path: str, document: Any) -> None:
    answer = server.graphql(
        'mutation { createRunFiles(input: {entityName: "local", projectName: "tables", runName: "r", files: ["'
        + path
        + '"]}) { files { uploadUrl } } }'
    )
    address = answer["data"]["createRunFiles"]["files"][0]["uploadUrl"].removeprefix(server.url)
    assert server.request("PUT", address, json.dumps(document).encode(), key=None)[0] == 200


def _numbers(found: Any) -> list[int]:
    return [row["cells"][0] for row in found["rows"]]


def test_a_page_has_columns_rows_and_the_files_of_its_cells(table) -> None:
    found = table(limit=2)
    kinds = {column["name"]: column["kind"] for column in found["columns"]}
    assert kinds == {"n": "number", "name": "text", "score": "number", "image": "media"}
    assert (found["total"], found["matched"], _numbers(found)) == (4, 4, [1, 2])
    assert found["rows"][1]["cells"][2] == {"_type": "number", "value": "NaN"}
    file = found["files"]["media/images/dog.png"]
    assert file["size_bytes"] == 5 and file["address"].startswith("/files/local/tables/r/media/images/dog.png")
    assert _numbers(table(offset=3)) == [3] and _numbers(table(offset=9)) == []


def test_rows_are_sorted_by_several_columns_with_nothing_last(table) -> None:
    assert _numbers(table(sort=[{"column": "n", "descending": True}])) == [10, 3, 2, 1]
    assert _numbers(table(sort=[{"column": "name"}])) == [10, 1, 2, 3]
    assert _numbers(table(sort=[{"column": "name", "descending": True}])) == [2, 1, 10, 3]
    assert _numbers(table(sort=[{"column": "score"}])) == [10, 1, 3, 2]
    assert _numbers(table(sort=[{"column": "image"}, {"column": "n", "descending": True}])) == [2, 10, 3, 1]


def test_rows_are_searched_and_filtered(table) -> None:
    assert _numbers(table(q="CAT")) == [1] and _numbers(table(q="good")) == [2]
    assert _numbers(table(where=[{"column": "n", "operator": ">=", "value": 3}])) == [10, 3]
    both = [{"column": "n", "operator": "<", "value": 10}, {"column": "name", "operator": "!=", "value": None}]
    found = table(where=both)
    assert _numbers(found) == [1, 2] and (found["matched"], found["total"]) == (2, 4)
    assert _numbers(table(where=[{"column": "name", "operator": "contains", "value": "a"}])) == [1, 10]
    assert _numbers(table(where=[{"column": "name", "operator": ">", "value": 5}])) == []


def test_parts_follow_one_another_and_rows_have_every_column(table) -> None:
    paths = ["media/table/t.table.json", "media/table/more.table.json"]
    assert _numbers(table(paths=paths)) == [1, 2, 10, 3, 7]
    assert [row["cells"] for row in table(path="media/table/other.table.json")["rows"]] == [[1], [2], [None]]


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        (404, {"path": "media/table/gone.json"}),
        (404, {"path": "../../etc/passwd"}),
        (400, {"path": "media/table/none.json"}),
        (400, {"path": "media/images/dog.png"}),
        (400, {"sort": [{"column": "x"}]}),
        (400, {"where": [{"column": "x", "operator": "=", "value": 1}]}),
        (400, {"where": [{"column": "n", "operator": "~", "value": 1}]}),
        (400, {"paths": ["media/table/t.table.json", "media/table/other.table.json"]}),
        (400, {"paths": []}),
        (400, {"limit": 0}),
    ],
)
def test_what_cannot_be_shown_is_said(table, status: int, asked: dict[str, Any]) -> None:
    assert "error" in table(status, **asked)
