"""Runs in the catalog: one row each, documents inside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select, update

from runwell.server.stores.records import RunRecord
from runwell.wire.documents import merge_documents
from runwell.wire.records import ENDED_STATES

from .documents import extended_document
from .projects import ACTIVE_EVERY_S
from .tables import entity, project, run, user

_DOCUMENTS = (
    run.c.config,
    run.c.config_paths,
    run.c.summary,
    run.c.summary_paths,
    run.c.wandb_config,
    run.c.meta,
    run.c.counters,
    run.c.metric_rules,
)
_PLAIN = [c for c in run.c if c.name not in {d.name for d in _DOCUMENTS} | {"purged_at"}]
_WHOLE = (
    select(
        *_PLAIN,
        *_DOCUMENTS,
        project.c.name.label("project"),
        project.c.entity_id,
        entity.c.name.label("entity"),
        func.coalesce(user.c.name, "").label("user"),
    )
    .select_from(run)
    .join(project, project.c.id == run.c.project_id)
    .join(entity, entity.c.id == project.c.entity_id)
    .outerjoin(user, user.c.id == run.c.user_id)
)
KEEP_AT_FINISH = ("interrupted", "preempted", "killed")  # said by the client; a later exit code doesn't unsay it


class RunRows:
    """Rows of table ``run``. Values of documents are strict data on the way in."""

    def find(self, c: Connection, project_id: int, name: str) -> RunRecord | None:
        """Find a run by its id of URLs; also one that was deleted (see ``deleted_at``)."""
        row = c.execute(_WHOLE.where(run.c.project_id == project_id, run.c.name == name)).first()
        return _record(row) if row else None

    def find_by_id(self, c: Connection, run_id: int) -> RunRecord | None:
        """Find a run by its storage id; also one that was deleted."""
        row = c.execute(_WHOLE.where(run.c.id == run_id)).first()
        return _record(row) if row else None

    def find_many(self, c: Connection, run_ids: Sequence[int]) -> list[RunRecord]:
        """Find runs by storage id, in the order given, leaving out unknown ones."""
        rows = {row.id: _record(row) for row in c.execute(_WHOLE.where(run.c.id.in_(run_ids)))}
        return [rows[run_id] for run_id in run_ids if run_id in rows]

    def ids(self, c: Connection, project_id: int, names: Iterable[str], deleted: bool = False) -> dict[str, int]:
        """Map run ids of URLs to storage ids; unknown ones (and deleted, or only deleted) are left out."""
        gone = run.c.deleted_at.is_not(None) if deleted else run.c.deleted_at.is_(None)
        found = c.execute(
            select(run.c.name, run.c.id).where(run.c.project_id == project_id, run.c.name.in_(list(names)), gone)
        )
        return {name: run_id for name, run_id in found}  # noqa: C416

    def insert(self, c: Connection, values: dict[str, Any]) -> int:
        """Insert a run (column → value); return its storage id.

        Raises:
            IntegrityError: the project has a run of that name.
        """
        made = c.execute(run.insert().values(**values)).inserted_primary_key
        assert made is not None
        return made[0]

    def update(self, c: Connection, run_id: int, values: dict[str, Any]) -> None:
        """Replace columns of a run."""
        if values:
            c.execute(update(run).where(run.c.id == run_id).values(**values))

    def heard(
        self,
        c: Connection,
        run_id: int,
        now: float,
        *,
        rows: int = 0,
        last_step: int | None = None,
        runtime_s: float | None = None,
    ) -> None:
        """Note that a run's client spoke: heartbeat, rows accepted, last step, runtime.

        A run called pending or crashed is running again.
        """
        back = run.c.state.in_(("pending", "crashed"))
        values: dict[str, Any] = {
            "heartbeat_at": now,
            "state": _case(back, "running", run.c.state),
            "finished_at": _case(back, None, run.c.finished_at),
        }
        if rows:
            values["row_count"] = run.c.row_count + rows
        if last_step is not None:
            values["last_step"] = _case(run.c.last_step < last_step, last_step, run.c.last_step)
        if runtime_s is not None:
            values["runtime_s"] = _case(run.c.runtime_s < runtime_s, runtime_s, run.c.runtime_s)
        c.execute(update(run).where(run.c.id == run_id).values(**values))
        c.execute(
            update(project)
            .where(
                project.c.id == select(run.c.project_id).where(run.c.id == run_id).scalar_subquery(),
                project.c.active_at < now - ACTIVE_EVERY_S,
            )
            .values(active_at=now)
        )

    def set_summary(
        self, c: Connection, run_id: int, flat_strict: dict[str, Any], paths: dict[str, list[str]], merge: bool
    ) -> None:
        """Replace the summary, or, merging, its keys that are given.

        A run that has taken over rows, or was rewound, keeps what these say of keys that its client doesn't know.
        """
        columns = (run.c.summary, run.c.summary_paths, run.c.parent_step, run.c.rewound_step)
        there = c.execute(select(*columns).where(run.c.id == run_id)).one()
        if merge or there.parent_step is not None or there.rewound_step is not None:
            flat_strict, paths = merge_documents((there.summary, there.summary_paths), (flat_strict, paths))
        c.execute(update(run).where(run.c.id == run_id).values(summary=flat_strict, summary_paths=paths))

    def finish(self, c: Connection, run_id: int, now: float, exit_code: int) -> None:
        """Note the end that the client announced: finished with code 0, else failed, or killed if it was to stop."""
        ended = "finished" if exit_code == 0 else _case(run.c.stop_requested, "killed", "failed")
        c.execute(
            update(run)
            .where(run.c.id == run_id)
            .values(
                state=_case(run.c.state.in_(KEEP_AT_FINISH), run.c.state, ended),
                finished_at=now,
                heartbeat_at=now,
                exit_code=exit_code,
            )
        )

    def set_state(self, c: Connection, run_id: int, state: str, now: float | None = None) -> None:
        """Set the state; an ended one keeps the last heartbeat (or ``now``) as its end."""
        ended = state in ENDED_STATES
        end = now if now is not None else run.c.heartbeat_at
        c.execute(update(run).where(run.c.id == run_id).values(state=state, finished_at=end if ended else None))

    def stop_requested(self, c: Connection, run_id: int) -> bool:
        """Tell whether somebody asked the run to stop."""
        return bool(c.execute(select(run.c.stop_requested).where(run.c.id == run_id)).scalar())

    def silent_since(self, c: Connection, before: float) -> list[int]:
        """List running runs not heard since ``before``, by storage id."""
        chosen = select(run.c.id).where(run.c.state == "running", run.c.heartbeat_at < before)
        return list(c.execute(chosen.where(run.c.deleted_at.is_(None))).scalars())

    def delete(self, c: Connection, run_ids: Sequence[int], now: float) -> int:
        """Hide runs; return how many were there to hide."""
        chosen = update(run).where(run.c.id.in_(run_ids), run.c.deleted_at.is_(None))
        return c.execute(chosen.values(deleted_at=now)).rowcount

    def restore(self, c: Connection, run_ids: Sequence[int]) -> int:
        """Show hidden runs again; return how many. What is purged doesn't come back."""
        chosen = update(run).where(run.c.id.in_(run_ids), run.c.deleted_at.is_not(None), run.c.purged_at.is_(None))
        return c.execute(chosen.values(deleted_at=None)).rowcount


def _case(condition: ColumnElement[bool], then: Any, otherwise: Any) -> Any:
    return case((condition, then), else_=otherwise)


def _record(row: Any) -> RunRecord:
    values = dict(row._mapping)
    for column in _DOCUMENTS:
        values[column.name] = extended_document(values[column.name])
    return RunRecord(**values)
