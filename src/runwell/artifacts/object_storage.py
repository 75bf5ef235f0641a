"""Objects of S3 and Google Cloud Storage that references point to: looked at and fetched, by boto3 and
google-cloud-storage where the user has them.

A reference pins what it saw: the version or generation where the bucket keeps such, else the ETag. Whatever else the
address has by the time of a download is refused, never given for it.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from runwell.wire.errors import CommunicationError, InvalidValue, UsageError, shorten

from .entries import Entry
from .objects import CHUNK_BYTES

SCHEMES = ("s3", "gs")
_GENERATION = re.compile(r"#(\d+)$")
_clients: dict[tuple[str, str], Any] = {}
_making = threading.Lock()  # boto3's default session makes one client at a time

Found = tuple[str, str, int, dict[str, Any]]  # key, digest, size in bytes, what else names its content


def objects(uri: str) -> Iterator[Found] | None:
    """List the object of an address, or those below it; None: the library for it isn't installed.

    Raises:
        InvalidValue: there is none, or this machine may not see it.
    """
    scheme, bucket, key, version = parts_of(uri)
    client = _client(scheme)
    if client is None:
        return None
    return _looked_at(uri, _s3_found if scheme == "s3" else _gs_found, client, bucket, key, version)


def _looked_at(uri: str, find: Any, client: Any, bucket: str, key: str, version: str) -> Iterator[Found]:
    none = True
    try:
        for found in find(client, bucket, key, version):
            none = False
            yield found
    except _errors(uri) as error:
        raise InvalidValue(
            f"reference {shorten(uri)} can't be looked at ({shorten(str(error), 200)}); "
            "with checksum=False it is kept as it is"
        ) from None
    if none:
        raise InvalidValue(f"reference {shorten(uri)} points to nothing that this machine's credentials can see")


def fetch(entry: Entry, target: str) -> None:
    """Bring the object that a reference points to into a file.

    Raises:
        CommunicationError: it isn't there any more, or has other contents now.
        UsageError: the library for it isn't installed.
    """
    uri = entry.ref or ""
    scheme, bucket, key, version = parts_of(uri)
    client = _client(scheme)
    if client is None:
        library = "boto3" if scheme == "s3" else "google-cloud-storage"
        raise UsageError(f"{entry.path!r} refers to {shorten(uri)}: install {library} to fetch it")
    version = version or str(entry.extra.get("versionID") or "")
    with _told(entry, uri):
        if scheme == "s3":
            _fetch_s3(client, bucket, key, version, entry, target)
        else:
            _fetch_gs(client, bucket, key, version, entry, target)


def parts_of(uri: str) -> tuple[str, str, str, str]:
    """Take an address apart: scheme, bucket, key as it is (never percent-decoded), version ("": whichever is there).

    ``s3://bucket/key?versionId=…`` and ``gs://bucket/key#generation`` name a version.
    """
    scheme, _, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    version = ""
    if scheme == "s3" and "?versionId=" in key:
        key, _, version = key.rpartition("?versionId=")
    elif scheme == "gs" and (found := _GENERATION.search(key)):
        key, version = key[: found.start()], found[1]
    return scheme, bucket, key, version


def _client(scheme: str) -> Any:
    """Give the library's client; None: it isn't installed."""
    # The official client's own variable; boto3 knows AWS_ENDPOINT_URL by itself.
    endpoint = os.environ.get("AWS_S3_ENDPOINT_URL", "") if scheme == "s3" else ""
    with _making:
        if (scheme, endpoint) not in _clients:
            try:
                if scheme == "s3":
                    import boto3  # type: ignore[import-not-found]

                    made: Any = boto3.client("s3", endpoint_url=endpoint or None)
                else:
                    from google.cloud import storage  # type: ignore[import-not-found]

                    made = storage.Client()
            except ImportError:
                return None
            _clients[scheme, endpoint] = made
        return _clients[scheme, endpoint]


def _errors(uri: str) -> tuple[type[Exception], ...]:
    if uri.startswith("s3:"):
        from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-not-found]

        return (BotoCoreError, ClientError)
    from google.api_core.exceptions import GoogleAPIError  # type: ignore[import-not-found]
    from google.auth.exceptions import GoogleAuthError  # type: ignore[import-not-found]

    return (GoogleAPIError, GoogleAuthError, OSError)


@contextmanager
def _told(entry: Entry, uri: str) -> Iterator[None]:
    try:
        yield
    except _errors(uri) as error:
        status = _status(error)
        what = "which can't be fetched"
        if status == 404:
            what = "which isn't there any more"
        elif status == 412:
            what = "which has other contents now"
        raise CommunicationError(
            f"{entry.path!r} refers to {shorten(uri)}, {what}: {shorten(str(error), 200)}"
        ) from None


def _status(error: Exception) -> int:
    answer: Any = getattr(error, "response", None)
    if isinstance(answer, dict):
        return int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
    return int(getattr(error, "code", None) or 0)


def _is_below(found: str, key: str) -> bool:
    """``data/train`` means what is below ``data/train/``, not ``data/train2``."""
    return not found.endswith("/") and (not key or found.startswith(key.rstrip("/") + "/"))


def _s3_found(client: Any, bucket: str, key: str, version: str) -> Iterator[Found]:
    from botocore.exceptions import ClientError  # type: ignore[import-not-found]

    if key and not key.endswith("/"):
        try:
            head = client.head_object(Bucket=bucket, Key=key, **({"VersionId": version} if version else {}))
        except ClientError as error:
            if version or _status(error) != 404:
                raise
        else:
            etag, kept = head["ETag"].strip('"'), head.get("VersionId")
            extra = {"etag": etag, **({"versionID": kept} if kept and kept != "null" else {})}
            yield key, etag, head["ContentLength"], extra
            return
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key):
        for one in page.get("Contents") or ():
            if _is_below(one["Key"], key):
                etag = one["ETag"].strip('"')
                yield one["Key"], etag, one["Size"], {"etag": etag}


def _fetch_s3(client: Any, bucket: str, key: str, version: str, entry: Entry, target: str) -> None:
    wanted: dict[str, Any] = {"Bucket": bucket, "Key": key}
    if version:
        wanted["VersionId"] = version
    if etag := str(entry.extra.get("etag") or "").strip('"'):
        wanted["IfMatch"] = f'"{etag}"'
    try:
        answer = client.get_object(**wanted)
    except _errors("s3:") as error:
        # A listing names no versions, so a reference to what is below a prefix has only its ETag to be found by.
        older = None if version or not etag or _status(error) not in (404, 412) else _s3_version(client, wanted, etag)
        if older is None:
            raise
        answer = client.get_object(**wanted, VersionId=older)
    with open(target, "wb") as file:
        for piece in answer["Body"].iter_chunks(CHUNK_BYTES):
            file.write(piece)


def _s3_version(client: Any, wanted: dict[str, Any], etag: str) -> str | None:
    """Find the newest version of an object with an ETag among the last thousand; None: the bucket keeps none."""
    try:
        page = client.list_object_versions(Bucket=wanted["Bucket"], Prefix=wanted["Key"])
    except _errors("s3:"):  # looking at versions is a right of its own; what was said before says more
        return None
    for one in page.get("Versions") or ():
        if one["Key"] == wanted["Key"] and one["ETag"].strip('"') == etag:
            return one["VersionId"]
    return None


def _gs_found(client: Any, bucket: str, key: str, version: str) -> Iterator[Found]:
    if key and not key.endswith("/"):
        one = client.bucket(bucket).get_blob(key, generation=int(version) if version else None)
        if one is not None or version:
            if one is not None:
                yield _gs_one(one)
            return
    for one in client.list_blobs(bucket, prefix=key):
        if _is_below(one.name, key):
            yield _gs_one(one)


def _gs_one(one: Any) -> Found:
    return one.name, one.md5_hash or one.etag, one.size, {"versionID": one.generation, "etag": one.etag}


def _fetch_gs(client: Any, bucket: str, key: str, version: str, entry: Entry, target: str) -> None:
    blob = client.bucket(bucket).blob(key, generation=int(version) if version else None)
    blob.download_to_filename(target)
    if not version and entry.extra.get("etag") and blob.etag and blob.etag != entry.extra["etag"]:
        raise CommunicationError(f"{entry.path!r} refers to {shorten(entry.ref)}, which has other contents now")
