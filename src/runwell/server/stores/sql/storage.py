"""How many bytes lie where: who names a blob or a segment, counted in SQL.

A *naming* is one row that says which bytes something is: a run's file, a file or manifest of an artifact, bytes on
their way into one, a segment. The same bytes may be named often and are stored once: sums over namings are what
things would weigh one by one, bytes that only one place names are what its end frees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    text,
    true,
    union_all,
)

from .artifact_tables import artifact, artifact_collection, artifact_file, artifact_manifest, artifact_upload
from .metric_tables import console_block, metric_stream, segment
from .tables import entity, project, run, run_file

ARTIFACTS, FILES, MEDIA, UPLOADS, METRICS, CONSOLE = KINDS = (
    "artifacts",
    "files",
    "media",
    "uploads",
    "metrics",
    "console",
)
_WIDTH = 8  # kinds get their numbers within a project's: project × 8 + kind
_MEDIA = "media/"
_BATCH = 500  # values of one IN


@dataclass(frozen=True, slots=True)
class Namings:
    """What one place of a project names: a collection (``place_id``), or a kind of its runs' bytes (0)."""

    project_id: int
    kind: str
    place_id: int
    in_bin: bool  # of runs that are deleted and not purged
    count: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Alone:
    """Bytes stored once, by who alone names them: each of project, kind and place is None if several do."""

    project_id: int | None
    kind: str | None
    place_id: int | None
    count: int
    size_bytes: int


class StorageRows:
    """Counts over every table that names bytes. ``entity_ids`` None: of all entities."""

    def namings(self, c: Connection, entity_ids: frozenset[int] | None) -> list[Namings]:
        """Count what each place names."""
        row = _namings(entity_ids).subquery()
        chosen = select(
            row.c.project_id, row.c.kind, row.c.place_id, row.c.in_bin, func.count(), func.sum(row.c.size_bytes)
        ).group_by(row.c.project_id, row.c.kind, row.c.place_id, row.c.in_bin)
        return [
            Namings(project_id, KINDS[kind], place_id, bool(in_bin), count, int(size))
            for project_id, kind, place_id, in_bin, count, size in c.execute(chosen)
        ]

    def alone(self, c: Connection, entity_ids: frozenset[int] | None) -> list[Alone]:
        """Count stored bytes by who alone names them; all together they are what is stored."""
        row = _namings(entity_ids).subquery()
        kind = row.c.project_id * _WIDTH + row.c.kind
        place = case((row.c.place_id > 0, row.c.place_id), else_=-kind)
        once = (
            select(
                func.max(row.c.size_bytes).label("size_bytes"),
                *(
                    function(value).label(f"{name}_{end}")
                    for name, value in (("project", row.c.project_id), ("kind", kind), ("place", place))
                    for end, function in (("low", func.min), ("high", func.max))
                ),
            )
            .group_by(row.c.digest)
            .subquery()
        )
        only = [
            case((once.c[f"{n}_low"] == once.c[f"{n}_high"], once.c[f"{n}_low"])) for n in ("project", "kind", "place")
        ]
        columns = [one.label(name) for one, name in zip(only, ("project", "kind", "place"), strict=True)]
        grouped = select(*columns, once.c.size_bytes).subquery()
        keys = (grouped.c.project, grouped.c.kind, grouped.c.place)
        chosen = select(*keys, func.count(), func.sum(grouped.c.size_bytes)).group_by(*keys)
        return [
            Alone(
                project_id,
                None if kind is None else KINDS[kind % _WIDTH],
                None if place is None else max(place, 0),
                count,
                int(size),
            )
            for project_id, kind, place, count, size in c.execute(chosen)
        ]

    def tails(self, c: Connection, entity_ids: frozenset[int] | None) -> list[Namings]:
        """Count the rows of histories that aren't in segments yet, by project."""
        chosen = _in_projects(func.count(), func.sum(metric_stream.c.tail_bytes), table=metric_stream)
        return _of_runs(c, chosen.where(metric_stream.c.tail_bytes > 0), METRICS, entity_ids)

    def consoles(self, c: Connection, entity_ids: frozenset[int] | None) -> list[Namings]:
        """Count console lines as they are packed, by project."""
        size = func.sum(func.length(console_block.c.payload))
        chosen = _in_projects(func.count(), size, table=console_block)
        return _of_runs(c, chosen, CONSOLE, entity_ids)

    def runs(self, c: Connection, project_id: int) -> dict[int, dict[str, int]]:
        """Count the bytes of each run of a project, by kind."""
        found: dict[int, dict[str, int]] = {}
        is_media = func.substr(run_file.c.path, 1, len(_MEDIA)) == _MEDIA
        mine = run.c.project_id == project_id
        kind = case((is_media, MEDIA), else_=FILES)
        files = select(run_file.c.run_id, kind.label("kind"), func.sum(run_file.c.size_bytes))
        files = files.join(run, run.c.id == run_file.c.run_id).where(mine).group_by(run_file.c.run_id, kind)
        segments = select(segment.c.run_id, literal(METRICS), func.sum(segment.c.size_bytes))
        segments = segments.join(run, run.c.id == segment.c.run_id).where(mine).group_by(segment.c.run_id)
        tails = select(metric_stream.c.run_id, literal(METRICS), func.sum(metric_stream.c.tail_bytes))
        tails = tails.join(run, run.c.id == metric_stream.c.run_id).where(mine).group_by(metric_stream.c.run_id)
        console = select(console_block.c.run_id, literal(CONSOLE), func.sum(func.length(console_block.c.payload)))
        console = console.join(run, run.c.id == console_block.c.run_id).where(mine).group_by(console_block.c.run_id)
        for chosen in (files, segments, tails, console):
            for run_id, kind_, size in c.execute(chosen):
                kinds = found.setdefault(run_id, {})
                kinds[kind_] = kinds.get(kind_, 0) + int(size)
        return found

    def projects(self, c: Connection, entity_ids: frozenset[int] | None) -> list[Any]:
        """List projects, deleted ones too: ``id, entity, name, deleted_at, runs, deleted_runs`` (unpurged)."""
        is_there = case((run.c.deleted_at.is_(None), 1), else_=0)
        is_in_bin = case((run.c.deleted_at.is_not(None) & run.c.purged_at.is_(None), 1), else_=0)
        counts = (
            select(run.c.project_id, func.sum(is_there).label("runs"), func.sum(is_in_bin).label("deleted_runs"))
            .group_by(run.c.project_id)
            .subquery()
        )
        chosen = (
            select(
                project.c.id,
                entity.c.name.label("entity"),
                project.c.name,
                project.c.deleted_at,
                func.coalesce(counts.c.runs, 0).label("runs"),
                func.coalesce(counts.c.deleted_runs, 0).label("deleted_runs"),
            )
            .join(entity, entity.c.id == project.c.entity_id)
            .outerjoin(counts, counts.c.project_id == project.c.id)
            .where(_whose(entity_ids))
            .order_by(project.c.id)
        )
        return list(c.execute(chosen))

    def collections(self, c: Connection, ids: Sequence[int]) -> dict[int, Any]:
        """Give ``id, name, type, kind`` of collections."""
        found: dict[int, Any] = {}
        row = artifact_collection.c
        for start in range(0, len(ids), _BATCH):
            chosen = select(row.id, row.name, row.type, row.kind).where(row.id.in_(ids[start : start + _BATCH]))
            found |= {one.id: one for one in c.execute(chosen)}
        return found

    def catalog_bytes(self, c: Connection) -> tuple[int, int]:
        """Give the size of the catalog itself, and how much of it is empty and used again."""
        if c.dialect.name == "postgresql":
            return int(c.execute(text("SELECT pg_database_size(current_database())")).scalar_one()), 0
        pages, size, free = (
            int(c.exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_count", "page_size", "freelist_count")
        )
        return pages * size, free * size

    def names_of(self, c: Connection, digests: Sequence[str]) -> dict[str, int]:
        """Count the namings of each of these blobs; one that nothing names is left out."""
        found: dict[str, int] = {}
        columns = (run_file.c.digest, artifact_file.c.blob_digest, artifact_manifest.c.blob_digest)
        for start in range(0, len(digests), _BATCH):
            some = digests[start : start + _BATCH]
            for column in (*columns, artifact_upload.c.blob_digest):
                chosen = select(column, func.count()).where(column.in_(some)).group_by(column)
                for row in c.execute(chosen):
                    found[row[0]] = found.get(row[0], 0) + row[1]
        return found


def _whose(entity_ids: frozenset[int] | None) -> ColumnElement[bool]:
    return true() if entity_ids is None else project.c.entity_id.in_(sorted(entity_ids))


def _in_projects(*columns: Any, table: Any) -> Any:
    in_bin = case((run.c.deleted_at.is_not(None), 1), else_=0)
    return (
        select(run.c.project_id, in_bin, *columns)
        .select_from(table.join(run, run.c.id == table.c.run_id).join(project, project.c.id == run.c.project_id))
        .group_by(run.c.project_id, in_bin)
    )


def _of_runs(c: Connection, chosen: Any, kind: str, entity_ids: frozenset[int] | None) -> list[Namings]:
    rows: Any = c.execute(chosen.where(_whose(entity_ids)))
    return [
        Namings(project_id, kind, 0, bool(in_bin), count, int(size or 0)) for project_id, in_bin, count, size in rows
    ]


def _namings(entity_ids: frozenset[int] | None) -> Any:
    """Select every naming: project, kind, collection (or 0), whether in the bin, digest, size."""
    none, number = literal(0), {kind: literal(n) for n, kind in enumerate(KINDS)}
    in_bin = case((run.c.deleted_at.is_not(None), 1), else_=0)

    def columns(whose: Any, kind: Any, place: Any, in_bin: Any, digest: Any, size: Any) -> Any:
        named = {"project_id": whose, "kind": kind, "place_id": cast(place, BigInteger), "in_bin": in_bin}
        named |= {"digest": digest, "size_bytes": size}
        return select(*(column.label(name) for name, column in named.items()))

    is_media = func.substr(run_file.c.path, 1, len(_MEDIA)) == _MEDIA
    file_kind = case((is_media, number[MEDIA]), else_=number[FILES])
    # A fork's segment has its parent's name in another folder, and is a link to it.
    segment_name = func.substr(segment.c.path, func.length(cast(segment.c.run_id, Text)) + 2)
    of_runs = [
        (run_file, columns(run.c.project_id, file_kind, none, in_bin, run_file.c.digest, run_file.c.size_bytes)),
        (segment, columns(run.c.project_id, number[METRICS], none, in_bin, segment_name, segment.c.size_bytes)),
    ]
    whole = [
        chosen.select_from(table.join(run, run.c.id == table.c.run_id).join(project, project.c.id == run.c.project_id))
        for table, chosen in of_runs
    ]
    for table, kind in ((artifact_file, ARTIFACTS), (artifact_manifest, ARTIFACTS), (artifact_upload, UPLOADS)):
        place = artifact.c.collection_id if kind == ARTIFACTS else none
        chosen = columns(
            artifact_collection.c.project_id, number[kind], place, none, table.c.blob_digest, table.c.size_bytes
        )
        joined = (
            table.join(artifact, artifact.c.id == table.c.artifact_id)
            .join(artifact_collection, artifact_collection.c.id == artifact.c.collection_id)
            .join(project, project.c.id == artifact_collection.c.project_id)
        )
        whole.append(chosen.select_from(joined).where(table.c.blob_digest.is_not(None)))
    return union_all(*(chosen.where(_whose(entity_ids)) for chosen in whole))
