"""Artifacts as ``docs/api.md`` shows them: collections, versions, files, lineage. Built for a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from runwell.server.stores.artifact_records import (
    PORTFOLIO,
    ArtifactFileRecord,
    ArtifactRecord,
    CollectionRecord,
    MembershipRecord,
)
from runwell.server.stores.records import RunRecord
from runwell.wire.numbers import to_strict

from .access import Actor
from .artifact_lineage import Lineage, LineageGraph

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

MAX_READERS = 100  # runs that one version's page lists
MAX_LINKS = 100  # links that it, or its collection's, lists


class ArtifactView:
    """Objects of ``docs/api.md`` for artifacts.

    Args:
        catalog: the catalog.
        lineage: who made and read what.
    """

    def __init__(self, catalog: Catalog, lineage: Lineage) -> None:
        self._catalog = catalog
        self._lineage = lineage

    def rows(self, actor: Actor, members: Sequence[MembershipRecord]) -> list[dict[str, Any]]:
        """Give the ``ArtifactRow`` objects of versions in collections."""

        def work(c: Connection) -> list[dict[str, Any]]:
            ids = [one.artifact.id for one in members]
            aliases: dict[tuple[int, int], list[str]] = {}
            for one in self._catalog.collections.aliases(c, artifact_ids=ids):
                aliases.setdefault((one.collection_id, one.artifact_id), []).append(one.alias)
            runs = self._catalog.lineage.run_refs(c, [one.artifact.run_id or 0 for one in members])
            return [
                _row(one, aliases.get((one.collection.id, one.artifact.id), []), runs.get(one.artifact.run_id or 0))
                for one in members
            ]

        return self._catalog.read(work)

    def own_rows(self, actor: Actor, versions: Iterable[ArtifactRecord]) -> list[dict[str, Any]]:
        """Give the ``ArtifactRow`` objects of versions in their own sequences."""
        return self.rows(actor, [_own(one) for one in versions])

    def whole(self, actor: Actor, member: MembershipRecord) -> dict[str, Any]:
        """Give the ``ArtifactVersion`` object of a version in a collection."""
        version = member.artifact
        row = self.rows(actor, [member])[0]
        maker = self._lineage.maker(actor, version)
        readers = self._lineage.readers(actor, version, MAX_READERS)
        return {
            **row,
            "metadata": to_strict(version.metadata),
            "digest_algorithm": version.digest_algorithm,
            "ttl_s": version.ttl_s,
            "writable": actor.may_write(version.entity_id) and actor.may_write(member.collection.project.entity_id),
            "logged_by": run_ref(maker) if maker else None,
            "used_by": [run_ref(one) for one in readers],
            "source": {
                "entity": version.collection.project.entity,
                "project": version.collection.project.name,
                "name": version.collection.name,
                "version": f"v{version.version_index}",
            },
            "links": self.links(actor, artifact_id=version.id),
        }

    def links(
        self, actor: Actor, *, artifact_id: int | None = None, sequence_id: int | None = None
    ) -> list[dict[str, Any]]:
        """Give where a version, or those of a sequence, are linked, as far as the actor may see it."""

        def work(c: Connection) -> list[dict[str, Any]]:
            found = self._catalog.artifacts.links(c, artifact_id=artifact_id, sequence_id=sequence_id, limit=MAX_LINKS)
            aliases: dict[tuple[int, int], list[str]] = {}
            for one in self._catalog.collections.aliases(c, artifact_ids=[version for _, _, version in found]):
                aliases.setdefault((one.collection_id, one.artifact_id), []).append(one.alias)
            return [
                {
                    "entity": portfolio.project.entity,
                    "project": portfolio.project.name,
                    "name": portfolio.name,
                    "version": f"v{number}",
                    "aliases": aliases.get((portfolio.id, version), []),
                }
                for portfolio, number, version in found
                if actor.may_read(portfolio.project.entity_id)
            ]

        return self._catalog.read(work)

    def collections(self, found: Sequence[CollectionRecord]) -> list[dict[str, Any]]:
        """Give the ``ArtifactCollection`` objects of a page."""

        def work(c: Connection) -> list[dict[str, Any]]:
            counts = self._catalog.artifacts.counts(c, [one.id for one in found])
            return [_collection(one, *counts.get(one.id, (0, None, 0))) for one in found]

        return self._catalog.read(work)


def _own(version: ArtifactRecord) -> MembershipRecord:
    return MembershipRecord(0, version.collection, version, version.version_index or 0, version.created_at)


def _row(one: MembershipRecord, aliases: list[str], run: dict[str, Any] | None) -> dict[str, Any]:
    version = one.artifact
    return {
        "id": version.id,
        "entity": one.collection.project.entity,
        "project": one.collection.project.name,
        "name": one.collection.name,
        "type": one.collection.type,
        "version": f"v{one.version_index}",
        "state": version.state,
        "aliases": aliases,
        "tags": version.tags,
        "description": version.description,
        "size_bytes": version.size_bytes,
        "file_count": version.file_count,
        "digest": version.digest,
        "history_step": version.history_step,
        "created_at": version.created_at,
        "updated_at": version.updated_at,
        "run": run,
    }


def _collection(one: CollectionRecord, versions: int, latest: int | None, size_bytes: int) -> dict[str, Any]:
    return {
        "entity": one.project.entity,
        "project": one.project.name,
        "name": one.name,
        "type": one.type,
        "kind": one.kind,
        "description": one.description,
        "tags": one.tags,
        "versions": versions,
        "newest": None if latest is None else f"v{latest}",
        "size_bytes": 0 if one.kind == PORTFOLIO else size_bytes,  # a link takes no room
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }


def run_ref(run: RunRecord) -> dict[str, Any]:
    """Give what names a run."""
    return {
        "entity": run.entity,
        "project": run.project,
        "id": run.name,
        "name": run.display_name,
        "state": run.state,
        "job_type": run.job_type,
    }


def file_object(file: ArtifactFileRecord, media_type: str, url: str | None) -> dict[str, Any]:
    """Give the ``ArtifactFile`` object of a file; ``url`` None for a reference."""
    return {
        "path": file.path,
        "size_bytes": file.size_bytes,
        "digest": file.digest,
        "ref": file.ref,
        "media_type": media_type,
        "url": url,
    }


def graph_object(graph: LineageGraph) -> dict[str, Any]:
    """Give a lineage graph: nodes by id (``run:…``, ``artifact:…``), edges in the direction data went."""
    nodes: list[dict[str, Any]] = [
        {"id": f"run:{one.id}", "kind": "run", "run": run_ref(one)} for one in graph.runs.values()
    ]
    nodes += [
        {
            "id": f"artifact:{one.id}",
            "kind": "artifact",
            "artifact": {
                "entity": one.collection.project.entity,
                "project": one.collection.project.name,
                "name": one.collection.name,
                "type": one.collection.type,
                "version": f"v{one.version_index}",
                "state": one.state,
                "size_bytes": one.size_bytes,
            },
        }
        for one in graph.versions.values()
    ]
    edges = [
        {"from": f"run:{run}", "to": f"artifact:{version}"}
        if made
        else {"from": f"artifact:{version}", "to": f"run:{run}"}
        for run, version, made in sorted(graph.edges)
    ]
    return {"nodes": nodes, "edges": edges, "truncated": graph.is_cut}
