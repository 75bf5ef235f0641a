"""Runs: made and changed by partial updates, found, listed, edited in numbers, stopped, hidden."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from runwell.server.stores.filter_tree import Node
from runwell.server.stores.records import ProjectRef, RunChanges, RunPage, RunRecord
from runwell.wire import names
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_IDS

from .access import Actor, Conflict, NotFound
from .projects import Projects
from .run_changes import columns_of, created_at
from .run_names import readable_name
from .run_states import check_set_state
from .run_view import describe_run
from .selection import select_runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

__all__ = ["ProjectRef", "RunChanges", "RunPage", "RunQuery", "RunRecord", "Runs"]


@dataclass(slots=True)
class RunQuery:
    """A runs listing as it is asked for, in the words of docs/api.md.

    Attributes:
        filter_text: a filter expression, or "".
        filter_tree: a filter already parsed (from GraphQL); both given, both must hold.
        sort, columns, group: keys as docs/api.md writes them, ``-`` in front of a sort key for descending.
        q: text or regular expression for name and id.
        ids: only these run ids.
    """

    filter_text: str = ""
    filter_tree: Node | None = None
    sort: Sequence[str] = ("-created_at",)
    columns: Sequence[str] = ()
    q: str = ""
    ids: Sequence[str] | None = None
    offset: int = 0
    limit: int = 100
    group: Sequence[str] = ()


class Runs:
    """The runs of the catalog.

    Args:
        catalog: the catalog.
        projects: where they live.
        clock: seconds since the epoch.
    """

    def __init__(self, catalog: Catalog, projects: Projects, clock: Callable[[], float] = time.time) -> None:
        self._catalog = catalog
        self._projects = projects
        self._clock = clock

    def upsert(
        self,
        actor: Actor,
        entity: str | None,
        project: str | None,
        run_id: str | None,
        changes: RunChanges,
        storage_id: int | None = None,
    ) -> tuple[RunRecord, bool]:
        """Change a run, or make it; repeated, it changes nothing more.

        Args:
            entity, project: None for the actor's own, and ``uncategorized``.
            run_id: None makes a run with a fresh id, unless ``storage_id`` says which run is meant.

        Returns:
            The run as it is now, and whether this call made it.

        Raises:
            InvalidValue: a name or value breaks a rule.
            NotFound, Forbidden: the place isn't the actor's.
            Conflict: the run of that id was deleted.
        """

        def work(c: Connection) -> tuple[RunRecord, bool]:
            now = self._clock()
            if storage_id is not None:
                run = self._found_by_id(c, actor, storage_id)
                actor.demand_write(run.entity_id, f"run {shorten(run.name)}")
            else:
                ref = self._projects.made(c, actor, entity, project)
                name = names.run_id(run_id) if run_id else uuid.uuid4().hex[:8]
                run = self._catalog.runs.find(c, ref.id, name)
                if run is None:
                    return self._insert(c, actor, ref, name, changes, now), True
            return self._update(c, run, changes, now), False

        return self._catalog.write(work)

    def _insert(
        self, c: Connection, actor: Actor, ref: ProjectRef, name: str, changes: RunChanges, now: float
    ) -> RunRecord:
        columns = columns_of(changes, None, now)
        number = self._catalog.projects.next_serial(c, ref.id)
        columns.setdefault("display_name", readable_name(number))
        columns["user_id"] = actor.user_id or None
        columns["project_id"] = ref.id
        columns["name"] = name
        columns["created_at"] = created_at(changes, now)
        columns["heartbeat_at"] = now
        run_id = self._catalog.runs.insert(c, columns)
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

    def search_whole(self, actor: Actor, entity: str, project: str, query: RunQuery) -> tuple[list[RunRecord], int]:
        """List runs as whole records.

        Returns:
            The page's runs, and how many match.

        Raises:
            InvalidValue, NotFound: see :meth:`search`.
        """
        selection = replace(select_runs(query, self._clock()), columns=(), group=())
        ref = self._projects.find(actor, entity, project)
        self._catalog.search.prepare(ref.id, selection)

        def work(c: Connection) -> tuple[list[RunRecord], int]:
            found, matched = self._catalog.search.ids(c, ref.id, selection)
            return self._catalog.runs.find_many(c, found), matched

        return self._catalog.read(work)

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
