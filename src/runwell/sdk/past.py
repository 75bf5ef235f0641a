"""What local run directories say about a run that is to be resumed."""

from __future__ import annotations

import os
from typing import Any

from runwell.wire import records
from runwell.wire.journal import scan
from runwell.wire.summary import SummaryFold

from .capture.process import process_started
from .rundir import root_name, slug

_MAX_FIRST_LINE_BYTES = 1024 * 1024
_MAX_LOOKED_THROUGH = 10_000  # run directories looked at when a run is resumed, newest first


class Past:
    """What is known of a run that is being resumed.

    Attributes:
        run_id: the run.
        display_name, notes, tags: as last recorded.
        starting_step: one past its last step.
        runtime: seconds that it ran.
        ended: the state it ended in, None while it runs or if it died.
        alive: whether the process that records it is still there.
        config: nested, as given.
        summary: the fold over its rows.
    """

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self.display_name: str | None = None
        self.notes: str | None = None
        self.tags: tuple[str, ...] = ()
        self.starting_step = 0
        self.runtime = 0.0
        self.ended: str | None = None
        self.alive = False
        self.config: dict[str, Any] = {}
        self.summary = SummaryFold()


def find_past(root_dir: str, run_id: str) -> Past | None:
    """Collect what local run directories hold of a run; None if there is none.

    Args:
        root_dir: the directory that holds ``runwell/``.
        run_id: the run.
    """
    past: Past | None = None
    for run_dir in reversed(_run_dirs(root_dir, f"-{slug(run_id)}")):
        seen = _read_run(run_dir, past)
        if seen is not None and seen.run_id == run_id:
            past = seen
    return past


def is_known_here(root_dir: str, run_id: str, project: str) -> bool:
    """Tell whether a local run directory holds a run of this id and project; reads first lines only."""
    for run_dir in _run_dirs(root_dir, f"-{slug(run_id)}"):
        try:
            with open(os.path.join(run_dir, records.MAIN_JOURNAL), "rb") as file:
                opened = scan(file.readline(_MAX_FIRST_LINE_BYTES)).entries[0].payload["run"]
        except (OSError, IndexError, KeyError, TypeError):
            continue
        if opened.get("id") == run_id and opened.get("project") == project:
            return True
    return False


def find_unfinished(root_dir: str) -> Past | None:
    """Find the newest local run if it ended otherwise than finished, for ``resume="auto"``."""
    for run_dir in _run_dirs(root_dir, "")[:1]:
        seen = _read_run(run_dir, None)
        goes_on = seen is not None and seen.ended is None and seen.alive
        if seen is not None and seen.ended != "finished" and not goes_on:
            return find_past(root_dir, seen.run_id)
    return None


def _run_dirs(root_dir: str, ending: str) -> list[str]:
    """Give the run directories whose name ends so (a counter behind it allowed), newest first."""
    root = os.path.join(root_dir, root_name())
    try:
        names = os.listdir(root)
    except OSError:
        return []
    found = []
    for name in names:
        kind, _, rest = name.partition("run-")
        if kind not in ("", "offline-") or not rest[:8].isdigit():
            continue
        stem = rest[15:]  # behind <date>_<time>
        if not ending or stem == ending or (stem.startswith(f"{ending}-") and stem[len(ending) + 1 :].isdigit()):
            found.append((rest[:15], len(stem), stem, os.path.join(root, name)))
    return [path for *_, path in sorted(found, reverse=True)[:_MAX_LOOKED_THROUGH]]


def _read_run(run_dir: str, past: Past | None) -> Past | None:
    directory = os.path.join(run_dir, records.JOURNAL_DIR)
    try:
        names = sorted(os.listdir(directory), key=lambda name: name != "main.jsonl")
    except OSError:
        return past
    for name in names:
        if name == "system.jsonl" or name.startswith("console-") or not name.endswith(".jsonl"):
            continue
        try:
            with open(os.path.join(directory, name), "rb") as file:
                entries = scan(file.read()).entries
        except OSError:
            continue
        for entry in entries:
            payload = entry.payload
            if entry.kind == records.OPEN:
                run_id = payload.get("run", {}).get("id")
                if past is None:
                    past = Past(run_id)
                if payload.get("role") == "main":
                    past.ended = None
                    past.alive = _is_alive(payload.get("pid"), payload.get("process_started"))
            if past is None:
                break
            _take(past, entry.kind, payload)
    return past


def _take(past: Past, kind: str, payload: dict[str, Any]) -> None:
    if kind == records.ROW:
        past.starting_step = max(past.starting_step, int(payload.get("_step", -1)) + 1)
        past.runtime = max(past.runtime, float(payload.get("_runtime", 0.0)))
        past.summary.row(payload)
    elif kind == records.CONFIG:
        past.config.update(payload.get("set", {}))
        for key in payload.get("del", ()):
            past.config.pop(key, None)
    elif kind == records.SUMMARY:
        past.summary.set(payload.get("set", {}), payload.get("del", ()))
    elif kind == records.METRIC:
        past.summary.define(payload)
    elif kind == records.RUN:
        past.display_name = payload.get("display_name", past.display_name)
        past.notes = payload.get("notes", past.notes)
        past.tags = tuple(payload.get("tags", past.tags))
    elif kind == records.EXIT:
        past.ended = payload.get("state")


def _is_alive(pid: Any, started: Any) -> bool:
    if not isinstance(pid, int) or not isinstance(started, (int, float)):
        return False
    now = process_started(pid)
    return now is not None and abs(now - started) < 2.0
