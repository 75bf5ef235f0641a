"""Filters over collections and versions as the public Api writes them (MongoDB style), applied to objects. Pure.

Collections have hundreds of versions, not millions: they are filtered where they are listed, without SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_FILTER_CHARS, MAX_FILTER_DEPTH, MAX_PATTERN_CHARS
from runwell.wire.numbers import decode_extended

Test = Callable[[Mapping[str, Any]], bool]
_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": lambda a, b: a > b,
    "$gte": lambda a, b: a >= b,
    "$lt": lambda a, b: a < b,
    "$lte": lambda a, b: a <= b,
}


def read_filter(text: str | None) -> Mapping[str, Any]:
    """Read a filter; {}: there is none.

    Raises:
        InvalidValue: it is no JSON object.
    """
    if text is None or not text.strip():
        return {}
    if len(text) > MAX_FILTER_CHARS * 8:
        raise InvalidValue(f"the filter has {len(text):,} characters; at most {MAX_FILTER_CHARS * 8:,} are read")
    document = decode_extended(text)
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise InvalidValue(f"filters must be a JSON object, not {shorten(document)}")
    return document


def compile_filter(document: Mapping[str, Any], depth: int = 0) -> Test:
    """Give the test that a filter is.

    Raises:
        InvalidValue: it holds an operator that doesn't exist, or is nested too deep.
    """
    if depth > MAX_FILTER_DEPTH:
        raise InvalidValue(f"filters are nested deeper than {MAX_FILTER_DEPTH} levels")
    tests = [_entry(name, said, depth) for name, said in document.items()]
    return lambda one: all(test(one) for test in tests)


def _entry(name: str, said: Any, depth: int) -> Test:
    if name in ("$and", "$or", "$nor"):
        if not isinstance(said, list) or not all(isinstance(part, dict) for part in said):
            raise InvalidValue(f"{name} needs a list of filters, not {shorten(said)}")
        parts = [compile_filter(part, depth + 1) for part in said]
        if name == "$and":
            return lambda one: all(part(one) for part in parts)
        return lambda one: any(part(one) for part in parts) is (name == "$or")
    if name == "$not":
        if not isinstance(said, dict):
            raise InvalidValue(f"$not needs a filter, not {shorten(said)}")
        inner = compile_filter(said, depth + 1)
        return lambda one: not inner(one)
    if name.startswith("$"):
        raise InvalidValue(f"there is no filter {shorten(name)}")
    test = _condition(said, depth)
    return lambda one: test(_value(one, name))


def _condition(said: Any, depth: int) -> Callable[[Any], bool]:
    if not isinstance(said, dict):
        return lambda value: _equal(value, said)
    if depth > MAX_FILTER_DEPTH:
        raise InvalidValue(f"filters are nested deeper than {MAX_FILTER_DEPTH} levels")
    tests = [_operator(name, operand, depth) for name, operand in said.items()]
    return lambda value: all(test(value) for test in tests)


def _operator(name: str, said: Any, depth: int) -> Callable[[Any], bool]:
    if name == "$eq":
        return lambda value: _equal(value, said)
    if name == "$ne":
        return lambda value: not _equal(value, said)
    if name in ("$in", "$nin"):
        if not isinstance(said, list):
            raise InvalidValue(f"{name} needs a list, not {shorten(said)}")
        return lambda value: any(_equal(value, one) for one in said) is (name == "$in")
    if name == "$exists":
        return lambda value: (value is not None) is bool(said)
    if name == "$not":
        inner = _condition(said, depth + 1)
        return lambda value: not inner(value)
    if name in ("$regex", "$contains"):
        if not isinstance(said, str) or len(said) > MAX_PATTERN_CHARS:
            raise InvalidValue(f"{name} needs a text of at most {MAX_PATTERN_CHARS:,} characters")
        if name == "$contains":
            return lambda value: any(said in one for one in _texts(value))
        return _pattern(said)
    if name in _ORDERED:
        compare = _ORDERED[name]
        return lambda value: any(_kind(one) == _kind(said) and compare(one, said) for one in _each(value))
    raise InvalidValue(f"there is no filter {shorten(name)}")


def _pattern(text: str) -> Callable[[Any], bool]:
    import pyarrow as pa
    import pyarrow.compute

    compute: Any = pyarrow.compute  # its functions are made at import

    def found(value: Any) -> bool:
        # RE2: no pattern takes longer than linear time.
        texts = _texts(value)
        return bool(texts) and bool(
            compute.any(compute.match_substring_regex(pa.array(texts, pa.string()), text)).as_py()
        )

    try:
        compute.match_substring_regex(pa.array([""]), text)
    except pa.ArrowInvalid:
        raise InvalidValue(f"{shorten(text)} is no regular expression") from None
    return found


def _value(one: Mapping[str, Any], name: str) -> Any:
    if name in one:
        return one[name]
    value: Any = one
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _texts(value: Any) -> list[str]:
    return [one for one in _each(value) if isinstance(one, str)]


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, (int, float)) else "text" if isinstance(value, str) else "other"


def _equal(value: Any, said: Any) -> bool:
    if isinstance(said, list):
        return value == said
    return any(_kind(one) == _kind(said) and one == said for one in _each(value))
