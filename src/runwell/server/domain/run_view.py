"""How a run is shown: the ``Run`` object of docs/api.md, nested again, strict."""

from __future__ import annotations

from typing import Any

from runwell.server.stores.records import RunRecord
from runwell.wire.numbers import to_strict


def nest(flat: dict[str, Any]) -> dict[str, Any]:
    """Turn dotted keys into nested mappings; the inverse of ``flatten``.

    Where a key is both a value and the beginning of another (``a`` and ``a.b``), the longer one keeps
    its dots.
    """
    nested: dict[str, Any] = {}
    for key in sorted(flat):
        parts = key.split(".", MAX_LEVELS)
        if "" in parts:
            nested[key] = flat[key]
            continue
        level = nested
        for depth, part in enumerate(parts[:-1]):
            inner = level.get(part)
            if inner is None and part not in level:
                inner = level[part] = _Level()
            if not isinstance(inner, _Level):
                level[".".join(parts[depth:])] = flat[key]
                break
            level = inner
        else:
            level[parts[-1]] = flat[key]
    return nested


MAX_LEVELS = 32  # of nesting shown; the rest of a key keeps its dots


class _Level(dict[str, Any]):
    """A mapping that :func:`nest` made, told apart from one that is a value."""


def describe_run(run: RunRecord, counts: dict[str, Any], log_lines: int, file_count: int) -> dict[str, Any]:
    """Give the ``Run`` object of docs/api.md.

    Args:
        run: the run.
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
        "sweep": run.sweep,
        "values": {},
        "entity": run.entity,
        "project": run.project,
        "config": nest(run.config),
        "summary": nest(run.summary),
        "meta": _meta(run),
        "exit_code": run.exit_code,
        "error": run.error,
        "record": {"rows": run.row_count, **_numbers(run.counters), **counts},
        "stop_requested": run.stop_requested,
        "log_lines": log_lines,
        "file_count": file_count,
    }
    return to_strict(shown)


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
        git.setdefault("remote", run.repo)
        meta["git"] = {k: v for k, v in git.items() if v not in (None, "")}
    return meta
