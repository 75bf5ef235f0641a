"""Registries: shared by every user, linked to from every project, telling nothing of what a reader may not see."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runwell.server.domain.access import Actor, Conflict, Forbidden, InvalidValue, NotFound
from runwell.server.domain.artifact_edits import AliasPlace
from runwell.server.domain.artifact_view import ArtifactView
from runwell.server.domain.registries import Registries
from runwell.server.domain.registry_view import RegistryView
from runwell.server.domain.runs import RunChanges
from runwell.wire.names import REGISTRY_ENTITY, REGISTRY_PREFIX

from .test_artifacts import Shelf, shelf

__all__ = ["shelf"]


@pytest.fixture
def registries(shelf: Shelf) -> Registries:
    house = shelf.house
    return Registries(house.catalog, house.projects, shelf.artifacts, shelf.edits, house.clock)


@pytest.fixture
def view(shelf: Shelf) -> RegistryView:
    return RegistryView(shelf.house.catalog, ArtifactView(shelf.house.catalog, shelf.lineage))


def link(shelf: Shelf, name: str, aliases: list[str], actor: Actor | None = None, registry: str = "models") -> None:
    who: Actor = actor or shelf.house.owner
    version = shelf.log("net", {"w": name.encode()}, who, entity=who.entity)
    shelf.edits.link(who, version.id, REGISTRY_ENTITY, registry, "churn", aliases)


def test_a_registry_is_made_described_renamed_and_deleted_by_any_user(
    shelf: Shelf, registries: Registries, view: RegistryView
) -> None:
    kim = shelf.house.user("kim")
    made = registries.create(kim, "models", "what **runs**", ["dataset"])
    assert (made.project.entity, made.project.name) == (REGISTRY_ENTITY, f"{REGISTRY_PREFIX}models")
    with pytest.raises(Conflict, match="already"):
        registries.create(shelf.house.owner, "models")
    renamed = registries.edit(kim, "models", new_name="serving", description="in use")
    assert view.registry(shelf.house.owner, renamed)["name"] == "serving"
    assert [one.description for one in registries.list(shelf.house.owner)] == ["in use"]
    assert shelf.house.projects.list(shelf.house.owner) == [], "it is no project of the home page"
    registries.delete(kim, "serving")
    assert registries.list(kim) == []
    again = registries.create(kim, "serving")
    assert (again.types, again.description) == ([], ""), "a name comes back empty"
    with pytest.raises(Conflict, match="'serving' already"):
        registries.create(kim, f"{REGISTRY_PREFIX}serving")
    for bad in ("", "a/b", "x" * 120, REGISTRY_PREFIX, f"{REGISTRY_PREFIX}{REGISTRY_PREFIX}x"):
        with pytest.raises(InvalidValue):
            registries.create(kim, bad)


def test_nothing_is_logged_to_a_registry_and_links_of_another_type_are_refused(
    shelf: Shelf, registries: Registries
) -> None:
    owner = shelf.house.owner
    registries.create(owner, "models", types=["model"])
    for place in (("registry", "models"), (None, "wandb-registry-models")):
        with pytest.raises(InvalidValue, match="links to versions only"):
            shelf.house.runs.upsert(owner, *place, "r", RunChanges())
        with pytest.raises(InvalidValue, match="links to versions only"):
            shelf.log("data", {}, entity=place[0], project=place[1])
    with pytest.raises(Conflict, match="takes artifacts of type model, not 'dataset'"):
        link(shelf, "1", [])
    registries.edit(owner, "models", types=["model", "dataset"])
    link(shelf, "1", [])
    with pytest.raises(InvalidValue, match="holds collections of type dataset"):
        registries.edit(owner, "models", types=["model"])
    for change in (shelf.house.projects.delete, lambda *place: shelf.house.projects.edit(*place, "text")):
        with pytest.raises(InvalidValue, match="is a registry"):
            change(owner, "registry", "models")


def test_the_history_of_an_alias_says_from_where_to_where_and_who(
    shelf: Shelf, registries: Registries, view: RegistryView
) -> None:
    kim = shelf.house.user("kim")
    link(shelf, "1", ["production"])
    shelf.house.clock.now += 60
    link(shelf, "2", ["production"], kim)
    collection = registries.collections(kim).items[0]
    moves = [one for one in view.alias_moves(collection) if one["alias"] == "production"]
    assert [(one["from"], one["version"], one["by"]) for one in moves] == [("v0", "v1", "kim"), (None, "v0", "local")]
    assert moves[0]["moved_at"] - moves[1]["moved_at"] == 60
    shown = view.collections(kim, [collection])[0]
    assert shown["aliases"] == [{"alias": "production", "version": "v1"}, {"alias": "latest", "version": "v1"}]
    assert (shown["registry"], shown["versions"], shown["last_move"]["by"]) == ("models", 2, "kim")
    shelf.edits.unlink(kim, shelf.artifacts.named(kim, "registry", "models", "churn:v1").artifact.id, collection.id)
    last = next(one for one in view.alias_moves(collection) if one["alias"] == "production")
    assert (last["from"], last["version"]) == ("v1", None), "where it was is known though the link is gone"


def test_a_registry_is_named_in_either_form(shelf: Shelf, registries: Registries) -> None:
    owner = shelf.house.owner
    version = shelf.log("net", {"w": b"1"})
    for place in (("registry", "models"), (None, "wandb-registry-models"), ("local", "wandb-registry-models")):
        assert shelf.edits.link(owner, version.id, *place, "churn", []).version_index == 0
    assert [one.project.name for one in registries.list(owner)] == [f"{REGISTRY_PREFIX}models"]
    for bad in ("wandb-registry-", f"{REGISTRY_PREFIX}{REGISTRY_PREFIX}x"):
        with pytest.raises(InvalidValue):
            shelf.edits.link(owner, version.id, None, bad, "churn", [])


def test_a_link_into_a_project_that_is_not_yours_shows_that_it_is_one_and_nothing_else(
    shelf: Shelf, registries: Registries, view: RegistryView
) -> None:
    kim, lee = shelf.house.user("kim"), shelf.house.user("lee")
    link(shelf, "kim's", ["production"], kim)
    link(shelf, "lee's", ["staging"], lee)
    run = shelf.house.runs.upsert(kim, None, "p", "reader", RunChanges())[0]
    shelf.artifacts.use(kim, shelf.artifacts.named(kim, "registry", "models", "churn:production").artifact.id, run)
    collection = registries.collections(lee).items[0]
    rows = view.versions(lee, registries.members(lee, collection, offset=0, limit=9).items)
    assert [(one["version"], one["hidden"], one["linked_by"]) for one in rows] == [
        ("v1", False, "lee"),
        ("v0", True, "kim"),
    ]
    assert set(rows[1]) == {"version", "aliases", "hidden", "linked_at", "linked_by", "source"}
    assert rows[1]["source"] is None and rows[0]["source"]["entity"] == "lee"
    with pytest.raises(Forbidden, match="a project that you may not see"):
        shelf.artifacts.named(lee, "registry", "models", "churn:production")
    assert [one.version_index for one in shelf.collections.versions(lee, collection).items] == [1]
    assert [one.version_index for one in registries.chosen_versions(lee, None, None, None, 0, 9).items] == [1]
    assert view.users(lee, collection) == {"total": 0, "items": []}
    assert view.users(kim, collection)["items"][0]["run"]["id"] == "reader"
    assert view.users(shelf.house.owner, collection)["total"] == 1, "an administrator sees all"


def test_an_entitys_own_model_registry_is_seen_by_its_members_only(
    shelf: Shelf, registries: Registries, view: RegistryView
) -> None:
    kim = shelf.house.user("kim")
    version = shelf.log("net", {"w": b"1"}, kim, entity="kim")
    shelf.edits.link(kim, version.id, "kim", "model-registry", "churn", [])
    assert [view.registry(kim, one)["name"] for one in registries.list(kim)] == ["kim:model-registry"]
    assert registries.find(kim, "kim:model-registry").versions == 1
    lee = shelf.house.user("lee")
    assert registries.list(lee) == []
    for name in ("kim:model-registry", "kim:p", "none", "kim:none", ":"):
        with pytest.raises(NotFound):
            registries.find(lee, name)
    with pytest.raises(InvalidValue, match="can't be deleted as a registry"):
        registries.delete(kim, "kim:model-registry", with_collections=True)


def test_a_registry_with_collections_is_deleted_on_confirmation_and_its_versions_stay(
    shelf: Shelf, registries: Registries
) -> None:
    owner = shelf.house.owner
    link(shelf, "1", ["production"])
    with pytest.raises(Conflict, match="holds 1 collections"):
        registries.delete(owner, "models")
    registries.delete(owner, "models", with_collections=True)
    assert shelf.named("net").version_index == 0
    assert registries.create(owner, "models").collections == 0


def test_a_registry_of_several_people_is_renamed_narrowed_and_deleted_by_an_administrator_only(
    shelf: Shelf, registries: Registries, view: RegistryView
) -> None:
    kim, lee = shelf.house.user("kim"), shelf.house.user("lee")
    registries.create(kim, "ours")
    assert view.registry(lee, registries.find(lee, "ours"))["deletable"], "nothing of anybody's is in it"
    version = shelf.log("net", {"w": b"1"}, kim, entity="kim")
    registries.link(kim, "ours", "churn", ("kim", "p", "net", f"v{version.version_index}"), [])
    told = {who.name: view.registry(who, registries.find(who, "ours"))["deletable"] for who in (kim, lee)}
    assert told == {"kim": True, "lee": False}
    with pytest.raises(Forbidden, match="ask an administrator"):
        registries.delete(lee, "ours", with_collections=True)
    for change in ({"new_name": "theirs"}, {"types": ["model"]}):
        with pytest.raises(Forbidden, match="ask an administrator"):
            registries.edit(lee, "ours", **change)
    edited = registries.edit(lee, "ours", new_name="ours", types=[], description="of us two")
    assert (edited.description, edited.types) == ("of us two", [])
    other = shelf.log("net", {"w": b"2"}, lee, entity="lee")
    registries.link(lee, "ours", "churn", ("lee", "p", "net", f"v{other.version_index}"), [])
    with pytest.raises(Forbidden):
        registries.delete(kim, "ours", with_collections=True)
    registries.delete(shelf.house.owner, "ours", with_collections=True)
    assert [one.project.name for one in registries.list(kim)] == []


def test_a_collection_of_several_people_is_renamed_retyped_and_deleted_by_an_administrator_only(
    shelf: Shelf, registries: Registries, view: RegistryView
) -> None:
    kim, lee = shelf.house.user("kim"), shelf.house.user("lee")
    link(shelf, "1", [], kim)
    [churn] = registries.collections(kim).items
    told = {who.name: view.collections(who, [churn])[0]["deletable"] for who in (kim, lee, shelf.house.owner)}
    assert told == {"kim": True, "lee": False, "local": True}
    for attempt in (
        lambda: shelf.collections.delete(lee, churn.id),
        lambda: shelf.collections.update(lee, churn.id, name="theirs"),
        lambda: shelf.collections.update(lee, churn.id, type_="model"),
    ):
        with pytest.raises(Forbidden, match="ask an administrator"):
            attempt()
    assert shelf.collections.update(lee, churn.id, name="churn", description="card").description == "card"
    shelf.collections.delete(kim, churn.id)
    assert registries.collections(kim).items == []


def test_a_linked_version_is_deleted_only_by_who_was_told_where(shelf: Shelf, registries: Registries) -> None:
    owner, kim = shelf.house.owner, shelf.house.user("kim")
    link(shelf, "1", ["production"])
    link(shelf, "2", [])
    first, second = (shelf.named(f"net:v{n}").id for n in (0, 1))
    shelf.edits.link(owner, first, "local", "p", "shelf", [])
    with pytest.raises(Conflict) as said:
        shelf.edits.delete(owner, first)
    assert "is linked as registry/models/churn:v0 (production), local/p/shelf:v0 (latest)" in str(said.value)
    shelf.edits.remove_aliases(
        owner,
        first,
        [AliasPlace(REGISTRY_ENTITY, "models", "churn", "production"), AliasPlace("local", "p", "shelf", "latest")],
    )
    with pytest.raises(Conflict, match="linked as registry/models/churn:v0, local/p/shelf:v0; remove them first"):
        shelf.edits.delete(owner, first)
    view = ArtifactView(shelf.house.catalog, shelf.lineage)
    links = view.links(owner, sequence_id=shelf.named("net").collection.id)
    assert [(one["name"], one["version"], one["aliases"]) for one in links] == [
        ("churn", "v0", []),
        ("churn", "v1", ["latest"]),
        ("shelf", "v0", []),
    ]
    assert [one["name"] for one in view.links(kim, artifact_id=first)] == ["churn"], "the rest isn't his to see"
    shelf.edits.delete(owner, first, with_aliases=True)
    assert view.links(owner, artifact_id=first) == []
    churn = registries.collections(owner, "models").items[0]
    shelf.edits.unlink(owner, second, churn.id)
    [empty] = registries.collections(owner, "models").items
    assert empty.name == "churn", "with its card: the next version is linked there again"


def test_who_may_only_look_at_registries_changes_none(shelf: Shelf, registries: Registries) -> None:
    house = shelf.house
    link(shelf, "1", [])
    kim = house.user("kim")
    shared = house.accounts.entity_id(kim, REGISTRY_ENTITY)
    house.catalog.write(lambda c: house.catalog.accounts.add_member(c, shared, kim.user_id, "viewer"))
    viewer = house.accounts.actor_for_user(kim.user_id, 0)
    assert viewer is not None and registries.find(viewer, "models").collections == 1
    for attempt in (
        lambda: registries.create(viewer, "mine"),
        lambda: registries.edit(viewer, "models", description="x"),
        lambda: registries.delete(viewer, "models", with_collections=True),
        lambda: link(shelf, "2", [], viewer),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_filters_choose_registries_collections_and_versions(shelf: Shelf, registries: Registries) -> None:
    owner = shelf.house.owner
    for n, registry in enumerate(("models", "data", "models")):
        link(shelf, str(n), ["production"] if n == 2 else [], registry=registry)

    def names(filters: dict[str, Any] | None, order: str | None = None) -> list[str]:
        page = registries.chosen(owner, json.dumps(filters), order, 0, 9)
        return [one.project.name.removeprefix(REGISTRY_PREFIX) for one in page.items]

    assert names(None) == ["data", "models"] and names(None, "-name") == ["models", "data"]
    assert names({"name": {"$regex": "mod"}}) == ["models"]
    only = json.dumps({"name": f"{REGISTRY_PREFIX}models"})
    assert registries.chosen_collections(owner, only, json.dumps({"name": "churn"}), None, 0, 9).total == 1
    found = registries.chosen_versions(owner, only, None, json.dumps({"alias": "production"}), 0, 9)
    assert [one.version_index for one in found.items] == [1]
