"""A file on the wire, whoever holds it: a run or a version of an artifact. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileNode:
    """One file.

    Attributes:
        id: on the wire.
        digest: what names its bytes.
        address: where they are served and put, on this server, decoded.
        updated_at: seconds since the epoch.
        md5: in base64, where it is known.
        ref: where a reference points: there are no bytes here then.
        upload_url: where its bytes are to go, if it isn't here yet.
        artifact_id: the version that holds it.
        may_put: whether who asked may have an address to put it to.
    """

    id: str
    path: str
    digest: str
    size_bytes: int
    address: str
    updated_at: float | None = None
    md5: str | None = None
    ref: str | None = None
    upload_url: str | None = None
    artifact_id: int | None = None
    may_put: bool = False
