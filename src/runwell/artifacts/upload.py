"""A version on its way to a server: begun, its bytes put, its manifest put, committed.

May be repeated after an end at any point: the client's id of the version names it, and what the server has already is
not sent again. Used by sync alone; the trainer only leaves the document and the bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from runwell.client.connection import FILE_CHUNK_BYTES, Connection
from runwell.wire.bundle import MEDIA_TYPE, SmallFile, encode_bundle
from runwell.wire.errors import AuthenticationError, CommunicationError, InvalidValue
from runwell.wire.limits import MAX_BUNDLE_BYTES, MAX_BUNDLE_FILES, MAX_SMALL_FILE_BYTES
from runwell.wire.manifest import (
    ManifestEntry,
    decode_manifest,
    encode_manifest,
    manifest_digest,
    md5_base64,
    md5_hex,
)

from .digests import md5_of

MAX_ANNOUNCED = 2_000  # files of one CreateArtifactFiles request
_REFUSED = 400  # what the server answers to bytes of another digest
_THREADS = 4  # bundles or larger files at once; a large one fills the line alone

_NAMED = """artifact { id state versionIndex digest
      artifactSequence { name latestArtifact { id } project { name entity { name } } } }"""
_CREATE = f"mutation CreateArtifact($input: CreateArtifactInput!) {{ createArtifact(input: $input) {{ {_NAMED} }} }}"
_COMMIT = f"""mutation CommitArtifact($artifactID: ID!) {{
  commitArtifact(input: {{artifactID: $artifactID}}) {{ {_NAMED} }}
}}"""
_MANIFEST = """mutation CreateArtifactManifest($artifactID: ID!, $baseArtifactID: ID, $name: String!, $digest: String!,
  $entityName: String!, $projectName: String!, $runName: String!, $type: ArtifactManifestType!) {
  createArtifactManifest(input: {artifactID: $artifactID, baseArtifactID: $baseArtifactID, name: $name,
    digest: $digest, entityName: $entityName, projectName: $projectName, runName: $runName, type: $type}) {
    artifactManifest { id file { id uploadUrl uploadHeaders } }
  }
}"""
_FILES = """mutation CreateArtifactFiles($input: CreateArtifactFilesInput!) {
  createArtifactFiles(input: $input) { files { edges { node { uploadUrl uploadHeaders } } } }
}"""
_SMALL_FILES = """mutation CreateArtifactFiles($input: CreateArtifactFilesInput!) {
  createArtifactFiles(input: $input) { missing bundleUrl }
}"""


class ArtifactUpload:
    """Delivers one version.

    Args:
        connection: the server.
        run: (entity, project, run id) of the run that logs it, as the server calls them; no run id: a user logs it.
        document: what the trainer left: the fields of CreateArtifact, and the manifest.
        find: gives the file that has the bytes of an MD5 (hex) and size, None without one.
        stopped: tells whether to leave; asked between files.
    """

    def __init__(
        self,
        connection: Connection,
        run: tuple[str, str, str],
        document: Mapping[str, Any],
        find: Callable[[str, int], Path | None],
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._connection = connection
        self._run = run
        self._document = document
        self._find = find
        self._stopped = stopped
        self._base_id: str | None = None  # the version that an incremental one adds to
        self.total_bytes = self.sent_bytes = 0  # of the files that the server lacks, as far as it was asked
        self._counting = Lock()
        self.arrived = 0  # files put by this object: a try that put some wasn't in vain

    def deliver(self) -> dict[str, Any]:
        """Deliver it; give ``id``, ``entity``, ``project``, ``name``, ``version``, ``digest``, ``state``.

        Raises:
            CommunicationError: as it came; ``retryable`` tells whether doing it again may help.
            InvalidValue: the document or the bytes are damaged: it will never be delivered.
        """
        entries = decode_manifest(self._document_manifest())
        made = self._create(manifest_digest(entries))
        if made["state"] != "PENDING" and not self._document.get("distributed_id"):
            return _outcome(made)
        artifact_id, kind = made["id"], self._kind()
        if kind == "INCREMENTAL":
            self._base_id = ((made.get("artifactSequence") or {}).get("latestArtifact") or {}).get("id")
        born = {path: _born(entry, artifact_id) for path, entry in entries.items()}
        manifest_id = self._announce_manifest(artifact_id, kind, "")[0]
        self._send_files(artifact_id, manifest_id, [one for one in entries.values() if _is_ours(one)])
        data = encode_manifest(born)
        self._put_manifest(artifact_id, kind, data)
        if self._document.get("finalize") is False:
            return _outcome(made)
        answer = self._connection.graphql(_COMMIT, {"artifactID": artifact_id})
        return _outcome(_named(answer, "commitArtifact"))

    def _document_manifest(self) -> bytes:
        import json

        return json.dumps(self._document.get("manifest")).encode()

    def _kind(self) -> str:
        if self._document.get("distributed_id"):
            return "PATCH"
        return "INCREMENTAL" if self._document.get("incremental") else "FULL"

    def _create(self, digest: str) -> dict[str, Any]:
        entity, project, run = self._run
        document = self._document
        name = document["name"]
        given: dict[str, Any] = {
            "entityName": entity,
            "projectName": project,
            "runName": run or None,
            "artifactTypeName": document["type"],
            "artifactCollectionName": name,
            "aliases": [{"artifactCollectionName": name, "alias": one} for one in document.get("aliases") or ()],
            "tags": [{"tagName": one} for one in document.get("tags") or ()],
            "digest": digest,
            "digestAlgorithm": "MANIFEST_MD5",
            # What is added to another version, or by several writers, is no version of its own yet.
            "enableDigestDeduplication": self._kind() == "FULL",
            "clientID": document["client_id"],
            "sequenceClientID": document.get("sequence_client_id"),
            "description": document.get("description"),
            "metadata": document.get("metadata"),
            "historyStep": document.get("history_step"),
            "ttlDurationSeconds": document.get("ttl_s"),
            "distributedID": document.get("distributed_id"),
        }
        given = {name: value for name, value in given.items() if value is not None}
        return _named(self._connection.graphql(_CREATE, {"input": given}), "createArtifact")

    def _announce_manifest(self, artifact_id: str, kind: str, md5: str) -> tuple[str, str | None, dict[str, str]]:
        entity, project, run = self._run
        given = {
            "artifactID": artifact_id,
            "baseArtifactID": self._base_id,
            "name": "wandb_manifest.json" if kind == "FULL" else f"wandb_manifest.{kind.lower()}.json",
            "digest": md5,
            "entityName": entity,
            "projectName": project,
            "runName": run,
            "type": kind,
        }
        answer = self._connection.graphql(_MANIFEST, given)
        try:
            manifest = answer["createArtifactManifest"]["artifactManifest"]
            file = manifest["file"]
            return manifest["id"], file.get("uploadUrl"), _headers(file)
        except (TypeError, KeyError):
            raise CommunicationError("the server's answer to CreateArtifactManifest names none") from None

    def _put_manifest(self, artifact_id: str, kind: str, data: bytes) -> None:
        md5 = md5_base64(hashlib.md5(data, usedforsecurity=False).hexdigest())
        _, address, headers = self._announce_manifest(artifact_id, kind, md5)
        if address:
            self._connection.put(address, [data], len(data), headers)

    def _send_files(self, artifact_id: str, manifest_id: str, entries: Sequence[ManifestEntry]) -> None:
        for is_small, document in ((True, _SMALL_FILES), (False, _FILES)):
            some = [one for one in entries if ((one.size_bytes or 0) <= MAX_SMALL_FILE_BYTES) is is_small]
            for start in range(0, len(some), MAX_ANNOUNCED):
                group = some[start : start + MAX_ANNOUNCED]
                specs = [
                    {"artifactID": artifact_id, "artifactManifestID": manifest_id, "name": one.path, "md5": one.digest}
                    for one in group
                ]
                given = {"input": {"artifactFiles": specs, "storageLayout": "V2"}}
                answer = self._connection.graphql(document, given).get("createArtifactFiles")
                try:
                    sendings = list((self._bundles if is_small else self._singles)(group, answer))
                except (TypeError, KeyError, IndexError):
                    raise CommunicationError("the server's answer to CreateArtifactFiles names no addresses") from None
                if sendings:
                    with ThreadPoolExecutor(_THREADS, "runwell-artifact") as pool:
                        for _ in pool.map(lambda send: send(), sendings):
                            pass

    def _singles(self, group: Sequence[ManifestEntry], answer: Any) -> Iterator[Callable[[], None]]:
        wanted: dict[str, tuple[ManifestEntry, dict[str, Any]]] = {}
        for entry, edge in zip(group, answer["files"]["edges"], strict=False):
            if edge["node"].get("uploadUrl"):
                wanted.setdefault(entry.digest, (entry, edge["node"]))
        self.total_bytes += sum(entry.size_bytes or 0 for entry, _ in wanted.values())
        for entry, node in wanted.values():
            yield partial(self._send, entry, node)

    def _bundles(self, group: Sequence[ManifestEntry], answer: Any) -> Iterator[Callable[[], None]]:
        bundle: list[ManifestEntry] = []
        size = 0
        for place in answer["missing"]:
            entry = group[place]
            self.total_bytes += entry.size_bytes or 0
            size += entry.size_bytes or 0
            if bundle and (size > MAX_BUNDLE_BYTES or len(bundle) == MAX_BUNDLE_FILES):
                yield partial(self._send_bundle, bundle, answer["bundleUrl"])
                bundle, size = [], entry.size_bytes or 0
            bundle.append(entry)
        if bundle:
            yield partial(self._send_bundle, bundle, answer["bundleUrl"])

    def _send_bundle(self, entries: Sequence[ManifestEntry], address: str) -> None:
        files: list[SmallFile] = []
        for entry in entries:
            md5, path = self._found(entry)
            try:
                data = path.read_bytes()
            except OSError as error:
                raise InvalidValue(f"the bytes of {entry.path!r} can't be read: {error}") from None
            if hashlib.md5(data, usedforsecurity=False).hexdigest() != md5:
                raise _changed(entry, path)
            files.append(SmallFile(md5, data))
        body = encode_bundle(files)
        with _addressed():
            self._connection.put(address, [body], len(body), {"Content-Type": MEDIA_TYPE})
        self.arrived += len(files)
        self._count(len(body))

    def _found(self, entry: ManifestEntry) -> tuple[str, Path]:
        """Give the MD5 (hex) of a file and where its bytes are.

        Raises:
            InvalidValue: nowhere.
        """
        if self._stopped():
            raise CommunicationError("delivery was asked to leave", retryable=True)
        md5 = md5_hex(entry.digest)
        path = self._find(md5, entry.size_bytes or 0)
        if path is None:
            raise InvalidValue(f"the bytes of {entry.path!r} are no longer here, and the server doesn't have them")
        return md5, path

    def _send(self, entry: ManifestEntry, node: Mapping[str, Any]) -> None:
        md5, path = self._found(entry)
        size = entry.size_bytes or 0
        try:
            with _addressed():
                self._connection.put(node["uploadUrl"], self._counted(_chunks(path, entry)), size, _headers(node))
            self.arrived += 1
        except CommunicationError as error:
            # The server holds the bytes to their digest; whether it is ours that differ is asked where it refuses.
            if error.status == _REFUSED and not self._is_as_logged(path, md5, size):
                raise _changed(entry, path) from None
            raise
        except OSError as error:
            raise InvalidValue(f"the bytes of {entry.path!r} can't be read: {error}") from None

    def _counted(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            yield chunk
            self._count(len(chunk))

    def _count(self, size_bytes: int) -> None:
        with self._counting:  # several threads send; what is sent again is still no more than there is
            self.sent_bytes = min(self.sent_bytes + size_bytes, self.total_bytes)

    @staticmethod
    def _is_as_logged(path: Path, md5: str, size_bytes: int) -> bool:
        """Tell whether a file has its MD5 (hex) and size; one that can't be read is nobody's proof."""
        try:
            return md5_of(str(path)) == (md5, size_bytes)
        except OSError:
            return True


@contextmanager
def _addressed() -> Iterator[None]:
    try:
        yield
    except AuthenticationError as error:  # the address has expired: a new one is asked for
        raise CommunicationError(str(error), retryable=True, status=error.status) from None


def _chunks(path: Path, entry: ManifestEntry) -> Iterator[bytes]:
    """Give the bytes.

    Raises:
        InvalidValue: there are fewer than there were.
    """
    left = entry.size_bytes or 0
    with path.open("rb") as file:
        while left:
            chunk = file.read(min(left, FILE_CHUNK_BYTES))
            if not chunk:
                raise _changed(entry, path)
            left -= len(chunk)
            yield chunk


def _changed(entry: ManifestEntry, path: Path) -> InvalidValue:
    with suppress(OSError):
        path.unlink()
    return InvalidValue(f"the staged bytes of {entry.path!r} aren't those that were logged (the disk changed them)")


def _is_ours(entry: ManifestEntry) -> bool:
    return entry.ref is None and not entry.raw.get("birthArtifactID")


def _born(entry: ManifestEntry, artifact_id: str) -> ManifestEntry:
    if not _is_ours(entry):
        return entry
    raw = {**entry.raw, "birthArtifactID": artifact_id}
    return ManifestEntry(entry.path, entry.digest, entry.size_bytes, None, raw)


def _named(answer: Mapping[str, Any], field: str) -> dict[str, Any]:
    try:
        found = answer[field]["artifact"]
        if found["id"] and found["state"]:
            return found
    except (TypeError, KeyError):
        pass
    raise CommunicationError(f"the server's answer names no artifact ({field})", retryable=True)


def _outcome(made: Mapping[str, Any]) -> dict[str, Any]:
    sequence = made.get("artifactSequence") or {}
    project = sequence.get("project") or {}
    index = made.get("versionIndex")
    return {
        "id": made["id"],
        "state": made["state"],
        "entity": (project.get("entity") or {}).get("name"),
        "project": project.get("name"),
        "name": sequence.get("name"),
        "version": None if index is None else f"v{index}",
        "digest": made.get("digest"),
    }


def _headers(node: Mapping[str, Any]) -> dict[str, str]:
    return dict(line.split(":", 1) for line in node.get("uploadHeaders") or () if ":" in line)
