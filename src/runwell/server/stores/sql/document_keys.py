"""What a project's runs have in config and summary: every key with counts, types and range.

Answers are kept while nothing happens in the project, and, since computing one reads every document,
for ten times as long as it took to compute.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from .tables import run

_COUNTED = 100  # distinct values counted exactly up to here
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
        self._kept: dict[int, tuple[Any, float, list[dict[str, Any]]]] = {}

    def list(self, c: Connection, project_id: int) -> list[dict[str, Any]]:
        """List the column objects of docs/api.md, config first, by name."""
        mine = (run.c.project_id == project_id, run.c.deleted_at.is_(None))
        seen = c.execute(select(func.count(), func.max(run.c.heartbeat_at), func.max(run.c.id)).where(*mine)).one()
        mark = tuple(seen)
        begun = time.monotonic()
        with self._lock:
            kept = self._kept.get(project_id)
        if kept and (begun < kept[1]) and kept[0][0] == mark[0]:
            return kept[2]
        columns: dict[str, _Column] = {}
        total = 0
        for config, summary in c.execute(select(run.c.config, run.c.summary).where(*mine)).yield_per(500):
            total += 1
            _count("config.", config, columns)
            _count("summary.", summary, columns)
        listed = [_shown(key, columns[key], total) for key in sorted(columns)]
        took = time.monotonic() - begun
        with self._lock:
            if len(self._kept) >= _MAX_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[project_id] = (mark, begun + took * (1 + _KEPT_FACTOR), listed)
        return listed


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
