"""Compares what the server holds with what the demo trained, through `runwell.Api`, value by value."""

from __future__ import annotations

import json
import struct
import time
from pathlib import Path
from typing import Any, Protocol

from demo_server import DemoServer

ARRIVES_WITHIN_S = 60.0
ENDED = {"finished", "failed", "crashed", "killed", "interrupted"}


class Trained(Protocol):
    title: str
    run_id: str
    ledger: Path
    ends_with: int


def compare(server: DemoServer, project: str, trainings: list[Any]) -> int:
    """Compare every run; prints a line each.

    Returns:
        How many runs differ or are missing.
    """
    server.enter()
    import runwell

    api = runwell.Api()
    failures = 0
    until = time.monotonic() + ARRIVES_WITHIN_S
    for training in trainings:
        complaints = _wait_and_compare(api, f"{server.entity}/{project}/{training.run_id}", training, until)
        failures += bool(complaints)
        rows = len(_read(training.ledger)[1])
        print(f"  {'✗' if complaints else '✓'} {training.title}: {rows:,} rows", flush=True)
        for complaint in complaints[:5]:
            print(f"      {complaint}", flush=True)
    return failures


def _wait_and_compare(api: Any, path: str, training: Trained, until: float) -> list[str]:
    while True:
        try:
            run = api.run(path)
            if run.state in ENDED or time.monotonic() > until:
                return _differences(run, training)
        except Exception as error:
            if time.monotonic() > until:
                return [f"it isn't on the server: {error}"]
        time.sleep(0.5)


def _differences(run: Any, training: Trained) -> list[str]:
    given, rows = _read(training.ledger)
    wanted_state = "finished" if training.ends_with == 0 else "failed"
    found = [f"state is {run.state}, not {wanted_state}"] if run.state != wanted_state else []
    config = dict(run.config)
    for key, value in (given["config"] or {}).items():
        if key not in config or config[key] != value:
            found.append(f"config {key} is {config.get(key)!r}, not {value!r}")
    if sorted(run.tags or []) != sorted(given["tags"] or []):
        found.append(f"tags are {run.tags!r}, not {given['tags']!r}")
    if (run.notes or "") != (given["notes"] or ""):
        found.append(f"notes are {run.notes!r}, not {given['notes']!r}")
    if (run.group or "") != (given["group"] or ""):
        found.append(f"group is {run.group!r}, not {given['group']!r}")
    history = list(run.scan_history())
    if len(history) != len(rows):
        found.append(f"{len(history)} rows came back of {len(rows)}")
    for number, (row, back) in enumerate(zip(rows, history, strict=False)):
        if back.get("_step") != number:
            found.append(f"row {number} has step {back.get('_step')!r}")
        for key, value in row.items():
            if not _same(value, back.get(key)):
                found.append(f"row {number}: {key} is {back.get(key)!r}, not {value!r}")
        # Media and tables are files, which the ledger has no copy of.
        extra = {key for key, value in back.items() if not key.startswith("_") and not _is_media(value)} - set(row)
        if extra and any(back[key] is not None for key in extra):
            found.append(f"row {number} has {', '.join(sorted(extra))}, which nobody logged")
    last = {key: value for row in rows for key, value in row.items() if not key.startswith("val/")}
    for key, value in last.items():
        if not _same(value, run.summary.get(key)):
            found.append(f"summary {key} is {run.summary.get(key)!r}, not {value!r}")
    return found


def _is_media(value: Any) -> bool:
    return isinstance(value, dict) and "_type" in value


def _same(one: Any, other: Any) -> bool:
    """Tell whether two values are equal; NaN equals NaN, and floats are compared bit for bit."""
    if isinstance(one, float) and isinstance(other, (int, float)):
        if one != one:
            return other != other
        return struct.pack("<d", one) == struct.pack("<d", float(other))
    return type(one) is type(other) and one == other


def _read(ledger: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    lines = ledger.read_text().splitlines()
    given = json.loads(lines[0]) if lines else {"config": {}, "tags": [], "notes": "", "group": ""}
    return given, [json.loads(line) for line in lines[1:]]
