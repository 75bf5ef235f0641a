"""Alerts in the catalog."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from runwell.server.stores.records import AlertRecord

from .documents import clean_text
from .tables import alert, run

_ALERT = select(
    alert.c.id,
    run.c.name.label("run"),
    run.c.display_name.label("run_name"),
    alert.c.title,
    alert.c.text,
    alert.c.level,
    alert.c.created_at,
).join(run, run.c.id == alert.c.run_id)


class AlertRows:
    """Rows of table ``alert``."""

    def add(self, c: Connection, run_id: int, title: str, text: str, level: str, now: float) -> None:
        """Add an alert of a run."""
        c.execute(
            alert.insert().values(
                run_id=run_id, title=clean_text(title), text=clean_text(text), level=level, created_at=now
            )
        )

    def last_at(self, c: Connection, run_id: int, title: str) -> float | None:
        """Give when the run last said this title, None if never."""
        chosen = select(func.max(alert.c.created_at)).where(
            alert.c.run_id == run_id, alert.c.title == clean_text(title)
        )
        return c.execute(chosen).scalar()

    def keep_newest(self, c: Connection, run_id: int, number: int) -> None:
        """Delete the run's alerts but the newest ``number``."""
        newest = _newest_first(select(alert.c.id).where(alert.c.run_id == run_id)).limit(number)
        c.execute(delete(alert).where(alert.c.run_id == run_id, alert.c.id.not_in(newest)))

    def count(self, c: Connection, *, run_id: int | None = None, project_id: int | None = None) -> int:
        """Count the alerts of a run, or of a project's runs that aren't deleted."""
        chosen = _of(select(func.count()).select_from(alert.join(run, run.c.id == alert.c.run_id)), run_id, project_id)
        return c.execute(chosen).scalar_one()

    def newest(
        self, c: Connection, limit: int, *, run_id: int | None = None, project_id: int | None = None
    ) -> list[AlertRecord]:
        """List the newest alerts of a run, or of a project's runs that aren't deleted, newest first."""
        rows = c.execute(_newest_first(_of(_ALERT, run_id, project_id)).limit(limit)).all()
        return [_record(row) for row in rows]


def _newest_first(chosen: Any) -> Any:
    return chosen.order_by(alert.c.created_at.desc(), alert.c.id.desc())


def _of(chosen: Any, run_id: int | None, project_id: int | None) -> Any:
    if run_id is not None:
        return chosen.where(alert.c.run_id == run_id)
    return chosen.where(run.c.project_id == project_id, run.c.deleted_at.is_(None))


def _record(row: Row[Any]) -> AlertRecord:
    return AlertRecord(*row)
