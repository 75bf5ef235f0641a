"""What the catalog gives and takes of artifacts: plain values, one per noun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .records import ProjectRef

SEQUENCE, PORTFOLIO = "sequence", "portfolio"
PENDING, COMMITTED, DELETED = "pending", "committed", "deleted"
LATEST = "latest"


@dataclass(frozen=True, slots=True)
class CollectionRecord:
    """A sequence of versions, or a portfolio of links to versions."""

    id: int
    project: ProjectRef
    kind: str
    type: str
    name: str
    description: str
    tags: list[str]
    created_at: float
    updated_at: float
    deleted_at: float | None = None


@dataclass(frozen=True, slots=True)
class ArtifactRecord:
    """One version: ``collection`` is its sequence, ``version_index`` its number there (None: not committed)."""

    id: int
    collection: CollectionRecord
    version_index: int | None
    state: str
    digest: str
    digest_algorithm: str
    description: str
    metadata: dict[str, Any]
    tags: list[str]
    size_bytes: int
    file_count: int
    ttl_s: int | None
    run_id: int | None
    user_id: int | None
    history_step: int | None
    distributed_id: str | None
    base_id: int | None
    wanted_aliases: list[str]
    created_at: float
    updated_at: float
    committed_at: float | None
    deleted_at: float | None

    @property
    def entity_id(self) -> int:
        """Whose it is."""
        return self.collection.project.entity_id

    @property
    def label(self) -> str:
        """Name and version, as people write them."""
        version = "" if self.version_index is None else f":v{self.version_index}"
        return f"{self.collection.name}{version}"


@dataclass(frozen=True, slots=True)
class MembershipRecord:
    """A version in a collection: in its own sequence, or linked into a portfolio."""

    id: int
    collection: CollectionRecord
    artifact: ArtifactRecord
    version_index: int
    created_at: float
    user_id: int | None = None  # who linked it


@dataclass(frozen=True, slots=True)
class AliasRecord:
    """A name for a version within a collection."""

    collection_id: int
    alias: str
    artifact_id: int


@dataclass(frozen=True, slots=True)
class ManifestRecord:
    """A manifest of a version that is being written, or the whole one of a committed version."""

    id: int
    artifact_id: int
    name: str
    kind: str
    md5: str
    blob_digest: str | None
    size_bytes: int


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """Bytes announced for a version (``blob_digest`` None), or here already."""

    path: str
    md5: str
    blob_digest: str | None
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ArtifactFileRecord:
    """One entry of a committed version; a reference has a ``ref`` and no blob."""

    artifact_id: int
    path: str
    digest: str
    blob_digest: str | None
    size_bytes: int
    ref: str | None


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a listing, and how many there are in all."""

    items: list[Any]
    total: int


@dataclass(frozen=True, slots=True)
class RegistryRecord:
    """A project that holds portfolios, shared by every user or an entity's own.

    ``types``: those it takes; none: every type. ``collections``, ``versions``: how many it holds. ``linkers``: ids of
    the users who linked them; 0: nobody knows who.
    """

    project: ProjectRef
    description: str
    types: list[str]
    collections: int
    versions: int
    created_at: float
    updated_at: float
    linkers: frozenset[int]
