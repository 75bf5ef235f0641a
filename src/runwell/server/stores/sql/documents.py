"""Documents in columns: strict JSON written so that SQLite's text and PostgreSQL's JSONB agree.

Neither U+0000 (which PostgreSQL's text can't hold) nor a lone surrogate reaches a column: both
become U+FFFD. Integers beyond 2^53 that come back untagged were floats (JSONB writes 1e16 as
digits) and become floats again.
"""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from runwell.wire.limits import MAX_EXACT_FLOAT_INT
from runwell.wire.numbers import from_strict, replace_surrogates, to_strict


def encode_document(value: Any) -> str:
    """Encode strict data for a column."""
    try:
        line = orjson.dumps(value)
    except TypeError:
        return orjson.dumps(_clean(value)).decode()
    if b"\\u0000" in line:
        line = orjson.dumps(_clean(value))
    return line.decode()


def decode_document(text: str | bytes) -> Any:
    """Decode a column into strict data."""
    value = orjson.loads(text)
    # 17 digits without point or exponent: only JSONB writes floats that way.
    return _refloat(value)


def strict_document(value: Any) -> Any:
    """Turn extended data into what a document column takes."""
    return to_strict(value)


def extended_document(value: Any) -> Any:
    """Turn what a document column gave into extended data."""
    return from_strict(value)


def clean_text(text: str) -> str:
    """Put U+FFFD in place of what a text column can't hold."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    return text if text.isascii() else replace_surrogates(text)


def insert_if_absent(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """Insert a row unless one with the same unique key is there (perhaps by another server, just now)."""
    make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    connection.execute(make(table).values(**values).on_conflict_do_nothing())


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(k)): _clean(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_clean(v) for v in value]
    return value


def _refloat(value: Any) -> Any:
    kind = type(value)
    if kind is dict:
        for key, item in value.items():
            item_kind = type(item)
            if item_kind is dict or item_kind is list or item_kind is int:
                value[key] = _refloat(item)
        return value
    if kind is list:
        return [_refloat(item) for item in value]
    if kind is int and not -MAX_EXACT_FLOAT_INT <= value <= MAX_EXACT_FLOAT_INT:
        return float(value)
    return value
