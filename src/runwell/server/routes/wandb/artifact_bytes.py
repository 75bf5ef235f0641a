"""Bytes of artifacts: put by whoever holds an issued address, read by address or by MD5, to which clients fall back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from runwell.server.bodies import declared_length
from runwell.server.domain.access import SYSTEM, Actor, NotFound
from runwell.server.guard import access, streamed_body
from runwell.server.refusals import Refusal
from runwell.wire.bundle import MAX_BUNDLE_BODY_BYTES, MEDIA_TYPE, SmallFile, decode_bundle, encode_bundle
from runwell.wire.errors import InvalidValue
from runwell.wire.limits import MAX_FILE_BYTES, MAX_SMALL_FILE_BYTES
from runwell.wire.manifest import md5_base64
from runwell.wire.numbers import decode_extended

from .byte_streams import serve, store_body

_MD5 = re.compile("[0-9a-f]{32}")
_SHA256 = re.compile("[0-9a-f]{64}")


def upload_address(artifact_id: int, md5: str) -> str:
    """Give where the bytes of this MD5 (hex) of a version are put."""
    return f"/artifacts/uploads/{artifact_id}/{md5}"


def bundle_address(artifact_id: int) -> str:
    """Give where bundles of small files of a version are put."""
    return f"/artifacts/bundles/{artifact_id}"


def manifest_address(manifest_id: int, md5: str) -> str:
    """Give where a manifest of this MD5 (hex) is put."""
    return f"/artifacts/manifests/{manifest_id}/{md5}"


def download_address(artifact_id: int, blob_digest: str, path: str) -> str:
    """Give where bytes of a version are read; of its path only the last part, which says their type."""
    return f"/artifacts/files/{artifact_id}/{blob_digest}/{path.rsplit('/', 1)[-1]}"


@access("signed")
@streamed_body
async def put_file(request: Request) -> Response:
    """Take bytes of a version, at the address that ``createArtifactFiles`` issued."""
    length = declared_length(request.scope["headers"])
    if length is None or length > MAX_SMALL_FILE_BYTES:
        return await _put(request, request.app.state.artifact_uploads.put_file)
    body = await _body(request, MAX_SMALL_FILE_BYTES)
    return await _keep(request, [SmallFile(request.path_params["md5"], body)])


@access("signed")
@streamed_body
async def put_bundle(request: Request) -> Response:
    """Take many small files of a version at once, at the address that ``createArtifactFiles`` issued."""
    return await _keep(request, decode_bundle(await _body(request, MAX_BUNDLE_BODY_BYTES)))


@access("signed")
@streamed_body
async def put_manifest(request: Request) -> Response:
    """Take a manifest, at the address that ``createArtifactManifest`` issued."""
    return await _put(request, request.app.state.artifact_uploads.put_manifest)


async def _body(request: Request, limit: int) -> bytes:
    """Read a small body whole.

    Raises:
        Refusal: 413, it is none.
        ConnectionError: the client left within it.
    """
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise Refusal(413, f"the body is larger than {limit:,} bytes")
            parts.append(part)
    except ClientDisconnect:
        raise ConnectionError("the client left within its upload") from None
    return b"".join(parts)


async def _keep(request: Request, files: Sequence[SmallFile]) -> Response:
    # The signature names the version (and MD5); whoever asked for it was allowed to write there.
    number = _number(request.path_params["number"])
    await asyncio.wrap_future(request.app.state.small_files.submit(SYSTEM, number, files))
    return Response(b"{}", media_type="application/json")


async def _put(request: Request, store: Any) -> Response:
    names = request.path_params
    length = declared_length(request.scope["headers"])
    if length is not None and length > MAX_FILE_BYTES:
        raise Refusal(413, f"a file has at most {MAX_FILE_BYTES:,} bytes")
    # The signature names version and MD5; whoever asked for it was allowed to write there.
    number = _number(names["number"])
    await store_body(request, lambda pieces: store(SYSTEM, number, names["md5"], pieces, length))
    return Response(b"{}", media_type="application/json")


@access("actor", "signed")
async def get_file(request: Request) -> Response:
    """Give bytes of a version, at a direct address or to whoever may read it."""
    names = request.path_params
    actor: Actor = request.state.actor or SYSTEM  # none: the address is signed
    if not _SHA256.fullmatch(names["digest"]):
        raise NotFound("the artifact has no such file")
    look = request.app.state.artifacts.open
    size_bytes, source = await run_in_threadpool(look, actor, _number(names["number"]), names["digest"])
    return await serve(request, names["name"], names["digest"], size_bytes, source)


@access("actor")
async def get_bundle(request: Request) -> Response:
    """Give small files by MD5 within an entity, many at once: ``{"md5s": [hex, …]}``; a bundle of those there are."""
    given = decode_extended(await request.body() or b"null")
    md5s = given.get("md5s") if isinstance(given, dict) else None
    if not isinstance(md5s, list) or not all(isinstance(one, str) for one in md5s):
        raise InvalidValue('the body must be {"md5s": [text, …]}')

    def bundle() -> bytes:
        entity = request.path_params["entity"]
        return encode_bundle(request.app.state.artifacts.small_files(request.state.actor, entity, md5s))

    return Response(await run_in_threadpool(bundle), media_type=MEDIA_TYPE)


@access("actor")
async def get_by_md5(request: Request) -> Response:
    """Give bytes by MD5 within an entity: ``/artifacts/{entity}/{hex MD5}``."""
    names = request.path_params
    return await _get_by_md5(request, names["entity"], names["md5"], "", None)


@access("actor")
async def get_by_place(request: Request) -> Response:
    """Give bytes by MD5 within a collection: ``…/[{id}/]{birth id}/{hex MD5}/{name}``."""
    names = request.path_params
    *_ids, md5, name = names["rest"].split("/")
    return await _get_by_md5(request, names["entity"], md5, name, (names["project"], names["collection"]))


async def _get_by_md5(
    request: Request, entity: str, md5: str, name: str, collection: tuple[str, str] | None
) -> Response:
    if not _MD5.fullmatch(md5):
        raise NotFound("there is no such file")
    look = request.app.state.artifacts.open_md5
    size_bytes, source = await run_in_threadpool(look, request.state.actor, entity, md5_base64(md5), collection)
    return await serve(request, name or md5, md5, size_bytes, source)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotFound("there is no such artifact")
    return int(text)
