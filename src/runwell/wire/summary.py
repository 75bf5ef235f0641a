"""The summary of a run as a fold over its rows: last values, define_metric rules, the user's word.

Pure and deterministic: the training process folds to answer ``run.summary[...]``, sync folds the
same journal to send the same summary.

Rules, by ``summary`` kind of a metric: ``last`` (the default) and ``copy`` keep ``key`` at the last
value; ``min``, ``max``, ``mean``, ``first``, ``last`` and ``best`` put ``key.<kind>`` beside it; ``none``
keeps the key out. ``best`` follows ``goal`` (minimize unless told otherwise). What the user set wins
over every rule. NaN takes no part in min, max, mean and best.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from .numbers import flatten

KINDS = frozenset({"min", "max", "mean", "best", "last", "first", "copy", "none"})


class _Rule:
    __slots__ = ("goal", "kinds", "name")

    def __init__(self, name: str, kinds: Iterable[str], goal: str | None) -> None:
        self.name = name
        self.kinds = frozenset(kinds)
        self.goal = goal or "minimize"


class SummaryFold:
    """Accumulates rows into a summary.

    Attributes:
        late: gives the rows that are to be folded before anything else, in order, and forgets them; each by its last
            values alone, so there may be some only where there is neither a rule nor a value that the user set.
    """

    def __init__(self) -> None:
        self.late: Callable[[], Iterable[Mapping[str, Any]]] | None = None
        self._values: dict[str, Any] = {}
        self._user: dict[str, Any] = {}
        self._exact: dict[str, _Rule] = {}
        self._globs: list[_Rule] = []
        self._applied: dict[str, _Rule | None] = {}
        self._means: dict[str, tuple[float, int]] = {}

    @property
    def values(self) -> dict[str, Any]:
        """The summary now, nested keys dotted; a live mapping, don't change it."""
        self._settle()
        return self._values

    def define(self, rule: Mapping[str, Any]) -> None:
        """Take a ``metric`` record; it holds for the rows after it."""
        self._settle()
        kinds = rule.get("summary")
        if not kinds:
            return
        made = _Rule(rule["name"], kinds, rule.get("goal"))
        if "*" in made.name:
            self._globs = [g for g in self._globs if g.name != made.name] + [made]
        else:
            self._exact[made.name] = made
        self._applied.clear()

    def row(self, row: Mapping[str, Any], past: Collection[str] = ()) -> None:
        """Take one history row; nested mappings count as dotted keys.

        Args:
            past: dotted keys that a later row has given already: they keep their last values.
        """
        self._settle()
        if any(type(value) is dict for value in row.values()):
            row = flatten(dict(row))
        if not self._exact and not self._globs:
            self._values.update({k: v for k, v in row.items() if k not in past} if past else row)
        else:
            for key, value in row.items():
                self._take(key, value, key not in past)
        if self._user:
            self._values.update(self._user)

    def set(self, changes: Mapping[str, Any], removed: Iterable[str] = ()) -> None:
        """Take a ``summary`` record: what the user set, dotted keys."""
        self._settle()
        flat = flatten(dict(changes))
        self._user.update(flat)
        self._values.update(flat)
        for key in removed:
            self._user.pop(key, None)
            self._values.pop(key, None)

    def __getstate__(self) -> dict[str, Any]:
        self._settle()
        return {**self.__dict__, "late": None}

    def _settle(self) -> None:
        if self.late is not None:
            for row in self.late():
                self._values.update(row)

    def _take(self, key: str, value: Any, is_latest: bool) -> None:
        if key not in self._applied:
            self._applied[key] = self._exact.get(key) or next(
                (g for g in self._globs if fnmatchcase(key, g.name)), None
            )
        rule = self._applied[key]
        if rule is None or key.startswith("_"):
            if is_latest:
                self._values[key] = value
            return
        kinds = rule.kinds
        if "none" in kinds:
            return
        if is_latest and (kinds & {"last", "copy"} or not kinds):
            self._values[key] = value
        if is_latest and "last" in kinds:
            self._values[f"{key}.last"] = value
        if "first" in kinds:
            self._values.setdefault(f"{key}.first", value)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
            return
        best_is_less = rule.goal == "minimize"
        if "min" in kinds:
            self._keep(f"{key}.min", value, less=True)
        if "max" in kinds:
            self._keep(f"{key}.max", value, less=False)
        if "best" in kinds:
            self._keep(f"{key}.best", value, less=best_is_less)
        if "mean" in kinds:
            total, n = self._means.get(key, (0.0, 0))
            self._means[key] = (total + value, n + 1)
            self._values[f"{key}.mean"] = (total + value) / (n + 1)

    def _keep(self, key: str, value: int | float, *, less: bool) -> None:
        kept = self._values.get(key)
        if kept is None or (value < kept if less else value > kept):
            self._values[key] = value
