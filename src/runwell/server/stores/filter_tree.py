"""A filter expression as a tree of values: what the domain parses and the catalog compiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scope = Literal["run", "config", "summary", "any"]
Comparison = Literal["=", "!=", "<", "<=", ">", ">="]
Value = str | float | int | bool | None

RUN_KEYS = frozenset(
    [
        "id",
        "name",
        "state",
        "tags",
        "notes",
        "group",
        "job_type",
        "user",
        "host",
        "sweep",
        "created_at",
        "heartbeat_at",
        "finished_at",
        "deleted_at",
        "runtime_s",
        "last_step",
    ]
)
TIME_KEYS = frozenset(["created_at", "heartbeat_at", "finished_at", "deleted_at"])
NUMBER_KEYS = frozenset([*TIME_KEYS, "runtime_s", "last_step", "row_count", "exit_code"])


@dataclass(frozen=True, slots=True)
class Key:
    """What is compared: a field of the run, or a dotted key of a document.

    Scope ``any`` is a bare key: looked for in summary, then in config.
    """

    scope: Scope
    name: str

    def __str__(self) -> str:
        return f"{self.scope}.{self.name}" if self.scope in ("config", "summary") else self.name


@dataclass(frozen=True, slots=True)
class Compare:
    """``key op value``; a missing key or another type matches ``!=`` only."""

    key: Key
    op: Comparison
    value: Value


@dataclass(frozen=True, slots=True)
class Match:
    """``key ~ "pattern"`` (RE2 syntax, found anywhere); negated, it still needs a text to look at."""

    key: Key
    pattern: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """``key in [values]``."""

    key: Key
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Contains:
    """``value in key``, for tags and for lists in documents."""

    key: Key
    value: Value


@dataclass(frozen=True, slots=True)
class Exists:
    """``exists key``."""

    key: Key


@dataclass(frozen=True, slots=True)
class Not:
    """``not node``, two-valued: what isn't true is false."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Among:
    """The run's storage id is one of these; the catalog puts it in place of a :class:`Match`."""

    run_ids: tuple[int, ...]


Node = Compare | Match | OneOf | Contains | Exists | Not | And | Or | Among


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of an ordering; runs without the key come last either way."""

    key: Key
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a walk through runs is.

    Attributes:
        offset: runs before the next one.
        newest: the highest storage id there was at the walk's first page: later runs don't count.
        last: storage id of the run that the next page comes behind.
        matched: runs that matched; another number now means that runs left meanwhile.
    """

    offset: int
    newest: int
    last: int
    matched: int


@dataclass(frozen=True, slots=True)
class Selection:
    """A runs query, parsed: what the catalog answers.

    Attributes:
        search: text or RE2 expression looked for in display name and id, or "".
        names: only these run ids, or None for all.
        behind: a walk's place, in the stead of ``offset``.
        deleted: runs that are hidden and may come back, in the stead of those that are there.
    """

    tree: Node | None = None
    sort: tuple[SortKey, ...] = (SortKey(Key("run", "created_at"), True),)
    columns: tuple[Key, ...] = ()
    search: str = ""
    names: tuple[str, ...] | None = None
    offset: int = 0
    limit: int = 100
    group: tuple[Key, ...] = ()
    behind: Mark | None = None
    deleted: bool = False
