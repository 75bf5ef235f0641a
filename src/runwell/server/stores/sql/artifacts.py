"""Versions of artifacts in the catalog, and which collections they are in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from runwell.server.stores.artifact_records import (
    COMMITTED,
    PENDING,
    PORTFOLIO,
    ArtifactRecord,
    CollectionRecord,
    ListPage,
    MembershipRecord,
)

from .artifact_collections import COLLECTION, collection_of
from .artifact_tables import artifact, artifact_client, artifact_collection, artifact_membership
from .documents import clean_text, extended_document, insert_if_absent, strict_document
from .tables import entity, project, user

_OWN = artifact_membership.alias("own")  # a version's membership in its own sequence
_ARTIFACT = (
    artifact.c.id,
    _OWN.c.version_index.label("own_index"),
    artifact.c.state,
    artifact.c.digest,
    artifact.c.digest_algorithm,
    artifact.c.description,
    artifact.c.metadata,
    artifact.c.tags,
    artifact.c.size_bytes,
    artifact.c.file_count,
    artifact.c.ttl_s,
    artifact.c.run_id,
    artifact.c.user_id,
    artifact.c.history_step,
    artifact.c.distributed_id,
    artifact.c.base_id,
    artifact.c.wanted_aliases,
    artifact.c.created_at,
    artifact.c.updated_at,
    artifact.c.committed_at,
    artifact.c.deleted_at,
)
_JOINED = (
    artifact.join(artifact_collection, artifact_collection.c.id == artifact.c.collection_id)
    .join(project, project.c.id == artifact_collection.c.project_id)
    .join(entity, entity.c.id == project.c.entity_id)
    .outerjoin(_OWN, and_(_OWN.c.artifact_id == artifact.c.id, _OWN.c.collection_id == artifact.c.collection_id))
)
_WHOLE = select(*_ARTIFACT, *COLLECTION).select_from(_JOINED)
_ORDERS: dict[str, Any] = {
    "version_index": artifact_membership.c.version_index,
    "created_at": artifact.c.created_at,
    "updated_at": artifact.c.updated_at,
    "size": artifact.c.size_bytes,
}
VERSION_ORDERS = frozenset(_ORDERS)


class ArtifactRows:
    """Rows of tables ``artifact``, ``artifact_client`` and ``artifact_membership``."""

    def find(self, c: Connection, artifact_id: int) -> ArtifactRecord | None:
        """Find a version by its id, a pending or deleted one too."""
        row = c.execute(_WHOLE.where(artifact.c.id == artifact_id)).first()
        return _record(row) if row else None

    def find_many(self, c: Connection, ids: Sequence[int]) -> list[ArtifactRecord]:
        """Find versions by id, in the order given, leaving out unknown ones."""
        rows = {row.id: _record(row) for row in c.execute(_WHOLE.where(artifact.c.id.in_(list(ids))))}
        return [rows[found] for found in ids if found in rows]

    def with_digest(self, c: Connection, collection_id: int, digest: str) -> ArtifactRecord | None:
        """Find the newest committed version of a sequence that has this digest."""
        chosen = _WHOLE.where(
            artifact.c.collection_id == collection_id, artifact.c.digest == digest, artifact.c.state == COMMITTED
        )
        row = c.execute(chosen.order_by(artifact.c.id.desc()).limit(1)).first()
        return _record(row) if row else None

    def distributed(self, c: Connection, collection_id: int, distributed_id: str) -> ArtifactRecord | None:
        """Find the version that several writers make together."""
        chosen = _WHOLE.where(
            artifact.c.collection_id == collection_id,
            artifact.c.distributed_id == distributed_id,
            artifact.c.state == PENDING,
        )
        row = c.execute(chosen.order_by(artifact.c.id).limit(1)).first()
        return _record(row) if row else None

    def insert(self, c: Connection, values: dict[str, Any]) -> int:
        """Insert a version (metadata: extended data); return its id."""
        made = c.execute(insert(artifact).values(**_columns(values))).inserted_primary_key
        assert made is not None
        return made[0]

    def change(self, c: Connection, artifact_id: int, values: dict[str, Any]) -> None:
        """Replace columns of a version (metadata: extended data)."""
        c.execute(update(artifact).where(artifact.c.id == artifact_id).values(**_columns(values)))

    # clients' own names

    def named_by_client(self, c: Connection, client_id: str, is_sequence: bool = False) -> list[ArtifactRecord]:
        """Find the versions that a client calls (or whose sequence it calls) by this id, newest first."""
        row = artifact_client.c
        chosen = select(row.artifact_id).where(row.client_id == client_id, row.is_sequence == is_sequence)
        return self.find_many(c, list(c.execute(chosen.order_by(row.artifact_id.desc()).limit(16)).scalars()))

    def name_by_client(self, c: Connection, client_id: str, artifact_id: int, is_sequence: bool = False) -> None:
        """Keep what a client calls a version, or its sequence."""
        values = {"client_id": client_id, "artifact_id": artifact_id, "is_sequence": is_sequence}
        insert_if_absent(c, artifact_client, values)

    # memberships

    def add_member(
        self,
        c: Connection,
        collection_id: int,
        artifact_id: int,
        index: int,
        now: float,
        user_id: int | None = None,
    ) -> None:
        """Put a version into a collection, and note who linked it."""
        values = {"collection_id": collection_id, "artifact_id": artifact_id, "version_index": index}
        c.execute(insert(artifact_membership).values(**values, created_at=now, user_id=user_id))

    def remove_member(self, c: Connection, collection_id: int, artifact_id: int) -> bool:
        """Take a version out of a collection; tell whether it was in it."""
        row = artifact_membership.c
        chosen = delete(artifact_membership).where(row.collection_id == collection_id, row.artifact_id == artifact_id)
        return bool(c.execute(chosen).rowcount)

    def member(
        self,
        c: Connection,
        collection: CollectionRecord,
        *,
        artifact_id: int | None = None,
        version_index: int | None = None,
        newest: bool = False,
    ) -> MembershipRecord | None:
        """Find a committed version in a collection: by its id, by its number there, or the newest."""
        row = artifact_membership.c
        chosen = select(row.id, row.artifact_id, row.version_index, row.created_at, row.user_id)
        chosen = chosen.join(artifact, artifact.c.id == row.artifact_id)
        chosen = chosen.where(row.collection_id == collection.id, artifact.c.state == COMMITTED)
        if artifact_id is not None:
            chosen = chosen.where(row.artifact_id == artifact_id)
        if version_index is not None:
            chosen = chosen.where(row.version_index == version_index)
        if newest:
            chosen = chosen.order_by(row.version_index.desc())
        found = c.execute(chosen.limit(1)).first()
        if found is None:
            return None
        version = self.find(c, found.artifact_id)
        assert version is not None
        return MembershipRecord(found.id, collection, version, found.version_index, found.created_at, found.user_id)

    def members(
        self,
        c: Connection,
        collection: CollectionRecord,
        *,
        order: str = "version_index",
        descending: bool = True,
        offset: int = 0,
        limit: int | None = None,
        entity_ids: frozenset[int] | None = None,
    ) -> ListPage:
        """List the committed versions in a collection (those that these entities own)."""
        row = artifact_membership.c
        joined = artifact_membership.join(artifact, artifact.c.id == row.artifact_id)
        where = [row.collection_id == collection.id, artifact.c.state == COMMITTED]
        if entity_ids is not None:
            joined = joined.join(artifact_collection, artifact_collection.c.id == artifact.c.collection_id)
            joined = joined.join(project, project.c.id == artifact_collection.c.project_id)
            where.append(project.c.entity_id.in_(sorted(entity_ids)))
        total = c.execute(select(func.count()).select_from(joined).where(*where)).scalar_one()
        first = _ORDERS[order].desc() if descending else _ORDERS[order].asc()
        chosen = select(row.id, row.artifact_id, row.version_index, row.created_at, row.user_id)
        chosen = chosen.select_from(joined).where(*where)
        chosen = chosen.order_by(first, row.version_index.desc()).offset(offset)
        rows = c.execute(chosen.limit(limit) if limit is not None else chosen).all()
        versions = {found.id: found for found in self.find_many(c, [one.artifact_id for one in rows])}
        items = [
            MembershipRecord(
                one.id, collection, versions[one.artifact_id], one.version_index, one.created_at, one.user_id
            )
            for one in rows
        ]
        return ListPage(items, total)

    def counts(self, c: Connection, collection_ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
        """Count the committed versions in collections, and give the highest number and the bytes of all."""
        row = artifact_membership.c
        chosen = (
            select(
                row.collection_id,
                func.count(),
                func.max(row.version_index),
                func.coalesce(func.sum(artifact.c.size_bytes), 0),
            )
            .join(artifact, artifact.c.id == row.artifact_id)
            .where(row.collection_id.in_(list(collection_ids)), artifact.c.state == COMMITTED)
            .group_by(row.collection_id)
        )
        return {found[0]: (found[1], found[2], int(found[3])) for found in c.execute(chosen)}

    def memberships(self, c: Connection, version: ArtifactRecord) -> list[MembershipRecord]:
        """List the collections that hold a version, its own sequence first."""
        row = artifact_membership.c
        chosen = (
            select(row.id, row.version_index, row.created_at, *COLLECTION)
            .select_from(
                artifact_membership.join(artifact_collection, artifact_collection.c.id == row.collection_id)
                .join(project, project.c.id == artifact_collection.c.project_id)
                .join(entity, entity.c.id == project.c.entity_id)
            )
            .where(row.artifact_id == version.id, artifact_collection.c.deleted_at.is_(None))
            .order_by(row.id)
        )
        return [
            MembershipRecord(found.id, collection_of(found), version, found.version_index, found.created_at)
            for found in c.execute(chosen)
        ]

    def links(
        self, c: Connection, *, artifact_id: int | None = None, sequence_id: int | None = None, limit: int | None = None
    ) -> list[tuple[CollectionRecord, int, int]]:
        """List where a version, or those of a sequence, are linked: (portfolio, number there, version's id)."""
        row = artifact_membership.c
        chosen = (
            select(row.version_index, row.artifact_id, *COLLECTION)
            .select_from(
                artifact_membership.join(artifact_collection, artifact_collection.c.id == row.collection_id)
                .join(project, project.c.id == artifact_collection.c.project_id)
                .join(entity, entity.c.id == project.c.entity_id)
                .join(artifact, artifact.c.id == row.artifact_id)
            )
            .where(
                artifact_collection.c.kind == PORTFOLIO,
                artifact_collection.c.deleted_at.is_(None),
                artifact.c.state == COMMITTED,
            )
            .order_by(row.id)
        )
        if artifact_id is not None:
            chosen = chosen.where(row.artifact_id == artifact_id)
        if sequence_id is not None:
            chosen = chosen.where(artifact.c.collection_id == sequence_id)
        return [
            (collection_of(found), found.version_index, found.artifact_id) for found in c.execute(chosen.limit(limit))
        ]

    def with_state(self, c: Connection, collection_id: int, *states: str) -> list[int]:
        """List the ids of a sequence's own versions in these states."""
        row = artifact.c
        chosen = select(row.id).where(row.collection_id == collection_id, row.state.in_(states))
        return list(c.execute(chosen.order_by(row.id)).scalars())

    def user_name(self, c: Connection, user_id: int) -> str | None:
        """Give a user's name."""
        return c.execute(select(user.c.name).where(user.c.id == user_id)).scalar()

    def expired(self, c: Connection, now: float, limit: int) -> list[ArtifactRecord]:
        """List committed versions whose time to live is over."""
        row = artifact.c
        chosen = _WHOLE.where(row.state == COMMITTED, row.ttl_s > 0, row.committed_at + row.ttl_s < now)
        return [_record(found) for found in c.execute(chosen.order_by(row.id).limit(limit))]


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    values = dict(values)
    if "metadata" in values:
        values["metadata"] = strict_document(values["metadata"])
    if "description" in values:
        values["description"] = clean_text(values["description"])
    return values


def _record(row: Any) -> ArtifactRecord:
    values = {column.name: getattr(row, column.name) for column in _ARTIFACT if column is not _ARTIFACT[1]}
    values["metadata"] = extended_document(row.metadata)
    values["tags"] = list(row.tags or ())
    values["wanted_aliases"] = list(row.wanted_aliases or ())
    return ArtifactRecord(collection=collection_of(row), version_index=row.own_index, **values)
