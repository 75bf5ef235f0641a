"""Who belongs to what, what was said, and which projects there are: the same in every catalog."""

from __future__ import annotations

import pytest

from runwell.server.stores.records import EntityRecord, PersonRecord
from runwell.server.stores.sql.catalog import Catalog

NOW = 1_700_000_000.0


@pytest.fixture
def people(catalog: Catalog) -> dict[str, int]:
    """Kim and Lee in team ``lab`` (Lee may only look), Park in none; the ids of users and of the team."""

    def work(c):
        ids = {name: catalog.accounts.add_user(c, name, name == "kim", None, NOW) for name in ("kim", "lee", "park%")}
        ids["lab"] = catalog.accounts.add_team(c, "lab", NOW)
        catalog.accounts.add_member(c, ids["lab"], ids["kim"], "member")
        catalog.accounts.add_member(c, ids["lab"], ids["lee"], "viewer")
        return ids

    return catalog.write(work)


def test_entities_know_their_people(catalog: Catalog, people: dict[str, int]) -> None:
    rows = catalog.people
    lab = catalog.read(lambda c: rows.entity(c, "lab"))
    assert lab == EntityRecord(people["lab"], "lab", True)
    members = catalog.read(lambda c: rows.members(c, people["lab"], 10))
    assert [(person.name, person.is_admin, role) for person, role in members] == [
        ("kim", True, "member"),
        ("lee", False, "viewer"),
    ]
    assert catalog.read(lambda c: rows.teams(c, people["lee"])) == ["lab"]
    own = catalog.read(lambda c: catalog.accounts.entity_id(c, "lee"))
    assert own is not None
    assert catalog.read(lambda c: rows.owner(c, own)) == PersonRecord(people["lee"], "lee", None, False, "lee")
    assert catalog.read(lambda c: rows.owner(c, people["lab"])) is None
    catalog.write(lambda c: catalog.accounts.remove_user(c, people["kim"], NOW))
    assert [p.name for p, _ in catalog.read(lambda c: rows.members(c, people["lab"], 10))] == ["lee"]


def test_people_are_found_by_a_part_of_their_names(catalog: Catalog, people: dict[str, int]) -> None:
    def search(text: str, entity_ids: frozenset[int] | None = None, offset: int = 0, limit: int = 10) -> list[str]:
        found = catalog.read(lambda c: catalog.people.search(c, text, entity_ids, offset, limit))
        return [person.name for person in found]

    assert search("") == ["kim", "lee", "park%"]
    assert search("K") == ["kim", "park%"]
    assert search("%") == ["park%"]  # a wildcard is a character here
    assert search("", frozenset({people["lab"]})) == ["kim", "lee"]
    assert search("", offset=1, limit=1) == ["lee"]
    assert search("\ud800\x00") == []


def test_alerts_are_listed_newest_first_and_the_oldest_go(catalog: Catalog, people: dict[str, int]) -> None:
    def work(c):
        entity_id = catalog.accounts.entity_id(c, "kim")
        assert entity_id is not None
        project = catalog.projects.find_or_create(c, entity_id, "p", NOW)[0].id
        run = {"project_id": project, "name": "r", "display_name": "R", "created_at": NOW, "heartbeat_at": NOW}
        return project, catalog.runs.insert(c, run)

    project_id, run_id = catalog.write(work)
    rows = catalog.alerts
    for number in range(5):
        title = f"t{number % 2}"
        catalog.write(lambda c, t=title, n=number: rows.add(c, run_id, t, f"text {n}\x00", "WARN", NOW + n))
    newest = catalog.read(lambda c: rows.newest(c, 3, run_id=run_id))
    assert [(one.run, one.run_name, one.text, one.level, one.created_at) for one in newest] == [
        ("r", "R", f"text {n}\ufffd", "WARN", NOW + n) for n in (4, 3, 2)
    ]
    assert catalog.read(lambda c: rows.newest(c, 9, project_id=project_id)) == catalog.read(
        lambda c: rows.newest(c, 9, run_id=run_id)
    )
    assert catalog.read(lambda c: [rows.last_at(c, run_id, t) for t in ("t0", "t1", "t2")]) == [NOW + 4, NOW + 3, None]
    catalog.write(lambda c: rows.keep_newest(c, run_id, 2))
    assert catalog.read(lambda c: (rows.count(c, run_id=run_id), rows.count(c, project_id=project_id))) == (2, 2)
    catalog.write(lambda c: catalog.runs.delete(c, [run_id], NOW))
    assert catalog.read(lambda c: rows.count(c, project_id=project_id)) == 0


def test_projects_are_paged_by_their_last_activity(catalog: Catalog, people: dict[str, int]) -> None:
    def work(c):
        entity_id = catalog.accounts.entity_id(c, "kim")
        assert entity_id is not None
        refs = [catalog.projects.find_or_create(c, entity_id, f"p{n}", NOW + n)[0] for n in range(4)]
        catalog.projects.delete(c, refs[2].id, NOW)
        catalog.projects.set_description(c, refs[3].id, "설명")
        return refs

    refs = catalog.write(work)
    page, total = catalog.read(lambda c: catalog.projects.refs(c, "kim", 1, 2))
    assert ([ref.name for ref in page], total) == (["p1", "p0"], 3)
    assert catalog.read(lambda c: catalog.projects.refs(c, "nobody", 0, 9)) == ([], 0)
    assert catalog.read(lambda c: catalog.projects.facts(c, refs[3].id)) == ("설명", NOW + 3, NOW + 3)
