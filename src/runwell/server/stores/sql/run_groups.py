"""Runs in groups: their values read as columns, joined here; groups come in the order of their first run.

A group's values are those that compare (``docs/api.md``): numbers, booleans, texts of some length; everything else is
none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection

from runwell.server.stores.filter_tree import Key, Selection, Value
from runwell.wire.limits import MAX_COMPARED_CHARS

from .document_sql import DocumentSql
from .run_columns import read_columns

MAX_GROUP_IDS = 1_000  # run ids listed in one group
_COUNTED = 100  # distinct values counted exactly up to here
_TAGS_NAMED = 20  # tags of a group that are named, the most frequent
_TAGS = Key("run", "tags")


def group_runs(
    c: Connection,
    sql: DocumentSql,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
    selection: Selection,
) -> tuple[list[dict[str, Any]], int, int]:
    """Group the runs that match.

    Returns:
        Group objects of docs/api.md (``offset`` and ``limit`` count groups), how many runs match, and
        how many groups they are.
    """
    keys = tuple(dict.fromkeys([*selection.group, *selection.columns]))
    found = read_columns(c, sql, conditions, order, keys, None)
    ids, states = found["id"], found["state"]
    grouped = [found[str(key)] if key == _TAGS else _plain(found[str(key)]) for key in selection.group]
    numbers: dict[str, int] = {}
    codes = np.empty(len(ids), np.int64)
    firsts: list[int] = []
    for place, values in enumerate(zip(*grouped, strict=True)):
        identity = repr([(type(value) is bool, value) for value in values])
        number = numbers.setdefault(identity, len(numbers))
        if number == len(firsts):
            firsts.append(place)
        codes[place] = number
    begin, end = selection.offset, min(selection.offset + selection.limit, len(firsts))
    members = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[members], np.arange(len(firsts) + 1))
    shown: list[dict[str, Any]] = []
    for number in range(begin, max(begin, end)):
        places = members[starts[number] : starts[number + 1]].tolist()
        its_states: dict[str, int] = {}
        for place in places:
            its_states[states[place]] = its_states.get(states[place], 0) + 1
        named = {str(key): column[firsts[number]] for key, column in zip(selection.group, grouped, strict=True)}
        some = [ids[place] for place in places[:MAX_GROUP_IDS]]
        shown.append({"key": named, "count": len(places), "states": its_states, "ids": some, "aggregates": {}})
    if shown:
        chosen = members[starts[begin] : starts[end]]
        within = codes[chosen] - begin
        for key in selection.columns:
            column = found[str(key)] if key == _TAGS else _plain(found[str(key)])
            join = _count_tags if key == _TAGS else _aggregate
            aggregates = join([column[place] for place in chosen.tolist()], within, len(shown))
            for group, aggregate in zip(shown, aggregates, strict=True):
                group["aggregates"][str(key)] = aggregate
    return shown, len(ids), len(firsts)


def _aggregate(values: list[Any], codes: np.ndarray, groups: int) -> list[dict[str, Any]]:
    """Give mean, median, least, most and spread of each group's numbers, and how many distinct values it has.

    Args:
        values: a value a run, groups behind each other. codes: the group of each, ascending.
    """
    only_numbers = set(map(type, values)) <= {int, float, type(None)}
    numbers = np.array(values if only_numbers else [v if _is_number(v) else None for v in values], np.float64)
    there = ~np.isnan(numbers)
    x, at = numbers[there], codes[there]
    order = np.lexsort((x, at))
    x, at = x[order], at[order]
    n = np.bincount(at, minlength=groups)
    starts = np.cumsum(n) - n
    new = np.append(True, (np.diff(x) != 0) | (np.diff(at) != 0))[: len(x)]
    different = np.bincount(at, new, groups).astype(np.int64)
    others: list[set[Value]] = [set() for _ in range(groups)]
    if not only_numbers:
        for value, code in zip(values, codes.tolist(), strict=True):
            if value is not None and not _is_number(value) and len(others[code]) < _COUNTED:
                others[code].add(value)
    distinct = [min(_COUNTED, one + len(more)) for one, more in zip(different.tolist(), others, strict=True)]
    if not len(x):
        return [{"distinct": count} for count in distinct]
    places = np.minimum(starts, len(x) - 1)  # of groups without a number, anything
    with np.errstate(over="ignore", invalid="ignore"):
        # Weighed before they are summed, so that no sum is beyond float64.
        mean = np.bincount(at, x / np.maximum(n, 1)[at], groups)
        middle = places + np.maximum(n - 1, 0) // 2, np.minimum(places + n // 2, len(x) - 1)
        columns = {
            "mean": mean,
            "median": x[middle[0]] / 2 + x[middle[1]] / 2,
            "min": x[places],
            "max": x[places + np.maximum(n - 1, 0)],
            "std": np.sqrt(np.bincount(at, (x - mean[at]) ** 2, groups) / np.maximum(n - 1, 1)),
        }
    shown = {name: np.where(np.isfinite(array), array, np.nan).tolist() for name, array in columns.items()}
    return [
        {**{name: _finite(array[code]) for name, array in shown.items()}, "n": int(n[code]), "distinct": distinct[code]}
        if n[code]
        else {"distinct": distinct[code]}
        for code in range(groups)
    ]


def _count_tags(values: list[Any], codes: np.ndarray, groups: int) -> list[dict[str, Any]]:
    """Say how many runs of each group have each tag, the most frequent first."""
    counts: list[Counter[str]] = [Counter() for _ in range(groups)]
    for tags, code in zip(values, codes.tolist(), strict=True):
        counts[code].update(tags or ())
    return [{"distinct": len(one), "values": [list(pair) for pair in one.most_common(_TAGS_NAMED)]} for one in counts]


def _finite(value: float) -> float | None:
    return None if value != value else value


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _plain(column: Sequence[Any]) -> list[Value]:
    """Give what of a column compares; None for everything else."""
    if set(map(type, column)) <= {int, float, bool, type(None)}:
        return list(column)
    return [_compared(value) for value in column]


def _compared(value: Any) -> Value:
    if isinstance(value, str):
        return value if len(value) <= MAX_COMPARED_CHARS else None
    if isinstance(value, dict):
        near = value.get("float") if value.get("_type") == "number" else None
        return near if _is_number(near) else None
    return None if isinstance(value, list) else value
