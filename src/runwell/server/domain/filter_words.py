"""The words of a filter expression: text to tokens, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_FILTER_CHARS, MAX_FILTER_TOKENS

Kind = Literal["key", "word", "text", "number", "ago", "sign", "end"]

KEYWORDS = frozenset(["and", "or", "not", "in", "exists", "true", "false", "null"])
_UNIT_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?P<unit>[smhdw])?(?![\w.])
  | (?P<key>(?:[^\W\d][\w/\-]*|`[^`]+`)(?:\.(?:[\w/\-]+|`[^`]+`))*)
  | (?P<sign>==|!=|<=|>=|!~|[=<>~()\[\],])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word.

    Attributes:
        value: a key's dotted text, a keyword in lower case, a text without quotes, a number, seconds
            before now, or a sign.
        at: where it begins, in characters from 0.
        quoted: a key of which a part stood in backticks.
    """

    kind: Kind
    value: str | float | int
    at: int
    quoted: bool = False


def words_of(text: str) -> list[Token]:
    """Split a filter expression; the last token is ``end``.

    Raises:
        InvalidValue: it is too long, or a character begins no word.
    """
    if len(text) > MAX_FILTER_CHARS:
        raise InvalidValue(f"the filter has {len(text):,} characters; at most {MAX_FILTER_CHARS:,} are read")
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise InvalidValue(f"filter: {_trouble(text, at)}")
        if found.lastgroup != "space":
            tokens.append(_token(found))
            if len(tokens) > MAX_FILTER_TOKENS:
                raise InvalidValue(f"the filter has over {MAX_FILTER_TOKENS:,} words")
        at = found.end()
    tokens.append(Token("end", "", len(text)))
    return tokens


def _trouble(text: str, at: int) -> str:
    where = f"at position {at + 1}"
    if text[at] in "\"'":
        return f"the text that begins {where} has no closing quote"
    if text[at] == "`":
        return f"the key that begins {where} has no closing backtick"
    found = shorten(text[at : at + 20])
    return f"{found} {where} begins no key, value or operator; put keys in backticks, texts in quotes"


def _token(found: re.Match[str]) -> Token:
    at = found.start()
    if found["text"]:
        return Token("text", re.sub(r"\\(.)", _unescape, found["text"][1:-1], flags=re.DOTALL), at)
    if found["number"]:
        literal = found["number"]
        if found["unit"]:
            return Token("ago", float(literal) * _UNIT_S[found["unit"]], at)
        number = float(literal)
        if number in (float("inf"), float("-inf")):
            raise InvalidValue(f"filter: {shorten(literal)} at position {at + 1} is beyond the largest number")
        whole = re.fullmatch(r"[+-]?\d{1,15}", literal)
        return Token("number", int(literal) if whole else number, at)
    if found["key"]:
        literal = found["key"]
        if literal.lower() in KEYWORDS:
            return Token("word", literal.lower(), at)
        return Token("key", literal.replace("`", ""), at, "`" in literal)
    return Token("sign", "=" if found["sign"] == "==" else found["sign"], at)


def _unescape(found: re.Match[str]) -> str:
    # An unknown escape keeps its backslash, so that "\d" in a pattern stays what it is.
    letter = found[1]
    return letter if letter in "\"'\\" else _ESCAPES.get(letter, "\\" + letter)
