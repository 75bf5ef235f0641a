"""What one user may know of others, and the bound on what a script may say."""

from __future__ import annotations

import pytest

from runwell.server.domain import alerts
from runwell.server.domain.access import Actor, Conflict, Forbidden, InvalidValue, NotFound
from runwell.server.domain.alerts import Alerts
from runwell.server.domain.people import People
from runwell.server.domain.runs import RunChanges
from runwell.server.domain.teams import Teams
from runwell.server.stores.records import ProjectRef
from runwell.wire.names import REGISTRY_ENTITY

from .conftest import House


def seen(house: House, actor: Actor, text: str = "") -> list[str]:
    return [person.name for person in People(house.catalog).search(actor, text, 0, 10)]


def test_people_see_themselves_and_those_they_share_an_entity_with(house: House) -> None:
    kim, lee = house.user("kim"), house.user("lee")
    assert seen(house, house.owner) == ["kim", "lee", "local"]
    assert seen(house, kim) == ["kim"] and seen(house, kim, "lee") == []
    lee_entity = house.accounts.entity_id(lee, "lee")
    house.catalog.write(lambda c: house.catalog.accounts.add_member(c, lee_entity, kim.user_id, "viewer"))
    again = house.accounts.actor_for_user(kim.user_id, 0)
    assert again is not None and seen(house, again) == ["kim", "lee"]


def test_addresses_and_rights_are_told_to_their_owners_and_to_administrators(house: House) -> None:
    kim, lee = house.user("kim"), house.user("lee")
    people = People(house.catalog)
    entity_id = house.accounts.entity_id(lee, "lee")
    house.catalog.write(lambda c: house.catalog.accounts.add_member(c, entity_id, kim.user_id, "viewer"))
    entity = people.entity(lee, "lee")
    assert {p.name: p.is_admin for p, _ in people.members(lee, entity)} == {"kim": None, "lee": False}
    assert {p.name: p.is_admin for p, _ in people.members(house.owner, entity)} == {"kim": False, "lee": False}
    with pytest.raises(NotFound):
        people.entity(lee, "kim")
    assert people.teams(kim, lee.user_id) == []


def test_the_members_of_a_project_have_their_roles_and_of_a_registry_everybody_is_one(house: House) -> None:
    kim, lee = house.user("kim"), house.user("lee")
    shared = house.accounts.entity_id(kim, REGISTRY_ENTITY)
    house.catalog.write(lambda c: house.catalog.accounts.add_member(c, shared, lee.user_id, "viewer"))
    people = People(house.catalog)
    models = ProjectRef(0, "wandb-registry-models", REGISTRY_ENTITY, shared)

    def roles(who: Actor, ref: ProjectRef) -> dict[str, str]:
        return {person.name: role for person, role in people.project_members(who, ref)}

    assert roles(house.owner, models) == {"kim": "member", "lee": "viewer", "local": "admin"}
    assert roles(kim, models) == {"kim": "member", "lee": "viewer"}
    own = house.projects.find_or_create(kim, "kim", "p")
    assert roles(kim, own) == {"kim": "member"}


def test_teams_are_told_to_their_members_and_to_administrators(house: House) -> None:
    kim, lee = house.user("kim"), house.user("lee")
    people = People(house.catalog)
    lab = house.catalog.write(lambda c: house.catalog.accounts.add_team(c, "lab", 1.0))
    house.catalog.write(lambda c: house.catalog.accounts.add_member(c, lab, kim.user_id, "viewer"))
    again = house.accounts.actor_for_user(kim.user_id, 0)
    assert again is not None
    told = [{"name": "lab", "members": [{"name": "kim", "role": "viewer"}]}]
    teams = Teams(house.catalog)
    assert teams.list(again) == teams.list(house.owner) == told
    assert teams.list(lee) == []
    assert people.profile(again)["teams"] == ["lab"]


def test_keys_and_last_uses_are_told_to_administrators(house: House) -> None:
    kim = house.user("kim")
    people = People(house.catalog)
    assert people.everybody(kim) == [{"name": "kim", "is_admin": False}]
    listed = {row["name"]: row for row in people.everybody(house.owner)}
    assert set(listed) == {"kim", "local"} and set(listed["kim"]) == {
        "name",
        "is_admin",
        "created_at",
        "keys",
        "last_used_at",
    }


def test_a_projects_description_is_changed_by_whoever_may(house: House) -> None:
    kim = house.user("kim")
    ref, made = house.projects.upsert(house.owner, None, "p", None, "first")
    assert made and house.projects.facts(house.owner, ref)[0] == "first"
    again, made = house.projects.upsert(house.owner, None, None, ref.id, "second")
    assert not made and again == ref and house.projects.facts(house.owner, ref)[0] == "second"
    for place in ({"project": "p", "project_id": None}, {"project": None, "project_id": ref.id}):
        with pytest.raises(NotFound):
            house.projects.upsert(kim, "local", description="mine", **place)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        house.projects.delete_by_id(kim, ref.id)
    with pytest.raises(InvalidValue):
        house.projects.upsert(house.owner, None, None, None, "nameless")
    house.projects.delete_by_id(house.owner, ref.id)
    with pytest.raises(NotFound):
        house.projects.upsert(house.owner, None, None, ref.id, "of the deleted")
    assert house.projects.page(house.owner, "local", 0, 10) == ([], 0)


def test_a_script_that_alerts_in_a_loop_keeps_its_newest_words(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts, "MAX_ALERTS", 3)
    said = Alerts(house.catalog, house.projects, house.runs, house.clock)
    run, _ = house.runs.upsert(house.owner, None, "p", "r", RunChanges())
    for number in range(10):
        house.clock.now += 1
        assert said.add(house.owner, run, f"t{number}", "", "INFO", 60)
        assert not said.add(house.owner, run, f"t{number}", "", "INFO", 60)
    answer = said.of_run(house.owner, "local", "p", "r", 10)
    assert (answer["total"], [one["title"] for one in answer["alerts"]]) == (3, ["t9", "t8", "t7"])
    with pytest.raises(NotFound):
        said.add(house.user("kim"), run, "t", "", "INFO", 0)


def test_states_are_set_by_hand_from_where_they_may_come(house: House) -> None:
    run, _ = house.runs.upsert(house.owner, None, "p", "r", RunChanges())
    assert house.runs.set_state(house.owner, run.id, "failed").state == "failed"
    assert house.runs.set_state(house.owner, run.id, "failed").finished_at == house.clock.now
    assert house.runs.set_state(house.owner, run.id, "pending").finished_at is None
    house.runs.upsert(house.owner, None, None, None, RunChanges(state="finished"), run.id)
    for state in ("failed", "pending"):
        with pytest.raises(Conflict):
            house.runs.set_state(house.owner, run.id, state)
    with pytest.raises(InvalidValue):
        house.runs.set_state(house.owner, run.id, "running")
    of_sweep, _ = house.runs.upsert(house.owner, None, "p", "s", RunChanges(sweep="w"))
    with pytest.raises(Conflict):
        house.runs.set_state(house.owner, of_sweep.id, "failed")
    viewer = Actor(9, "v", "v", False, frozenset({run.entity_id}), viewer_ids=frozenset({run.entity_id}))
    with pytest.raises(Forbidden):
        house.runs.set_state(viewer, run.id, "failed")
