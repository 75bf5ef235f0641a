"""Artifacts logged by hand, one request at a time, for tests that need to stop between two of them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from .serving import ServerProcess

CREATE = """mutation($input: CreateArtifactInput!) {
  createArtifact(input: $input) { artifact { id state versionIndex } }
}"""
MANIFEST = """mutation($id: ID!, $digest: String!, $type: ArtifactManifestType!, $base: ID) {
  createArtifactManifest(input: {artifactID: $id, name: "wandb_manifest.json", digest: $digest, type: $type,
    baseArtifactID: $base, entityName: "", projectName: "", runName: ""}) {
    artifactManifest { id file { uploadUrl } }
  }
}"""
FILES = """mutation($files: [CreateArtifactFileSpecInput!]!) {
  createArtifactFiles(input: {artifactFiles: $files, storageLayout: V2}) {
    files { edges { node { uploadUrl artifact { id } } } }
  }
}"""
BUNDLE = """mutation($files: [CreateArtifactFileSpecInput!]!) {
  createArtifactFiles(input: {artifactFiles: $files, storageLayout: V2}) { missing bundleUrl }
}"""
COMMIT = "mutation($id: ID!) { commitArtifact(input: {artifactID: $id}) { artifact { id state versionIndex digest } } }"


def md5_text(data: bytes) -> str:
    """Give the MD5 as the protocol writes it."""
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def manifest_text(files: Mapping[str, bytes], **entries: Any) -> bytes:
    """Give the manifest of these files, and of further entries as they are."""
    contents: dict[str, Any] = {name: {"digest": md5_text(data), "size": len(data)} for name, data in files.items()}
    return json.dumps(
        {"version": 1, "storagePolicy": "wandb-storage-policy-v1", "contents": contents | entries}
    ).encode()


def digest_text(files: Mapping[str, bytes]) -> str:
    """Give the digest of these files' version."""
    hasher = hashlib.md5(b"wandb-artifact-manifest-v1\n")
    for name in sorted(files):
        hasher.update(f"{name}:{md5_text(files[name])}\n".encode())
    return hasher.hexdigest()


def create(server: ServerProcess, project: str, name: str, digest: str, **more: Any) -> dict[str, Any]:
    """Begin a version; give it as the server answers, which must be without errors."""
    given = {
        "entityName": "local",
        "projectName": project,
        "artifactTypeName": "dataset",
        "artifactCollectionName": name,
        "digest": digest,
        "digestAlgorithm": "MANIFEST_MD5",
        "enableDigestDeduplication": True,
        **more,
    }
    return data_of(server.graphql(CREATE, {"input": given}))["createArtifact"]["artifact"]


def announce(server: ServerProcess, artifact_id: str, files: Mapping[str, bytes]) -> dict[str, str | None]:
    """Announce files; give the path of the address each is to be put to, None: it is there already."""
    specs = [{"artifactID": artifact_id, "name": name, "md5": md5_text(data)} for name, data in files.items()]
    edges = data_of(server.graphql(FILES, {"files": specs}))["createArtifactFiles"]["files"]["edges"]
    urls = [edge["node"]["uploadUrl"] for edge in edges]
    return {name: url and url.removeprefix(server.url) for name, url in zip(files, urls, strict=True)}


def announce_bundle(
    server: ServerProcess, artifact_id: str, files: Mapping[str, bytes]
) -> tuple[list[int], str | None]:
    """Announce files; give which of them are missing, by place, and the path where bundles of them are put."""
    specs = [{"artifactID": artifact_id, "name": name, "md5": md5_text(data)} for name, data in files.items()]
    found = data_of(server.graphql(BUNDLE, {"files": specs}))["createArtifactFiles"]
    return found["missing"], found["bundleUrl"] and found["bundleUrl"].removeprefix(server.url)


def put(server: ServerProcess, path: str, data: bytes) -> int:
    """Put bytes to an issued address; give the status."""
    return server.request("PUT", path, data, key=None)[0]


def put_manifest(
    server: ServerProcess, artifact_id: str, manifest: bytes, kind: str = "FULL", base: str | None = None
) -> int:
    """Announce and put a manifest; give the status."""
    given = {"id": artifact_id, "digest": md5_text(manifest), "type": kind, "base": base}
    answer = data_of(server.graphql(MANIFEST, given))["createArtifactManifest"]["artifactManifest"]
    return put(server, answer["file"]["uploadUrl"].removeprefix(server.url), manifest)


def commit(server: ServerProcess, artifact_id: str) -> dict[str, Any]:
    """Commit a version; give the whole answer."""
    return server.graphql(COMMIT, {"id": artifact_id})


def log_artifact(
    server: ServerProcess, project: str, name: str, files: Mapping[str, bytes], **more: Any
) -> dict[str, Any]:
    """Log a version with these files; give it."""
    version = create(server, project, name, digest_text(files), **more)
    if version["state"] == "COMMITTED":
        return version
    for file, path in announce(server, version["id"], files).items():
        assert path is None or put(server, path, files[file]) == 200
    assert put_manifest(server, version["id"], manifest_text(files)) == 200
    return data_of(commit(server, version["id"]))["commitArtifact"]["artifact"]


def data_of(answer: dict[str, Any]) -> dict[str, Any]:
    """Give the data of an answer, which must have no errors."""
    assert "errors" not in answer, answer
    return answer["data"]
