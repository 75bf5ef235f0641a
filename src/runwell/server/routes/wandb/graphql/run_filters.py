"""Filters and orders of runs as the public Api writes them (MongoDB style JSON), turned into the one filter tree. Pure.

Source: protocol page, section 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runwell.server.domain.filters import compare, match
from runwell.server.stores.filter_tree import And, Contains, Exists, Key, Node, Not, OneOf, Or
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_FILTER_DEPTH
from runwell.wire.numbers import decode_extended

MAX_CONDITIONS = 2_000  # of one filter
DEFAULT_ORDER = ("-created_at",)

# The wire's names of a run's fields → ours.
_FIELDS = {
    "state": "state",
    "tags": "tags",
    "name": "id",
    "display_name": "name",
    "displayName": "name",
    "notes": "notes",
    "description": "notes",
    "group": "group",
    "jobType": "job_type",
    "job_type": "job_type",
    "sweep": "sweep",
    "username": "user",
    "user": "user",
    "host": "host",
    "createdAt": "created_at",
    "created_at": "created_at",
    "heartbeatAt": "heartbeat_at",
    "heartbeat_at": "heartbeat_at",
    "updatedAt": "heartbeat_at",
    "updated_at": "heartbeat_at",
    "duration": "runtime_s",
}
_SIGNS: dict[str, Any] = {"$eq": "=", "$ne": "!=", "$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
_DOCUMENTS = {"config": "config", "summary_metrics": "summary", "summaryMetrics": "summary", "summary": "summary"}


def read_filters(text: str | None) -> Node | None:
    """Turn a filter into a tree; None: no filter.

    Raises:
        InvalidValue: it is no JSON object, or holds an operator that doesn't exist.
    """
    if text is None or not text.strip():
        return None
    document = decode_extended(text)
    if document is None:
        return None
    return _Reader().whole(document, 0)


def read_order(text: str | None) -> Sequence[str]:
    """Turn an order (``+created_at,-summary_metrics.loss``) into sort keys of ours."""
    if not text or not text.strip():
        return DEFAULT_ORDER
    keys: list[str] = []
    for part in text.split(","):
        word = part.strip()
        sign = "-" if word.startswith("-") else ""
        if word.lstrip("+-"):
            keys.append(sign + str(read_key(word.lstrip("+-"))))
    return keys or DEFAULT_ORDER


def read_key(text: str) -> Key:
    """Turn a field of the wire into a key of ours; what it doesn't know is looked for in summary and config."""
    if text in _FIELDS:
        return Key("run", _FIELDS[text])
    document, _, name = text.partition(".")
    if document in _DOCUMENTS and name:
        if document == "config" and name.endswith(".value") and name != ".value":
            name = name[: -len(".value")]
        return Key("config" if _DOCUMENTS[document] == "config" else "summary", name)
    if not text or "\x00" in text:
        raise InvalidValue(f"{shorten(text)} is no field of a run")
    return Key("any", text)


class _Reader:
    def __init__(self) -> None:
        self._conditions = 0

    def whole(self, document: Any, depth: int) -> Node | None:
        if not isinstance(document, dict):
            raise InvalidValue(f"filters must be a JSON object, not {shorten(document)}")
        if depth > MAX_FILTER_DEPTH:
            raise InvalidValue(f"filters are nested deeper than {MAX_FILTER_DEPTH} levels")
        nodes = [node for name, said in document.items() if (node := self._entry(name, said, depth)) is not None]
        return _all(nodes)

    def _entry(self, name: str, said: Any, depth: int) -> Node | None:
        if name in ("$and", "$or", "$nor"):
            if not isinstance(said, list):
                raise InvalidValue(f"{name} needs a list, not {shorten(said)}")
            parts = [self.whole(part, depth + 1) for part in said]
            nodes = [part for part in parts if part is not None]
            if name == "$and" or not nodes:
                return _all(nodes)
            # An empty part holds for every run.
            either = None if len(nodes) < len(parts) else nodes[0] if len(nodes) == 1 else Or(tuple(nodes))
            if name == "$or":
                return either
            return Not(either) if either is not None else OneOf(Key("run", "id"), ())
        if name == "$not":
            inner = self.whole(said, depth + 1)
            return Not(inner) if inner is not None else None
        if name.startswith("$"):
            raise InvalidValue(f"there is no filter {shorten(name)}")
        return self._condition(read_key(name), said, depth)

    def _condition(self, key: Key, said: Any, depth: int) -> Node | None:
        self._conditions += 1
        if self._conditions > MAX_CONDITIONS:
            raise InvalidValue(f"filters have over {MAX_CONDITIONS:,} conditions")
        if not isinstance(said, dict):
            return self._one(key, "$eq", said, depth)
        return _all([self._one(key, operator, value, depth) for operator, value in said.items()])

    def _one(self, key: Key, operator: str, value: Any, depth: int) -> Node:
        if operator in ("$in", "$nin"):
            values = [_value(v) for v in value] if isinstance(value, list) else None
            if values is None:
                raise InvalidValue(f"{operator} needs a list, not {shorten(value)}")
            self._conditions += len(values)
            found: Node = (
                Or(tuple(Contains(key, v) for v in values)) if _is_tags(key) and values else OneOf(key, tuple(values))
            )
            return found if operator == "$in" else Not(found)
        if operator == "$exists":
            return Exists(key) if value else Not(Exists(key))
        if operator == "$regex":
            if not isinstance(value, str):
                raise InvalidValue(f"$regex needs text, not {shorten(value)}")
            return match(key, value)
        if operator == "$not":
            if depth > MAX_FILTER_DEPTH:
                raise InvalidValue(f"filters are nested deeper than {MAX_FILTER_DEPTH} levels")
            inner = self._condition(key, value, depth + 1)
            return Not(inner) if inner is not None else OneOf(Key("run", "id"), ())
        if operator not in _SIGNS:
            raise InvalidValue(f"there is no filter {shorten(operator)}")
        if _is_tags(key) and operator in ("$eq", "$ne"):
            if isinstance(value, list):
                listed: Node = And(tuple(Contains(key, _value(v)) for v in value)) if value else Not(Exists(key))
                return listed if operator == "$eq" else Not(listed)
            one = Contains(key, _value(value))
            return one if operator == "$eq" else Not(one)
        return compare(key, _SIGNS[operator], _value(value))


def _is_tags(key: Key) -> bool:
    return key.scope == "run" and key.name == "tags"


def _all(nodes: list[Any]) -> Node | None:
    return None if not nodes else nodes[0] if len(nodes) == 1 else And(tuple(nodes))


def _value(value: Any) -> str | float | int | bool | None:
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    raise InvalidValue(f"{shorten(value)} can't be compared; only text, numbers, true, false and null can")
