"""Registries: made, listed, edited, deleted; their collections and the versions linked there."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from runwell.wire.limits import MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, MAX_PAGE, MAX_TAGS

router = APIRouter(prefix="/api", tags=["registry"])
_ACTOR = {"access": "actor"}

Offset = Annotated[int, Query(ge=0, le=10**9)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Search = Annotated[str, Query(max_length=2 * MAX_NAME_CHARS)]
Names = Annotated[list[Annotated[str, Field(max_length=MAX_NAME_CHARS)]], Field(max_length=MAX_TAGS)]


class NewRegistry(BaseModel):
    """A registry to make. ``types``: of artifacts that it takes; none: every type."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=MAX_NAME_CHARS)
    description: str = Field("", max_length=MAX_DESCRIPTION_CHARS)
    types: Names = []


class RegistryChange(BaseModel):
    """What may be set on a registry; what is absent is left alone."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, max_length=MAX_NAME_CHARS)
    description: str | None = Field(None, max_length=MAX_DESCRIPTION_CHARS)
    types: Names | None = None


class NewLink(BaseModel):
    """Which version to link, by number or alias, and which aliases of the collection name it from then on."""

    model_config = ConfigDict(extra="forbid")
    entity: str = Field(max_length=MAX_NAME_CHARS)
    project: str = Field(max_length=MAX_NAME_CHARS)
    name: str = Field(max_length=2 * MAX_NAME_CHARS)
    version: str = Field(max_length=MAX_NAME_CHARS)
    aliases: Names = []


@router.get("/registries", openapi_extra=_ACTOR)
async def list_registries(request: Request) -> dict[str, Any]:
    """List the registries that the caller sees, the shared ones first."""
    state, actor = request.app.state, request.state.actor

    def work() -> dict[str, Any]:
        shown = [state.registry_view.registry(actor, one) for one in state.registries.list(actor)]
        return {"writable": state.registries.may_make(actor), "registries": shown}

    return await run_in_threadpool(work)


@router.post("/registries", openapi_extra=_ACTOR)
async def create(request: Request, body: NewRegistry) -> dict[str, Any]:
    """Make a registry."""
    state, actor = request.app.state, request.state.actor

    def work() -> dict[str, Any]:
        made = state.registries.create(actor, body.name, body.description, body.types)
        return state.registry_view.registry(actor, made)

    return await run_in_threadpool(work)


@router.get("/registries/{registry}", openapi_extra=_ACTOR)
async def describe(request: Request, registry: str) -> dict[str, Any]:
    """Give a registry."""
    state, actor = request.app.state, request.state.actor
    return await run_in_threadpool(lambda: state.registry_view.registry(actor, state.registries.find(actor, registry)))


@router.patch("/registries/{registry}", openapi_extra=_ACTOR)
async def edit(request: Request, registry: str, body: RegistryChange) -> dict[str, Any]:
    """Rename or describe a registry, or change which types it takes."""
    state, actor = request.app.state, request.state.actor

    def work() -> dict[str, Any]:
        changed = state.registries.edit(
            actor, registry, new_name=body.name, description=body.description, types=body.types
        )
        return state.registry_view.registry(actor, changed)

    return await run_in_threadpool(work)


@router.delete("/registries/{registry}", status_code=204, openapi_extra=_ACTOR)
async def delete(request: Request, registry: str, with_collections: bool = False) -> None:
    """Delete a registry with its links; one that holds collections needs ``with_collections=1``."""
    await run_in_threadpool(request.app.state.registries.delete, request.state.actor, registry, with_collections)


@router.get("/registry-collections", openapi_extra=_ACTOR)
async def list_collections(
    request: Request,
    registry: Annotated[str | None, Query(max_length=2 * MAX_NAME_CHARS)] = None,
    search: Search = "",
    offset: Offset = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """List the collections of a registry, or of all, the last changed first."""
    state, actor = request.app.state, request.state.actor

    def work() -> dict[str, Any]:
        page = state.registries.collections(actor, registry, search=search, offset=offset, limit=limit)
        shown = state.registry_view.collections(actor, page.items)
        return {"total": page.total, "offset": offset, "collections": shown}

    return await run_in_threadpool(work)


@router.get("/registries/{registry}/{collection}", openapi_extra=_ACTOR)
async def describe_collection(
    request: Request, registry: str, collection: str, offset: Offset = 0, limit: Limit = 100
) -> dict[str, Any]:
    """Give a collection with a page of its linked versions, the moves of its aliases, and the runs that used it."""
    state, actor = request.app.state, request.state.actor

    def work() -> dict[str, Any]:
        ref = state.registries.find(actor, registry).project
        found = state.artifacts.collection(actor, ref.entity, ref.name, collection)
        page = state.registries.members(actor, found, offset=offset, limit=limit)
        return {
            **state.registry_view.collections(actor, [found])[0],
            "alias_moves": state.registry_view.alias_moves(found),
            "used_by": state.registry_view.users(actor, found),
            "total": page.total,
            "offset": offset,
            "items": state.registry_view.versions(actor, page.items),
        }

    return await run_in_threadpool(work)


@router.post("/registries/{registry}/{collection}", openapi_extra=_ACTOR)
async def link(request: Request, registry: str, collection: str, body: NewLink) -> dict[str, Any]:
    """Link a version into a collection, which is made if it isn't there; repeated, only its aliases move."""
    state, actor = request.app.state, request.state.actor

    def work() -> dict[str, Any]:
        source = (body.entity, body.project, body.name, body.version)
        member = state.registries.link(actor, registry, collection, source, body.aliases)
        return state.registry_view.versions(actor, [member])[0]

    return await run_in_threadpool(work)
