"""The artifacts and files of one server as a machine that Hypothesis drives, beside a model of what must be there.

The domain runs in this process over a real SQLite file and a real directory of blobs. A crash is an exception at a
failpoint, after which everything in memory is thrown away and the directory opened anew. Sweeps are told to take
blobs of any age, which the server never does: what must be safe is then safe by names alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)
from sqlalchemy import select

from runwell.server import failpoints
from runwell.server.domain.access import Actor, Busy, Conflict, NotFound
from runwell.server.domain.accounts import Accounts
from runwell.server.domain.artifact_collections import Collections
from runwell.server.domain.artifact_commits import ArtifactCommits
from runwell.server.domain.artifact_edits import ArtifactEdits
from runwell.server.domain.artifact_uploads import ArtifactUploads
from runwell.server.domain.artifacts import Artifacts
from runwell.server.domain.blob_sweep import BlobSweep
from runwell.server.domain.clean_up import CleanUp, CleanUpRules
from runwell.server.domain.files import RunFiles
from runwell.server.domain.new_version import NewVersion
from runwell.server.domain.projects import Projects
from runwell.server.domain.runs import Runs
from runwell.server.domain.storage import Storage
from runwell.server.stores.blobs import DirectoryBlobs
from runwell.server.stores.records import RunChanges
from runwell.server.stores.sql.artifact_tables import artifact_file, artifact_manifest, artifact_upload
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.engine import CatalogEngine
from runwell.server.stores.sql.schema import migrate
from runwell.server.stores.sql.tables import run_file
from runwell.wire.errors import InvalidValue

CONTENTS = [b"", b"a", b"b" * 10, b"c" * 300, b"d" * 5_000]  # few, so that they are shared
NAMES = ("data", "model", "other")
PATHS = ("x", "y", "sub/z")
RUNS = ("r1", "r2", "r3")
ANY_AGE_S = -1e12  # of what a sweep may take

contents = st.integers(0, len(CONTENTS) - 1)
names = st.sampled_from(NAMES)
folders = st.dictionaries(st.sampled_from(PATHS), contents, min_size=1, max_size=3)
runs = st.sampled_from(RUNS)


class Crash(Exception):
    """The server died here."""


def md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def md5_hex(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


def manifest_of(files: dict[str, int]) -> bytes:
    entries = {path: {"digest": md5(CONTENTS[n]), "size": len(CONTENTS[n])} for path, n in sorted(files.items())}
    return json.dumps({"version": 1, "contents": entries}).encode()


@dataclass
class Draft:
    """A version on its way, as its writer knows it."""

    id: int
    name: str
    files: dict[str, int]
    base: int | None = None


@dataclass
class Model:
    """What must be there."""

    versions: dict[int, dict[str, int]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    run_files: dict[tuple[str, str], int] = field(default_factory=dict)
    deleted_runs: set[str] = field(default_factory=set)
    purged_runs: set[str] = field(default_factory=set)


class House:
    """A server's domain over a directory."""

    def __init__(self, root: Path, clock: Callable[[], float]) -> None:
        self.engine = CatalogEngine(f"sqlite:///{root}/catalog.db", durable=False)
        self.catalog = Catalog(self.engine)
        self.accounts = Accounts(self.catalog, clock)
        self.projects = Projects(self.catalog, clock)
        self.runs = Runs(self.catalog, self.projects, clock)
        self.blobs = DirectoryBlobs(root / "blobs", free_bytes=lambda: (10**13, 10**13))
        self.files = RunFiles(self.catalog, self.blobs, self.runs, clock)
        self.artifacts = Artifacts(self.catalog, self.blobs, self.projects, clock)
        self.uploads = ArtifactUploads(self.catalog, self.blobs, self.projects, self.artifacts, clock)
        self.commits = ArtifactCommits(self.catalog, self.blobs, self.artifacts, clock)
        self.edits = ArtifactEdits(self.catalog, self.projects, self.artifacts, clock)
        self.collections = Collections(self.catalog, self.projects, self.artifacts, self.edits, clock)
        self.sweep = BlobSweep(self.catalog, self.blobs, clock)
        storage = Storage(self.catalog, self.projects, self.sweep, root, clock)
        self.clean_up = CleanUp(self.catalog, self.projects, self.edits, self.sweep, storage, clock)

    def close(self) -> None:
        self.catalog.close()
        self.blobs.close()


class StoredBytes(RuleBasedStateMachine):
    """Writers, editors, sweeps and crashes in any order."""

    template: ClassVar[Path | None] = None

    drafts: Bundle[Draft] = Bundle("drafts")
    versions: Bundle[int] = Bundle("versions")

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="runwell-bytes-"))
        self.now = time.time()
        self.model = Model()
        self.at: dict[str, Callable[[], None]] = {}
        self.real = failpoints.hit, os.fsync
        failpoints.hit, os.fsync = self._hit, lambda file: None  # no power is lost here, and it costs all the time
        if StoredBytes.template is None:
            StoredBytes.template = Path(tempfile.mkdtemp(prefix="runwell-template-"))
            engine = CatalogEngine(f"sqlite:///{StoredBytes.template}/catalog.db", durable=False)
            migrate(engine)
            catalog = Catalog(engine)
            StoredBytes.key = Accounts(catalog).first_start()
            catalog.close()
        shutil.copytree(StoredBytes.template, self.root, dirs_exist_ok=True)
        self._open()

    key: ClassVar[str | None] = None

    def _open(self) -> None:
        self.house = House(self.root, lambda: self.now)
        found = self.house.accounts.actor_for_key(StoredBytes.key or "")
        assert found is not None
        self.owner: Actor = found

    def _hit(self, place: str) -> None:
        happens = self.at.pop(place, None)
        if happens is not None:
            happens()

    @contextmanager
    def crashing(self, place: str | None) -> Iterator[list[bool]]:
        """Do something and die at a place; the list is empty if it was never come to."""
        died: list[bool] = []

        def die() -> None:
            raise Crash(place)

        if place is not None:
            self.at[place] = die
        try:
            yield died
        except Crash:
            died.append(True)
            self.house.close()
            self._open()
        finally:
            self.at.clear()

    def careless_sweep(self) -> None:
        self.house.sweep.sweep(unused_s=ANY_AGE_S)

    # writers

    @initialize()
    def make_runs(self) -> None:
        for name in RUNS:
            self.house.runs.upsert(self.owner, None, "p", name, RunChanges())

    @rule(target=drafts, name=names, files=folders)
    def begin(self, name: str, files: dict[str, int]) -> Draft:
        new = NewVersion(None, "p", None, "dataset", name, md5_hex(manifest_of(files)), deduplicates=False)
        return Draft(self.house.uploads.begin(self.owner, new).id, name, files)

    @rule(target=drafts, base=versions, name=names, files=folders)
    def begin_on_a_base(self, base: int, name: str, files: dict[str, int]) -> Draft | Any:
        if base not in self.model.versions:
            return multiple()
        draft = self.begin(name, files)
        draft.base = base
        return draft

    @rule(draft=drafts, place=st.sampled_from([None, "crash", "sweep"]))
    def send_files(self, draft: Draft, place: str | None) -> None:
        wanted = [(draft.id, path, md5(CONTENTS[n])) for path, n in draft.files.items()]
        try:
            known = self.house.uploads.announce_files(self.owner, wanted)
        except (NotFound, Conflict):
            return
        missing = [CONTENTS[n] for one, n in zip(known, draft.files.values(), strict=True) if not one.blob_digest]
        for data in missing:
            self.put(draft, data, place)
            if place == "crash":
                return
            place = None

    def put(self, draft: Draft, data: bytes, place: str | None) -> None:
        if place == "sweep":
            self.at["artifact.kept"] = self.careless_sweep
        with self.crashing("artifact.kept" if place == "crash" else None):
            try:
                self.house.uploads.put_file(self.owner, draft.id, md5_hex(data), [data], len(data))
            except Busy:
                assert place == "sweep", "only a sweep in between takes what was just put"
                self.house.uploads.put_file(self.owner, draft.id, md5_hex(data), [data], len(data))

    @rule(draft=drafts, n=contents, torn=st.booleans())
    def send_what_is_not_it(self, draft: Draft, n: int, torn: bool) -> None:
        """Send bytes that break off, or that are others."""
        data = CONTENTS[n]

        def chunks() -> Iterator[bytes]:
            yield data[: len(data) // 2]
            if torn:
                raise ConnectionError("the client died")
            yield b"something else"

        known = {CONTENTS[one] for one in draft.files.values()}
        try:
            self.house.uploads.put_file(self.owner, draft.id, md5_hex(data), chunks(), None)
        except (ConnectionError, InvalidValue, NotFound, Conflict):
            return
        raise AssertionError(f"taken: {data!r:.20} of {len(known)}")

    @rule(draft=drafts)
    def send_manifest(self, draft: Draft) -> None:
        data = manifest_of(draft.files)
        kind = "FULL" if draft.base is None else "INCREMENTAL"
        try:
            made = self.house.uploads.announce_manifest(
                self.owner, draft.id, "wandb_manifest.json", kind, md5(data), draft.base
            )
            self.house.uploads.put_manifest(self.owner, made.id, md5_hex(data), [data], len(data))
        except (NotFound, Conflict):
            return

    @rule(
        target=versions,
        draft=drafts,
        place=st.sampled_from([None, None, "artifact.written", "artifact.committed"]),
    )
    def commit(self, draft: Draft, place: str | None) -> int | Any:
        was_there = draft.id in self.model.versions
        base = self.model.versions.get(draft.base, {}) if draft.base is not None else {}
        done = False
        with self.crashing(place) as died:
            try:
                self.house.commits.commit(self.owner, draft.id)
                done = True
            except (NotFound, Conflict):
                assert not was_there
        if died and place == "artifact.committed":
            done = True
        if not done or was_there:
            return multiple()
        assert draft.base is None or draft.base in self.model.versions, "what it adds to is gone"
        self.model.versions[draft.id] = {**base, **draft.files}
        self.model.names[draft.id] = draft.name
        return draft.id

    @rule(target=versions, name=names, files=folders, place=st.sampled_from([None, "crash", "sweep"]))
    def log(self, name: str, files: dict[str, int], place: str | None) -> int | Any:
        draft = self.begin(name, files)
        self.send_files(draft, place)
        self.send_files(draft, None)  # a client sends again what wasn't acknowledged
        self.send_manifest(draft)
        found = self.commit(draft, None)
        assert draft.id in self.model.versions
        return found

    # editors

    @rule(version=versions, alias=st.sampled_from(["best", "prod"]))
    def name_it(self, version: int, alias: str) -> None:
        if version in self.model.versions:
            collection = self.house.artifacts.find(self.owner, version).collection
            self.house.edits.set_aliases(self.owner, version, collection, [alias, "latest"])

    @rule(version=versions)
    def link(self, version: int) -> None:
        if version in self.model.versions:
            self.house.edits.link(self.owner, version, None, "p", "shelf", [])

    @rule(version=consumes(versions))
    def delete(self, version: int) -> None:
        if version not in self.model.versions:
            return
        self.house.edits.delete(self.owner, version, with_aliases=True)
        del self.model.versions[version]

    @rule(name=names)
    def delete_collection(self, name: str) -> None:
        try:
            found = self.house.artifacts.collection(self.owner, "local", "p", name)
        except NotFound:
            return
        self.house.collections.delete(self.owner, found.id)
        for version in [one for one, other in self.model.names.items() if other == name]:
            self.model.versions.pop(version, None)

    @rule(keep=st.integers(0, 2))
    def clean_up(self, keep: int) -> None:
        self.now += 10.0
        rules = CleanUpRules(versions=0, keep_newest=keep, deleted=0)
        plan = self.house.clean_up.plan(self.owner, rules)
        listed = {one["id"] for one in plan["items"]}
        before = self.on_disk()
        done = self.house.clean_up.clean(self.owner, [one["id"] for one in plan["items"]])
        assert set(done["removed"]) == listed and not done["spared"]
        assert done["freed_bytes"] == plan["freed_bytes"]
        for one in plan["items"]:
            what, _, number = one["id"].partition(":")
            if what == "version":
                del self.model.versions[int(number)]
            else:
                self.model.purged_runs.add(one["run"])
                self.model.run_files = {k: n for k, n in self.model.run_files.items() if k[0] != one["run"]}
        assert self.on_disk() == before, "it lets go; the sweep frees"

    # run files

    @rule(run=runs, path=st.sampled_from(PATHS), n=contents)
    def put_run_file(self, run: str, path: str, n: int) -> None:
        if run not in self.model.deleted_runs:
            found = self.house.runs.find(self.owner, "local", "p", run)
            self.house.files.put(self.owner, found, path, [CONTENTS[n]])
            self.model.run_files[(run, path)] = n

    @rule(run=runs, path=st.sampled_from(PATHS))
    def delete_run_file(self, run: str, path: str) -> None:
        if run not in self.model.deleted_runs and self.model.run_files.pop((run, path), None) is not None:
            self.house.files.delete(self.owner, self.house.runs.find(self.owner, "local", "p", run), path)

    @rule(run=runs)
    def delete_run(self, run: str) -> None:
        self.house.runs.delete_many(self.owner, "local", "p", [run])
        self.model.deleted_runs.add(run)

    @rule(run=runs)
    def restore_run(self, run: str) -> None:
        restored = self.house.runs.restore_many(self.owner, "local", "p", [run])
        if run in self.model.deleted_runs:
            assert restored == (run not in self.model.purged_runs)
        if run not in self.model.purged_runs:
            self.model.deleted_runs.discard(run)

    # the server's own work

    @rule(place=st.sampled_from([None, None, "sweep.found", "sweep.removed"]))
    def sweep(self, place: str | None) -> None:
        with self.crashing(place):
            self.careless_sweep()

    @rule(name=names, files=folders)
    def sweep_while_somebody_logs(self, name: str, files: dict[str, int]) -> None:
        """Let a whole version come between the sweep's look and its removal."""
        made: list[Any] = []
        self.at["sweep.found"] = lambda: made.append(self.log(name, files, None))
        self.careless_sweep()
        self.at.clear()

    @rule()
    @precondition(lambda self: self.model.versions)
    def sweep_as_the_server_does(self) -> None:
        before = self.on_disk()
        self.house.sweep.sweep()
        assert self.on_disk() == before, "everything here was put a moment ago"

    @rule()
    def give_up_drafts(self) -> None:
        self.now += 10.0
        self.house.sweep.sweep(unused_s=ANY_AGE_S, pending_s=0.0)

    @rule()
    def restart(self) -> None:
        self.house.close()
        self._open()

    # what must hold

    def on_disk(self) -> dict[str, int]:
        return {one.digest: one.size_bytes for batch in self.house.blobs.everything() for one in batch}

    def named(self) -> set[str]:
        tables = (artifact_file, artifact_manifest, artifact_upload)
        columns = [table.c.blob_digest for table in tables] + [run_file.c.digest]

        def work(c: Any) -> set[str]:
            return {digest for column in columns for digest in c.execute(select(column)).scalars() if digest}

        return self.house.catalog.read(work)

    @invariant()
    def what_is_named_is_there(self) -> None:
        there = self.on_disk()
        assert self.named() <= set(there)

    @invariant()
    def versions_are_whole_and_no_others(self) -> None:
        seen: dict[int, dict[str, int]] = {}
        for name in NAMES:
            try:
                collection = self.house.artifacts.collection(self.owner, "local", "p", name)
            except NotFound:
                continue
            for member in self.house.collections.versions(self.owner, collection).items:
                page = self.house.artifacts.files(self.owner, member.artifact)
                seen[member.artifact.id] = {one.path: self._content(one) for one in page.items}
        assert seen == self.model.versions

    def _content(self, file: Any) -> int:
        size, opened = self.house.artifacts.open(self.owner, file.artifact_id, file.blob_digest)
        with opened:
            data = opened.read()
        assert size == len(data)
        return CONTENTS.index(data)

    @invariant()
    def run_files_are_whole(self) -> None:
        for (run, path), n in self.model.run_files.items():
            if run in self.model.deleted_runs:
                continue
            found = self.house.runs.find(self.owner, "local", "p", run)
            with self.house.files.open(self.owner, found, path)[1] as opened:
                assert opened.read() == CONTENTS[n]

    def teardown(self) -> None:
        try:
            self.now += 10.0
            self.house.sweep.sweep(unused_s=ANY_AGE_S, pending_s=0.0)
            assert set(self.on_disk()) == self.named(), "everything that nothing names is freed in the end"
            self.house.blobs.sweep_torn(now=time.time() + 10**6)
            assert not list((self.root / "blobs" / "incoming").iterdir())
            for run in self.model.deleted_runs - self.model.purged_runs:
                self.house.runs.restore_many(self.owner, "local", "p", [run])
            self.model.deleted_runs = set(self.model.purged_runs)
            self.versions_are_whole_and_no_others()
            self.run_files_are_whole()
        finally:
            self.house.close()
            failpoints.hit, os.fsync = self.real
            shutil.rmtree(self.root)
