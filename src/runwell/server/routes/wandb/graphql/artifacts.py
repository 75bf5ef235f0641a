"""Versions of artifacts on the wire: found by id and by name, shown field by field, with their files and lineage."""

from __future__ import annotations

from typing import Any

from ariadne import ObjectType, QueryType, UnionType
from graphql import GraphQLResolveInfo

from runwell.server.domain.access import InvalidValue, NotFound
from runwell.server.domain.artifact_edits import NO_TTL
from runwell.server.domain.people import PersonRecord
from runwell.server.routes.wandb.artifact_bytes import download_address
from runwell.server.stores.artifact_records import (
    AliasRecord,
    ArtifactFileRecord,
    ArtifactRecord,
    CollectionRecord,
    ListPage,
    MembershipRecord,
)
from runwell.server.stores.records import ProjectRef, RunRecord
from runwell.wire.numbers import encode_extended

from .file_nodes import FileNode
from .node_ids import decode_id, encode_id
from .pages import page_of

MAX_ENTRIES = 10_000  # of one question for files by manifest entries: the official client asks for 5,000

query = QueryType()
project = ObjectType("Project")
run = ObjectType("Run")
artifact = ObjectType("Artifact")
membership = ObjectType("ArtifactCollectionMembership")
file = ObjectType("File")
creator = UnionType("ArtifactCreator")
BINDINGS = (query, project, run, artifact, membership, file, creator)


def notify(info: GraphQLResolveInfo, version: ArtifactRecord) -> None:
    """Tell who watches the run of a version that there is something new."""
    state = info.context["state"]
    maker = state.lineage.maker(info.context["actor"], version)
    if maker is not None:
        state.live.notify(maker, {"artifacts"})


def connection(page: ListPage, offset: int, nodes: list[Any] | None = None) -> dict[str, Any]:
    """Give a page as a connection."""
    shown = page.items if nodes is None else nodes
    edges = [{"node": node, "cursor": str(offset + n + 1)} for n, node in enumerate(shown)]
    end = offset + len(page.items)
    page_info = {"endCursor": str(end), "hasNextPage": end < page.total, "hasPreviousPage": offset > 0}
    return {"edges": edges, "pageInfo": page_info, "totalCount": page.total}


def _found(info: GraphQLResolveInfo, artifact_id: int) -> ArtifactRecord:
    # Of thousands of files in one answer each may be asked for its version.
    known = info.context.setdefault("artifacts", {})
    if artifact_id not in known:
        known[artifact_id] = info.context["state"].artifacts.find(info.context["actor"], artifact_id)
    return known[artifact_id]


@query.field("artifact")
def _artifact(_: Any, info: GraphQLResolveInfo, id: str) -> ArtifactRecord | None:  # noqa: A002
    try:
        return info.context["state"].artifacts.find(info.context["actor"], decode_id("Artifact", id))
    except NotFound:
        return None


@query.field("clientIDMapping")
def _client_id(_: Any, info: GraphQLResolveInfo, clientID: str) -> dict[str, str]:  # noqa: N803
    version = info.context["state"].artifacts.by_client_id(info.context["actor"], clientID)
    return {"serverID": encode_id("Artifact", version.id)}


@project.field("artifact")
def _named(ref: ProjectRef, info: GraphQLResolveInfo, name: str) -> ArtifactRecord | None:
    # Asked before every log: an artifact that isn't there yet is no mistake.
    try:
        return info.context["state"].artifacts.named(info.context["actor"], ref.entity, ref.name, name).artifact
    except (NotFound, InvalidValue):
        return None


@project.field("artifactCollectionMembership")
def _member_named(ref: ProjectRef, info: GraphQLResolveInfo, name: str) -> MembershipRecord | None:
    # The client's questions whether an artifact exists take an error for a failure of the connection.
    try:
        return info.context["state"].artifacts.named(info.context["actor"], ref.entity, ref.name, name)
    except (NotFound, InvalidValue):
        return None


@run.field("outputArtifacts")
def _made(
    record: RunRecord, info: GraphQLResolveInfo, after: str | None = None, first: int | None = None
) -> dict[str, Any]:
    offset, limit = page_of(after, first)
    page = info.context["state"].lineage.made_by(info.context["actor"], record, offset, limit)
    return connection(page, offset)


@run.field("inputArtifacts")
def _read(
    record: RunRecord, info: GraphQLResolveInfo, after: str | None = None, first: int | None = None
) -> dict[str, Any]:
    offset, limit = page_of(after, first)
    page = info.context["state"].lineage.read_by(info.context["actor"], record, offset, limit)
    return connection(page, offset)


@artifact.field("id")
def _id(version: ArtifactRecord, info: GraphQLResolveInfo) -> str:
    return encode_id("Artifact", version.id)


@artifact.field("artifactSequence")
def _sequence(version: ArtifactRecord, info: GraphQLResolveInfo) -> CollectionRecord:
    return version.collection


@artifact.field("artifactType")
def _type(version: ArtifactRecord, info: GraphQLResolveInfo) -> dict[str, Any]:
    return type_node(version.collection)


def type_node(collection: CollectionRecord) -> dict[str, Any]:
    """Give the type of a collection."""
    return {
        "id": encode_id("ArtifactType", f"{collection.project.id}:{collection.type}"),
        "name": collection.type,
        "createdAt": collection.created_at,
        "ref": collection.project,
    }


@artifact.field("versionIndex")
def _index(version: ArtifactRecord, info: GraphQLResolveInfo) -> int | None:
    return version.version_index


@artifact.field("state")
def _state(version: ArtifactRecord, info: GraphQLResolveInfo) -> str:
    return version.state.upper()


@artifact.field("digestAlgorithm")
def _algorithm(version: ArtifactRecord, info: GraphQLResolveInfo) -> str:
    return version.digest_algorithm


@artifact.field("metadata")
def _metadata(version: ArtifactRecord, info: GraphQLResolveInfo) -> str:
    return encode_extended(version.metadata).decode()


@artifact.field("ttlDurationSeconds")
def _ttl(version: ArtifactRecord, info: GraphQLResolveInfo) -> int:
    return version.ttl_s or NO_TTL


@artifact.field("ttlIsInherited")
def _ttl_is_inherited(version: ArtifactRecord, info: GraphQLResolveInfo) -> bool:
    return version.ttl_s is None


@artifact.field("tags")
def _tags(version: ArtifactRecord, info: GraphQLResolveInfo) -> list[dict[str, str]]:
    return tag_nodes(version.tags)


def tag_nodes(tags: list[str]) -> list[dict[str, str]]:
    """Give tags as nodes."""
    return [{"id": encode_id("Tag", tag), "name": tag} for tag in tags]


@artifact.field("historyStep")
def _step(version: ArtifactRecord, info: GraphQLResolveInfo) -> int | None:
    return version.history_step


@artifact.field("size")
def _size(version: ArtifactRecord, info: GraphQLResolveInfo) -> int:
    return version.size_bytes


@artifact.field("fileCount")
def _file_count(version: ArtifactRecord, info: GraphQLResolveInfo) -> int:
    return version.file_count


@artifact.field("commitHash")
def _commit_hash(version: ArtifactRecord, info: GraphQLResolveInfo) -> str:
    return version.digest


@artifact.field("createdAt")
def _created_at(version: ArtifactRecord, info: GraphQLResolveInfo) -> float:
    return version.created_at


@artifact.field("updatedAt")
def _updated_at(version: ArtifactRecord, info: GraphQLResolveInfo) -> float:
    return version.updated_at


@artifact.field("aliases")
def _aliases(version: ArtifactRecord, info: GraphQLResolveInfo) -> list[dict[str, Any]]:
    state, actor = info.context["state"], info.context["actor"]
    members = state.artifacts.memberships(actor, version)
    collections = {one.collection.id: one.collection for one in members}
    found = state.artifacts.aliases([version])
    # The number is one of them: clients before 0.17 look for it here, later ones leave it out.
    numbers = [AliasRecord(one.collection.id, f"v{one.version_index}", version.id) for one in members]
    return [
        alias_node(one, collections[one.collection_id])
        for one in (*numbers, *found)
        if one.collection_id in collections
    ]


def alias_node(alias: AliasRecord, collection: CollectionRecord) -> dict[str, Any]:
    """Give an alias."""
    alias_id = encode_id("ArtifactAlias", f"{alias.collection_id}:{alias.alias}")
    return {"id": alias_id, "alias": alias.alias, "artifactCollection": collection}


@artifact.field("currentManifest")
def _manifest(version: ArtifactRecord, info: GraphQLResolveInfo) -> dict[str, Any] | None:
    try:
        digest = info.context["state"].artifacts.manifest_blob(info.context["actor"], version)
    except NotFound:
        return None
    name = "wandb_manifest.json"
    address = download_address(version.id, digest, name)
    node = FileNode(encode_id("ArtifactManifestFile", version.id), name, digest, 0, address, version.updated_at)
    return {"id": encode_id("ArtifactManifest", version.id), "file": node}


@artifact.field("files")
def _files(
    version: ArtifactRecord,
    info: GraphQLResolveInfo,
    names: list[str] | None = None,
    after: str | None = None,
    first: int | None = None,
) -> dict[str, Any]:
    offset, limit = page_of(after, first)
    page = info.context["state"].artifacts.files(
        info.context["actor"], version, names=names, offset=offset, limit=limit
    )
    return connection(page, offset, [_file_node(version, one) for one in page.items])


@artifact.field("filesByManifestEntries")
def _files_by_entries(
    version: ArtifactRecord,
    info: GraphQLResolveInfo,
    storageLayout: str,  # noqa: N803
    manifestVersion: str,  # noqa: N803
    entries: list[dict[str, Any]] | None = None,
    storageRegion: str | None = None,  # noqa: N803
) -> dict[str, Any]:
    names = [one["name"] for one in entries or ()]
    if len(names) > MAX_ENTRIES:
        raise InvalidValue(f"{len(names):,} files at once; at most {MAX_ENTRIES:,}")
    page = info.context["state"].artifacts.files(info.context["actor"], version, names=names)
    return connection(page, 0, [_file_node(version, one) for one in page.items])


def _file_node(version: ArtifactRecord, one: ArtifactFileRecord) -> FileNode:
    return FileNode(
        encode_id("ArtifactFile", f"{version.id}:{one.path}"),
        one.path,
        one.blob_digest or one.digest,
        one.size_bytes,
        download_address(version.id, one.blob_digest or "", one.path),
        version.committed_at,
        one.digest,
        one.ref,
        artifact_id=version.id,
    )


@artifact.field("usedBy")
def _used_by(version: ArtifactRecord, info: GraphQLResolveInfo, **_page: Any) -> dict[str, Any]:
    runs = info.context["state"].lineage.readers(info.context["actor"], version)
    return connection(ListPage(runs, len(runs)), 0)


@artifact.field("createdBy")
def _created_by(version: ArtifactRecord, info: GraphQLResolveInfo) -> RunRecord | PersonRecord | None:
    state, actor = info.context["state"], info.context["actor"]
    if version.run_id is not None:
        return state.lineage.maker(actor, version)
    if version.user_id is None:
        return None
    name = state.artifacts.user_name(version)
    return PersonRecord(version.user_id, name) if name else None


@creator.type_resolver
def _creator_type(one: Any, *_: Any) -> str:
    return "Run" if isinstance(one, RunRecord) else "User"


@artifact.field("artifactMemberships")
def _memberships(version: ArtifactRecord, info: GraphQLResolveInfo, **_page: Any) -> dict[str, Any]:
    found = info.context["state"].artifacts.memberships(info.context["actor"], version)
    return connection(ListPage(found, len(found)), 0)


@membership.field("id")
def _member_id(member: MembershipRecord, info: GraphQLResolveInfo) -> str:
    return encode_id("ArtifactCollectionMembership", member.id)


@membership.field("versionIndex")
def _member_index(member: MembershipRecord, info: GraphQLResolveInfo) -> int:
    return member.version_index


@membership.field("createdAt")
def _member_created_at(member: MembershipRecord, info: GraphQLResolveInfo) -> float:
    return member.created_at


@membership.field("aliases")
def _member_aliases(member: MembershipRecord, info: GraphQLResolveInfo) -> list[dict[str, Any]]:
    found = info.context["state"].artifacts.aliases([member.artifact], member.collection.id)
    return [alias_node(one, member.collection) for one in found]


@membership.field("artifactCollection")
def _member_collection(member: MembershipRecord, info: GraphQLResolveInfo) -> CollectionRecord:
    return member.collection


@membership.field("files")
def _member_files(
    member: MembershipRecord,
    info: GraphQLResolveInfo,
    names: list[str] | None = None,
    after: str | None = None,
    first: int | None = None,
) -> dict[str, Any]:
    return _files(member.artifact, info, names, after, first)


@file.field("uploadUrl")
def _upload_url(node: FileNode, info: GraphQLResolveInfo) -> str | None:
    return node.upload_url


@file.field("uploadHeaders")
def _upload_headers(node: FileNode, info: GraphQLResolveInfo) -> list[str]:
    return []


@file.field("uploadMultipartUrls")
def _upload_parts(node: FileNode, info: GraphQLResolveInfo) -> None:
    return None


@file.field("artifact")
def _file_artifact(node: FileNode, info: GraphQLResolveInfo) -> ArtifactRecord | None:
    return _found(info, node.artifact_id) if node.artifact_id is not None else None
