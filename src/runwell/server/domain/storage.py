"""Where the bytes are: by project, and in it by kind, collection and run.

Two figures for everything: ``referenced_bytes``, what it would weigh alone, and ``freed_bytes``, what its end would
free. The same bytes are stored once, so the first may be the larger. Who sees some entities only is told of what
these share among themselves, and nothing of others.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runwell.server.stores.records import ProjectRef
from runwell.server.stores.sql.storage import ARTIFACTS, KINDS, METRICS, StorageRows
from runwell.wire.limits import DISK_RESERVE_BYTES, DISK_RESERVE_FRACTION

from .access import Actor, NotFound
from .blob_sweep import BlobSweep
from .projects import Projects

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

KEPT_S = 1.0  # a count is given again for so long …
KEPT_TIMES = 20  # … or for so many times as long as it took
FORGOTTEN_S = 600.0  # a count that nobody asked for again
LARGEST_RUNS = 100  # of a project, that its page lists


@dataclass(slots=True)
class Bytes:
    """One line of the count."""

    count: int = 0
    referenced_bytes: int = 0
    freed_bytes: int = 0

    def as_object(self) -> dict[str, int]:
        """Give it as docs/api.md has it."""
        return {
            "count": self.count,
            "referenced_bytes": self.referenced_bytes,
            "freed_bytes": self.freed_bytes,
        }


@dataclass(slots=True)
class _ProjectCount:
    about: Any
    bin_bytes: int = 0
    freed_bytes: int = 0
    kinds: dict[str, Bytes] = field(default_factory=lambda: {kind: Bytes() for kind in KINDS})
    collections: dict[int, Bytes] = field(default_factory=dict)

    def as_object(self) -> dict[str, Any]:
        referenced = sum(one.referenced_bytes for one in self.kinds.values())
        is_deleted = self.about.deleted_at is not None
        return {
            "entity": self.about.entity,
            "project": self.about.name,
            "deleted": is_deleted,
            "runs": int(self.about.runs),
            "deleted_runs": int(self.about.deleted_runs),
            "referenced_bytes": referenced,
            "freed_bytes": self.freed_bytes,
            "bin_bytes": referenced if is_deleted else self.bin_bytes,
            "kinds": {kind: one.as_object() for kind, one in self.kinds.items()},
        }


@dataclass(slots=True)
class _Count:
    at: float
    took_s: float
    stored: dict[str, int]
    projects: dict[int, _ProjectCount]


class Storage:
    """Counts what the server keeps.

    Args:
        catalog: who names which bytes.
        projects: finds them.
        sweep: knows what lies on the disk that nothing names.
        directory: the data directory, on the disk that is meant.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        catalog: Catalog,
        projects: Projects,
        sweep: BlobSweep,
        directory: Path,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._catalog = catalog
        self._projects = projects
        self._sweep = sweep
        self._directory = directory
        self._clock = clock
        self._rows = StorageRows()
        self._counts: dict[frozenset[int] | None, _Count] = {}
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Count again when next asked: something was removed."""
        self._counts.clear()

    def overview(self, actor: Actor) -> dict[str, Any]:
        """Give the ``Storage`` object of docs/api.md: totals, and every project of the actor's."""
        count = self._count(actor)
        usage = shutil.disk_usage(self._directory)
        reserve = max(int(usage.total * DISK_RESERVE_FRACTION), DISK_RESERVE_BYTES)
        answer: dict[str, Any] = {
            "counted_at": count.at,
            "disk": {"total_bytes": usage.total, "free_bytes": usage.free, "reserve_bytes": reserve},
            "stored": dict(count.stored),
            "waiting": None,
            "catalog": None,
            "projects": [one.as_object() for one in count.projects.values() if _is_something(one)],
        }
        if actor.is_admin:  # of all entities together
            seen = self._sweep.count()
            size, empty = self._catalog.read(self._rows.catalog_bytes)
            answer["waiting"] = {"bytes": seen.waiting_bytes, "count": seen.waiting_count, "seen_at": seen.at}
            answer["catalog"] = {"bytes": size, "empty_bytes": empty}
        return answer

    def of_project(self, actor: Actor, entity: str, project: str) -> dict[str, Any]:
        """Give the ``ProjectStorage`` object of docs/api.md: a project by kind, collection and run.

        Raises:
            NotFound: there is none, or it isn't the actor's.
        """
        ref = self._projects.find(actor, entity, project)
        found = self._count(actor).projects.get(ref.id)
        if found is None:  # made since
            self.forget()
            found = self._count(actor).projects.get(ref.id)
        if found is None:
            raise NotFound(f"there is no project {project} of {entity}")
        return {**found.as_object(), **self._catalog.read(lambda c: self._details(c, ref, found))}

    def _details(self, c: Connection, ref: ProjectRef, found: _ProjectCount) -> dict[str, Any]:
        about = self._rows.collections(c, list(found.collections))
        counts = self._catalog.artifacts.counts(c, list(about))
        collections = [
            {
                "name": about[id_].name,
                "type": about[id_].type,
                "kind": about[id_].kind,
                "versions": counts.get(id_, (0,))[0],
                **one.as_object(),
            }
            for id_, one in found.collections.items()
            if id_ in about
        ]
        sizes = self._rows.runs(c, ref.id)
        largest = sorted(sizes, key=lambda run_id: sum(sizes[run_id].values()), reverse=True)[:LARGEST_RUNS]
        runs = [
            {
                "id": run.name,
                "name": run.display_name,
                "state": run.state,
                "deleted": run.deleted_at is not None,
                "created_at": run.created_at,
                "bytes": sum(sizes[run.id].values()),
                "kinds": sizes[run.id],
            }
            for run in self._catalog.runs.find_many(c, largest)
        ]
        collections.sort(key=lambda one: -one["referenced_bytes"])
        return {"collections": collections, "largest_runs": runs, "run_count": len(sizes)}

    def _count(self, actor: Actor) -> _Count:
        whose = None if actor.is_admin else actor.entity_ids
        with self._lock:  # one count at a time: whoever waits for it takes the same
            known = self._counts.get(whose)
            now = self._clock()
            if known is None or now - known.at > max(KEPT_S, KEPT_TIMES * known.took_s):
                known = self._counted(whose)
                self._counts = {key: one for key, one in self._counts.items() if now - one.at < FORGOTTEN_S}
                self._counts[whose] = known
            return known

    def _counted(self, whose: frozenset[int] | None) -> _Count:
        began = time.monotonic()
        read, rows = self._catalog.read, self._rows
        # Each in a snapshot of its own, so that none comes near the time a statement may take.
        alone = read(lambda c: rows.alone(c, whose))
        namings = read(lambda c: rows.namings(c, whose))
        in_catalog = read(lambda c: [*rows.tails(c, whose), *rows.consoles(c, whose)])
        projects = {row.id: _ProjectCount(row) for row in read(lambda c: rows.projects(c, whose))}
        for one in [*namings, *in_catalog]:
            if one.project_id not in projects:  # made between two looks
                continue
            mine = projects[one.project_id]
            lines = [mine.kinds[one.kind]]
            if one.place_id:
                lines.append(mine.collections.setdefault(one.place_id, Bytes()))
            for line in lines:
                line.count += one.count
                line.referenced_bytes += one.size_bytes
            mine.bin_bytes += one.size_bytes if one.in_bin else 0
        for one in in_catalog:
            if one.project_id in projects:
                projects[one.project_id].freed_bytes += one.size_bytes
                projects[one.project_id].kinds[one.kind].freed_bytes += one.size_bytes
        stored = {"blob_bytes": 0, "blob_count": 0, "segment_bytes": 0}
        for one in alone:
            is_segment = one.kind == METRICS  # a fork is of its parent's project: nobody else names them
            stored["segment_bytes" if is_segment else "blob_bytes"] += one.size_bytes
            stored["blob_count"] += 0 if is_segment else one.count
            mine = projects.get(one.project_id) if one.project_id is not None else None
            if mine is None:
                continue
            mine.freed_bytes += one.size_bytes
            if one.kind is not None:
                mine.kinds[one.kind].freed_bytes += one.size_bytes
            if one.place_id and one.kind == ARTIFACTS:
                mine.collections.setdefault(one.place_id, Bytes()).freed_bytes += one.size_bytes
        return _Count(self._clock(), time.monotonic() - began, stored, projects)


def _is_something(one: _ProjectCount) -> bool:
    return one.about.deleted_at is None or any(line.count for line in one.kinds.values())
