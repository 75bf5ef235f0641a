"""Chart specifications: the built-in ones, the rules for users' own, and how one becomes a drawable one. Pure.

A specification is Vega-Lite or Vega with placeholders inside its texts: ``${field:x}`` stands for the column that a
chart draws as ``x``, ``${string:title}`` for a text that a chart brings along. Its data source is named ``wandb``.
The built-in ones are our own work, one file each in ``chart_specs/``, under the ids that clients write into runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

import orjson

from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import KIB, MAX_DEPTH
from runwell.wire.numbers import decode_extended

MAX_SPEC_BYTES = 256 * KIB  # the largest built-in one has 3 KiB; data belongs in the table
_PLACEHOLDER = re.compile(r"\$\{(field|string):([^{}]{1,200})\}")
_PATH_SIGNS = re.compile(r"""([\\.\[\]'"])""")
# Where Vega reads an expression, not a column.
_EXPRESSIONS = frozenset({"calculate", "filter", "expr", "test", "signal", "update", "labelExpr"})
# Where a text is shown as it is.
_SHOWN = frozenset({"title", "text", "subtitle", "description", "value", "datum", "label", "name"})
_GONE = object()


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """One specification.

    Attributes:
        id: ``wandb/line/v0`` of a built-in one, ``entity/name`` of a user's.
        kind: ``vega2``, the only one there is.
        fields: what it draws → the column taken if a chart says none; None: what would draw it is left out.
        strings: texts it shows → the text if a chart says none.
        spec: the Vega-Lite or Vega document, with placeholders.
    """

    id: str
    title: str
    kind: str
    fields: dict[str, str | None]
    strings: dict[str, str]
    spec: dict[str, Any]
    access: str = "public"
    built_in: bool = field(default=False)


@lru_cache(maxsize=1)
def built_in_charts() -> Mapping[str, ChartSpec]:
    """Give the built-in specifications by id, sorted."""
    found: dict[str, ChartSpec] = {}
    for file in sorted(
        resources.files("runwell.server.domain").joinpath("chart_specs").iterdir(), key=lambda file: file.name
    ):
        if file.name.endswith(".json"):
            said = orjson.loads(file.read_bytes())
            chart = ChartSpec(**said, kind="vega2", built_in=True)
            found[chart.id] = chart
    return found


def read_spec(text: str) -> dict[str, Any]:
    """Check a user's specification.

    Raises:
        InvalidValue: it is no JSON object, too large or nested too deep.
    """
    if len(text.encode("utf-8", "replace")) > MAX_SPEC_BYTES:
        raise InvalidValue(f"the chart's spec has over {MAX_SPEC_BYTES:,} bytes; put its data into the table")
    try:
        spec = decode_extended(text)
    except InvalidValue as error:
        raise InvalidValue(f"the chart's spec is {error}") from None
    if not isinstance(spec, dict):
        raise InvalidValue(f"the chart's spec must be a Vega-Lite or Vega object, not {shorten(spec)}")
    _check_depth(spec, 0)
    return spec


def _check_depth(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise InvalidValue(f"the chart's spec is nested deeper than {MAX_DEPTH} levels")
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, (dict, list)):
            _check_depth(item, depth + 1)


def placeholders(spec: Any) -> tuple[list[str], list[str]]:
    """List the fields and the strings that a specification has placeholders for, in their order."""
    found: dict[str, dict[str, None]] = {"field": {}, "string": {}}
    waiting = [spec]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            for match in _PLACEHOLDER.finditer(value):
                found[match[1]][match[2]] = None
        elif isinstance(value, (dict, list)):
            waiting.extend(reversed(list(value.values() if isinstance(value, dict) else value)))
    return list(found["field"]), list(found["string"])


def fill_in(chart: ChartSpec, fields: Mapping[str, str | None], strings: Mapping[str, str]) -> dict[str, Any]:
    """Put a chart's columns and texts in the place of the placeholders.

    An object whose ``field`` stands for a column that nobody named (an encoding channel, a line of a tooltip) is left
    out, as are list items like ``groupby``'s. Column names are escaped where Vega reads a path or an expression.
    """
    filled = _filled(chart.spec, "", chosen_fields(chart, fields), chosen_strings(chart, strings))
    return filled if isinstance(filled, dict) else {}


def chosen_fields(chart: ChartSpec, fields: Mapping[str, str | None]) -> dict[str, str | None]:
    """Give the column of each field: the chart's word, or the specification's."""
    return {name: fields.get(name) or default for name, default in chart.fields.items()}


def chosen_strings(chart: ChartSpec, strings: Mapping[str, str]) -> dict[str, str]:
    """Give each text: the chart's word, or the specification's."""
    return {name: strings.get(name) or default for name, default in chart.strings.items()}


def _filled(value: Any, place: str, fields: Mapping[str, str | None], strings: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _filled_text(value, place, fields, strings)
    if isinstance(value, list):
        items = [_filled(item, place, fields, strings) for item in value]
        return [item for item in items if item is not _GONE]
    if isinstance(value, dict):
        items = {key: _filled(item, key, fields, strings) for key, item in value.items()}
        if items.get("field") is _GONE:
            return _GONE
        return {key: item for key, item in items.items() if item is not _GONE}
    return value


def _filled_text(text: str, place: str, fields: Mapping[str, str | None], strings: Mapping[str, str]) -> Any:
    whole = _PLACEHOLDER.fullmatch(text)
    if whole and whole[1] == "field" and fields.get(whole[2]) is None:
        return _GONE

    def put(match: re.Match[str]) -> str:
        if match[1] == "string":
            said = strings.get(match[2], "")
            return _quoted(said) if place in _EXPRESSIONS else said
        column = fields.get(match[2]) or ""
        if place in _EXPRESSIONS:
            return _quoted(column)
        return column if place in _SHOWN else _PATH_SIGNS.sub(r"\\\1", column)

    return _PLACEHOLDER.sub(put, text)


def _quoted(text: str) -> str:
    """Escape what stands between the quotes of an expression."""
    return re.sub(r"""([\\'"`])""", r"\\\1", text).replace("\n", "\\n").replace("\r", "\\r")
