"""A partial update of a run, checked: what may be written into each column, and the states' order.

Pure: from :class:`RunChanges` and the run as it is to the columns that change.
"""

from __future__ import annotations

from typing import Any, get_args

from runwell.server.stores.records import RunChanges, RunRecord
from runwell.wire import names
from runwell.wire.documents import flatten_document, merge_documents
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_CONFIG_WIRE_BYTES, MAX_LABEL_CHARS, MAX_NOTES_CHARS, MAX_TAGS
from runwell.wire.numbers import encode_extended, replace_surrogates, to_strict
from runwell.wire.records import ENDED_STATES, RunState

STATES = frozenset(get_args(RunState))
SHARED_TAIL_S = 30.0  # the official client's debounce and its retries of one request
_DOCUMENTS = ("config", "summary", "wandb_config", "counters", "metric_rules", "meta")


def columns_of(changes: RunChanges, run: RunRecord | None, now: float) -> dict[str, Any]:
    """Turn checked changes into columns.

    Args:
        changes: what the caller wants.
        run: the run as it is; None if it is being made.
        now: seconds since the epoch.

    Returns:
        Column of table ``run`` → value, documents strict.

    Raises:
        InvalidValue: something breaks a rule of names or limits.
    """
    columns: dict[str, Any] = {}
    if changes.display_name is not None:
        columns["display_name"] = names.display_name(changes.display_name)
    if changes.notes is not None:
        columns["notes"] = _text("notes", changes.notes, MAX_NOTES_CHARS)
    tags = _tags(changes, run)
    if tags is not None:
        columns["tags"] = tags
    for column, value in (
        ("group_name", changes.group),
        ("job_type", changes.job_type),
        ("host", changes.host),
        ("program", changes.program),
        ("commit_hash", changes.commit),
        ("repo", changes.repo),
        ("error", changes.error),
    ):
        if value is not None:
            columns[column] = _text(column, value, MAX_NOTES_CHARS if column == "error" else MAX_LABEL_CHARS)
    if changes.sweep is not None:
        columns["sweep"] = names.run_id(changes.sweep) if changes.sweep else None
    _documents(columns, changes, run)
    _state(columns, changes, run, now)
    return columns


def created_at(changes: RunChanges, now: float) -> float:
    """Give the creation time of a new run: when its script started, unless that is no time of the past."""
    started = changes.started_at
    return float(started) if started is not None and 0 < started <= now else now


def _text(noun: str, value: object, limit: int) -> str:
    if not isinstance(value, str):
        raise InvalidValue(f"{noun} must be text, not {type(value).__name__} {shorten(value)}")
    if len(value) > limit:
        raise InvalidValue(f"{noun} {shorten(value)} has {len(value):,} characters; at most {limit:,} are kept")
    return replace_surrogates(value).replace("\x00", "\ufffd")


def _tags(changes: RunChanges, run: RunRecord | None) -> list[str] | None:
    if changes.tags is None and changes.add_tags is None and changes.remove_tags is None:
        return None
    tags = list(changes.tags) if changes.tags is not None else list(run.tags if run else [])
    tags += changes.add_tags or []
    removed = frozenset(changes.remove_tags or ())
    checked = list(dict.fromkeys(names.tag(tag) for tag in tags if tag not in removed))
    if len(checked) > MAX_TAGS:
        raise InvalidValue(f"{len(checked):,} tags; a run has at most {MAX_TAGS:,}")
    return checked


def _documents(columns: dict[str, Any], changes: RunChanges, run: RunRecord | None) -> None:
    if changes.config is not None:
        there = (run.config, run.config_paths) if run and changes.config_merge else None
        columns["config"], columns["config_paths"] = _flat("config", changes.config, there, changes.by_key)
    if changes.summary is not None:
        there = (run.summary, run.summary_paths) if run and changes.summary_merge else None
        columns["summary"], columns["summary_paths"] = _flat("summary", changes.summary, there, changes.by_key)
    if changes.wandb_config:
        kept = run.wandb_config if run and changes.config_merge else {}
        columns["wandb_config"] = to_strict({**kept, **changes.wandb_config})
    if changes.counters:
        columns["counters"] = to_strict({**(run.counters if run else {}), **changes.counters})
    if changes.meta is not None:
        columns["meta"] = to_strict({**(run.meta if run else {}), **changes.meta})
    if changes.metric_rules or (changes.metric_rules is not None and changes.wandb_config):
        is_fork = run is not None and run.parent_step is not None  # whose client doesn't know the parent's
        rules = merged_rules(run.metric_rules, changes.metric_rules) if run and is_fork else changes.metric_rules
        columns["metric_rules"] = to_strict(rules)
    for column in _DOCUMENTS:
        if column in columns:
            size = len(encode_extended(columns[column]))
            if size > MAX_CONFIG_WIRE_BYTES:
                raise InvalidValue(
                    f"{column} is {size:,} bytes as JSON; at most {MAX_CONFIG_WIRE_BYTES:,} are kept: save it as a file"
                )


def merged_rules(there: list[dict[str, Any]], news: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lay define_metric rules over others, by name."""
    named = {rule.get("name") for rule in news}
    return [*(rule for rule in there if rule.get("name") not in named), *news]


def _flat(noun: str, document: object, there: tuple[Any, Any] | None, by_key: bool) -> tuple[Any, Any]:
    if not isinstance(document, dict):
        raise InvalidValue(f"{noun} must be an object, not {type(document).__name__} {shorten(document)}")
    found = flatten_document(document)
    flat, paths = merge_documents(there, found, keep_paths=by_key) if there else found
    return to_strict(flat), paths


def _state(columns: dict[str, Any], changes: RunChanges, run: RunRecord | None, now: float) -> None:
    if changes.exit_code is not None:
        columns["exit_code"] = int(changes.exit_code)
    state = changes.state
    if state is not None and state not in STATES:
        raise InvalidValue(f"state {shorten(state)} is none of {', '.join(sorted(STATES))}")
    # A client that runs says something new about itself: then a run that had ended goes on. Who edits a run through the
    # official Api sends the whole config back, the client's own key in it as it was.
    speaks = bool(changes.counters) or (run is not None and _says_new(changes.wandb_config, run.wandb_config))
    if changes.config_merge and run is not None and now - (run.finished_at or 0.0) < SHARED_TAIL_S:
        speaks = False  # of several writers one ended the run; what the others still had to say doesn't begin it again
    if state is None and (run is None or (speaks and run.state != "running")):
        state = "running"
    if state is None:
        return
    columns["state"] = state
    if state in ENDED_STATES:
        if run is None or run.finished_at is None or run.state not in ENDED_STATES:
            columns["finished_at"] = now
        return
    columns["finished_at"] = None
    columns["heartbeat_at"] = now
    if run is not None and run.state in ENDED_STATES:
        columns["stop_requested"] = False
        columns["exit_code"] = None
        columns["error"] = None


def _says_new(given: dict[str, Any] | None, there: dict[str, Any]) -> bool:
    return bool(given) and to_strict(given) != to_strict(there)
