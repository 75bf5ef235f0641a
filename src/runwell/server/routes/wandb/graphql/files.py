"""Run files on the wire: announced, given an address to be put to, listed, deleted."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType
from graphql import GraphQLResolveInfo

from runwell.server.domain.access import Forbidden
from runwell.server.domain.runs import RunRecord
from runwell.server.routes.wandb.media_types import listed_type
from runwell.server.stores.records import FileRecord
from runwell.wire.errors import InvalidValue
from runwell.wire.limits import MAX_PAGE

from .file_nodes import FileNode
from .node_ids import decode_file_id, encode_file_id, encode_id
from .pages import page_of

mutation = MutationType()
run = ObjectType("Run")
file = ObjectType("File")
BINDINGS = (mutation, run, file)


@mutation.field("createRunFiles")
def _create(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    context = info.context
    record = _run(context, input)
    paths = context["state"].run_files.begin(context["actor"], record, input["files"])
    issued = [
        {
            "name": given,
            # None: this client leaves the file out and goes on with the others.
            "uploadUrl": path and context["origin"] + context["state"].signed.issue("PUT", file_address(record, path)),
        }
        for given, path in zip(input["files"], paths, strict=True)
    ]
    return {"runID": encode_id("Run", record.id), "uploadHeaders": [], "files": issued}


@mutation.field("markRunFilesUploaded")
def _mark_uploaded(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    record = _run(info.context, input)
    info.context["state"].live.notify(record, {"files"})
    return {"success": True, "clientMutationId": input.get("clientMutationId")}


@mutation.field("deleteFiles")
def _delete(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    context = info.context
    if len(input["files"]) > MAX_PAGE:
        raise InvalidValue(f"{len(input['files']):,} files; at most {MAX_PAGE:,} are deleted at once")
    for text in input["files"]:
        run_number, path = decode_file_id(text)
        record = context["state"].runs.find_by_storage_id(context["actor"], run_number)
        context["state"].run_files.delete(context["actor"], record, path)
        context["state"].live.notify(record, {"files"})
    return {"success": True, "clientMutationId": input.get("clientMutationId")}


def _run(context: dict[str, Any], given: dict[str, Any]) -> RunRecord:
    actor = context["actor"]
    return context["state"].runs.find(
        actor, given["entityName"] or actor.entity, given["projectName"], given["runName"]
    )


def file_address(record: RunRecord, path: str) -> str:
    """Give the address of a run file on this server, decoded."""
    return f"/files/{record.entity}/{record.project}/{record.name}/{path}"


def _missing(record: RunRecord, path: str) -> FileRecord:
    """Give what stands for a file that was asked for by name and isn't there: clients know it by its MD5."""
    return FileRecord(0, record.id, path, "", 0, record.created_at, "0")


def _node(record: RunRecord, one: FileRecord, may_put: bool) -> FileNode:
    return FileNode(
        encode_file_id(record.id, one.path),
        one.path,
        one.digest,
        one.size_bytes,
        file_address(record, one.path),
        one.updated_at,
        one.md5,
        may_put=may_put,
    )


@run.field("fileCount")
def _file_count(record: RunRecord, info: GraphQLResolveInfo) -> int:
    return info.context["state"].run_files.count(info.context["actor"], record)


@run.field("files")
def _files(
    record: RunRecord,
    info: GraphQLResolveInfo,
    names: list[str] | None = None,
    after: str | None = None,
    first: int | None = None,
    pattern: str | None = None,
) -> dict[str, Any]:
    asked = (info.context["actor"], record)
    files = info.context["state"].run_files
    offset, limit = page_of(after, first)
    names = [name for name in names or () if name]
    if names:
        named = files.named(*asked, names)
        total, shown = len(named), [one or _missing(record, path) for path, one in named[offset : offset + limit]]
    elif pattern:
        like = files.like(*asked, pattern)
        total, shown = len(like), like[offset : offset + limit]
    else:
        total, shown = files.page(*asked, offset, limit)
    may_put = info.context["actor"].may_write(record.entity_id)
    edges = [{"node": _node(record, one, may_put), "cursor": str(offset + n + 1)} for n, one in enumerate(shown)]
    end = offset + len(shown)
    page_info = {"endCursor": str(end), "hasNextPage": end < total, "hasPreviousPage": offset > 0}
    return {"edges": edges, "pageInfo": page_info, "totalCount": total}


@file.field("id")
def _id(node: FileNode, info: GraphQLResolveInfo) -> str:
    return node.id


@file.field("name")
@file.field("displayName")
def _name(node: FileNode, info: GraphQLResolveInfo) -> str:
    return node.path


@file.field("url")
@file.field("directUrl")
def _url(node: FileNode, info: GraphQLResolveInfo, upload: bool | None = None) -> str:
    if node.ref is not None:
        return node.ref
    if upload and not node.may_put:
        raise Forbidden(f"you may look at {node.path}, not change it; ask its owner to make you a member")
    method = "PUT" if upload else "GET"
    return info.context["origin"] + info.context["state"].signed.issue(method, node.address)


@file.field("storagePath")
def _storage_path(node: FileNode, info: GraphQLResolveInfo) -> str:
    return node.digest


@file.field("sizeBytes")
def _size(node: FileNode, info: GraphQLResolveInfo) -> int:
    return node.size_bytes


@file.field("mimetype")
def _mimetype(node: FileNode, info: GraphQLResolveInfo) -> str:
    return listed_type(node.path)


@file.field("updatedAt")
def _updated_at(node: FileNode, info: GraphQLResolveInfo) -> float | None:
    return node.updated_at


@file.field("digest")
def _digest(node: FileNode, info: GraphQLResolveInfo) -> str:
    return node.digest


@file.field("md5")
def _md5(node: FileNode, info: GraphQLResolveInfo) -> str | None:
    return node.md5
