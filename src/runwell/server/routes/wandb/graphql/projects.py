"""Projects on the wire, by either of their names (``project``, ``model``)."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType
from graphql import GraphQLResolveInfo

from runwell.server.domain.access import NotFound
from runwell.server.domain.people import PersonRecord
from runwell.server.domain.registries import registry_label
from runwell.server.domain.runs import ProjectRef, RunRecord
from runwell.wire.errors import InvalidValue
from runwell.wire.names import DEFAULT_PROJECT

from .entities import entity_node
from .history import note_question
from .node_ids import decode_id, encode_id
from .pages import page_of
from .registries import is_registry, save_registry

query = QueryType()
mutation = MutationType()
project = ObjectType("Project")
BINDINGS = (query, mutation, project)


@query.field("project")
@query.field("model")
def _project(
    _: Any,
    info: GraphQLResolveInfo,
    name: str | None = None,
    entityName: str | None = None,  # noqa: N803
) -> ProjectRef | None:
    actor = info.context["actor"]
    try:
        return info.context["state"].projects.find(actor, entityName or actor.entity, name or DEFAULT_PROJECT)
    except (NotFound, InvalidValue):
        return None


@query.field("models")
def _projects(
    _: Any,
    info: GraphQLResolveInfo,
    entityName: str | None = None,  # noqa: N803
    after: str | None = None,
    first: int | None = None,
) -> dict[str, Any]:
    state, actor = info.context["state"], info.context["actor"]
    owner = entityName or actor.entity
    offset, limit = page_of(after, first)
    shown, total = state.projects.page(actor, owner, offset, limit)
    edges = [{"node": ref, "cursor": str(offset + n + 1)} for n, ref in enumerate(shown)]
    return {"edges": edges, "pageInfo": _page_info(offset + len(shown), total)}


@mutation.field("upsertModel")
def _upsert(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    state, actor = info.context["state"], info.context["actor"]
    number = decode_id("Project", input["id"]) if input.get("id") else None
    if number is None and is_registry(input):
        ref, inserted = save_registry(info, input)
    else:
        ref, inserted = state.projects.upsert(
            actor, input.get("entityName"), input.get("name"), number, input.get("description")
        )
    if inserted:
        state.live.notify_project(ref, "created")
    return {"project": ref, "model": ref, "inserted": inserted, "clientMutationId": input.get("clientMutationId")}


@mutation.field("deleteModel")
def _delete(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    state, actor = info.context["state"], info.context["actor"]
    number = decode_id("Project", input["id"])
    registry = state.registries.with_project(actor, number)
    if registry is not None:  # who asks for it in a script means it: the client has no second question
        deleted = state.registries.delete(actor, registry_label(registry.project), with_collections=True)
    else:
        deleted = state.projects.delete_by_id(actor, number)
    state.live.notify_project(deleted, "deleted")
    return {"success": True, "clientMutationId": input.get("clientMutationId")}


def _page_info(end: int, total: int) -> dict[str, Any]:
    return {"endCursor": str(end), "hasNextPage": end < total, "hasPreviousPage": False}


@project.field("id")
@project.field("internalId")
def _id(ref: ProjectRef, info: GraphQLResolveInfo) -> str:
    return encode_id("Project", ref.id)


@project.field("entity")
def _entity(ref: ProjectRef, info: GraphQLResolveInfo) -> dict[str, Any]:
    return entity_node(ref.entity)


@project.field("entityName")
def _entity_name(ref: ProjectRef, info: GraphQLResolveInfo) -> str:
    return ref.entity


@project.field("readOnly")
def _read_only(ref: ProjectRef, info: GraphQLResolveInfo) -> bool:
    return not info.context["actor"].may_write(ref.entity_id)


@project.field("isBenchmark")
def _is_benchmark(ref: ProjectRef, info: GraphQLResolveInfo) -> bool:
    return False


@project.field("access")
def _access(ref: ProjectRef, info: GraphQLResolveInfo) -> str:
    return "PRIVATE"


@project.field("views")
def _views(ref: ProjectRef, info: GraphQLResolveInfo) -> str:
    return "{}"


@project.field("description")
def _description(ref: ProjectRef, info: GraphQLResolveInfo) -> str:
    return _facts(ref, info)[0]


@project.field("createdAt")
def _created_at(ref: ProjectRef, info: GraphQLResolveInfo) -> float:
    return _facts(ref, info)[1]


@project.field("updatedAt")
def _updated_at(ref: ProjectRef, info: GraphQLResolveInfo) -> float:
    return _facts(ref, info)[2]


def _facts(ref: ProjectRef, info: GraphQLResolveInfo) -> tuple[str, float, float]:
    return info.context["state"].projects.facts(info.context["actor"], ref)


@project.field("user")
def _user(ref: ProjectRef, info: GraphQLResolveInfo) -> PersonRecord | None:
    return info.context["state"].people.owner(info.context["actor"], ref.entity_id)


@project.field("allViews")
def _all_views(ref: ProjectRef, info: GraphQLResolveInfo, **_page: Any) -> dict[str, Any]:
    return {"edges": [], "pageInfo": _page_info(0, 0)}


@project.field("run")
def _run(ref: ProjectRef, info: GraphQLResolveInfo, name: str, desc: str | None = None) -> RunRecord | None:
    try:
        found = info.context["state"].runs.find(info.context["actor"], ref.entity, ref.name, name)
    except (NotFound, InvalidValue):
        return None
    note_question(found, info)
    return found


@project.field("bucket")
def _bucket(
    ref: ProjectRef,
    info: GraphQLResolveInfo,
    name: str,
    missingOk: bool | None = None,  # noqa: N803
) -> RunRecord | None:
    return _run(ref, info, name)
