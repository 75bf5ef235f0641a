"""Clean-up: first a plan, which changes nothing and lists what would go; then exactly that list, looked at once more.

What has a name, a reader or a link stays, whatever its age: a version with an alias (``latest`` too), one that a run
reads, that a portfolio links to, that another version adds or refers to, and a logged table whose run is there. What
got one of these between the plan and its execution is spared, and the answer says so.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from runwell.server.stores.sql.clean_up import Chosen, CleanUpRows, place_of
from runwell.server.stores.sql.storage import StorageRows
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.records import ENDED_STATES

from .access import Actor
from .artifact_edits import ArtifactEdits
from .blob_sweep import BlobSweep
from .projects import Projects
from .storage import Storage

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

VERSION, RUN, FILES = "version", "run", "files"
_BINNED = "binned"  # a version whose project was deleted: restored with it, it stays
MAX_ITEMS = 5_000  # of one plan: what a page lists and a request names
MAX_NAMINGS = 300_000  # files of all of them: counted within seconds
FAILED_STATES = frozenset({"failed", "crashed", "killed"})
_DAY_S = 24 * 3600.0
_COUNTED_AT_ONCE = 20_000  # blobs of one look, so that none takes long


@dataclass(frozen=True, slots=True)
class CleanUpRules:
    """What to look for; a rule that is None isn't one. Ages in days.

    Attributes:
        versions: artifact versions that nothing holds, committed longer ago than this …
        keep_newest: … but so many of every collection, held or not.
        deleted: runs that were deleted longer ago than this, with all they have, and versions of deleted projects.
        failed: files of runs that failed, crashed or were killed longer ago than this.
        short: files of runs that ended longer ago than this …
        shorter_than_s: … and took less than so many seconds.
    """

    versions: float | None = None
    keep_newest: int = 1
    deleted: float | None = None
    failed: float | None = None
    short: float | None = None
    shorter_than_s: float = 60.0

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is looked for."""
        return self.versions is None and self.deleted is None and self.failed is None and self.short is None


@dataclass(frozen=True, slots=True)
class Spared:
    """Why something of a plan stays.

    Attributes:
        because: ``gone`` | ``named`` | ``used`` | ``linked`` | ``needed`` (by another version or a chart) |
            ``restored`` | ``deleted`` | ``running``.
        holder: the aliases that name it, the run that uses it, the collection that links to it.
    """

    because: str
    holder: str | None = None


@dataclass(slots=True)
class _Item:
    what: str
    found: Chosen
    because: str
    names: list[tuple[str, int]] = field(default_factory=list)  # its blobs, once for each time it names one
    segment_bytes: int = 0

    @property
    def id(self) -> str:
        return f"{_BINNED if self.because == 'deleted_project' else self.what}:{self.found.id}"

    def as_object(self, referenced: int, freed: int) -> dict[str, Any]:
        found = self.found
        return {
            "id": self.id,
            "what": self.what,
            "entity": found.entity,
            "project": found.project,
            "name": found.name if found.number is None else f"{found.name}:v{found.number}",
            "run": None if self.what == VERSION else found.type,
            "type": found.type if self.what == VERSION else None,
            "because": self.because,
            "since": found.since,
            "file_count": found.file_count,
            "referenced_bytes": referenced,
            "freed_bytes": freed,
        }


class CleanUp:
    """Plans and does clean-ups.

    Args:
        catalog: what there is.
        projects: finds them.
        edits: deletes versions.
        sweep: frees what is let go.
        storage: counts again afterwards.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        catalog: Catalog,
        projects: Projects,
        edits: ArtifactEdits,
        sweep: BlobSweep,
        storage: Storage,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._catalog = catalog
        self._projects = projects
        self._edits = edits
        self._sweep = sweep
        self._storage = storage
        self._clock = clock
        self._rows = CleanUpRows()
        self._counts = StorageRows()

    def plan(self, actor: Actor, rules: CleanUpRules, place: tuple[str, str] | None = None) -> dict[str, Any]:
        """Give the ``CleanUpPlan`` object of docs/api.md: what the rules find now. Nothing changes.

        Args:
            place: entity and project; None: everywhere that the actor may write.

        Raises:
            InvalidValue: no rule is given, or one can't be.
            NotFound, Forbidden: the project isn't the actor's to write.
        """
        if rules.is_empty:
            raise InvalidValue(
                "say what to look for: old versions, deleted runs, files of failed runs or of short runs"
            )
        project_id = None
        if place is not None:
            ref = self._projects.find(actor, *place)
            actor.demand_write(ref.entity_id, f"project {shorten(ref.name)}")
            project_id = ref.id
        whose = None if actor.is_admin else actor.entity_ids - actor.viewer_ids

        def look(c: Connection) -> tuple[list[_Item], bool]:
            where = place_of(whose, project_id)
            items: dict[str, _Item] = {}
            names = 0
            referred: frozenset[str] | None = None
            for item in self._found(c, rules, where):
                if item.id in items:
                    continue
                if item.what == VERSION and rules.versions is not None:
                    referred = self._rows.referred(c) if referred is None else referred
                    if self._is_referred(c, item.found.id, referred):
                        continue
                if len(items) >= MAX_ITEMS or names + item.found.file_count > MAX_NAMINGS:
                    return list(items.values()), True
                names += item.found.file_count
                items[item.id] = item
                self._weigh(c, item)
            return list(items.values()), False

        items, is_cut = self._catalog.read(look)
        mine, all_names = Counter[str](), self._all_names(chain.from_iterable(item.names for item in items))
        sizes: dict[str, int] = {}
        listed: list[dict[str, Any]] = []
        for item in items:
            own = Counter(digest for digest, _ in item.names)
            mine.update(own)
            sizes.update(item.names)
            freed = sum(sizes[digest] for digest, n in own.items() if all_names.get(digest, 0) <= n)
            referenced = sum(size for _, size in item.names)
            listed.append(item.as_object(referenced + item.segment_bytes, freed + item.segment_bytes))
        together = sum(sizes[digest] for digest, n in mine.items() if all_names.get(digest, 0) <= n)
        return {
            "items": listed,
            "truncated": is_cut,
            "referenced_bytes": sum(one["referenced_bytes"] for one in listed),
            "freed_bytes": together + sum(item.segment_bytes for item in items),
        }

    def clean(self, actor: Actor, ids: Sequence[str]) -> dict[str, Any]:
        """Do what a plan listed, item by item, each looked at once more; repeated, it does nothing more.

        Args:
            ids: of the plan's items.

        Returns:
            ``{"removed": [ids], "spared": [{"id", "because", "holder"}], "freed_bytes"}``: what nothing names any
            more; the sweep removes it from the disk within minutes. Of what is spared, why (``Spared``) and what
            holds it, if that has a name.

        Raises:
            InvalidValue: too many, or one that is no item's id.
        """
        if len(ids) > MAX_ITEMS:
            raise InvalidValue(f"{len(ids):,} items at once; at most {MAX_ITEMS:,}")
        wanted = [_read_id(text) for text in dict.fromkeys(ids)]
        removed: list[str] = []
        spared: list[dict[str, str | None]] = []
        sizes: dict[str, int] = {}
        segment_bytes = 0
        referred: frozenset[str] | None = None
        for what, number in wanted:
            if what in (VERSION, _BINNED) and referred is None:
                referred = self._catalog.read(self._rows.referred)

            def work(
                c: Connection, what: str = what, number: int = number, referred: frozenset[str] | None = referred
            ) -> _Item | Spared:
                if what == VERSION:
                    return self._remove_version(c, actor, number, referred or frozenset())
                if what == _BINNED:
                    return self._remove_binned(c, actor, number)
                return self._remove_of_run(c, actor, what, number)

            done = self._catalog.write(work)
            if isinstance(done, Spared):
                spared.append({"id": f"{what}:{number}", "because": done.because, "holder": done.holder})
                continue
            removed.append(f"{what}:{number}")
            sizes.update(done.names)
            segment_bytes += done.segment_bytes
        left = self._all_names(sizes.items())
        self._sweep.soon()
        self._storage.forget()
        freed = sum(size for digest, size in sizes.items() if digest not in left) + segment_bytes
        return {"removed": removed, "spared": spared, "freed_bytes": freed}

    def _found(self, c: Connection, rules: CleanUpRules, where: Any) -> Iterator[_Item]:
        now = self._clock()
        if rules.deleted is not None:
            before = now - rules.deleted * _DAY_S
            yield from (_Item(RUN, one, "deleted_run") for one in self._rows.deleted_runs(c, where, before))
            found = self._rows.versions_of_deleted(c, where, before)
            yield from (_Item(VERSION, one, "deleted_project") for one in found)
        if rules.versions is not None:
            before = now - rules.versions * _DAY_S
            found = self._rows.old_versions(c, where, before, rules.keep_newest)
            yield from (_Item(VERSION, one, "old_version") for one in found)
        if rules.failed is not None:
            found = self._rows.ended_runs(c, where, now - rules.failed * _DAY_S, FAILED_STATES)
            yield from (_Item(FILES, one, "failed_run") for one in found)
        if rules.short is not None:
            before = now - rules.short * _DAY_S
            found = self._rows.ended_runs(c, where, before, ENDED_STATES, rules.shorter_than_s)
            yield from (_Item(FILES, one, "short_run") for one in found)

    def _weigh(self, c: Connection, item: _Item) -> None:
        if item.what == VERSION:
            item.names = self._rows.bytes_of_version(c, item.found.id)
            return
        item.names = self._rows.bytes_of_run(c, item.found.id)
        if item.what == RUN:
            there = self._rows.run(c, item.found.id)
            if there is not None and not there[3]:  # a fork's segments are links to its parent's
                item.segment_bytes = self._rows.segment_bytes(c, item.found.id)

    def _all_names(self, names: Iterable[tuple[str, int]]) -> dict[str, int]:
        digests = sorted({digest for digest, _ in names})
        found: dict[str, int] = {}
        for start in range(0, len(digests), _COUNTED_AT_ONCE):
            some = digests[start : start + _COUNTED_AT_ONCE]
            found |= self._catalog.read(lambda c, some=some: self._counts.names_of(c, some))
        return found

    def _is_referred(self, c: Connection, artifact_id: int, referred: frozenset[str]) -> bool:
        if not referred:
            return False
        names = [f"Artifact:{artifact_id}".encode().hex(), *self._rows.client_names(c, artifact_id)]
        return not referred.isdisjoint(names)

    def _remove_version(
        self, c: Connection, actor: Actor, artifact_id: int, referred: frozenset[str]
    ) -> _Item | Spared:
        there = self._rows.version(c, artifact_id)
        if there is None or not actor.may_write(there[0].entity_id):
            return Spared("gone")
        found, is_held, of_deleted = there
        if not of_deleted:
            if is_held:
                return _why_held(self._rows.holders(c, artifact_id))
            if self._is_referred(c, artifact_id, referred):
                return Spared("needed")
        return self._remove_found(c, actor, found)

    def _remove_binned(self, c: Connection, actor: Actor, artifact_id: int) -> _Item | Spared:
        there = self._rows.version(c, artifact_id)
        if there is None or not actor.may_write(there[0].entity_id):
            return Spared("gone")
        found, _, of_deleted = there
        return self._remove_found(c, actor, found) if of_deleted else Spared("restored")

    def _remove_found(self, c: Connection, actor: Actor, found: Chosen) -> _Item:
        item = _Item(VERSION, found, "")
        self._weigh(c, item)
        version = self._catalog.artifacts.find(c, found.id)
        assert version is not None
        self._edits.deleted(c, version, actor.user_id or None)
        return item

    def _remove_of_run(self, c: Connection, actor: Actor, what: str, run_id: int) -> _Item | Spared:
        there = self._rows.run(c, run_id)
        if there is None or not actor.may_write(there[0].entity_id):
            return Spared("gone")
        found, state, is_deleted, _ = there
        if what == RUN and not is_deleted:
            return Spared("restored")
        if what == FILES and (is_deleted or state not in ENDED_STATES):
            return Spared("deleted" if is_deleted else "running")
        item = _Item(what, found, "")
        self._weigh(c, item)
        if what == RUN:
            self._rows.purge(c, run_id, self._clock())
        else:
            self._rows.drop_files(c, run_id)
        return item


def _read_id(text: str) -> tuple[str, int]:
    what, _, number = text.partition(":")
    if what not in (VERSION, _BINNED, RUN, FILES) or not number.isascii() or not number.isdigit() or len(number) > 18:
        raise InvalidValue(f"{shorten(text)} is no item of a plan")
    return what, int(number)


def _why_held(holders: dict[str, list[str]]) -> Spared:
    if holders["aliases"]:
        return Spared("named", ", ".join(holders["aliases"]))
    if holders["runs"]:
        return Spared("used", holders["runs"][0])
    if holders["links"]:
        return Spared("linked", holders["links"][0])
    return Spared("needed")
