"""Writes a run of another tracker as a run directory of ours, through the SDK's own journal.

Repeating it adds what is new and nothing else: the directory's name and the writer's name on the wire are made of the
source, so the same source meets its earlier journal, and a server that has its rows keeps those. What must
never happen: a line of an earlier import is changed.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runwell.sdk.journal import Journal
from runwell.sdk.media.place import MediaPlace
from runwell.sdk.rundir import root_name, slug
from runwell.sdk.values import Rejected
from runwell.sdk.version import __version__
from runwell.wire import names, records
from runwell.wire.errors import InvalidValue
from runwell.wire.journal import FORMAT, encode_record, scan
from runwell.wire.limits import MAX_NAME_CHARS, MAX_ROW_BYTES, MAX_STEP, MIB

from .source import Encoded, SourceRun

_COUNTED = (records.ROW, records.EVENT, records.OUT, records.ALERT)  # kinds whose n-th record is always the same
_PIECE_BYTES = 8 * MIB


@dataclass(slots=True)
class Imported:
    """What became of a source.

    Attributes:
        run_dir: where it is.
        rows: history rows in the journal.
        added: records written now; 0: everything was there.
        skipped: what was left out → how often.
    """

    run_dir: Path
    rows: int = 0
    added: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


class _Before:
    """What an earlier import of the same source wrote."""

    def __init__(self, path: Path) -> None:
        self.counts: Counter[str] = Counter()
        self.last_row: dict[str, Any] = {}
        self.exit: Any = None
        self._said: set[bytes] = set()
        for kind, payload in _entries(path):
            self.counts[kind] += 1
            if kind == records.ROW:
                self.last_row = payload
            elif kind == records.EXIT:
                self.exit = payload
            elif kind not in _COUNTED:
                self._said.add(_digest(kind, payload))

    def has(self, kind: str, payload: Any) -> bool:
        """Tell whether a record that isn't counted was written."""
        return _digest(kind, payload) in self._said


def record(source: SourceRun, root: Path, base_url: str) -> Imported:
    """Write a source below ``root``/runwell.

    Args:
        base_url: the server that it is for.

    Raises:
        InvalidValue: its id or project can't be a name here.
        OSError: the directory can't be made.
    """
    run_id, project = names.run_id(source.run_id), names.project_name(source.project)
    moment = time.strftime("%Y%m%d_%H%M%S", time.gmtime(source.started_at or 0))
    run_dir = root.resolve() / root_name() / f"run-{moment}-{slug(run_id)}"
    for inner in (records.JOURNAL_DIR, records.FILES_DIR, "sync"):
        (run_dir / inner).mkdir(mode=0o700, parents=True, exist_ok=True)
    path = run_dir / records.MAIN_JOURNAL
    before = _Before(path)
    writer = hashlib.blake2b(
        f"{source.tracker}\0{source.identity}".encode("utf-8", "replace"), digest_size=16
    ).hexdigest()
    opened = {
        "format": FORMAT,
        "journal": writer,
        "role": "main",
        "run": {"id": run_id, "project": project},
        "mode": "offline",
        "base_url": base_url,
        "pid": 0,  # nobody's: the run is over
        "created_at": source.started_at or time.time(),
        "sdk_version": __version__,
    }
    journal = Journal(str(path), lambda: encode_record(records.OPEN, opened))
    writing = _Writing(journal, before, run_dir)
    try:
        writing.fact(records.RUN, _facts(source))
        for kind, payload in source.scan():
            writing.take(kind, payload)
        writing.finish()
    finally:
        left = journal.close()
    if left:
        raise OSError(f"the disk refused {left:,} records of {run_dir}; make room, then run the command again")
    if writing.exit is None:
        os.utime(path, (source.started_at, source.started_at))  # not written to lately: nobody thinks that it is alive
    return Imported(run_dir, writing.seen[records.ROW], writing.added, writing.skipped)


class _Writing:
    def __init__(self, journal: Journal, before: _Before, run_dir: Path) -> None:
        self._journal = journal
        self._before = before
        self._dir = run_dir
        self.seen: Counter[str] = Counter()
        self.added = 0
        self.skipped: Counter[str] = Counter()
        self.exit: Any = None

    def take(self, kind: str, payload: Any) -> None:
        if kind == "skipped":
            self.skipped[payload] += 1
        elif kind == "file":
            self._file(*payload)
        elif kind == "made":
            (self._dir / records.FILES_DIR / payload[0]).write_bytes(payload[1])
            self.fact(records.FILE, {"path": payload[0], "policy": "end"})
        elif kind == records.EXIT:
            self.exit = payload
        elif kind == records.ROW:
            self._row(payload)
        elif kind in _COUNTED:
            self._counted(kind, payload)
        else:
            self.fact(kind, payload)

    def fact(self, kind: str, payload: Any) -> None:
        if payload and not self._before.has(kind, payload):
            self._write(kind, payload)

    def finish(self) -> None:
        if self.skipped:
            self.fact(records.COUNT, {"rejected_values": sum(self.skipped.values())})
        if self.exit is not None and (self.added or self._before.exit != self.exit):
            self._write(records.EXIT, self.exit)

    def _row(self, row: dict[str, Any]) -> None:
        row = {key: value for key, value in row.items() if self._is_key(key)}
        step = row.get("_step")
        if not isinstance(step, int) or not 0 <= step <= MAX_STEP:
            self.skipped["rows whose step is none"] += 1
            return
        there = self._before.counts[records.ROW]
        number = self.seen[records.ROW]
        if number < there - 1:
            self.seen[records.ROW] += 1
            return
        for key, value in row.items():
            if isinstance(value, (Encoded, list)):
                row[key] = self._kept(key, value, step)
        if number == there - 1:
            # The source may have grown in the middle of the row that was its last.
            self.seen[records.ROW] += 1
            news = {key: value for key, value in row.items() if key not in self._before.last_row}
            if not news:
                return
            row = {**{key: row[key] for key in ("_step", "_runtime", "_timestamp") if key in row}, **news}
        self._counted(records.ROW, row)

    def _counted(self, kind: str, payload: Any) -> None:
        self.seen[kind] += 1
        if self.seen[kind] <= self._before.counts[kind]:
            return
        line = encode_record(kind, payload)
        if len(line) > MAX_ROW_BYTES:
            self.skipped[f"{kind}s of over {MAX_ROW_BYTES >> 20} MiB"] += 1
            line = encode_record(kind, {key: payload[key] for key in ("_step", "_timestamp") if key in payload})
        self._journal.append(line)
        self.added += 1

    def _write(self, kind: str, payload: Any) -> None:
        self._journal.record(kind, payload)
        self.added += 1

    def _is_key(self, key: str) -> bool:
        try:
            names.key(key)
        except InvalidValue:
            self.skipped["values whose key can't be one"] += 1
            return False
        return True

    def _kept(self, key: str, value: Any, step: int) -> Any:
        """Write the bytes of pictures and sounds; give what the row keeps."""
        items = value if isinstance(value, list) else [value]
        if not items or not all(isinstance(item, Encoded) for item in items):
            return value
        place = MediaPlace(
            str(self._dir), lambda path: self.fact(records.FILE, {"path": path, "policy": "now"}), key, step
        )
        try:
            rows = [_media_row(item, place) for item in items]
        except Rejected as error:
            self.skipped[str(error)] += 1
            return None
        if not isinstance(value, list):
            return rows[0]
        if items[0].kind == "audio":
            return {"_type": "audio", "count": len(rows), "audio": rows}
        about = {name: rows[0].get(name, 0) for name in ("width", "height", "format")}
        return {"_type": "images/separated", "count": len(rows), **about, "filenames": [row["path"] for row in rows]}

    def _file(self, source: Path, name: str) -> None:
        try:
            name = names.file_path(name)
        except InvalidValue:
            self.skipped["files whose name can't be one"] += 1
            return
        target = self._dir / records.FILES_DIR / name
        if not source.is_file():
            self.skipped["files that aren't there"] += 1
            return
        if not target.is_symlink() and not target.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                target.symlink_to(source.resolve())
            except (OSError, NotImplementedError):  # a filesystem without links takes a copy
                import shutil

                shutil.copyfile(source, target)
        self.fact(records.FILE, {"path": name, "policy": "end"})


def _media_row(item: Encoded, place: MediaPlace) -> dict[str, Any]:
    if item.kind == "audio":
        return {"_type": "audio-file", **place.put("audio", item.suffix, item.data)}
    row: dict[str, Any] = {"_type": "image-file", **place.put("images", item.suffix, item.data), "format": item.suffix}
    return row | ({"width": item.width, "height": item.height} if item.width and item.height else {})


def _facts(source: SourceRun) -> dict[str, Any]:
    """Give the facts that can be kept; names and tags are cut to what they may be."""
    facts = dict(source.facts)
    if "display_name" in facts:
        facts["display_name"] = str(facts["display_name"]).strip()[:MAX_NAME_CHARS] or source.run_id
    if "tags" in facts:
        facts["tags"] = [tag[:MAX_NAME_CHARS] for tag in facts["tags"] if tag.strip()]
    return facts


def _entries(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        file = path.open("rb")
    except OSError:
        return
    with file:
        rest = b""
        while piece := file.read(_PIECE_BYTES):
            found = scan(rest + piece)
            rest = (rest + piece)[found.end :]
            for entry in found.entries:
                yield entry.kind, entry.payload


def _digest(kind: str, payload: Any) -> bytes:
    return hashlib.blake2b(encode_record(kind, payload), digest_size=12).digest()
