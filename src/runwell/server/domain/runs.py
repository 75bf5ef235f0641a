"""Runs: made and changed by partial updates, found, listed, edited in numbers, stopped, hidden."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from runwell.server import failpoints
from runwell.server.stores.records import ProjectRef, RunChanges, RunPage, RunRecord
from runwell.server.stores.sql.metrics import Moved
from runwell.wire import names
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_IDS

from .access import Actor, Conflict, NotFound
from .branches import Branches, Inheritance, attempts, is_announced
from .projects import Projects
from .replays import keep_ended
from .run_changes import columns_of, created_at
from .run_names import readable_name
from .run_states import check_set_state
from .run_view import describe_run
from .selection import RunQuery, select_runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

__all__ = ["ProjectRef", "RunChanges", "RunPage", "RunRecord", "Runs"]


class Runs:
    """The runs of the catalog.

    Args:
        catalog: the catalog.
        projects: where they live.
        clock: seconds since the epoch.
        branches: forks runs; without it none can be forked.
    """

    def __init__(
        self,
        catalog: Catalog,
        projects: Projects,
        clock: Callable[[], float] = time.time,
        branches: Branches | None = None,
    ) -> None:
        self._catalog = catalog
        self._projects = projects
        self._clock = clock
        self._branches = branches

    def upsert(
        self,
        actor: Actor,
        entity: str | None,
        project: str | None,
        run_id: str | None,
        changes: RunChanges,
        storage_id: int | None = None,
    ) -> tuple[RunRecord, bool]:
        """Change a run, or make it, as a fork if it has a branch point; repeated, it changes nothing more.

        Args:
            entity, project: None for the actor's own, and ``uncategorized``.
            run_id: None makes a run with a fresh id, unless ``storage_id`` says which run is meant.

        Returns:
            The run as it is now, and whether this call made it.

        Raises:
            InvalidValue: a name or value breaks a rule.
            NotFound, Forbidden: the place isn't the actor's.
            Conflict: the run of that id was deleted, or has rows of its own and can't begin as a fork.
        """

        def work(c: Connection, inherited: Inheritance | None) -> tuple[RunRecord, bool]:
            now = self._clock()
            if storage_id is not None:
                run = self._found_by_id(c, actor, storage_id)
                actor.demand_write(run.entity_id, f"run {shorten(run.name)}")
            else:
                ref = self._projects.made(c, actor, entity, project)
                name = names.run_id(run_id) if run_id else uuid.uuid4().hex[:8]
                run = self._catalog.runs.find(c, ref.id, name)
                if run is None:
                    return self._insert(c, actor, ref, name, changes, now, inherited), True
            if run.parent_step is not None and not is_edit:
                changes.config_merge = True  # its client knows its own part only
            if inherited is not None and is_announced(run):
                return self._begin(c, run, changes, now, inherited), False
            return self._update(c, run, changes, now), False

        is_edit = storage_id is not None and not run_id  # that is how the official Api asks
        branches = self._branches
        if changes.branch_point is None or is_edit or branches is None:
            return self._catalog.write(lambda c: work(c, None))
        for again in attempts():
            try:
                place = self._catalog.read(lambda c: self._place(c, actor, entity, project, run_id, storage_id))
                inherited = branches.inheritance(actor, *place, run_id, changes.branch_point)
                return self._catalog.write(lambda c, inherited=inherited: work(c, inherited))
            except Moved:
                again()
        raise AssertionError("the attempts end with an error")

    def _place(
        self,
        c: Connection,
        actor: Actor,
        entity: str | None,
        project: str | None,
        run_id: str | None,
        storage_id: int | None,
    ) -> tuple[int | None, RunRecord | None]:
        """Give (the project's storage id, the run), None for what isn't there yet."""
        if storage_id is not None:
            run = self._found_by_id(c, actor, storage_id)
            return run.project_id, run
        place = entity or actor.entity or names.DEFAULT_ENTITY, project or names.DEFAULT_PROJECT
        ref = self._catalog.projects.find(c, *place)
        if ref is None:
            return None, None
        return ref.id, self._catalog.runs.find(c, ref.id, run_id) if run_id else None

    def _begin(
        self, c: Connection, run: RunRecord, changes: RunChanges, now: float, inherited: Inheritance
    ) -> RunRecord:
        """Start a run that was announced, as a fork."""
        assert self._branches is not None
        columns = columns_of(changes, run, now)
        self._catalog.runs.update(c, run.id, columns | self._branches.columns(inherited, columns))
        self._branches.adopt(c, run.id, inherited)
        failpoints.hit("branch.written")
        changed = self._catalog.runs.find_by_id(c, run.id)
        assert changed is not None
        return changed

    def _insert(
        self,
        c: Connection,
        actor: Actor,
        ref: ProjectRef,
        name: str,
        changes: RunChanges,
        now: float,
        inherited: Inheritance | None,
    ) -> RunRecord:
        columns = columns_of(changes, None, now)
        if inherited is not None and self._branches is not None:
            columns |= self._branches.columns(inherited, columns)
        number = self._catalog.projects.next_serial(c, ref.id)
        columns.setdefault("display_name", readable_name(number))
        columns["user_id"] = actor.user_id or None
        columns["project_id"] = ref.id
        columns["name"] = name
        columns["created_at"] = created_at(changes, now)
        columns["heartbeat_at"] = now
        run_id = self._catalog.runs.insert(c, columns)
        if inherited is not None and self._branches is not None:
            self._branches.adopt(c, run_id, inherited)
            failpoints.hit("branch.written")
        self._catalog.projects.active(c, ref.id, now)
        run = self._catalog.runs.find_by_id(c, run_id)
        assert run is not None
        return run

    def _update(self, c: Connection, run: RunRecord, changes: RunChanges, now: float) -> RunRecord:
        if run.deleted_at is not None:
            raise Conflict(f"run {shorten(run.name)} was deleted; restore it, or log under another id")
        columns = columns_of(changes, run, now)
        if not columns:
            return run
        if columns.get("state") == "running":
            keep_ended(self._catalog, c, run)
        self._catalog.runs.update(c, run.id, columns)
        self._catalog.projects.active(c, run.project_id, now)
        changed = self._catalog.runs.find_by_id(c, run.id)
        assert changed is not None
        return changed

    def find(self, actor: Actor, entity: str, project: str, run_id: str) -> RunRecord:
        """Find a run of the actor's.

        Raises:
            NotFound: there is none, it was deleted, or it isn't his.
        """
        return self._catalog.read(lambda c: self._found(c, actor, entity, project, run_id))

    def find_by_storage_id(self, actor: Actor, storage_id: int) -> RunRecord:
        """Find a run by the catalog's id.

        Raises:
            NotFound: there is none, it was deleted, or it isn't his.
        """
        return self._catalog.read(lambda c: self._found_by_id(c, actor, storage_id))

    def _found(self, c: Connection, actor: Actor, entity: str, project: str, run_id: str) -> RunRecord:
        missing = f"there is no run {shorten(run_id)} in {shorten(entity)} {shorten(project)}"
        ref = self._catalog.projects.find(c, entity, project)
        if ref is None or not actor.may_read(ref.entity_id):
            raise NotFound(missing)
        run = self._catalog.runs.find(c, ref.id, run_id)
        if run is None or run.deleted_at is not None:
            raise NotFound(missing)
        return run

    def _found_by_id(self, c: Connection, actor: Actor, storage_id: int) -> RunRecord:
        run = self._catalog.runs.find_by_id(c, storage_id)
        if run is None or run.deleted_at is not None or not actor.may_read(run.entity_id):
            raise NotFound("there is no such run")
        return run

    def describe(self, actor: Actor, entity: str, project: str, run_id: str) -> dict[str, Any]:
        """Give the ``Run`` object of docs/api.md.

        Raises:
            NotFound: see :meth:`find`.
        """

        def work(c: Connection) -> dict[str, Any]:
            run = self._found(c, actor, entity, project, run_id)
            counts = self._catalog.metrics.totals(c, run.id)
            lines = self._catalog.console.line_count(c, run.id)
            parent = None if run.parent_id is None else self._catalog.runs.find_by_id(c, run.parent_id)
            return describe_run(run, parent, counts, lines, self._catalog.files.count(c, run.id))

        return self._catalog.read(work)

    def edit(
        self, actor: Actor, entity: str, project: str, run_id: str, changes: RunChanges
    ) -> tuple[RunRecord, dict[str, Any]]:
        """Change one run that exists; return it and its ``Run`` object.

        Raises:
            InvalidValue, NotFound, Forbidden: see :meth:`upsert`.
        """

        def work(c: Connection) -> RunRecord:
            run = self._found(c, actor, entity, project, run_id)
            actor.demand_write(run.entity_id, f"run {shorten(run_id)}")
            return self._update(c, run, changes, self._clock())

        run = self._catalog.write(work)
        return run, self.describe(actor, entity, project, run_id)

    def search(self, actor: Actor, entity: str, project: str, query: RunQuery) -> RunPage:
        """List runs: filtered, sorted, one page of rows or all groups.

        Raises:
            InvalidValue: the query says where it can't be understood.
            NotFound: there is no such project, or it isn't the actor's.
        """
        selection = select_runs(query, self._clock())
        ref = self._projects.find(actor, entity, project)
        self._catalog.search.prepare(ref.id, selection)
        return self._catalog.read(lambda c: self._catalog.search.page(c, ref.id, selection))

    def columns(self, actor: Actor, entity: str, project: str) -> dict[str, Any]:
        """List what could be shown, sorted and filtered: the answer of ``GET …/columns``.

        Raises:
            NotFound: there is no such project, or it isn't the actor's.
        """
        ref = self._projects.find(actor, entity, project)
        return self._catalog.read(lambda c: self._catalog.document_keys.list(c, ref.id))

    def edit_many(
        self, actor: Actor, entity: str, project: str, ids: Sequence[str], changes: RunChanges
    ) -> list[RunRecord]:
        """Change several runs in one transaction: all or none.

        Raises:
            InvalidValue: too many ids, or a value breaks a rule.
            NotFound: one of them isn't there.
        """

        def work(c: Connection) -> list[RunRecord]:
            now = self._clock()
            found = self._storage_ids(c, actor, entity, project, ids)
            return [self._update(c, run, changes, now) for run in self._catalog.runs.find_many(c, found)]

        return self._catalog.write(work)

    def rows(self, actor: Actor, entity: str, project: str, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Give the ``RunRow`` objects of these runs.

        Raises:
            NotFound: there is no such project, or it isn't the actor's.
        """
        return self.search(actor, entity, project, RunQuery(ids=ids, limit=MAX_IDS)).runs

    def delete_many(self, actor: Actor, entity: str, project: str, ids: Sequence[str]) -> int:
        """Hide runs; return how many. What is hidden already stays so.

        Raises:
            InvalidValue: too many ids.
            NotFound: one of them never was.
        """

        def work(c: Connection) -> int:
            found = self._storage_ids(c, actor, entity, project, ids, also_deleted=True)
            return self._catalog.runs.delete(c, found, self._clock())

        return self._catalog.write(work)

    def restore_many(self, actor: Actor, entity: str, project: str, ids: Sequence[str]) -> int:
        """Show hidden runs again; return how many.

        Raises:
            InvalidValue: too many ids.
            NotFound: one of them never was.
        """

        def work(c: Connection) -> int:
            found = self._storage_ids(c, actor, entity, project, ids, also_deleted=True)
            return self._catalog.runs.restore(c, found)

        return self._catalog.write(work)

    def request_stop(self, actor: Actor, run: RunRecord) -> None:
        """Ask the run's script to stop; its client hears it with its next request.

        Raises:
            NotFound, Forbidden: the run isn't the actor's.
            Conflict: the run has ended.
        """

        def work(c: Connection) -> None:
            now = self._found_by_id(c, actor, run.id)
            actor.demand_write(now.entity_id, f"run {shorten(now.name)}")
            if now.state not in ("running", "pending"):
                raise Conflict(f"run {shorten(now.name)} is {now.state}; only a running one can be stopped")
            self._catalog.runs.update(c, now.id, {"stop_requested": True})

        self._catalog.write(work)

    def set_state(self, actor: Actor, storage_id: int, state: str) -> RunRecord:
        """Put a run into another state by hand.

        Raises:
            NotFound, Forbidden: the run isn't the actor's.
            InvalidValue, Conflict: see :func:`check_set_state`.
        """

        def work(c: Connection) -> RunRecord:
            run = self._found_by_id(c, actor, storage_id)
            actor.demand_write(run.entity_id, f"run {shorten(run.name)}")
            check_set_state(run, state)
            return run if run.state == state else self._update(c, run, RunChanges(state=state), self._clock())

        return self._catalog.write(work)

    def set_meta(self, run: RunRecord, meta: dict[str, Any]) -> None:
        """Merge facts about where the run ran (from a file that it brought) into ``meta``."""

        def work(c: Connection) -> None:
            there = self._catalog.runs.find_by_id(c, run.id)
            if there is not None:
                self._catalog.runs.update(c, run.id, columns_of(RunChanges(meta=meta), there, self._clock()))

        self._catalog.write(work)

    def _storage_ids(
        self,
        c: Connection,
        actor: Actor,
        entity: str,
        project: str,
        ids: Sequence[str],
        also_deleted: bool = False,
    ) -> list[int]:
        if len(ids) > MAX_IDS:
            raise InvalidValue(f"{len(ids):,} runs at once; at most {MAX_IDS:,}")
        ref = self._projects.found(c, actor, entity, project)
        actor.demand_write(ref.entity_id, f"project {shorten(project)}")
        found = self._catalog.runs.ids(c, ref.id, ids)
        if also_deleted:
            found.update(self._catalog.runs.ids(c, ref.id, ids, deleted=True))
        missing = [name for name in ids if name not in found]
        if missing:
            raise NotFound(f"there is no run {shorten(missing[0])} in {shorten(entity)} {shorten(project)}")
        return list(dict.fromkeys(found[name] for name in ids))
