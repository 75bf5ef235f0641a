"""All runs that match as a table to take away: read in parts, so that a hundred thousand of them fit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runwell.server.stores.filter_tree import Key
from runwell.wire.numbers import from_strict

from .access import Actor
from .projects import Projects
from .selection import RunQuery, select_runs

if TYPE_CHECKING:
    from runwell.server.stores.sql.catalog import Catalog

PART_RUNS = 2_000  # read at a time
_ALWAYS = ("id", "name")


@dataclass(slots=True)
class RunExport:
    """One table.

    Attributes:
        names: its columns: "id", "name", then those asked for.
    """

    names: list[str]
    _catalog: Catalog
    _run_ids: list[int]
    _columns: tuple[Key, ...]

    def parts(self) -> Iterator[list[list[Any]]]:
        """Yield parts of the table, a list a column: values as they were logged, None for missing ones.

        It may be gone through again; runs that were deleted meanwhile are missing then.
        """
        for start in range(0, len(self._run_ids), PART_RUNS):
            ids = self._run_ids[start : start + PART_RUNS]
            found = self._catalog.read(lambda c, ids=ids: self._catalog.search.columns(c, ids, self._columns))
            yield [[from_strict(value) for value in found[name]] for name in self.names]


class RunExports:
    """Begins exports.

    Args:
        catalog: the catalog.
        projects: where the runs live.
        clock: seconds since the epoch.
    """

    def __init__(self, catalog: Catalog, projects: Projects, clock: Callable[[], float] = time.time) -> None:
        self._catalog = catalog
        self._projects = projects
        self._clock = clock

    def begin(self, actor: Actor, entity: str, project: str, query: RunQuery) -> RunExport:
        """Say which runs are taken, in which order; the query's page doesn't count.

        Raises:
            InvalidValue: the query says where it can't be understood.
            NotFound: there is no such project, or it isn't the actor's.
        """
        selection = select_runs(query, self._clock())
        ref = self._projects.find(actor, entity, project)
        self._catalog.search.prepare(ref.id, selection)
        run_ids = self._catalog.read(lambda c: self._catalog.search.ids(c, ref.id, selection))
        names = list(dict.fromkeys([*_ALWAYS, *map(str, selection.columns)]))
        return RunExport(names, self._catalog, run_ids, selection.columns)
