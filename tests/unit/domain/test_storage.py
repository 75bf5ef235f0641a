"""Where the bytes are: counted once where they are stored once, and only what the asker may see."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from runwell.server.domain.storage import Storage
from runwell.server.stores.records import RunChanges

from .test_artifacts import Shelf, manifest, shelf

__all__ = ["shelf"]  # a fixture


@pytest.fixture
def storage(shelf: Shelf, tmp_path: Path) -> Storage:
    house = shelf.house
    return Storage(house.catalog, house.projects, house.blob_sweep, tmp_path, house.clock)


def of(storage: Storage, actor: Any, name: str) -> dict[str, Any]:
    [found] = [one for one in storage.overview(actor)["projects"] if one["project"] == name]
    return found


def pair(line: dict[str, Any]) -> tuple[int, int]:
    return line["referenced_bytes"], line["freed_bytes"]


def test_bytes_stored_once_weigh_in_every_place_and_are_freed_by_none_that_shares_them(
    shelf: Shelf, storage: Storage
) -> None:
    house, owner = shelf.house, shelf.house.owner
    shared, own, image = b"s" * 10_000, b"o" * 3_000, b"i" * 500
    shelf.log("data", {"a": shared, "b": own})
    shelf.log("data", {"a": shared})
    shelf.log("other", {"x": shared})
    shelf.log("elsewhere", {"y": shared}, project="q")
    run = house.runs.upsert(owner, None, "p", "r1", RunChanges())[0]
    house.files.put(owner, run, "model.pt", [own])
    house.files.put(owner, run, "media/images/a.png", [image])
    house.files.put(owner, run, "media/images/b.png", [image])

    whole = storage.overview(owner)
    of_p = storage.of_project(owner, "local", "p")
    manifests = {"ab": len(manifest({"a": shared, "b": own})), "a": len(manifest({"a": shared}))}
    x = len(manifest({"x": shared}))
    collections = {one["name"]: one for one in of_p["collections"]}
    assert pair(collections["data"]) == (23_000 + sum(manifests.values()), sum(manifests.values()))
    assert (collections["data"]["versions"], collections["data"]["kind"]) == (2, "sequence")
    assert pair(collections["other"]) == (10_000 + x, x)
    assert pair(of_p["kinds"]["media"]) == (1_000, 500), "the same picture twice is one, freed with the kind"
    assert pair(of_p["kinds"]["files"]) == (3_000, 0), "an artifact has these bytes too"
    assert pair(of_p["kinds"]["artifacts"]) == (33_000 + sum(manifests.values()) + x, sum(manifests.values()) + x)
    kept_by_q = 10_000
    stored = 10_000 + 3_000 + 500 + sum(manifests.values()) + x + len(manifest({"y": shared}))
    assert whole["stored"]["blob_bytes"] == stored
    assert of_p["freed_bytes"] == stored - kept_by_q - len(manifest({"y": shared}))
    assert sum(file.stat().st_size for file in Path(house.blobs._root).rglob("*") if file.is_file()) == stored
    [largest] = of_p["largest_runs"]
    assert (largest["id"], largest["bytes"], largest["kinds"]) == ("r1", 4_000, {"files": 3_000, "media": 1_000})


def test_deleted_runs_are_in_the_bin_and_deleted_bytes_wait_for_the_sweep(shelf: Shelf, storage: Storage) -> None:
    house, owner = shelf.house, shelf.house.owner
    run = house.runs.upsert(owner, None, "p", "r1", RunChanges())[0]
    house.files.put(owner, run, "a.bin", [b"a" * 700])
    house.runs.delete_many(owner, "local", "p", ["r1"])
    found = of(storage, owner, "p")
    assert (found["runs"], found["deleted_runs"], found["bin_bytes"], found["freed_bytes"]) == (0, 1, 700, 700)
    version = shelf.log("data", {"a": b"x" * 900})
    shelf.edits.delete(owner, version.id, with_aliases=True)
    size = 900 + len(manifest({"a": b"x" * 900}))
    house.blob_sweep.sweep()
    storage.forget()
    assert storage.overview(owner)["waiting"]["bytes"] == size, "put just now, they wait"
    blob = house.blobs._root / hashlib.sha256(b"x" * 900).hexdigest()[:2]
    for file in blob.rglob("*"):
        os.utime(file, (1, 1))
    house.clock.now = 1e10
    assert house.blob_sweep.sweep() == 2
    assert storage.overview(owner)["waiting"]["bytes"] == 0


def test_bytes_on_their_way_to_the_catalog_are_not_waiting_to_be_freed(
    shelf: Shelf, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, owner = shelf.house, shelf.house.owner
    run = house.runs.upsert(owner, None, "p", "r1", RunChanges())[0]
    house.blobs.put([b"nobody's"])
    house.blobs.put([b"on its way"])
    named = lambda _s: house.files.put(owner, run, "a.bin", [b"on its way"])  # noqa: E731
    monkeypatch.setattr("runwell.server.domain.blob_sweep.time.sleep", named)
    house.blob_sweep.sweep()
    monkeypatch.undo()
    assert storage.overview(owner)["waiting"]["bytes"] == len(b"nobody's")


def test_who_sees_one_entity_is_told_nothing_of_what_others_have(shelf: Shelf, storage: Storage) -> None:
    shelf.log("data", {"a": b"secret" * 100})
    stranger = shelf.house.user("stranger")
    shelf.log("mine", {"a": b"secret" * 100}, stranger)
    whole = storage.overview(stranger)
    assert [(one["entity"], one["project"]) for one in whole["projects"]] == [("stranger", "p")]
    assert whole["projects"][0]["freed_bytes"] == 600 + len(manifest({"a": b"secret" * 100})), "no oracle"
    assert whole["waiting"] is None and whole["catalog"] is None
    assert whole["stored"]["blob_bytes"] == 600 + len(manifest({"a": b"secret" * 100}))


def test_a_count_is_kept_a_while_and_an_empty_server_counts_nothing(shelf: Shelf, storage: Storage) -> None:
    owner = shelf.house.owner
    assert storage.overview(owner)["projects"] == []
    shelf.log("data", {"a": b"1" * 100})
    assert storage.overview(owner)["projects"] == [], "counted a moment ago"
    shelf.house.clock.now += 3_600  # a count that took long, on a busy machine, is kept longer
    assert of(storage, owner, "p")["kinds"]["artifacts"]["count"] == 2, "a file and its manifest"
