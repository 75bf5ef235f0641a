"""What the catalog gives and takes: plain values, one per noun.

Documents in these records are extended data (NaN and long integers as Python has them); in the
catalog they are strict (``runwell.wire.numbers``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ProjectRef:
    """Which project: enough to address it and to ask who may see it."""

    id: int
    name: str
    entity: str
    entity_id: int


@dataclass(frozen=True, slots=True)
class EntityRecord:
    """One owner of projects: a user's own entity, or a team's."""

    id: int
    name: str
    is_team: bool


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A user as others may see him; what they may not see is None."""

    user_id: int
    name: str
    email: str | None = None
    is_admin: bool | None = None
    entity: str = ""


@dataclass(slots=True)
class RunRecord:
    """One run, whole: every column of table ``run`` and the names around it.

    ``id`` is the storage id, ``name`` the run id of URLs, ``user`` the name of who made it.
    ``config`` and ``summary`` are flat: dotted key → value; ``config_paths`` and ``summary_paths`` give the
    parts of the keys that have dots of their own. ``parent_id`` and ``parent_step``: which run, up to which
    step, this one was forked from. Times are seconds since the epoch.
    """

    id: int
    project_id: int
    entity_id: int
    entity: str
    project: str
    name: str
    display_name: str
    user_id: int | None
    user: str
    state: str
    group_name: str
    job_type: str
    notes: str
    tags: list[str]
    sweep: str | None
    host: str
    program: str
    commit_hash: str
    repo: str
    config: dict[str, Any]
    summary: dict[str, Any]
    wandb_config: dict[str, Any]
    meta: dict[str, Any]
    counters: dict[str, Any]
    metric_rules: list[dict[str, Any]]
    created_at: float
    heartbeat_at: float
    finished_at: float | None
    exit_code: int | None
    error: str | None
    runtime_s: float
    last_step: int
    row_count: int
    stop_requested: bool
    config_paths: dict[str, list[str]] = field(default_factory=dict)
    summary_paths: dict[str, list[str]] = field(default_factory=dict)
    parent_id: int | None = None
    parent_step: int | None = None
    rewound_step: int | None = None
    deleted_at: float | None = None

    @property
    def ref(self) -> ProjectRef:
        """Which project this run is in."""
        return ProjectRef(self.project_id, self.project, self.entity, self.entity_id)


@dataclass(slots=True)
class RunChanges:
    """A partial update of a run: what is None is left alone.

    ``config`` and ``summary`` are kept as they are given and replace what is there, unless their ``merge``
    flag is set: then they replace key by key; with ``by_key`` a dotted key means the one that has that name in
    filters, nested or not. ``counters`` and ``meta`` are merged key by key.
    ``started_at`` (seconds since the epoch) is for a run that is made: it may have waited offline.
    ``branch_point`` is what a client says of where its run begins: ``{"run_id", "step"}``, unchecked.
    """

    display_name: str | None = None
    notes: str | None = None
    tags: list[str] | None = None
    add_tags: list[str] | None = None
    remove_tags: list[str] | None = None
    group: str | None = None
    job_type: str | None = None
    sweep: str | None = None
    host: str | None = None
    program: str | None = None
    commit: str | None = None
    repo: str | None = None
    config: dict[str, Any] | None = None
    config_merge: bool = False
    summary: dict[str, Any] | None = None
    summary_merge: bool = False
    by_key: bool = False
    wandb_config: dict[str, Any] | None = None
    counters: dict[str, Any] | None = None
    metric_rules: list[dict[str, Any]] | None = None
    meta: dict[str, Any] | None = None
    state: str | None = None
    exit_code: int | None = None
    error: str | None = None
    started_at: float | None = None
    branch_point: Any = None


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """One thing that a run said with ``run.alert``; ``run`` is its id, ``level`` INFO, WARN or ERROR."""

    id: int
    run: str
    run_name: str
    title: str
    text: str
    level: str
    created_at: float


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One run file; ``digest`` is the SHA-256 of its bytes in hex and its name in the blob store, ``md5`` base64."""

    id: int
    run_id: int
    path: str
    digest: str
    size_bytes: int
    updated_at: float
    md5: str | None = None


@dataclass(frozen=True, slots=True)
class ChartRecord:
    """A user's chart specification; ``spec`` is a JSON text, ``access`` "private" | "public"."""

    id: int
    entity_id: int
    entity: str
    name: str
    display_name: str
    kind: str
    access: str
    spec: str
    updated_at: float


@dataclass(frozen=True, slots=True)
class ViewRecord:
    """How somebody looks at a project's runs; ``name`` is None in a draft, ``spec`` a JSON text."""

    id: str
    project_id: int
    user_id: int
    owner: str
    name: str | None
    spec: str
    shared: bool
    is_default: bool
    revision: int
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True)
class RunIds:
    """One page of a walk through runs: their storage ids.

    Attributes:
        offset: matching runs before the first of them.
        matched: those that match, runs made since the walk began left out.
        newest: the highest storage id there was when it began.
    """

    ids: list[int]
    offset: int
    matched: int
    newest: int


@dataclass(slots=True)
class RunTable:
    """Runs as columns.

    Attributes:
        total: all runs of the project.
        matched: those that match the query.
        columns: "id", "name", "state" and the columns asked for → a value a run, strict data, None for missing.
        asked: the columns asked for.
    """

    total: int
    matched: int
    columns: dict[str, list[Any]]
    asked: frozenset[str]


@dataclass(slots=True)
class RunPage:
    """One page of a runs listing.

    Attributes:
        total: all runs of the project.
        matched: those that match the query.
        runs: ``RunRow`` objects of docs/api.md, strict data; empty when groups were asked for.
        groups: group objects of docs/api.md, or None.
        group_count: all groups, of which ``groups`` is a page.
    """

    total: int
    matched: int
    offset: int
    runs: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] | None = None
    group_count: int = 0
