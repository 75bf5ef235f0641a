"""Filter trees and orderings as SQL conditions over table ``run``.

In a condition SQL's NULL counts as false; only under ``not`` it must be made false, and is.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select

from runwell.server.stores.filter_tree import (
    NUMBER_KEYS,
    Among,
    And,
    Compare,
    Contains,
    Exists,
    Key,
    Match,
    Node,
    Not,
    OneOf,
    Or,
    SortKey,
    Value,
)

from .document_sql import DocumentSql, compare_typed
from .tables import entity, project, run, user

_USER = select(user.c.name).where(user.c.id == run.c.user_id).scalar_subquery()
_PROJECT = select(project.c.name).where(project.c.id == run.c.project_id).scalar_subquery()
_ENTITY = (
    select(entity.c.name)
    .join(project, project.c.entity_id == entity.c.id)
    .where(project.c.id == run.c.project_id)
    .scalar_subquery()
)
_FIELDS: dict[str, ColumnElement[Any]] = {
    "id": run.c.name,
    "name": run.c.display_name,
    "state": run.c.state,
    "notes": run.c.notes,
    "group": run.c.group_name,
    "job_type": run.c.job_type,
    "user": _USER,
    "host": run.c.host,
    "sweep": run.c.sweep,
    "created_at": run.c.created_at,
    "heartbeat_at": run.c.heartbeat_at,
    "finished_at": run.c.finished_at,
    "deleted_at": run.c.deleted_at,
    "runtime_s": run.c.runtime_s,
    "last_step": run.c.last_step,
    "commit": run.c.commit_hash,  # from here on only the wire's filters ask
    "program": run.c.program,
    "repo": run.c.repo,
    "entity": _ENTITY,
    "project": _PROJECT,
    "row_count": run.c.row_count,
    "exit_code": run.c.exit_code,
}
_ALWAYS_THERE = frozenset(["id", "name", "state", "created_at", "heartbeat_at", "runtime_s", "last_step"])


class FilterSql:
    """Compiles trees for one dialect.

    Args:
        sql: its expressions about keys of documents.
    """

    def __init__(self, sql: DocumentSql) -> None:
        self.sql = sql

    def condition(self, node: Node) -> ColumnElement[bool]:
        """Give the condition that a node states; matches must be resolved before."""
        if isinstance(node, And):
            return and_(*(self.condition(n) for n in node.nodes))
        if isinstance(node, Or):
            return or_(*(self.condition(n) for n in node.nodes))
        if isinstance(node, Not):
            return not_(func.coalesce(self.condition(node.node), false()))
        if isinstance(node, Compare):
            if node.op == "!=":
                return not_(func.coalesce(self._compare(node.key, "=", node.value), false()))
            return self._compare(node.key, node.op, node.value)
        if isinstance(node, OneOf):
            return self._one_of(node.key, node.values)
        if isinstance(node, Exists):
            return self._exists(node.key)
        if isinstance(node, Contains):
            return self._contains(node.key, node.value)
        if isinstance(node, Among):
            return self.sql.among(run.c.id, node.run_ids)
        raise TypeError(f"{type(node).__name__} has no condition: resolve it first")

    def typed(self, key: Key) -> ColumnElement[Any]:
        """Give what sorts and groups by a key; NULL where the run has none."""
        if key.scope == "config":
            return self.sql.typed(run.c.config, key.name)
        if key.scope == "summary":
            return self.sql.typed(run.c.summary, key.name)
        if key.scope == "any":
            there = self.sql.exists(run.c.summary, key.name)
            return case((there, self.sql.typed(run.c.summary, key.name)), else_=self.sql.typed(run.c.config, key.name))
        if key.name == "tags":
            return self.sql.first_tag(run.c.tags)
        field = _FIELDS[key.name]
        return field if key.name in NUMBER_KEYS or key.name in _ALWAYS_THERE else func.nullif(field, "")

    def text(self, key: Key) -> ColumnElement[Any]:
        """Give the whole text of a key for a regular expression; NULL if it is no text."""
        if key.scope == "config":
            return self.sql.text(run.c.config, key.name)
        if key.scope == "summary":
            return self.sql.text(run.c.summary, key.name)
        if key.scope == "any":
            there = self.sql.exists(run.c.summary, key.name)
            return case((there, self.sql.text(run.c.summary, key.name)), else_=self.sql.text(run.c.config, key.name))
        return _FIELDS[key.name]

    def order(self, keys: tuple[SortKey, ...]) -> list[ColumnElement[Any]]:
        """Give the ordering: missing last, ties by age in the direction of the first key."""
        terms: list[ColumnElement[Any]] = []
        for sort in keys:
            typed = self.typed(sort.key)
            term = typed.desc() if sort.descending else typed.asc()
            terms.append(term if sort.key.scope == "run" and sort.key.name in _ALWAYS_THERE else term.nulls_last())
        terms.append(run.c.id.desc() if keys and keys[0].descending else run.c.id.asc())
        return terms

    def _compare(self, key: Key, op: str, value: Value) -> ColumnElement[bool]:
        if key.scope != "run":
            if value is None:
                return self._is_null(key) if op == "=" else false()
            return compare_typed(self.sql, self.typed(key), op, value)
        if key.name == "tags":
            return self._contains(key, value) if op == "=" else false()
        field = _FIELDS[key.name]
        if value is None:
            return field.is_(None) if op == "=" else false()
        fits = not isinstance(value, (bool, str)) if key.name in NUMBER_KEYS else isinstance(value, str)
        if not fits:
            return false()
        if value == "" and op == "=":
            return func.coalesce(field, "") == ""
        return {
            "=": field.__eq__,
            "<": field.__lt__,
            "<=": field.__le__,
            ">": field.__gt__,
            ">=": field.__ge__,
        }[op](value)

    def _one_of(self, key: Key, values: tuple[Value, ...]) -> ColumnElement[bool]:
        if key.scope == "run":
            return or_(false(), *(self._compare(key, "=", value) for value in values))
        listed = [self.sql.literal(value) for value in values if value is not None]
        found = self.typed(key).in_(listed) if listed else false()
        return or_(found, self._is_null(key)) if None in values else found

    def _is_null(self, key: Key) -> ColumnElement[bool]:
        if key.scope == "any":
            in_summary = self.sql.exists(run.c.summary, key.name)
            return case(
                (in_summary, self.sql.is_null(run.c.summary, key.name)), else_=self.sql.is_null(run.c.config, key.name)
            )
        return self.sql.is_null(run.c.config if key.scope == "config" else run.c.summary, key.name)

    def _exists(self, key: Key) -> ColumnElement[bool]:
        if key.scope == "run":
            return true_if_there(self.typed(key))
        documents = {"config": [run.c.config], "summary": [run.c.summary], "any": [run.c.summary, run.c.config]}
        found = [self.sql.exists(document, key.name) for document in documents[key.scope]]
        return or_(*found, *(self.sql.exists_below(document, key.name) for document in documents[key.scope]))

    def _contains(self, key: Key, value: Value) -> ColumnElement[bool]:
        if value is None:
            return false()
        if key.scope == "run":
            return self.sql.has_tag(run.c.tags, value) if key.name == "tags" and isinstance(value, str) else false()
        if key.scope == "any":
            in_summary = self.sql.exists(run.c.summary, key.name)
            return case(
                (in_summary, self.sql.contains(run.c.summary, key.name, value)),
                else_=self.sql.contains(run.c.config, key.name, value),
            )
        return self.sql.contains(run.c.config if key.scope == "config" else run.c.summary, key.name, value)


def true_if_there(typed: ColumnElement[Any]) -> ColumnElement[bool]:
    """State that an expression isn't NULL."""
    return typed.is_not(None)


def document_keys_of(node: Node | None) -> dict[Key, bool]:
    """Map the document keys that a tree compares, for which an index helps, to whether all of it is equality."""
    found: dict[Key, bool] = {}
    if isinstance(node, (And, Or)):
        for inner in node.nodes:
            for key, equal in document_keys_of(inner).items():
                found[key] = equal and found.get(key, True)
    elif isinstance(node, (Compare, OneOf)) and node.key.scope in ("config", "summary"):
        found[node.key] = isinstance(node, OneOf) or node.op == "="
    return found


def matches_of(node: Node | None) -> list[Match]:
    """List the regular-expression tests of a tree."""
    if isinstance(node, (And, Or)):
        return [match for inner in node.nodes for match in matches_of(inner)]
    if isinstance(node, Not):
        return matches_of(node.node)
    return [node] if isinstance(node, Match) else []


def with_matches(node: Node, found: dict[Match, Among]) -> Node:
    """Put the runs found in place of every regular-expression test."""
    if isinstance(node, And):
        return And(tuple(with_matches(n, found) for n in node.nodes))
    if isinstance(node, Or):
        return Or(tuple(with_matches(n, found) for n in node.nodes))
    if isinstance(node, Not):
        return Not(with_matches(node.node, found))
    return found[node] if isinstance(node, Match) else node
