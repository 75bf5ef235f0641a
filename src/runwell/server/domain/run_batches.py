"""What is done to many runs at once beside editing them: stopped, moved, deleted with what they made."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runwell.server.stores.records import ProjectRef, RunRecord
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_IDS

from .access import Actor, Conflict, NotFound
from .artifact_edits import ArtifactEdits
from .projects import Projects

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

ALIVE = ("running", "pending")
_NAMED = 5  # runs that an error names


@dataclass(slots=True)
class Moved:
    """Where runs went: from one project to another; ``ids`` are run ids of URLs."""

    ids: list[str]
    origin: ProjectRef
    target: ProjectRef


class RunBatches:
    """Does things to many runs: all of them or none.

    Args:
        catalog: the catalog.
        projects: where they live.
        artifacts: deletes what they logged.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        catalog: Catalog,
        projects: Projects,
        artifacts: ArtifactEdits,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._catalog = catalog
        self._projects = projects
        self._artifacts = artifacts
        self._clock = clock

    def stop(
        self, actor: Actor, entity: str, project: str, ids: Sequence[str]
    ) -> tuple[list[RunRecord], list[RunRecord]]:
        """Ask the runs' scripts to stop.

        Returns:
            Those that are asked, and those that have ended.

        Raises:
            InvalidValue: too many ids.
            NotFound, Forbidden: one of them isn't there, or the project isn't the actor's to write to.
        """

        def work(c: Connection) -> tuple[list[RunRecord], list[RunRecord]]:
            _, found = self._found(c, actor, entity, project, ids)
            alive = [run for run in found if run.state in ALIVE]
            for run in alive:
                self._catalog.runs.update(c, run.id, {"stop_requested": True})
            return alive, [run for run in found if run.state not in ALIVE]

        return self._catalog.write(work)

    def move(
        self, actor: Actor, entity: str, project: str, ids: Sequence[str], target: tuple[str | None, str]
    ) -> Moved:
        """Move runs to another project, with their histories, files and console; artifacts stay where they are.

        A version that a run logged or used still names it: lineage goes by the run, not by its place.

        Args:
            target: (entity, project); entity None: the same one.

        Raises:
            InvalidValue: too many ids.
            NotFound, Forbidden: a run or a project isn't there, or isn't the actor's to write to.
            Conflict: a run still runs (its client would begin it anew), or its id is taken over there.
        """

        def work(c: Connection) -> Moved:
            ref, found = self._found(c, actor, entity, project, ids)
            there = self._projects.found(c, actor, target[0] or entity, target[1])
            actor.demand_write(there.entity_id, f"project {shorten(there.name)}")
            if there.id == ref.id:
                return Moved([], ref, there)
            alive = [run.name for run in found if run.state in ALIVE]
            if alive:
                raise Conflict(f"{_listed(alive)} still run; stop them or wait, then move them")
            names = [run.name for run in found]
            taken = self._catalog.runs.ids(c, there.id, names) | self._catalog.runs.ids(
                c, there.id, names, deleted=True
            )
            if taken:
                raise Conflict(
                    f"{shorten(there.name)} has runs of the same id already (perhaps deleted ones): "
                    f"{_listed(sorted(taken))}; nothing was moved"
                )
            now = self._clock()
            for run in found:
                self._catalog.runs.update(c, run.id, {"project_id": there.id})
            for place in (ref, there):
                self._catalog.projects.active(c, place.id, now)
            return Moved(names, ref, there)

        return self._catalog.write(work)

    def delete_artifacts(self, actor: Actor, entity: str, project: str, ids: Sequence[str]) -> int:
        """Delete every artifact version that these runs logged, aliases or not; return how many.

        Raises:
            InvalidValue: too many ids.
            NotFound, Forbidden: a run isn't there, or the project isn't the actor's to write to.
        """
        found = self._catalog.read(lambda c: self._found(c, actor, entity, project, ids, also_deleted=True))[1]
        return sum(self._artifacts.delete_made_by(actor, run) for run in found)

    def _found(
        self,
        c: Connection,
        actor: Actor,
        entity: str,
        project: str,
        ids: Sequence[str],
        also_deleted: bool = False,
    ) -> tuple[ProjectRef, list[RunRecord]]:
        if len(ids) > MAX_IDS:
            raise InvalidValue(f"{len(ids):,} runs at once; at most {MAX_IDS:,}")
        ref = self._projects.found(c, actor, entity, project)
        actor.demand_write(ref.entity_id, f"project {shorten(project)}")
        found = self._catalog.runs.ids(c, ref.id, ids)
        if also_deleted:
            found |= self._catalog.runs.ids(c, ref.id, ids, deleted=True)
        missing = [name for name in ids if name not in found]
        if missing:
            raise NotFound(f"there is no run {shorten(missing[0])} in {shorten(entity)} {shorten(project)}")
        return ref, self._catalog.runs.find_many(c, list(dict.fromkeys(found[name] for name in ids)))


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(shorten(name) for name in names[:_NAMED])
    more = len(names) - _NAMED
    return shown + (f" and {more:,} more" if more > 0 else "")
