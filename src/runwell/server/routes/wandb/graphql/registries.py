"""Registries on the wire: projects of the one organization that this server is."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType
from graphql import GraphQLResolveInfo

from runwell.server.domain.access import NotFound
from runwell.server.domain.registries import registry_label
from runwell.server.stores.artifact_records import PORTFOLIO, ListPage
from runwell.server.stores.records import ProjectRef
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.names import REGISTRY_ENTITY, REGISTRY_PREFIX, settled_place

from .artifacts import connection
from .entities import entity_node
from .node_ids import encode_id
from .pages import page_of

ORGANIZATION = "runwell"  # its name; clients also take that of its entity

query = QueryType()
mutation = MutationType()
entity = ObjectType("Entity")
organization = ObjectType("Organization")
project = ObjectType("Project")
user = ObjectType("User")
BINDINGS = (query, mutation, entity, organization, project, user)


@query.field("organization")
def _organization(_: Any, info: GraphQLResolveInfo, name: str) -> dict[str, Any]:
    if name not in (ORGANIZATION, REGISTRY_ENTITY):
        raise NotFound(f"there is no organization {shorten(name)}; this server is one, and its name is {ORGANIZATION}")
    return _node()


def _node() -> dict[str, Any]:
    return {"id": encode_id("Organization", 1), "name": ORGANIZATION, "featureFlags": []}


@entity.field("organization")
def _of_entity(node: dict[str, Any], info: GraphQLResolveInfo) -> dict[str, Any]:
    return _node()


@user.field("organizations")
def _of_user(person: Any, info: GraphQLResolveInfo) -> list[dict[str, Any]]:
    return [_node()]


@organization.field("orgEntity")
def _entity(node: dict[str, Any], info: GraphQLResolveInfo) -> dict[str, Any]:
    return entity_node(REGISTRY_ENTITY)


@organization.field("advancedRegistryFeatures")
def _features(node: dict[str, Any], info: GraphQLResolveInfo) -> dict[str, bool]:
    return {"advancedSearch": False}


def _nothing(node: dict[str, Any]) -> bool:
    return node["name"] != REGISTRY_ENTITY


@entity.field("projects")
def _registries(
    node: dict[str, Any],
    info: GraphQLResolveInfo,
    filters: str | None = None,
    after: str | None = None,
    first: int | None = None,
    order: str | None = None,
) -> dict[str, Any]:
    offset, limit = page_of(after, first)
    if _nothing(node):
        return connection(ListPage([], 0), offset)
    page = info.context["state"].registries.chosen(info.context["actor"], filters, order, offset, limit)
    return connection(page, offset, [one.project for one in page.items])


@entity.field("artifactCollections")
def _collections(
    node: dict[str, Any],
    info: GraphQLResolveInfo,
    projectFilters: str | None = None,  # noqa: N803
    filters: str | None = None,
    collectionTypes: list[str] | None = None,  # noqa: N803
    after: str | None = None,
    first: int | None = None,
    order: str | None = None,
) -> dict[str, Any]:
    offset, limit = page_of(after, first)
    if _nothing(node) or (collectionTypes is not None and PORTFOLIO.upper() not in collectionTypes):
        return connection(ListPage([], 0), offset)
    page = info.context["state"].registries.chosen_collections(
        info.context["actor"], projectFilters, filters, order, offset, limit
    )
    return connection(page, offset)


@entity.field("artifactMemberships")
def _versions(
    node: dict[str, Any],
    info: GraphQLResolveInfo,
    projectFilters: str | None = None,  # noqa: N803
    collectionFilters: str | None = None,  # noqa: N803
    filters: str | None = None,
    after: str | None = None,
    first: int | None = None,
    order: str | None = None,
) -> dict[str, Any]:
    offset, limit = page_of(after, first)
    if _nothing(node):
        return connection(ListPage([], 0), offset)
    page = info.context["state"].registries.chosen_versions(
        info.context["actor"], projectFilters, collectionFilters, filters, offset, limit
    )
    return connection(page, offset)


@project.field("allowAllArtifactTypesInRegistry")
def _takes_every_type(ref: ProjectRef, info: GraphQLResolveInfo) -> bool:
    return info.context["state"].registries.takes_every_type(ref)


@project.field("members")
def _members(ref: ProjectRef, info: GraphQLResolveInfo) -> list[dict[str, Any]]:
    found = info.context["state"].people.project_members(info.context["actor"], ref)
    return [
        {
            "id": encode_id("User", person.user_id),
            "name": person.name,
            "username": person.name,
            "email": person.email,
            "role": {"name": role},
        }
        for person, role in found
    ]


@project.field("teamMembers")
def _teams(ref: ProjectRef, info: GraphQLResolveInfo) -> list[dict[str, Any]]:
    return []


def is_registry(given: dict[str, Any]) -> bool:
    """Tell whether an ``UpsertModelInput`` is about a registry."""
    return settled_place(given.get("entityName") or "", given.get("name") or "")[0] == REGISTRY_ENTITY


def save_registry(info: GraphQLResolveInfo, given: dict[str, Any]) -> tuple[ProjectRef, bool]:
    """Make a registry, or change the one that is there; tell whether it was made.

    Raises:
        InvalidValue: it is to be seen by some users only, or a value breaks a rule.
    """
    state, actor = info.context["state"], info.context["actor"]
    if (given.get("access") or "PRIVATE") == "RESTRICTED":
        raise InvalidValue("a registry is seen by every user of this server; make it with visibility='organization'")
    name = (given.get("name") or "").removeprefix(REGISTRY_PREFIX)
    types = [one["name"] for one in given.get("artifactTypes") or ()]
    try:
        there = state.registries.find(actor, name)
    except NotFound:
        return state.registries.create(actor, name, given.get("description") or "", types).project, True
    if given.get("allowAllArtifactTypesInRegistry"):
        wanted: list[str] | None = []
    elif types or not there.types:
        wanted = [*state.registries.used_types(actor, there.project), *types]
    else:
        wanted = None
    changed = state.registries.edit(actor, name, description=given.get("description"), types=wanted)
    return changed.project, False


@mutation.field("renameProject")
def _rename(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    state, actor = info.context["state"], info.context["actor"]
    place, project_name = settled_place(input["entityName"], input["oldProjectName"])
    if place != REGISTRY_ENTITY:
        raise InvalidValue("projects keep their names, which their runs' addresses hold; only registries are renamed")
    ref = state.projects.find(actor, place, project_name)
    new_name = input["newProjectName"].removeprefix(REGISTRY_PREFIX)
    changed = state.registries.edit(actor, registry_label(ref), new_name=new_name).project
    made = {"project": changed, "model": changed, "inserted": False}
    return {**made, "clientMutationId": input.get("clientMutationId")}
