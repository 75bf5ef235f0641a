"""Filters written as dictionaries, as scripts for other trackers have them, turned into our filter text. Pure.

``{"config.lr": {"$gt": 0.1}, "state": "finished"}`` becomes ``config.lr > 0.1 and state = "finished"``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from runwell.wire.errors import UsageError, shorten

_SIGNS = {"$eq": "=", "$ne": "!=", "$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
# What those scripts call a run's fields → what we call them. Their "name" is the id.
_FIELDS = {
    "name": "id",
    "display_name": "name",
    "displayName": "name",
    "description": "notes",
    "jobType": "job_type",
    "sweepName": "sweep",
    "username": "user",
    "user.username": "user",
    "createdAt": "created_at",
    "heartbeatAt": "heartbeat_at",
    "updatedAt": "heartbeat_at",
    "updated_at": "heartbeat_at",
    "finishedAt": "finished_at",
    "duration": "runtime_s",
    "runtime": "runtime_s",
}
_OURS = frozenset(
    [
        "id",
        "state",
        "tags",
        "notes",
        "group",
        "job_type",
        "user",
        "host",
        "sweep",
        "created_at",
        "heartbeat_at",
        "finished_at",
        "runtime_s",
        "last_step",
    ]
)
_DOCUMENTS = {"config": "config", "summary": "summary", "summary_metrics": "summary", "summaryMetrics": "summary"}
_PLAIN = re.compile(r"[A-Za-z_][\w/\-]*(\.[\w/\-]+)*", re.ASCII)


def filter_text(filters: Mapping[str, Any]) -> str:
    """Give the filter expression that says the same; empty where everything matches.

    Raises:
        UsageError: an operator or a field that doesn't exist, or a value that can't be compared.
    """
    return " and ".join(_entry(str(name), said) for name, said in filters.items() if said not in ({}, []))


def _entry(name: str, said: Any) -> str:
    if name in ("$and", "$or", "$nor"):
        if not isinstance(said, Sequence) or isinstance(said, str) or not all(isinstance(p, Mapping) for p in said):
            raise UsageError(f"{name} needs a list of filters, not {shorten(said)}")
        parts = [f"({text})" for part in said if (text := filter_text(part))]
        joined = (" and " if name == "$and" else " or ").join(parts)
        return f"not ({joined})" if name == "$nor" else f"({joined})"
    if name == "$not":
        if not isinstance(said, Mapping):
            raise UsageError(f"$not needs a filter, not {shorten(said)}")
        return f"not ({filter_text(said)})"
    if name.startswith("$"):
        raise UsageError(f"there is no filter {shorten(name)}; there are $and, $or, $nor, $not")
    return _condition(_key(name), said)


def _condition(key: str, said: Any) -> str:
    if not isinstance(said, Mapping):
        return _equal(key, said)
    if not any(str(name).startswith("$") for name in said):
        raise UsageError(f"{key} can't be compared with an object: {shorten(said)}; name its keys with dots")
    parts = [_one(key, str(name), value, said) for name, value in said.items() if name != "$options"]
    return parts[0] if len(parts) == 1 else f"({' and '.join(parts)})"


def _one(key: str, operator: str, value: Any, said: Mapping[str, Any]) -> str:
    if operator in ("$in", "$nin"):
        if isinstance(value, str) or not isinstance(value, (Sequence, set, frozenset)):
            raise UsageError(f"{operator} needs a list, not {shorten(value)}")
        either = " or ".join(_equal(key, one) for one in value) or f"(exists {key} and not exists {key})"
        return f"({either})" if operator == "$in" else f"not ({either})"
    if operator == "$exists":
        return f"exists {key}" if value else f"not exists {key}"
    if operator == "$regex":
        flags = said.get("$options")
        return f"{key} ~ {_value(f'(?{flags})' + str(value) if flags else str(value))}"
    if operator == "$not":
        return f"not ({_condition(key, value)})"
    if operator in ("$eq", "$ne"):
        return _equal(key, value) if operator == "$eq" else f"not ({_equal(key, value)})"
    if operator not in _SIGNS:
        raise UsageError(f"there is no filter {shorten(operator)}; there are {', '.join(_SIGNS)}, $in, $nin, $regex, …")
    return f"{key} {_SIGNS[operator]} {_value(value)}"


def _equal(key: str, value: Any) -> str:
    if value is None:
        return f"not exists {key}"
    if key == "tags":
        wanted = value if isinstance(value, (list, tuple)) else [value]
        return "(" + " and ".join(f"{_value(tag)} in tags" for tag in wanted) + ")"
    return f"{key} = {_value(value)}"


def _key(name: str) -> str:
    if name in _FIELDS:
        return _FIELDS[name]
    if name in _OURS:
        return name
    document, _, rest = name.partition(".")
    if document not in _DOCUMENTS or not rest:
        raise UsageError(
            f"a run has no field {shorten(name)}; there are config.KEY, summary_metrics.KEY, display_name, "
            f"{', '.join(sorted(_OURS))}"
        )
    if document == "config":
        rest = rest.removesuffix(".value") or rest
    if "`" in rest:
        raise UsageError(f"a key with a backtick can't be filtered by: {shorten(rest)}")
    return f"{_DOCUMENTS[document]}.{rest if _PLAIN.fullmatch(rest) else f'`{rest}`'}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)) and math.isfinite(value):
        return repr(value)
    if isinstance(value, date):  # datetimes are dates too
        value = value.isoformat()
    if isinstance(value, str):
        plain = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        return f'"{plain}"'
    raise UsageError(f"{shorten(value)} can't be compared; only text, finite numbers, true, false and None can")
