"""Filters and orders of runs as the public Api writes them (MongoDB style JSON), turned into the one filter tree. Pure.

Source: protocol page, section 8.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from runwell.server.domain.filters import compare, match
from runwell.server.stores.filter_tree import (
    NUMBER_KEYS,
    And,
    Compare,
    Contains,
    Exists,
    Key,
    Node,
    Not,
    OneOf,
    Or,
    SortKey,
)
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_FILTER_DEPTH, MAX_KEY_BYTES
from runwell.wire.numbers import decode_extended, is_exact_in_float, replace_surrogates

MAX_CONDITIONS = 2_000  # of one filter
DEFAULT_ORDER = (SortKey(Key("run", "created_at"), True),)

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
    "sweepName": "sweep",
    "username": "user",
    "user": "user",
    "user.username": "user",
    "host": "host",
    "commit": "commit",
    "program": "program",
    "repo": "repo",
    "entity": "entity",
    "project": "project",
    "createdAt": "created_at",
    "created_at": "created_at",
    "heartbeatAt": "heartbeat_at",
    "heartbeat_at": "heartbeat_at",
    "updatedAt": "heartbeat_at",
    "updated_at": "heartbeat_at",
    "finishedAt": "finished_at",
    "finished_at": "finished_at",
    "duration": "runtime_s",
    "runtime": "runtime_s",
    "historyLineCount": "row_count",
    "exitcode": "exit_code",
}
_SIGNS: dict[str, Any] = {"$eq": "=", "$ne": "!=", "$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
_DOCUMENTS = {"config": "config", "summary_metrics": "summary", "summaryMetrics": "summary", "summary": "summary"}
_FLAGS = frozenset("ims")  # of $options, as RE2 knows them
_SHOWN_AS = {"crashed": ("crashed", "interrupted")}  # states of ours that the wire shows under one name


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


def read_order(text: str | None) -> Sequence[SortKey]:
    """Turn an order (``+created_at,-summary_metrics.loss``) into sort keys of ours.

    Raises:
        InvalidValue: a run has no such field, or can't be ordered by it.
    """
    words = [word for part in (text or "").split(",") if (word := part.strip()).lstrip("+-")]
    return [SortKey(read_key(word.lstrip("+-")), word.startswith("-")) for word in words] or DEFAULT_ORDER


def read_key(text: str) -> Key:
    """Turn a field of the wire into a key of ours.

    Raises:
        InvalidValue: a run has no such field.
    """
    text = _clean(text)
    if text in _FIELDS:
        return Key("run", _FIELDS[text])
    document, _, name = text.partition(".")
    if document in _DOCUMENTS and name:
        if document == "config":
            name = _without_value(name)
        if len(name.encode("utf-8", "replace")) > MAX_KEY_BYTES:
            raise InvalidValue(f"key {shorten(name)} is longer than {MAX_KEY_BYTES} bytes")
        return Key("config" if _DOCUMENTS[document] == "config" else "summary", name)
    known = ", ".join(sorted({name for name in _FIELDS if "_" not in name and "." not in name}))
    raise InvalidValue(f"a run has no field {shorten(text)}; there are config.KEY, summary_metrics.KEY, {known}")


def _without_value(name: str) -> str:
    """Take out the level that the wire's config has below each of its keys: ``lr.value``, ``optim.value.lr``."""
    first, _, below = name.partition(".value.")
    if below and first and "." not in first:
        return f"{first}.{below}"
    return name[: -len(".value")] if name.endswith(".value") and name != ".value" else name


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
        if depth > MAX_FILTER_DEPTH:
            raise InvalidValue(f"filters are nested deeper than {MAX_FILTER_DEPTH} levels")
        if not isinstance(said, dict):
            return _equal(key, said)
        if said and not any(name.startswith("$") for name in said):
            if key.scope == "run":
                raise InvalidValue(f"{key.name} can't be an object: {shorten(said)}")
            # An object of the config is its keys.
            inner = [self._condition(Key(key.scope, f"{key.name}.{k}"), v, depth + 1) for k, v in said.items()]
            return _all([node for node in inner if node is not None])
        if "$options" in said and "$regex" not in said:
            raise InvalidValue("$options belongs to a $regex")
        asked = [(operator, value) for operator, value in said.items() if operator != "$options"]
        return _all([self._one(key, operator, value, said, depth) for operator, value in asked])

    def _one(self, key: Key, operator: str, value: Any, said: dict[str, Any], depth: int) -> Node:
        if operator in ("$in", "$nin"):
            if not isinstance(value, list):
                raise InvalidValue(f"{operator} needs a list, not {shorten(value)}")
            self._conditions += len(value)
            found = _one_of(key, value)
            return found if operator == "$in" else Not(found)
        if operator == "$exists":
            if not isinstance(value, (bool, int)):
                raise InvalidValue(f"$exists needs true or false, not {shorten(value)}")
            return Exists(key) if value else Not(Exists(key))
        if operator == "$regex":
            return _matching(key, value, said.get("$options"))
        if operator == "$not":
            inner = self._condition(key, value, depth + 1)
            return Not(inner) if inner is not None else OneOf(Key("run", "id"), ())
        if operator not in _SIGNS:
            raise InvalidValue(f"there is no filter {shorten(operator)}")
        if operator in ("$eq", "$ne"):
            found = _equal(key, value)
            return found if operator == "$eq" else Not(found)
        return compare(key, _SIGNS[operator], _value(value))


def _equal(key: Key, value: Any) -> Node:
    if value is None:
        # As in MongoDB: null, or not there at all. Of a run's own fields, empty is not there.
        missing = Not(Exists(key))
        return missing if key.scope == "run" else Or((missing, Compare(key, "=", None)))
    if _is_tags(key):
        if not isinstance(value, list):
            return Contains(key, _value(value))
        return And(tuple(Contains(key, _value(v)) for v in value)) if value else Not(Exists(key))
    if key == Key("run", "state") and value in _SHOWN_AS:
        return OneOf(key, _SHOWN_AS[value])
    return compare(key, "=", _value(value))


def _one_of(key: Key, values: list[Any]) -> Node:
    if not values:
        return OneOf(key, ())
    plain = key.scope != "run" and None not in values
    if plain:
        for value in values:
            compare(key, "=", _value(value))  # its checks
        return OneOf(key, tuple(_value(value) for value in values))
    nodes = tuple(_equal(key, value) for value in values)
    return nodes[0] if len(nodes) == 1 else Or(nodes)


def _matching(key: Key, pattern: Any, options: Any) -> Node:
    if not isinstance(pattern, str):
        raise InvalidValue(f"$regex needs text, not {shorten(pattern)}")
    if options is not None and (not isinstance(options, str) or not _FLAGS.issuperset(options)):
        raise InvalidValue(f"$options are of i, m and s, not {shorten(options)}")
    if key.scope == "run" and key.name in NUMBER_KEYS:
        raise InvalidValue(f"$regex looks at text; {key.name} is a number or a time")
    flagged = f"(?{''.join(sorted(set(options)))})" if options else ""
    found = match(key, flagged + _clean(pattern))
    if key != Key("run", "state"):
        return found
    # Whoever looks for what the wire shows finds what stands behind it.
    shown = [Compare(key, "=", ours) for word, several in _SHOWN_AS.items() for ours in several if ours != word]
    return Or((found, *shown)) if any(_finds(flagged + pattern, word) for word in _SHOWN_AS) else found


def _finds(pattern: str, word: str) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return bool(pc.match_substring_regex(pa.array([word]), pattern)[0].as_py())  # pyright: ignore
    except (pa.ArrowInvalid, UnicodeEncodeError):
        return False  # the search itself says what is wrong with it


def _is_tags(key: Key) -> bool:
    return key.scope == "run" and key.name == "tags"


def _all(nodes: list[Any]) -> Node | None:
    return None if not nodes else nodes[0] if len(nodes) == 1 else And(tuple(nodes))


def _value(value: Any) -> str | float | int | bool:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        try:
            number = value if isinstance(value, int) and is_exact_in_float(value) else float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise InvalidValue(f"{shorten(value)} can't be compared; only text, finite numbers, true, false and null can")


def _clean(text: str) -> str:
    """Put U+FFFD in place of what no stored text has."""
    return replace_surrogates(text.replace("\x00", "\ufffd"))
