"""Keys inside documents as SQL expressions, for SQLite (text, json_extract) and PostgreSQL (JSONB).

One expression a key serves comparing, sorting and indexing: :meth:`typed`. In both databases its
values order as numbers, then texts, then booleans, each type among itself; what is missing, null, a
list, an object or a text of over ``MAX_COMPARED_CHARS`` is SQL NULL. A tagged number compares by its
float, if it has one. Numbers, texts and booleans never equal one another.

Keys of plain characters are written into the SQL as literals, because an index on an expression is
only used by the same expression; every other key is a bound parameter. Values are always bound.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    LargeBinary,
    String,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import NullType

from runwell.server.stores.filter_tree import Value
from runwell.wire.limits import MAX_COMPARED_CHARS

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_./+@ -]{1,200}")  # also free of what SQL or a parameter style reads
_ODD_IN_PATH = re.compile(r'["\\\x00-\x1f]')  # what SQLite's JSON paths can't quote (before 3.45)


def is_plain(key: str) -> bool:
    """Tell whether a key may stand in SQL as a literal, and so be indexed."""
    return _PLAIN_KEY.fullmatch(key) is not None


class DocumentSql(Protocol):
    """A dialect's expressions about one key of a document column."""

    def typed(self, document: Column[Any], key: str) -> ColumnElement[Any]:
        """What compares, sorts and is indexed."""
        ...

    def literal(self, value: str | float | int | bool) -> ColumnElement[Any]:
        """A value as :meth:`typed` would give it, bound."""
        ...

    def bounds(self, value: str | float | int | bool) -> tuple[ColumnElement[Any] | None, ColumnElement[Any] | None]:
        """The least value of the value's type and what is above all of them; None: nothing is beyond."""
        ...

    def exists(self, document: Column[Any], key: str) -> ColumnElement[bool]:
        """The key is there, if only with null."""
        ...

    def exists_below(self, document: Column[Any], key: str) -> ColumnElement[bool]:
        """There are keys below this one: ``optim.lr`` below ``optim``."""
        ...

    def is_null(self, document: Column[Any], key: str) -> ColumnElement[bool]:
        """The key is there with null."""
        ...

    def text(self, document: Column[Any], key: str) -> ColumnElement[Any]:
        """The key's text, whole; SQL NULL if it is anything else."""
        ...

    def contains(self, document: Column[Any], key: str, value: str | float | int | bool) -> ColumnElement[bool]:
        """The key is a list with this value in it."""
        ...

    def has_tag(self, tags: Column[Any], tag: str) -> ColumnElement[bool]:
        """The list of texts has this one."""
        ...

    def first_tag(self, tags: Column[Any]) -> ColumnElement[Any]:
        """The first of a list of texts."""
        ...

    def values(self, document: Column[Any], keys: list[str]) -> ColumnElement[Any]:
        """The keys' values as one JSON list, null for missing ones."""
        ...

    def among(self, column: Column[Any], ids: tuple[int, ...]) -> ColumnElement[bool]:
        """The column is one of many integers."""
        ...

    def decode(self, typed: Any) -> Value:
        """What :meth:`typed` gave, as a value."""
        ...


def compare_typed(
    sql: DocumentSql, typed: ColumnElement[Any], op: str, value: str | float | int | bool
) -> ColumnElement[bool]:
    """Compare within the value's type: ``=``, ``<``, ``<=``, ``>`` or ``>=``."""
    bound = sql.literal(value)
    if op == "=":
        return typed == bound
    least, above = sql.bounds(value)
    if op in ("<", "<="):
        upper = typed < bound if op == "<" else typed <= bound
        return upper if least is None else and_(typed >= least, upper)
    lower = typed > bound if op == ">" else typed >= bound
    return lower if above is None else and_(lower, typed < above)


def _constant(text: str) -> ColumnElement[Any]:
    return literal_column(text, NullType())


class SqliteDocuments:
    """SQLite: numbers < texts < blobs is the order of its storage classes; booleans are blobs of a byte."""

    def typed(self, document: Column[Any], key: str) -> ColumnElement[Any]:
        if _ODD_IN_PATH.search(key) or not key:
            inner = func.json_each(document).table_valued("key", "atom", "type", "value")
            text = case((func.length(inner.c.atom) <= MAX_COMPARED_CHARS, inner.c.atom))
            tagged = func.json_extract(inner.c.value, "$._type") == _constant("'number'")
            kind = case(
                (inner.c.type.in_(("integer", "real")), inner.c.atom),
                (inner.c.type == "text", text),
                (inner.c.type == "true", _constant("x'01'")),
                (inner.c.type == "false", _constant("x'00'")),
                (inner.c.type == "object", case((tagged, func.json_extract(inner.c.value, "$.float")))),
            )
            return select(kind).where(inner.c.key == key).limit(1).scalar_subquery()
        value = func.json_extract(document, _path(key), type_=NullType())
        tagged = func.json_extract(document, _path(key, "._type"), type_=NullType()) == _constant("'number'")
        return case(
            {
                _constant("'integer'"): value,
                _constant("'real'"): value,
                _constant("'text'"): case((func.length(value) <= _constant(str(MAX_COMPARED_CHARS)), value)),
                _constant("'true'"): _constant("x'01'"),
                _constant("'false'"): _constant("x'00'"),
                _constant("'object'"): case((tagged, func.json_extract(document, _path(key, ".float")))),
            },
            value=func.json_type(document, _path(key)),
        )

    def literal(self, value: str | float | int | bool) -> ColumnElement[Any]:
        if isinstance(value, bool):
            return literal(b"\x01" if value else b"\x00", LargeBinary())
        return literal(value)

    def bounds(self, value: str | float | int | bool) -> tuple[ColumnElement[Any] | None, ColumnElement[Any] | None]:
        if isinstance(value, bool):
            return _constant("x''"), None
        if isinstance(value, str):
            return _constant("''"), _constant("x''")
        return None, _constant("''")

    def _type(self, document: Column[Any], key: str) -> ColumnElement[Any]:
        if _ODD_IN_PATH.search(key) or not key:
            inner = func.json_each(document).table_valued("key", "type")
            return select(inner.c.type).where(inner.c.key == key).limit(1).scalar_subquery()
        return func.json_type(document, _path(key), type_=String())

    def exists(self, document: Column[Any], key: str) -> ColumnElement[bool]:
        return self._type(document, key).is_not(None)

    def exists_below(self, document: Column[Any], key: str) -> ColumnElement[bool]:
        inner = func.json_each(document).table_valued("key", name="below")
        return select(_constant("1")).select_from(inner).where(_begins(inner.c.key, key)).exists()

    def is_null(self, document: Column[Any], key: str) -> ColumnElement[bool]:
        return self._type(document, key) == "null"

    def text(self, document: Column[Any], key: str) -> ColumnElement[Any]:
        return case((self._type(document, key) == "text", self._value(document, key)))

    def _value(self, document: Column[Any], key: str) -> ColumnElement[Any]:
        if _ODD_IN_PATH.search(key) or not key:
            inner = func.json_each(document).table_valued("key", "value")
            return select(inner.c.value).where(inner.c.key == key).limit(1).scalar_subquery()
        return func.json_extract(document, _path(key), type_=NullType())

    def contains(self, document: Column[Any], key: str, value: str | float | int | bool) -> ColumnElement[bool]:
        list_of = case((self._type(document, key) == "array", self._value(document, key)), else_=_constant("'[]'"))
        item = func.json_each(list_of).table_valued("type", "atom", name="item")
        if isinstance(value, bool):
            found = item.c.type == ("true" if value else "false")
        else:
            kinds = ("text",) if isinstance(value, str) else ("integer", "real")
            found = and_(item.c.type.in_(kinds), item.c.atom == literal(value))
        return select(_constant("1")).select_from(item).where(found).exists()

    def has_tag(self, tags: Column[Any], tag: str) -> ColumnElement[bool]:
        item = func.json_each(tags).table_valued("value", name="item")
        return select(_constant("1")).select_from(item).where(item.c.value == tag).exists()

    def first_tag(self, tags: Column[Any]) -> ColumnElement[Any]:
        return func.json_extract(tags, _constant("'$[0]'"), type_=NullType())

    def values(self, document: Column[Any], keys: list[str]) -> ColumnElement[Any]:
        # With one path json_extract gives the value itself, with several their list.
        paths = [_path(key) if key and not _ODD_IN_PATH.search(key) else _path("\x7f") for key in keys]
        return func.json_extract(document, *paths, *([_path("\x7f")] if len(paths) == 1 else []), type_=NullType())

    def among(self, column: Column[Any], ids: tuple[int, ...]) -> ColumnElement[bool]:
        listed = func.json_each("[" + ",".join(map(str, ids)) + "]").table_valued("value")
        return column.in_(select(listed.c.value))

    def decode(self, typed: Any) -> Value:
        return typed != b"\x00" if isinstance(typed, bytes) else typed


def _path(key: str, rest: str = "") -> ColumnElement[Any]:
    path = f'$."{key}"{rest}'
    return _constant(f"'{path}'") if is_plain(key) else bindparam(None, path, String(), unique=True)


class PostgresDocuments:
    """PostgreSQL: JSONB orders scalars < lists, lists by length; texts are boxed once, booleans twice."""

    def typed(self, document: Column[Any], key: str) -> ColumnElement[Any]:
        value = self._value(document, key)
        text = document.op("->>")(_name(key))
        tagged = value.op("->>")(_constant("'_type'")) == _constant("'number'")
        return case(
            {
                _constant("'number'"): value,
                _constant("'string'"): case(
                    (func.length(text) <= _constant(str(MAX_COMPARED_CHARS)), _constant("'[]'::jsonb").op("||")(value))
                ),
                _constant("'boolean'"): _constant("'[0]'::jsonb").op("||")(value),
                _constant("'object'"): case((tagged, value.op("->")(_constant("'float'")))),
            },
            value=func.jsonb_typeof(value),
        )

    def literal(self, value: str | float | int | bool) -> ColumnElement[Any]:
        boxed: Any = [0, value] if isinstance(value, bool) else [value] if isinstance(value, str) else value
        return literal(boxed, JSONB())

    def bounds(self, value: str | float | int | bool) -> tuple[ColumnElement[Any] | None, ColumnElement[Any] | None]:
        if isinstance(value, bool):
            return _constant("'[0, false]'::jsonb"), None
        if isinstance(value, str):
            return _constant("'[\"\"]'::jsonb"), _constant("'[0, false]'::jsonb")
        return None, _constant("'[\"\"]'::jsonb")

    def _value(self, document: Column[Any], key: str) -> ColumnElement[Any]:
        return document.op("->", return_type=JSONB())(_name(key))

    def exists(self, document: Column[Any], key: str) -> ColumnElement[bool]:
        return func.jsonb_exists(document, _name(key), type_=Boolean())

    def exists_below(self, document: Column[Any], key: str) -> ColumnElement[bool]:
        inner = func.jsonb_object_keys(document).table_valued("below", name="below")  # a function names its column
        return select(_constant("1")).select_from(inner).where(_begins(inner.c.below, key)).exists()

    def is_null(self, document: Column[Any], key: str) -> ColumnElement[bool]:
        return func.jsonb_typeof(self._value(document, key)) == "null"

    def text(self, document: Column[Any], key: str) -> ColumnElement[Any]:
        is_text = func.jsonb_typeof(self._value(document, key)) == "string"
        return case((is_text, document.op("->>", return_type=String())(_name(key))))

    def contains(self, document: Column[Any], key: str, value: str | float | int | bool) -> ColumnElement[bool]:
        there = self._value(document, key)
        return and_(
            func.jsonb_typeof(there) == "array", there.op("@>", return_type=Boolean())(literal([value], JSONB()))
        )

    def has_tag(self, tags: Column[Any], tag: str) -> ColumnElement[bool]:
        return func.jsonb_exists(tags, tag, type_=Boolean())

    def first_tag(self, tags: Column[Any]) -> ColumnElement[Any]:
        return tags.op("->>", return_type=String())(_constant("0"))

    def values(self, document: Column[Any], keys: list[str]) -> ColumnElement[Any]:
        return func.jsonb_build_array(*(self._value(document, key) for key in keys), type_=JSONB())

    def among(self, column: Column[Any], ids: tuple[int, ...]) -> ColumnElement[bool]:
        listed = func.jsonb_array_elements_text(cast(literal(list(ids), JSONB()), JSONB())).table_valued("value")
        return column.in_(select(cast(listed.c.value, column.type)))

    def decode(self, typed: Any) -> Value:
        return typed[-1] if isinstance(typed, list) else typed


def _begins(text: ColumnElement[Any], key: str) -> ColumnElement[bool]:
    return func.substr(text, 1, len(key) + 1, type_=String()) == f"{key}."


def _name(key: str) -> ColumnElement[Any]:
    return _constant(f"'{key}'") if is_plain(key) else cast(bindparam(None, key, String(), unique=True), String())


def for_dialect(is_sqlite: bool) -> DocumentSql:
    """Give the expressions of the catalog's database."""
    return SqliteDocuments() if is_sqlite else PostgresDocuments()


def never() -> ColumnElement[bool]:
    """What no run matches."""
    return or_(false())
