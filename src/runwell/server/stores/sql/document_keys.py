"""What a project's runs have in config and summary: every key with counts, types and range.

Counting reads every document (0.1 ms each), so an answer is kept while nothing happens in the project, and
in any case for ten times as long as it took; a very large project is counted over its newest runs,
and the answer says over how many.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from .projects import ACTIVE_EVERY_S
from .tables import project, run

_COUNTED = 100  # distinct values counted exactly up to here
MAX_COUNTED_RUNS = 20_000  # about 2 s
_KEPT_FACTOR = 10.0
_MAX_KEPT = 64  # projects whose answer is kept


class _Column:
    __slots__ = ("distinct", "least", "most", "runs", "types")

    def __init__(self) -> None:
        self.runs = 0
        self.types: dict[str, int] = {}
        self.distinct: set[Any] = set()
        self.least: float | None = None
        self.most: float | None = None


class DocumentKeys:
    """Lists columns of projects."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[int, _Kept] = {}

    def list(self, c: Connection, project_id: int) -> dict[str, Any]:
        """Give the answer of ``GET …/columns`` of docs/api.md: config before summary, by name."""
        active_at = c.execute(select(project.c.active_at).where(project.c.id == project_id)).scalar_one()
        begun = time.monotonic()
        with self._lock:
            kept = self._kept.get(project_id)
        if kept and (begun < kept.until or (kept.active_at == active_at and kept.settled)):
            return kept.answer
        columns: dict[str, _Column] = {}
        counted = 0
        mine = (run.c.project_id == project_id, run.c.deleted_at.is_(None))
        newest = select(run.c.config, run.c.summary).where(*mine).order_by(run.c.created_at.desc(), run.c.id.desc())
        for config, summary in c.execute(newest.limit(MAX_COUNTED_RUNS)).yield_per(500):
            counted += 1
            _count("config.", config, columns)
            _count("summary.", summary, columns)
        total = counted
        if counted == MAX_COUNTED_RUNS:
            total = c.execute(select(func.count()).select_from(run).where(*mine)).scalar_one()
        listed = [_shown(key, columns[key], counted) for key in sorted(columns)]
        answer = {"columns": listed, "runs": total, "counted": counted}
        took = time.monotonic() - begun
        with self._lock:
            while len(self._kept) >= _MAX_KEPT:
                self._kept.pop(next(iter(self._kept)))
            # Activity is noted every few seconds: only what was counted later than that has seen it all.
            settled = time.time() - took > active_at + ACTIVE_EVERY_S
            self._kept[project_id] = _Kept(active_at, settled, begun + took * (1 + _KEPT_FACTOR), answer)
        return answer


@dataclass(frozen=True, slots=True)
class _Kept:
    active_at: float
    settled: bool
    until: float
    answer: dict[str, Any]


def _count(prefix: str, document: dict[str, Any], columns: dict[str, _Column]) -> None:
    for key, value in document.items():
        name = prefix + key
        column = columns.get(name)
        if column is None:
            column = columns[name] = _Column()
        column.runs += 1
        kind = type(value)
        if kind is float or kind is int:
            word = "number"
            if column.least is None or value < column.least:
                column.least = value
            if column.most is None or value > column.most:
                column.most = value
        elif kind is str:
            word = "string"
        elif kind is bool:
            word = "bool"
        elif value is None:
            word = "null"
        elif kind is list:
            word = "list"
        else:
            word = value.get("_type", "object") if isinstance(value.get("_type", "object"), str) else "object"
        column.types[word] = column.types.get(word, 0) + 1
        if len(column.distinct) < _COUNTED:
            if kind is dict or kind is list:
                column.distinct.add(orjson.dumps(value))
            else:
                column.distinct.add((word, value))


def _shown(key: str, column: _Column, total: int) -> dict[str, Any]:
    return {
        "key": key,
        "runs": column.runs,
        "types": column.types,
        "distinct": len(column.distinct),
        "differs": len(column.distinct) > 1 or column.runs < total,
        "min": column.least,
        "max": column.most,
    }
