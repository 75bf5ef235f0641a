"""References: paths of a version whose bytes are somewhere else.

What names their content is asked of where they are, by the library that is there for it (boto3,
google-cloud-storage); without one, or with ``checksum=False``, the address itself is the digest. The server never
fetches them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from runwell.wire.errors import CommunicationError, InvalidValue, UsageError, shorten
from runwell.wire.limits import ASK_TIMEOUT_S
from runwell.wire.manifest import md5_base64

from .digests import md5_of
from .entries import Entry

SCHEMES = ("file", "http", "https", "s3", "gs")


def look_at(uri: str, path: str | None, checksum: bool, max_objects: int) -> Iterator[Entry]:
    """Yield the entries of a reference: one, or those of every object below a directory or prefix.

    Raises:
        InvalidValue: what it points to isn't there, or holds too many objects.
    """
    parts = urlsplit(uri)
    if not parts.scheme or "://" not in uri:
        raise InvalidValue(
            f"reference {shorten(uri)} is no address with a scheme, such as s3://bucket/key or file:// and a path"
        )
    name = path or os.path.basename(parts.path.rstrip("/")) or parts.netloc
    if parts.scheme == "file":
        found = _local(uri, path, name, checksum)
    elif parts.scheme in ("s3", "gs") and checksum:
        found = _stored(uri, parts.scheme, parts.netloc, unquote(parts.path.lstrip("/")), path, name)
    elif parts.scheme in ("http", "https") and checksum:
        found = iter([_served(uri, name)])
    else:
        found = iter([Entry(name, _named(uri), None, uri)])
    for count, entry in enumerate(found, 1):
        if count > max_objects:
            raise InvalidValue(
                f"reference {shorten(uri)} holds more than {max_objects:,} objects; raise max_objects or name a part"
            )
        yield entry


def fetch_reference(entry: Entry, target: str) -> None:
    """Bring what a reference points to here.

    Raises:
        CommunicationError: it isn't there any more, or is another content now.
        UsageError: nobody here knows how to fetch such an address.
    """
    uri = entry.ref or ""
    parts = urlsplit(uri)
    os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
    spare = f"{target}.{os.getpid()}.partial"
    try:
        if parts.scheme == "file":
            _fetch_local(entry, url2pathname(parts.path), spare)
        elif parts.scheme in ("http", "https"):
            _fetch_http(entry, uri, spare)
        elif parts.scheme == "s3":
            _fetch_s3(entry, parts.netloc, unquote(parts.path.lstrip("/")), spare)
        elif parts.scheme == "gs":
            _fetch_gs(entry, parts.netloc, unquote(parts.path.lstrip("/")), spare)
        else:
            raise UsageError(
                f"{entry.path!r} refers to {shorten(uri)}, which can't be fetched here; see entry.ref_target()"
            )
        os.replace(spare, target)
    finally:
        with suppress(OSError):
            os.unlink(spare)


def _local(uri: str, path: str | None, name: str, checksum: bool) -> Iterator[Entry]:
    from .contents import walk

    root = url2pathname(urlsplit(uri).path)
    if os.path.isfile(root):
        yield _local_entry(root, uri, name, checksum)
    elif os.path.isdir(root):
        for file, inside in walk(root):
            yield _local_entry(file, f"{uri.rstrip('/')}/{inside}", f"{path}/{inside}" if path else inside, checksum)
    else:
        raise InvalidValue(f"reference {shorten(uri)} points to no file or directory here")


def _local_entry(file: str, uri: str, name: str, checksum: bool) -> Entry:
    if not checksum:
        return Entry(name, _named(uri), os.path.getsize(file), uri)
    md5, size = md5_of(file)
    return Entry(name, md5_base64(md5), size, uri)


def _served(uri: str, name: str) -> Entry:
    from urllib.request import Request, urlopen

    try:
        # Only http and https come here.
        with urlopen(Request(uri, method="HEAD"), timeout=ASK_TIMEOUT_S) as answer:  # noqa: S310
            length, etag = answer.headers.get("content-length"), answer.headers.get("etag") or ""
    except (OSError, ValueError) as error:
        raise InvalidValue(
            f"reference {shorten(uri)} can't be looked at ({error}); with checksum=False it is kept as it is"
        ) from None
    size = int(length) if length and length.isdigit() else None
    digest = etag[1:-1] if etag[:1] == etag[-1:] == '"' and len(etag) > 2 else etag
    return Entry(name, digest or _named(uri), size, uri, {"etag": etag} if etag else {})


def _stored(uri: str, scheme: str, bucket: str, key: str, path: str | None, name: str) -> Iterator[Entry]:
    found = _s3_objects(bucket, key) if scheme == "s3" else _gs_objects(bucket, key)
    if found is None:  # without the library the address is all we know
        yield Entry(name, _named(uri), None, uri)
        return
    none = True
    for one, digest, size, extra in found:
        none = False
        inside = one[len(key) :].lstrip("/")
        where = name if one == key else f"{path}/{inside}" if path else inside
        yield Entry(where, digest, size, f"{scheme}://{bucket}/{one}", extra)
    if none:
        raise InvalidValue(f"reference {shorten(uri)} points to nothing that this machine's credentials can see")


_Listed = Iterator[tuple[str, str, int, dict[str, Any]]]


def _s3_objects(bucket: str, key: str) -> _Listed | None:
    try:
        import boto3  # type: ignore[import-not-found]
    except ImportError:
        return None

    def listed() -> _Listed:
        client: Any = boto3.client("s3")
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key):
            for one in page.get("Contents") or ():
                if _is_meant(one["Key"], key):
                    etag = one["ETag"].strip('"')
                    yield one["Key"], etag, one["Size"], {"etag": etag}

    return listed()


def _gs_objects(bucket: str, key: str) -> _Listed | None:
    try:
        from google.cloud import storage  # type: ignore[import-not-found]
    except ImportError:
        return None

    def listed() -> _Listed:
        client: Any = storage.Client()
        for one in client.list_blobs(bucket, prefix=key):
            if _is_meant(one.name, key):
                extra = {"versionID": one.generation, "etag": one.etag}
                yield one.name, one.md5_hash or one.etag, one.size, extra

    return listed()


def _is_meant(found: str, key: str) -> bool:
    """``data/train`` means itself and what is below ``data/train/``, not ``data/train2``."""
    return not found.endswith("/") and (found == key or not key or found.startswith(key.rstrip("/") + "/"))


def _fetch_local(entry: Entry, source: str, spare: str) -> None:
    from .objects import copy_file

    try:
        md5, _ = copy_file(source, spare, mode=0o644)
    except OSError as error:
        raise CommunicationError(
            f"{entry.path!r} refers to {shorten(source)}, which can't be read: {error.strerror}"
        ) from None
    if entry.digest not in (md5_base64(md5), _named(entry.ref or "")):
        raise CommunicationError(f"{entry.path!r} refers to {shorten(source)}, which has other contents now")


def _fetch_http(entry: Entry, uri: str, spare: str) -> None:
    from shutil import copyfileobj
    from urllib.request import urlopen

    try:
        # Only http and https come here.
        with urlopen(uri, timeout=ASK_TIMEOUT_S) as answer, open(spare, "wb") as file:  # noqa: S310
            etag = answer.headers.get("etag")
            if entry.extra.get("etag") and etag and etag != entry.extra["etag"]:
                raise CommunicationError(f"{entry.path!r} refers to {shorten(uri)}, which has other contents now")
            copyfileobj(answer, file)
    except (OSError, ValueError) as error:
        raise CommunicationError(f"{entry.path!r} refers to {shorten(uri)}, which can't be fetched: {error}") from None


def _fetch_s3(entry: Entry, bucket: str, key: str, spare: str) -> None:
    try:
        import boto3  # type: ignore[import-not-found]
    except ImportError:
        raise UsageError(f"{entry.path!r} refers to s3://{bucket}/{key}: install boto3 to fetch it") from None
    client: Any = boto3.client("s3")
    head = client.head_object(Bucket=bucket, Key=key)
    if entry.extra.get("etag") and head["ETag"].strip('"') != entry.extra["etag"].strip('"'):
        raise CommunicationError(f"{entry.path!r} refers to s3://{bucket}/{key}, which has other contents now")
    client.download_file(bucket, key, spare)


def _fetch_gs(entry: Entry, bucket: str, key: str, spare: str) -> None:
    try:
        from google.cloud import storage  # type: ignore[import-not-found]
    except ImportError:
        raise UsageError(
            f"{entry.path!r} refers to gs://{bucket}/{key}: install google-cloud-storage to fetch it"
        ) from None
    client: Any = storage.Client()
    blob = client.bucket(bucket).blob(key, generation=entry.extra.get("versionID"))
    blob.download_to_filename(spare)


def _named(uri: str) -> str:
    """Give the digest of a reference whose content nobody looked at: of its address."""
    return md5_base64(hashlib.md5(uri.encode(), usedforsecurity=False).hexdigest())
