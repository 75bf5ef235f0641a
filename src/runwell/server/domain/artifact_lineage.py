"""Where versions come from and where they go: what runs made and read, as lists and as a graph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runwell.server.stores.artifact_records import ArtifactRecord, ListPage
from runwell.server.stores.records import RunRecord

from .access import Actor, NotFound

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

MAX_NODES = 2_000  # of one graph: what a page lays out in a second
_MAX_EDGES = 10_000


@dataclass(slots=True)
class LineageGraph:
    """Runs and versions, and who made and read what.

    ``edges`` are (run, version, ``made``): the run made the version, or read it. ``is_cut``: there is more.
    """

    versions: dict[int, ArtifactRecord] = field(default_factory=dict)
    runs: dict[int, RunRecord] = field(default_factory=dict)
    edges: set[tuple[int, int, bool]] = field(default_factory=set)
    is_cut: bool = False


class Lineage:
    """What runs made and read.

    Args:
        catalog: the catalog.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def made_by(self, actor: Actor, run: RunRecord, offset: int = 0, limit: int | None = None) -> ListPage:
        """List the versions that a run made."""
        return self._of_run(actor, run, True, offset, limit)

    def read_by(self, actor: Actor, run: RunRecord, offset: int = 0, limit: int | None = None) -> ListPage:
        """List the versions that a run read, those that the actor may read too."""
        return self._of_run(actor, run, False, offset, limit)

    def _of_run(self, actor: Actor, run: RunRecord, made: bool, offset: int, limit: int | None) -> ListPage:
        if not actor.may_read(run.entity_id):
            raise NotFound("there is no such run")

        def work(c: Connection) -> ListPage:
            look = self._catalog.lineage.made if made else self._catalog.lineage.used
            ids = [version for _, version in look(c, [run.id], offset=offset, limit=limit)]
            found = [one for one in self._catalog.artifacts.find_many(c, ids) if actor.may_read(one.entity_id)]
            return ListPage(found, self._catalog.lineage.counts(c, run.id)[0 if made else 1])

        return self._catalog.read(work)

    def maker(self, actor: Actor, version: ArtifactRecord) -> RunRecord | None:
        """Give the run that made a version, if it is still there."""
        if version.run_id is None:
            return None
        run = self._catalog.read(lambda c: self._catalog.runs.find_by_id(c, version.run_id or 0))
        return run if run is not None and run.deleted_at is None and actor.may_read(run.entity_id) else None

    def readers(self, actor: Actor, version: ArtifactRecord, limit: int = MAX_NODES) -> list[RunRecord]:
        """List the runs that read a version, those that the actor may see."""

        def work(c: Connection) -> list[RunRecord]:
            ids = [run for _, run in self._catalog.lineage.users(c, [version.id], limit)]
            return [run for run in self._catalog.runs.find_many(c, ids) if actor.may_read(run.entity_id)]

        return self._catalog.read(work)

    def graph(self, actor: Actor, version: ArtifactRecord, complete: bool) -> LineageGraph:
        """Give what is around a version.

        Args:
            complete: everything upstream of it and downstream of it; otherwise the runs next to it, and what these
                read (those before it) and made (those after it).
        """
        graph = LineageGraph()
        graph.versions[version.id] = version

        def work(c: Connection) -> LineageGraph:
            self._walk(c, actor, graph, {version.id}, upstream=True, rounds=None if complete else 1)
            self._walk(c, actor, graph, {version.id}, upstream=False, rounds=None if complete else 1)
            return graph

        return self._catalog.read(work)

    def _walk(
        self, c: Connection, actor: Actor, graph: LineageGraph, begin: set[int], *, upstream: bool, rounds: int | None
    ) -> None:
        rows = self._catalog.lineage
        frontier, seen = begin, set(begin)
        while frontier and rounds != 0:
            rounds = None if rounds is None else rounds - 1
            if upstream:
                pairs = {(one.run_id, one.id) for one in map(graph.versions.get, frontier) if one and one.run_id}
                runs = self._runs(c, actor, graph, {run for run, _ in pairs})
                graph.edges |= {(run, one, True) for run, one in pairs if run in runs}
                next_pairs = rows.used(c, sorted(runs), limit=_MAX_EDGES, also_deleted=True)
            else:
                readers = rows.users(c, sorted(frontier), _MAX_EDGES)
                runs = self._runs(c, actor, graph, {run for _, run in readers})
                graph.edges |= {(run, one, False) for one, run in readers if run in runs}
                next_pairs = rows.made(c, sorted(runs), limit=_MAX_EDGES, also_deleted=True)
            found = self._versions(c, actor, graph, {one for _, one in next_pairs})
            graph.edges |= {(run, one, not upstream) for run, one in next_pairs if one in found}
            frontier = found - seen
            seen |= found

    def _runs(self, c: Connection, actor: Actor, graph: LineageGraph, ids: Iterable[int]) -> set[int]:
        wanted = sorted(ids)
        missing = [one for one in wanted if one not in graph.runs]
        room = MAX_NODES - len(graph.runs) - len(graph.versions)
        graph.is_cut |= len(missing) > room
        for run in self._catalog.runs.find_many(c, missing[: max(0, room)]):
            if run.deleted_at is None and actor.may_read(run.entity_id):
                graph.runs[run.id] = run
        return {one for one in wanted if one in graph.runs}

    def _versions(self, c: Connection, actor: Actor, graph: LineageGraph, ids: Iterable[int]) -> set[int]:
        wanted = sorted(ids)
        missing = [one for one in wanted if one not in graph.versions]
        room = MAX_NODES - len(graph.runs) - len(graph.versions)
        graph.is_cut |= len(missing) > room
        for version in self._catalog.artifacts.find_many(c, missing[: max(0, room)]):
            if actor.may_read(version.entity_id):
                graph.versions[version.id] = version
        return {one for one in wanted if one in graph.versions}
