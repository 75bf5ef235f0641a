"""The meaning of a public Api filter, spelt out in plain Python over the JSON itself."""

from __future__ import annotations

import re
from typing import Any

from .naive_filter import MISSING, Run, comparable

FIELDS = {
    "name": "name",
    "displayName": "display_name",
    "display_name": "display_name",
    "group": "group_name",
    "notes": "notes",
    "state": "state",
    "createdAt": "created_at",
    "finishedAt": "finished_at",
}


class Blank(str):
    """An empty field of a run: a text, but as good as not there."""


def accepts(filters: dict[str, Any], run: Run) -> bool:
    """Tell whether a run matches."""
    return all(_clause(name, said, run) for name, said in filters.items())


def _clause(name: str, said: Any, run: Run) -> bool:
    if name == "$and":
        return all(accepts(part, run) for part in said)
    if name == "$or":
        return not said or any(accepts(part, run) for part in said)
    if name == "$nor":
        return not said or not any(accepts(part, run) for part in said)
    if name == "$not":
        return not accepts(said, run) if said else True
    values = _values(name, run)
    if not isinstance(said, dict):
        return _equal(values, said)
    return all(_holds(operator, asked, said, values) for operator, asked in said.items() if operator != "$options")


def _values(name: str, run: Run) -> list[Any]:
    """Give what may match: one value or none; of tags and of a state that the wire renames, several."""
    if name == "tags":
        return list(run["tags"])
    if name == "state":
        return ["interrupted", "crashed"] if run["state"] == "interrupted" else [run["state"]]
    if name in FIELDS:
        value = run[FIELDS[name]]
        return [] if value is None else [Blank()] if value == "" else [value]
    document, key = name.split(".", 1)
    key = key[: -len(".value")] if document == "config" and key.endswith(".value") else key
    value = run["config" if document == "config" else "summary"].get(key, MISSING)
    return [] if value is MISSING else [value]


def _equal(values: list[Any], asked: Any) -> bool:
    if asked is None:
        return not values or values == [None] or isinstance(values[0], Blank)
    return any(_same(value, asked) for value in values)


def _same(value: Any, asked: Any) -> bool:
    left, right = comparable(value), comparable(asked)
    return left is not None and left == right


def _holds(operator: str, asked: Any, said: dict[str, Any], values: list[Any]) -> bool:
    match operator:
        case "$eq":
            return _equal(values, asked)
        case "$ne":
            return not _equal(values, asked)
        case "$in":
            return any(_equal(values, one) for one in asked)
        case "$nin":
            return not any(_equal(values, one) for one in asked)
        case "$exists":
            return bool(values and not isinstance(values[0], Blank)) == bool(asked)
        case "$regex":
            flags = re.IGNORECASE if "i" in said.get("$options", "") else 0
            return any(isinstance(value, str) and re.search(asked, value, flags) is not None for value in values)
        case "$not":
            return not all(_holds(inner, value, asked, values) for inner, value in asked.items())
    right = comparable(asked)
    for value in values:
        left = comparable(value)
        if left is None or right is None or left[0] != right[0]:
            continue
        a, b = left[1], right[1]
        if {"$gt": a > b, "$gte": a >= b, "$lt": a < b, "$lte": a <= b}[operator]:
            return True
    return False
