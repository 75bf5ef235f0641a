"""The filter grammar of docs/api.md: text to a tree of values. Nothing is ever evaluated.

::

    or      = and { "or" and }
    and     = unary { "and" unary }
    unary   = "not" unary | "(" or ")" | "exists" KEY | KEY sign VALUE | KEY ["not"] "in" "[" VALUES "]"
            | VALUE ["not"] "in" KEY
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import cast

from runwell.server.stores.filter_tree import (
    RUN_KEYS,
    TIME_KEYS,
    And,
    Compare,
    Comparison,
    Contains,
    Exists,
    Key,
    Match,
    Node,
    Not,
    OneOf,
    Or,
    Value,
)
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_COMPARED_CHARS, MAX_FILTER_DEPTH, MAX_KEY_BYTES, MAX_PATTERN_CHARS

from .filter_words import Token, words_of

_COMPARISONS = frozenset(["=", "!=", "<", "<=", ">", ">="])


def parse_filter(text: str, now: float) -> Node | None:
    """Parse a filter expression.

    Args:
        text: the expression; blank means no filter.
        now: seconds since the epoch, for ``-30d``.

    Raises:
        InvalidValue: what was expected, and at which position.
    """
    tokens = words_of(text)
    if tokens[0].kind == "end":
        return None
    parser = _Parser(tokens, now)
    node = parser.either(0)
    parser.demand_end()
    return node


def parse_key(text: str, quoted: bool = False) -> Key:
    """Read a dotted key: ``config.lr``, ``summary.val/acc``, ``state``, or bare ``lr``.

    Args:
        quoted: it stood in backticks, so it isn't a field of the run.

    Raises:
        InvalidValue: it is empty or too long.
    """
    if len(text.encode("utf-8", "replace")) > MAX_KEY_BYTES + 16:
        raise InvalidValue(f"key {shorten(text)} is longer than {MAX_KEY_BYTES} bytes")
    if text.startswith("config.") and len(text) > 7:
        return Key("config", text[7:])
    if text.startswith("summary.") and len(text) > 8:
        return Key("summary", text[8:])
    if not text or "\x00" in text:
        raise InvalidValue(f"{shorten(text)} is no key; write config.KEY, summary.KEY or a field of the run")
    if text in RUN_KEYS and not quoted:
        return Key("run", text)
    return Key("any", text)


def compare(key: Key, op: Comparison, value: Value) -> Node:
    """Make a comparison; dates given as text to the run's times become seconds, a whole day long.

    Raises:
        InvalidValue: a text too long to compare, or no date for a time.
    """
    if isinstance(value, str) and len(value) > MAX_COMPARED_CHARS:
        raise InvalidValue(f"text {shorten(value)} has {len(value):,} characters; at most {MAX_COMPARED_CHARS} compare")
    if key.scope != "run" or key.name not in TIME_KEYS or not isinstance(value, str):
        return Compare(key, op, value)
    begin, end = _span(value)
    if op == "=":
        return And((Compare(key, ">=", begin), Compare(key, "<", end)))
    if op == "!=":
        return Not(And((Compare(key, ">=", begin), Compare(key, "<", end))))
    return Compare(key, "<" if op == "<=" else ">=" if op == ">" else op, end if op in ("<=", ">") else begin)


def match(key: Key, pattern: str, negated: bool = False) -> Node:
    """Make a regular-expression test.

    Raises:
        InvalidValue: the pattern is too long.
    """
    if len(pattern) > MAX_PATTERN_CHARS:
        raise InvalidValue(f"the regular expression has {len(pattern):,} characters; at most {MAX_PATTERN_CHARS:,}")
    return Match(key, pattern, negated)


def _span(text: str) -> tuple[float, float]:
    """Give the seconds from which to before which a date or time holds (UTC unless it says otherwise)."""
    try:
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        length = timedelta(days=1) if len(text.strip()) <= 10 else timedelta(seconds=1)
        return moment.timestamp(), (moment + length).timestamp()
    except (ValueError, OverflowError):
        raise InvalidValue(f'{shorten(text)} is no date; write "2026-11-23", "2026-11-23T10:00:00" or -30d') from None


class _Parser:
    def __init__(self, tokens: list[Token], now: float) -> None:
        self._tokens = tokens
        self._next = 0
        self._now = now

    def either(self, depth: int) -> Node:
        nodes = [self._all(depth)]
        while self._takes("word", "or"):
            nodes.append(self._all(depth))
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def demand_end(self) -> None:
        if self._peek().kind != "end":
            raise self._error("and, or, or the end")

    def _all(self, depth: int) -> Node:
        nodes = [self._unary(depth)]
        while self._takes("word", "and"):
            nodes.append(self._unary(depth))
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def _unary(self, depth: int) -> Node:
        if depth > MAX_FILTER_DEPTH:
            raise InvalidValue(f"filter: nested deeper than {MAX_FILTER_DEPTH} at position {self._peek().at + 1}")
        if self._takes("word", "not"):
            return Not(self._unary(depth + 1))
        if self._takes("sign", "("):
            node = self.either(depth + 1)
            if not self._takes("sign", ")"):
                raise self._error("')'")
            return node
        if self._takes("word", "exists"):
            return Exists(self._key())
        token = self._peek()
        if token.kind == "key":
            return self._about(self._key())
        if token.kind in ("text", "number", "ago") or (token.kind == "word" and token.value in ("true", "false")):
            value = self._value()
            negated = self._takes("word", "not")
            if not self._takes("word", "in"):
                raise self._error("'in' and a key (or write the key first)")
            node = Contains(self._key(), value)
            return Not(node) if negated else node
        raise self._error("a key")

    def _about(self, key: Key) -> Node:
        token = self._peek()
        if token.kind == "word" and token.value in ("in", "not"):
            self._next += 1
            if token.value == "not" and not self._takes("word", "in"):
                raise self._error("'in'")
            node = self._one_of(key)
            return Not(node) if token.value == "not" else node
        if token.kind != "sign" or token.value not in _COMPARISONS | {"~", "!~"}:
            raise self._error("one of = != < <= > >= ~ !~ in")
        self._next += 1
        if token.value in ("~", "!~"):
            pattern = self._peek()
            if pattern.kind != "text":
                raise self._error("a regular expression in quotes")
            self._next += 1
            return match(key, cast("str", pattern.value), token.value == "!~")
        return compare(key, cast("Comparison", token.value), self._value())

    def _one_of(self, key: Key) -> Node:
        if not self._takes("sign", "["):
            raise self._error("a list in square brackets")
        values: list[Value] = []
        while not self._takes("sign", "]"):
            if values and not self._takes("sign", ","):
                raise self._error("',' or ']'")
            values.append(self._value())
        if key.scope == "run" and key.name in TIME_KEYS:
            return Or(tuple(compare(key, "=", value) for value in values))
        for value in values:
            compare(key, "=", value)  # its checks
        return OneOf(key, tuple(values))

    def _key(self) -> Key:
        token = self._peek()
        if token.kind != "key":
            raise self._error("a key")
        self._next += 1
        return parse_key(cast("str", token.value), token.quoted)

    def _value(self) -> Value:
        token = self._peek()
        self._next += 1
        if token.kind in ("text", "number"):
            return token.value
        if token.kind == "ago":
            return self._now + cast("float", token.value)
        if token.kind == "word" and token.value in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[cast("str", token.value)]
        self._next -= 1
        raise self._error(f'a value (text stands in quotes: "{token.value}")' if token.kind == "key" else "a value")

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _takes(self, kind: str, value: str) -> bool:
        token = self._tokens[self._next]
        if token.kind == kind and token.value == value:
            self._next += 1
            return True
        return False

    def _error(self, expected: str) -> InvalidValue:
        token = self._peek()
        found = "the end" if token.kind == "end" else shorten(token.value)
        return InvalidValue(f"filter: expected {expected} at position {token.at + 1}, not {found}")
