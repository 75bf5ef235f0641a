"""How a run is shown: the ``Run`` object of docs/api.md, config and summary as they were given, strict."""

from __future__ import annotations

from typing import Any

from runwell.server.stores.records import RunRecord
from runwell.wire.documents import restore_document
from runwell.wire.numbers import to_strict

from .machine import without_secrets


def describe_run(
    run: RunRecord, parent: RunRecord | None, counts: dict[str, Any], log_lines: int, file_count: int
) -> dict[str, Any]:
    """Give the ``Run`` object of docs/api.md.

    Args:
        run: the run.
        parent: the run it was forked from, if that is still there.
        counts: what the server counted (``rows``, ``values``, ``rejected``, …); wins over the client's.
        log_lines: console lines.
        file_count: run files.
    """
    shown = {
        "id": run.name,
        "name": run.display_name,
        "state": run.state,
        "created_at": run.created_at,
        "heartbeat_at": run.heartbeat_at,
        "finished_at": run.finished_at,
        "runtime_s": run.runtime_s,
        "last_step": run.last_step,
        "user": run.user,
        "tags": run.tags,
        "notes": run.notes,
        "group": run.group_name,
        "job_type": run.job_type,
        "host": run.host,
        "sweep": run.sweep,
        "values": {},
        "entity": run.entity,
        "project": run.project,
        "config": restore_document(run.config, run.config_paths),
        "summary": restore_document(run.summary, run.summary_paths),
        "meta": _meta(run),
        "exit_code": run.exit_code,
        "error": run.error,
        "record": {"rows": run.row_count, **_numbers(run.counters), **counts},
        "stop_requested": run.stop_requested,
        "log_lines": log_lines,
        "file_count": file_count,
        "parent": _parent(run, parent),
        "rewound_step": run.rewound_step,
    }
    return to_strict(shown)


def _parent(run: RunRecord, parent: RunRecord | None) -> dict[str, Any] | None:
    if run.parent_step is None:
        return None
    named = parent is not None and parent.deleted_at is None
    return {
        "id": parent.name if parent and named else None,
        "name": parent.display_name if parent and named else None,
        "step": run.parent_step,
    }


def _numbers(counters: dict[str, Any]) -> dict[str, int | float]:
    return {k: v for k, v in counters.items() if isinstance(v, (int, float)) and not isinstance(v, bool)}


def _meta(run: RunRecord) -> dict[str, Any]:
    meta = dict(run.meta)
    if run.host:
        meta.setdefault("host", run.host)
    if run.program:
        meta.setdefault("program", run.program)
    version = run.wandb_config.get("python_version")
    if version and "python" not in meta:
        meta["python"] = version
    sdk = run.counters.get("sdk_version") or run.wandb_config.get("cli_version")
    if sdk and "sdk" not in meta:
        meta["sdk"] = f"runwell {sdk}" if run.counters.get("sdk_version") else f"wandb {sdk}"
    if run.commit_hash or run.repo:
        git = dict(meta.get("git") or {})
        git.setdefault("commit", run.commit_hash)
        git.setdefault("remote", without_secrets(run.repo))
        meta["git"] = {k: v for k, v in git.items() if v not in (None, "")}
    return meta
