"""Artifacts: whose they are, what a commit demands, what names, links and deletion do."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from runwell.server.domain.access import Actor, Conflict, Forbidden, InvalidValue, NotFound
from runwell.server.domain.artifact_collections import Collections
from runwell.server.domain.artifact_commits import ArtifactCommits
from runwell.server.domain.artifact_edits import AliasPlace, ArtifactEdits, VersionChanges
from runwell.server.domain.artifact_lineage import Lineage
from runwell.server.domain.artifact_uploads import ArtifactUploads
from runwell.server.domain.artifacts import Artifacts
from runwell.server.domain.new_version import NewVersion
from runwell.server.domain.runs import RunChanges
from runwell.server.stores.artifact_records import ArtifactRecord


def md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def manifest(files: Mapping[str, bytes], **entries: Any) -> bytes:
    contents: dict[str, Any] = {name: {"digest": md5(data), "size": len(data)} for name, data in files.items()}
    return json.dumps({"version": 1, "contents": contents | entries}).encode()


@dataclass
class Shelf:
    """The domain objects that artifacts need, and a writer of versions."""

    house: Any
    artifacts: Artifacts
    uploads: ArtifactUploads
    commits: ArtifactCommits
    edits: ArtifactEdits
    collections: Collections
    lineage: Lineage

    def begin(self, name: str, digest: str, actor: Actor | None = None, **more: Any) -> ArtifactRecord:
        new = NewVersion(more.pop("entity", None), more.pop("project", "p"), None, "dataset", name, digest, **more)
        return self.uploads.begin(actor or self.house.owner, new)

    def send(self, version: ArtifactRecord, files: Mapping[str, bytes], actor: Actor | None = None) -> list[str]:
        """Announce files and put those that are asked for; give their names."""
        who: Actor = actor or self.house.owner
        known = self.uploads.announce_files(who, [(version.id, name, md5(data)) for name, data in files.items()])
        asked = [name for name, there in zip(files, known, strict=True) if there.blob_digest is None]
        for name in asked:
            data = files[name]
            self.uploads.put_file(who, version.id, hashlib.md5(data).hexdigest(), [data], len(data))
        return asked

    def send_manifest(
        self, version: ArtifactRecord, data: bytes, kind: str = "FULL", actor: Actor | None = None
    ) -> None:
        who: Actor = actor or self.house.owner
        made = self.uploads.announce_manifest(who, version.id, "wandb_manifest.json", kind, md5(data), version.base_id)
        self.uploads.put_manifest(who, made.id, hashlib.md5(data).hexdigest(), [data], len(data))

    def log(self, name: str, files: Mapping[str, bytes], actor: Actor | None = None, **more: Any) -> ArtifactRecord:
        version = self.begin(name, hashlib.md5(manifest(files)).hexdigest(), actor, **more)
        if version.state != "committed":
            self.send(version, files, actor)
            self.send_manifest(version, manifest(files), actor=actor)
        return self.commits.commit(actor or self.house.owner, version.id)

    def named(self, name: str) -> ArtifactRecord:
        return self.artifacts.named(self.house.owner, "local", "p", name).artifact


@pytest.fixture
def shelf(house: Any) -> Shelf:
    artifacts = Artifacts(house.catalog, house.blobs, house.projects, house.clock)
    edits = ArtifactEdits(house.catalog, house.projects, artifacts, house.clock)
    return Shelf(
        house,
        artifacts,
        ArtifactUploads(house.catalog, house.blobs, house.projects, artifacts, house.clock),
        ArtifactCommits(house.catalog, house.blobs, artifacts, house.clock),
        edits,
        Collections(house.catalog, house.projects, artifacts, edits, house.clock),
        Lineage(house.catalog),
    )


def test_bytes_known_by_their_md5_are_asked_of_who_may_not_read_them(shelf: Shelf) -> None:
    shelf.log("data", {"secret": b"the secret"})
    assert shelf.send(shelf.begin("other", "1"), {"x": b"the secret"}) == [], "within the entity they are there"
    stranger = shelf.house.user("stranger")
    version = shelf.begin("mine", "1", stranger)
    shelf.uploads.announce_files(stranger, [(version.id, "x", md5(b"the secret"))])
    shelf.send_manifest(version, manifest({"x": b"the secret"}), actor=stranger)
    with pytest.raises(Conflict, match="'x' haven't come"):
        shelf.commits.commit(stranger, version.id)
    with pytest.raises(NotFound):
        shelf.artifacts.open_md5(stranger, "local", md5(b"the secret"))


def test_what_is_not_yours_is_not_there(shelf: Shelf) -> None:
    version = shelf.log("data", {"a": b"1"}, client_id="cid")
    stranger = shelf.house.user("stranger")
    collection = version.collection
    run = shelf.house.runs.upsert(stranger, None, "q", "r", RunChanges())[0]
    place = [AliasPlace("local", "p", "data", "x")]
    for attempt in (
        lambda: shelf.artifacts.find(stranger, version.id),
        lambda: shelf.artifacts.named(stranger, "local", "p", "data"),
        lambda: shelf.artifacts.by_client_id(stranger, "cid"),
        lambda: shelf.artifacts.at_address(stranger, "wandb-client-artifact://cid/a"),
        lambda: shelf.artifacts.open(stranger, version.id, "0" * 64),
        lambda: shelf.artifacts.use(stranger, version.id, run),
        lambda: shelf.artifacts.files(stranger, version),
        lambda: shelf.artifacts.collection_by_id(stranger, collection.id),
        lambda: shelf.collections.versions(stranger, collection),
        lambda: shelf.collections.delete(stranger, collection.id),
        lambda: shelf.edits.add_aliases(stranger, version.id, place),
        lambda: shelf.edits.link(stranger, version.id, None, "q", "mine", []),
        lambda: shelf.edits.delete(stranger, version.id, True),
        lambda: shelf.begin("data", "2", stranger, entity="local"),
        lambda: shelf.uploads.announce_files(stranger, [(version.id, "a", md5(b"1"))]),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_who_may_only_look_changes_nothing(shelf: Shelf) -> None:
    version = shelf.log("data", {"a": b"1"})
    waiting = shelf.begin("data", "9")
    owner = shelf.house.owner
    viewer = replace(owner, is_admin=False, viewer_ids=owner.entity_ids)
    assert shelf.artifacts.find(viewer, version.id).id == version.id
    with pytest.raises(NotFound):
        shelf.artifacts.find(viewer, waiting.id)
    for attempt in (
        lambda: shelf.begin("data", "2", viewer),
        lambda: shelf.edits.update(viewer, version.id, VersionChanges(description="x")),
        lambda: shelf.edits.delete(viewer, version.id, True),
        lambda: shelf.collections.update(viewer, version.collection.id, name="x"),
        lambda: shelf.edits.link(viewer, version.id, "local", "p", "portfolio", []),
        lambda: shelf.edits.set_aliases(viewer, version.id, version.collection, ["x"]),
    ):
        with pytest.raises(Forbidden):
            attempt()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": "a/b"}, "can't hold"),
        ({"name": ".."}, "can't be"),
        ({"name": "x" * 300}, "at most"),
        ({"type": ""}, "empty"),
        ({"aliases": ["v3"]}, "version's number"),
        ({"aliases": ["a:b"]}, "can't hold"),
        ({"metadata": "[1]"}, "JSON object"),
        ({"metadata": json.dumps({"x": "y" * 11_000_000})}, "file of the artifact"),
        ({"digest": ""}, "digest"),
        ({"client_id": "x" * 200}, "client's id"),
    ],
)
def test_a_version_whose_description_breaks_a_rule_is_refused_in_words(shelf: Shelf, more: Any, said: str) -> None:
    given = {"type": "dataset", "name": "data", "digest": "1", **more}
    with pytest.raises(InvalidValue, match=said):
        shelf.uploads.begin(shelf.house.owner, NewVersion(None, "p", None, **given))


def test_a_name_holds_one_type_and_a_portfolio_no_logged_versions(shelf: Shelf) -> None:
    version = shelf.log("data", {"a": b"1"})
    with pytest.raises(Conflict, match="has the type 'dataset'"):
        shelf.uploads.begin(shelf.house.owner, NewVersion(None, "p", None, "model", "data", "1"))
    shelf.edits.link(shelf.house.owner, version.id, None, "p", "links", ["prod"])
    with pytest.raises(Conflict, match="portfolio"):
        shelf.begin("links", "1")
    with pytest.raises(Conflict, match="no links"):
        shelf.edits.link(shelf.house.owner, version.id, None, "p", "data", [])


def test_an_unknown_alias_is_answered_with_those_there_are(shelf: Shelf) -> None:
    shelf.log("data", {"a": b"1"}, aliases=["best"])
    shelf.log("data", {"a": b"2"})
    with pytest.raises(NotFound, match=r"no 'nope'; there are v1, v0; its aliases are .*best.*latest|latest.*best"):
        shelf.named("data:nope")
    assert [shelf.named(name).version_index for name in ("data", "data:v0", "data:best", "local/p/data:latest")] == [
        1,
        0,
        0,
        1,
    ]


def test_contents_that_were_logged_before_are_that_version_again_and_its_aliases_move(shelf: Shelf) -> None:
    first = shelf.log("data", {"a": b"1"})
    shelf.log("data", {"a": b"2"}, aliases=["best"])
    again = shelf.log("data", {"a": b"1"}, aliases=["best"], client_id="other")
    assert again.id == first.id and shelf.named("data:best").id == shelf.named("data:latest").id == first.id
    assert shelf.artifacts.by_client_id(shelf.house.owner, "other").id == first.id
    assert shelf.log("data", {"a": b"1"}, deduplicates=False).version_index == 2


def test_an_incremental_version_adds_to_its_base(shelf: Shelf) -> None:
    base = shelf.log("data", {"a": b"1", "b": b"2"})
    version = shelf.begin("data", "more")
    shelf.send(version, {"b": b"new", "c": b"3"})
    data = manifest({"b": b"new", "c": b"3"})
    made = shelf.uploads.announce_manifest(shelf.house.owner, version.id, "m.json", "INCREMENTAL", "", base.id)
    shelf.uploads.update_manifest(shelf.house.owner, made.id, md5(data))
    shelf.uploads.put_manifest(shelf.house.owner, made.id, hashlib.md5(data).hexdigest(), [data], None)
    done = shelf.commits.commit(shelf.house.owner, version.id)
    page = shelf.artifacts.files(shelf.house.owner, done)
    assert {one.path: one.digest for one in page.items} == {"a": md5(b"1"), "b": md5(b"new"), "c": md5(b"3")}
    assert done.digest != "more" and done.size_bytes == 5


def test_what_adds_to_a_version_that_is_gone_is_no_version(shelf: Shelf) -> None:
    base = shelf.log("data", {"a": b"1"})
    version = shelf.begin("data", "more")
    shelf.send(version, {"b": b"2"})
    data = manifest({"b": b"2"})
    made = shelf.uploads.announce_manifest(shelf.house.owner, version.id, "m.json", "INCREMENTAL", md5(data), base.id)
    shelf.uploads.put_manifest(shelf.house.owner, made.id, hashlib.md5(data).hexdigest(), [data], None)
    shelf.edits.delete(shelf.house.owner, base.id, with_aliases=True)
    with pytest.raises(Conflict, match="deleted meanwhile; log it whole"):
        shelf.commits.commit(shelf.house.owner, version.id)


def test_deleting_frees_the_bytes_and_gives_latest_to_the_version_before(shelf: Shelf) -> None:
    house = shelf.house
    shelf.log("data", {"a": b"first"})
    second = shelf.log("data", {"a": b"second", "kept": b"first"}, aliases=["best"])
    with pytest.raises(Conflict, match="best"):
        shelf.edits.delete(house.owner, second.id)
    shelf.edits.delete(house.owner, second.id, with_aliases=True)
    assert shelf.named("data").version_index == 0
    with pytest.raises(NotFound):
        shelf.named("data:v1")
    house.clock.now = 10**11
    assert house.blob_sweep.sweep() == 2, "its own file and its manifest"
    assert shelf.artifacts.open_md5(house.owner, "local", md5(b"first"))[1].read() == b"first"
    assert shelf.log("data", {"a": b"third"}).version_index == 2, "a number is never given twice"


def test_bytes_that_a_waiting_version_counts_on_outlive_the_version_they_came_with(shelf: Shelf) -> None:
    house = shelf.house
    first = shelf.log("data", {"a": b"shared"})
    waiting = shelf.begin("other", "1")
    assert shelf.send(waiting, {"x": b"shared"}) == []
    shelf.edits.delete(house.owner, first.id, with_aliases=True)
    house.blob_sweep.sweep(unused_s=-(10**12))
    shelf.send_manifest(waiting, manifest({"x": b"shared"}))
    done = shelf.commits.commit(house.owner, waiting.id)
    blob = shelf.artifacts.file(house.owner, done, "x").blob_digest
    assert blob is not None and shelf.artifacts.open(house.owner, done.id, blob)[1].read() == b"shared"


def test_a_file_of_another_size_than_its_manifest_says_is_no_version(shelf: Shelf) -> None:
    version = shelf.begin("data", "1")
    shelf.send(version, {"x": b"four"})
    shelf.send_manifest(version, manifest({}, x={"digest": md5(b"four"), "size": 5}))
    with pytest.raises(Conflict, match="'x' has 4 bytes where its manifest says 5"):
        shelf.commits.commit(shelf.house.owner, version.id)


def test_versions_that_nobody_finished_are_given_up(shelf: Shelf) -> None:
    house = shelf.house
    waiting = shelf.begin("data", "1")
    shelf.send(waiting, {"x": b"never"})
    house.clock.now += 8 * 24 * 3600
    house.blob_sweep.sweep(unused_s=-(10**12))
    with pytest.raises(NotFound):
        shelf.commits.commit(house.owner, waiting.id)
    assert shelf.house.blobs.size_bytes(hashlib.sha256(b"never").hexdigest()) is None


def test_time_to_live_ends_versions_that_no_portfolio_links_to(shelf: Shelf) -> None:
    short = shelf.log("data", {"a": b"1"}, ttl_s=60)
    linked = shelf.log("data", {"a": b"2"}, ttl_s=60)
    shelf.edits.link(shelf.house.owner, linked.id, None, "p", "links", [])
    assert shelf.edits.expire() == 0
    shelf.house.clock.now += 61
    assert shelf.edits.expire() == 1
    with pytest.raises(NotFound):
        shelf.artifacts.find(shelf.house.owner, short.id)
    assert shelf.named("links").id == linked.id


def test_a_hidden_project_hides_its_artifacts(shelf: Shelf) -> None:
    version = shelf.log("data", {"a": b"1"})
    shelf.house.projects.delete(shelf.house.owner, "local", "p")
    with pytest.raises(NotFound):
        shelf.artifacts.find(shelf.house.owner, version.id)
    shelf.house.projects.restore(shelf.house.owner, "local", "p")
    assert shelf.artifacts.find(shelf.house.owner, version.id).id == version.id


def test_lineage_goes_through_runs_in_both_directions_deleted_versions_too(shelf: Shelf) -> None:
    house, owner = shelf.house, shelf.house.owner
    runs = [house.runs.upsert(owner, None, "p", f"r{n}", RunChanges())[0] for n in range(3)]
    raw = shelf.uploads.begin(owner, NewVersion(None, "p", "r0", "dataset", "raw", "1"))
    shelf.send_manifest(raw, manifest({}))
    raw = shelf.commits.commit(owner, raw.id)
    shelf.artifacts.use(owner, raw.id, runs[1])
    model = shelf.uploads.begin(owner, NewVersion(None, "p", "r1", "model", "model", "1"))
    shelf.send_manifest(model, manifest({}))
    model = shelf.commits.commit(owner, model.id)
    shelf.artifacts.use(owner, model.id, runs[2])
    shelf.edits.delete(owner, raw.id, with_aliases=True)
    graph = shelf.lineage.graph(owner, model, complete=True)
    ids = [run.id for run in runs]
    assert graph.edges == {
        (ids[0], raw.id, True),
        (ids[1], raw.id, False),
        (ids[1], model.id, True),
        (ids[2], model.id, False),
    }
    assert graph.versions[raw.id].state == "deleted" and not graph.is_cut
    assert set(shelf.lineage.graph(owner, model, complete=False).runs) == {ids[1], ids[2]}


def test_versions_are_filtered_as_the_public_api_asks(shelf: Shelf) -> None:
    for n in range(4):
        shelf.log("data", {"a": b"%d" % n}, tags=["even"] if n % 2 == 0 else [], metadata=json.dumps({"n": n}))
    collection = shelf.named("data").collection

    def look(filters: Any, order: str | None = None) -> list[int]:
        text = json.dumps(filters)
        page = shelf.collections.versions(shelf.house.owner, collection, filters=text, order=order)
        assert page.total == len(page.items)
        return [one.version_index for one in page.items]

    assert look({"state": "COMMITTED"}) == [3, 2, 1, 0]
    assert look({"tags": "even"}) == [2, 0]
    assert look({"$or": [{"metadata.n": {"$gte": 3}}, {"version": "v0"}]}) == [3, 0]
    assert look({"metadata.n": {"$in": [1, 2]}}, "versionIndex") == [1, 2]
    assert look({"aliases": {"$regex": "^lat"}}) == [3]
    assert look({"tags": {"$ne": "even"}, "metadata.n": {"$not": {"$lt": 2}}}) == [3]
    for bad in ({"$where": "1"}, {"n": {"$like": 1}}, {"n": {"$regex": "("}}, []):
        with pytest.raises(InvalidValue):
            look(bad)
    with pytest.raises(InvalidValue, match="no order"):
        look({}, "-nothing")
