"""Runs listings: a parsed selection answered by SQL, rows or groups.

Regular expressions are matched here, not by the database: RE2 (in pyarrow) takes time linear in the
text whatever the pattern, means the same over both databases, and never runs inside a statement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select

from runwell.server.stores.filter_tree import Among, Key, Mark, Match, Or, Selection
from runwell.server.stores.records import RunIds, RunPage, RunTable
from runwell.wire.errors import InvalidValue, shorten

from .document_indexes import DocumentIndexes
from .document_sql import for_dialect
from .engine import CatalogEngine
from .filter_sql import FilterSql, matches_of, with_matches
from .run_columns import is_odd, read_columns
from .run_groups import group_runs
from .tables import run, user

_PLAIN_SEARCH = re.compile(r"[A-Za-z0-9 _\-/:@,=]*")  # no meaning as a pattern, and ASCII, so SQL may fold case
_KEYS_A_CALL = 90  # arguments of a function: at most 100 in PostgreSQL, 127 in SQLite

_PARENT = run.alias("parent")
_IS_PARENT = (_PARENT.c.id == run.c.parent_id) & _PARENT.c.deleted_at.is_(None)
_Conditions = tuple[ColumnElement[bool], ...]
_ROW = (
    run.c.id,
    run.c.name,
    run.c.display_name,
    run.c.state,
    run.c.created_at,
    run.c.heartbeat_at,
    run.c.finished_at,
    run.c.runtime_s,
    run.c.last_step,
    run.c.deleted_at,
    run.c.tags,
    run.c.notes,
    run.c.group_name,
    run.c.job_type,
    run.c.host,
    run.c.sweep,
    func.coalesce(user.c.name, "").label("user"),
    run.c.parent_step,
    run.c.rewound_step,
    select(_PARENT.c.name).where(_IS_PARENT).scalar_subquery().label("parent_id"),
    select(_PARENT.c.display_name).where(_IS_PARENT).scalar_subquery().label("parent_name"),
)


class RunSearch:
    """Answers selections over table ``run``.

    Args:
        engine: the catalog's connection, which also builds indexes.
    """

    def __init__(self, engine: CatalogEngine) -> None:
        self._sql = for_dialect(engine.is_sqlite)
        self._filter = FilterSql(self._sql)
        self._indexes = DocumentIndexes(engine, self._sql)
        self._is_sqlite = engine.is_sqlite

    def prepare(self, project_id: int, selection: Selection) -> None:
        """Build the indexes that make this selection fast in a large project; call it outside of a read."""
        self._indexes.prepare(project_id, selection)

    def page(self, c: Connection, project_id: int, selection: Selection) -> RunPage:
        """Give the total, how many match, and the rows or groups asked for.

        Raises:
            InvalidValue: a regular expression is none.
        """
        total = self._count(c, [*_visible(project_id, selection.deleted)])
        conditions = self._conditions(c, project_id, selection)
        if selection.group:
            order = self._filter.order(selection.sort)
            groups, matched, group_count = group_runs(c, self._sql, conditions, order, selection)
            return RunPage(total, matched, selection.offset, [], groups, group_count)
        plain = selection.tree is None and not selection.search and selection.names is None
        matched = total if plain else self._count(c, conditions)
        ids = self._page_ids(c, conditions, selection)
        return RunPage(total, matched, selection.offset, self.rows(c, ids, selection.columns))

    def table(self, c: Connection, project_id: int, selection: Selection) -> RunTable:
        """Give the columns of the first ``limit`` runs that match, as lists.

        Raises:
            InvalidValue: a regular expression is none.
        """
        total = self._count(c, [*_visible(project_id, selection.deleted)])
        conditions = self._conditions(c, project_id, selection)
        order = self._filter.order(selection.sort)
        found = read_columns(c, self._sql, conditions, order, selection.columns, selection.limit)
        matched = len(found["id"])
        asked = frozenset(map(str, selection.columns))
        return RunTable(total, self._count(c, conditions) if matched == selection.limit else matched, found, asked)

    def ids(self, c: Connection, project_id: int, selection: Selection) -> list[int]:
        """Give the storage ids of all runs that match, in order.

        Raises:
            InvalidValue: a regular expression is none.
        """
        chosen = select(run.c.id).where(*self._conditions(c, project_id, selection))
        return list(c.execute(chosen.order_by(*self._filter.order(selection.sort))).scalars())

    def columns(self, c: Connection, run_ids: Sequence[int], columns: Sequence[Key]) -> dict[str, list[Any]]:
        """Give columns of these runs, in the order of the ids; those that are gone are left out."""
        among = self._sql.among(run.c.id, tuple(run_ids))
        return read_columns(c, self._sql, [among], (), columns, len(run_ids), run_ids)

    def count(self, c: Connection, project_id: int, selection: Selection) -> int:
        """Count the runs that match.

        Raises:
            InvalidValue: a regular expression is none.
        """
        return self._count(c, self._conditions(c, project_id, selection))

    def slice(self, c: Connection, project_id: int, selection: Selection) -> RunIds:
        """Give the storage ids of a page of a walk.

        Raises:
            InvalidValue: a regular expression is none.
        """
        conditions = self._conditions(c, project_id, selection)
        mark = selection.behind
        if mark is None:
            there = _visible(project_id, selection.deleted)
            newest = c.execute(select(func.max(run.c.id)).where(*there)).scalar() or 0
            matched, offset = self._count(c, conditions), selection.offset
        else:
            newest = mark.newest
            conditions.append(run.c.id <= newest)
            matched = self._count(c, conditions)
            offset = mark.offset if matched == mark.matched else self._rank(c, conditions, selection, mark)
        ids = self._page_ids(c, conditions, replace(selection, offset=offset))
        return RunIds(ids, offset, matched, newest)

    def _rank(self, c: Connection, conditions: list[ColumnElement[bool]], selection: Selection, mark: Mark) -> int:
        """Count the runs that match and don't come behind the last one, which may no longer match itself."""
        place = func.row_number().over(order_by=self._filter.order(selection.sort)).label("place")
        matches = func.coalesce(and_(*conditions), false()).label("matches")
        placed = select(run.c.id, place, matches).where(or_(and_(*conditions), run.c.id == mark.last)).subquery()
        found = c.execute(select(placed.c.place, placed.c.matches).where(placed.c.id == mark.last)).first()
        if found is None:  # the run's very row is gone
            return mark.offset
        return found.place if found.matches else found.place - 1

    def rows(self, c: Connection, run_ids: Sequence[int], columns: Sequence[Key]) -> list[dict[str, Any]]:
        """Give ``RunRow`` objects of docs/api.md, in the order of the ids; ``values`` is strict data."""
        if not run_ids:
            return []
        wanted = _Values(columns)
        picked = [run.c.config, run.c.summary] if wanted.odd else []
        lists = [self._sql.values(getattr(run.c, scope), keys) for scope, keys in wanted.calls]
        chosen = select(*_ROW, *picked, *(expr.label(f"values_{n}") for n, expr in enumerate(lists)))
        chosen = chosen.select_from(run).outerjoin(user, user.c.id == run.c.user_id)
        found: dict[int, dict[str, Any]] = {}
        for row in c.execute(chosen.where(self._sql.among(run.c.id, tuple(run_ids)))):
            found[row.id] = _run_row(row, wanted)
        return [found[run_id] for run_id in run_ids if run_id in found]

    def _count(self, c: Connection, conditions: list[ColumnElement[bool]]) -> int:
        return c.execute(select(func.count()).select_from(run).where(*conditions)).scalar_one()

    def _page_ids(self, c: Connection, conditions: list[ColumnElement[bool]], selection: Selection) -> list[int]:
        chosen = select(run.c.id).where(*conditions).order_by(*self._filter.order(selection.sort))
        return list(c.execute(chosen.offset(selection.offset).limit(selection.limit)).scalars())

    def _conditions(self, c: Connection, project_id: int, selection: Selection) -> list[ColumnElement[bool]]:
        there = _visible(project_id, selection.deleted)
        conditions = list(there)
        if selection.names is not None:
            conditions.append(run.c.name.in_(selection.names))
        if selection.tree is not None:
            found = {match: self._matching(c, there, match) for match in matches_of(selection.tree)}
            conditions.append(self._filter.condition(with_matches(selection.tree, found)))
        if selection.search:
            conditions.append(self._searched(c, there, selection.search))
        return conditions

    def _searched(self, c: Connection, there: _Conditions, search: str) -> ColumnElement[bool]:
        if _PLAIN_SEARCH.fullmatch(search):
            like = "%" + search.lower().replace("_", r"\_") + "%"
            return or_(*(func.lower(column).like(like, escape="\\") for column in (run.c.display_name, run.c.name)))
        pattern = "(?i)" + search
        try:
            _matches([""], pattern)
        except InvalidValue:
            pattern = "(?i)" + re.escape(search)
        names = (Match(Key("run", field), pattern) for field in ("name", "id"))
        return self._filter.condition(Or(tuple(self._matching(c, there, match) for match in names)))

    def _matching(self, c: Connection, there: _Conditions, match: Match) -> Among:
        """Find the runs whose text matches (or, negated, whose text doesn't)."""
        if match.key == Key("run", "tags"):
            ids, texts = self._tags(c, there)
        else:
            text = self._filter.text(match.key)
            rows = c.execute(select(run.c.id, text).where(*there, text.is_not(None))).all()
            ids, texts = [row[0] for row in rows], [row[1] for row in rows]
        matched = [run_id for run_id, yes in zip(ids, _matches(texts, match.pattern), strict=True) if yes]
        if match.negated:
            matched = list(set(ids).difference(matched))
        return Among(tuple(matched))

    def _tags(self, c: Connection, there: _Conditions) -> tuple[list[int], list[str]]:
        rows = c.execute(select(run.c.id, run.c.tags).where(*there)).all()
        pairs = [(run_id, tag) for run_id, tags in rows for tag in tags]
        return [run_id for run_id, _ in pairs], [tag for _, tag in pairs]


def _visible(project_id: int, deleted: bool = False) -> _Conditions:
    if deleted:
        return run.c.project_id == project_id, run.c.deleted_at.is_not(None), run.c.purged_at.is_(None)
    return run.c.project_id == project_id, run.c.deleted_at.is_(None)


def _matches(texts: list[str], pattern: str) -> list[bool]:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return pc.match_substring_regex(pa.array(texts, pa.string()), pattern).to_pylist()  # pyright: ignore
    except (pa.ArrowInvalid, UnicodeEncodeError) as error:
        reason = str(error).partition("failed: ")[2] or str(error)
        raise InvalidValue(f"{shorten(pattern)} is no regular expression: {reason:.200}") from None


class _Values:
    """Which keys a listing wants, and where in its rows their values are.

    Attributes:
        calls: (document, keys) of each list of values that the row has.
        odd: some key can't be asked for by a path; the documents are read whole.
    """

    def __init__(self, columns: Sequence[Key]) -> None:
        self.columns = columns
        self.odd = any(column.scope != "run" and is_odd(column.name) for column in columns)
        self.calls: list[tuple[str, list[str]]] = []
        if not self.odd:
            for scope in ("config", "summary"):
                keys = list(dict.fromkeys(c.name for c in columns if c.scope in (scope, "any")))
                self.calls += [(scope, keys[n : n + _KEYS_A_CALL]) for n in range(0, len(keys), _KEYS_A_CALL)]

    def of(self, row: Any, fields: dict[str, Any]) -> dict[str, Any]:
        """Pick the values, keyed as the columns are written; missing ones are left out."""
        documents: dict[str, dict[str, Any]] = {"config": {}, "summary": {}}
        if self.odd:
            documents = {"config": row.config, "summary": row.summary}
        for n, (scope, keys) in enumerate(self.calls):
            listed = row._mapping[f"values_{n}"]
            listed = orjson.loads(listed) if isinstance(listed, str) else listed
            documents[scope].update(zip(keys, listed, strict=False))
        values: dict[str, Any] = {}
        for column in self.columns:
            if column.scope == "run":
                value = fields.get(column.name)
            elif column.scope == "any":
                value = documents["summary"].get(column.name)
                value = documents["config"].get(column.name) if value is None else value
            else:
                value = documents[column.scope].get(column.name)
            if value is not None:
                values[str(column)] = value
        return values


def _run_row(row: Any, wanted: _Values) -> dict[str, Any]:
    fields = {
        "id": row.name,
        "name": row.display_name,
        "state": row.state,
        "created_at": row.created_at,
        "heartbeat_at": row.heartbeat_at,
        "finished_at": row.finished_at,
        "runtime_s": row.runtime_s,
        "last_step": row.last_step,
        "user": row.user,
        "tags": row.tags,
        "notes": row.notes,
        "group": row.group_name,
        "job_type": row.job_type,
        "host": row.host,
        "sweep": row.sweep,
    }
    if row.parent_step is not None:
        fields["parent"] = {"id": row.parent_id, "name": row.parent_name, "step": row.parent_step}
    if row.rewound_step is not None:
        fields["rewound_step"] = row.rewound_step
    if row.deleted_at is not None:
        fields["deleted_at"] = row.deleted_at
    fields["values"] = wanted.of(row, fields)
    return fields
