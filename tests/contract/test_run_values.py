"""Values of runs as columns, all runs taken away, and deleted ones listed: alike in every catalog."""

from __future__ import annotations

import pytest

from runwell.server.domain.access import SYSTEM, InvalidValue, NotFound
from runwell.server.domain.projects import Projects
from runwell.server.domain.run_export import RunExports
from runwell.server.domain.run_values import RunValues
from runwell.server.domain.runs import Runs
from runwell.server.domain.selection import RunQuery
from runwell.server.stores.sql.tables import run

NOW = 1_795_000_000.0
NAN = {"_type": "number", "value": "NaN"}


@pytest.fixture
def project(catalog) -> int:
    def work(c) -> int:
        team = catalog.accounts.add_team(c, "team", NOW)
        user = catalog.accounts.add_user(c, "kim", True, None, NOW)
        ref, _ = catalog.projects.find_or_create(c, team, "p", NOW)
        rows = [
            {
                "project_id": ref.id,
                "name": f"r{n}",
                "display_name": f"run {n}",
                "user_id": getattr(user, "id", user),
                "state": "finished" if n % 2 else "failed",
                "tags": ["a"] if n else [],
                "config": {"lr": n / 4, "opt": "adam" if n < 3 else "sgd", 'odd"key': n, "same": 1},
                "summary": {"acc": n * 1.5 if n != 2 else NAN, **({"lr": 9} if n == 1 else {})},
                "created_at": NOW + n,
                "heartbeat_at": NOW,
                "host": f"h{n}",
            }
            for n in range(6)
        ]
        c.execute(run.insert(), rows)
        return ref.id

    return catalog.write(work)


@pytest.fixture
def projects(catalog, project) -> Projects:
    return Projects(catalog)


def test_values_come_as_columns_in_the_order_asked(catalog, projects):
    values = RunValues(catalog, projects)
    query = RunQuery(
        columns=["config.lr", "summary.acc", "lr", 'config.odd"key', "user", "host", "tags", "config.none", "state"],
        filter_text="config.lr > 0",
        sort=["-config.lr"],
    )
    table = values.table(SYSTEM, "team", "p", query)
    assert (table.total, table.matched) == (6, 5)
    assert table.columns == {
        "id": ["r5", "r4", "r3", "r2", "r1"],
        "name": ["run 5", "run 4", "run 3", "run 2", "run 1"],
        "state": ["finished", "failed", "finished", "failed", "finished"],
        "config.lr": [1.25, 1, 0.75, 0.5, 0.25],
        "summary.acc": [7.5, 6, 4.5, NAN, 1.5],
        "lr": [1.25, 1, 0.75, 0.5, 9],
        'config.odd"key': [5, 4, 3, 2, 1],
        "user": ["kim"] * 5,
        "host": ["h5", "h4", "h3", "h2", "h1"],
        "tags": [["a"]] * 5,
        "config.none": [None] * 5,
    }
    few = values.table(SYSTEM, "team", "p", RunQuery(columns=["config.lr"], sort=["config.lr"], limit=2))
    assert (few.matched, few.columns["config.lr"]) == (6, [0, 0.25])
    none = values.table(SYSTEM, "team", "p", RunQuery(columns=["config.lr", "lr"], q="nobody"))
    assert (none.matched, none.columns["id"], none.columns["lr"]) == (0, [], [])


def test_what_no_query_can_be_is_refused(catalog, projects):
    values = RunValues(catalog, projects)
    for query in (RunQuery(filter_text="lr <"), RunQuery(limit=10_001), RunQuery(columns=["c"] * 501)):
        with pytest.raises(InvalidValue):
            values.table(SYSTEM, "team", "p", query)
    odd = ["config.\ud800", "config.\x01", "deleted_at"]
    assert set(values.table(SYSTEM, "team", "p", RunQuery(columns=odd)).columns) == {"id", "name", "state", *odd}
    with pytest.raises(NotFound):
        values.table(SYSTEM, "team", "none", RunQuery())
    with pytest.raises(InvalidValue, match="at most 200"):
        values.importance(SYSTEM, "team", "p", "summary.acc", RunQuery(), ["config.lr"] * 201)


def test_what_differs_in_the_config_is_rated(catalog, projects):
    found = RunValues(catalog, projects).importance(SYSTEM, "team", "p", "summary.acc", RunQuery())
    assert {key: found[key] for key in ("target", "matched", "runs", "too_few", "explained", "left_out")} == {
        "target": "summary.acc",
        "matched": 6,
        "runs": 5,
        "too_few": True,
        "explained": None,
        "left_out": [],
    }
    by_key = {one["key"]: one for one in found["parameters"]}
    assert set(by_key) == {"config.lr", "config.opt", 'config.odd"key'}
    assert (by_key["config.lr"]["spearman"], by_key["config.opt"]["kind"]) == (pytest.approx(1), "category")
    for target in ("summary.none", "config.opt", "tags", "summary."):  # nobody has a number there
        empty = RunValues(catalog, projects).importance(SYSTEM, "team", "p", target, RunQuery())
        assert (empty["runs"], empty["parameters"]) == (0, [])
    only = RunValues(catalog, projects).importance(SYSTEM, "team", "p", "lr", RunQuery(), ["config.opt", "lr"])
    assert [one["key"] for one in only["parameters"]] == ["config.opt"]


def test_all_runs_are_taken_away_in_parts_and_in_order(catalog, projects, monkeypatch):
    monkeypatch.setattr("runwell.server.domain.run_export.PART_RUNS", 2)
    query = RunQuery(
        columns=["summary.acc", "name", "created_at"], filter_text="config.lr < 1", sort=["-name"], limit=1
    )
    export = RunExports(catalog, projects).begin(SYSTEM, "team", "p", query)
    assert export.names == ["id", "name", "summary.acc", "created_at"]
    assert [part[0] for part in export.parts()] == [["r3", "r2"], ["r1", "r0"]]
    rows = [row for part in export.parts() for row in zip(*part, strict=True)]
    assert rows[0] == ("r3", "run 3", 4.5, NOW + 3)
    assert rows[1][2] != rows[1][2], "NaN is a number again"
    catalog.write(lambda c: catalog.runs.delete(c, [2], NOW))
    assert RunExports(catalog, projects).begin(SYSTEM, "team", "p", RunQuery(q="nobody")).names == ["id", "name"]


def test_deleted_runs_are_listed_with_when(catalog, projects):
    runs = Runs(catalog, projects, clock=lambda: NOW + 50)
    runs.delete_many(SYSTEM, "team", "p", ["r1", "r3", "r4"])
    catalog.write(lambda c: c.execute(run.update().where(run.c.name == "r4").values(purged_at=NOW)))
    page = runs.search(SYSTEM, "team", "p", RunQuery(deleted=True, sort=["-deleted_at", "name"]))
    assert (page.total, page.matched) == (2, 2)
    assert [(row["id"], row["deleted_at"]) for row in page.runs] == [("r1", NOW + 50), ("r3", NOW + 50)]
    assert [row["id"] for row in runs.search(SYSTEM, "team", "p", RunQuery(deleted=True, q="r[3-9]")).runs] == ["r3"]
    there = runs.search(SYSTEM, "team", "p", RunQuery(q="r[3-9]"))
    assert (there.total, [row["id"] for row in there.runs]) == (3, ["r5"])
    assert "deleted_at" not in there.runs[0]
