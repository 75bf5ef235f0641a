"""What every catalog does, whatever its database: the contract of the repos."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from runwell.server.stores.records import RunRecord
from runwell.server.stores.sql.catalog import Catalog

NOW = 1_700_000_000.0


@pytest.fixture
def user_id(catalog: Catalog) -> int:
    return catalog.write(lambda c: catalog.accounts.add_user(c, "kim", True, None, NOW))


@pytest.fixture
def project_id(catalog: Catalog, user_id: int) -> int:
    def work(c):
        entity_id = catalog.accounts.entity_id(c, "kim")
        return catalog.projects.find_or_create(c, entity_id, "프로젝트 x", NOW)[0].id

    return catalog.write(work)


def add_run(catalog: Catalog, project_id: int, name: str = "r", **columns) -> int:
    values = {"project_id": project_id, "name": name, "display_name": name, "created_at": NOW, "heartbeat_at": NOW}
    return catalog.write(lambda c: catalog.runs.insert(c, {**values, **columns}))


def run_of(catalog: Catalog, run_id: int) -> RunRecord:
    found = catalog.read(lambda c: catalog.runs.find_by_id(c, run_id))
    assert found is not None
    return found


def test_a_failed_change_leaves_the_others_of_its_group_alone(catalog, project_id):
    gate = threading.Event()
    first = catalog.submit(lambda c: gate.wait(10))  # the next three share a transaction
    good = catalog.submit(lambda c: catalog.projects.set_description(c, project_id, "kept"))
    bad = catalog.submit(lambda c: (catalog.projects.set_description(c, project_id, "lost"), 1 / 0))
    after = catalog.submit(lambda c: catalog.projects.describe(c, project_id)["description"])
    gate.set()
    first.result(10), good.result(10)
    with pytest.raises(ZeroDivisionError):
        bad.result(10)
    assert after.result(10) == "kept"
    assert catalog.read(lambda c: catalog.projects.describe(c, project_id))["description"] == "kept"


def test_a_failed_statement_leaves_the_others_of_its_group_alone(catalog, project_id):
    gate = threading.Event()
    catalog.submit(lambda c: gate.wait(10))
    good = catalog.submit(lambda c: catalog.projects.set_description(c, project_id, "kept"))
    bad = catalog.submit(lambda c: c.execute(text("SELECT * FROM no_such_table")))
    gate.set()
    good.result(10)
    with pytest.raises(Exception, match="no_such_table"):
        bad.result(10)
    assert catalog.read(lambda c: catalog.projects.describe(c, project_id))["description"] == "kept"


def test_a_reader_sees_only_what_is_committed(catalog, project_id):
    inside, go_on = threading.Event(), threading.Event()

    def work(c):
        catalog.projects.set_description(c, project_id, "new")
        inside.set()
        go_on.wait(10)

    writing = catalog.submit(work)
    assert inside.wait(10)
    assert catalog.read(lambda c: catalog.projects.describe(c, project_id))["description"] == ""
    go_on.set()
    writing.result(10)
    assert catalog.read(lambda c: catalog.projects.describe(c, project_id))["description"] == "new"


def test_users_keys_and_tokens(catalog, user_id):
    rows = catalog.accounts
    user = catalog.read(lambda c: rows.find_user(c, "kim"))
    assert user is not None and user.entity == "kim" and user.roles == {user.entity_id: "member"}
    with pytest.raises(IntegrityError):
        catalog.write(lambda c: rows.add_user(c, "kim", False, None, NOW))

    key = catalog.write(lambda c: rows.add_key(c, user_id, "laptop", "local-abcd", b"d" * 32, NOW))
    assert catalog.read(lambda c: rows.find_key(c, b"d" * 32)) == key
    with pytest.raises(IntegrityError):
        catalog.write(lambda c: rows.add_key(c, user_id, "again", "local-abcd", b"d" * 32, NOW))
    catalog.write(lambda c: rows.used(c, key.id, NOW + 5))
    assert [k.last_used_at for k in catalog.read(lambda c: rows.list_keys(c, user_id))] == [NOW + 5]
    assert not catalog.write(lambda c: rows.revoke_key(c, user_id + 1, key.id, NOW)), "not another user's"
    assert catalog.write(lambda c: rows.revoke_key(c, user_id, key.id, NOW))
    assert catalog.read(lambda c: rows.find_key(c, b"d" * 32)) is None

    catalog.write(lambda c: rows.add_token(c, user_id, b"t" * 32, NOW + 10, NOW))
    assert catalog.write(lambda c: rows.redeem_token(c, b"t" * 32, NOW + 1)) == user_id
    assert catalog.write(lambda c: rows.redeem_token(c, b"t" * 32, NOW + 1)) is None, "once"
    catalog.write(lambda c: rows.add_token(c, user_id, b"u" * 32, NOW + 10, NOW))
    assert catalog.write(lambda c: rows.redeem_token(c, b"u" * 32, NOW + 11)) is None, "too late"

    catalog.write(lambda c: rows.set_settings(c, user_id, {"theme": "dark"}))
    assert catalog.read(lambda c: rows.find_user(c, "kim")).settings == {"theme": "dark"}
    catalog.write(lambda c: rows.remove_user(c, user_id, NOW))
    assert catalog.read(lambda c: rows.find_user(c, "kim")) is None
    gone = catalog.read(lambda c: rows.find_user(c, "kim", removed=True))
    assert gone is not None and gone.session_epoch == 1


def test_a_secret_is_made_once(catalog):
    assert catalog.write(lambda c: catalog.accounts.secret(c, "session", b"one")) == b"one"
    assert catalog.write(lambda c: catalog.accounts.secret(c, "session", b"two")) == b"one"


def test_projects_are_found_made_listed_hidden(catalog, user_id, project_id):
    rows = catalog.projects
    entity_id = catalog.read(lambda c: catalog.accounts.entity_id(c, "kim"))
    again, made = catalog.write(lambda c: rows.find_or_create(c, entity_id, "프로젝트 x", NOW + 9))
    assert (again.id, made) == (project_id, False)
    add_run(catalog, project_id, "a", state="running")
    add_run(catalog, project_id, "b", state="finished")
    hidden = add_run(catalog, project_id, "c", state="running")
    catalog.write(lambda c: catalog.runs.delete(c, [hidden], NOW))
    listed = catalog.read(lambda c: rows.list(c, frozenset([entity_id])))
    assert [(p["name"], p["run_count"], p["states"]) for p in listed] == [
        ("프로젝트 x", 2, {"running": 1, "finished": 1})
    ]
    assert catalog.read(lambda c: rows.list(c, frozenset())) == []
    assert len(catalog.read(lambda c: rows.list(c, None))) == 1

    catalog.write(lambda c: rows.active(c, project_id, NOW + 100))
    assert catalog.read(lambda c: rows.describe(c, project_id))["active_at"] == NOW + 100
    assert [catalog.write(lambda c: rows.next_serial(c, project_id)) for _ in range(3)] == [1, 2, 3]

    catalog.write(lambda c: rows.delete(c, project_id, NOW + 200))
    assert catalog.read(lambda c: rows.find(c, "kim", "프로젝트 x")) is None
    assert catalog.write(lambda c: rows.restore(c, entity_id, "프로젝트 x"))
    assert catalog.read(lambda c: rows.describe(c, project_id))["run_count"] == 2, "c was hidden before"


def test_a_run_comes_back_as_it_was_stored(catalog, project_id):
    config = {"lr": 1e-16, "big": {"_type": "number", "value": "9007199254740993", "float": 9007199254740992.0}}
    config |= {"far": 1e300, "whole": 3, "point": 3.0, "text": "a'b\"c\\d %s :x 한국어", "none": None, "yes": True}
    config |= {'odd "key\\': [1, {"x": "y"}], "nan": {"_type": "number", "value": "NaN"}, "nul": "a\x00b\ud800"}
    run_id = add_run(catalog, project_id, config=config, tags=["b", "a"], meta={"git": {"dirty": False}})
    run = run_of(catalog, run_id)
    assert run.config.pop("nan") != run.config.pop("nan", 0)
    assert run.config.pop("nul") == "a\ufffdb\ufffd"
    assert run.config.pop("big") == 9007199254740993
    config = {k: v for k, v in config.items() if k not in ("nan", "nul", "big")}
    assert run.config == config
    assert {k: type(v) for k, v in run.config.items()} == {k: type(v) for k, v in config.items()}
    assert (run.tags, run.meta, run.entity, run.project) == (["b", "a"], {"git": {"dirty": False}}, "kim", "프로젝트 x")
    with pytest.raises(IntegrityError):
        add_run(catalog, project_id)


def test_a_run_that_is_heard_is_running_and_never_goes_backwards(catalog, project_id):
    runs = catalog.runs
    run_id = add_run(catalog, project_id, state="crashed", finished_at=NOW)
    catalog.write(lambda c: runs.heard(c, run_id, NOW + 1, rows=10, last_step=99, runtime_s=5.0))
    catalog.write(lambda c: runs.heard(c, run_id, NOW + 2, rows=5, last_step=7, runtime_s=4.0))
    run = run_of(catalog, run_id)
    assert (run.state, run.finished_at, run.heartbeat_at) == ("running", None, NOW + 2)
    assert (run.row_count, run.last_step, run.runtime_s) == (15, 99, 5.0)

    catalog.write(lambda c: runs.finish(c, run_id, NOW + 3, 1))
    run = run_of(catalog, run_id)
    assert (run.state, run.exit_code, run.finished_at) == ("failed", 1, NOW + 3)
    catalog.write(lambda c: runs.heard(c, run_id, NOW + 4))
    assert run_of(catalog, run_id).state == "failed", "an end that was announced stays"


def test_an_interrupted_run_stays_so_when_its_exit_code_arrives(catalog, project_id):
    run_id = add_run(catalog, project_id, state="interrupted")
    catalog.write(lambda c: catalog.runs.finish(c, run_id, NOW, 255))
    run = run_of(catalog, run_id)
    assert (run.state, run.exit_code) == ("interrupted", 255)


def test_silent_runs_are_found_and_called_crashed(catalog, project_id):
    old = add_run(catalog, project_id, "old", state="running", heartbeat_at=NOW - 400)
    add_run(catalog, project_id, "new", state="running", heartbeat_at=NOW - 10)
    add_run(catalog, project_id, "done", state="finished", heartbeat_at=NOW - 400)
    assert catalog.read(lambda c: catalog.runs.silent_since(c, NOW - 300)) == [old]
    catalog.write(lambda c: catalog.runs.set_state(c, old, "crashed"))
    run = run_of(catalog, old)
    assert (run.state, run.finished_at) == ("crashed", NOW - 400)


def test_a_summary_is_replaced_or_merged(catalog, project_id):
    run_id = add_run(catalog, project_id)
    catalog.write(lambda c: catalog.runs.set_summary(c, run_id, {"a": 1, "b": 2}, {}, merge=False))
    catalog.write(lambda c: catalog.runs.set_summary(c, run_id, {"b": 3, "c.d": 4}, {"c.d": ["c.d"]}, merge=True))
    run = run_of(catalog, run_id)
    assert (run.summary, run.summary_paths) == ({"a": 1, "b": 3, "c.d": 4}, {"c.d": ["c.d"]})
    catalog.write(lambda c: catalog.runs.set_summary(c, run_id, {"c": 4}, {}, merge=False))
    run = run_of(catalog, run_id)
    assert (run.summary, run.summary_paths) == ({"c": 4}, {})


def test_runs_are_hidden_and_shown_again(catalog, project_id):
    ids = [add_run(catalog, project_id, name) for name in ("a", "b")]
    assert catalog.write(lambda c: catalog.runs.delete(c, ids, NOW)) == 2
    assert catalog.write(lambda c: catalog.runs.delete(c, ids, NOW)) == 0
    assert catalog.read(lambda c: catalog.runs.ids(c, project_id, ["a", "b"])) == {}
    assert catalog.read(lambda c: catalog.runs.ids(c, project_id, ["a"], deleted=True)) == {"a": ids[0]}
    assert catalog.write(lambda c: catalog.runs.restore(c, ids[:1])) == 1
    assert catalog.read(lambda c: catalog.runs.ids(c, project_id, ["a", "b", "nope"])) == {"a": ids[0]}
    assert [r.name for r in catalog.read(lambda c: catalog.runs.find_many(c, [ids[1], 10**9, ids[0]]))] == ["b", "a"]


def test_a_stop_is_remembered(catalog, project_id):
    run_id = add_run(catalog, project_id)
    assert not catalog.read(lambda c: catalog.runs.stop_requested(c, run_id))
    catalog.write(lambda c: catalog.runs.update(c, run_id, {"stop_requested": True}))
    assert catalog.read(lambda c: catalog.runs.stop_requested(c, run_id))


def test_files_are_labels_on_blobs(catalog, project_id):
    run_id, files = add_run(catalog, project_id), catalog.files
    first = catalog.write(lambda c: files.put(c, run_id, "a/b.txt", "1" * 64, 3, NOW))
    again = catalog.write(lambda c: files.put(c, run_id, "a/b.txt", "2" * 64, 4, NOW + 1))
    assert (again.id, again.digest, again.size_bytes, again.updated_at) == (first.id, "2" * 64, 4, NOW + 1)
    catalog.write(lambda c: files.put(c, run_id, "a*", "2" * 64, 4, NOW))
    assert [f.path for f in catalog.read(lambda c: files.list(c, run_id))] == ["a*", "a/b.txt"]
    assert catalog.read(lambda c: files.count(c, run_id)) == 2
    assert catalog.read(lambda c: files.referenced(c, ["1" * 64, "2" * 64])) == {"2" * 64}
    assert catalog.read(lambda c: files.find_by_id(c, first.id)) == again
    assert catalog.write(lambda c: files.delete(c, run_id, "a*")) == "2" * 64
    assert [f.path for f in catalog.read(lambda c: files.list(c, run_id))] == ["a/b.txt"], "exactly that name"
    assert catalog.write(lambda c: files.delete(c, run_id, "a*")) is None
