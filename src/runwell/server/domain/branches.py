"""Forks and rewinds: a run that begins with another's rows, and a run that goes back to a step.

A fork has its own copy of the parent's history up to the step, so that every reader sees one run like any
other: what the parent does later, or its end, changes nothing in it. Sealed rows are not copied but linked
(``Segments.link``). Both are one transaction, made from files that were written before it: whoever dies in
between leaves the old state, whole.

System metrics and console lines belong to a process, not to steps: a fork has its own only, a rewind keeps them.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from runwell.server import failpoints
from runwell.server.stores.records import FileRecord, RunRecord
from runwell.server.stores.segments import NEW, Segments
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.metrics import HISTORY, Moved
from runwell.server.stores.sql.segment_rows import SegmentRows
from runwell.wire.documents import merge_documents
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_STEP
from runwell.wire.numbers import to_strict

from .access import Actor, Busy, Conflict, NotFound
from .branch_summary import summary_at
from .cut import Cut, Cutter, KeyTotals
from .run_changes import merged_rules

MAX_TRIES = 20  # the run may be sealed or written on between our reading and our writing
MEDIA = "media/"
_MEDIA_STEP = re.compile(r"_(\d{1,16})_[0-9a-f]{20}(?:\.[^/]*)?$")  # the official client's names say the step


@dataclass(frozen=True, slots=True)
class BranchPoint:
    """Where a run begins: behind ``step`` of the run with this id of URLs."""

    run_id: str
    step: int


@dataclass(frozen=True, slots=True)
class Inheritance:
    """What a fork takes over, ready to be written."""

    parent: RunRecord
    step: int
    cut: Cut | None
    files: list[FileRecord]


def branch_point(given: Any) -> BranchPoint:
    """Read what a client says of where its run begins.

    Raises:
        InvalidValue: it can't be understood, or the step is none.
    """
    if not isinstance(given, dict) or not isinstance(given.get("run_id"), str) or not given["run_id"]:
        raise InvalidValue(f"a branch point must name a run and a step, not {shorten(given)}")
    return BranchPoint(given["run_id"], step_of(given.get("step")))


def step_of(given: Any) -> int:
    """Read a step.

    Raises:
        InvalidValue: it is no whole number from 0 to 2^53 - 1.
    """
    is_number = isinstance(given, (int, float)) and not isinstance(given, bool)
    if not is_number or not math.isfinite(given) or given != int(given) or not 0 <= given <= MAX_STEP:
        raise InvalidValue(f"step {shorten(given)} is no whole number from 0 to 2^53 - 1")
    return int(given)


class Branches:
    """Forks and rewinds runs."""

    def __init__(self, catalog: Catalog, segments: Segments, now: Callable[[], float] = time.time) -> None:
        self._catalog = catalog
        self._segments = segments
        self._rows = SegmentRows()
        self._cutter = Cutter(catalog, segments, now)
        self._now = now

    def inheritance(
        self, actor: Actor, project_id: int | None, run: RunRecord | None, run_id: str | None, given: Any
    ) -> Inheritance | None:
        """Prepare what a run takes over. A step behind the parent's last one takes all there is.

        Args:
            project_id: where it is, or will be; None: in a project that isn't there yet.
            run: the run, if it is there.
            run_id: its id of URLs.
            given: the branch point as the client said it.

        Returns:
            None if there is nothing to take over: the run has begun already as the branch point says, or it is
            the branch point's own run, whose rewind is asked for by itself.

        Raises:
            InvalidValue: the branch point is none.
            NotFound: there is no such parent, or it isn't the actor's.
            Conflict: the run has begun, otherwise.
            Moved: the parent changed meanwhile; begin again.
        """
        point = branch_point(given)
        if point.run_id == (run.name if run else run_id):
            return None
        if run is not None and run.deleted_at is not None:
            return None
        if run is not None and not is_announced(run):
            self._demand_same(run, point, given)
            return None

        def work(c: Connection) -> tuple[RunRecord, list[FileRecord]]:
            parent = None if project_id is None else self._catalog.runs.find(c, project_id, point.run_id)
            if parent is None or parent.deleted_at is not None or not actor.may_read(parent.entity_id):
                raise NotFound(
                    f"there is no run {shorten(point.run_id)} in this project to fork from; "
                    "if it was recorded offline, sync it first"
                )
            return parent, self._catalog.files.list(c, parent.id, prefix=MEDIA)

        parent, files = self._catalog.read(work)
        cut = self._cutter.cut(parent, point.step, NEW)
        failpoints.hit("branch.placed")
        return Inheritance(parent, point.step, cut, [file for file in files if _is_up_to(file.path, point.step)])

    def _demand_same(self, run: RunRecord, point: BranchPoint, given: Any) -> None:
        if run.wandb_config.get("branch_point") == given:
            return
        parent_id = run.parent_id
        parent = self._catalog.read(lambda c: self._catalog.runs.find_by_id(c, parent_id)) if parent_id else None
        if parent is None or (parent.name, run.parent_step) != (point.run_id, point.step):
            raise Conflict(
                f"run {shorten(run.name)} is there already and was not forked from {shorten(point.run_id)} at step "
                f"{point.step:,}; fork into a run with another id"
            )

    def columns(self, inherited: Inheritance, columns: dict[str, Any]) -> dict[str, Any]:
        """Give the columns of a fork that are not only its own: config, summary and rules over the parent's."""
        parent, cut = inherited.parent, inherited.cut
        own = columns.get("config", {}), columns.get("config_paths", {})
        config = merge_documents((to_strict(parent.config), parent.config_paths), own)
        if cut is not None and cut.is_whole:
            summary: tuple[Any, Any] = parent.summary, parent.summary_paths
        else:
            summary = summary_at(cut.totals if cut else {}, parent.metric_rules, parent.summary_paths)
        own = columns.get("summary", {}), columns.get("summary_paths", {})
        summary = merge_documents((to_strict(summary[0]), summary[1]), own)
        return {
            "config": config[0],
            "config_paths": config[1],
            "summary": summary[0],
            "summary_paths": summary[1],
            "metric_rules": merged_rules(parent.metric_rules, columns.get("metric_rules", [])),
            "parent_id": parent.id,
            "parent_step": inherited.step,
            "counters": {**columns.get("counters", {}), **_inherited(inherited)},
            "row_count": cut.rows if cut else 0,
            "last_step": cut.max_step if cut else -1,
        }

    def adopt(self, c: Connection, child: int, inherited: Inheritance) -> None:
        """Give a run that was just made (or never started) the parent's rows, in the caller's transaction.

        Raises:
            Moved: what was prepared isn't there any more; begin again.
        """
        cut, rows = inherited.cut, self._catalog.branches
        for file in inherited.files:
            self._catalog.files.put(c, child, file.path, file.digest, file.size_bytes, file.updated_at, file.md5)
        if cut is None or cut.rows == 0:
            return
        rows.demand_segments(c, cut.kept)
        links = [(old.path, f"{child}/{old.path.rpartition('/')[2]}") for old in cut.kept]
        placed = [(one.row["path"], f"{child}/{one.row['path'].rpartition('/')[2]}") for one in cut.placed]
        try:
            self._segments.link(links + placed)
        except FileNotFoundError:
            raise Moved from None
        # Readers ask whether any row is late: which of the parent's were isn't known, that none was is.
        rows.add_stream(c, child, self._now(), {**self._stream_values(cut), "late": cut.at.late})
        if cut.is_whole:
            rows.copy_keys(c, cut.at, child)
        else:
            rows.add_keys(c, child, [{"key": key, **_known(totals)} for key, totals in cut.totals.items()])
        for old, (_, path) in zip(cut.kept, links, strict=True):
            rows.copy_segment(c, old, child, path)
        ids = self._catalog.metrics.key_ids(c, child, HISTORY, list(cut.key_ids))
        theirs = {id_: ids[key] for key, id_ in cut.key_ids.items() if key in ids}
        for one, (_, path) in zip(cut.placed, placed, strict=True):
            keys = [{**row, "key_id": theirs[row["key_id"]]} for row in one.keys]
            pyramids = [{**row, "key_id": theirs[row["key_id"]]} for row in one.pyramids]
            self._rows.insert(c, {**one.row, "run_id": child, "path": path}, keys, pyramids, one.grids)
        rows.put_chunks(c, child, cut.chunks)

    def rewind(self, actor: Actor, run: RunRecord, metric: str, value: Any) -> RunRecord:
        """Cut off what a run logged behind a step, and let it go on from there; repeated, it changes nothing more.

        A step behind the last one cuts nothing off. Config, files, system metrics and console lines stay; the
        summary is told from the rows that are left.

        Raises:
            InvalidValue: the metric isn't ``_step``, or the value no step.
            NotFound, Forbidden: the run isn't the actor's.
            Busy: the run is being written from too many places.
        """
        if metric != "_step":
            raise InvalidValue(f"a run can be rewound by _step only, not by {shorten(metric)}")
        step = step_of(value)
        actor.demand_write(run.entity_id, f"run {shorten(run.name)}")
        for again in attempts():
            try:
                cut = self._cutter.cut(run, step, run.id)
                failpoints.hit("branch.placed")
                self._catalog.write(lambda c, cut=cut: self._rewind(c, run.id, step, cut))
            except Moved:
                again()
                continue
            failpoints.hit("branch.committed")
            break
        found = self._catalog.read(lambda c: self._catalog.runs.find_by_id(c, run.id))
        assert found is not None
        return found

    def _rewind(self, c: Connection, run_id: int, step: int, cut: Cut | None) -> None:
        now, rows = self._now(), self._catalog.branches
        run = self._catalog.runs.find_by_id(c, run_id)
        if run is None or run.deleted_at is not None:
            raise NotFound("there is no such run")
        columns: dict[str, Any] = {
            "state": "running",
            "finished_at": None,
            "exit_code": None,
            "error": None,
            "stop_requested": False,
            "heartbeat_at": now,
            "rewound_step": step,
        }
        if cut is not None and not cut.is_whole:
            self._cut_off(c, cut, now)
            summary, paths = summary_at(cut.totals, run.metric_rules, run.summary_paths)
            runtime = cut.totals.get("_runtime")
            columns |= {
                "row_count": cut.rows,
                "last_step": cut.max_step,
                "runtime_s": runtime.high if runtime and runtime.finite else 0.0,
                "summary": to_strict(summary),
                "summary_paths": paths,
            }
        rows.rewind_writer(c, run_id, cut.rows if cut else 0)
        self._catalog.settled.forget(c, run_id)
        self._catalog.runs.update(c, run_id, columns)
        self._catalog.projects.active(c, run.project_id, now)
        failpoints.hit("branch.written")

    def _cut_off(self, c: Connection, cut: Cut, now: float) -> None:
        rows, run_id = self._catalog.branches, cut.at.run_id
        rows.rewind_stream(c, cut.at, now, {**self._stream_values(cut), "key_count": cut.at.key_count})
        kept = {segment.id for segment in cut.kept}
        rows.demand_segments(c, cut.before)
        self._rows.delete(c, [segment.id for segment in cut.before if segment.id not in kept])
        for one in cut.placed:
            self._rows.insert(c, {**one.row, "run_id": run_id}, one.keys, one.pyramids, one.grids)
        rows.put_chunks(c, run_id, cut.chunks)
        none = KeyTotals()
        rows.set_keys(c, [{"id_": id_, **_known(cut.totals.get(key, none))} for key, id_ in cut.key_ids.items()])

    def _stream_values(self, cut: Cut) -> dict[str, Any]:
        known = cut.totals.values()
        return {
            "next_row": cut.rows,
            "sealed_row": cut.sealed_rows,
            "tail_bytes": sum(len(payload) for _, _, payload in cut.chunks),
            "tail_chunks": len(cut.chunks),
            "point_count": cut.at.point_count if cut.is_whole else sum(totals.points for totals in known),
            "non_finite": cut.at.non_finite if cut.is_whole else sum(totals.bad for totals in known),
            "key_count": cut.at.key_count if cut.is_whole else len(cut.totals),
            "max_step": cut.max_step,
        }


def attempts() -> Iterator[Callable[[], None]]:
    """Give tries, each a function to call when it came to nothing: it waits, or gives up.

    Raises:
        Busy: from that function, after ``MAX_TRIES``.
    """
    for number in range(MAX_TRIES):

        def again(number: int = number) -> None:
            if number + 1 == MAX_TRIES:
                raise Busy("the run is being written from too many places at once; come again")
            time.sleep(0.01 * number)

        yield again


def is_announced(run: RunRecord) -> bool:
    """Tell whether a run was made ahead of its script, which hasn't been heard yet."""
    return run.state == "pending" and run.row_count == 0 and run.parent_step is None


def _inherited(inherited: Inheritance) -> dict[str, Any]:
    """Count what is taken over; of a parent that hasn't come to the step, say how far it had come."""
    parent, cut = inherited.parent, inherited.cut
    counted = {"inherited_rows": cut.rows if cut else 0}
    return counted | ({"inherited_to": parent.last_step} if parent.last_step < inherited.step else {})


def _is_up_to(path: str, step: int) -> bool:
    said = _MEDIA_STEP.search(path)
    return said is None or int(said[1]) <= step


def _known(totals: KeyTotals) -> dict[str, Any]:
    return {
        "kind_bits": totals.bits,
        "point_count": totals.points,
        "non_finite": totals.bad,
        "least": totals.low if totals.finite else None,
        "most": totals.high if totals.finite else None,
    }
