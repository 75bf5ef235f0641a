"""What a run is, folded from its journals: the variables of UpsertBucket. Pure.

Rows, console and summary travel by file_stream; everything else that the server shall know about the
run is a fact here: names, tags, config, define_metric rules, counters, and how it ended.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from runwell.wire import records
from runwell.wire.numbers import encode_extended

# Field of a ``run`` record → variable of UpsertBucket.
_VARIABLES = {
    "display_name": "displayName",
    "notes": "notes",
    "tags": "tags",
    "group": "groupName",
    "job_type": "jobType",
    "program": "program",
    "host": "host",
    "commit": "commit",
    "repo": "repo",
    "sweep": "sweep",
}
# Field numbers of the official client's MetricSummary message, which config key "_wandb".m holds.
_SUMMARY_NUMBERS = {"min": 1, "max": 2, "mean": 3, "best": 4, "last": 5, "none": 6, "copy": 7, "first": 8}
_GOAL_NUMBERS = {"minimize": 1, "maximize": 2}


class RunFacts:
    """The fold of everything but rows, events and console lines.

    Attributes:
        opened: payload of the main journal's ``open`` record, or of another's while that is unknown.
        files: path below ``files/`` → policy, in order of appearance.
        artifacts: what the run says of artifacts: kind and payload, in order of appearance.
        exit: payload of the main journal's ``exit`` record.
        past_config: what the server has already, from earlier or other writers of the run; ours is laid over it.
        version: grows with every change.
    """

    def __init__(self) -> None:
        self.opened: dict[str, Any] = {}
        self.files: dict[str, str] = {}
        self.artifacts: list[tuple[str, dict[str, Any]]] = []
        self.exit: dict[str, Any] | None = None
        self.past_config: dict[str, Any] = {}
        self.version = 0
        self._run: dict[str, Any] = {}
        self._config: dict[str, Any] = {}
        self._deleted: set[str] = set()
        self._rules: dict[str, dict[str, Any]] = {}
        self._charts: dict[str, dict[str, Any]] = {}
        self._counts: dict[str, dict[str, int]] = {}

    def take(self, journal: str, kind: str, payload: Any, *, is_main: bool) -> None:
        """Fold one record; kinds that aren't facts, and payloads of another shape, change nothing."""
        if not isinstance(payload, dict):
            return
        self.version += 1
        if kind == records.OPEN:
            if is_main or not self.opened:
                self.opened = payload
        elif kind == records.RUN:
            self._run.update(payload)
        elif kind == records.CONFIG:
            news = _mapping(payload.get("set"))
            self._config.update(news)
            self._deleted.difference_update(news)
            for key in payload.get("del") or ():
                self._config.pop(key, None)
                self._deleted.add(key)
        elif kind == records.METRIC:
            self._define(payload)
        elif kind == records.CHART and isinstance(payload.get("key"), str):
            self._charts[payload["key"]] = payload
        elif kind == records.COUNT:
            self._counts.setdefault(journal, {}).update(
                {k: v for k, v in payload.items() if isinstance(v, int) and not isinstance(v, bool)}
            )
        elif kind == records.FILE:
            path, policy = payload.get("path"), payload.get("policy", "end")
            if isinstance(path, str):
                self.files[path] = policy if policy in ("now", "live", "end") else "end"
        elif kind in (records.ARTIFACT, records.USE, records.LINK) and isinstance(payload.get("key"), str):
            if payload["key"].isalnum():  # it becomes the name of a file
                self.artifacts.append((kind, payload))
        elif kind == records.EXIT and is_main:
            self.exit = payload

    def count(self, journal: str, counters: Mapping[str, int]) -> None:
        """Add what the reader of a journal counted itself (damage), by absolute value."""
        known = {name: value for name, value in counters.items() if value}
        counted = self._counts.get(f"{journal}/reader", {})
        if any(counted.get(name) != value for name, value in known.items()):
            self._counts[f"{journal}/reader"] = {**counted, **known}
            self.version += 1

    def variables(self) -> dict[str, Any]:
        """Give the variables of UpsertBucket that are known, ready to send."""
        known: dict[str, Any] = {}
        for name, variable in _VARIABLES.items():
            value = self._run.get(name)
            if value is not None:
                known[variable] = value
        known["config"] = encode_extended(self._wire_config()).decode()
        return known

    @property
    def host(self) -> str:
        """The machine that the trainer runs on; empty if unknown."""
        host = self._run.get("host")
        return host if isinstance(host, str) else ""

    def _wire_config(self) -> dict[str, Any]:
        past = {key: value for key, value in self.past_config.items() if key not in self._deleted}
        config = {key: {"value": value} for key, value in {**past, **self._config}.items()}
        python = self.opened.get("python_version")
        sdk = self.opened.get("sdk_version")
        # "t" is what the official client looks for to tell that a run has really been started.
        own: dict[str, Any] = {"cli_version": sdk, "python_version": python, "t": {"4": python}}
        if self._rules:
            own["m"] = self._wire_rules()
        fork = self.opened.get("fork")
        if isinstance(fork, dict):
            own["branch_point"] = {"run_id": fork.get("run"), "step": fork.get("step")}
        if self._charts:
            own["visualize"] = {key: _wire_chart(chart) for key, chart in self._charts.items()}
        config["_wandb"] = {"value": own}
        totals: dict[str, Any] = {}
        for counters in self._counts.values():
            for name, value in counters.items():
                totals[name] = totals.get(name, 0) + value
        totals["sdk_version"] = sdk
        totals["started_at"] = self.opened.get("created_at")
        if self.exit and self.exit.get("error"):
            totals["error"] = self.exit["error"]
        config["_runwell"] = {"value": totals}
        return config

    def _define(self, rule: dict[str, Any]) -> None:
        name = rule.get("name")
        if not isinstance(name, str):
            return
        known = {} if rule.get("overwrite") else dict(self._rules.get(name, {}))
        known.update({key: value for key, value in rule.items() if key != "overwrite" and value is not None})
        self._rules[name] = known

    def _wire_rules(self) -> list[dict[str, Any]]:
        """Give the rules as rows of MetricRecord by field number; a step metric is named by its index from 1."""
        rows: list[dict[str, Any]] = []
        index: dict[str, int] = {}
        for name in self._rules:
            index[name] = len(index) + 1
        for rule in self._rules.values():
            step = rule.get("step_metric")
            if isinstance(step, str) and step not in index:
                index[step] = len(index) + 1
        for name in index:
            rule = self._rules.get(name, {})
            row: dict[str, Any] = {"2" if "*" in name else "1": name}
            if rule.get("step_metric") in index:
                row["5"] = index[rule["step_metric"]]
            options = [3] if name in self._rules else []
            options += [1] if rule.get("step_sync") else []
            options += [2] if rule.get("hidden") else []
            row["6"] = sorted(options)
            kinds = [_SUMMARY_NUMBERS[kind] for kind in rule.get("summary") or () if kind in _SUMMARY_NUMBERS]
            if kinds:
                row["7"] = kinds
            if rule.get("goal") in _GOAL_NUMBERS:
                row["8"] = _GOAL_NUMBERS[rule["goal"]]
            rows.append(row)
        return rows


def _wire_chart(chart: dict[str, Any]) -> dict[str, Any]:
    """Give a chart as the official client's config key "_wandb".visualize has it."""
    table = {"name": "summaryTable", "args": [{"name": "tableKey", "value": chart.get("table")}], "fields": []}
    fields = [{"name": name, "fields": []} for name in ("id", "name", "_defaultColorIndex")]
    runs = {"name": "runSets", "args": [{"name": "runSets", "value": "${runSets}"}], "fields": [*fields, table]}
    panel = {
        "panelDefId": chart.get("spec"),
        "fieldSettings": _mapping(chart.get("fields")),
        "stringSettings": _mapping(chart.get("strings")),
        "transform": {"name": "tableWithLeafColNames"},
        "userQuery": {"queryFields": [runs]},
    }
    return {"panel_type": "Vega2", "panel_config": panel}


def digest(value: Any) -> str:
    """Give a short digest of a fact, to tell whether it changed since it was sent."""
    return hashlib.blake2b(encode_extended(value), digest_size=8).hexdigest()


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
