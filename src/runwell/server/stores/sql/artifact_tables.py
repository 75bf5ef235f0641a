"""The artifact tables: collections, versions, what is in them, names for them, who made and used them.

A collection is a sequence (versions that runs logged under one name) or a portfolio (links to versions of
any sequence). An artifact becomes a version, with a membership in its sequence, when it is committed;
before that nobody but its writer sees it. Its files are rows of ``artifact_file`` from then on; until then
the bytes that came are rows of ``artifact_upload``.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from .tables import Document, RowId, metadata

artifact_collection = Table(
    "artifact_collection",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("kind", String(16), nullable=False),  # sequence | portfolio
    Column("type", String(128), nullable=False),  # dataset, model, run_table, …
    Column("name", String(256), nullable=False),  # logged tables: run-<run id>-<key>
    Column("description", Text, nullable=False, default=""),
    Column("tags", Document, nullable=False, default=list),
    Column("next_version", Integer, nullable=False, default=0),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Column("deleted_at", Float),
)
Index(  # a deleted collection's name is free again
    "ix_artifact_collection_name",
    artifact_collection.c.project_id,
    artifact_collection.c.name,
    unique=True,
    sqlite_where=artifact_collection.c.deleted_at.is_(None),
    postgresql_where=artifact_collection.c.deleted_at.is_(None),
)

artifact = Table(
    "artifact",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("collection_id", ForeignKey("artifact_collection.id"), nullable=False),  # its sequence
    Column("state", String(16), nullable=False),  # pending | committed | deleted
    Column("digest", String(128), nullable=False),  # of the manifest, as the client computes it
    Column("digest_algorithm", String(32), nullable=False),
    Column("description", Text, nullable=False, default=""),
    Column("metadata", Document, nullable=False, default=dict),
    Column("tags", Document, nullable=False, default=list),
    Column("size_bytes", BigInteger, nullable=False, default=0),
    Column("file_count", BigInteger, nullable=False, default=0),
    Column("ttl_s", BigInteger),  # null: kept for ever
    Column("run_id", BigInteger),  # which run logged it; that run may be deleted since
    Column("user_id", ForeignKey("user_account.id")),
    Column("history_step", BigInteger),
    Column("distributed_id", String(128)),  # several writers of one version
    Column("base_id", BigInteger),  # an incremental version's base
    Column("wanted_aliases", Document, nullable=False, default=list),  # given at the commit
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Column("committed_at", Float),
    Column("deleted_at", Float),
    Index("ix_artifact_digest", "collection_id", "digest"),
    Index("ix_artifact_run", "run_id"),
    Index("ix_artifact_state", "state", "updated_at"),
)

artifact_client = Table(  # what clients call a version, or its sequence, before the server named it; rows refer to it
    "artifact_client",
    metadata,
    Column("client_id", String(128), primary_key=True),
    Column("artifact_id", ForeignKey("artifact.id"), primary_key=True, index=True),
    Column("is_sequence", Boolean, nullable=False, default=False),
)

artifact_manifest = Table(
    "artifact_manifest",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("artifact_id", ForeignKey("artifact.id"), nullable=False, index=True),
    Column("name", String(128), nullable=False),
    Column("kind", String(16), nullable=False),  # FULL | INCREMENTAL | PATCH
    Column("md5", String(64), nullable=False, default=""),  # announced, base64
    Column("blob_digest", String(64), index=True),  # SHA-256, hex; null: not uploaded yet
    Column("size_bytes", BigInteger, nullable=False, default=0),
    Column("created_at", Float, nullable=False),
)

artifact_upload = Table(  # bytes that came for a version not yet committed
    "artifact_upload",
    metadata,
    Column("artifact_id", ForeignKey("artifact.id"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("md5", String(64), nullable=False),  # announced, base64
    Column("blob_digest", String(64), index=True),  # SHA-256, hex; null: announced, not here yet
    Column("size_bytes", BigInteger, nullable=False, default=0),
    Index("ix_artifact_upload_md5", "artifact_id", "md5"),  # by which bytes that come find their paths
)

artifact_file = Table(
    "artifact_file",
    metadata,
    Column("artifact_id", ForeignKey("artifact.id"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("digest", Text, nullable=False),  # the manifest's: MD5 in base64, or a reference's own checksum
    Column("blob_digest", String(64), index=True),  # SHA-256, hex; null: a reference
    Column("size_bytes", BigInteger, nullable=False, default=0),
    Column("ref", Text),  # where a reference points; the server never fetches it
)
Index("ix_artifact_file_digest", artifact_file.c.digest)  # bytes that are here already are not asked for again

artifact_membership = Table(  # a version in a collection: of its own sequence, or linked into a portfolio
    "artifact_membership",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("collection_id", ForeignKey("artifact_collection.id"), nullable=False),
    Column("artifact_id", ForeignKey("artifact.id"), nullable=False, index=True),
    Column("version_index", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("user_id", BigInteger),  # who linked it
    UniqueConstraint("collection_id", "version_index"),
    UniqueConstraint("collection_id", "artifact_id"),
)

artifact_alias = Table(
    "artifact_alias",
    metadata,
    Column("collection_id", ForeignKey("artifact_collection.id"), primary_key=True),
    Column("alias", String(128), primary_key=True),
    Column("artifact_id", ForeignKey("artifact.id"), nullable=False, index=True),
    Column("moved_at", Float, nullable=False),
)

artifact_alias_move = Table(  # who made an alias name what, when; artifact null: the alias was removed
    "artifact_alias_move",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("collection_id", ForeignKey("artifact_collection.id"), nullable=False, index=True),
    Column("alias", String(128), nullable=False),
    Column("artifact_id", BigInteger),
    Column("version_index", Integer),  # its number in the collection then: a link may be gone since
    Column("user_id", ForeignKey("user_account.id")),
    Column("run_id", BigInteger),
    Column("moved_at", Float, nullable=False),
)

registry_type = Table(  # which types a registry takes; no row: every type
    "registry_type",
    metadata,
    Column("project_id", ForeignKey("project.id"), primary_key=True),
    Column("type", String(128), primary_key=True),
)

artifact_use = Table(  # lineage: which run read which version
    "artifact_use",
    metadata,
    Column("artifact_id", ForeignKey("artifact.id"), primary_key=True),
    Column("run_id", ForeignKey("run.id"), primary_key=True, index=True),
    Column("used_as", Text),
    Column("used_at", Float, nullable=False),
)
