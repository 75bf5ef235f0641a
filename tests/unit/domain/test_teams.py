"""Teams: who makes them, what their members may do, and when they end."""

from __future__ import annotations

import pytest

from runwell.server.domain.access import Actor, Conflict, Forbidden, InvalidValue, NotFound
from runwell.server.domain.runs import RunChanges
from runwell.server.domain.teams import Teams
from runwell.wire.names import REGISTRY_ENTITY

from .conftest import House


@pytest.fixture
def teams(house: House) -> Teams:
    return Teams(house.catalog, house.accounts.known_keys.forget, house.clock)


def test_a_teams_members_log_to_it_viewers_look_and_who_left_sees_nothing(house: House, teams: Teams) -> None:
    keys = {name: house.accounts.add_user(house.owner, name) for name in ("kim", "lee")}

    def now(name: str) -> Actor:
        actor = house.accounts.actor_for_key(keys[name])
        assert actor is not None
        return actor

    assert teams.add(house.owner, "lab") == {"name": "lab", "members": []}
    with pytest.raises(NotFound):
        house.runs.upsert(now("kim"), "lab", "p", "r", RunChanges())
    teams.set_member(house.owner, "lab", "kim", "member")
    shown = teams.set_member(house.owner, "lab", "lee", "viewer")
    assert shown["members"] == [{"name": "kim", "role": "member"}, {"name": "lee", "role": "viewer"}]
    run, _ = house.runs.upsert(now("kim"), "lab", "p", "r", RunChanges())
    assert house.runs.find(now("lee"), "lab", "p", "r") == run
    with pytest.raises(Forbidden):
        house.runs.upsert(now("lee"), "lab", "p", "r", RunChanges(notes="x"))
    teams.set_member(house.owner, "lab", "lee", "member")
    house.runs.upsert(now("lee"), "lab", "p", "r", RunChanges(notes="x"))
    teams.drop_member(house.owner, "lab", "lee")
    with pytest.raises(NotFound):
        house.runs.find(now("lee"), "lab", "p", "r")
    with pytest.raises(NotFound, match="isn't in team"):
        teams.drop_member(house.owner, "lab", "lee")


def test_a_team_ends_when_it_holds_nothing_and_its_name_is_free_again(house: House, teams: Teams) -> None:
    house.user("kim")
    teams.add(house.owner, "lab")
    teams.set_member(house.owner, "lab", "kim", "member")
    house.projects.find_or_create(house.owner, "lab", "p")
    house.projects.delete(house.owner, "lab", "p")
    with pytest.raises(Conflict, match="deleted ones count too"):
        teams.remove(house.owner, "lab")
    teams.add(house.owner, "empty")
    teams.set_member(house.owner, "empty", "kim", "viewer")
    teams.remove(house.owner, "empty")
    assert [one["name"] for one in teams.list(house.owner)] == ["lab"]
    assert teams.add(house.owner, "empty")["members"] == []


def test_only_administrators_change_teams_and_names_must_be_free(house: House, teams: Teams) -> None:
    kim = house.user("kim")
    teams.add(house.owner, "lab")
    for attempt in (
        lambda: teams.add(kim, "mine"),
        lambda: teams.remove(kim, "lab"),
        lambda: teams.set_member(kim, "lab", "kim", "member"),
        lambda: teams.drop_member(kim, "lab", "kim"),
    ):
        with pytest.raises(Forbidden):
            attempt()
    for taken in ("lab", "kim", "local"):
        with pytest.raises(Conflict, match="taken"):
            teams.add(house.owner, taken)
    for wrong in ("", "a/b", REGISTRY_ENTITY, "settings"):
        with pytest.raises(InvalidValue):
            teams.add(house.owner, wrong)
    with pytest.raises(InvalidValue, match="role"):
        teams.set_member(house.owner, "lab", "kim", "owner")
    for team, user in (("none", "kim"), ("lab", "none"), ("kim", "kim")):
        with pytest.raises(NotFound):
            teams.set_member(house.owner, team, user, "member")


def test_a_viewer_of_the_registries_may_only_look_at_them(house: House, teams: Teams) -> None:
    user_id = house.user("kim").user_id
    teams.set_member(house.owner, REGISTRY_ENTITY, "kim", "viewer")
    entity_id = house.accounts.entity_id(house.owner, REGISTRY_ENTITY)
    kim = house.accounts.actor_for_user(user_id, 0)
    assert kim is not None and kim.may_read(entity_id) and not kim.may_write(entity_id)
    teams.drop_member(house.owner, REGISTRY_ENTITY, "kim")
    again = house.accounts.actor_for_user(user_id, 0)
    assert again is not None and again.may_write(entity_id)
    with pytest.raises(Conflict):
        teams.remove(house.owner, REGISTRY_ENTITY)
    assert teams.list(house.owner) == []
