"""Runs page by page for readers that walk through all of them, whatever happens to the runs meanwhile.

A page continues behind the run that the last one ended with. Runs made since the first page don't come in between, and
runs that were deleted or no longer match don't push others over the edge: a script may delete, tag or stop what it is
walking through and still meets every run once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from runwell.server.stores.filter_tree import Mark
from runwell.server.stores.records import RunRecord
from runwell.wire.errors import InvalidValue, shorten

from .access import Actor
from .projects import Projects
from .selection import RunQuery, select_runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

CURSOR_CHARS = 100


@dataclass(slots=True)
class RunSlice:
    """One page.

    Attributes:
        runs: whole records.
        cursors: one a run: where to go on behind it.
        more: whether there are runs behind the last.
        matched: how many match, on all pages.
    """

    runs: list[RunRecord]
    cursors: list[str]
    more: bool
    matched: int


class RunListing:
    """Lists whole records.

    Args:
        clock: seconds since the epoch.
    """

    def __init__(self, catalog: Catalog, projects: Projects, clock: Callable[[], float] = time.time) -> None:
        self._catalog = catalog
        self._projects = projects
        self._clock = clock

    def count(self, actor: Actor, entity: str, project: str, query: RunQuery) -> int:
        """Count the runs that match.

        Raises:
            InvalidValue: the query says where it can't be understood.
            NotFound: there is no such project, or it isn't the actor's.
        """
        selection = select_runs(query, self._clock())
        ref = self._projects.find(actor, entity, project)
        self._catalog.search.prepare(ref.id, selection)
        return self._catalog.read(lambda c: self._catalog.search.count(c, ref.id, selection))

    def page(self, actor: Actor, entity: str, project: str, query: RunQuery, cursor: str | None = None) -> RunSlice:
        """Give the page behind a cursor.

        Raises:
            InvalidValue: the query says where it can't be understood, or the cursor is none of this server's.
            NotFound: there is no such project, or it isn't the actor's.
        """
        mark = read_cursor(cursor)
        selection = replace(select_runs(query, self._clock()), columns=(), group=(), behind=mark)
        ref = self._projects.find(actor, entity, project)
        self._catalog.search.prepare(ref.id, selection)

        def work(c: Connection) -> RunSlice:
            found = self._catalog.search.slice(c, ref.id, selection)
            runs = self._catalog.runs.find_many(c, found.ids)
            marks = [
                Mark(found.offset + n + 1, found.newest, run_id, found.matched) for n, run_id in enumerate(found.ids)
            ]
            more = found.offset + len(found.ids) < found.matched
            return RunSlice(runs, [write_cursor(mark) for mark in marks], more, found.matched)

        return self._catalog.read(work)


def write_cursor(mark: Mark) -> str:
    """Write a mark as clients carry it."""
    return f"{mark.offset}.{mark.newest}.{mark.last}.{mark.matched}"


def read_cursor(text: str | None) -> Mark | None:
    """Read a cursor; None: the beginning.

    Raises:
        InvalidValue: it is none of this server's.
    """
    if not text:
        return None
    parts = text.split(".") if len(text) <= CURSOR_CHARS and text.isascii() else []
    if len(parts) != 4 or not all(part.isdigit() and len(part) <= 18 for part in parts):
        raise InvalidValue(f"{shorten(text)} is not a cursor of this server")
    return Mark(*map(int, parts))
