"""Who asks, and what this server can do: viewer, serverInfo, entity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ariadne import ObjectType, QueryType
from graphql import GraphQLResolveInfo

from runwell import __version__
from runwell.server.domain.access import Actor, NotFound
from runwell.wire.names import DEFAULT_PROJECT

from .node_ids import encode_id

# Announced is what works: a client uses the newer form of a call for each of these.
FEATURES = ("STRUCTURED_CONSOLE_LOGS", "FILESTREAM_GZIP", "MARK_RUN_FILES_UPLOADED")
# The oldest and newest official clients this server was tested with.
OLDEST_CLIENT, NEWEST_CLIENT = "0.28.0", "0.31.0"

query = QueryType()
user = ObjectType("User")
entity = ObjectType("Entity")
server_info = ObjectType("ServerInfo")
BINDINGS = (query, user, entity, server_info)


@query.field("viewer")
def _viewer(_: Any, info: GraphQLResolveInfo) -> Actor:
    return info.context["actor"]


@query.field("serverInfo")
def _server_info(_: Any, info: GraphQLResolveInfo) -> dict[str, Any]:
    return {}


@query.field("entity")
def _entity(_: Any, info: GraphQLResolveInfo, name: str) -> dict[str, Any] | None:
    state, actor = info.context["state"], info.context["actor"]
    if name != actor.entity and all(row["entity"] != name for row in state.projects.list(actor)):
        return None
    return {"id": encode_id("Entity", name), "name": name, "isTeam": False}


@entity.field("project")
def _entity_project(owner: dict[str, Any], info: GraphQLResolveInfo, name: str | None = None) -> Any:
    try:
        return info.context["state"].projects.find(info.context["actor"], owner["name"], name or DEFAULT_PROJECT)
    except NotFound:
        return None


@entity.field("xxhashDigestsEnabled")
def _xxhash(_: Any, info: GraphQLResolveInfo) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Person:
    """Another user, as those who see his runs may see him: by name."""

    user_id: int
    name: str


@user.field("id")
def _user_id(actor: Actor | Person, info: GraphQLResolveInfo) -> str:
    return encode_id("User", actor.user_id)


@user.field("username")
def _username(actor: Actor | Person, info: GraphQLResolveInfo) -> str:
    return actor.name


@user.field("admin")
def _admin(actor: Actor | Person, info: GraphQLResolveInfo) -> bool | None:
    return actor.is_admin if isinstance(actor, Actor) else None


@user.field("email")
def _email(actor: Actor | Person, info: GraphQLResolveInfo) -> str | None:
    return actor.email if isinstance(actor, Actor) else None


@user.field("entity")
def _default_entity(actor: Actor | Person, info: GraphQLResolveInfo) -> str:
    return actor.entity if isinstance(actor, Actor) else actor.name


@user.field("flags")
def _flags(actor: Actor | Person, info: GraphQLResolveInfo) -> str | None:
    if not isinstance(actor, Actor):
        return None
    settings = info.context["state"].accounts.settings(actor)
    return '{"code_saving_enabled": true}' if settings.get("code_saving") else '{"code_saving_enabled": false}'


@user.field("teams")
def _teams(actor: Actor | Person, info: GraphQLResolveInfo, **_page: Any) -> dict[str, Any]:
    return {"edges": []}


@user.field("apiKeys")
def _api_keys(actor: Actor | Person, info: GraphQLResolveInfo) -> dict[str, Any]:
    if not isinstance(actor, Actor):
        return {"edges": []}
    keys = info.context["state"].accounts.list_keys(actor)
    return {
        "edges": [
            {"node": {"id": encode_id("ApiKey", key["id"]), "name": key["prefix"], "description": key["name"]}}
            for key in keys
        ]
    }


@server_info.field("cliVersionInfo")
def _cli_version(_: Any, info: GraphQLResolveInfo) -> dict[str, str]:
    return {"min_cli_version": OLDEST_CLIENT, "max_cli_version": NEWEST_CLIENT}


@server_info.field("latestLocalVersionInfo")
def _local_version(_: Any, info: GraphQLResolveInfo) -> dict[str, Any]:
    return {"outOfDate": False, "latestVersionString": __version__, "versionOnThisInstanceString": __version__}


@server_info.field("features")
def _features(_: Any, info: GraphQLResolveInfo) -> list[dict[str, Any]]:
    return [{"name": name, "isEnabled": True} for name in FEATURES]
