"""Runs and projects: partial updates, states, who may what."""

from __future__ import annotations

import math
import re

import pytest

from runwell.server.domain.access import Conflict, Forbidden, InvalidValue, NotFound
from runwell.server.domain.run_listing import RunListing
from runwell.server.domain.runs import RunChanges
from runwell.server.domain.selection import RunQuery


def upsert(house, run_id="r1", project="p", **changes):
    return house.runs.upsert(house.owner, None, project, run_id, RunChanges(**changes))


def test_a_first_upsert_makes_project_and_run(house):
    run, inserted = house.runs.upsert(house.owner, None, None, None, RunChanges())
    assert inserted and run.entity == "local" and run.project == "uncategorized" and run.state == "running"
    assert re.fullmatch(r"[a-z]+-[a-z]+-1", run.display_name) and re.fullmatch(r"[0-9a-f]{8}", run.name)
    second, _ = house.runs.upsert(house.owner, None, None, None, RunChanges())
    assert second.display_name.endswith("-2") and second.name != run.name


@pytest.mark.parametrize(("said", "is_taken"), [(1e9, True), (-1.0, False), (math.nan, False), (1e12, False)])
def test_a_run_that_waited_offline_is_as_old_as_its_start(house, said, is_taken):
    run, _ = upsert(house, started_at=said)
    assert (run.created_at == said) is is_taken
    assert 0 < run.created_at <= run.heartbeat_at and run.heartbeat_at > 1e9
    again, _ = upsert(house, started_at=5.0)
    assert again.created_at == run.created_at


def test_none_leaves_alone(house):
    first, _ = upsert(house, notes="n", tags=["a"], config={"lr": 1}, display_name="mine", group="g")
    again, inserted = upsert(house, job_type="train")
    assert not inserted and again.id == first.id
    assert (again.notes, again.tags, again.config, again.display_name) == ("n", ["a"], {"lr": 1}, "mine")
    assert (again.group_name, again.job_type) == ("g", "train")
    cleared, _ = upsert(house, notes="", tags=[])
    assert (cleared.notes, cleared.tags) == ("", [])


def test_a_repeated_upsert_changes_nothing(house):
    changes = {"config": {"a": {"b": 1}}, "tags": ["x"], "counters": {"coerced": 2}, "wandb_config": {"t": 1}}
    assert upsert(house, **changes)[0] == upsert(house, **changes)[0]


def test_config_replaces_or_merges_and_is_flat(house):
    upsert(house, config={"optim": {"lr": 0.1, "name": "adam"}, "x": math.nan})
    run, _ = upsert(house, config={"optim.lr": 0.2}, config_merge=True)
    assert run.config["optim.lr"] == 0.2 and run.config["optim.name"] == "adam" and math.isnan(run.config["x"])
    run, _ = upsert(house, config={"only": 2**60})
    assert run.config == {"only": 2**60}
    shown = house.runs.describe(house.owner, "local", "p", "r1")
    tagged = {"_type": "number", "value": str(2**60), "float": float(2**60)}
    assert shown["config"] == {"only": tagged}


def test_config_and_summary_come_back_as_they_were_given(house):
    given = {"a": 1, "a.b": 2, "c.d": {"e": 3}, "c": {"d": {"f": 4}}, ".": 5, "g..h": 6, "i": {"": 7}, "empty": {}}
    upsert(house, config=given, summary=given)
    shown = house.runs.describe(house.owner, "local", "p", "r1")
    assert shown["config"] == shown["summary"] == given


@pytest.mark.parametrize(
    "changes",
    [
        {"tags": ["ok", ""]},
        {"tags": ["x" * 129]},
        {"tags": ["a\x00b"]},
        {"tags": [f"t{n}" for n in range(1001)]},
        {"display_name": "a\nb"},
        {"display_name": "x" * 129},
        {"notes": "x" * 100_001},
        {"group": "x" * 1025},
        {"state": "sleeping"},
        {"config": [1]},
        {"config": {"k": object()}},
        {"config": {"k": "x" * (11 * 1024 * 1024)}},
        {"summary": "no"},
    ],
)
def test_what_breaks_a_rule_changes_nothing(house, changes):
    before, _ = upsert(house, tags=["kept"])
    with pytest.raises(InvalidValue):
        upsert(house, **{"notes": "lost", **changes})
    assert house.runs.find(house.owner, "local", "p", "r1") == before


@pytest.mark.parametrize("name", ["..", ".", "", " ", "a/b", "a\\b", "a\x00", "%2e", "a?b", "x" * 129])
def test_names_that_are_paths_are_refused(house, name):
    if name:
        with pytest.raises(InvalidValue):
            house.runs.upsert(house.owner, None, name, "r", RunChanges())
        with pytest.raises(InvalidValue):
            house.runs.upsert(house.owner, None, "p", name, RunChanges())
    assert house.projects.list(house.owner) == [] or name == ""


def test_states_follow_the_client(house):
    run, _ = upsert(house)
    house.clock.now += 5
    run, _ = upsert(house, state="finished", exit_code=0)
    assert (run.state, run.finished_at, run.exit_code) == ("finished", house.clock.now, 0)
    ended = house.clock.now
    house.clock.now += 5
    run, _ = upsert(house, state="failed")
    assert (run.state, run.finished_at) == ("failed", ended), "it ended when it ended"
    run, _ = upsert(house, notes="edited by a script")
    assert run.state == "failed", "an edit doesn't wake a run"
    run, _ = upsert(house, config={"a": 1}, wandb_config={"cli_version": "0.31.0"})
    assert (run.state, run.finished_at, run.exit_code) == ("running", None, None), "its client resumed it"
    assert run.heartbeat_at == house.clock.now


def test_a_stop_reaches_a_running_run_and_ends_with_a_resume(house):
    run, _ = upsert(house)
    house.runs.request_stop(house.owner, run)
    assert house.runs.find(house.owner, "local", "p", "r1").stop_requested
    upsert(house, state="failed")
    with pytest.raises(Conflict):
        house.runs.request_stop(house.owner, run)
    resumed, _ = upsert(house, wandb_config={"t": 1})
    assert not resumed.stop_requested


def test_a_deleted_run_is_gone_until_it_is_restored(house):
    upsert(house)
    assert house.runs.delete_many(house.owner, "local", "p", ["r1"]) == 1
    assert house.runs.delete_many(house.owner, "local", "p", ["r1"]) == 0
    with pytest.raises(NotFound):
        house.runs.find(house.owner, "local", "p", "r1")
    with pytest.raises(Conflict, match="restore"):
        upsert(house, notes="again")
    assert house.runs.search(house.owner, "local", "p", RunQuery()).total == 0
    assert house.runs.restore_many(house.owner, "local", "p", ["r1"]) == 1
    assert house.runs.find(house.owner, "local", "p", "r1").notes == ""
    with pytest.raises(NotFound):
        house.runs.delete_many(house.owner, "local", "p", ["r1", "r*"])


def test_many_are_edited_all_or_none(house):
    for n in range(3):
        upsert(house, f"r{n}", tags=["a", "b"])
    edited = house.runs.edit_many(
        house.owner, "local", "p", ["r0", "r2"], RunChanges(add_tags=["c", "a"], remove_tags=["b"], group="g")
    )
    assert [(r.name, r.tags, r.group_name) for r in edited] == [("r0", ["a", "c"], "g"), ("r2", ["a", "c"], "g")]
    assert [row["tags"] for row in house.runs.rows(house.owner, "local", "p", ["r1"])] == [["a", "b"]]
    with pytest.raises(NotFound):
        house.runs.edit_many(house.owner, "local", "p", ["r0", "nope"], RunChanges(notes="x"))
    assert house.runs.find(house.owner, "local", "p", "r0").notes == ""


def test_a_deleted_project_takes_its_runs_and_brings_them_back(house):
    upsert(house, "a"), upsert(house, "b")
    house.runs.delete_many(house.owner, "local", "p", ["b"])
    house.clock.now += 1
    house.projects.delete(house.owner, "local", "p")
    assert house.projects.list(house.owner) == []
    with pytest.raises(NotFound):
        house.projects.find(house.owner, "local", "p")
    house.projects.restore(house.owner, "local", "p")
    assert house.projects.describe(house.owner, "local", "p")["run_count"] == 1
    house.clock.now += 1
    house.projects.delete(house.owner, "local", "p")
    upsert(house, "c")
    assert house.projects.describe(house.owner, "local", "p")["run_count"] == 1, (
        "a new run brings back only the project"
    )


def test_projects_are_listed_by_activity(house):
    upsert(house, project="first")
    house.clock.now += 10
    upsert(house, project="second")
    house.clock.now += 10
    upsert(house, project="first", notes="again")
    assert [p["name"] for p in house.projects.list(house.owner)] == ["first", "second"]
    house.projects.edit(house.owner, "local", "first", "# what it is")
    assert house.projects.describe(house.owner, "local", "first")["description"] == "# what it is"
    with pytest.raises(InvalidValue):
        house.projects.edit(house.owner, "local", "first", "x" * 100_001)


def words(error) -> str:
    return re.sub(r"'[^']*'", "…", str(error.value))


def test_what_is_anothers_is_answered_like_what_is_not(house):
    kim, lee = house.user("kim"), house.user("lee")
    run, _ = house.runs.upsert(kim, None, "secret", "r1", RunChanges(notes="n"))
    file = house.files.put(kim, run, "a.txt", [b"x"])
    with pytest.raises(NotFound) as missing:
        house.runs.find(lee, "kim", "nothing", "r1")
    attempts = [
        lambda a: house.projects.find(a, "kim", "secret"),
        lambda a: house.projects.describe(a, "kim", "secret"),
        lambda a: house.projects.edit(a, "kim", "secret", "x"),
        lambda a: house.projects.delete(a, "kim", "secret"),
        lambda a: house.projects.restore(a, "kim", "secret"),
        lambda a: house.runs.find(a, "kim", "secret", "r1"),
        lambda a: house.runs.find_by_storage_id(a, run.id),
        lambda a: house.runs.describe(a, "kim", "secret", "r1"),
        lambda a: house.runs.search(a, "kim", "secret", RunQuery()),
        lambda a: RunListing(house.catalog, house.projects).page(a, "kim", "secret", RunQuery()),
        lambda a: house.runs.columns(a, "kim", "secret"),
        lambda a: house.runs.upsert(a, "kim", "secret", "r1", RunChanges(notes="x")),
        lambda a: house.runs.upsert(a, None, None, None, RunChanges(notes="x"), run.id),
        lambda a: house.runs.edit(a, "kim", "secret", "r1", RunChanges(notes="x")),
        lambda a: house.runs.edit_many(a, "kim", "secret", ["r1"], RunChanges(notes="x")),
        lambda a: house.runs.delete_many(a, "kim", "secret", ["r1"]),
        lambda a: house.runs.restore_many(a, "kim", "secret", ["r1"]),
        lambda a: house.runs.request_stop(a, run),
        lambda a: house.files.begin(a, run, ["a.txt"]),
        lambda a: house.files.put(a, run, "a.txt", [b"y"]),
        lambda a: house.files.list(a, run),
        lambda a: house.files.open(a, run, "a.txt"),
        lambda a: house.files.delete(a, run, "a.txt"),
        lambda a: house.files.delete_by_id(a, file.id),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt(lee)
    with pytest.raises(NotFound) as foreign:
        house.runs.find(lee, "kim", "secret", "r1")
    assert words(foreign) == words(missing)
    assert house.projects.list(lee) == [] and len(house.projects.list(kim)) == 1
    assert len(house.projects.list(house.owner)) == 1, "an administrator sees all"
    assert house.runs.find(kim, "kim", "secret", "r1") == run
    with house.files.open(house.owner, run, "a.txt")[1] as opened:
        assert opened.read() == b"x"


def test_a_team_is_shared_and_its_viewer_only_looks(house):
    kim, lee = house.user("kim"), house.user("lee")

    def work(c):
        team = house.catalog.accounts.add_team(c, "team", house.clock.now)
        house.catalog.accounts.add_member(c, team, kim.user_id, "member")
        house.catalog.accounts.add_member(c, team, lee.user_id, "viewer")

    house.catalog.write(work)
    kim = house.accounts.actor_for_user(kim.user_id, 0)
    lee = house.accounts.actor_for_user(lee.user_id, 0)
    run, _ = house.runs.upsert(kim, "team", "p", "r1", RunChanges())
    assert house.runs.find(lee, "team", "p", "r1") == run
    for attempt in [
        lambda: house.runs.upsert(lee, "team", "p", "r1", RunChanges(notes="x")),
        lambda: house.runs.upsert(lee, "team", "new", "r1", RunChanges()),
        lambda: house.runs.delete_many(lee, "team", "p", ["r1"]),
        lambda: house.projects.delete(lee, "team", "p"),
        lambda: house.files.put(lee, run, "a", [b""]),
    ]:
        with pytest.raises(Forbidden):
            attempt()
    assert [(p["name"], p["writable"]) for p in house.projects.list(lee)] == [("p", False)]
    told = [house.projects.describe(who, "team", "p") for who in (lee, kim)]
    assert [(p["writable"], p["owner"]) for p in told] == [
        (False, {"name": "team", "is_team": True, "members": 2}),
        (True, {"name": "team", "is_team": True, "members": 2}),
    ]


ROW_FIELDS = {"id", "name", "state", "created_at", "heartbeat_at", "finished_at", "runtime_s", "last_step", "user"}
ROW_FIELDS |= {"tags", "notes", "group", "job_type", "host", "sweep", "values"}
RUN_FIELDS = ROW_FIELDS | {"config", "summary", "meta", "exit_code", "error", "record", "stop_requested", "log_lines"}
RUN_FIELDS |= {"file_count", "project", "entity", "parent", "rewound_step"}


def test_the_page_of_a_run_has_the_fields_of_the_contract(house):
    counters = {"coerced": 3, "sdk_version": "0.1.0"}
    upsert(house, host="box", program="train.py", commit="abc", repo="https://x/y", counters=counters)
    shown = house.runs.describe(house.owner, "local", "p", "r1")
    assert set(shown) == RUN_FIELDS
    assert shown["meta"] == {
        "host": "box",
        "program": "train.py",
        "sdk": "runwell 0.1.0",
        "git": {"commit": "abc", "remote": "https://x/y"},
    }
    assert shown["record"]["coerced"] == 3 and shown["record"]["rows"] == 0 and shown["user"] == "local"


def test_a_listing_is_asked_in_the_words_of_the_contract(house):
    for n in range(5):
        upsert(house, f"r{n}", config={"lr": 10.0**-n}, summary={"acc": n}, tags=["baseline"] if n % 2 else [])
    query = RunQuery(
        filter_text='config.lr < 0.5 and state = "running" and "baseline" in tags',
        sort=["-summary.acc"],
        columns=["config.lr", "acc"],
    )
    page = house.runs.search(house.owner, "local", "p", query)
    assert set(page.runs[0]) == ROW_FIELDS
    assert [(r["id"], r["values"]) for r in page.runs] == [
        ("r3", {"config.lr": 0.001, "acc": 3}),
        ("r1", {"config.lr": 0.1, "acc": 1}),
    ]
    listing = RunListing(house.catalog, house.projects)
    whole = listing.page(house.owner, "local", "p", RunQuery(filter_text="acc > 0", limit=2))
    assert ([r.name for r in whole.runs], whole.matched, whole.more) == (["r4", "r3"], 4, True)
    assert whole.runs[0].config == {"lr": 1e-4}
    for bad in [
        RunQuery(filter_text="lr <"),
        RunQuery(sort=["a"] * 9),
        RunQuery(columns=[f"c{n}" for n in range(501)]),
        RunQuery(ids=["x"] * 10_001),
        RunQuery(q="x" * 1001),
        RunQuery(offset=-1),
        RunQuery(filter_text='name ~ "("'),
    ]:
        with pytest.raises(InvalidValue):
            house.runs.search(house.owner, "local", "p", bad)


def test_what_a_second_writer_still_had_to_say_does_not_begin_an_ended_run_again(house):
    run, _ = upsert(house, wandb_config={"t": 1})
    house.runs.edit(house.owner, "local", "p", "r1", RunChanges(state="finished", exit_code=0))
    run, _ = upsert(house, wandb_config={"e": {"second": 1}}, config={"a": 1}, config_merge=True)
    assert run.state == "finished" and run.exit_code == 0 and run.config == {"a": 1}
    run, _ = upsert(house, wandb_config={"t": 2})  # one writer alone that speaks again goes on
    assert run.state == "running"
