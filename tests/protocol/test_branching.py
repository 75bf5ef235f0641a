"""Forks and rewinds by the official client: read back by its Api and by ours, row by row and value by value."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from runwell.wire.frame import decode_frame
from runwell.wire.numbers import from_strict
from tests.serving import ServerProcess

from . import official

SCRIPT = """
    import json, sys
    import numpy, wandb

    PROJECT = "branching"
    ODD = {"a.b": 1, "a": {"c": [1, {"d.e": None}, []]}, "x y/z": 0.5, "big": 2**60, "no": None}
    ODD["deep"] = {"f.g": {"h": "é"}}

    def begin(**more):
        return wandb.init(project=PROJECT, **more)

    with begin(id="parent", config={**ODD, "lr": 1, "opt": {"name": "sgd", "m": 0.9}}, tags=["old"]) as run:
        run.define_metric("loss", summary="min,mean")
        run.define_metric("val/*", summary="max")
        run.summary["note"] = "set by hand"
        for i in range(60):
            row = {"loss": (i - 10) ** 2, "val/acc": i, "nested": {"p.q": i, "r": {"s": -i}}, "text": f"t{i}"}
            if i % 10 == 0:
                row |= {"rare": i / 2, "image": wandb.Image(numpy.full((4, 4, 3), i, numpy.uint8))}
            run.log(row)
        print("parent says hello")

    def fork(id, source, **more):
        with begin(id=id, fork_from=source, **more) as run:
            for i in range(5):
                run.log({"own": i, "text": f"{id} {i}"})

    fork("child", "parent?_step=20", config={"opt": {"m": 0.5}, "seed": 7})
    fork("grandchild", "child?_step=22")
    fork("beyond", "parent?_step=500")
    with begin(id="child", resume="must", config={"again": True}) as run:
        run.log({"own": 99})
    with begin(id="rewound", config={"lr": 3}) as run:
        for i in range(40):
            run.log({"x": i, "gone": i} if i > 15 else {"x": i})
        print("before")
    for again in range(2):
        with begin(id="rewound", resume_from="rewound?_step=10") as run:
            for i in range(3 + again):
                run.log({"x": 100 * (again + 1) + i})
            print("after", again)
    with begin(id="rewound", resume="allow") as run:
        run.log({"x": -1})

    for n, source in enumerate(("parent?_step=-3", "parent?_step=2.5", "nobody?_step=3", f"parent?_step={2**53}")):
        try:
            begin(id=f"refused{n}", fork_from=source)
        except Exception as error:
            print("refused", source, error)
    try:
        begin(id="child", fork_from="parent?_step=3")
    except Exception as error:
        print("refused again", error)
    try:
        begin(id="nowhere", resume_from="nowhere?_step=3")
    except Exception as error:
        print("refused rewind", error)

    seen = {}
    for id in ("parent", "child", "grandchild", "beyond", "rewound"):
        run = wandb.Api().run(f"{PROJECT}/{id}")
        rows = list(run.scan_history())
        summary = dict(run.summary)
        summary.pop("_wandb", None)
        seen[id] = {"config": dict(run.config), "summary": json.loads(json.dumps(summary, default=dict)), "rows": rows}
        seen[id]["files"] = sorted(f.name for f in run.files() if f.name.startswith("media/"))
    json.dump(seen, open("seen.json", "w"))
"""


@pytest.fixture(scope="module")
def told(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """What the official Api said of every run, and what the script printed."""
    home = tmp_path_factory.mktemp("branching")
    output = official.run(server, home, SCRIPT)
    return json.loads((home / "seen.json").read_text()), output


PARENT_CONFIG = {
    "a.b": 1,
    "a": {"c": [1, {"d.e": None}, []]},
    "x y/z": 0.5,
    "big": 2**60,
    "deep": {"f.g": {"h": "é"}},
    "no": None,
    "lr": 1,
    "opt": {"name": "sgd", "m": 0.9},
}


def _logged(step: int) -> dict[str, Any]:
    row = {"_step": step, "loss": (step - 10) ** 2, "val/acc": step, "nested.p.q": step, "nested.r.s": -step}
    return {**row, "text": f"t{step}", **({"rare": step / 2} if step % 10 == 0 else {})}


def _own(run_id: str, first: int) -> list[dict[str, Any]]:
    return [{"_step": first + i, "own": i, "text": f"{run_id} {i}"} for i in range(5)]


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k not in ("_runtime", "_timestamp", "image")} for row in rows]


def _rows_are(server: ServerProcess, told: dict[str, Any], run_id: str, rows: list[dict[str, Any]]) -> None:
    assert _plain(told[run_id]["rows"]) == rows
    assert _plain(official.history(server, "branching", run_id)) == rows


def _document(server: ServerProcess, told: dict[str, Any], run_id: str, name: str) -> dict[str, Any]:
    shown = from_strict(official.described(server, "branching", run_id)[name])
    shown.pop("_wandb", None)
    assert told[run_id][name] == shown
    return shown


def test_a_fork_has_its_parents_rows_config_and_summary_up_to_the_step(
    server: ServerProcess, told: tuple[dict[str, Any], str]
) -> None:
    seen, _ = told
    _rows_are(server, seen, "parent", [_logged(step) for step in range(60)])
    assert _document(server, seen, "parent", "config") == PARENT_CONFIG
    child = [_logged(step) for step in range(21)] + _own("child", 21)
    _rows_are(server, seen, "child", [*child, {"_step": 26, "own": 99}])
    config = {**PARENT_CONFIG, "opt": {"name": "sgd", "m": 0.5}, "seed": 7}
    assert _document(server, seen, "child", "config") == {**config, "again": True}
    summary = _document(server, seen, "child", "summary")
    losses = [(step - 10) ** 2 for step in range(21)]
    assert summary["loss"] == {"min": 0, "mean": pytest.approx(sum(losses) / 21)}
    assert (summary["val/acc"], summary["rare"], summary["nested"]) == ({"max": 20}, 10, {"p.q": 20, "r": {"s": -20}})
    assert (summary["own"], summary["text"], summary["_step"]) == (99, "child 4", 26)
    assert "note" not in summary, "who knows whether it was set by then"
    assert [row["image"] for row in seen["child"]["rows"] if "image" in row] == [
        row["image"] for row in seen["parent"]["rows"] if "image" in row and row["_step"] <= 20
    ]
    assert seen["child"]["files"] == [row["image"]["path"] for row in seen["child"]["rows"] if "image" in row]
    run = official.described(server, "branching", "child")
    parent = official.described(server, "branching", "parent")
    assert run["parent"] == {"id": "parent", "name": parent["name"], "step": 20}
    assert (run["state"], run["last_step"], run["tags"], run["rewound_step"]) == ("finished", 26, [], None)
    assert (parent["parent"], parent["summary"]["note"]) == (None, "set by hand")


def test_a_fork_of_a_fork_and_one_behind_the_last_step(server: ServerProcess, told: tuple[dict[str, Any], str]) -> None:
    seen, _ = told
    begun = [_logged(step) for step in range(21)] + _own("child", 21)[:2]
    _rows_are(server, seen, "grandchild", begun + _own("grandchild", 23))
    assert _document(server, seen, "grandchild", "config")["seed"] == 7
    assert _document(server, seen, "grandchild", "summary")["loss"]["min"] == 0
    _rows_are(server, seen, "beyond", [_logged(step) for step in range(60)] + _own("beyond", 501))
    assert _document(server, seen, "beyond", "summary")["note"] == "set by hand"
    # That its parent had not come that far is not passed over; the list says what runs were forked from.
    record = {run: official.described(server, "branching", run)["record"] for run in ("beyond", "child")}
    assert (record["beyond"]["inherited_to"], record["beyond"]["inherited_rows"]) == (59, 60)
    assert (record["child"].get("inherited_to"), record["child"]["inherited_rows"]) == (None, 21)
    listed = {run["id"]: run for run in server.get_json("/api/projects/local/branching/runs")["runs"]}
    assert listed["beyond"]["parent"]["step"] == 500 and listed["beyond"]["parent"]["id"] == "parent"
    assert listed["rewound"]["rewound_step"] == 10 and "parent" not in listed["rewound"]
    drawn = server.request(
        "POST",
        "/api/projects/local/branching/series",
        {"runs": ["grandchild"], "keys": ["val/acc", "own"], "x": "step", "range": None, "width": None},
    )
    header, body = decode_frame(drawn[2])
    points = {}
    for one in header["series"]:
        for axis in ("x", "y"):
            kind, offset, length = one["arrays"][axis]
            points[one["key"], axis] = np.frombuffer(body, "<" + kind, length, offset).tolist()
    assert points["val/acc", "x"] == points["val/acc", "y"] == list(range(21))
    assert (points["own", "x"], points["own", "y"]) == ([21, 22, *range(23, 28)], [0, 1, *range(5)])


def test_a_rewound_run_goes_on_from_the_step_and_resumes(
    server: ServerProcess, told: tuple[dict[str, Any], str]
) -> None:
    seen, _ = told
    values = [*range(11), 200, 201, 202, 203, -1]
    _rows_are(server, seen, "rewound", [{"_step": step, "x": x} for step, x in enumerate(values)])
    assert _document(server, seen, "rewound", "config") == {"lr": 3}
    summary = _document(server, seen, "rewound", "summary")
    assert (summary["x"], summary["_step"], "gone" in summary) == (-1, 15, False)
    run = official.described(server, "branching", "rewound")
    assert (run["rewound_step"], run["parent"], run["state"], run["record"]["rows"]) == (10, None, "finished", 16)
    metrics = server.get_json("/api/projects/local/branching/metrics?runs=rewound")["metrics"]
    assert [(one["key"], one["points"], one["min"], one["max"]) for one in metrics] == [("x", 16, -1, 203)]
    console = server.get_json("/api/projects/local/branching/runs/rewound/console")["lines"]
    assert [line["text"] for line in console] == ["before", "after 0", "after 1"]


def test_what_cannot_be_forked_or_rewound_is_said(server: ServerProcess, told: tuple[dict[str, Any], str]) -> None:
    _, output = told
    said = {line.split()[1]: line for line in output.splitlines() if line.startswith("refused ")}
    for source in ("parent?_step=-3", "parent?_step=2.5", f"parent?_step={2**53}"):
        assert "is no whole number from 0 to 2^53 - 1" in said[source]
    assert "there is no run 'nobody' in this project to fork from" in said["nobody?_step=3"]
    assert "was not forked from 'parent' at step 3; fork into a run with another id" in said["again"]
    assert "there is no run 'nowhere'" in said["rewind"]
    assert not [run for run in server.get_json("/api/projects/local/branching/runs")["runs"] if "refused" in run["id"]]
    server.post_json("/api/projects/local/branching/runs/delete", {"ids": ["parent"]})
    assert official.described(server, "branching", "child")["parent"] == {"id": None, "name": None, "step": 20}
    assert len(official.history(server, "branching", "child")) == 27
