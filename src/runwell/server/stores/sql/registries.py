"""Registries in the catalog: which projects are registries, what they hold, which types they take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from runwell.server.stores.artifact_records import COMMITTED, LATEST, PORTFOLIO, ListPage, RegistryRecord
from runwell.server.stores.records import ProjectRef
from runwell.wire.names import MODEL_REGISTRY, REGISTRY_ENTITY

from .artifact_collections import COLLECTION, collection_of
from .artifact_tables import (
    artifact,
    artifact_alias,
    artifact_alias_move,
    artifact_collection,
    artifact_membership,
    artifact_use,
    registry_type,
)
from .tables import entity, project, run, user

_COLUMNS = (
    project.c.id,
    project.c.name,
    entity.c.name.label("entity"),
    project.c.entity_id,
    project.c.description,
    project.c.created_at,
    project.c.active_at,
)
_PLACED = project.join(entity, entity.c.id == project.c.entity_id)
_HELD = artifact_collection.c.kind == PORTFOLIO, artifact_collection.c.deleted_at.is_(None)
_IS_REGISTRY = or_(  # an entity's own is one as soon as something is linked there
    entity.c.name == REGISTRY_ENTITY,
    (project.c.name == MODEL_REGISTRY)
    & select(artifact_collection.c.id).where(artifact_collection.c.project_id == project.c.id, *_HELD).exists(),
)
_COLLECTION_ORDERS: dict[str, Any] = {
    "id": artifact_collection.c.id,
    "name": artifact_collection.c.name,
    "created_at": artifact_collection.c.created_at,
    "updated_at": artifact_collection.c.updated_at,
}


class RegistryRows:
    """Reads over ``project`` and its portfolios; rows of table ``registry_type``."""

    def list(self, c: Connection, entity_ids: frozenset[int] | None) -> list[RegistryRecord]:
        """List registries by name, the shared ones first.

        Args:
            entity_ids: only of these entities; None for all.
        """
        chosen = select(*_COLUMNS).select_from(_PLACED).where(project.c.deleted_at.is_(None), _IS_REGISTRY)
        if entity_ids is not None:
            chosen = chosen.where(project.c.entity_id.in_(sorted(entity_ids)))
        rows = c.execute(chosen.order_by(entity.c.name != REGISTRY_ENTITY, entity.c.name, project.c.name)).all()
        return self._records(c, rows)

    def find(self, c: Connection, ref: ProjectRef) -> RegistryRecord | None:
        """Find the registry that a project is."""
        chosen = select(*_COLUMNS).select_from(_PLACED).where(project.c.id == ref.id, _IS_REGISTRY)
        return next(iter(self._records(c, c.execute(chosen).all())), None)

    def _records(self, c: Connection, rows: Sequence[Any]) -> list[RegistryRecord]:
        ids = [row.id for row in rows]
        here = artifact_collection.c.project_id.in_(ids)
        collections = {
            found[0]: (found[1], found[2])
            for found in c.execute(
                select(artifact_collection.c.project_id, func.count(), func.max(artifact_collection.c.updated_at))
                .where(here, *_HELD)
                .group_by(artifact_collection.c.project_id)
            )
        }
        versions: dict[int, int] = {
            found[0]: found[1]
            for found in c.execute(
                select(artifact_collection.c.project_id, func.count())
                .select_from(
                    artifact_collection.join(
                        artifact_membership, artifact_membership.c.collection_id == artifact_collection.c.id
                    ).join(artifact, artifact.c.id == artifact_membership.c.artifact_id)
                )
                .where(here, *_HELD, artifact.c.state == COMMITTED)
                .group_by(artifact_collection.c.project_id)
            )
        }
        linkers: dict[int, set[int]] = {}
        linked = artifact_collection.join(
            artifact_membership, artifact_membership.c.collection_id == artifact_collection.c.id
        )
        chosen = select(artifact_collection.c.project_id, artifact_membership.c.user_id).select_from(linked)
        for project_id, user_id in c.execute(chosen.where(here, *_HELD).distinct()):
            linkers.setdefault(project_id, set()).add(user_id or 0)
        types: dict[int, list[str]] = {}
        row = registry_type.c
        for project_id, name in c.execute(
            select(row.project_id, row.type).where(row.project_id.in_(ids)).order_by(row.type)
        ):
            types.setdefault(project_id, []).append(name)
        made = []
        for one in rows:
            count, changed_at = collections.get(one.id, (0, None))
            made.append(
                RegistryRecord(
                    ProjectRef(one.id, one.name, one.entity, one.entity_id),
                    one.description,
                    types.get(one.id, []),
                    count,
                    versions.get(one.id, 0),
                    one.created_at,
                    max(one.active_at, changed_at or 0.0),
                    frozenset(linkers.get(one.id, ())),
                )
            )
        return made

    def types(self, c: Connection, project_id: int) -> list[str]:
        """List the types that a registry takes; none: every type."""
        row = registry_type.c
        return list(c.execute(select(row.type).where(row.project_id == project_id).order_by(row.type)).scalars())

    def set_types(self, c: Connection, project_id: int, types: Iterable[str]) -> None:
        """Replace the types that a registry takes; none: every type."""
        c.execute(delete(registry_type).where(registry_type.c.project_id == project_id))
        for name in dict.fromkeys(types):
            c.execute(insert(registry_type).values(project_id=project_id, type=name))

    def rename(self, c: Connection, ref: ProjectRef, name: str, now: float) -> None:
        """Give a registry's project another name; a deleted one that had it gives it up."""
        row = project.c
        gone = (row.entity_id == ref.entity_id, row.name == name, row.deleted_at.is_not(None))
        for project_id in list(c.execute(select(row.id).where(*gone)).scalars()):
            c.execute(update(project).where(row.id == project_id).values(name=f"{project_id}:deleted"))
        c.execute(update(project).where(row.id == ref.id).values(name=name, active_at=now))

    def used_types(self, c: Connection, project_id: int) -> list[str]:
        """List the types of a registry's collections."""
        row = artifact_collection.c
        chosen = select(row.type).where(row.project_id == project_id, *_HELD).distinct().order_by(row.type)
        return list(c.execute(chosen).scalars())

    def collections(
        self,
        c: Connection,
        project_ids: Sequence[int],
        *,
        search: str = "",
        order: str = "updated_at",
        descending: bool = True,
        offset: int = 0,
        limit: int | None = None,
    ) -> ListPage:
        """List the collections of registries whose name has this text in it, by default the last changed first."""
        where: list[ColumnElement[bool]] = [artifact_collection.c.project_id.in_(list(project_ids)), *_HELD]
        if search:
            where.append(artifact_collection.c.name.icontains(search, autoescape=True))
        total = c.execute(select(func.count()).select_from(artifact_collection).where(*where)).scalar_one()
        column = _COLLECTION_ORDERS[order]
        chosen = (
            select(*COLLECTION)
            .select_from(artifact_collection.join(_PLACED, project.c.id == artifact_collection.c.project_id))
            .where(*where)
            .order_by(column.desc() if descending else column.asc(), artifact_collection.c.id.desc())
            .offset(offset)
        )
        rows = c.execute(chosen.limit(limit) if limit is not None else chosen)
        return ListPage([collection_of(row) for row in rows], total)

    def alias_numbers(self, c: Connection, collection_ids: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
        """Give (alias, number of the version it names) of collections, the newest version's first, ``latest`` last."""
        row, of = artifact_alias.c, artifact_membership.c
        chosen = (
            select(row.collection_id, row.alias, of.version_index)
            .join(
                artifact_membership,
                (of.collection_id == row.collection_id) & (of.artifact_id == row.artifact_id),
            )
            .where(row.collection_id.in_(list(collection_ids)))
            .order_by(row.alias == LATEST, of.version_index.desc(), row.moved_at, row.alias)
        )
        found: dict[int, list[tuple[str, int]]] = {}
        for collection_id, alias, index in c.execute(chosen):
            found.setdefault(collection_id, []).append((alias, index))
        return found

    def moves(
        self, c: Connection, collection_ids: Sequence[int], *, limit: int | None = None, only_last: bool = False
    ) -> list[dict[str, Any]]:
        """List what happened to the aliases of collections, latest first.

        Args:
            only_last: of each collection the last move only, of another alias than ``latest`` if there is one.

        Returns:
            ``collection_id``, ``alias``, ``version_index`` (None: removed), ``from_index`` (None: it named nothing),
            ``user`` (name or None), ``run_id``, ``moved_at``.
        """
        row = artifact_alias_move.c
        before = artifact_alias_move.alias("before")
        came_from = (
            select(before.c.version_index)
            .where(before.c.collection_id == row.collection_id, before.c.alias == row.alias, before.c.id < row.id)
            .order_by(before.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        chosen = (
            select(
                row.collection_id,
                row.alias,
                row.version_index,
                came_from.label("from_index"),
                user.c.name.label("user"),
                row.run_id,
                row.moved_at,
            )
            .outerjoin(user, user.c.id == row.user_id)
            .where(row.collection_id.in_(list(collection_ids)))
            .order_by(row.id.desc())
        )
        if only_last:
            chosen = chosen.where(row.id.in_(self._last_moves(c, collection_ids)))
        if limit is not None:
            chosen = chosen.limit(limit)
        return [dict(found._mapping) for found in c.execute(chosen)]

    def linkers(self, c: Connection, collection_ids: Sequence[int]) -> dict[int, frozenset[int]]:
        """Give, by collection, the ids of the users who linked what it holds; 0: nobody knows who."""
        row = artifact_membership.c
        chosen = select(row.collection_id, row.user_id).where(row.collection_id.in_(list(collection_ids))).distinct()
        found: dict[int, set[int]] = {}
        for collection_id, user_id in c.execute(chosen):
            found.setdefault(collection_id, set()).add(user_id or 0)
        return {collection_id: frozenset(users) for collection_id, users in found.items()}

    def _last_moves(self, c: Connection, collection_ids: Sequence[int]) -> list[int]:
        row = artifact_alias_move.c
        last: dict[int, int] = {}
        for only in (True, False):
            where: list[ColumnElement[bool]] = [row.collection_id.in_(list(collection_ids))]
            if only:
                where.append(row.alias != LATEST)
            for collection_id, move in c.execute(
                select(row.collection_id, func.max(row.id)).where(*where).group_by(row.collection_id)
            ):
                last.setdefault(collection_id, move)
        return list(last.values())

    def user_names(self, c: Connection, user_ids: Iterable[int | None]) -> dict[int, str]:
        """Give the names of users by their ids."""
        wanted = sorted({one for one in user_ids if one})
        return {found[0]: found[1] for found in c.execute(select(user.c.id, user.c.name).where(user.c.id.in_(wanted)))}

    def users(
        self, c: Connection, collection_id: int, entity_ids: frozenset[int] | None, limit: int
    ) -> tuple[list[tuple[int, int, float]], int]:
        """List who read a collection's versions, wherever and by whichever name, the last first.

        Args:
            entity_ids: only runs and versions of these entities; None for all.

        Returns:
            (run, the version's number in the collection, when), and how many there are.
        """
        source = artifact_collection.alias("source")
        source_project, run_project = project.alias("source_project"), project.alias("run_project")
        of, use = artifact_membership.c, artifact_use.c
        joined = (
            artifact_membership.join(artifact_use, use.artifact_id == of.artifact_id)
            .join(run, run.c.id == use.run_id)
            .join(run_project, run_project.c.id == run.c.project_id)
            .join(artifact, artifact.c.id == of.artifact_id)
            .join(source, source.c.id == artifact.c.collection_id)
            .join(source_project, source_project.c.id == source.c.project_id)
        )
        where: list[ColumnElement[bool]] = [
            of.collection_id == collection_id,
            artifact.c.state == COMMITTED,
            run.c.deleted_at.is_(None),
        ]
        if entity_ids is not None:
            where += [one.c.entity_id.in_(sorted(entity_ids)) for one in (source_project, run_project)]
        total = c.execute(select(func.count()).select_from(joined).where(*where)).scalar_one()
        chosen = select(use.run_id, of.version_index, use.used_at).select_from(joined).where(*where)
        rows = c.execute(chosen.order_by(use.used_at.desc(), use.run_id.desc()).limit(limit))
        return [(found[0], found[1], found[2]) for found in rows], total
