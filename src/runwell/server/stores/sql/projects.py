"""Projects in the catalog."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select, update

from runwell.server.stores.artifact_records import COMMITTED
from runwell.server.stores.records import ProjectRef
from runwell.wire.names import MODEL_REGISTRY, REGISTRY_ENTITY

from .artifact_tables import artifact, artifact_collection
from .documents import clean_text, insert_if_absent
from .tables import entity, member, project, run, user

_REF = select(project.c.id, project.c.name, entity.c.name.label("entity"), project.c.entity_id).join(
    entity, entity.c.id == project.c.entity_id
)
ACTIVE_EVERY_S = 5.0  # a project's last activity is written at most this often


class ProjectRows:
    """Rows of table ``project``."""

    def find(self, c: Connection, entity_name: str, name: str) -> ProjectRef | None:
        """Find a project that isn't deleted."""
        row = c.execute(
            _REF.where(entity.c.name == entity_name, project.c.name == name, project.c.deleted_at.is_(None))
        ).first()
        return ProjectRef(*row) if row else None

    def find_by_id(self, c: Connection, project_id: int) -> ProjectRef | None:
        """Find a project by its storage id, deleted ones too."""
        row = c.execute(_REF.where(project.c.id == project_id)).first()
        return ProjectRef(*row) if row else None

    def find_or_create(self, c: Connection, entity_id: int, name: str, now: float) -> tuple[ProjectRef, bool]:
        """Find a project, or make it; one that was deleted comes back empty.

        Returns:
            The project, and whether this call made it or brought it back.
        """
        found = c.execute(
            select(project.c.id, project.c.deleted_at).where(project.c.entity_id == entity_id, project.c.name == name)
        ).first()
        if found is None:
            insert_if_absent(c, project, {"entity_id": entity_id, "name": name, "created_at": now, "active_at": now})
        elif found.deleted_at is not None:
            c.execute(update(project).where(project.c.id == found.id).values(deleted_at=None, active_at=now))
        row = c.execute(_REF.where(project.c.entity_id == entity_id, project.c.name == name)).one()
        return ProjectRef(*row), found is None or found.deleted_at is not None

    def list(self, c: Connection, entity_ids: frozenset[int] | None, deleted: bool = False) -> list[dict[str, Any]]:
        """List projects with their runs counted by state, latest activity first; registries are none.

        Args:
            entity_ids: only of these entities; None for all.
            deleted: those that are hidden, the last hidden first, with the runs that would come back with them; not
                those of which a clean-up left nothing.

        Returns:
            ``Project`` objects of docs/api.md, each with ``entity_id`` for who may write it.
        """
        hidden = project.c.deleted_at
        chosen = select(*_COLUMNS).join(entity, entity.c.id == project.c.entity_id)
        chosen = chosen.where(hidden.is_not(None) if deleted else hidden.is_(None), entity.c.name != REGISTRY_ENTITY)
        if entity_ids is not None:
            chosen = chosen.where(project.c.entity_id.in_(sorted(entity_ids)))
        latest = hidden if deleted else project.c.active_at
        rows = c.execute(chosen.order_by(latest.desc(), project.c.id.desc())).all()
        counts = select(run.c.project_id, run.c.state, func.count())
        if deleted:
            counts = counts.join(project, project.c.id == run.c.project_id)
            counts = counts.where(hidden.is_not(None), run.c.deleted_at == hidden, run.c.purged_at.is_(None))
        else:
            counts = counts.where(run.c.deleted_at.is_(None))
        if entity_ids is not None:
            counts = counts.where(run.c.project_id.in_([row.id for row in rows]))
        states: dict[int, dict[str, int]] = {}
        for project_id, state, n in c.execute(counts.group_by(run.c.project_id, run.c.state)):
            states.setdefault(project_id, {})[state] = n
        shown = [row for row in rows if row.name != MODEL_REGISTRY or row.id in states]
        if deleted:
            gone = set(c.execute(select(run.c.project_id).where(run.c.purged_at.is_not(None)).distinct()).scalars())
            shown = [row for row in shown if row.id in states or row.id not in gone]
        return [_project(row, states.get(row.id, {})) for row in shown]

    def refs(self, c: Connection, entity_name: str, offset: int, limit: int) -> tuple[list[ProjectRef], int]:
        """List an entity's projects, latest activity first.

        Returns:
            A page of them, and how many there are.
        """
        its = (entity.c.name == entity_name, project.c.deleted_at.is_(None))
        rows = c.execute(
            _REF.where(*its).order_by(project.c.active_at.desc(), project.c.id.desc()).offset(offset).limit(limit)
        ).all()
        total = c.execute(
            select(func.count()).select_from(project.join(entity, entity.c.id == project.c.entity_id)).where(*its)
        ).scalar_one()
        return [ProjectRef(*row) for row in rows], total

    def facts(self, c: Connection, project_id: int) -> tuple[str, float, float]:
        """Give a project's description, when it was made, and when something last happened in it."""
        chosen = select(project.c.description, project.c.created_at, project.c.active_at)
        row = c.execute(chosen.where(project.c.id == project_id)).one()
        return row.description, row.created_at, row.active_at

    def describe(self, c: Connection, project_id: int) -> dict[str, Any]:
        """Give what :meth:`list` gives of one project, with what a page about it says beside that."""
        row = c.execute(
            select(*_COLUMNS).join(entity, entity.c.id == project.c.entity_id).where(project.c.id == project_id)
        ).one()
        its = run.c.project_id == project_id, run.c.deleted_at.is_(None)
        counts = c.execute(select(run.c.state, func.count()).where(*its).group_by(run.c.state))
        shown = _project(row, {state: n for state, n in counts})  # noqa: C416 (rows are not pairs to a type checker)
        people = c.execute(
            select(
                user.c.name, func.count(), func.coalesce(func.sum(run.c.runtime_s), 0.0), func.max(run.c.heartbeat_at)
            )
            .select_from(run)
            .outerjoin(user, user.c.id == run.c.user_id)
            .where(*its)
            .group_by(user.c.name)
            .order_by(func.count().desc(), user.c.name)
        ).all()
        gone = run.c.project_id == project_id, run.c.deleted_at.is_not(None), run.c.purged_at.is_(None)
        return {
            **shown,
            "runtime_s": sum(runtime for _, _, runtime, _ in people),
            "contributors": [
                {"user": name, "runs": runs, "runtime_s": runtime, "active_at": active_at}
                for name, runs, runtime, active_at in people
                if name is not None
            ],
            "deleted_runs": c.execute(select(func.count()).select_from(run).where(*gone)).scalar_one(),
            "owner": self._owner(c, row.entity_id),
            "artifacts": self._artifacts(c, project_id),
        }

    def _owner(self, c: Connection, entity_id: int) -> dict[str, Any]:
        whose = c.execute(select(entity.c.name, entity.c.is_team).where(entity.c.id == entity_id)).one()
        people = member.join(user, user.c.id == member.c.user_id)
        its = member.c.entity_id == entity_id, user.c.removed_at.is_(None)
        members = c.execute(select(func.count()).select_from(people).where(*its)).scalar_one()
        return {"name": whose.name, "is_team": whose.is_team, "members": members}

    def _artifacts(self, c: Connection, project_id: int) -> dict[str, int]:
        its = artifact_collection.c.project_id == project_id, artifact_collection.c.deleted_at.is_(None)
        collections = c.execute(select(func.count()).select_from(artifact_collection).where(*its)).scalar_one()
        versions = select(func.count()).select_from(
            artifact.join(artifact_collection, artifact_collection.c.id == artifact.c.collection_id)
        )
        versions = versions.where(*its, artifact.c.state == COMMITTED)
        return {"collections": collections, "versions": c.execute(versions).scalar_one()}

    def set_description(self, c: Connection, project_id: int, description: str) -> None:
        """Replace the description."""
        c.execute(update(project).where(project.c.id == project_id).values(description=clean_text(description)))

    def delete(self, c: Connection, project_id: int, now: float) -> None:
        """Hide the project and its runs."""
        c.execute(update(run).where(run.c.project_id == project_id, run.c.deleted_at.is_(None)).values(deleted_at=now))
        c.execute(update(project).where(project.c.id == project_id).values(deleted_at=now))

    def restore(self, c: Connection, entity_id: int, name: str) -> bool:
        """Bring a hidden project back with the runs that were hidden with it; tell whether there was one."""
        found = c.execute(
            select(project.c.id, project.c.deleted_at).where(
                project.c.entity_id == entity_id, project.c.name == name, project.c.deleted_at.is_not(None)
            )
        ).first()
        if found is None:
            return False
        c.execute(
            update(run)
            .where(run.c.project_id == found.id, run.c.deleted_at == found.deleted_at, run.c.purged_at.is_(None))
            .values(deleted_at=None)
        )
        c.execute(update(project).where(project.c.id == found.id).values(deleted_at=None))
        return True

    def active(self, c: Connection, project_id: int, now: float) -> None:
        """Note that something happened in the project."""
        c.execute(
            update(project)
            .where(project.c.id == project_id, project.c.active_at < now - ACTIVE_EVERY_S)
            .values(active_at=now)
        )

    def next_serial(self, c: Connection, project_id: int) -> int:
        """Count one more run made in the project and give its number, from 1."""
        c.execute(update(project).where(project.c.id == project_id).values(run_serial=project.c.run_serial + 1))
        return c.execute(select(project.c.run_serial).where(project.c.id == project_id)).scalar_one()


_COLUMNS = (
    project.c.id,
    project.c.entity_id,
    entity.c.name.label("entity"),
    project.c.name,
    project.c.description,
    project.c.created_at,
    project.c.active_at,
    project.c.deleted_at,
)


def _project(row: Any, states: dict[str, int]) -> dict[str, Any]:
    hidden = {} if row.deleted_at is None else {"deleted_at": row.deleted_at}
    return {
        "entity_id": row.entity_id,
        "entity": row.entity,
        "name": row.name,
        "description": row.description,
        "created_at": row.created_at,
        "active_at": row.active_at,
        "run_count": sum(states.values()),
        "states": states,
        **hidden,
    }
