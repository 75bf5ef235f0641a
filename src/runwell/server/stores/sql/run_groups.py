"""Runs in groups: one pass over what matches, groups in the order of their first run."""

from __future__ import annotations

import math
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from runwell.server.stores.filter_tree import Key, Selection, Value

from .filter_sql import FilterSql
from .tables import run

MAX_GROUP_IDS = 1_000  # run ids listed in one group
_COUNTED = 100  # distinct values counted exactly up to here


class _Aggregate:
    """Mean, least, most and spread of a column's numbers (Welford), or how many distinct values it has."""

    def __init__(self) -> None:
        self.n = 0
        self.mean = 0.0
        self.m2 = 0.0
        self.least = math.inf
        self.most = -math.inf
        self.distinct: set[Value] = set()

    def add(self, value: Value) -> None:
        if value is None:
            return
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            self.n += 1
            delta = value - self.mean
            self.mean += delta / self.n
            self.m2 += delta * (value - self.mean)
            self.least = min(self.least, value)
            self.most = max(self.most, value)
        elif len(self.distinct) < _COUNTED:
            self.distinct.add(value)

    def shown(self) -> dict[str, Any]:
        if not self.n:
            return {"distinct": len(self.distinct)}
        std = math.sqrt(max(self.m2, 0.0) / (self.n - 1)) if self.n > 1 else 0.0
        numbers = {"mean": self.mean, "min": self.least, "max": self.most, "std": std}
        return {**{k: v if math.isfinite(v) else None for k, v in numbers.items()}, "n": self.n}


class _Group:
    def __init__(self, key: dict[str, Any], columns: int) -> None:
        self.key = key
        self.count = 0
        self.states: dict[str, int] = {}
        self.ids: list[str] = []
        self.aggregates = [_Aggregate() for _ in range(columns)]


def group_runs(
    c: Connection, compiler: FilterSql, conditions: list[ColumnElement[bool]], selection: Selection
) -> tuple[list[dict[str, Any]], int, int]:
    """Group the runs that match.

    Returns:
        Group objects of docs/api.md (``offset`` and ``limit`` count groups), how many runs match, and
        how many groups they are.
    """
    keys = [_group_value(compiler, key) for key in selection.group]
    columns = [compiler.typed(key) for key in selection.columns]
    chosen = select(run.c.name, run.c.state, *keys, *columns).where(*conditions)
    groups: dict[str, _Group] = {}
    matched = 0
    first = len(keys)
    for row in c.execute(chosen.order_by(*compiler.order(selection.sort))):
        name, state, *found = tuple(row)
        matched += 1
        values = [
            found[n] if key == Key("run", "tags") else compiler.sql.decode(found[n])
            for n, key in enumerate(selection.group)
        ]
        identity = repr([(type(v) is bool, v) for v in values])
        group = groups.get(identity)
        if group is None:
            named = {str(key): value for key, value in zip(selection.group, values, strict=True)}
            group = groups[identity] = _Group(named, len(columns))
        group.count += 1
        group.states[state] = group.states.get(state, 0) + 1
        if len(group.ids) < MAX_GROUP_IDS:
            group.ids.append(name)
        for n, aggregate in enumerate(group.aggregates):
            aggregate.add(compiler.sql.decode(found[first + n]))
    page = list(groups.values())[selection.offset : selection.offset + selection.limit]
    return (
        [
            {
                "key": group.key,
                "count": group.count,
                "states": group.states,
                "ids": group.ids,
                "aggregates": {str(k): a.shown() for k, a in zip(selection.columns, group.aggregates, strict=True)},
            }
            for group in page
        ],
        matched,
        len(groups),
    )


def _group_value(compiler: FilterSql, key: Key) -> ColumnElement[Any]:
    return run.c.tags if key == Key("run", "tags") else compiler.typed(key)
