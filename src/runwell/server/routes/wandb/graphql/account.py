"""Who asks, who else there is, and what this server can do: viewer, users, keys, serverInfo."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType
from graphql import GraphQLResolveInfo

from runwell import __version__
from runwell.server.domain.access import Actor
from runwell.server.domain.people import PersonRecord
from runwell.wire.limits import MAX_PAGE

from .entities import entity_node
from .node_ids import decode_id, encode_id
from .pages import page_of

# Announced is what works: a client uses the newer form of a call for each of these.
FEATURES = (
    "STRUCTURED_CONSOLE_LOGS",
    "FILESTREAM_GZIP",
    "MARK_RUN_FILES_UPLOADED",
    "CLIENT_IDS",
    "ARTIFACT_TAGS",
    "LARGE_FILENAMES",
    "USE_ARTIFACT_WITH_ENTITY_AND_PROJECT_INFORMATION",
    "PROJECT_ARTIFACT_COLLECTION_MEMBERSHIP",
    "ARTIFACT_COLLECTION_MEMBERSHIP_FILES",
    "ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE",
    "TOTAL_COUNT_IN_FILE_CONNECTION",
    "ARTIFACT_COLLECTIONS_FILTERING_SORTING",
    "ARTIFACT_REGISTRY_SEARCH",
    "INCLUDE_ARTIFACT_TYPES_IN_REGISTRY_CREATION",
)
# The oldest and newest official clients this server was tested with.
OLDEST_CLIENT, NEWEST_CLIENT = "0.28.0", "0.31.0"

query = QueryType()
mutation = MutationType()
user = ObjectType("User")
server_info = ObjectType("ServerInfo")
BINDINGS = (query, mutation, user, server_info)


@query.field("viewer")
def _viewer(_: Any, info: GraphQLResolveInfo) -> Actor:
    return info.context["actor"]


@query.field("serverInfo")
def _server_info(_: Any, info: GraphQLResolveInfo) -> dict[str, Any]:
    return {}


@query.field("users")
def _users(
    _: Any,
    info: GraphQLResolveInfo,
    query: str | None = None,
    after: str | None = None,
    first: int | None = None,
) -> dict[str, Any]:
    offset, limit = page_of(after, MAX_PAGE if first is None else first)  # the official client asks for no page
    found = info.context["state"].people.search(info.context["actor"], query or "", offset, limit)
    return {"edges": [{"node": person} for person in found]}


@mutation.field("generateApiKey")
def _generate_key(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    row, key = info.context["state"].accounts.add_key(info.context["actor"], input.get("description") or "")
    made = {"id": encode_id("ApiKey", row["id"]), "name": key, "description": row["name"]}
    return {"apiKey": made, "clientMutationId": input.get("clientMutationId")}


@mutation.field("deleteApiKey")
def _delete_key(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    info.context["state"].accounts.revoke_key(info.context["actor"], decode_id("ApiKey", input["id"]))
    return {"success": True, "clientMutationId": input.get("clientMutationId")}


@user.field("id")
def _user_id(actor: Actor | PersonRecord, info: GraphQLResolveInfo) -> str:
    return encode_id("User", actor.user_id)


@user.field("username")
def _username(actor: Actor | PersonRecord, info: GraphQLResolveInfo) -> str:
    return actor.name


@user.field("admin")
def _admin(actor: Actor | PersonRecord, info: GraphQLResolveInfo) -> bool | None:
    return actor.is_admin


@user.field("email")
def _email(actor: Actor | PersonRecord, info: GraphQLResolveInfo) -> str | None:
    return actor.email


@user.field("entity")
def _default_entity(actor: Actor | PersonRecord, info: GraphQLResolveInfo) -> str:
    return actor.entity or actor.name


@user.field("flags")
def _flags(actor: Actor | PersonRecord, info: GraphQLResolveInfo) -> str | None:
    if not isinstance(actor, Actor):
        return None
    said = info.context["state"].accounts.code_saving(actor)
    # Whatever stands here wins over what a script says by save_code=True or WANDB_SAVE_CODE.
    return "{}" if said is None else '{"code_saving_enabled": true}' if said else '{"code_saving_enabled": false}'


@user.field("teams")
def _teams(actor: Actor | PersonRecord, info: GraphQLResolveInfo, **_page: Any) -> dict[str, Any]:
    names = info.context["state"].people.teams(info.context["actor"], actor.user_id)
    return {"edges": [{"node": entity_node(name)} for name in names]}


@user.field("apiKeys")
def _api_keys(actor: Actor | PersonRecord, info: GraphQLResolveInfo) -> dict[str, Any]:
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
