"""Run files on the wire: announced, given an address to be put to, listed, deleted."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType
from graphql import GraphQLResolveInfo

from runwell.server.domain.runs import RunRecord
from runwell.server.routes.wandb.media_types import listed_type
from runwell.wire.limits import MAX_PAGE

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
    for text in input["files"][:MAX_PAGE]:
        run_number, path = decode_file_id(text)
        record = context["state"].runs.find_by_storage_id(context["actor"], run_number)
        context["state"].run_files.delete(context["actor"], record, path)
    return {"success": True, "clientMutationId": input.get("clientMutationId")}


def _run(context: dict[str, Any], given: dict[str, Any]) -> RunRecord:
    actor = context["actor"]
    return context["state"].runs.find(
        actor, given["entityName"] or actor.entity, given["projectName"], given["runName"]
    )


def file_address(record: RunRecord, path: str) -> str:
    """Give the address of a run file on this server, decoded."""
    return f"/files/{record.entity}/{record.project}/{record.name}/{path}"


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
    if names or pattern:
        found = files.named(*asked, names) if names else files.like(*asked, pattern)
        total, shown = len(found), found[offset : offset + limit]
    else:
        total, shown = files.page(*asked, offset, limit)
    edges = [{"node": (record, one), "cursor": str(offset + n + 1)} for n, one in enumerate(shown)]
    end = offset + len(shown)
    page_info = {"endCursor": str(end), "hasNextPage": end < total, "hasPreviousPage": offset > 0}
    return {"edges": edges, "pageInfo": page_info, "totalCount": total}


@file.field("id")
def _id(node: Any, info: GraphQLResolveInfo) -> str:
    return encode_file_id(node[0].id, node[1].path)


@file.field("name")
@file.field("displayName")
def _name(node: Any, info: GraphQLResolveInfo) -> str:
    return node[1].path


@file.field("url")
@file.field("directUrl")
def _url(node: Any, info: GraphQLResolveInfo, upload: bool | None = None) -> str:
    method = "PUT" if upload else "GET"
    return info.context["origin"] + info.context["state"].signed.issue(method, file_address(node[0], node[1].path))


@file.field("storagePath")
def _storage_path(node: Any, info: GraphQLResolveInfo) -> str:
    return node[1].digest


@file.field("sizeBytes")
def _size(node: Any, info: GraphQLResolveInfo) -> int:
    return node[1].size_bytes


@file.field("mimetype")
def _mimetype(node: Any, info: GraphQLResolveInfo) -> str:
    return listed_type(node[1].path)


@file.field("updatedAt")
def _updated_at(node: Any, info: GraphQLResolveInfo) -> float:
    return node[1].updated_at


@file.field("digest")
def _digest(node: Any, info: GraphQLResolveInfo) -> str:
    return node[1].digest


@file.field("md5")
def _md5(node: Any, info: GraphQLResolveInfo) -> str | None:
    return node[1].md5
