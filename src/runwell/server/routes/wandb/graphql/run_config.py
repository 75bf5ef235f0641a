"""A run's config as the wire carries it, taken apart and put together. Pure.

The wire has one JSON object, ``{key: {"value": value}}``, in which two keys are not the user's: ``_wandb`` (the
client's own: versions, telemetry, and the define_metric rules as ``m``) and ``_runwell`` (our SDK's counters).

Source: protocol page, section 4; rules are protobuf messages with field numbers as keys (MetricRecord).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from runwell.wire.documents import restore_document
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.numbers import decode_extended, encode_extended

CLIENT_KEY = "_wandb"
COUNTERS_KEY = "_runwell"
MAX_RULES = 10_000

_SUMMARY_KINDS = {1: "min", 2: "max", 3: "mean", 4: "best", 5: "last", 6: "none", 7: "copy", 8: "first"}
_GOALS = {1: "minimize", 2: "maximize"}
_STEP_SYNC, _HIDDEN = 1, 2


@dataclass(slots=True)
class WireConfig:
    """A config taken apart.

    Attributes:
        values: the user's keys.
        client: the content of ``_wandb``; None: the key was not there.
        counters: the counters of ``_runwell``; None: the key was not there.
        started_at: when the script started, seconds since the epoch, beside the counters; None: not said.
        error: the text of the exception that ended the script, beside the counters; None: there was none.
        rules: define_metric rules as ``metric`` records of ``runwell.wire.records``; None: none were sent.
    """

    values: dict[str, Any]
    client: dict[str, Any] | None
    counters: dict[str, Any] | None
    started_at: float | None
    error: str | None
    rules: list[dict[str, Any]] | None


def unpack_config(text: str) -> WireConfig:
    """Take a wire config apart.

    Raises:
        InvalidValue: it is not a JSON object.
    """
    document = decode_extended(text) if text.strip() else {}
    if not isinstance(document, dict):
        raise InvalidValue(f"config must be a JSON object, not {shorten(text)}")
    values = {
        key: cell["value"] if isinstance(cell, dict) and "value" in cell else cell for key, cell in document.items()
    }
    client = values.pop(CLIENT_KEY, None)
    counters = values.pop(COUNTERS_KEY, None)
    client = client if isinstance(client, dict) else None
    rules = metric_rules(client["m"]) if client is not None and isinstance(client.get("m"), list) else None
    counters = counters if isinstance(counters, dict) else None
    error = counters.pop("error", None) if counters is not None else None
    started = counters.pop("started_at", None) if counters is not None else None
    is_time = isinstance(started, (int, float)) and not isinstance(started, bool)
    return WireConfig(
        values, client, counters, started if is_time else None, error if isinstance(error, str) else None, rules
    )


def pack_config(values: dict[str, Any], paths: dict[str, list[str]], client: dict[str, Any]) -> str:
    """Put a wire config together.

    Args:
        values, paths: the user's keys, flat (dotted) as the catalog has them, and how they are taken apart.
        client: the content of ``_wandb``.
    """
    cells = {key: {"value": value} for key, value in restore_document(values, paths).items()}
    if client:
        cells[CLIENT_KEY] = {"value": client}
    return encode_extended(cells).decode()


def metric_rules(rows: list[Any]) -> list[dict[str, Any]]:
    """Turn the rows of ``_wandb.m`` into ``metric`` records; rows that name no metric are left out."""
    names = [_name(row) for row in rows[:MAX_RULES]]
    rules: list[dict[str, Any]] = []
    for row, name in zip(rows, names, strict=False):
        if name is None:
            continue
        rule: dict[str, Any] = {"name": name}
        step = row.get("5")
        if isinstance(step, int) and 1 <= step <= len(names) and names[step - 1]:
            rule["step_metric"] = names[step - 1]
        elif isinstance(row.get("4"), str) and row["4"]:
            rule["step_metric"] = row["4"]
        options = _numbers(row.get("6"))
        if _STEP_SYNC in options:
            rule["step_sync"] = True
        if _HIDDEN in options:
            rule["hidden"] = True
        kinds = [_SUMMARY_KINDS[n] for n in _numbers(row.get("7")) if n in _SUMMARY_KINDS]
        if kinds:
            rule["summary"] = kinds
        goal = row.get("8")
        if isinstance(goal, int) and goal in _GOALS:
            rule["goal"] = _GOALS[goal]
        rules.append(rule)
    return rules


def _name(row: Any) -> str | None:
    if not isinstance(row, dict):
        return None
    name = row.get("1") or row.get("2")
    return name if isinstance(name, str) and name else None


def _numbers(value: Any) -> list[int]:
    return [n for n in value if isinstance(n, int)] if isinstance(value, list) else []
