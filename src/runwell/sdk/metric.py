"""``define_metric``: how a metric, or all that match a glob, are drawn and summarised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runwell.wire import names
from runwell.wire.errors import UsageError, shorten
from runwell.wire.foreign import is_a, items_of, text_of, unreadable
from runwell.wire.summary import KINDS


class Metric:
    """A rule that ``define_metric`` made; may be given as another's ``step_metric``."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self.name: str = rule["name"]
        self.step_metric: str | None = rule.get("step_metric")
        self.step_sync: bool | None = rule.get("step_sync")
        self.hidden: bool | None = rule.get("hidden")
        self.summary: tuple[str, ...] = tuple(rule.get("summary") or ())
        self.goal: str | None = rule.get("goal")

    def __repr__(self) -> str:
        return f"Metric({self.name!r})"


def metric_rule(
    name: str,
    step_metric: str | Metric | None,
    step_sync: bool | None,
    hidden: bool | None,
    summary: str | Sequence[str] | None,
    goal: str | None,
    overwrite: bool | None,
) -> dict[str, Any]:
    """Give the journal's ``metric`` record; arguments as ``Run.define_metric``.

    Raises:
        InvalidValue: the name can't be a key.
        UsageError: a summary kind or goal that doesn't exist.
    """
    name = names.key(name)
    step: Any = step_metric
    if is_a(step, Metric):
        step = step.name
    if step is not None:
        step = names.key(step)
    given = summary.split(",") if type(summary) is str else items_of(summary, "summary")
    kinds = tuple(kind for kind in (text_of(one).strip() for one in given) if kind)
    unknown = sorted(set(kinds) - KINDS)
    if unknown:
        raise UsageError(f"summary kind {shorten(unknown[0])} is none of {', '.join(sorted(KINDS))}")
    if goal is not None and text_of(goal) not in ("minimize", "maximize"):
        raise UsageError(f"goal {shorten(goal)} must be 'minimize' or 'maximize'")
    if step is not None and step_sync is None:
        step_sync = True
    rule = {
        "name": name,
        "step_metric": step,
        "step_sync": _truth(step_sync, "step_sync"),
        "hidden": _truth(hidden, "hidden"),
        "summary": list(kinds) or None,
        "goal": None if goal is None else text_of(goal),
        "overwrite": _truth(overwrite, "overwrite"),
    }
    return {key: value for key, value in rule.items() if value is not None}


def _truth(given: Any, what: str) -> bool | None:
    try:
        return None if given is None else bool(given)
    except Exception as error:
        raise UsageError(f"{what} must be True or False: {unreadable(given, error)}") from None
