"""The manifest of an artifact version: which paths it has, and which bytes each of them is. Pure.

``{"version": 1, "storagePolicy", "storagePolicyConfig", "contents": {path: {"digest": MD5 in base64, "size",
"birthArtifactID"?, "ref"?, "extra"?}}}``. An entry with a ``ref`` is a reference: its bytes are somewhere else, and
nobody here fetches them.

Source: protocol page, section 6; the digest as the official client computes it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import InvalidValue, shorten
from .limits import MAX_ARTIFACT_FILES, MAX_PATH_BYTES
from .names import file_path

VERSION = 1
_DIGEST_HEADER = b"wandb-artifact-manifest-v1\n"
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")
_CONTROL = re.compile("[\\x00-\\x1f\\x7f]")
_MAX_SIZE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One path of a version.

    Attributes:
        digest: MD5 of its bytes in base64; of a reference, whatever names its content.
        size_bytes: None where the manifest doesn't say.
        ref: where a reference points.
        raw: the entry as it stood in the manifest.
    """

    path: str
    digest: str
    size_bytes: int | None
    ref: str | None
    raw: Mapping[str, Any]


def decode_manifest(data: bytes) -> dict[str, ManifestEntry]:
    """Read a manifest.

    Returns:
        Its entries by path.

    Raises:
        InvalidValue: it is no manifest, or has a path that can't be a file's.
    """
    try:
        document = json.loads(data, object_pairs_hook=_pairs)
    except RecursionError:
        raise InvalidValue("the manifest is nested too deep") from None
    except InvalidValue:
        raise
    except ValueError as error:
        raise InvalidValue(f"the manifest is not JSON: {shorten(str(error), 100)}") from None
    if not isinstance(document, dict) or document.get("version") != VERSION:
        version = document.get("version") if isinstance(document, dict) else None
        raise InvalidValue(f"the manifest has version {shorten(version)}; {VERSION} is understood")
    contents = document.get("contents")
    if not isinstance(contents, dict):
        raise InvalidValue("the manifest has no contents")
    if len(contents) > MAX_ARTIFACT_FILES:
        raise InvalidValue(f"the manifest has {len(contents):,} files; at most {MAX_ARTIFACT_FILES:,} are kept")
    return {path: _entry(path, value) for path, value in contents.items()}


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))
        raise InvalidValue(f"the manifest has {shorten(twice)} twice")
    return found


def _entry(path: str, value: Any) -> ManifestEntry:
    file_path(path)
    if not isinstance(value, dict):
        raise InvalidValue(f"the manifest's entry {shorten(path)} is no object")
    digest, size, ref = value.get("digest"), value.get("size"), value.get("ref")
    if not isinstance(digest, str) or not digest or len(digest) > MAX_PATH_BYTES or _CONTROL.search(digest):
        raise InvalidValue(f"the manifest's entry {shorten(path)} has no digest")
    if size is not None and (type(size) is not int or not 0 <= size <= _MAX_SIZE):
        raise InvalidValue(f"the manifest's entry {shorten(path)} has the size {shorten(size)}")
    if ref is None or ref == "":
        return ManifestEntry(path, digest, size, None, value)
    if not isinstance(ref, str) or len(ref) > MAX_PATH_BYTES or not _SCHEME.match(ref) or _CONTROL.search(ref):
        raise InvalidValue(f"the reference {shorten(path)} points to {shorten(ref)}, which is no address with a scheme")
    return ManifestEntry(path, digest, size, ref, value)


def check_paths(paths: Iterable[str]) -> None:
    """Let only those paths go on which can lie in one folder of any machine.

    Raises:
        InvalidValue: one path is a folder of another, or two differ only in letter case or Unicode form.
    """
    folded: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        twin = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
        other = folded.setdefault(twin, path)
        if other != path:
            raise InvalidValue(
                f"the files {shorten(other)} and {shorten(path)} have one name where letter case or Unicode form "
                "don't count; rename one of them"
            )
        above = path.rpartition("/")[0]
        while above and above not in folders:
            folders[above] = path
            above = above.rpartition("/")[0]
    for path in folders:
        if folded.get(unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())) == path:
            raise InvalidValue(
                f"{shorten(path)} is a file, and a folder of {shorten(folders[path])}; rename one of them"
            )


def encode_manifest(entries: Mapping[str, ManifestEntry]) -> bytes:
    """Write the manifest of these entries."""
    document = {
        "version": VERSION,
        "storagePolicy": "wandb-storage-policy-v1",
        "storagePolicyConfig": {"storageLayout": "V2"},
        "contents": {path: entries[path].raw for path in sorted(entries)},
    }
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")


def manifest_digest(entries: Mapping[str, ManifestEntry]) -> str:
    """Give the digest of a version: over its paths in order and their digests."""
    hasher = hashlib.md5(_DIGEST_HEADER, usedforsecurity=False)
    for path in sorted(entries):
        hasher.update(f"{path}:{entries[path].digest}\n".encode())
    return hasher.hexdigest()


def md5_hex(text: object) -> str:
    """Give an MD5 that was written in base64 in hex.

    Raises:
        InvalidValue: it is none.
    """
    try:
        digest = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != 16:
        raise InvalidValue(f"{shorten(text)} is no MD5 in base64")
    return digest.hex()


def md5_base64(text: str) -> str:
    """Give an MD5 that was written in hex in base64.

    Raises:
        InvalidValue: it is none.
    """
    if not re.fullmatch("[0-9a-f]{32}", text):
        raise InvalidValue(f"{shorten(text)} is no MD5 in hex")
    return base64.b64encode(bytes.fromhex(text)).decode()
