"""Entities on the wire: a user's own, or a team's, with its members."""

from __future__ import annotations

from typing import Any

from ariadne import ObjectType, QueryType
from graphql import GraphQLResolveInfo

from runwell.server.domain.access import InvalidValue, NotFound
from runwell.server.domain.people import EntityRecord, PersonRecord
from runwell.wire.names import DEFAULT_PROJECT, REGISTRY_ENTITY

from .node_ids import encode_id

query = QueryType()
entity = ObjectType("Entity")
BINDINGS = (query, entity)

# What the client calls the two roles.
_ACCOUNT_TYPES = {"member": "MEMBER", "viewer": "VIEWER"}


def entity_node(name: str) -> dict[str, Any]:
    """Give an entity that the actor may know of, by its name; the rest is looked up where it is asked for."""
    return {"id": encode_id("Entity", name), "name": name}


@query.field("entity")
def _entity(_: Any, info: GraphQLResolveInfo, name: str | None = None) -> dict[str, Any] | None:
    actor = info.context["actor"]
    try:
        record = info.context["state"].people.entity(actor, name or actor.entity)
    except NotFound:
        return None
    return {**entity_node(record.name), "record": record}


def _record(node: dict[str, Any], info: GraphQLResolveInfo) -> EntityRecord:
    if "record" not in node:
        node["record"] = info.context["state"].people.entity(info.context["actor"], node["name"])
    return node["record"]


@entity.field("isTeam")
def _is_team(node: dict[str, Any], info: GraphQLResolveInfo) -> bool:
    return _record(node, info).is_team


@entity.field("entityType")
def _type(node: dict[str, Any], info: GraphQLResolveInfo) -> str:
    if node["name"] == REGISTRY_ENTITY:
        return "organization"
    return "team" if _record(node, info).is_team else "user"


@entity.field("project")
def _project(node: dict[str, Any], info: GraphQLResolveInfo, name: str | None = None) -> Any:
    try:
        return info.context["state"].projects.find(info.context["actor"], node["name"], name or DEFAULT_PROJECT)
    except (NotFound, InvalidValue):
        return None


@entity.field("readOnly")
def _read_only(node: dict[str, Any], info: GraphQLResolveInfo) -> bool:
    return not info.context["actor"].may_write(_record(node, info).id)


@entity.field("codeSavingEnabled")
def _code_saving(node: dict[str, Any], info: GraphQLResolveInfo) -> bool:
    # It is a setting of each user's: the one who asks is told his own.
    return bool(info.context["state"].accounts.settings(info.context["actor"])["code_saving"])


@entity.field("storageBytes")
def _storage_bytes(node: dict[str, Any], info: GraphQLResolveInfo) -> int:
    return info.context["state"].people.stored_bytes(info.context["actor"], _record(node, info))


@entity.field("members")
def _members(node: dict[str, Any], info: GraphQLResolveInfo) -> list[dict[str, Any]]:
    found = info.context["state"].people.members(info.context["actor"], _record(node, info))
    return [
        {
            "id": encode_id("User", person.user_id),
            "name": person.name,
            "username": person.name,
            "email": person.email,
            "admin": person.is_admin,
            "pending": False,
            "role": role,
            "accountType": _ACCOUNT_TYPES.get(role, role.upper()),
        }
        for person, role in found
    ]


@entity.field("user")
def _user(node: dict[str, Any], info: GraphQLResolveInfo) -> PersonRecord | None:
    return info.context["state"].people.owner(info.context["actor"], _record(node, info).id)


@entity.field("available")
@entity.field("readOnlyAdmin")
@entity.field("isPaid")
@entity.field("xxhashDigestsEnabled")
def _no(node: dict[str, Any], info: GraphQLResolveInfo) -> bool:
    return False


@entity.field("privateOnly")
def _private_only(node: dict[str, Any], info: GraphQLResolveInfo) -> bool:
    return True


@entity.field("defaultAccess")
def _default_access(node: dict[str, Any], info: GraphQLResolveInfo) -> str:
    return "PRIVATE"


@entity.field("limits")
def _limits(node: dict[str, Any], info: GraphQLResolveInfo) -> str:
    return "{}"
