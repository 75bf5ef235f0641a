"""Collections of artifacts in the catalog: sequences and portfolios, their aliases and those aliases' moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from runwell.server.stores.artifact_records import AliasRecord, CollectionRecord, ListPage
from runwell.server.stores.records import ProjectRef

from .artifact_tables import artifact_alias, artifact_alias_move, artifact_collection, artifact_membership
from .documents import clean_text, insert_if_absent
from .tables import entity, project

COLLECTION = (
    artifact_collection.c.id.label("collection_id"),
    artifact_collection.c.project_id,
    project.c.name.label("project_name"),
    entity.c.name.label("entity_name"),
    project.c.entity_id,
    artifact_collection.c.kind,
    artifact_collection.c.type,
    artifact_collection.c.name.label("collection_name"),
    artifact_collection.c.description.label("collection_description"),
    artifact_collection.c.tags.label("collection_tags"),
    artifact_collection.c.created_at.label("collection_created_at"),
    artifact_collection.c.updated_at.label("collection_updated_at"),
    artifact_collection.c.deleted_at.label("collection_deleted_at"),
)
_WHOLE = (
    select(*COLLECTION)
    .select_from(artifact_collection)
    .join(project, project.c.id == artifact_collection.c.project_id)
    .join(entity, entity.c.id == project.c.entity_id)
)
_ORDERS: dict[str, Any] = {
    "id": artifact_collection.c.id,
    "name": artifact_collection.c.name,
    "type": artifact_collection.c.type,
    "created_at": artifact_collection.c.created_at,
    "updated_at": artifact_collection.c.updated_at,
}
COLLECTION_ORDERS = frozenset(_ORDERS)


def collection_of(row: Any) -> CollectionRecord:
    """Give the collection of a row that has the columns ``COLLECTION``."""
    return CollectionRecord(
        row.collection_id,
        ProjectRef(row.project_id, row.project_name, row.entity_name, row.entity_id),
        row.kind,
        row.type,
        row.collection_name,
        row.collection_description,
        list(row.collection_tags or ()),
        row.collection_created_at,
        row.collection_updated_at,
        row.collection_deleted_at,
    )


class CollectionRows:
    """Rows of tables ``artifact_collection``, ``artifact_alias`` and ``artifact_alias_move``."""

    def find(self, c: Connection, project_id: int, name: str) -> CollectionRecord | None:
        """Find a collection that isn't deleted."""
        chosen = _WHOLE.where(
            artifact_collection.c.project_id == project_id,
            artifact_collection.c.name == name,
            artifact_collection.c.deleted_at.is_(None),
        )
        row = c.execute(chosen).first()
        return collection_of(row) if row else None

    def find_by_id(self, c: Connection, collection_id: int) -> CollectionRecord | None:
        """Find a collection by its id, a deleted one too."""
        row = c.execute(_WHOLE.where(artifact_collection.c.id == collection_id)).first()
        return collection_of(row) if row else None

    def make(
        self, c: Connection, project_id: int, kind: str, type_: str, name: str, description: str, now: float
    ) -> CollectionRecord:
        """Make a collection, or find the one that another server made just now."""
        values = {"project_id": project_id, "kind": kind, "type": type_, "name": name, "tags": [], "next_version": 0}
        values |= {"description": clean_text(description), "created_at": now, "updated_at": now}
        insert_if_absent(c, artifact_collection, values)
        made = self.find(c, project_id, name)
        assert made is not None
        return made

    def change(self, c: Connection, collection_id: int, values: dict[str, Any], now: float) -> None:
        """Replace columns of a collection."""
        chosen = update(artifact_collection).where(artifact_collection.c.id == collection_id)
        c.execute(chosen.values(**values, updated_at=now))

    def delete(self, c: Connection, collection_id: int, now: float) -> None:
        """Hide a collection; its name is free again."""
        self.change(c, collection_id, {"deleted_at": now}, now)
        c.execute(delete(artifact_alias).where(artifact_alias.c.collection_id == collection_id))

    def next_version(self, c: Connection, collection_id: int) -> int:
        """Take the number of the next version."""
        row = artifact_collection.c
        c.execute(update(artifact_collection).where(row.id == collection_id).values(next_version=row.next_version + 1))
        return c.execute(select(row.next_version).where(row.id == collection_id)).scalar_one() - 1

    def list(
        self,
        c: Connection,
        project_id: int,
        type_: str | None = None,
        *,
        order: str = "id",
        descending: bool = True,
        offset: int = 0,
        limit: int | None = None,
    ) -> ListPage:
        """List a project's collections (of one type)."""
        where = [artifact_collection.c.project_id == project_id, artifact_collection.c.deleted_at.is_(None)]
        if type_ is not None:
            where.append(artifact_collection.c.type == type_)
        total = c.execute(select(func.count()).select_from(artifact_collection).where(*where)).scalar_one()
        column = _ORDERS[order]
        first = column.desc() if descending else column.asc()
        chosen = _WHOLE.where(*where).order_by(first, artifact_collection.c.id.desc()).offset(offset)
        rows = c.execute(chosen.limit(limit) if limit is not None else chosen)
        return ListPage([collection_of(row) for row in rows], total)

    def types(self, c: Connection, project_id: int) -> list[dict[str, Any]]:
        """List the types of a project's collections: name, when the first was made, how many there are."""
        row = artifact_collection.c
        chosen = (
            select(row.type, func.min(row.id), func.min(row.created_at), func.count())
            .where(row.project_id == project_id, row.deleted_at.is_(None))
            .group_by(row.type)
            .order_by(row.type)
        )
        return [
            {"id": first, "name": name, "created_at": created_at, "collections": n}
            for name, first, created_at, n in c.execute(chosen)
        ]

    # aliases

    def alias(self, c: Connection, collection_id: int, alias: str) -> int | None:
        """Give the id of the version that an alias names."""
        row = artifact_alias.c
        chosen = select(row.artifact_id).where(row.collection_id == collection_id, row.alias == alias)
        return c.execute(chosen).scalar()

    def aliases(
        self, c: Connection, *, collection_id: int | None = None, artifact_ids: Sequence[int] | None = None
    ) -> list[AliasRecord]:
        """List aliases of a collection, of versions, or of both, by name."""
        row = artifact_alias.c
        chosen = select(row.collection_id, row.alias, row.artifact_id).order_by(row.moved_at, row.alias)
        if collection_id is not None:
            chosen = chosen.where(row.collection_id == collection_id)
        if artifact_ids is not None:
            chosen = chosen.where(row.artifact_id.in_(list(artifact_ids)))
        return [AliasRecord(*found) for found in c.execute(chosen)]

    def move_alias(
        self,
        c: Connection,
        collection_id: int,
        alias: str,
        artifact_id: int | None,
        now: float,
        user_id: int | None = None,
        run_id: int | None = None,
    ) -> bool:
        """Let an alias name this version (None: nothing any more) and note who did it; False: it did already."""
        if self.alias(c, collection_id, alias) == artifact_id:
            return False
        row = artifact_alias.c
        c.execute(delete(artifact_alias).where(row.collection_id == collection_id, row.alias == alias))
        values = {"collection_id": collection_id, "alias": alias, "artifact_id": artifact_id, "moved_at": now}
        index = None
        if artifact_id is not None:
            c.execute(insert(artifact_alias).values(**values))
            of = artifact_membership.c
            held = select(of.version_index).where(of.collection_id == collection_id, of.artifact_id == artifact_id)
            index = c.execute(held).scalar()
        c.execute(insert(artifact_alias_move).values(**values, version_index=index, user_id=user_id, run_id=run_id))
        return True
