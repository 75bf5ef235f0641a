"""Values of many runs as columns: what a scatter, parallel coordinates or a bar chart draws, in one statement.

A listing of rows spends most of its time on making thousands of objects; here a run is a place in a few lists.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, func, select

from runwell.server.stores.filter_tree import Key

from .document_sql import DocumentSql
from .tables import run, user

# Arguments of a function: at most 100 in PostgreSQL, 127 in SQLite.
_KEYS_A_CALL = 90
_ODD = re.compile(r'["\\\x00-\x1f\ud800-\udfff]')
_FIELDS: dict[str, ColumnElement[Any]] = {
    "id": run.c.name,
    "name": run.c.display_name,
    "state": run.c.state,
    "tags": run.c.tags,
    "notes": run.c.notes,
    "group": run.c.group_name,
    "job_type": run.c.job_type,
    "user": func.coalesce(user.c.name, ""),
    "host": run.c.host,
    "sweep": run.c.sweep,
    "created_at": run.c.created_at,
    "heartbeat_at": run.c.heartbeat_at,
    "finished_at": run.c.finished_at,
    "deleted_at": run.c.deleted_at,
    "runtime_s": run.c.runtime_s,
    "last_step": run.c.last_step,
}
NAMES = ("id", "name", "state")  # fields that every answer has


def is_odd(key: str) -> bool:
    """Tell whether a document's key can't be asked for by a path."""
    return _ODD.search(key) is not None


def read_columns(
    c: Connection,
    sql: DocumentSql,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
    columns: Sequence[Key],
    limit: int | None,
    run_ids: Sequence[int] | None = None,
) -> dict[str, list[Any]]:
    """Give ``NAMES`` and the columns as lists of one length, in order; values strict data, None for missing.

    Args:
        run_ids: storage ids that give the order in the stead of ``order``.
    """
    documents = {"config": run.c.config, "summary": run.c.summary}
    fields = list(dict.fromkeys([*NAMES, *(key.name for key in columns if key.scope == "run")]))
    calls: list[tuple[str, list[str]]] = []
    odd = [key for key in columns if key.scope != "run" and is_odd(key.name)]
    for scope in documents:
        keys = list(dict.fromkeys(k.name for k in columns if k.scope in (scope, "any") and k not in odd))
        calls += [(scope, keys[n : n + _KEYS_A_CALL]) for n in range(0, len(keys), _KEYS_A_CALL)]
    picked: list[ColumnElement[Any]] = [_FIELDS[name].label(f"field_{name}") for name in fields]
    picked += [sql.values(documents[scope], keys).label(f"values_{n}") for n, (scope, keys) in enumerate(calls)]
    picked += list(documents.values()) if odd else []
    picked += [run.c.id.label("storage_id")] if run_ids is not None else []
    chosen = select(*picked).select_from(run).where(*conditions).order_by(*order).limit(limit)
    if "user" in fields:
        chosen = chosen.outerjoin(user, user.c.id == run.c.user_id)
    rows: Sequence[Any] = c.execute(chosen).all()
    if run_ids is not None:
        found_rows = {row.storage_id: tuple(row)[:-1] for row in rows}
        rows = [found_rows[run_id] for run_id in run_ids if run_id in found_rows]
        picked.pop()
    lists = list(zip(*rows, strict=True)) if rows else [()] * len(picked)
    by_field = {name: list(lists[n]) for n, name in enumerate(fields)}
    by_key: dict[tuple[str, str], list[Any]] = {}
    for n, (scope, keys) in enumerate(calls):
        values = list(zip(*_lists(lists[len(fields) + n]), strict=True)) or [()] * len(keys)
        by_key.update({(scope, key): list(values[place]) for place, key in enumerate(keys)})
    if odd:
        configs, summaries = lists[-2:]
        for key in odd:
            by_key["config", key.name] = [document.get(key.name) for document in configs]
            by_key["summary", key.name] = [document.get(key.name) for document in summaries]
    found = {name: by_field[name] for name in NAMES}
    for key in columns:
        if key.scope == "run":
            found[str(key)] = by_field[key.name]
        elif key.scope == "any":
            pairs = zip(by_key["summary", key.name], by_key["config", key.name], strict=True)
            found[str(key)] = [config if summary is None else summary for summary, config in pairs]
        else:
            found[str(key)] = by_key[key.scope, key.name]
    return found


def _lists(column: Sequence[Any]) -> list[list[Any]]:
    """Give what ``sql.values`` answered as lists: SQLite gives texts, which are read in one go."""
    if column and isinstance(column[0], str):
        return orjson.loads("[" + ",".join(column) + "]")
    return list(column)
