"""Listings of runs: filters, orderings, pages, groups, over every catalog."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from runwell.server.stores.filter_tree import (
    And,
    Compare,
    Contains,
    Exists,
    Key,
    Match,
    Not,
    OneOf,
    Or,
    Selection,
    SortKey,
)
from runwell.server.stores.sql import document_indexes
from runwell.server.stores.sql.catalog import Catalog
from runwell.wire.errors import InvalidValue
from runwell.wire.numbers import to_strict

from .naive_filter import holds, ordered

NOW = 1_700_000_000.0
NAMES = ["lr", "a.b", "val/acc", "key x", 'odd"q', "back\\slash", "it's", "100%", ":c", "한 글", "x[0]", "$", "-"]
WORDS = ["", "a", "b", "1", "true", "null", "한", "%", "_", "a'; DROP TABLE run; --", "é", "x" * 501]

_numbers = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([0.5, -0.5, 1e-300, 1e300, -0.0, 2**53, 2**60, -(2**70), 1e16, math.nan, math.inf, -math.inf]),
)
_scalars = st.one_of(_numbers, st.sampled_from(WORDS), st.booleans(), st.none())
_values = st.one_of(_scalars, st.lists(_scalars, max_size=3), st.just({}))
_documents = st.dictionaries(st.sampled_from(NAMES), _values, max_size=5)
_runs = st.lists(
    st.fixed_dictionaries(
        {
            "config": _documents,
            "summary": _documents,
            "tags": st.lists(st.sampled_from(["base", "b", "한"]), unique=True),
            "state": st.sampled_from(["running", "finished"]),
            "notes": st.sampled_from(["", "note", "100%"]),
            "display_name": st.sampled_from(["glad-river-1", "resnet 50", "한글"]),
            "group_name": st.sampled_from(["", "g"]),
            "created_at": st.sampled_from([NOW, NOW + 1.5, NOW + 2]),
            "finished_at": st.sampled_from([None, NOW + 3]),
        }
    ),
    min_size=1,
    max_size=8,
)
_document_keys = st.builds(Key, st.sampled_from(["config", "summary", "any"]), st.sampled_from(NAMES))
_text_keys = st.sampled_from([Key("run", n) for n in ("id", "name", "state", "notes", "group", "tags")])
_keys = st.one_of(
    _document_keys, _document_keys, _text_keys, st.sampled_from([Key("run", "created_at"), Key("run", "finished_at")])
)
_asked = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([0.5, 1e16, 1e300, float(2**60), NOW + 1.5]),
    st.sampled_from([w for w in WORDS if len(w) <= 500] + ["finished", "g", "base", "r1"]),
    st.booleans(),
    st.none(),
)
_patterns = st.sampled_from(["^a", "1|b", "", "한", "%$"])
_leaves = st.one_of(
    st.builds(Compare, _keys, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), _asked),
    st.builds(OneOf, _keys, st.lists(_asked, max_size=4).map(tuple)),
    st.builds(Exists, _keys),
    st.builds(Contains, st.one_of(_document_keys, st.just(Key("run", "tags"))), _asked),
    st.builds(
        Match, st.one_of(_document_keys, _text_keys), st.sampled_from(["^a", "1|b", "", "한", "%$"]), st.booleans()
    ),
)
_trees = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
_serial = itertools.count()


def new_project(catalog: Catalog) -> int:
    def work(c):
        entity_id = catalog.accounts.entity_id(c, "kim")
        if entity_id is None:
            catalog.accounts.add_user(c, "kim", True, None, NOW)
            entity_id = catalog.accounts.entity_id(c, "kim")
        return catalog.projects.find_or_create(c, entity_id, f"p{next(_serial)}", NOW)[0].id

    return catalog.write(work)


def stored(catalog: Catalog, runs: list[dict]) -> int:
    """Store runs in a project of their own; their names are r0, r1, …"""
    project_id = new_project(catalog)

    def work(c):
        for n, run in enumerate(runs):
            run["name"] = f"r{n}"
            values = {**run, "config": to_strict(run["config"]), "summary": to_strict(run["summary"])}
            catalog.runs.insert(c, {**values, "project_id": project_id, "heartbeat_at": NOW})

    catalog.write(work)
    return project_id


def plain(n: int, **changes) -> dict:
    run = {"config": {}, "summary": {}, "tags": [], "state": "running", "notes": "", "display_name": f"run {n}"}
    return {**run, "group_name": "", "created_at": NOW + n, "finished_at": None, **changes}


def names_of(catalog: Catalog, project_id: int, selection: Selection) -> list[str]:
    return [row["id"] for row in catalog.read(lambda c: catalog.search.page(c, project_id, selection)).runs]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=_runs, tree=_trees)
def test_a_filter_finds_what_it_says(catalog, runs, tree):
    project_id = stored(catalog, runs)
    page = catalog.read(lambda c: catalog.search.page(c, project_id, Selection(tree=tree)))
    expected = {run["name"] for run in runs if holds(tree, run)}
    assert {row["id"] for row in page.runs} == expected
    assert (page.total, page.matched) == (len(runs), len(expected))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=_runs, key=_document_keys, descending=st.booleans())
def test_an_ordering_puts_numbers_before_texts_and_missing_last(catalog, runs, key, descending):
    sort = SortKey(key, descending)
    project_id = stored(catalog, runs)
    assert names_of(catalog, project_id, Selection(sort=(sort,))) == ordered(runs, sort)


@pytest.mark.parametrize("name", NAMES)
def test_numbers_no_document_can_hold_plainly_are_sorted_as_numbers_under_any_key(catalog, name):
    values = [2**60, 1.5, math.inf, -(2**70), "text", -math.inf, 2**53]
    runs = [plain(n, summary={name: value}) for n, value in enumerate(values)]
    project_id = stored(catalog, runs)
    sort = SortKey(Key("summary", name))
    names = names_of(catalog, project_id, Selection(sort=(sort,)))
    assert names[:5] == ["r3", "r1", "r6", "r0", "r4"] and names == ordered(runs, sort)


def test_pages_join_to_the_whole(catalog):
    runs = [plain(n, summary={"acc": n % 4} if n % 3 else {}) for n in range(23)]
    project_id = stored(catalog, runs)
    sort = (SortKey(Key("summary", "acc"), True), SortKey(Key("run", "name")))
    whole = names_of(catalog, project_id, Selection(sort=sort))
    pages = [names_of(catalog, project_id, Selection(sort=sort, offset=n, limit=5)) for n in range(0, 25, 5)]
    assert list(itertools.chain(*pages)) == whole and len(set(whole)) == 23
    page = catalog.read(lambda c: catalog.search.page(c, project_id, Selection(sort=sort, offset=20, limit=5)))
    assert (page.total, page.matched, page.offset, len(page.runs)) == (23, 23, 20, 3)


def test_rows_carry_the_columns_asked_for(catalog):
    config = {"lr": 0.5, 'odd"q': [1], "yes": True, "none": None, "nan": math.nan}
    project_id = stored(catalog, [plain(0, config=config, summary={"lr": 7, "loss": 1})])
    keys = ["config.lr", "config.yes", "config.none", "config.nan", "summary.gone", "any.lr", "any.yes"]
    columns = tuple(Key(*key.split(".")) for key in keys)
    [row] = catalog.read(lambda c: catalog.search.page(c, project_id, Selection(columns=columns))).runs
    nan = {"_type": "number", "value": "NaN"}
    assert row["values"] == {"config.lr": 0.5, "config.yes": True, "config.nan": nan, "lr": 7, "yes": True}
    odd = (*columns, Key("config", 'odd"q'), Key("run", "state"))
    [row] = catalog.read(lambda c: catalog.search.page(c, project_id, Selection(columns=odd))).runs
    assert row["values"]['config.odd"q'] == [1] and row["values"]["lr"] == 7 and row["values"]["state"] == "running"


def test_two_hundred_columns_are_one_listing(catalog):
    summary = {f"m{n}": n for n in range(200)}
    project_id = stored(catalog, [plain(0, summary=summary)])
    columns = tuple(Key("summary", f"m{n}") for n in range(200))
    [row] = catalog.read(lambda c: catalog.search.page(c, project_id, Selection(columns=columns))).runs
    assert row["values"] == {f"summary.m{n}": n for n in range(200)}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("river", ["r1", "r0"]),
        ("RIVER-2", ["r1"]),
        ("r2", ["r2"]),
        ("^glad.*1$", ["r0"]),
        ("50%", ["r2"]),
        ("a_b", []),
        ("(", ["r2"]),
        ("ÉCLAIR", ["r2"]),
        ("'; DROP TABLE run; --", []),
    ],
)
def test_search_looks_into_names_and_ids(catalog, search, found):
    names = ["glad-river-1", "glad-river-2", "axb 50% (éclair"]
    project_id = stored(catalog, [plain(n, display_name=name) for n, name in enumerate(names)])
    assert names_of(catalog, project_id, Selection(search=search)) == found


def test_only_the_ids_asked_for(catalog):
    project_id = stored(catalog, [plain(n) for n in range(5)])
    assert names_of(catalog, project_id, Selection(names=("r3", "r1", "nope"))) == ["r3", "r1"]
    assert names_of(catalog, project_id, Selection(names=())) == []


def test_a_catastrophic_pattern_is_answered_in_time(catalog):
    runs = [plain(n, display_name="a" * 60 + "b", config={"k": "a" * 400 + "b"}) for n in range(300)]
    project_id = stored(catalog, runs)
    for key in (Key("run", "name"), Key("config", "k")):
        assert names_of(catalog, project_id, Selection(tree=Match(key, "(a+)+$"))) == []


def test_what_is_no_pattern_says_so(catalog):
    project_id = stored(catalog, [plain(0)])
    with pytest.raises(InvalidValue, match="no regular expression"):
        names_of(catalog, project_id, Selection(tree=Match(Key("run", "name"), "(")))


def test_groups_count_states_and_aggregate(catalog):
    runs = [
        plain(0, config={"model": "a"}, summary={"acc": 1.0, "word": "x"}),
        plain(1, config={"model": "a"}, summary={"acc": 3.0, "word": "y"}, state="finished"),
        plain(2, config={"model": 3}, summary={"acc": math.nan}),
        plain(3, config={}, summary={"acc": 5}),
        plain(4, config={"model": True}),
        plain(5, config={"model": 1}),
    ]
    project_id = stored(catalog, runs)
    selection = Selection(
        sort=(SortKey(Key("run", "created_at")),),
        group=(Key("config", "model"),),
        columns=(Key("summary", "acc"), Key("summary", "word")),
    )
    page = catalog.read(lambda c: catalog.search.page(c, project_id, selection))
    assert (page.total, page.matched, page.group_count) == (6, 6, 5)
    assert page.groups is not None
    assert [(g["key"]["config.model"], g["count"], g["ids"]) for g in page.groups] == [
        ("a", 2, ["r0", "r1"]),
        (3, 1, ["r2"]),
        (None, 1, ["r3"]),
        (True, 1, ["r4"]),
        (1, 1, ["r5"]),
    ]
    assert page.groups[0]["states"] == {"running": 1, "finished": 1}
    acc = page.groups[0]["aggregates"]["summary.acc"]
    numbers = {"mean": 2.0, "median": 2.0, "min": 1.0, "max": 3.0, "std": pytest.approx(math.sqrt(2))}
    assert acc == {**numbers, "n": 2, "distinct": 2}
    assert page.groups[0]["aggregates"]["summary.word"] == {"distinct": 2}
    assert page.groups[1]["aggregates"]["summary.acc"] == {"distinct": 0}


def test_a_group_counts_the_values_of_its_runs_and_their_tags(catalog):
    runs = [plain(n, config={"lr": 0.1 if n < 3 else 9.0}, tags=["ema", f"t{n}"]) for n in range(5)]
    selection = Selection(group=(Key("run", "state"),), columns=(Key("config", "lr"), Key("run", "tags")))
    project_id = stored(catalog, runs)
    groups = catalog.read(lambda c: catalog.search.page(c, project_id, selection)).groups
    assert groups is not None
    lr, tags = (groups[0]["aggregates"][name] for name in ("config.lr", "tags"))
    assert (lr["n"], lr["distinct"], lr["median"]) == (5, 2, 0.1)
    assert tags["distinct"] == 6
    assert tags["values"][0] == ["ema", 5]


def test_groups_by_tags_keep_the_list(catalog):
    project_id = stored(catalog, [plain(0, tags=["a", "b"]), plain(1, tags=["a", "b"]), plain(2)])
    selection = Selection(group=(Key("run", "tags"), Key("run", "state")))
    page = catalog.read(lambda c: catalog.search.page(c, project_id, selection))
    assert page.groups is not None
    assert [(g["key"], g["count"]) for g in page.groups] == [
        ({"tags": [], "state": "running"}, 1),
        ({"tags": ["a", "b"], "state": "running"}, 2),
    ]


def test_columns_say_what_is_there(catalog):
    runs = [
        plain(0, config={"lr": 0.1, "same": 1, "mixed": "a"}, summary={"acc": math.nan}),
        plain(1, config={"lr": 0.2, "same": 1, "mixed": 2}, summary={"acc": 3}),
    ]
    project_id = stored(catalog, runs)
    columns = {c["key"]: c for c in catalog.read(lambda c: catalog.document_keys.list(c, project_id))["columns"]}
    assert list(columns) == ["config.lr", "config.mixed", "config.same", "summary.acc"]
    lr = {"key": "config.lr", "runs": 2, "types": {"number": 2}, "distinct": 2, "differs": True, "min": 0.1, "max": 0.2}
    assert columns["config.lr"] == lr
    assert columns["config.same"]["differs"] is False
    assert columns["config.mixed"]["types"] == {"string": 1, "number": 1}
    assert columns["summary.acc"]["types"] == {"number": 2} and columns["summary.acc"]["max"] == 3


def test_a_large_project_gets_an_index_that_its_queries_use(catalog, monkeypatch):
    monkeypatch.setattr(catalog.search._indexes, "_least_runs", 10)
    project_id = stored(catalog, [plain(n, config={"lr": n}, summary={"val/acc": -n}) for n in range(40)])
    tree = Compare(Key("config", "lr"), "<", 3)
    for descending in (False, True):
        selection = Selection(tree=tree, sort=(SortKey(Key("summary", "val/acc"), descending),))
        before = names_of(catalog, project_id, selection)
        catalog.search.prepare(project_id, selection)
        catalog.search.prepare(project_id, selection)
        assert names_of(catalog, project_id, selection) == before
    odd = Selection(tree=Compare(Key("config", "it's"), "=", 1))
    catalog.search.prepare(project_id, odd)
    made = set(catalog.read(catalog.search._indexes._listed))
    assert len(made) == (2 if catalog.engine.is_sqlite else 3)  # PostgreSQL walks one way only
    if catalog.engine.is_sqlite:
        selected = "SELECT count(*) FROM run WHERE project_id = 1 AND deleted_at IS NULL AND "
        condition = catalog.search._filter.condition(tree).compile(
            catalog.engine.engine, compile_kwargs={"literal_binds": True}
        )
        plan = catalog.read(lambda c: c.execute(text(f"EXPLAIN QUERY PLAN {selected}{condition}")).all())
        assert any(name in str(plan) for name in made), plan


def test_the_number_of_indexes_is_bounded(catalog, monkeypatch):
    monkeypatch.setattr(catalog.search._indexes, "_least_runs", 1)
    monkeypatch.setattr(document_indexes, "MAX_DOCUMENT_INDEXES", 3)
    project_id = stored(catalog, [plain(0)])
    for n in range(6):
        catalog.search.prepare(project_id, Selection(sort=(SortKey(Key("summary", f"m{n}")),)))
    assert len(catalog.read(catalog.search._indexes._listed)) == 3


def test_a_text_too_long_for_an_index_can_still_be_stored(catalog, monkeypatch):
    monkeypatch.setattr(catalog.search._indexes, "_least_runs", 1)
    project_id = stored(catalog, [plain(0, config={"t": "a"})])
    selection = Selection(tree=Compare(Key("config", "t"), "=", "a"))
    catalog.search.prepare(project_id, selection)
    run_id = catalog.read(lambda c: catalog.runs.ids(c, project_id, ["r0"]))["r0"]
    catalog.write(lambda c: catalog.runs.update(c, run_id, {"config": {"t": "한" * 100_000}}))
    assert names_of(catalog, project_id, selection) == []


def test_what_has_keys_below_it_exists(catalog):
    runs = [
        plain(0, config={"optim.lr": 1, "한.글": 2}),
        plain(1, config={"optimizer": 1}, summary={"optim.loss": None}),
        plain(2, config={"optim": "adam"}),
        plain(3, config={"x.optim.lr": 1}),
    ]
    project_id = stored(catalog, runs)
    found = {
        key: sorted(names_of(catalog, project_id, Selection(tree=Exists(key))))
        for key in (Key("config", "optim"), Key("summary", "optim"), Key("any", "optim"), Key("config", "한"))
    }
    assert list(found.values()) == [["r0", "r2"], ["r1"], ["r0", "r1", "r2"], ["r0"]]
    assert sorted(names_of(catalog, project_id, Selection(tree=Not(Exists(Key("config", "optim")))))) == ["r1", "r3"]
