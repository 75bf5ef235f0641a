"""Types and collections of artifacts on the wire."""

from __future__ import annotations

from typing import Any

from ariadne import InterfaceType, ObjectType, QueryType
from graphql import GraphQLResolveInfo

from runwell.server.domain.access import InvalidValue, NotFound
from runwell.server.stores.artifact_records import (
    SEQUENCE,
    AliasRecord,
    ArtifactRecord,
    CollectionRecord,
    ListPage,
    MembershipRecord,
)
from runwell.server.stores.records import ProjectRef
from runwell.wire.names import REGISTRY_ENTITY

from .artifacts import alias_node, connection, tag_nodes, type_node
from .node_ids import decode_id, encode_id
from .pages import page_of

query = QueryType()
project = ObjectType("Project")
artifact_type = ObjectType("ArtifactType")
collection = InterfaceType("ArtifactCollection")
sequence = ObjectType("ArtifactSequence")
portfolio = ObjectType("ArtifactPortfolio")
BINDINGS = (query, project, artifact_type, collection, sequence, portfolio)


@collection.type_resolver
def _kind(one: CollectionRecord, *_: Any) -> str:
    return "ArtifactSequence" if one.kind == SEQUENCE else "ArtifactPortfolio"


@query.field("artifactCollection")
def _by_id(_: Any, info: GraphQLResolveInfo, id: str) -> CollectionRecord | None:  # noqa: A002
    try:
        return info.context["state"].artifacts.collection_by_id(
            info.context["actor"], decode_id("ArtifactCollection", id)
        )
    except NotFound:
        return None


@project.field("artifactType")
def _type(ref: ProjectRef, info: GraphQLResolveInfo, name: str) -> dict[str, Any] | None:
    return next((one for one in _types(ref, info) if one["name"] == name), None)


@project.field("artifactTypes")
def _list_types(
    ref: ProjectRef,
    info: GraphQLResolveInfo,
    after: str | None = None,
    first: int | None = None,
    includeAll: bool | None = None,  # noqa: N803
) -> dict[str, Any]:
    offset, limit = page_of(after, first)
    found = _types(ref, info)
    return connection(ListPage(found[offset : offset + limit], len(found)), offset)


def _types(ref: ProjectRef, info: GraphQLResolveInfo) -> list[dict[str, Any]]:
    state, actor = info.context["state"], info.context["actor"]
    found = state.collections.types(actor, ref)
    if ref.entity == REGISTRY_ENTITY:  # a registry has types before it holds anything
        there = {one["name"] for one in found}
        more = [name for name in state.registries.used_types(actor, ref) if name not in there]
        found += [{"name": name, "created_at": state.projects.facts(actor, ref)[1]} for name in more]
    return [
        {
            "id": encode_id("ArtifactType", f"{ref.id}:{one['name']}"),
            "name": one["name"],
            "createdAt": one["created_at"],
            "ref": ref,
        }
        for one in found
    ]


@project.field("artifactCollection")
def _named(ref: ProjectRef, info: GraphQLResolveInfo, name: str) -> CollectionRecord | None:
    try:
        return info.context["state"].artifacts.collection(info.context["actor"], ref.entity, ref.name, name)
    except (NotFound, InvalidValue):
        return None


@artifact_type.field("artifactCollection")
def _of_type(node: dict[str, Any], info: GraphQLResolveInfo, name: str) -> CollectionRecord | None:
    found = _named(node["ref"], info, name)
    return found if found is not None and found.type == node["name"] else None


@project.field("artifactCollections")
def _list(ref: ProjectRef, info: GraphQLResolveInfo, **asked: Any) -> dict[str, Any]:
    return _page(info, ref, None, **asked)


@artifact_type.field("artifactCollections")
def _list_of_type(node: dict[str, Any], info: GraphQLResolveInfo, **asked: Any) -> dict[str, Any]:
    return _page(info, node["ref"], node["name"], **asked)


def _page(
    info: GraphQLResolveInfo,
    ref: ProjectRef,
    type_: str | None,
    after: str | None = None,
    first: int | None = None,
    filters: str | None = None,
    order: str | None = None,
    **_more: Any,
) -> dict[str, Any]:
    offset, limit = page_of(after, first)
    page = info.context["state"].collections.list(
        info.context["actor"], ref, type_, filters=filters, order=order, offset=offset, limit=limit
    )
    return connection(page, offset)


@sequence.field("id")
@portfolio.field("id")
def _id(one: CollectionRecord, info: GraphQLResolveInfo) -> str:
    return encode_id("ArtifactCollection", one.id)


@sequence.field("state")
@portfolio.field("state")
def _state(one: CollectionRecord, info: GraphQLResolveInfo) -> str:
    return "READY" if one.deleted_at is None else "DELETED"


@sequence.field("createdAt")
@portfolio.field("createdAt")
def _created_at(one: CollectionRecord, info: GraphQLResolveInfo) -> float:
    return one.created_at


@sequence.field("updatedAt")
@portfolio.field("updatedAt")
def _updated_at(one: CollectionRecord, info: GraphQLResolveInfo) -> float:
    return one.updated_at


@sequence.field("defaultArtifactType")
@portfolio.field("defaultArtifactType")
def _default_type(one: CollectionRecord, info: GraphQLResolveInfo) -> dict[str, Any]:
    return type_node(one)


@sequence.field("tags")
@portfolio.field("tags")
def _tags(one: CollectionRecord, info: GraphQLResolveInfo) -> dict[str, Any]:
    return {"edges": [{"node": tag} for tag in tag_nodes(one.tags)]}


@sequence.field("aliases")
@portfolio.field("aliases")
def _aliases(
    one: CollectionRecord, info: GraphQLResolveInfo, after: str | None = None, first: int | None = None
) -> dict[str, Any]:
    offset, limit = page_of(after, first)
    names = info.context["state"].collections.aliases(info.context["actor"], one)
    nodes = [alias_node(AliasRecord(one.id, name, 0), one) for name in names[offset : offset + limit]]
    return connection(ListPage(nodes, len(names)), offset)


@sequence.field("artifactMembership")
@portfolio.field("artifactMembership")
def _member(one: CollectionRecord, info: GraphQLResolveInfo, aliasName: str) -> MembershipRecord | None:  # noqa: N803
    try:
        return info.context["state"].artifacts.member_of(info.context["actor"], one, aliasName)
    except NotFound:
        return None


@sequence.field("artifacts")
@portfolio.field("artifacts")
def _versions(
    one: CollectionRecord,
    info: GraphQLResolveInfo,
    after: str | None = None,
    first: int | None = None,
    order: str | None = None,
    filters: str | None = None,
) -> dict[str, Any]:
    offset, limit = page_of(after, first)
    page = info.context["state"].collections.versions(
        info.context["actor"], one, filters=filters, order=order, offset=offset, limit=limit
    )
    found = connection(page, offset, [member.artifact for member in page.items])
    for edge, member in zip(found["edges"], page.items, strict=True):
        edge["version"] = f"v{member.version_index}"
    return found


@sequence.field("latestArtifact")
def _latest(one: CollectionRecord, info: GraphQLResolveInfo) -> ArtifactRecord | None:
    return info.context["state"].artifacts.latest(one)


@sequence.field("digestAlgorithm")
def _algorithm(one: CollectionRecord, info: GraphQLResolveInfo) -> str:
    return "MANIFEST_MD5"
