"""Listings of runs through ``wandb.Api`` of the official client: filters, orders, pages, counts, and scripts that
change what they walk through."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.serving import ServerProcess

from . import official

RUNS = 60

READING = """
    import json, wandb
    out = {}
    def ids(filters=None, order="+created_at", **more):
        return [int(run.id[1:]) for run in wandb.Api().runs("listings", filters, order=order, **more)]
    out["all"] = ids(per_page=7)
    out["newest"] = ids(order="-created_at", per_page=7)
    out["by acc"] = ids(order="-summary_metrics.acc", per_page=11)
    out["by lr"] = ids(order="+config.lr.value,-created_at", per_page=11)
    filters = {
        "gt": {"config.lr": {"$gt": 0.5}},
        "between": {"summary_metrics.acc": {"$gte": 3, "$lt": 6}},
        "nested": {"config.optim.name": "adam", "config.optim.lr.value": {"$lte": 2}},
        "key with a space": {"config.with space": "yes"},
        "tags": {"tags": {"$in": ["third", "none"]}},
        "no tags": {"tags": {"$nin": ["third"]}},
        "name": {"display_name": {"$regex": "^RUN 1", "$options": "i"}},
        "or": {"$or": [{"name": "r1"}, {"config.lr": {"$in": [0.02, 0.03]}}, {"group": "g5"}]},
        "nor": {"$nor": [{"config.lr": {"$not": {"$lt": 0.04}}}, {"tags": "third"}]},
        "exists": {"summary_metrics.acc": {"$exists": False}},
        "null": {"group": None},
        "state": {"state": {"$ne": "finished"}},
        "user": {"username": "local", "jobType": "eval", "host": {"$exists": True}},
        "created": {"createdAt": {"$gt": "2020-01-01T00:00:00Z"}, "entity": "local"},
        "future": {"created_at": {"$gt": "2999-01-01"}},
    }
    out["found"] = {name: ids(said) for name, said in filters.items()}
    out["lengths"] = {name: len(wandb.Api().runs("listings", said, per_page=3)) for name, said in filters.items()}
    out["errors"] = {}
    for said in ({"stat": "x"}, {"config.a": {"$near": 1}}, {"$or": 1}, {"name": {"$regex": "("}}, {"createdAt": "x"}):
        try:
            ids(said)
        except Exception as error:
            out["errors"][json.dumps(said)] = str(error)
    try:
        ids(order="+loss")
    except Exception as error:
        out["errors"]["order"] = str(error)
    for lazy in (True, False):
        run = wandb.Api().runs("listings", {"name": "r7"}, lazy=lazy)[0]
        out[f"lazy {lazy}"] = [run.config, dict(run.summary), run.tags, run.state, run.group, run.historyLineCount,
                               run.lastHistoryStep, run.user.username, run.system_metrics, run.project_id]
    page = wandb.Api().runs("listings", order="+created_at", per_page=1000)
    out["one page"] = [len(page), page[5].id, len(list(page))]
    few = wandb.Api().runs("listings", {"config.lr": {"$lt": 0.05}})
    out["histories"] = len(few.histories(samples=10, format="default"))
    walked = []
    for run in wandb.Api().runs("listings", {"tags": "third"}, order="-created_at", per_page=4):
        run.tags.remove("third")  # it no longer matches
        run.update()
        walked.append(int(run.id[1:]))
    out["walked"] = walked
    gone = []
    for run in wandb.Api().runs("listings", per_page=9):
        run.delete()
        gone.append(int(run.id[1:]))
    out["gone"] = gone
    out["left"] = len(wandb.Api().runs("listings"))
    print("OUT" + json.dumps(out))
"""


@pytest.fixture(scope="module")
def read(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give what the client listed of 60 runs."""
    mutation = "mutation($input: UpsertBucketInput!) {upsertBucket(input: $input) {bucket {name}}}"
    for n in range(RUNS):
        config = {"lr": n / 100, "optim": {"name": "adam" if n % 2 else "sgd", "lr": n % 5}, "with space": "yes"}
        given: dict[str, Any] = {"name": f"r{n}", "modelName": "listings", "displayName": f"run {n}", "host": "h"}
        given["config"] = json.dumps(
            {key: {"value": value} for key, value in config.items() if n or key != "with space"}
        )
        given["tags"] = ["third"] if n % 3 == 0 else []
        given["groupName"], given["jobType"] = f"g{n % 6}" if n % 6 else None, "eval" if n == 4 else None
        if n % 4:
            given["summaryMetrics"] = json.dumps({"acc": n % 10})
        status, _, _ = server.request("POST", "/graphql", {"query": mutation, "variables": {"input": given}})
        assert status == 200
        rows = {"offset": 0, "content": [json.dumps({"_step": i, "_runtime": i, "x": i}) for i in range(n % 3)]}
        events = {"offset": 0, "content": [json.dumps({"_runtime": 1, "system.cpu": n})]}
        files = {"wandb-history.jsonl": rows, "wandb-events.jsonl": events}
        more = {} if n == 8 else {"complete": True, "exitcode": 0}
        body = {"files": files, **more}
        assert server.request("POST", f"/files/local/listings/r{n}/file_stream", body)[0] == 200
    output = official.run(server, tmp_path_factory.mktemp("listing"), READING)
    [line] = [line for line in output.splitlines() if line.startswith("OUT")]
    return json.loads(line[3:])


def test_orders_and_pages_give_every_run_once(read: dict[str, Any]) -> None:
    everyone = list(range(RUNS))
    assert read["all"] == everyone and read["newest"] == everyone[::-1]
    having, without = [n for n in everyone if n % 4], [n for n in everyone if n % 4 == 0]
    assert read["by acc"] == sorted(having, key=lambda n: (-(n % 10), -n)) + without[::-1]
    assert read["by lr"] == everyone
    assert read["one page"] == [RUNS, "r5", RUNS]


def test_filters_find_what_they_say(read: dict[str, Any]) -> None:
    everyone = range(RUNS)
    expected = {
        "gt": [n for n in everyone if n > 50],
        "between": [n for n in everyone if n % 4 and 3 <= n % 10 < 6],
        "nested": [n for n in everyone if n % 2 and n % 5 <= 2],
        "key with a space": [n for n in everyone if n],
        "tags": [n for n in everyone if n % 3 == 0],
        "no tags": [n for n in everyone if n % 3],
        "name": [1, *range(10, 20)],
        "or": [n for n in everyone if n in (1, 2, 3) or n % 6 == 5],
        "nor": [1, 2],
        "exists": [n for n in everyone if n % 4 == 0],
        "null": [n for n in everyone if n % 6 == 0],
        "state": [8],
        "user": [4],
        "created": list(everyone),
        "future": [],
    }
    assert read["found"] == expected
    assert read["lengths"] == {name: len(found) for name, found in expected.items()}


def test_what_is_no_filter_is_said_to_the_script(read: dict[str, Any]) -> None:
    said = list(read["errors"].values())
    assert len(said) == 6
    for text, part in zip(
        said,
        ["no field 'stat'", "no filter '$near'", "$or needs a list", "no regular expression", "no date", "'loss'"],
        strict=True,
    ):
        assert part in text


def test_lazy_and_whole_runs_have_the_same_values(read: dict[str, Any]) -> None:
    config = {"lr": 0.07, "optim": {"name": "adam", "lr": 2}, "with space": "yes"}
    for lazy in (True, False):
        got = read[f"lazy {lazy}"]
        assert got[:8] == [config, {"acc": 7}, [], "finished", "g1", 1, 0, "local"], lazy
        assert got[8] == {"system.cpu": 7}


def test_a_script_meets_every_run_once_though_it_changes_or_deletes_them(read: dict[str, Any]) -> None:
    assert read["histories"] == sum(n % 3 for n in range(5))
    assert read["walked"] == [n for n in range(RUNS) if n % 3 == 0][::-1]
    assert read["gone"] == list(range(RUNS)) and read["left"] == 0
