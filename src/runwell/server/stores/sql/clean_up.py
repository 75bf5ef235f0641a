"""What could go, found in SQL: old versions, runs in the bin, files of runs that came to nothing; and how it goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, null, or_, select, true, union_all, update

from runwell.server.stores.artifact_records import COMMITTED, PENDING

from .artifact_tables import (
    artifact,
    artifact_alias,
    artifact_client,
    artifact_collection,
    artifact_file,
    artifact_manifest,
    artifact_membership,
    artifact_use,
)
from .metric_tables import (
    chunk,
    console,
    console_block,
    console_span,
    held_chunk,
    metric_key,
    metric_stream,
    pyramid,
    pyramid_grid,
    rejected,
    segment,
    segment_key,
    writer,
)
from .tables import alert, entity, project, run, run_file, settled_file, settled_run

LOGGED_TABLE = "run_table"  # the type of the versions that values of histories refer to
_OWN = artifact_membership.alias("own")
_LINK = artifact_membership.alias("link")
_HOLDER = artifact_collection.alias("holder")
_MAKER = run.alias("maker")
_READER = run.alias("reader")
_CHILD = artifact.alias("child")
_REFS = ("wandb-artifact://", "wandb-client-artifact://")
_DOCUMENTS = ("config", "summary", "wandb_config", "meta", "counters", "config_paths", "summary_paths")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Something that could go: a version with its ``number``, or a run (``type``: its id of URLs).

    ``since`` is when it was committed, ended or deleted.
    """

    id: int
    entity_id: int
    entity: str
    project: str
    name: str
    number: int | None
    type: str
    since: float
    size_bytes: int
    file_count: int


_VERSION = (
    artifact.c.id,
    project.c.entity_id,
    entity.c.name,
    project.c.name,
    artifact_collection.c.name,
    _OWN.c.version_index,
    artifact_collection.c.type,
    artifact.c.committed_at,
    artifact.c.size_bytes,
    artifact.c.file_count,
)
_VERSIONS = (
    artifact.join(artifact_collection, artifact_collection.c.id == artifact.c.collection_id)
    .join(project, project.c.id == artifact_collection.c.project_id)
    .join(entity, entity.c.id == project.c.entity_id)
    .outerjoin(_OWN, and_(_OWN.c.artifact_id == artifact.c.id, _OWN.c.collection_id == artifact.c.collection_id))
)
_RUNS = run.join(project, project.c.id == run.c.project_id).join(entity, entity.c.id == project.c.entity_id)


class CleanUpRows:
    """Questions and deletions of a clean-up. ``project_ids`` None: in every project of ``entity_ids`` (None: all)."""

    def old_versions(self, c: Connection, place: ColumnElement[bool], before: float, keep: int) -> Iterator[Chosen]:
        """List versions committed before a time that nothing names or uses, but the newest ``keep`` of a collection."""
        place_of = func.row_number().over(
            partition_by=artifact.c.collection_id, order_by=(_OWN.c.version_index.desc(), artifact.c.id.desc())
        )
        ranked = (
            select(artifact.c.id, place_of.label("place"))
            .select_from(_VERSIONS)
            .where(artifact.c.state == COMMITTED, project.c.deleted_at.is_(None), place)
            .subquery()
        )
        chosen = (
            select(*_VERSION)
            .select_from(_VERSIONS.join(ranked, ranked.c.id == artifact.c.id))
            .where(artifact.c.committed_at < before, ranked.c.place > keep, ~_is_held())
            .order_by(artifact.c.committed_at, artifact.c.id)
        )
        yield from (Chosen(*row) for row in c.execute(chosen))

    def versions_of_deleted(self, c: Connection, place: ColumnElement[bool], before: float) -> Iterator[Chosen]:
        """List the versions of projects that were deleted before a time."""
        where = (artifact.c.state == COMMITTED, project.c.deleted_at < before, place)
        chosen = select(*_VERSION).select_from(_VERSIONS).where(*where).order_by(artifact.c.id)
        yield from (Chosen(*row) for row in c.execute(chosen))

    def deleted_runs(self, c: Connection, place: ColumnElement[bool], before: float) -> Iterator[Chosen]:
        """List runs deleted before a time that aren't purged yet."""
        where = (run.c.deleted_at < before, run.c.purged_at.is_(None), place)
        yield from _runs(c, run.c.deleted_at, where)

    def ended_runs(
        self,
        c: Connection,
        place: ColumnElement[bool],
        before: float,
        states: Iterable[str],
        shorter_than_s: float | None = None,
    ) -> Iterator[Chosen]:
        """List runs with files that ended in these states before a time (and took less than so many seconds)."""
        ended_at = func.coalesce(run.c.finished_at, run.c.heartbeat_at)
        where = [run.c.deleted_at.is_(None), run.c.state.in_(sorted(states)), ended_at < before, place]
        where.append(exists().where(run_file.c.run_id == run.c.id))
        if shorter_than_s is not None:
            where.append(run.c.runtime_s < shorter_than_s)
        yield from _runs(c, ended_at, where)

    def version(self, c: Connection, artifact_id: int) -> tuple[Chosen, bool, bool] | None:
        """Give a committed version, whether something holds it, and whether its project is deleted."""
        chosen = select(*_VERSION, _is_held().label("held"), project.c.deleted_at).select_from(_VERSIONS)
        row = c.execute(chosen.where(artifact.c.id == artifact_id, artifact.c.state == COMMITTED)).first()
        return (Chosen(*row[:-2]), bool(row[-2]), row[-1] is not None) if row else None

    def holders(self, c: Connection, artifact_id: int) -> dict[str, list[str]]:
        """Say what holds a version: its ``aliases``, the runs that read it, portfolios that link to it."""
        aliases = select(artifact_alias.c.alias).where(artifact_alias.c.artifact_id == artifact_id)
        readers = (
            select(_READER.c.name)
            .join(artifact_use, artifact_use.c.run_id == _READER.c.id)
            .where(artifact_use.c.artifact_id == artifact_id, _READER.c.deleted_at.is_(None))
        )
        links = (
            select(_HOLDER.c.name)
            .join(_LINK, _LINK.c.collection_id == _HOLDER.c.id)
            .join(artifact, artifact.c.id == _LINK.c.artifact_id)
            .where(
                _LINK.c.artifact_id == artifact_id,
                _LINK.c.collection_id != artifact.c.collection_id,
                _HOLDER.c.deleted_at.is_(None),
            )
        )
        asked = {"aliases": aliases, "runs": readers, "links": links}
        return {name: list(c.execute(chosen.limit(3)).scalars()) for name, chosen in asked.items()}

    def run(self, c: Connection, run_id: int) -> tuple[Chosen, str, bool, bool] | None:
        """Give a run that isn't purged, its state, whether it is deleted, and whether another was forked from it."""
        forked = exists().where(_MAKER.c.parent_id == run.c.id, _MAKER.c.purged_at.is_(None))
        columns = (*_run_columns(run.c.heartbeat_at), run.c.state, run.c.deleted_at, run.c.parent_id, forked.label("f"))
        row = c.execute(
            select(*columns).select_from(_RUNS).where(run.c.id == run_id, run.c.purged_at.is_(None))
        ).first()
        if row is None:
            return None
        return Chosen(*row[:-4]), row[-4], row[-3] is not None, row[-2] is not None or bool(row[-1])

    def referred(self, c: Connection) -> frozenset[str]:
        """Give the names under which files of committed versions refer to other versions."""
        names: set[str] = set()
        for scheme in _REFS:
            rest = func.substr(artifact_file.c.ref, len(scheme) + 1)
            joined = artifact_file.join(artifact, artifact.c.id == artifact_file.c.artifact_id)
            chosen = select(rest).select_from(joined).where(
                func.substr(artifact_file.c.ref, 1, len(scheme)) == scheme, artifact.c.state == COMMITTED
            )  # fmt: skip
            names.update(one.partition("/")[0].partition(":")[0] for one in c.execute(chosen.distinct()).scalars())
        return frozenset(names)

    def client_names(self, c: Connection, artifact_id: int) -> list[str]:
        """Give what clients called a version."""
        row = artifact_client.c
        chosen = select(row.client_id).where(row.artifact_id == artifact_id, ~row.is_sequence)
        return list(c.execute(chosen).scalars())

    def bytes_of_version(self, c: Connection, artifact_id: int) -> list[tuple[str, int]]:
        """List (digest, size) of the blobs that a version names, once for each time."""
        parts = [
            select(table.c.blob_digest, table.c.size_bytes).where(
                table.c.artifact_id == artifact_id, table.c.blob_digest.is_not(None)
            )
            for table in (artifact_file, artifact_manifest)
        ]
        return [(digest, size) for digest, size in c.execute(union_all(*parts))]

    def bytes_of_run(self, c: Connection, run_id: int) -> list[tuple[str, int]]:
        """List (digest, size) of the blobs that a run's files are, once for each."""
        chosen = select(run_file.c.digest, run_file.c.size_bytes).where(run_file.c.run_id == run_id)
        return [(digest, size) for digest, size in c.execute(chosen)]

    def segment_bytes(self, c: Connection, run_id: int) -> int:
        """Sum a run's segments."""
        chosen = select(func.coalesce(func.sum(segment.c.size_bytes), 0)).where(segment.c.run_id == run_id)
        return int(c.execute(chosen).scalar_one())

    def drop_files(self, c: Connection, run_id: int) -> int:
        """Forget a run's files; return how many."""
        c.execute(delete(settled_file).where(settled_file.c.run_id == run_id))
        return c.execute(delete(run_file).where(run_file.c.run_id == run_id)).rowcount

    def purge(self, c: Connection, run_id: int, now: float) -> None:
        """Forget everything of a deleted run but that its id was taken."""
        segments = select(segment.c.id).where(segment.c.run_id == run_id)
        for table in (segment_key, pyramid, pyramid_grid):
            c.execute(delete(table).where(table.c.segment_id.in_(segments)))
        for table in (
            segment,
            metric_key,
            chunk,
            held_chunk,
            writer,
            metric_stream,
            rejected,
            console_block,
            console_span,
            console,
            alert,
            run_file,
            settled_file,
            settled_run,
        ):
            c.execute(delete(table).where(table.c.run_id == run_id))
        blank = {key: {} for key in _DOCUMENTS}
        values = {**blank, "metric_rules": [], "tags": [], "notes": "", "error": None, "row_count": 0, "purged_at": now}
        c.execute(update(run).where(run.c.id == run_id).values(**values))


def place_of(entity_ids: frozenset[int] | None, project_id: int | None) -> ColumnElement[bool]:
    """Say where to look."""
    if project_id is not None:
        return project.c.id == project_id
    return true() if entity_ids is None else project.c.entity_id.in_(sorted(entity_ids))


def _is_held() -> ColumnElement[bool]:
    """Tell whether anything names a version, reads it, links to it, adds to it, or shows it in a chart."""
    alias = exists().where(artifact_alias.c.artifact_id == artifact.c.id)
    reader = exists().where(
        artifact_use.c.artifact_id == artifact.c.id,
        artifact_use.c.run_id == _READER.c.id,
        _READER.c.deleted_at.is_(None),
    )
    link = exists().where(
        _LINK.c.artifact_id == artifact.c.id,
        _LINK.c.collection_id != artifact.c.collection_id,
        _LINK.c.collection_id == _HOLDER.c.id,
        _HOLDER.c.deleted_at.is_(None),
    )
    base = exists().where(_CHILD.c.base_id == artifact.c.id, _CHILD.c.state == PENDING)
    shown = and_(
        artifact_collection.c.type == LOGGED_TABLE,
        exists().where(_MAKER.c.id == artifact.c.run_id, _MAKER.c.deleted_at.is_(None)),
    )
    return or_(alias, reader, link, base, shown)


def _run_columns(since: Any) -> tuple[Any, ...]:
    size = select(func.coalesce(func.sum(run_file.c.size_bytes), 0)).where(run_file.c.run_id == run.c.id)
    count = select(func.count()).select_from(run_file).where(run_file.c.run_id == run.c.id)
    name = func.coalesce(func.nullif(run.c.display_name, ""), run.c.name)
    return (
        run.c.id,
        project.c.entity_id,
        entity.c.name,
        project.c.name,
        name,
        null(),
        run.c.name,
        since,
        size.scalar_subquery(),
        count.scalar_subquery(),
    )


def _runs(c: Connection, since: Any, where: Sequence[ColumnElement[bool]]) -> Iterator[Chosen]:
    chosen = select(*_run_columns(since)).select_from(_RUNS).where(*where).order_by(since, run.c.id)
    yield from (Chosen(*row) for row in c.execute(chosen))
