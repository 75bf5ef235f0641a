"""Files listed in pieces and chart specifications, alike in every catalog."""

from __future__ import annotations

import pytest

NOW = 1_795_000_000.0
PATHS = ["100%.txt", "100x.txt", "A_b.txt", "a_B.txt", "axb.txt", "dir/x.txt", "한국어.txt"]


@pytest.fixture
def entity_id(catalog) -> int:
    return catalog.write(lambda c: catalog.accounts.add_team(c, "team", NOW))


@pytest.fixture
def run_id(catalog, entity_id) -> int:
    def work(c) -> int:
        project, _ = catalog.projects.find_or_create(c, entity_id, "p", NOW)
        values = {"project_id": project.id, "name": "r", "display_name": "r"}
        return catalog.runs.insert(c, {**values, "created_at": NOW, "heartbeat_at": NOW})

    found = catalog.write(work)
    for path in PATHS:
        catalog.write(lambda c, path=path: catalog.files.put(c, found, path, "1" * 64, 3, NOW, "bWQ1"))
    return found


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("", PATHS),
        ("100%", ["100%.txt"]),
        ("100", ["100%.txt", "100x.txt"]),
        ("a_b", ["A_b.txt", "a_B.txt"]),
        ("DIR/", ["dir/x.txt"]),
        ("한국", ["한국어.txt"]),
        ("none", []),
    ],
)
def test_files_are_listed_by_their_beginning(catalog, run_id, prefix, found):
    files = catalog.files
    assert [file.path for file in catalog.read(lambda c: files.list(c, run_id, prefix=prefix))] == found
    assert catalog.read(lambda c: files.count(c, run_id, prefix)) == len(found)
    assert [file.path for file in catalog.read(lambda c: files.list(c, run_id, 1, 1, prefix))] == found[1:2]


def test_files_are_found_by_their_names(catalog, run_id):
    asked = ["none", "axb.txt", "100%.txt", *(f"no-{n}" for n in range(12_000))]
    found = catalog.read(lambda c: catalog.files.find_many(c, run_id, asked))
    assert [(file.path, file.md5) for file in found] == [("100%.txt", "bWQ1"), ("axb.txt", "bWQ1")]
    assert list(catalog.read(lambda c: catalog.files.find_many(c, run_id, []))) == []


def test_a_chart_of_the_same_name_is_replaced(catalog, entity_id):
    charts = catalog.charts

    def put(name: str, access: str, spec: str, now: float) -> int:
        return catalog.write(lambda c: charts.put(c, entity_id, name, "shown\x00", "vega2", access, spec, now))

    first = put("bar", "private", "{}", NOW)
    assert put("bar", "public", '{"mark": "bar"}', NOW + 1) == first
    put("line", "private", "{}", NOW)
    found = catalog.read(lambda c: charts.find(c, "team", "bar"))
    assert (found.id, found.entity, found.display_name, found.access) == (first, "team", "shown\ufffd", "public")
    assert (found.spec, found.updated_at) == ('{"mark": "bar"}', NOW + 1)
    assert catalog.read(lambda c: charts.find(c, "team", "none")) is None
    assert catalog.read(lambda c: charts.count(c, entity_id)) == 2
    names = lambda ids: [one.name for one in catalog.read(lambda c: charts.list(c, ids, 10))]  # noqa: E731
    assert (names(None), names([entity_id]), names([])) == (["bar", "line"], ["bar", "line"], ["bar"])
    assert len(catalog.read(lambda c: charts.list(c, None, 1))) == 1
