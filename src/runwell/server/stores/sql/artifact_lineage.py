"""Who made and who read which version, in the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from runwell.server.stores.artifact_records import COMMITTED

from .artifact_tables import artifact, artifact_use
from .documents import insert_if_absent
from .tables import entity, project, run


class LineageRows:
    """Rows of table ``artifact_use``, and the runs that made versions."""

    def use(self, c: Connection, artifact_id: int, run_id: int, used_as: str | None, now: float) -> None:
        """Note that a run reads a version; once is enough."""
        values = {"artifact_id": artifact_id, "run_id": run_id, "used_as": used_as, "used_at": now}
        insert_if_absent(c, artifact_use, values)

    def users(self, c: Connection, artifact_ids: Sequence[int], limit: int) -> list[tuple[int, int]]:
        """List (version, run that reads it), runs that were deleted left out."""
        chosen = (
            select(artifact_use.c.artifact_id, artifact_use.c.run_id)
            .join(run, run.c.id == artifact_use.c.run_id)
            .where(artifact_use.c.artifact_id.in_(list(artifact_ids)), run.c.deleted_at.is_(None))
            .order_by(artifact_use.c.used_at, artifact_use.c.run_id)
        )
        return [(found[0], found[1]) for found in c.execute(chosen.limit(limit))]

    def used(
        self,
        c: Connection,
        run_ids: Sequence[int],
        *,
        offset: int = 0,
        limit: int | None = None,
        also_deleted: bool = False,
    ) -> list[tuple[int, int]]:
        """List (run, version it reads) in the order of first use (also versions that were deleted since)."""
        chosen = (
            select(artifact_use.c.run_id, artifact_use.c.artifact_id)
            .join(artifact, artifact.c.id == artifact_use.c.artifact_id)
            .where(artifact_use.c.run_id.in_(list(run_ids)), _there(also_deleted))
            .order_by(artifact_use.c.used_at, artifact_use.c.artifact_id)
            .offset(offset)
        )
        return [(found[0], found[1]) for found in c.execute(chosen.limit(limit) if limit is not None else chosen)]

    def made(
        self,
        c: Connection,
        run_ids: Sequence[int],
        *,
        offset: int = 0,
        limit: int | None = None,
        also_deleted: bool = False,
    ) -> list[tuple[int, int]]:
        """List (run, version it made) in the order they were made (also versions that were deleted since)."""
        chosen = (
            select(artifact.c.run_id, artifact.c.id)
            .where(artifact.c.run_id.in_(list(run_ids)), _there(also_deleted))
            .order_by(artifact.c.committed_at, artifact.c.id)
            .offset(offset)
        )
        return [(found[0], found[1]) for found in c.execute(chosen.limit(limit) if limit is not None else chosen)]

    def run_refs(self, c: Connection, run_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Give what names these runs, deleted ones left out."""
        chosen = (
            select(run.c.id, entity.c.name, project.c.name, run.c.name, run.c.display_name, run.c.state, run.c.job_type)
            .join(project, project.c.id == run.c.project_id)
            .join(entity, entity.c.id == project.c.entity_id)
            .where(run.c.id.in_(sorted(set(run_ids))), run.c.deleted_at.is_(None))
        )
        names = ("entity", "project", "id", "name", "state", "job_type")
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in c.execute(chosen)}

    def counts(self, c: Connection, run_id: int) -> tuple[int, int]:
        """Count the versions that a run made and read."""
        made = select(func.count()).where(artifact.c.run_id == run_id, artifact.c.state == COMMITTED)
        read = (
            select(func.count())
            .select_from(artifact_use.join(artifact, artifact.c.id == artifact_use.c.artifact_id))
            .where(artifact_use.c.run_id == run_id, artifact.c.state == COMMITTED)
        )
        return c.execute(made).scalar_one(), c.execute(read).scalar_one()


def _there(also_deleted: bool) -> ColumnElement[bool]:
    return artifact.c.committed_at.is_not(None) if also_deleted else artifact.c.state == COMMITTED
