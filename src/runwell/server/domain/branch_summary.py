"""The summary of a run as it was at a step, told from the rows up to it. Pure.

Last values, and what define_metric rules make of a key (``min``, ``max``, ``mean``, ``first``, ``last``, ``best``,
``none``), in the official client's form. What a script set in its summary itself has no step: it can't be told
whether it was there already, so it is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from runwell.wire.documents import Flat, Paths, plain_parts

from .cut import KeyTotals

_TRACKED = ("min", "max", "mean", "first", "last", "best")
_RUNTIME = ["_wandb", "runtime"]


def summary_at(
    totals: Mapping[str, KeyTotals], rules: Sequence[Mapping[str, Any]], paths: Mapping[str, list[str]]
) -> tuple[Flat, Paths]:
    """Give (flat key → value, paths).

    Args:
        totals: what is known of every key's rows.
        rules: define_metric rules.
        paths: of the summary as it was later: how its keys are taken apart.
    """
    summary: Flat = {}
    taken: Paths = {}
    for key, known in totals.items():
        rule = _rule_of(key, rules)
        kinds = set(rule.get("summary") or ()) if rule is not None and not key.startswith("_") else set()
        if "none" in kinds:
            continue
        tracked = [kind for kind in _TRACKED if kind in kinds]
        below = next((paths[f"{key}.{kind}"][:-1] for kind in tracked if f"{key}.{kind}" in paths), None)
        parts = paths.get(key) or below or plain_parts(key)
        if not tracked or "copy" in kinds:
            _put(summary, taken, parts, known.last)
        for kind in tracked:
            _put(summary, taken, [*parts, kind], _tracked(kind, known, rule or {}))
    runtime = totals.get("_runtime")
    if runtime is not None and runtime.finite:
        _put(summary, taken, _RUNTIME, int(runtime.high))
    return summary, taken


def _rule_of(key: str, rules: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    named = [rule for rule in rules if isinstance(rule.get("name"), str)]
    exact = next((rule for rule in named if rule["name"] == key), None)
    return exact or next((rule for rule in named if "*" in rule["name"] and fnmatchcase(key, rule["name"])), None)


def _tracked(kind: str, known: KeyTotals, rule: Mapping[str, Any]) -> Any:
    if kind == "best":
        kind = "max" if rule.get("goal") == "maximize" else "min"
    if kind in ("first", "last"):
        return known.first if kind == "first" else known.last
    if not known.finite:
        return None
    return {"min": known.low, "max": known.high, "mean": known.mean_sum / known.finite}[kind]


def _put(summary: Flat, paths: Paths, parts: list[str], value: Any) -> None:
    if value is None:
        return
    key = ".".join(parts)
    summary[key] = value
    if parts != plain_parts(key):
        paths[key] = parts
