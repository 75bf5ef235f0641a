"""Alerts: what a script said with ``run.alert``, kept and shown; nobody is mailed.

A script that alerts in a loop costs a bounded number of rows: the same title within the wait it asked for is said
once, and of each run the newest ``MAX_ALERTS`` are kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from runwell.server.stores.records import AlertRecord, RunRecord
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_ALERT_TEXT_CHARS, MAX_ALERT_TITLE_CHARS, MAX_ALERTS, MAX_PAGE
from runwell.wire.numbers import replace_surrogates

from .access import Actor
from .projects import Projects
from .runs import Runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

LEVELS = ("INFO", "WARN", "ERROR")


class Alerts:
    """The alerts of the catalog.

    Args:
        catalog: the catalog.
        projects, runs: whose they are.
        clock: seconds since the epoch.
    """

    def __init__(
        self, catalog: Catalog, projects: Projects, runs: Runs, clock: Callable[[], float] = time.time
    ) -> None:
        self._catalog = catalog
        self._projects = projects
        self._runs = runs
        self._clock = clock

    def add(self, actor: Actor, run: RunRecord, title: str, text: str, level: str, wait_s: float) -> bool:
        """Keep an alert of a run, unless it said this title within the last ``wait_s``.

        Title and text are cut to their limits: the script that speaks too long is told nothing, its words count.

        Returns:
            Whether it was kept.

        Raises:
            InvalidValue: no title, an unknown level, a wait that is no length of time.
            NotFound, Forbidden: see :meth:`Actor.demand_write`.
        """
        actor.demand_write(run.entity_id, f"run {shorten(run.name)}")
        if level not in LEVELS:
            raise InvalidValue(f"level {shorten(level)} is none of {', '.join(LEVELS)}")
        if not wait_s >= 0:
            raise InvalidValue(f"the wait between alerts is {wait_s} s; it must not be negative")
        title = _cut(title.strip(), MAX_ALERT_TITLE_CHARS)
        text = _cut(text, MAX_ALERT_TEXT_CHARS)
        if not title:
            raise InvalidValue("an alert needs a title")

        def work(c: Connection) -> bool:
            now = self._clock()
            last = self._catalog.alerts.last_at(c, run.id, title)
            if last is not None and 0 <= now - last < wait_s:
                return False
            self._catalog.alerts.add(c, run.id, title, text, level, now)
            if self._catalog.alerts.count(c, run_id=run.id) > MAX_ALERTS:
                self._catalog.alerts.keep_newest(c, run.id, MAX_ALERTS)
            return True

        return self._catalog.write(work)

    def of_run(self, actor: Actor, entity: str, project: str, run_id: str, limit: int) -> dict[str, Any]:
        """List a run's alerts, newest first: the answer of ``GET …/runs/{id}/alerts``.

        Raises:
            NotFound: there is no such run, or it isn't the actor's.
        """
        run = self._runs.find(actor, entity, project, run_id)
        return self._answer(limit, run_id=run.id)

    def of_project(self, actor: Actor, entity: str, project: str, limit: int) -> dict[str, Any]:
        """List the alerts of a project's runs, newest first: the answer of ``GET …/alerts``.

        Raises:
            NotFound: there is no such project, or it isn't the actor's.
        """
        ref = self._projects.find(actor, entity, project)
        return self._answer(limit, project_id=ref.id)

    def _answer(self, limit: int, **of: int) -> dict[str, Any]:
        def work(c: Connection) -> tuple[int, list[AlertRecord]]:
            rows = self._catalog.alerts
            return rows.count(c, **of), rows.newest(c, min(limit, MAX_PAGE), **of)

        total, found = self._catalog.read(work)
        return {"total": total, "alerts": [_shown(one) for one in found]}


def _cut(text: str, limit: int) -> str:
    text = replace_surrogates(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _shown(alert: AlertRecord) -> dict[str, Any]:
    return {
        "id": alert.id,
        "run": alert.run,
        "run_name": alert.run_name,
        "title": alert.title,
        "text": alert.text,
        "level": alert.level.lower(),
        "created_at": alert.created_at,
    }
