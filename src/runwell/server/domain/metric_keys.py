"""Which keys a project's runs have, and what define_metric said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from sqlalchemy import Connection

from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.metrics import STREAMS
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_PAGE
from runwell.wire.numbers import from_strict

from .access import Actor
from .columns import MEDIA_BIT, NULL, NUMBER_BITS
from .projects import Projects

RULE_RUNS = 200  # the newest runs whose define_metric rules are looked at
MAX_RULES = 5_000
_RULE_PARTS = ("step_metric", "step_sync", "goal", "hidden", "summary")


class MetricKeys:
    """Lists metrics."""

    def __init__(self, catalog: Catalog, projects: Projects) -> None:
        self._catalog = catalog
        self._projects = projects

    def list(
        self,
        actor: Actor,
        entity: str,
        project: str,
        *,
        runs: Sequence[str] | None = None,
        stream: str = "history",
        prefix: str = "",
        offset: int = 0,
        limit: int = MAX_PAGE,
    ) -> tuple[int, list[dict[str, Any]]]:
        """Give (all of them, a page by name) of ``GET …/metrics`` in docs/api.md.

        Args:
            runs: run ids of URLs; None: all runs of the project.
        """
        if stream not in STREAMS:
            raise InvalidValue(f"stream is {shorten(stream)}; it is history or system")

        def work(c: Connection) -> tuple[int, list[dict[str, Any]]]:
            ref = self._projects.found(c, actor, entity, project)
            metrics = self._catalog.metrics
            total, rows = metrics.listing(c, ref.id, runs, STREAMS[stream], prefix, offset, min(limit, MAX_PAGE))
            rules = MetricRules(metrics.metric_rules(c, ref.id, runs, RULE_RUNS))
            return total, [_described(row, rules) for row in rows]

        return self._catalog.read(work)


def _described(row: Any, rules: MetricRules) -> dict[str, Any]:
    bits = sum((1 << bit) if getattr(row, f"bit{bit}") else 0 for bit in range(8))
    return {
        "key": row.key,
        "runs": row.runs,
        "points": int(row.points),
        "kind": kind_of(bits),
        "min": row.least,
        "max": row.most,
        "non_finite": int(row.non_finite),
        **rules.of(row.key),
    }


def kind_of(bits: int) -> str:
    """Name what a key holds, from the kinds that occur."""
    bits &= ~(1 << NULL)
    numbers, others = bits & NUMBER_BITS, bits & ~NUMBER_BITS
    if numbers and others:
        return "mixed"
    if others & MEDIA_BIT:
        return "media"
    return "number" if numbers or not others else "text"


class MetricRules:
    """The define_metric rules of runs: the newest run's word counts, and in one run an exact name before a glob."""

    def __init__(self, documents: Sequence[Any]) -> None:
        # Name → (the run's rank, newest first, and its rule).
        self._exact: dict[str, tuple[int, Mapping[str, Any]]] = {}
        self._globs: dict[str, tuple[int, Mapping[str, Any]]] = {}
        for rank, document in enumerate(documents):
            for rule in from_strict(document) or ():
                name = rule.get("name") if isinstance(rule, dict) else None
                # Clients also name the step metrics of rules: a bare name takes nothing back from an older run.
                if not isinstance(name, str) or len(rule) < 2:
                    continue
                if len(self._exact) + len(self._globs) < MAX_RULES:
                    (self._globs if "*" in name else self._exact).setdefault(name, (rank, rule))

    def of(self, key: str) -> dict[str, Any]:
        exact = self._exact.get(key)
        chosen = next((ranked for glob, ranked in self._globs.items() if fnmatchcase(key, glob)), None)
        if exact is not None and (chosen is None or exact[0] <= chosen[0]):
            chosen = exact
        return {} if chosen is None else {name: chosen[1][name] for name in _RULE_PARTS if chosen[1].get(name)}
