"""Artifacts: collections, versions, their files and lineage, edits."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from runwell.server.domain.artifact_edits import VersionChanges
from runwell.server.domain.artifact_view import file_object, graph_object
from runwell.server.routes.wandb.artifact_bytes import download_address
from runwell.server.routes.wandb.media_types import media_type
from runwell.server.stores.artifact_records import ArtifactFileRecord, ArtifactRecord, MembershipRecord
from runwell.wire.limits import MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, MAX_PAGE, MAX_PATH_BYTES, MAX_TAGS

router = APIRouter(prefix="/api/projects/{entity}/{project}", tags=["artifacts"])
addresses = APIRouter(prefix="/api", tags=["artifacts"])
_ACTOR = {"access": "actor"}

Offset = Annotated[int, Query(ge=0, le=10**9)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Names = Annotated[list[Annotated[str, Field(max_length=MAX_NAME_CHARS)]], Field(max_length=MAX_TAGS)]


class CollectionChange(BaseModel):
    """What may be set on a collection; what is absent is left alone."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, max_length=2 * MAX_NAME_CHARS)
    type: str | None = Field(None, max_length=MAX_NAME_CHARS)
    description: str | None = Field(None, max_length=MAX_DESCRIPTION_CHARS)
    add_tags: Names | None = None
    remove_tags: Names | None = None


class VersionChange(BaseModel):
    """What may be set on a version; what is absent is left alone. ``aliases``: exactly these, in this collection."""

    model_config = ConfigDict(extra="forbid")
    description: str | None = Field(None, max_length=MAX_DESCRIPTION_CHARS)
    metadata: dict[str, Any] | None = None
    aliases: Names | None = None
    add_tags: Names | None = None
    remove_tags: Names | None = None
    ttl_s: int | None = None


@router.get("/artifacts", openapi_extra=_ACTOR)
async def list_collections(
    request: Request,
    entity: str,
    project: str,
    type: str | None = None,  # noqa: A002
    order: str | None = None,
    offset: Offset = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """List the project's artifact types, and its collections (of one type), newest first."""
    state, actor = request.app.state, request.state.actor

    def work() -> dict[str, Any]:
        ref = state.projects.find(actor, entity, project)
        types = state.collections.types(actor, ref)
        page = state.collections.list(actor, ref, type, order=order, offset=offset, limit=limit)
        return {
            "types": [{"name": one["name"], "collections": one["collections"]} for one in types],
            "total": page.total,
            "offset": offset,
            "collections": state.artifact_view.collections(page.items),
        }

    return await run_in_threadpool(work)


@router.get("/artifacts/{name}", openapi_extra=_ACTOR)
async def describe_collection(
    request: Request,
    entity: str,
    project: str,
    name: str,
    order: str | None = None,
    offset: Offset = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Give a collection with a page of its versions, newest first."""
    state, actor = request.app.state, request.state.actor

    def work() -> dict[str, Any]:
        found = state.artifacts.collection(actor, entity, project, name)
        page = state.collections.versions(actor, found, order=order, offset=offset, limit=limit)
        return {
            **state.artifact_view.collections([found])[0],
            "aliases": state.collections.aliases(actor, found),
            "alias_moves": state.registry_view.alias_moves(found),
            "links": state.artifact_view.links(actor, sequence_id=found.id),
            "total": page.total,
            "offset": offset,
            "items": state.artifact_view.rows(actor, page.items),
        }

    return await run_in_threadpool(work)


@router.patch("/artifacts/{name}", openapi_extra=_ACTOR)
async def edit_collection(
    request: Request, entity: str, project: str, name: str, body: CollectionChange
) -> dict[str, Any]:
    """Rename, describe, tag a collection, or give it another type."""
    state, actor = request.app.state, request.state.actor

    def work() -> dict[str, Any]:
        found = state.artifacts.collection(actor, entity, project, name)
        if body.add_tags or body.remove_tags:
            state.collections.tag(actor, entity, project, name, body.add_tags or [], body.remove_tags or [])
        found = state.collections.update(actor, found.id, name=body.name, description=body.description, type_=body.type)
        return state.artifact_view.collections([found])[0]

    return await run_in_threadpool(work)


@router.delete("/artifacts/{name}", status_code=204, openapi_extra=_ACTOR)
async def delete_collection(request: Request, entity: str, project: str, name: str) -> None:
    """Delete a collection with its versions, or a portfolio with its links."""
    state, actor = request.app.state, request.state.actor

    def work() -> None:
        state.collections.delete(actor, state.artifacts.collection(actor, entity, project, name).id)

    await run_in_threadpool(work)


@router.get("/artifacts/{name}/{version}", openapi_extra=_ACTOR)
async def describe_version(request: Request, entity: str, project: str, name: str, version: str) -> dict[str, Any]:
    """Give a version, by number (``v3``) or alias."""
    state, actor = request.app.state, request.state.actor
    return await run_in_threadpool(
        lambda: state.artifact_view.whole(actor, _member(request, entity, project, name, version))
    )


@router.patch("/artifacts/{name}/{version}", openapi_extra=_ACTOR)
async def edit_version(
    request: Request, entity: str, project: str, name: str, version: str, body: VersionChange
) -> dict[str, Any]:
    """Change a version's description, metadata, tags, time to live, or its aliases in this collection."""
    state, actor = request.app.state, request.state.actor

    def work() -> dict[str, Any]:
        member = _member(request, entity, project, name, version)
        metadata = None if body.metadata is None else orjson.dumps(body.metadata).decode()
        changes = VersionChanges(body.description, metadata, body.add_tags or [], body.remove_tags or [], body.ttl_s)
        if changes != VersionChanges(add_tags=[], remove_tags=[]):
            state.artifact_edits.update(actor, member.artifact.id, changes)
        if body.aliases is not None:
            state.artifact_edits.set_aliases(actor, member.artifact.id, member.collection, body.aliases)
        again = _member(request, entity, project, name, f"v{member.version_index}")
        return state.artifact_view.whole(actor, again)

    return await run_in_threadpool(work)


@router.delete("/artifacts/{name}/{version}", status_code=204, openapi_extra=_ACTOR)
async def delete_version(
    request: Request, entity: str, project: str, name: str, version: str, delete_aliases: bool = False
) -> None:
    """Delete a version; of a portfolio, the link. One with aliases needs ``delete_aliases=1``."""
    state, actor = request.app.state, request.state.actor

    def work() -> None:
        member = _member(request, entity, project, name, version)
        if member.collection.id != member.artifact.collection.id:
            state.artifact_edits.unlink(actor, member.artifact.id, member.collection.id)
        else:
            state.artifact_edits.delete(actor, member.artifact.id, delete_aliases)

    await run_in_threadpool(work)


@router.get("/artifacts/{name}/{version}/files", openapi_extra=_ACTOR)
async def list_files(
    request: Request,
    entity: str,
    project: str,
    name: str,
    version: str,
    prefix: Annotated[str, Query(max_length=MAX_PATH_BYTES)] = "",
    find: Annotated[str, Query(max_length=MAX_PATH_BYTES)] = "",
    folder: Annotated[str | None, Query(max_length=MAX_PATH_BYTES)] = None,
    offset: Offset = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """List a version's files by path: those below a prefix, with a text in it; or what lies directly in a folder."""
    state, actor = request.app.state, request.state.actor

    def work() -> dict[str, Any]:
        found = _member(request, entity, project, name, version).artifact
        if folder is not None:
            folders, own = state.artifacts.folder(actor, found, folder, offset=offset, limit=limit)
            return {
                "total": own.total,
                "offset": offset,
                "folders": [{"path": path, "files": n, "size_bytes": size} for path, n, size in folders],
                "files": [_file(found, one) for one in own.items],
            }
        page = state.artifacts.files(actor, found, prefix=prefix, find=find, offset=offset, limit=limit)
        return {"total": page.total, "offset": offset, "files": [_file(found, one) for one in page.items]}

    return await run_in_threadpool(work)


@router.get("/artifacts/{name}/{version}/lineage", openapi_extra=_ACTOR)
async def lineage(
    request: Request, entity: str, project: str, name: str, version: str, complete: bool = False
) -> dict[str, Any]:
    """Give the graph around a version: next to it, or complete."""
    state, actor = request.app.state, request.state.actor

    def work() -> dict[str, Any]:
        found = _member(request, entity, project, name, version).artifact
        return graph_object(state.lineage.graph(actor, found, complete))

    return await run_in_threadpool(work)


@router.get("/runs/{run_id}/artifacts", openapi_extra=_ACTOR)
async def of_run(
    request: Request, entity: str, project: str, run_id: str, offset: Offset = 0, limit: Limit = 100
) -> dict[str, Any]:
    """List the versions that a run logged, and those it used."""
    state, actor = request.app.state, request.state.actor

    def work() -> dict[str, Any]:
        run = state.runs.find(actor, entity, project, run_id)
        made = state.lineage.made_by(actor, run, offset, limit)
        used = state.lineage.read_by(actor, run, offset, limit)
        return {
            "offset": offset,
            "logged": {"total": made.total, "items": state.artifact_view.own_rows(actor, made.items)},
            "used": {"total": used.total, "items": state.artifact_view.own_rows(actor, used.items)},
        }

    return await run_in_threadpool(work)


@addresses.get("/artifact-file", openapi_extra=_ACTOR)
async def at_address(request: Request, address: Annotated[str, Query(max_length=MAX_PATH_BYTES)]) -> dict[str, Any]:
    """Find the file that a logged value refers to: ``wandb-client-artifact://…`` or ``wandb-artifact://…``."""
    state, actor = request.app.state, request.state.actor

    def work() -> dict[str, Any]:
        version, file = state.artifacts.at_address(actor, address)
        return {"artifact": state.artifact_view.own_rows(actor, [version])[0], "file": _file(version, file)}

    return await run_in_threadpool(work)


def _member(request: Request, entity: str, project: str, name: str, version: str) -> MembershipRecord:
    state, actor = request.app.state, request.state.actor
    found = state.artifacts.collection(actor, entity, project, name)
    return state.artifacts.member_of(actor, found, version)


def _file(version: ArtifactRecord, file: ArtifactFileRecord) -> dict[str, Any]:
    from urllib.parse import quote

    url = None
    if file.blob_digest is not None:
        url = quote(download_address(version.id, file.blob_digest, file.path), safe="/")
    return file_object(file, media_type(file.path), url)
