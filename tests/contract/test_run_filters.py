"""Filters of the public Api, from their JSON to the runs they find, over every catalog."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runwell.server.domain.run_listing import read_cursor, write_cursor
from runwell.server.routes.wandb.graphql.run_filters import read_filters, read_order
from runwell.server.stores.filter_tree import Mark, Selection
from runwell.wire.errors import InvalidValue

from .naive_mongo import accepts
from .test_run_search import NAMES, NOW, _runs, plain, stored

_words = st.sampled_from(
    ["a", "b", "1", "true", "한", "%", "finished", "running", "crashed", "g", "note", "base", "r1"]
)
_asked = st.one_of(st.integers(-3, 3), st.sampled_from([0.5, 1e300, 2**60, -(2**70)]), _words, st.booleans(), st.none())
_some = _asked.filter(lambda value: value is not None)
_document_keys = st.builds(
    lambda document, key, end: f"{document}.{key}{end if document == 'config' else ''}",
    st.sampled_from(["config", "summary_metrics"]),
    st.sampled_from(NAMES),
    st.sampled_from(["", ".value"]),
)
_text_fields = st.sampled_from(["name", "displayName", "display_name", "group", "notes", "state", "tags"])
_pattern = st.fixed_dictionaries({"$regex": st.sampled_from(["^a", "1|B", "", "한", "%$", "^Fin"])}).flatmap(
    lambda said: st.sampled_from([said, {**said, "$options": "i"}])
)
_said = st.one_of(
    _asked,
    st.builds(lambda op, value: {op: value}, st.sampled_from(["$eq", "$ne"]), _asked),
    st.builds(lambda op, value: {op: value}, st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), _some),
    st.builds(lambda op, values: {op: values}, st.sampled_from(["$in", "$nin"]), st.lists(_asked, max_size=3)),
    st.builds(lambda value: {"$exists": value}, st.booleans()),
    st.builds(lambda low, high: {"$gte": low, "$lt": high}, st.integers(-3, 3), st.integers(-3, 3)),
    st.builds(lambda value: {"$not": {"$gt": value}}, _some),
    _pattern,
)
_plain_said = st.one_of(
    _words,
    st.builds(lambda op, value: {op: value}, st.sampled_from(["$eq", "$ne"]), st.one_of(_words, st.none())),
    st.builds(lambda op, values: {op: values}, st.sampled_from(["$in", "$nin"]), st.lists(_words, max_size=3)),
    st.builds(lambda value: {"$exists": value}, st.booleans()),
    _pattern,
)
_times = st.builds(
    lambda op, value: {op: value}, st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), st.sampled_from([NOW, NOW + 1.5])
)
_leaves = st.one_of(
    st.builds(lambda key, said: {key: said}, _document_keys, _said),
    st.builds(lambda key, said: {key: said}, _document_keys, _said),
    st.builds(lambda key, said: {key: said}, _text_fields, _plain_said),
    st.builds(lambda key, said: {key: said}, st.sampled_from(["createdAt", "finishedAt"]), _times),
    st.builds(lambda value: {"finishedAt": {"$exists": value}}, st.booleans()),
)
_filters = st.recursive(
    _leaves,
    lambda inner: st.builds(
        lambda word, parts, more: {word: parts, **more},
        st.sampled_from(["$and", "$or", "$nor"]),
        st.lists(inner, min_size=1, max_size=3),
        st.sampled_from([{}, {"state": {"$ne": "nothing"}}]),
    ),
    max_leaves=6,
)


def found(catalog, project_id, filters, **more) -> set[str]:
    selection = Selection(tree=read_filters(json.dumps(filters)), **more)
    return {row["id"] for row in catalog.read(lambda c: catalog.search.page(c, project_id, selection)).runs}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=_runs, filters=_filters, interrupted=st.booleans())
def test_a_filter_of_the_public_api_finds_what_mongodb_would(catalog, runs, filters, interrupted):
    if interrupted:
        runs[0]["state"] = "interrupted"
    project_id = stored(catalog, runs)
    assert found(catalog, project_id, filters) == {run["name"] for run in runs if accepts(filters, run)}


def test_fields_of_a_run_are_asked_by_their_wire_names(catalog):
    runs = [
        plain(0, host="h1", job_type="eval", commit_hash="abc", sweep="s1", runtime_s=30.0, row_count=7, exit_code=0),
        plain(1, host="h2", program="t.py", repo="git@x", finished_at=NOW + 9, runtime_s=90.0, exit_code=1),
    ]
    project_id = stored(catalog, runs)
    for filters, expected in [
        ({"host": "h1"}, {"r0"}),
        ({"jobType": "eval", "commit": {"$regex": "^a"}}, {"r0"}),
        ({"sweep": "s1"}, {"r0"}),
        ({"sweep": None}, {"r1"}),
        ({"program": "t.py"}, {"r1"}),
        ({"repo": {"$exists": True}}, {"r1"}),
        ({"duration": {"$gt": 60}}, {"r1"}),
        ({"runtime": {"$lte": 30}}, {"r0"}),
        ({"historyLineCount": {"$gte": 7}}, {"r0"}),
        ({"exitcode": {"$in": [0, 3]}}, {"r0"}),
        ({"entity": "kim", "name": {"$in": ["r1", "r9"]}}, {"r1"}),
        ({"entity": "lee"}, set()),
        ({"project": {"$regex": "^p"}}, {"r0", "r1"}),
        ({"createdAt": {"$gt": "2023-11-14T22:13:20Z"}}, {"r1"}),
        ({"createdAt": {"$in": ["2023-11-14T22:13:20Z", "2020-01-01"]}}, {"r0"}),
        ({"createdAt": "2023-11-14"}, {"r0", "r1"}),
        ({"config.optim": {"name": "adam", "lr": {"$lt": 1}}}, set()),
        ({}, {"r0", "r1"}),
        ({"$and": []}, {"r0", "r1"}),
    ]:
        assert found(catalog, project_id, filters) == expected, filters


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "must be a JSON object"),
        ("{", "not JSON"),
        ('{"stat": "finished"}', "a run has no field 'stat'.*config.KEY"),
        ('{"": 1}', "a run has no field"),
        ('{"config": 1}', "a run has no field 'config'"),
        ('{"$xor": []}', "there is no filter '\\$xor'"),
        ('{"state": {"$near": 1}}', "there is no filter '\\$near'"),
        ('{"$or": {"state": "a"}}', "\\$or needs a list"),
        ('{"$or": ["a"]}', "must be a JSON object"),
        ('{"config.a": {"$in": 3}}', "\\$in needs a list"),
        ('{"config.a": {"$gt": [1]}}', "can't be compared"),
        ('{"config.a": {"$gt": null}}', "can't be compared"),
        ('{"config.a": NaN}', "can't be compared"),
        ('{"config.a": {"$exists": "yes"}}', "true or false"),
        ('{"config.a": {"$regex": 1}}', "needs text"),
        ('{"config.a": {"$regex": "a", "$options": "q"}}', "of i, m and s"),
        ('{"config.a": {"$options": "i"}}', "belongs to a \\$regex"),
        ('{"createdAt": "last week"}', "is no date"),
        ('{"createdAt": {"$regex": "2023"}}', "a number or a time"),
        ('{"config.a": {"$eq": 1, "b": 2}}', "there is no filter 'b'"),
        ("{" + '"$not": {' * 40 + '"state": "a"' + "}" * 41, "deeper than"),
        ('{"state": ' + '{"$not": ' * 40 + '"a"' + "}" * 41, "deeper than"),
        ('{"name": {"$in": [' + ",".join(["1"] * 3000) + "]}}", "nothing"),
    ],
)
def test_what_is_no_filter_says_why(catalog, text, said):
    if said == "nothing":
        assert found(catalog, stored(catalog, [plain(0)]), json.loads(text)) == set()
        return
    with pytest.raises(InvalidValue, match=said):
        read_filters(text)


def test_odd_characters_in_filters_find_nothing_and_break_nothing(catalog):
    project_id = stored(catalog, [plain(0, config={"a": "x"})])
    for odd in ["\x00", "\ud800", "'", '"', "\\", "%", "х"]:
        for filters in ({f"config.a{odd}": 1}, {"config.a": odd}, {"config.a": {"$in": [odd]}}, {"tags": odd}):
            assert found(catalog, project_id, filters) == set(), filters
        assert found(catalog, project_id, {"display_name": {"$ne": odd}}) == {"r0"}


def test_orders_of_the_public_api(catalog):
    runs = [
        plain(0, summary={"acc": 2}, config={"a.b": "x"}, runtime_s=5.0),
        plain(1, summary={}, config={"a.b": 3}, runtime_s=9.0),
        plain(2, summary={"acc": 1}, config={}, runtime_s=5.0),
    ]
    project_id = stored(catalog, runs)

    def names(order: str) -> list[str]:
        selection = Selection(sort=tuple(read_order(order)))
        return [row["id"] for row in catalog.read(lambda c: catalog.search.page(c, project_id, selection)).runs]

    assert names("+created_at") == names("created_at") == ["r0", "r1", "r2"]
    assert names("-created_at") == names("-createdAt") == names("") == ["r2", "r1", "r0"]
    assert names("+summary_metrics.acc") == ["r2", "r0", "r1"]
    assert names("-summary_metrics.acc") == ["r0", "r2", "r1"]
    assert names("config.a.b.value") == names("+config.a.b") == ["r1", "r0", "r2"]
    assert names("config.a.value.b") == names("config.a.b")  # the wire's config has a level "value" below each key
    assert names("-duration,+created_at") == ["r1", "r0", "r2"]
    assert names("-duration,-created_at") == ["r1", "r2", "r0"]
    with pytest.raises(InvalidValue, match="no field 'loss'"):
        read_order("-loss")


def test_a_walk_meets_every_run_once_while_runs_come_and_go(catalog):
    project_id = stored(catalog, [plain(n, tags=["old"]) for n in range(23)])

    def step(tree, sort, limit, mark):
        selection = Selection(tree=tree, sort=sort, limit=limit, behind=mark)
        return catalog.read(lambda c: catalog.search.slice(c, project_id, selection))

    for order, filters in [("-created_at", {}), ("+created_at", {"tags": "old"}), ("-summary_metrics.none", {})]:
        expected = len(found(catalog, project_id, filters))
        mark, met, serial = None, [], 0
        while True:
            page = step(read_filters(json.dumps(filters)), tuple(read_order(order)), 5, mark)
            if not page.ids:
                break
            met += page.ids
            mark = Mark(page.offset + len(page.ids), page.newest, page.ids[-1], page.matched)
            assert read_cursor(write_cursor(mark)) == mark
            serial += 1
            fresh = plain(90, name=f"new-{order}-{serial}", project_id=project_id, heartbeat_at=NOW, tags=["old"])

            def work(c, ids=page.ids, fresh=fresh, filters=filters):
                catalog.runs.insert(c, fresh)
                if filters:  # what was met no longer matches
                    for run_id in ids:
                        catalog.runs.update(c, run_id, {"tags": []})

            catalog.write(work)
        assert len(met) == len(set(met)) == expected
        if filters:
            for run_id in met:
                catalog.write(lambda c, run_id=run_id: catalog.runs.update(c, run_id, {"tags": ["old"]}))
    doomed: list[int] = []
    mark = None
    while True:
        page = step(None, tuple(read_order("-created_at")), 4, mark)
        if not page.ids:
            break
        doomed += page.ids
        mark = Mark(page.offset + len(page.ids), page.newest, page.ids[-1], page.matched)
        catalog.write(lambda c, ids=page.ids: catalog.runs.delete(c, ids, NOW))
    assert len(doomed) == len(set(doomed)) and found(catalog, project_id, {}) == set()


@pytest.mark.parametrize("text", ["5", "a.b.c.d", "1.2.3", "1.2.3.4.5", "-1.2.3.4", "1" * 200, "１.2.3.4"])
def test_what_is_no_cursor_says_so(text):
    with pytest.raises(InvalidValue, match="not a cursor"):
        read_cursor(text)
