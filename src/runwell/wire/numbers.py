"""JSON that keeps every number: NaN, the infinities, and integers of any length.

Two forms exist, and nothing else in the house knows more than their names:

* **extended** JSON, the language of journals and of the W&B wire: bare ``NaN``, ``Infinity``,
  ``-Infinity`` and integers of any length, as Python's ``json`` reads and writes them.
  orjson does the work; it writes NaN as ``null`` and refuses integers beyond 64 bits, so those
  rare lines go through the standard library.
* **strict** JSON, for SQL columns and browsers: such a number becomes a tagged object
  ``{"_type": "number", "value": "NaN"}`` (``float`` beside it when one is near).

Source: RFC 8259 section 6 (what JSON leaves out), ECMA-262 (integers are exact up to 2^53).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import orjson

from .errors import InvalidValue
from .limits import MAX_DEPTH, MAX_EXACT_FLOAT_INT, MAX_INT_DIGITS

_NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


def encode_extended(value: Any, default: Callable[[Any], Any] | None = None) -> bytes:
    """Encode a value as extended JSON in one line, without a trailing newline.

    Args:
        value: JSON-like data; ``default`` turns anything else into JSON-like data.

    Raises:
        TypeError: something is neither JSON nor known to ``default``.
        ValueError: it is cyclic.

    Guarantee: ``decode_extended(encode_extended(v))`` equals ``v``, bit for bit for floats.
    """
    try:
        line = orjson.dumps(value, default, _OPTIONS)
    except TypeError:  # an integer beyond 64 bits, a lone surrogate, a key that is no text
        return _encode_slowly(value, default)
    # orjson writes NaN and infinities as null: only a line with a null in it can hide one.
    if b"null" in line:
        return _encode_slowly(value, default)
    return line


def _encode_slowly(value: Any, default: Callable[[Any], Any] | None) -> bytes:
    text = json.dumps(value, default=default, ensure_ascii=False, separators=(",", ":"))
    return replace_surrogates(text).encode()


_SURROGATE = re.compile("[\ud800-\udfff]")


def replace_surrogates(text: str) -> str:
    """Put U+FFFD in place of every lone surrogate, which UTF-8 can't carry."""
    return _SURROGATE.sub("\ufffd", text)


def decode_extended(line: bytes | str) -> Any:
    """Decode extended JSON.

    Raises:
        InvalidValue: it is not JSON, is nested too deep, or holds an integer of more than
            ``MAX_INT_DIGITS`` digits.
    """
    if has_long_integer(line):
        return _decode_slowly(line)
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return _decode_slowly(line)


_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_LONG = b"0" * 19
_ZEROS = re.compile(b"0+")


def has_long_integer(line: bytes | str) -> bool:
    """Tell whether JSON may hold an integer that orjson would round to a float (beyond 64 bits).

    Two passes of C over the bytes: ten times as fast as a regular expression. Digits behind a point are no
    integer: small floats have up to 21 of them.
    """
    data = (line if isinstance(line, bytes) else line.encode("utf-8", "replace")).translate(_DIGITS_TO_ZERO)
    place = data.find(_LONG)
    while place >= 0:
        if data[place - 1 : place] != b".":
            return True
        digits = _ZEROS.match(data, place)
        assert digits is not None
        place = data.find(_LONG, digits.end())
    return False


def _decode_slowly(line: bytes | str) -> Any:
    try:
        text = line.decode("utf-8") if isinstance(line, bytes) else line
        return json.loads(text, parse_int=_parse_int)
    except (ValueError, RecursionError) as error:
        if isinstance(error, InvalidValue):
            raise
        reason = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise InvalidValue(f"not JSON: {reason}") from None


def _parse_int(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_INT_DIGITS:
        raise InvalidValue(f"an integer of {len(digits):,} digits; at most {MAX_INT_DIGITS} are kept")
    return int(digits)


def is_exact_in_float(number: int) -> bool:
    """Tell whether every JSON reader gets this integer back unchanged."""
    return -MAX_EXACT_FLOAT_INT <= number <= MAX_EXACT_FLOAT_INT


def to_strict(value: Any, depth: int = 0) -> Any:
    """Turn extended data into strict data: tagged objects for what browsers and SQL can't hold.

    Raises:
        InvalidValue: nested deeper than ``MAX_DEPTH``.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is float:
        if math.isfinite(value):
            return value
        return {"_type": "number", "value": "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"}
    if kind is int:
        if is_exact_in_float(value):
            return value
        tagged: dict[str, Any] = {"_type": "number", "value": str(value)}
        try:
            tagged["float"] = float(value)
        except OverflowError:
            pass
        return tagged
    if depth >= MAX_DEPTH:
        raise InvalidValue(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        return {str(k): to_strict(v, depth + 1) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_strict(v, depth + 1) for v in value]
    raise InvalidValue(f"a {kind.__name__} is not JSON")


def from_strict(value: Any) -> Any:
    """Turn strict data back into extended data; the inverse of :func:`to_strict`."""
    if isinstance(value, dict):
        if value.get("_type") == "number" and isinstance(value.get("value"), str):
            try:
                return parse_number(value["value"])
            except ValueError:  # somebody's own object of that type
                pass
        return {k: from_strict(v) for k, v in value.items()}
    if isinstance(value, list):
        return [from_strict(v) for v in value]
    return value


def parse_number(text: str) -> int | float:
    """Read the text of a tagged number."""
    if text in _NON_FINITE:
        return _NON_FINITE[text]
    return _parse_int(text)


def flatten(mapping: dict[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Turn nested mappings into dotted keys: ``{"a": {"b": 1}}`` and ``{"a.b": 1}`` are one thing.

    An object with a ``_type`` (media, histograms, tagged numbers) is a value, not a level.
    An empty mapping is kept as a value, so that nothing disappears.

    Raises:
        InvalidValue: nested deeper than ``MAX_DEPTH``.
    """
    flat: dict[str, Any] = {}
    for key, value in mapping.items():
        if isinstance(value, dict) and value and "_type" not in value:
            if depth >= MAX_DEPTH:
                raise InvalidValue(f"nested deeper than {MAX_DEPTH} levels at {prefix}{key!s:.40}")
            flat.update(flatten(value, f"{prefix}{key}.", depth + 1))
        else:
            flat[f"{prefix}{key}"] = value
    return flat
