"""The artifact rows of a catalog, on every kind of database."""

from __future__ import annotations

from typing import Any

import pytest

from runwell.server.stores.artifact_records import ArtifactFileRecord, UploadRecord
from runwell.server.stores.blobs import Blob
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.tables import entity

NOW = 1_700_000_000.0


@pytest.fixture
def projects(catalog: Catalog) -> list[int]:
    """Two projects of two entities."""

    def work(c: Any) -> list[int]:
        made = []
        for name in ("ours", "theirs"):
            entity_id = c.execute(entity.insert().values(name=name, created_at=NOW)).inserted_primary_key[0]
            made.append(catalog.projects.find_or_create(c, entity_id, "p", NOW)[0].id)
        return made

    return catalog.write(work)


def log(
    catalog: Catalog, project: int, name: str, files: dict[str, str], state: str = "committed", **values: Any
) -> int:
    """Write a version whose files have these MD5s; their blobs are called like them."""

    def work(c: Any) -> int:
        there = catalog.collections.find(c, project, name)
        found = there or catalog.collections.make(c, project, "sequence", "dataset", name, "", NOW)
        row = {"collection_id": found.id, "state": state, "digest": "d", "digest_algorithm": "MANIFEST_MD5"}
        times = {"created_at": NOW, "updated_at": NOW, "committed_at": NOW if state == "committed" else None}
        version = catalog.artifacts.insert(c, {**row, **times, **values})
        if state == "committed":
            index = catalog.collections.next_version(c, found.id)
            catalog.artifacts.add_member(c, found.id, version, index, NOW)
            rows = [ArtifactFileRecord(version, path, md5, md5 * 2, 5, None) for path, md5 in files.items()]
            catalog.artifact_bytes.put_files(c, rows)
        else:
            catalog.artifact_bytes.announce(c, version, [UploadRecord(p, md5, None, 0) for p, md5 in files.items()])
        return version

    return catalog.write(work)


def test_a_version_has_its_number_its_documents_and_its_place(catalog: Catalog, projects: list[int]) -> None:
    values = {"metadata": {"x": float("inf"), "n": 2**70, "k": [1]}, "tags": ["t"], "description": "a\x00b"}
    log(catalog, projects[0], "data", {})
    version = log(catalog, projects[0], "data", {"a": "m1"}, **values)
    found = catalog.read(lambda c: catalog.artifacts.find(c, version))
    assert found is not None and (found.version_index, found.state, found.label) == (1, "committed", "data:v1")
    assert found.metadata == values["metadata"] and found.tags == ["t"] and found.description == "a\ufffdb"
    assert (found.collection.project.entity, found.collection.type) == ("ours", "dataset")


def test_bytes_are_found_by_md5_within_their_entity_only(catalog: Catalog, projects: list[int]) -> None:
    ours, theirs = (
        catalog.read(lambda c, p=project: catalog.projects.find_by_id(c, p)).entity_id  # type: ignore[union-attr,misc]
        for project in projects
    )
    log(catalog, projects[0], "data", {"a": "m1", "b": "m2"})
    log(catalog, projects[0], "waiting", {"c": "m3"}, state="pending")
    look = catalog.artifact_bytes.reachable
    assert set(catalog.read(lambda c: look(c, ours, ["m1", "m2", "m3", "m4"]))) == {"m1", "m2"}
    assert catalog.read(lambda c: look(c, theirs, ["m1", "m2", "m3"])) == {}


def test_blobs_are_named_by_files_manifests_and_uploads(catalog: Catalog, projects: list[int]) -> None:
    done = log(catalog, projects[0], "data", {"a": "m1"})
    waiting = log(catalog, projects[0], "other", {"b": "m2"}, state="pending")
    store = catalog.artifact_bytes

    def write(c: Any) -> None:
        store.came(c, waiting, {"m2": ("blob-of-m2", 7), "m9": ("nobody-waits", 1)})
        store.settle_manifest(c, done, "wandb_manifest.json", Blob("blob-of-manifest", 9), "", NOW)

    catalog.write(write)
    asked = ["m1m1", "blob-of-m2", "blob-of-manifest", "unknown"]
    assert catalog.read(lambda c: store.referenced(c, asked)) == frozenset(asked) - {"unknown"}
    assert catalog.write(lambda c: store.give_up(c, NOW - 1, NOW)) == 0
    assert catalog.write(lambda c: store.give_up(c, NOW + 1, NOW)) == 1
    assert catalog.read(lambda c: store.referenced(c, asked)) == {"m1m1", "blob-of-manifest"}
    assert catalog.read(lambda c: catalog.artifacts.find(c, waiting)).state == "deleted"  # type: ignore[union-attr]


def test_an_alias_names_one_version_and_its_moves_are_kept(catalog: Catalog, projects: list[int]) -> None:
    first, second = (log(catalog, projects[0], "data", {"a": f"m{n}"}) for n in range(2))
    found = catalog.read(lambda c: catalog.collections.find(c, projects[0], "data"))
    assert found is not None
    rows = catalog.collections

    def write(c: Any) -> list[bool]:
        moves = [(first, 1.0), (first, 2.0), (second, 3.0), (None, 4.0)]
        return [rows.move_alias(c, found.id, "best", version, at) for version, at in moves]

    assert catalog.write(write) == [True, False, True, True]
    assert catalog.read(lambda c: rows.alias(c, found.id, "best")) is None
    moves = catalog.read(lambda c: catalog.registries.moves(c, [found.id]))
    told = [(one["from_index"], one["version_index"], one["moved_at"]) for one in moves]
    assert told == [(1, None, 4.0), (0, 1, 3.0), (None, 0, 1.0)]


def test_versions_and_collections_are_listed_in_order_a_page_at_a_time(catalog: Catalog, projects: list[int]) -> None:
    for n in range(5):
        log(catalog, projects[0], "data", {"a": "m"}, size_bytes=10 - n)
    log(catalog, projects[0], "other", {})
    found = catalog.read(lambda c: catalog.collections.find(c, projects[0], "data"))
    assert found is not None
    page = catalog.read(lambda c: catalog.artifacts.members(c, found, offset=1, limit=2))
    assert ([one.version_index for one in page.items], page.total) == ([3, 2], 5)
    page = catalog.read(lambda c: catalog.artifacts.members(c, found, order="size", descending=False, limit=2))
    assert [one.version_index for one in page.items] == [4, 3]
    page = catalog.read(lambda c: catalog.collections.list(c, projects[0], order="name", descending=False))
    assert [one.name for one in page.items] == ["data", "other"]
    assert catalog.read(lambda c: catalog.artifacts.counts(c, [found.id])) == {found.id: (5, 4, 40)}
    types = catalog.read(lambda c: catalog.collections.types(c, projects[0]))
    assert [(one["name"], one["collections"]) for one in types] == [("dataset", 2)]


def test_files_are_listed_below_a_prefix_that_is_no_pattern(catalog: Catalog, projects: list[int]) -> None:
    version = log(catalog, projects[0], "data", {"a%/x": "m1", "a%/y": "m2", "ab/z": "m3", "A%/w": "m4"})

    def look(**more: Any) -> tuple[list[str], int]:
        page = catalog.read(lambda c: catalog.artifact_bytes.files(c, version, **more))
        return [one.path for one in page.items], page.total

    assert look(prefix="a%/") == (["a%/x", "a%/y"], 2)
    assert look(prefix="a%/", offset=1, limit=1) == (["a%/y"], 2)
    assert look(names=["ab/z", "none"]) == (["ab/z"], 1)


def test_a_deleted_collections_name_is_free_again(catalog: Catalog, projects: list[int]) -> None:
    log(catalog, projects[0], "data", {})
    found = catalog.read(lambda c: catalog.collections.find(c, projects[0], "data"))
    assert found is not None
    catalog.write(lambda c: catalog.collections.delete(c, found.id, NOW))
    again = log(catalog, projects[0], "data", {})
    assert catalog.read(lambda c: catalog.artifacts.find(c, again)).version_index == 0  # type: ignore[union-attr]


def test_what_clients_call_a_version_is_kept_newest_first(catalog: Catalog, projects: list[int]) -> None:
    first, second = (log(catalog, projects[0], "data", {"a": f"m{n}"}) for n in range(2))

    def write(c: Any) -> None:
        for version in (first, second, first):
            catalog.artifacts.name_by_client(c, "seq", version, is_sequence=True)
        catalog.artifacts.name_by_client(c, "one", first)

    catalog.write(write)
    named = catalog.artifacts.named_by_client
    assert [one.id for one in catalog.read(lambda c: named(c, "seq", True))] == [second, first]
    assert [one.id for one in catalog.read(lambda c: named(c, "one"))] == [first]
    assert catalog.read(lambda c: named(c, "seq")) == []


def test_versions_expire_when_their_time_is_over(catalog: Catalog, projects: list[int]) -> None:
    short = log(catalog, projects[0], "data", {}, ttl_s=60)
    log(catalog, projects[0], "data", {})
    assert catalog.read(lambda c: catalog.artifacts.expired(c, NOW + 59, 10)) == []
    assert [one.id for one in catalog.read(lambda c: catalog.artifacts.expired(c, NOW + 61, 10))] == [short]


def test_a_folder_lists_its_own_files_and_counts_what_is_below(catalog: Catalog, projects: list[int]) -> None:
    paths = ["a", "b/1", "b/2", "b/c/3", "b0", "b%/x", "B/y", "한글/1", "한글/둘/2"]
    version = log(catalog, projects[0], "data", {path: f"m{n}" for n, path in enumerate(paths)})

    def look(folder: str, **more: Any) -> tuple[list[tuple[str, int, int]], list[str], int]:
        folders, page = catalog.read(lambda c: catalog.artifact_bytes.folder(c, version, folder, **more))
        return sorted(folders), [one.path for one in page.items], page.total

    assert look("") == ([("B", 1, 5), ("b", 3, 15), ("b%", 1, 5), ("한글", 2, 10)], ["a", "b0"], 2)
    assert look("b/") == ([("b/c", 1, 5)], ["b/1", "b/2"], 2)
    assert look("b/", offset=1, limit=1) == ([("b/c", 1, 5)], ["b/2"], 2)
    assert look("한글/") == ([("한글/둘", 1, 5)], ["한글/1"], 1)
    assert look("none/") == ([], [], 0)
    page = catalog.read(lambda c: catalog.artifact_bytes.files(c, version, find="B%"))
    assert [one.path for one in page.items] == ["b%/x"]
