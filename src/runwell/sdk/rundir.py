"""The run directory: made here, laid out as ``wire.records`` says, and looked through when a run is resumed.

It is 0700 and its files 0600. A user's run id becomes part of a directory's name only if it is plain;
otherwise its checksum does.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from ..wire import records
from ..wire.journal import scan
from ..wire.summary import SummaryFold
from .notices import warn_once

# ruff: noqa: PTH -- pathlib costs the training process more to import than all of this
ROOT_NAME = "runwell"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
_MAX_PLAIN_ID = 64
_MAX_LOOKED_THROUGH = 10_000  # run directories looked at when a run is resumed, newest first


@dataclass
class Past:
    """What local run directories say about a run that is being resumed."""

    run_id: str
    display_name: str | None = None
    starting_step: int = 0
    runtime: float = 0.0
    ended: str | None = None
    alive: bool = False
    config: dict[str, Any] = field(default_factory=dict)
    summary: SummaryFold = field(default_factory=SummaryFold)
    tags: tuple[str, ...] = ()
    notes: str | None = None


def make(root_dir: str, run_id: str, offline: bool) -> str:
    """Make a run's directory below ``root_dir``/runwell and give its absolute path.

    Where it can't be made (read-only, full), a directory for temporary files takes its place, with a warning.
    """
    kind = "offline-run" if offline else "run"
    name = f"{kind}-{time.strftime('%Y%m%d_%H%M%S')}-{_slug(run_id)}"
    root = os.path.abspath(os.path.join(root_dir, ROOT_NAME))
    try:
        return _make_in(root, name)
    except OSError as error:
        spare = os.path.join(tempfile.gettempdir(), f"runwell-{os.getuid() if hasattr(os, 'getuid') else 'user'}")
        warn_once(f"root {root}", f"{root} can't be written ({error.strerror}); the run is kept below {spare}")
        try:
            os.makedirs(spare, mode=0o700, exist_ok=True)
            about = os.stat(spare)
            if hasattr(os, "getuid") and about.st_uid != os.getuid():
                raise PermissionError
            return _make_in(spare, name)
        except OSError:
            return os.path.join(root, name)  # the journal waits in memory, and tries again and again


def point_latest(run_dir: str) -> None:
    """Let ``latest-run`` beside the run directory point to it."""
    link = os.path.join(os.path.dirname(run_dir), "latest-run")
    spare = f"{link}.{os.getpid()}"
    try:
        os.symlink(os.path.basename(run_dir), spare)
        os.replace(spare, link)
    except (OSError, NotImplementedError):
        pass  # a filesystem without links: nothing depends on it


def find_past(root_dir: str, run_id: str) -> Past | None:
    """Collect what local run directories hold of a run; None if there is none.

    Args:
        root_dir: the directory that holds ``runwell/``.
        run_id: the run.
    """
    past: Past | None = None
    for run_dir in reversed(_run_dirs(root_dir, f"-{_slug(run_id)}")):
        seen = _read_run(run_dir, past)
        if seen is not None and seen.run_id == run_id:
            past = seen
    return past


def find_unfinished(root_dir: str) -> Past | None:
    """Find the newest local run if it ended otherwise than finished, for ``resume="auto"``."""
    for run_dir in _run_dirs(root_dir, "")[:1]:
        seen = _read_run(run_dir, None)
        if seen is not None and seen.ended != "finished" and not seen.alive:
            return find_past(root_dir, seen.run_id)
    return None


def _make_in(root: str, name: str) -> str:
    os.makedirs(root, exist_ok=True)
    for attempt in range(1, 1_000):
        path = os.path.join(root, name if attempt == 1 else f"{name}-{attempt}")
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            continue
        for inner in (records.JOURNAL_DIR, records.FILES_DIR, "sync"):
            os.mkdir(os.path.join(path, inner), 0o700)
        return path
    raise FileExistsError(f"{root} holds a thousand directories named {name}")


def _slug(run_id: str) -> str:
    if len(run_id) <= _MAX_PLAIN_ID and _PLAIN.issuperset(run_id):
        return run_id
    return f"{crc32(run_id.encode()):08x}"


def _run_dirs(root_dir: str, ending: str) -> list[str]:
    """Give the run directories whose name ends so (a counter behind it allowed), newest first."""
    root = os.path.join(root_dir, ROOT_NAME)
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
        if name == "system.jsonl" or not name.endswith(".jsonl"):
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
    from .capture.process import process_started

    if not isinstance(pid, int) or not isinstance(started, (int, float)):
        return False
    now = process_started(pid)
    return now is not None and abs(now - started) < 2.0


def main_journal(run_dir: str) -> str:
    """Give the path of the training process's journal."""
    return os.path.join(run_dir, records.MAIN_JOURNAL)
