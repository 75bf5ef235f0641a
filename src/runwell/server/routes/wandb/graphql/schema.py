"""The executable schema: the ``.graphql`` files beside this one, bound to their resolvers."""

from __future__ import annotations

import math
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import orjson
from ariadne import ScalarType, load_schema_from_path, make_executable_schema
from graphql import GraphQLSchema

from runwell.wire.errors import InvalidValue

from . import (
    account,
    alerts,
    artifact_collections,
    artifact_edits,
    artifact_uploads,
    artifacts,
    charts,
    entities,
    files,
    history,
    projects,
    registries,
    run_listing,
    runs,
)

MAX_DURATION_MS = 366 * 24 * 3_600_000

JSON = ScalarType("JSON")
JSON_STRING = ScalarType("JSONString")
INT64 = ScalarType("Int64")
DATE_TIME = ScalarType("DateTime")
DURATION = ScalarType("Duration")


@JSON.serializer
def _json(value: Any) -> Any:
    try:
        text = orjson.dumps(value)
    except TypeError:  # an integer beyond 64 bits
        return _plain(value)
    # NaN and infinities are written as null: without one there is nothing to replace.
    return _plain(value) if b"null" in text else value


def _plain(value: Any) -> Any:
    # Clients of this protocol read what JSON can't hold as text.
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return str(value)
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value


@JSON_STRING.serializer
def _json_string(value: Any) -> str:
    return str(value)


@JSON_STRING.value_parser
def _read_json_string(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValue("a JSON text is needed")
    return value


@INT64.serializer
def _int64(value: Any) -> int:
    return int(value)


@INT64.value_parser
def _read_int64(value: Any) -> int:
    # Clients write 64-bit integers as numbers or as text.
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise InvalidValue("an integer of 64 bits is needed") from None
    if isinstance(value, bool) or not -(2**63) <= number < 2**63:
        raise InvalidValue("an integer of 64 bits is needed")
    return number


@DATE_TIME.serializer
def _date_time(value: Any) -> str:
    if isinstance(value, str):
        return value
    # Seconds since the epoch; clients parse this one form.
    return datetime.fromtimestamp(float(value), tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@DURATION.serializer
def _duration(value: Any) -> float:
    return float(value)


@DURATION.value_parser
def _read_duration(value: Any) -> float:
    # Milliseconds; a year is longer than anybody waits, and short enough to be reckoned with.
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not -MAX_DURATION_MS <= value <= MAX_DURATION_MS
    ):
        raise InvalidValue("a length of time in milliseconds is needed, of a year at most")
    return float(value)


def make_schema() -> GraphQLSchema:
    """Build the schema.

    Raises:
        Exception: a resolver has no field, or a document is no SDL: a defect found at start.
    """
    text = load_schema_from_path(str(Path(__file__).parent))
    return make_executable_schema(
        text,
        [
            *account.BINDINGS,
            *alerts.BINDINGS,
            *artifacts.BINDINGS,
            *artifact_collections.BINDINGS,
            *artifact_edits.BINDINGS,
            *artifact_uploads.BINDINGS,
            *charts.BINDINGS,
            *entities.BINDINGS,
            *projects.BINDINGS,
            *registries.BINDINGS,
            *run_listing.BINDINGS,
            *runs.BINDINGS,
            *files.BINDINGS,
            *history.BINDINGS,
            JSON,
            JSON_STRING,
            INT64,
            DATE_TIME,
            DURATION,
        ],
    )
