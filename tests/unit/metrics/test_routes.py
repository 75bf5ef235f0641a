"""The routes of metrics, series, history and console on a real server."""

from __future__ import annotations

import csv
import io
import json
import math
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runwell.wire.frame import MEDIA_TYPE, decode_frame
from runwell.wire.numbers import decode_extended
from tests.serving import ServerProcess

PROJECT = "metric-routes"
BASE = f"/api/projects/local/{PROJECT}"
UPSERT = "mutation($n:String!,$p:String!){upsertBucket(input:{name:$n,modelName:$p}){bucket{name}}}"
ROWS: list[dict[str, Any]] = [
    {
        "_step": i,
        "_runtime": i * 0.5,
        "_timestamp": 1.7e9 + i,
        "loss": math.nan if i == 7 else 1 / (i + 1),
        "n": i,
        "ok": True,
    }
    for i in range(5_000)
]


@pytest.fixture(scope="module")
def filled(server: ServerProcess) -> Iterator[ServerProcess]:
    """A server that has two runs, one of them ended (and soon sealed)."""
    for name in ("first", "second"):
        answer = server.graphql(UPSERT, {"n": name, "p": PROJECT})
        assert "errors" not in answer, answer
    rows = [*ROWS, {"_step": 5_000, "danger": "=HYPERLINK()", "big": 2**70, "doc": {"_type": "histogram", "v": [1.5]}}]
    send(server, "first", "wandb-history.jsonl", [json.dumps(row) for row in rows])
    send(server, "first", "wandb-events.jsonl", [json.dumps({"_runtime": i * 1.0, "system.cpu": i}) for i in range(10)])
    send(server, "first", "output.log", [json.dumps({"content": f"line {i}", "level": "error"}) for i in range(300)])
    send(server, "second", "wandb-history.jsonl", [json.dumps({"_step": 0, "loss": 2.0})])
    server.post_json(f"/files/local/{PROJECT}/first/file_stream", {"complete": True, "exitcode": 0})
    yield server


def send(server: ServerProcess, run: str, file: str, lines: list[str]) -> None:
    """Send lines of a file."""
    path = f"/files/local/{PROJECT}/{run}/file_stream"
    server.post_json(path, {"files": {file: {"offset": 0, "content": lines}}})


def series(server: ServerProcess, **asked: Any) -> tuple[dict[str, Any], list[dict[str, np.ndarray]]]:
    """Ask for a frame; give its header and arrays."""
    status, headers, body = server.request(
        "POST", f"{BASE}/series", {"runs": ["first", "second"], "keys": ["loss"], **asked}
    )
    assert (status, headers["content-type"]) == (200, MEDIA_TYPE), body
    header, data = decode_frame(body)
    return header, [
        {name: np.frombuffer(data, "<" + d, n, at) for name, (d, at, n) in one["arrays"].items()}
        for one in header["series"]
    ]


def history(server: ServerProcess, **asked: Any) -> bytes:
    """Read a history in some format."""
    status, headers, body = server.request("GET", f"{BASE}/runs/first/history?{urlencode(asked)}")
    assert status == 200, body
    assert headers["content-disposition"].startswith("attachment")
    return body


def test_runs_are_drawn_in_groups(filled: ServerProcess) -> None:
    groups = [{"id": "both", "runs": ["first", "second"]}, {"id": "one", "runs": ["second"]}]
    header, (both, one) = series(filled, groups=groups, width=100, range=[0, 9], aggregate="max", band="std")
    assert [found["group"] for found in header["series"]] == ["both", "one"]
    assert (header["aggregate"], header["band"], header["series"][0]["non_finite"]) == ("max", "std", 1)
    assert (both["x"][0], both["y"][0], both["runs"][0], one["y"].tolist()) == (0.0, 2.0, 2.0, [2.0])
    assert both["high"][0] - both["low"][0] == pytest.approx(2 * np.std([1.0, 2.0], ddof=1))
    for wrong in ({"aggregate": "sum"}, {"band": "x"}, {"groups": [{"id": "a"}]}):
        body = {"keys": ["loss"], "groups": groups, **wrong}
        assert filled.request("POST", f"{BASE}/series", body)[0] == 400


def test_metrics_are_listed_by_name_with_what_they_hold(filled: ServerProcess) -> None:
    found = filled.get_json(f"{BASE}/metrics")
    assert [m["key"] for m in found["metrics"]] == ["big", "danger", "doc", "loss", "n", "ok"]
    by_key = {m["key"]: m for m in found["metrics"]}
    assert found["total"] == 6
    assert by_key["loss"] == {
        "key": "loss",
        "runs": 2,
        "points": 5_001,
        "kind": "number",
        "min": 1 / 5_000,
        "max": 2.0,
        "non_finite": 1,
    }
    assert [by_key[k]["kind"] for k in ("big", "danger", "doc", "ok")] == ["number", "text", "media", "number"]
    page = filled.get_json(f"{BASE}/metrics?prefix=l&runs=second&limit=1")
    assert (page["total"], page["metrics"][0]["runs"]) == (1, 1)
    assert [m["key"] for m in filled.get_json(f"{BASE}/metrics?stream=system")["metrics"]] == ["system.cpu"]


def test_a_chart_is_answered_while_rows_are_fresh_and_after_they_are_sealed(filled: ServerProcess) -> None:
    segments = filled.data_dir / "segments"
    deadline = time.monotonic() + 15
    while True:
        header, (first, second) = series(filled, width=100)
        assert header["series"][0]["total"] == 5_000 and header["series"][0]["non_finite"] == 1
        assert first["max"].max() == 1.0 and second["y"].tolist() == [2.0]
        if list(segments.glob("*/history-*.parquet")) or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    assert list(segments.glob("*/history-*.parquet")), "an ended run is sealed within seconds"
    _, (zoomed,) = series(filled, runs=["first"], range=[0, 10], width=100)
    np.testing.assert_array_equal(zoomed["y"], [row["loss"] for row in ROWS[:11]])
    _, (along,) = series(filled, runs=["first"], keys=["n"], x="runtime", width=None)
    np.testing.assert_array_equal(along["x"], [row["_runtime"] for row in ROWS])


def test_a_history_comes_back_exactly_in_every_format(filled: ServerProcess) -> None:
    lines = [decode_extended(line) for line in history(filled).splitlines()]
    assert len(lines) == 5_001
    assert all(
        repr(dict(sorted(a.items()))) == repr(dict(sorted(b.items()))) for a, b in zip(lines, ROWS, strict=False)
    )
    assert lines[-1] == {
        "_step": 5_000,
        "danger": "=HYPERLINK()",
        "big": 2**70,
        "doc": {"_type": "histogram", "v": [1.5]},
    }
    some = [decode_extended(line) for line in history(filled, keys="n", min_step=10, max_step=11).splitlines()]
    assert some == [{"_step": 10, "n": 10}, {"_step": 11, "n": 11}]
    table = pa.ipc.open_stream(history(filled, format="arrow", keys="loss,n,ok")).read_all()
    assert [str(t) for t in table.schema.types] == ["int64", "double", "int64", "bool"]
    np.testing.assert_array_equal(table["loss"].to_numpy(), [row["loss"] for row in ROWS])
    assert pq.read_table(io.BytesIO(history(filled, format="parquet", keys="n")))["n"].to_pylist() == list(range(5_000))
    cells = list(csv.DictReader(io.StringIO(history(filled, format="csv").decode())))
    assert (cells[7]["loss"], cells[6]["n"], cells[0]["ok"]) == ("NaN", "6", "true")
    assert (cells[-1]["danger"], cells[-1]["big"]) == ("'=HYPERLINK()", str(2**70)), (
        "a spreadsheet runs no formula of ours"
    )
    assert len(history(filled, stream="system").splitlines()) == 10


def test_the_console_is_paged_searched_and_downloaded(filled: ServerProcess) -> None:
    base = f"{BASE}/runs/first/console"
    page = filled.get_json(f"{base}?from=-2&limit=1")
    assert page == {"total": 300, "lines": [{"n": 298, "t": None, "level": "error", "text": "line 298"}]}
    hits = filled.get_json(f"{base}/search?q=LINE%2029&limit=5")
    assert hits == {"total_lines": 300, "hits": [29, 290, 291, 292, 293], "truncated": True}
    assert filled.get_json(f"{base}/search?q={quote('^line 2[0-9]$')}&regex=true&from=25")["hits"] == [
        25,
        26,
        27,
        28,
        29,
    ]
    status, headers, body = filled.request("GET", f"{BASE}/runs/first/console.txt")
    assert status == 200 and headers["content-type"].startswith("text/plain") and body.count(b"\n") == 300


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/series", {"runs": ["first"], "keys": ["loss"], "width": 0}, 400),
        ("POST", "/series", {"runs": ["first"], "keys": ["loss"], "range": [2, 1]}, 400),
        ("POST", "/series", {"runs": ["first"], "keys": ["loss"], "stream": "no"}, 400),
        ("POST", "/series", {"runs": ["first"] * 200, "keys": ["loss"] * 200}, 400),
        ("GET", "/runs/nobody/history", None, 404),
        ("GET", "/runs/first/history?format=xml", None, 400),
        ("GET", "/runs/first/console/search?q=(&regex=1", None, 400),
        ("GET", "/metrics?limit=100000", None, 400),
    ],
)
def test_what_means_nothing_is_refused_with_a_sentence(
    filled: ServerProcess, method: str, path: str, body: Any, status: int
) -> None:
    found, _, answer = filled.request(method, BASE + path, body)
    assert (found, bool(json.loads(answer)["error"])) == (status, True)
