"""Hop 8: a run's tail becomes a segment and its pyramid, in the background.

The order is the promise: pack, write, sync, rename, sync the directory, and only then one transaction that
names the segment and deletes its chunks. A death in between leaves a file that nobody names, swept later;
no reader ever sees a row twice or not at all. Small segments are merged with the tail that follows them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from runwell.server import failpoints
from runwell.server.stores.segments import Segments, segment_path
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.metrics import HISTORY, StreamRow
from runwell.server.stores.sql.segment_rows import SegmentKeyRow, SegmentRow, SegmentRows
from runwell.wire.limits import SEAL_BYTES, SEAL_KEYS, SEAL_ROWS, SEGMENT_SWEEP_S

from .columns import Chunk, Points
from .drafts import SegmentDraft, draft_segment
from .sealed import SealedPoints

log = logging.getLogger("runwell.server")

LOOK_EVERY_S = 1.0
SWEEP_EVERY_S = 600.0
RIPE_AT_ONCE = 64
MERGE_POINTS = 2_000_000  # points of a segment made by merging, so that memory stays bounded


@dataclass(slots=True)
class _Material:
    """What a segment is made of, as of one snapshot."""

    at: StreamRow
    chunks: list[Chunk]
    old: list[SegmentRow]
    old_keys: dict[int, list[SegmentKeyRow]]
    key_ids: dict[str, int]
    about: dict[str, str]

    @property
    def row0(self) -> int:
        return self.old[0].row0 if self.old else self.chunks[0].row0

    @property
    def end(self) -> int:
        return self.chunks[-1].row0 + self.chunks[-1].rows


class Sealer:
    """Seals tails: by itself once started, or when told to."""

    def __init__(self, catalog: Catalog, segments: Segments, *, now: Callable[[], float] = time.time) -> None:
        self._catalog = catalog
        self._segments = segments
        self._rows = SegmentRows()
        self._points = SealedPoints(segments, max_bytes=0)
        self._now = now
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._one_at_a_time = threading.Lock()

    def start(self) -> None:
        """Begin to look for tails to seal."""
        self._thread = threading.Thread(target=self._loop, name="sealer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the segment at hand."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _loop(self) -> None:
        next_sweep = self._now()
        while not self._stopping.wait(LOOK_EVERY_S):
            try:
                self.seal_ripe()
                if self._now() >= next_sweep:
                    next_sweep = self._now() + SWEEP_EVERY_S
                    self.sweep()
            except Exception:  # the disk may be full, the database away: the tail stays where it is, safe
                log.exception("sealing failed; it is tried again")
                self._stopping.wait(10 * LOOK_EVERY_S)

    def seal_ripe(self) -> int:
        """Seal every tail that is large, ended or idle; return how many segments were made."""
        made = 0
        for run_id, stream in self._catalog.read(lambda c: self._rows.ripe(c, self._now(), RIPE_AT_ONCE)):
            if self._stopping.is_set():
                break
            made += self._seal(run_id, stream)
        return made

    def seal_now(self, run_id: int) -> int:
        """Seal a run's tails, whatever their size; return how many segments were made."""
        made = 0
        for stream in (0, 1):
            while self._seal(run_id, stream):
                made += 1
        return made

    def sweep(self, age_s: float = SEGMENT_SWEEP_S) -> int:
        """Remove files that no row names and that are older than ``age_s``; return how many."""
        paths = list(self._segments.older_than(age_s))
        known = self._catalog.read(lambda c: self._rows.known_paths(c, paths))
        rubbish = [path for path in paths if path not in known]
        for path in rubbish:
            self._segments.remove(path)
        return len(rubbish)

    def _seal(self, run_id: int, stream: int) -> bool:
        with self._one_at_a_time:
            material = self._catalog.read(lambda c: self._material(c, run_id, stream))
            if material is None:
                return False
            draft = self._draft(material)
            data, row = draft.encode(material.about)
            failpoints.hit("seal.packed")
            path = segment_path(run_id, "history" if stream == HISTORY else "system", material.row0)
            self._segments.put(path, data)
            failpoints.hit("seal.placed")
            segment = {**row, "run_id": run_id, "stream": stream, "path": path, "sealed_at": self._now()}

            def work(c: Connection) -> bool:
                old = [segment.id for segment in material.old]
                rows = (material.chunks[0].row0, material.end)
                done = self._rows.replace(
                    c,
                    segment,
                    draft.keys,
                    draft.pyramids,
                    draft.grids,
                    old=old,
                    rows=rows,
                    rewinds=material.at.rewinds,
                )
                failpoints.hit("seal.inserted")
                return done

            done = self._catalog.write(work)
            failpoints.hit("seal.committed")
            return done

    def _material(self, c: Connection, run_id: int, stream: int) -> _Material | None:
        at = self._catalog.metrics.stream(c, run_id, stream)
        run = self._catalog.runs.find_by_id(c, run_id)
        if at is None or run is None or at.next_row == at.sealed_row:
            return None
        chunks: list[Chunk] = []
        rows = size_bytes = 0
        names: set[str] = set()
        for row0, count, payload in self._catalog.metrics.chunks(c, run_id, stream, at.sealed_row):
            chunks.append(Chunk(payload, row0))
            rows += count
            size_bytes += len(payload)
            names.update(chunks[-1].keys())
            if rows >= SEAL_ROWS or size_bytes >= 2 * SEAL_BYTES or len(names) >= SEAL_KEYS:
                break
        points = sum(chunk.point_count for chunk in chunks)
        old: list[SegmentRow] = []
        old_keys: dict[int, list[SegmentKeyRow]] = {}
        # As in any log-structured merge: a segment is rewritten only together with about as much again.
        for segment in reversed(self._rows.list(c, run_id, stream)):
            small = segment.row_count <= 2 * rows and segment.row_count + rows <= SEAL_ROWS
            if not small or segment.point_count + points > MERGE_POINTS or segment.size_bytes > SEAL_BYTES:
                break
            there = list(self._rows.keys_of(c, segment.id))
            if len(there) + len(names) > SEAL_KEYS:
                break
            old_keys[segment.id] = there
            old.insert(0, segment)
            rows += segment.row_count
            points += segment.point_count
        keys = self._catalog.metrics.keys(c, [run_id], stream, None)
        return _Material(
            at,
            chunks,
            old,
            old_keys,
            {row.key: row.id for row in keys},
            {"runwell.entity": run.entity, "runwell.project": run.project, "runwell.run": run.name},
        )

    def _draft(self, material: _Material) -> SegmentDraft:
        parts: dict[str, list[Points]] = {}
        names = {id_: key for key, id_ in material.key_ids.items()}
        for segment in material.old:
            for row, points in self._points.several(material.old_keys[segment.id], segment.path):
                parts.setdefault(names[row.key_id], []).append(points)
        for chunk in material.chunks:
            for key in chunk.keys():  # noqa: SIM118
                found = chunk.points(key)
                assert found is not None
                parts.setdefault(key, []).append(found)
        return draft_segment(parts, material.row0, material.end, material.key_ids)
