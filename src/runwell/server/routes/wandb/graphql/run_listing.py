"""Runs of a project on the wire, page by page, with everything a page needs read at once."""

from __future__ import annotations

from typing import Any

from ariadne import ObjectType
from graphql import GraphQLResolveInfo

from runwell.server.domain.runs import ProjectRef
from runwell.server.domain.selection import RunQuery
from runwell.wire.errors import InvalidValue
from runwell.wire.limits import MAX_PAGE

from .pages import DEFAULT_PAGE
from .run_filters import read_filters, read_order

project = ObjectType("Project")
BINDINGS = (project,)


@project.field("runCount")
def _run_count(ref: ProjectRef, info: GraphQLResolveInfo, filters: str | None = None) -> int:
    # The official client asks for the count and for a page in one document: counted once.
    counted = info.context.setdefault("run_counts", {})
    place = (ref.id, filters)
    if place not in counted:
        query = RunQuery(filter_tree=read_filters(filters))
        counted[place] = info.context["state"].run_listing.count(info.context["actor"], ref.entity, ref.name, query)
    return counted[place]


@project.field("runs")
def _runs(
    ref: ProjectRef,
    info: GraphQLResolveInfo,
    filters: str | None = None,
    after: str | None = None,
    first: int | None = None,
    order: str | None = None,
) -> dict[str, Any]:
    if first is not None and first < 0:
        raise InvalidValue(f"first is {first}; it must not be negative")
    limit = min(DEFAULT_PAGE if first is None else first, MAX_PAGE)
    query = RunQuery(filter_tree=read_filters(filters), sort=read_order(order), limit=limit)
    page = info.context["state"].run_listing.page(info.context["actor"], ref.entity, ref.name, query, after)
    # Fields that need another look at the catalog look for all runs of the page at once.
    info.context.setdefault("listed", {}).update({run.id: page.runs for run in page.runs})
    edges = [{"node": run, "cursor": cursor} for run, cursor in zip(page.runs, page.cursors, strict=True)]
    info_of_page = {
        "endCursor": page.cursors[-1] if page.cursors else after,
        "hasNextPage": page.more,
        "hasPreviousPage": bool(after),
    }
    return {"edges": edges, "pageInfo": info_of_page}
