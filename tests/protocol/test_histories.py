"""Histories through ``wandb.Api`` of the official client: every row as it was logged, sampled rows, files."""

from __future__ import annotations

import itertools
import json
import math
import time
from typing import Any

import pytest

from runwell.wire.numbers import encode_extended
from tests.serving import ServerProcess

from . import official

IMAGE = {"_type": "image-file", "path": "media/images/a.png", "sha256": "0" * 64, "size": 9, "format": "png"}
STEPS = 2_600


def logged() -> list[dict[str, Any]]:
    """Give rows with everything a row may have, in the order of logging."""
    rows: list[dict[str, Any]] = []
    for step in range(STEPS):
        row: dict[str, Any] = {"_step": step, "_runtime": step / 10, "_timestamp": 1.7e9 + step, "n": len(rows)}
        row["loss"] = [1 / (step + 1), math.nan, math.inf, -math.inf][step % 4 if step % 50 == 3 else 0]
        row["epoch"] = step // 100
        if step % 7 == 0:
            row["rare/acc"] = step * 1.5
        if step % 500 == 1:
            row |= {"words": f'at {step} – 한글 "%s"', "big": 2**60 + step, "huge": 10**30, "yes": step % 1000 == 1}
            row |= {"image": IMAGE, "list": [1, None, "a", 2.5], "nothing": None, "-0": -0.0}
            row |= {"nested": {"deep": {"x": step}, "y": "z"}, "dotted.key": 1e300, "mixed": step}
        elif step % 500 == 2:
            row["mixed"] = "text" if step < 1000 else 0.1
        rows.append(row)
        if step % 1000 == 17:  # several rows of one step
            rows += [{"_step": step, "n": len(rows) + i, "again": i} for i in range(3)]
    rows.append({"_step": 40, "n": len(rows), "late": True})  # behind all others, for a step long gone
    return rows


def flat(row: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in row.items():
        nested = isinstance(value, dict) and "_type" not in value
        found |= flat(value, f"{prefix}{key}.") if nested else {f"{prefix}{key}": value}
    return found


def send(server: ServerProcess, run: str, rows: list[dict[str, Any]], **more: Any) -> None:
    lines = [encode_extended(row).decode() for row in rows]
    events = [json.dumps({"_runtime": i, "_timestamp": 1.7e9 + i, "system.cpu": i / 2}) for i in range(70)]
    files = {"wandb-history.jsonl": {"offset": 0, "content": lines}}
    files["wandb-events.jsonl"] = {"offset": 0, "content": events}
    status, _, answer = server.request("POST", f"/files/local/hist/{run}/file_stream", {"files": files, **more})
    assert status == 200, answer


READING = """
    import json, math, wandb
    import pyarrow.parquet as pq
    api = wandb.Api()
    out = {}
    for name in ("live", "ended"):
        run = api.run(f"hist/{name}")
        mine = out[name] = {}
        mine["scan"] = list(run.scan_history())
        mine["small pages"] = list(run.scan_history(page_size=13, min_step=2000, max_step=2100))
        mine["one page"] = len(list(run.scan_history(page_size=50_000)))
        mine["range"] = [row["_step"] for row in run.scan_history(min_step=100, max_step=200)]
        mine["beyond"] = [row["_step"] for row in run.scan_history(min_step=2590, max_step=99_999)]
        mine["none"] = list(run.scan_history(min_step=3000)) + list(run.scan_history(keys=["unknown"]))
        mine["two keys"] = list(run.scan_history(keys=["loss", "rare/acc"]))
        mine["several a step"] = [row["again"] for row in run.scan_history(keys=["again"])]
        page = run.scan_history(keys=["again"], page_size=1, min_step=15, max_step=20)
        mine["several a page of one"] = [row["again"] for row in page]
        mine["samples"] = run.history(samples=50, pandas=False)
        mine["default"] = len(run.history(pandas=False))
        mine["all"] = len(run.history(samples=10_000, pandas=False))
        mine["one key"] = run.history(keys=["rare/acc"], samples=20, pandas=False)
        mine["x axis"] = run.history(keys=["loss"], x_axis="epoch", samples=30, pandas=False)
        mine["objects"] = run.history(keys=["image", "list", "words"], pandas=False)
        mine["system"] = run.history(stream="system", pandas=False)
        mine["last"] = run.lastHistoryStep
        mine["lines"] = run.historyLineCount if hasattr(run, "historyLineCount") else None
        mine["keys"] = run.history_keys
    run = wandb.Api().run("hist/ended")
    result = run.download_history_exports("exports")
    table = pq.read_table(result.paths[0])
    out["export"] = {"files": len(result.paths), "live": result.contains_live_data, "rows": table.to_pylist(),
                     "types": {field.name: str(field.type) for field in table.schema}}
    out["after"] = len(list(run.scan_history())) == len(out["ended"]["scan"])
    out["keyed after"] = len(list(run.scan_history(keys=["rare/acc"])))
    live = api.run("hist/live")
    try:
        live.download_history_exports("exports")
    except Exception as error:
        out["incomplete"] = type(error).__name__
    partly = live.download_history_exports("exports", require_complete_history=False)
    out["partly"] = [len(partly.paths), partly.contains_live_data]
    try:
        list(run.scan_history(page_size=10**9, max_step=10**9))
        out["huge page"] = True
    except Exception as error:
        out["huge page"] = str(error)
    with open("out.json", "w") as file:
        json.dump(out, file)
"""


@pytest.fixture(scope="module")
def read(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give what the client read of a run that goes on (in the catalog) and of one that ended (in a segment)."""
    for run in ("live", "ended"):
        mutation = 'mutation($n: String!) {upsertBucket(input: {name: $n, modelName: "hist"}) {bucket {name}}}'
        status, _, _ = server.request("POST", "/graphql", {"query": mutation, "variables": {"n": run}})
        assert status == 200
        send(server, run, logged(), **({"complete": True, "exitcode": 0} if run == "ended" else {}))
    run_path = "/api/projects/local/hist/runs/ended"
    deadline = time.monotonic() + 20
    segments = server.data_dir / "segments"
    while not list(segments.glob("*/history-*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert server.get_json(run_path)["state"] == "finished"
    home = tmp_path_factory.mktemp("reading")
    official.run(server, home, READING)
    return json.loads((home / "out.json").read_text())


def by_number(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row["n"])


@pytest.mark.parametrize("run", ["live", "ended"])
def test_scan_history_gives_every_row_as_it_was_logged(read: dict[str, Any], run: str) -> None:
    expected = [flat(row) for row in logged()]
    got = by_number(read[run]["scan"])
    assert len(got) == len(expected)
    for mine, theirs in zip(got, expected, strict=True):
        theirs = {key: float(value) if key == "huge" else value for key, value in theirs.items()}  # the client's reader
        assert official.same(mine, theirs), (mine, theirs)
    steps = [row["_step"] for row in read[run]["scan"]]
    assert steps == sorted(steps)
    assert read[run]["one page"] == len(expected)
    assert sorted(row["n"] for row in read[run]["small pages"]) == [
        row["n"] for row in expected if 2000 <= row["_step"] < 2100
    ]


@pytest.mark.parametrize("run", ["live", "ended"])
def test_scan_history_takes_its_first_step_and_leaves_its_last(read: dict[str, Any], run: str) -> None:
    assert read[run]["range"] == list(range(100, 200))
    assert read[run]["beyond"] == list(range(2590, STEPS))
    assert read[run]["none"] == []
    assert read[run]["last"] == STEPS - 1


@pytest.mark.parametrize("run", ["live", "ended"])
def test_scan_history_with_keys_gives_rows_that_have_all_of_them(read: dict[str, Any], run: str) -> None:
    names = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}  # JSON answers have no other way
    expected = [
        {key: names.get(str(row[key]), row[key]) for key in ("_step", "loss", "rare/acc")}
        for row in logged()
        if "rare/acc" in row
    ]
    assert read[run]["two keys"] == expected
    assert sorted(read[run]["several a step"]) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert sorted(read[run]["several a page of one"]) == [0, 1, 2]


@pytest.mark.parametrize("run", ["live", "ended"])
def test_history_samples_whole_rows_evenly(read: dict[str, Any], run: str) -> None:
    rows = [flat(row) for row in logged()]
    mine = read[run]
    assert (len(mine["samples"]), mine["default"], mine["all"]) == (50, 500, len(rows))
    numbers = [row["n"] for row in mine["samples"]]
    assert (numbers[0], numbers[-1]) == (0, len(rows) - 1)
    gaps = [b - a for a, b in itertools.pairwise(numbers)]
    assert max(gaps) - min(gaps) <= 1
    assert all(official.same(row, rows[row["n"]]) for row in mine["samples"])


@pytest.mark.parametrize("run", ["live", "ended"])
def test_history_of_keys_samples_the_rows_that_have_them(read: dict[str, Any], run: str) -> None:
    mine = read[run]
    having = [{"_step": row["_step"], "rare/acc": row["rare/acc"]} for row in logged() if "rare/acc" in row]
    assert len(mine["one key"]) == 20 and (mine["one key"][0], mine["one key"][-1]) == (having[0], having[-1])
    assert all(row in having for row in mine["one key"])
    assert len(mine["x axis"]) == 30 and all(set(row) == {"epoch", "loss"} for row in mine["x axis"])
    assert mine["objects"] == [
        {key: row[key] for key in ("_step", "image", "list", "words")} for row in logged() if "image" in row
    ]
    assert [row["system.cpu"] for row in mine["system"]] == [i / 2 for i in range(70)]


@pytest.mark.parametrize("run", ["live", "ended"])
def test_keys_say_what_they_hold(read: dict[str, Any], run: str) -> None:
    keys = read[run]["keys"]
    assert keys["lastStep"] == STEPS - 1
    assert set(keys["keys"]) == {key for row in logged() for key in flat(row)}
    assert keys["keys"]["n"] == {
        "typeCounts": [{"type": "number", "count": len(logged())}],
        "monotonic": False,
        "previousValue": None,
    }
    assert [one["type"] for one in keys["keys"]["mixed"]["typeCounts"]] == ["number", "string"]
    assert keys["keys"]["_step"]["monotonic"] is True


def test_a_run_that_ended_is_downloaded_as_one_file_in_the_order_of_steps(read: dict[str, Any]) -> None:
    export = read["export"]
    assert (export["files"], export["live"]) == (1, False)
    expected = sorted((flat(row) for row in logged()), key=lambda row: row["_step"])
    assert [row["n"] for row in export["rows"]] == [row["n"] for row in expected]
    types = export["types"]
    assert [types[key] for key in ("_step", "loss", "yes", "words", "big")] == [
        "int64", "double", "bool", "string", "string",
    ]  # fmt: skip
    for got, row in zip(export["rows"], expected, strict=True):
        for key, value in row.items():
            kept = (
                got[key]
                if types[key] != "string" or key in ("words", "nested.y") or value is None
                else json.loads(got[key])
            )
            assert official.same(kept, value), (key, kept, value)
        assert all(value is None for key, value in got.items() if key not in row)
    assert read["after"] is True and read["keyed after"] == sum("rare/acc" in row for row in logged())


def test_a_run_that_goes_on_says_that_it_is_incomplete(read: dict[str, Any]) -> None:
    assert read["incomplete"] == "IncompleteRunHistoryError"
    assert read["partly"] == [0, True]
    assert read["huge page"] is True


def test_an_export_is_a_signed_address_for_one_version(server: ServerProcess, read: dict[str, Any]) -> None:
    query = """{project(name: "hist", entityName: "local") {run(name: "ended") {
        parquetHistory(liveKeys: ["_step"]) {parquetUrls liveData}}}}"""
    _, _, body = server.request("POST", "/graphql", {"query": query})
    [url] = json.loads(body)["data"]["project"]["run"]["parquetHistory"]["parquetUrls"]
    path = url.removeprefix(server.url)
    status, headers, whole = server.request("GET", path, key=None)
    assert status == 200 and whole[:4] == b"PAR1" and headers["content-type"] == "application/vnd.apache.parquet"
    status, headers, first = server.request("GET", path, key=None, headers={"Range": "bytes=0-0"})
    assert (status, first) == (206, b"P") and headers["content-range"] == f"bytes 0-0/{len(whole)}"
    assert server.request("GET", path.replace("history.parquet", "other.parquet"), key=None)[0] in (403, 404)
    assert server.request("GET", path.split("?")[0])[0] == 403
    forged = path.replace("/api/exports/", "/api/exports/1")
    assert server.request("GET", forged, key=None)[0] == 401
    # The history goes on: what the address named is no more.
    more = {"wandb-history.jsonl": {"offset": len(logged()), "content": ['{"_step": 5000, "n": 0}']}}
    assert server.request("POST", "/files/local/hist/ended/file_stream", {"files": more})[0] == 200
    status, _, answer = server.request("GET", path, key=None)
    assert status == 404 and b"ask again" in answer


def test_specs_that_are_none_say_why(server: ServerProcess, read: dict[str, Any]) -> None:
    query = """query($specs: [JSONString!]!) {project(name: "hist", entityName: "local") {run(name: "live") {
        sampledHistory(specs: $specs)}}}"""

    def ask(*specs: str) -> dict[str, Any]:
        status, _, body = server.request("POST", "/graphql", {"query": query, "variables": {"specs": list(specs)}})
        assert status == 200
        return json.loads(body)

    for spec in ("{", "[]", "{}", '{"keys": "loss"}', '{"keys": [1]}', json.dumps({"keys": ["a"] * 1001})):
        assert ask(spec)["errors"], spec
    assert "at most 50" in ask(*['{"keys": ["loss"]}'] * 51)["errors"][0]["message"]
    for spec in ('{"keys": []}', '{"keys": ["x"], "samples": -1}', '{"keys": ["x"], "minStep": 1e300}'):
        assert ask(spec)["data"]["project"]["run"]["sampledHistory"] == [[]], spec
    odd = '{"keys": ["_step", "n"], "minStep": "a", "maxStep": true, "samples": "many"}'
    assert len(ask(odd)["data"]["project"]["run"]["sampledHistory"][0]) == 500


def test_pages_of_steps_take_any_bounds(server: ServerProcess, read: dict[str, Any]) -> None:
    query = """query($low: Int64, $high: Int64, $samples: Int) {project(name: "hist", entityName: "local") {
        run(name: "live") {history(minStep: $low, maxStep: $high, samples: $samples)}}}"""

    def steps(low: Any, high: Any) -> set[int]:
        variables = {"low": low, "high": high, "samples": 0}
        status, _, body = server.request("POST", "/graphql", {"query": query, "variables": variables})
        assert status == 200, body
        lines = json.loads(body)["data"]["project"]["run"]["history"]
        return {json.loads(line.replace("NaN", "0").replace("Infinity", "0"))["_step"] for line in lines}

    everything = set(range(STEPS))
    assert steps(-(2**63), 2**63 - 1) == steps(0, None) == steps(None, 10**6) == steps("0", "3000") == everything
    assert steps(-(2**63), -(2**63)) == steps(2**63 - 1, 2**63 - 1) == steps(7, 7) == steps(9, 3) == set()
    assert steps(2590, 2593) == {2590, 2591, 2592}
