"""Projects on the wire, by either of their names (``project``, ``model``)."""

from __future__ import annotations

from typing import Any

from ariadne import ObjectType, QueryType
from graphql import GraphQLResolveInfo

from runwell.server.domain.access import NotFound
from runwell.server.domain.runs import ProjectRef, RunQuery, RunRecord
from runwell.wire.errors import InvalidValue
from runwell.wire.limits import MAX_PAGE
from runwell.wire.names import DEFAULT_PROJECT

from .node_ids import encode_id
from .pages import page_of

query = QueryType()
project = ObjectType("Project")
BINDINGS = (query, project)


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
    names = [row["name"] for row in state.projects.list(actor) if row["entity"] == owner]
    offset, limit = page_of(after, first)
    shown = names[offset : offset + limit]
    edges = [
        {"node": state.projects.find(actor, owner, name), "cursor": str(offset + n + 1)} for n, name in enumerate(shown)
    ]
    return {"edges": edges, "pageInfo": _page_info(offset + len(shown), len(names))}


def _page_info(end: int, total: int) -> dict[str, Any]:
    return {"endCursor": str(end), "hasNextPage": end < total, "hasPreviousPage": False}


@project.field("id")
@project.field("internalId")
def _id(ref: ProjectRef, info: GraphQLResolveInfo) -> str:
    return encode_id("Project", ref.id)


@project.field("entity")
def _entity(ref: ProjectRef, info: GraphQLResolveInfo) -> dict[str, Any]:
    return {"id": encode_id("Entity", ref.entity), "name": ref.entity, "isTeam": False}


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
    return _described(ref, info)["description"]


@project.field("createdAt")
def _created_at(ref: ProjectRef, info: GraphQLResolveInfo) -> float:
    return _described(ref, info)["created_at"]


def _described(ref: ProjectRef, info: GraphQLResolveInfo) -> dict[str, Any]:
    return info.context["state"].projects.describe(info.context["actor"], ref.entity, ref.name)


@project.field("user")
def _user(ref: ProjectRef, info: GraphQLResolveInfo) -> None:
    return None


@project.field("run")
def _run(ref: ProjectRef, info: GraphQLResolveInfo, name: str) -> RunRecord | None:
    try:
        return info.context["state"].runs.find(info.context["actor"], ref.entity, ref.name, name)
    except (NotFound, InvalidValue):
        return None


@project.field("bucket")
def _bucket(
    ref: ProjectRef,
    info: GraphQLResolveInfo,
    name: str,
    missingOk: bool | None = None,  # noqa: N803
) -> RunRecord | None:
    return _run(ref, info, name)


@project.field("runCount")
def _run_count(ref: ProjectRef, info: GraphQLResolveInfo, filters: str | None = None) -> int:
    query = _query(filters, None, 0, 1)
    return info.context["state"].runs.search(info.context["actor"], ref.entity, ref.name, query).matched


@project.field("runs")
def _runs(
    ref: ProjectRef,
    info: GraphQLResolveInfo,
    filters: str | None = None,
    after: str | None = None,
    first: int | None = None,
    order: str | None = None,
) -> dict[str, Any]:
    offset, limit = page_of(after, first)
    query = _query(filters, order, offset, min(limit, MAX_PAGE))
    found, matched = info.context["state"].runs.search_whole(info.context["actor"], ref.entity, ref.name, query)
    edges = [{"node": run, "cursor": str(offset + n + 1)} for n, run in enumerate(found)]
    return {"edges": edges, "pageInfo": _page_info(offset + len(found), matched)}


def _query(filters: str | None, order: str | None, offset: int, limit: int) -> RunQuery:
    from .run_filters import read_filters, read_order

    return RunQuery(filter_tree=read_filters(filters), sort=read_order(order), offset=offset, limit=limit)
