"""The meaning of a filter tree, spelt out in plain Python: what the catalogs are held to."""

from __future__ import annotations

import math
import re
from typing import Any

from runwell.server.stores.filter_tree import (
    And,
    Compare,
    Contains,
    Exists,
    Key,
    Match,
    Node,
    Not,
    OneOf,
    Or,
    SortKey,
)

MISSING = object()
Run = dict[str, Any]  # name, tags, state, notes, created_at, config, summary


def value_of(run: Run, key: Key) -> Any:
    if key.scope == "run":
        value = run[{"id": "name", "name": "display_name", "group": "group_name"}.get(key.name, key.name)]
        return MISSING if value is None else value
    if key.scope == "any":
        return run["summary"].get(key.name, run["config"].get(key.name, MISSING))
    return run[key.scope].get(key.name, MISSING)


def comparable(value: Any) -> tuple[int, Any] | None:
    """Rank and value, or None for what compares with nothing."""
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, int):
        return (0, value) if abs(value) <= 2**53 else (0, float(value))
    if isinstance(value, float):
        return (0, value) if math.isfinite(value) else None
    if isinstance(value, str):
        return (1, value) if len(value) <= 500 else None
    return None


def holds(node: Node, run: Run) -> bool:
    match node:
        case And(nodes):
            return all(holds(n, run) for n in nodes)
        case Or(nodes):
            return any(holds(n, run) for n in nodes)
        case Not(inner):
            return not holds(inner, run)
        case Compare(key, "!=", value):
            return not holds(Compare(key, "=", value), run)
        case Compare(key, "=", value) if key == Key("run", "tags"):
            return value in run["tags"]
        case Compare(key, op, value):
            there = value_of(run, key)
            if value is None:
                return op == "=" and (there is None or (key.scope == "run" and there is MISSING))
            left, right = comparable(there), comparable(value)
            if left is None or right is None or left[0] != right[0] or there is MISSING:
                return False
            a, b = left[1], right[1]
            return {"=": a == b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]
        case OneOf(key, values):
            return any(holds(Compare(key, "=", value), run) for value in values)
        case Exists(key):
            return (
                value_of(run, key) not in (MISSING, "", []) if key.scope == "run" else value_of(run, key) is not MISSING
            )
        case Contains(key, value):
            there = value_of(run, key)
            if not isinstance(there, list):
                return False
            return any(comparable(item) is not None and comparable(item) == comparable(value) for item in there)
        case Match(key, pattern, negated):
            there = value_of(run, key)
            if key == Key("run", "tags"):
                found = any(re.search(pattern, tag) for tag in there)
                return bool(there) and not found if negated else found  # negated: there are tags, and none is like it
            return isinstance(there, str) and (re.search(pattern, there) is None) == negated
    raise TypeError(node)


def ordered(runs: list[Run], sort: SortKey) -> list[str]:
    """Names in order: missing last either way, ties by age in the same direction."""
    ranked = [(comparable(value_of(run, sort.key)), n, run["name"]) for n, run in enumerate(runs)]
    there = sorted((r for r in ranked if r[0] is not None), key=lambda r: (r[0], r[1]), reverse=sort.descending)
    gone = sorted((r for r in ranked if r[0] is None), key=lambda r: r[1], reverse=sort.descending)
    return [name for _, _, name in there + gone]
