"""Clean-up: the plan says what would go and what that frees; what is held stays; nothing but the plan goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runwell.server.domain.access import Forbidden, NotFound
from runwell.server.domain.clean_up import CleanUp, CleanUpRules
from runwell.server.domain.new_version import NewVersion
from runwell.server.domain.storage import Storage
from runwell.server.stores.records import RunChanges
from runwell.wire.errors import InvalidValue

from .test_artifacts import Shelf, manifest, md5, shelf

__all__ = ["shelf"]  # a fixture

DAY_S = 24 * 3600.0
OLD = CleanUpRules(versions=30, keep_newest=0)


@pytest.fixture
def clean_up(shelf: Shelf, tmp_path: Path) -> CleanUp:
    house = shelf.house
    storage = Storage(house.catalog, house.projects, house.blob_sweep, tmp_path, house.clock)
    return CleanUp(house.catalog, house.projects, shelf.edits, house.blob_sweep, storage, house.clock)


def names(plan: dict[str, Any]) -> list[str]:
    return [one["name"] for one in plan["items"]]


def a_run(shelf: Shelf, name: str, state: str, **files: bytes) -> Any:
    house, owner = shelf.house, shelf.house.owner
    run = house.runs.upsert(owner, None, "p", name, RunChanges())[0]
    for path, data in files.items():
        house.files.put(owner, run, path, [data])
    house.catalog.write(lambda c: house.catalog.runs.set_state(c, run.id, state, house.clock.now))
    return run


def test_a_plan_lists_what_nothing_holds_and_frees_only_what_no_other_has(shelf: Shelf, clean_up: CleanUp) -> None:
    owner = shelf.house.owner
    shared, own = b"s" * 5_000, b"o" * 700
    shelf.log("data", {"a": shared, "own": own})
    shelf.log("data", {"a": b"named"}, aliases=["best"])
    used = shelf.log("data", {"a": b"used"})
    linked = shelf.log("data", {"a": b"linked"})
    shelf.log("data", {"a": shared, "b": own, "c": own})
    shelf.log("data", {"a": b"latest", "d": shared})
    shelf.artifacts.use(owner, used.id, a_run(shelf, "reader", "running"))
    shelf.edits.link(owner, linked.id, None, "p", "links", [])
    shelf.house.clock.now += 31 * DAY_S
    shelf.log("data", {"a": b"young", "d": shared})
    shelf.log("data", {"a": b"younger", "d": shared})

    plan = clean_up.plan(owner, OLD)
    assert names(plan) == ["data:v0", "data:v4", "data:v5"]
    first, second, third = plan["items"]
    m0 = len(manifest({"a": shared, "own": own}))
    m4 = len(manifest({"a": shared, "b": own, "c": own}))
    m5 = len(manifest({"a": b"latest", "d": shared}))
    assert (first["referenced_bytes"], first["freed_bytes"]) == (5_700 + m0, m0), "the second has its bytes too"
    assert (second["referenced_bytes"], second["freed_bytes"]) == (6_400 + m4, m4)
    assert third["freed_bytes"] == 6 + m5
    assert plan["freed_bytes"] == 700 + m0 + m4 + 6 + m5, "together they free what they share among themselves"
    assert (first["because"], first["type"], first["file_count"]) == ("old_version", "dataset", 2)
    assert not plan["truncated"]
    assert names(clean_up.plan(owner, CleanUpRules(versions=30, keep_newest=4))) == ["data:v0"]
    assert names(clean_up.plan(owner, CleanUpRules(versions=32))) == []
    assert clean_up.plan(owner, OLD) == plan, "a plan changes nothing"


def test_what_is_done_is_what_was_planned_and_what_is_held_by_then_is_spared(shelf: Shelf, clean_up: CleanUp) -> None:
    owner, house = shelf.house.owner, shelf.house
    versions = [shelf.log("data", {"a": b"%d" % n * 1_000}) for n in range(6)]
    reader = a_run(shelf, "reader", "running")
    house.clock.now += 31 * DAY_S
    plan = clean_up.plan(owner, OLD)
    assert names(plan) == [f"data:v{n}" for n in range(5)]
    shelf.edits.set_aliases(owner, versions[1].id, versions[1].collection, ["keep"])
    shelf.artifacts.use(owner, versions[2].id, reader)
    shelf.edits.link(owner, versions[3].id, None, "p", "links", [])
    shelf.edits.delete(owner, versions[4].id)
    ids = [one["id"] for one in plan["items"]]
    done = clean_up.clean(owner, ids)
    assert done["removed"] == [f"version:{versions[0].id}"]
    assert done["freed_bytes"] == 1_000 + len(manifest({"a": b"0" * 1_000}))
    assert [(one["because"], one["holder"]) for one in done["spared"]] == [
        ("named", "keep"),
        ("used", "reader"),
        ("named", "latest"),  # in the portfolio
        ("gone", None),
    ]
    again = clean_up.clean(owner, ids)
    assert again["removed"] == [] and len(again["spared"]) == 5 and again["freed_bytes"] == 0
    house.clock.now = 1e10
    house.blob_sweep.sweep()
    assert [shelf.named(f"data:v{n}").version_index for n in (1, 2, 3, 5)] == [1, 2, 3, 5]
    for n in (1, 2, 3, 5):
        blob = shelf.artifacts.file(owner, versions[n], "a").blob_digest
        assert blob is not None and shelf.artifacts.open(owner, versions[n].id, blob)[0] == 1_000


def test_tables_that_runs_show_bases_of_waiting_versions_and_what_others_refer_to_stay(
    shelf: Shelf, clean_up: CleanUp
) -> None:
    owner, house = shelf.house.owner, shelf.house
    run = a_run(shelf, "r1", "finished")
    made = {}
    for n in (0, 1):
        table = shelf.uploads.begin(owner, NewVersion(None, "p", "r1", "run_table", "run-r1-t", f"{n}"))
        shelf.send(table, {"t.table.json": b"{%d}" % n})
        shelf.send_manifest(table, manifest({"t.table.json": b"{%d}" % n}))
        made[n] = shelf.commits.commit(owner, table.id)
    base = shelf.log("base", {"a": b"1"})
    shelf.log("base", {"a": b"2"})
    waiting = shelf.begin("child", "more")
    shelf.uploads.announce_manifest(owner, waiting.id, "m.json", "INCREMENTAL", md5(b"x"), base.id)
    target = shelf.log("target", {"a": b"pointed at"})
    by_client = shelf.log("target", {"a": b"pointed at, too"}, client_id="mine")
    shelf.log("target", {"a": b"newest"})
    ref = {"digest": "x", "ref": f"wandb-artifact://{f'Artifact:{target.id}'.encode().hex()}/a"}
    other = {"digest": "y", "ref": "wandb-client-artifact://mine/a"}
    pointer = shelf.begin("pointer", "1")
    shelf.send_manifest(pointer, manifest({}, r=ref, s=other))
    shelf.commits.commit(owner, pointer.id)
    house.clock.now += 31 * DAY_S
    assert clean_up.plan(owner, OLD)["items"] == []
    ids = [f"version:{one.id}" for one in (made[0], base, target, by_client)]
    assert clean_up.clean(owner, ids)["removed"] == []

    house.runs.delete_many(owner, "local", "p", ["r1"])
    shelf.edits.delete(owner, shelf.named("pointer").id, with_aliases=True)
    assert names(clean_up.plan(owner, OLD)) == ["run-r1-t:v0", "target:v0", "target:v1"]
    assert run.name == "r1"


def test_runs_in_the_bin_go_for_good_with_all_they_have(shelf: Shelf, clean_up: CleanUp) -> None:
    owner, house = shelf.house.owner, shelf.house
    a_run(shelf, "gone", "finished", **{"model.pt": b"m" * 900, "shared": b"s" * 100})
    a_run(shelf, "kept", "finished", shared=b"s" * 100)
    a_run(shelf, "back", "finished", other=b"o" * 50)
    house.runs.delete_many(owner, "local", "p", ["gone", "back"])
    assert clean_up.plan(owner, CleanUpRules(deleted=7))["items"] == [], "they were deleted just now"
    house.clock.now += 8 * DAY_S
    plan = clean_up.plan(owner, CleanUpRules(deleted=7), ("local", "p"))
    assert [(one["run"], one["because"], one["freed_bytes"]) for one in plan["items"]] == [
        ("gone", "deleted_run", 900),
        ("back", "deleted_run", 50),
    ]
    house.runs.restore_many(owner, "local", "p", ["back"])
    done = clean_up.clean(owner, [one["id"] for one in plan["items"]])
    assert len(done["removed"]) == 1 and done["freed_bytes"] == 900
    assert [one["because"] for one in done["spared"]] == ["restored"]
    assert house.runs.restore_many(owner, "local", "p", ["gone"]) == 0, "it doesn't come back empty"
    with pytest.raises(NotFound):
        house.runs.find(owner, "local", "p", "gone")
    house.clock.now = 1e10
    assert house.blob_sweep.sweep() == 1
    kept = house.runs.find(owner, "local", "p", "kept")
    assert house.files.open(owner, kept, "shared")[1].read() == b"s" * 100


def test_what_a_deleted_project_had_goes_with_its_aliases(shelf: Shelf, clean_up: CleanUp) -> None:
    owner, house = shelf.house.owner, shelf.house
    shelf.log("data", {"a": b"x" * 500}, aliases=["best"])
    a_run(shelf, "r1", "finished", f=b"f" * 10)
    house.projects.delete(owner, "local", "p")
    house.clock.now += 2 * DAY_S
    plan = clean_up.plan(owner, CleanUpRules(deleted=1))
    assert [(one["run"] or one["name"], one["because"]) for one in plan["items"]] == [
        ("r1", "deleted_run"),
        ("data:v0", "deleted_project"),
    ]
    ids = [one["id"] for one in plan["items"]]
    house.projects.restore(owner, "local", "p")
    done = clean_up.clean(owner, ids)
    assert done["removed"] == [] and [one["because"] for one in done["spared"]] == ["restored", "restored"]
    house.projects.delete(owner, "local", "p")
    assert len(house.projects.list(owner, deleted=True)) == 1
    assert clean_up.clean(owner, ids)["removed"] == ids
    assert house.projects.list(owner, deleted=True) == [], "nothing would come back"
    house.clock.now = 1e10
    assert house.blob_sweep.sweep() == 3


def test_files_of_runs_that_came_to_nothing_go_and_the_runs_stay(shelf: Shelf, clean_up: CleanUp) -> None:
    owner, house = shelf.house.owner, shelf.house
    for name, state in (("failed", "failed"), ("crashed", "crashed"), ("fine", "finished"), ("on", "running")):
        a_run(shelf, name, state, **{"checkpoint.pt": name.encode() * 10})
    house.clock.now += 10 * DAY_S
    plan = clean_up.plan(owner, CleanUpRules(failed=7, short=7, shorter_than_s=5))
    assert [(one["run"], one["because"]) for one in plan["items"]] == [
        ("failed", "failed_run"),
        ("crashed", "failed_run"),
        ("fine", "short_run"),
    ]
    crashed = house.runs.find(owner, "local", "p", "crashed")
    house.catalog.write(lambda c: house.catalog.runs.set_state(c, crashed.id, "running"))
    done = clean_up.clean(owner, [one["id"] for one in plan["items"]])
    assert len(done["removed"]) == 2 and done["spared"][0]["because"] == "running"
    assert house.files.count(owner, house.runs.find(owner, "local", "p", "failed")) == 0
    assert house.files.count(owner, crashed) == 1


def test_nobody_cleans_what_is_not_his(shelf: Shelf, clean_up: CleanUp) -> None:
    from dataclasses import replace

    owner, house = shelf.house.owner, shelf.house
    first = shelf.log("data", {"a": b"1"})
    shelf.log("data", {"a": b"2"})
    house.clock.now += 31 * DAY_S
    stranger = house.user("stranger")
    viewer = replace(owner, is_admin=False, viewer_ids=owner.entity_ids)
    for actor in (stranger, viewer):
        assert clean_up.plan(actor, OLD)["items"] == []
        done = clean_up.clean(actor, [f"version:{first.id}", "version:999999"])
        assert done["removed"] == [] and {one["because"] for one in done["spared"]} == {"gone"}
    with pytest.raises(NotFound):
        clean_up.plan(stranger, OLD, ("local", "p"))
    with pytest.raises(Forbidden):
        clean_up.plan(viewer, OLD, ("local", "p"))
    for given in ("version:", "version:-1", "other:1", "version:1:2", "version:٣"):
        with pytest.raises(InvalidValue):
            clean_up.clean(owner, [given])
    with pytest.raises(InvalidValue, match="what to look for"):
        clean_up.plan(owner, CleanUpRules())
