"""A version on its way, on the wire: begun, announced, committed; and declared as read by a run."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType
from graphql import GraphQLResolveInfo

from runwell.server.domain.new_version import NewVersion
from runwell.server.routes.wandb.artifact_bytes import bundle_address, manifest_address, upload_address
from runwell.server.stores.artifact_records import ManifestRecord
from runwell.wire.errors import InvalidValue
from runwell.wire.manifest import md5_hex

from .artifacts import notify
from .file_nodes import FileNode
from .node_ids import decode_id, encode_id

mutation = MutationType()
BINDINGS = (mutation,)


@mutation.field("createArtifact")
def _create(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    name = input.get("artifactCollectionName") or next(iter(input.get("artifactCollectionNames") or ()), "")
    aliases = [
        one["alias"] for one in input.get("aliases") or () if one["artifactCollectionName"] in (name, name or None)
    ]
    new = NewVersion(
        entity=input["entityName"],
        project=input["projectName"],
        run=input.get("runName"),
        type=input["artifactTypeName"],
        name=name,
        digest=input["digest"],
        digest_algorithm=input["digestAlgorithm"],
        aliases=aliases,
        tags=[one["tagName"] for one in input.get("tags") or ()],
        description=input.get("description"),
        metadata=input.get("metadata"),
        ttl_s=input.get("ttlDurationSeconds"),
        history_step=input.get("historyStep"),
        client_id=input.get("clientID"),
        sequence_client_id=input.get("sequenceClientID"),
        distributed_id=input.get("distributedID"),
        deduplicates=bool(input.get("enableDigestDeduplication")),
    )
    version = info.context["state"].artifact_uploads.begin(info.context["actor"], new)
    return {"artifact": version, "clientMutationId": input.get("clientMutationId")}


@mutation.field("createArtifactManifest")
def _create_manifest(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    base = input.get("baseArtifactID")
    manifest = info.context["state"].artifact_uploads.announce_manifest(
        info.context["actor"],
        decode_id("Artifact", input["artifactID"]),
        input["name"],
        input.get("type") or "FULL",
        input["digest"],
        decode_id("Artifact", base) if base else None,
    )
    return _manifest_payload(info, input, manifest)


@mutation.field("updateArtifactManifest")
def _update_manifest(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    manifest = info.context["state"].artifact_uploads.update_manifest(
        info.context["actor"], decode_id("ArtifactManifest", input["artifactManifestID"]), input.get("digest") or ""
    )
    return _manifest_payload(info, input, manifest)


def _manifest_payload(info: GraphQLResolveInfo, given: dict[str, Any], manifest: ManifestRecord) -> dict[str, Any]:
    url = None
    if manifest.md5:
        address = manifest_address(manifest.id, md5_hex(manifest.md5))
        url = info.context["origin"] + info.context["state"].signed.issue("PUT", address)
    file_id = encode_id("ArtifactManifestFile", manifest.id)
    file = FileNode(file_id, manifest.name, manifest.md5, manifest.size_bytes, "", upload_url=url)
    node = {"id": encode_id("ArtifactManifest", manifest.id), "file": file}
    return {"artifactManifest": node, "clientMutationId": given.get("clientMutationId")}


@mutation.field("createArtifactFiles")
def _create_files(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    context = info.context
    wanted = [(decode_id("Artifact", one["artifactID"]), one["name"], one["md5"]) for one in input["artifactFiles"]]
    known = context["state"].artifact_uploads.announce_files(context["actor"], wanted)
    missing = {
        (one[0], one[2]): n for n, (one, there) in enumerate(zip(wanted, known, strict=True)) if not there.blob_digest
    }

    def issue(address: str) -> str:
        return context["origin"] + context["state"].signed.issue("PUT", address)

    def files(_: Any) -> dict[str, Any]:
        edges = []
        for n, ((artifact_id, path, md5), there) in enumerate(zip(wanted, known, strict=True)):
            url = None if there.blob_digest else issue(upload_address(artifact_id, md5_hex(md5)))
            file_id = encode_id("ArtifactUpload", f"{artifact_id}:{path}")
            file = FileNode(file_id, path, md5, there.size_bytes, "", upload_url=url, artifact_id=artifact_id)
            edges.append({"node": file, "cursor": str(n + 1)})
        page_info = {"endCursor": str(len(edges)), "hasNextPage": False, "hasPreviousPage": False}
        return {"edges": edges, "pageInfo": page_info, "totalCount": len(edges)}

    versions = {artifact_id for artifact_id, _ in missing}
    return {
        "files": files,
        "missing": sorted(missing.values()),
        # An address is good for one version.
        "bundleUrl": issue(bundle_address(versions.pop())) if len(versions) == 1 else None,
        "clientMutationId": input.get("clientMutationId"),
    }


@mutation.field("completeMultipartUploadArtifact")
def _complete_multipart(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> None:  # noqa: A002
    raise InvalidValue("this server takes a file of an artifact in one request; no upload in parts was begun")


@mutation.field("commitArtifact")
def _commit(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    state, actor = info.context["state"], info.context["actor"]
    version = state.artifact_commits.commit(actor, decode_id("Artifact", input["artifactID"]))
    notify(info, version)
    return {"artifact": version, "clientMutationId": input.get("clientMutationId")}


@mutation.field("useArtifact")
def _use(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    state, actor = info.context["state"], info.context["actor"]
    run = state.runs.find(actor, input["entityName"] or actor.entity, input["projectName"], input["runName"])
    version = state.artifacts.use(actor, decode_id("Artifact", input["artifactID"]), run, input.get("usedAs"))
    state.live.notify(run, {"artifacts"})
    return {"artifact": version, "clientMutationId": input.get("clientMutationId")}
