"""Runs in groups: one pass over what matches, groups in the order of their first run."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, select

from runwell.server.stores.filter_tree import Key, Selection, Value

from .filter_sql import FilterSql
from .tables import run

MAX_GROUP_IDS = 1_000  # run ids listed in one group
_COUNTED = 100  # distinct values counted exactly up to here
_TAGS_NAMED = 20  # tags of a group that are named, the most frequent
_TAGS = Key("run", "tags")


class _Aggregate:
    """Mean, median, least, most and spread of a column's numbers, and how many distinct values it has."""

    def __init__(self) -> None:
        self.numbers: list[float] = []
        self.distinct: set[Value] = set()

    def add(self, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            self.numbers.append(value)
        if len(self.distinct) < _COUNTED:
            self.distinct.add(value)

    def shown(self) -> dict[str, Any]:
        if not self.numbers:
            return {"distinct": len(self.distinct)}
        with np.errstate(all="ignore"):
            values = np.array(self.numbers, np.float64)
            numbers = {
                "mean": float(values.mean()),
                "median": float(np.median(values)),
                "min": float(values.min()),
                "max": float(values.max()),
                "std": float(values.std(ddof=1)) if len(values) > 1 else 0.0,
            }
        finite = {k: v if math.isfinite(v) else None for k, v in numbers.items()}
        return {**finite, "n": len(values), "distinct": len(self.distinct)}


class _TagCounts(_Aggregate):
    """How many runs have each tag."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, value: Any) -> None:
        self.counts.update(value or ())

    def shown(self) -> dict[str, Any]:
        return {"distinct": len(self.counts), "values": [list(pair) for pair in self.counts.most_common(_TAGS_NAMED)]}


class _Group:
    def __init__(self, key: dict[str, Any], columns: Sequence[Key]) -> None:
        self.key = key
        self.count = 0
        self.states: dict[str, int] = {}
        self.ids: list[str] = []
        self.aggregates = [_TagCounts() if column == _TAGS else _Aggregate() for column in columns]


def group_runs(
    c: Connection, compiler: FilterSql, conditions: list[ColumnElement[bool]], selection: Selection
) -> tuple[list[dict[str, Any]], int, int]:
    """Group the runs that match.

    Returns:
        Group objects of docs/api.md (``offset`` and ``limit`` count groups), how many runs match, and
        how many groups they are.
    """
    keys = [_group_value(compiler, key) for key in selection.group]
    columns = [_group_value(compiler, key) for key in selection.columns]
    chosen = select(run.c.name, run.c.state, *keys, *columns).where(*conditions)
    groups: dict[str, _Group] = {}
    matched = 0
    first = len(keys)
    for row in c.execute(chosen.order_by(*compiler.order(selection.sort))):
        name, state, *found = tuple(row)
        matched += 1
        values = [found[n] if key == _TAGS else compiler.sql.decode(found[n]) for n, key in enumerate(selection.group)]
        identity = repr([(type(v) is bool, v) for v in values])
        group = groups.get(identity)
        if group is None:
            named = {str(key): value for key, value in zip(selection.group, values, strict=True)}
            group = groups[identity] = _Group(named, selection.columns)
        group.count += 1
        group.states[state] = group.states.get(state, 0) + 1
        if len(group.ids) < MAX_GROUP_IDS:
            group.ids.append(name)
        for n, aggregate in enumerate(group.aggregates):
            value = found[first + n]
            aggregate.add(value if isinstance(aggregate, _TagCounts) else compiler.sql.decode(value))
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
    return run.c.tags if key == _TAGS else compiler.typed(key)
