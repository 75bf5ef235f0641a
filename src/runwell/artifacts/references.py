"""References: paths of a version whose bytes are somewhere else.

What names their content is asked of where they are, of object storage by the library that is there for it
(:mod:`.object_storage`); without one, or with ``checksum=False``, the address itself is the digest. The server never
fetches them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit
from urllib.request import url2pathname

from runwell.wire.errors import CommunicationError, InvalidValue, UsageError, shorten
from runwell.wire.limits import ASK_TIMEOUT_S
from runwell.wire.manifest import md5_base64

from . import object_storage
from .digests import md5_of
from .entries import Entry


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
    is_stored = parts.scheme in object_storage.SCHEMES
    place = object_storage.parts_of(uri)[2] if is_stored else parts.path
    name = path or os.path.basename(place.rstrip("/")) or parts.netloc
    if parts.scheme == "file":
        found = _local(uri, path, name, checksum)
    elif is_stored and checksum:
        found = _stored(uri, path, name)
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
        elif parts.scheme in object_storage.SCHEMES:
            object_storage.fetch(entry, spare)
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


def _stored(uri: str, path: str | None, name: str) -> Iterator[Entry]:
    found = object_storage.objects(uri)
    if found is None:  # without the library the address is all we know
        yield Entry(name, _named(uri), None, uri)
        return
    scheme, bucket, key, version = object_storage.parts_of(uri)
    for one, digest, size, extra in found:
        inside = one[len(key) :].lstrip("/")
        where = name if one == key else f"{path}/{inside}" if path else inside
        yield Entry(where, digest, size, uri if version else f"{scheme}://{bucket}/{one}", extra)


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


def _named(uri: str) -> str:
    """Give the digest of a reference whose content nobody looked at: of its address."""
    return md5_base64(hashlib.md5(uri.encode(), usedforsecurity=False).hexdigest())
