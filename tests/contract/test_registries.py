"""The rows of registries, on every kind of database."""

from __future__ import annotations

from typing import Any

import pytest

from runwell.server.stores.artifact_records import CollectionRecord
from runwell.server.stores.records import ProjectRef
from runwell.server.stores.sql.catalog import Catalog
from runwell.wire.names import REGISTRY_PREFIX

from .test_artifacts import NOW, log, projects

__all__ = ["projects"]


@pytest.fixture
def registry(catalog: Catalog) -> ProjectRef:
    """An empty registry."""

    def work(c: Any) -> ProjectRef:
        catalog.accounts.share_registries(c, NOW)
        catalog.accounts.share_registries(c, NOW)
        shared = catalog.accounts.entity_id(c, "registry")
        assert shared is not None
        return catalog.projects.find_or_create(c, shared, f"{REGISTRY_PREFIX}models", NOW)[0]

    return catalog.write(work)


def link(catalog: Catalog, ref: ProjectRef, name: str, versions: list[int], now: float = NOW) -> CollectionRecord:
    """Put versions into a collection; ``latest`` and ``production`` name the last."""

    def work(c: Any) -> CollectionRecord:
        found = catalog.collections.make(c, ref.id, "portfolio", "dataset", name, "", now)
        for version in versions:
            index = catalog.collections.next_version(c, found.id)
            catalog.artifacts.add_member(c, found.id, version, index, now)
            for alias in ("production", "latest"):
                catalog.collections.move_alias(c, found.id, alias, version, now)
        catalog.collections.change(c, found.id, {}, now)
        return found

    return catalog.write(work)


def test_registries_are_listed_with_what_they_hold(catalog: Catalog, projects: list[int], registry: ProjectRef) -> None:
    version = log(catalog, projects[0], "data", {})
    link(catalog, registry, "churn", [version], NOW + 5)
    own = catalog.read(lambda c: catalog.projects.find_by_id(c, projects[0]))
    assert own is not None
    place = catalog.write(lambda c: catalog.projects.find_or_create(c, own.entity_id, "model-registry", NOW)[0])
    rows = catalog.registries
    assert [one.project.name for one in catalog.read(lambda c: rows.list(c, None))] == [registry.name]
    link(catalog, place, "old", [version])
    found = catalog.read(lambda c: rows.list(c, None))
    assert [(one.project.entity, one.collections, one.versions, one.updated_at) for one in found] == [
        ("registry", 1, 1, NOW + 5),
        ("ours", 1, 1, NOW),
    ]
    assert len(catalog.read(lambda c: rows.list(c, frozenset({registry.entity_id})))) == 1
    assert catalog.read(lambda c: catalog.projects.list(c, None))[0]["name"] == "p", "no registry among projects"


def test_types_are_kept_and_a_name_of_a_deleted_registry_is_free(catalog: Catalog, registry: ProjectRef) -> None:
    rows = catalog.registries

    def write(c: Any) -> None:
        rows.set_types(c, registry.id, ["model", "dataset", "model"])
        other = catalog.projects.find_or_create(c, registry.entity_id, f"{REGISTRY_PREFIX}gone", NOW)[0]
        catalog.projects.delete(c, other.id, NOW)
        rows.rename(c, registry, f"{REGISTRY_PREFIX}gone", NOW)

    catalog.write(write)
    [found] = catalog.read(lambda c: rows.list(c, None))
    assert (found.project.name, found.types) == (f"{REGISTRY_PREFIX}gone", ["dataset", "model"])


def test_collections_are_found_with_their_aliases_and_last_moves(
    catalog: Catalog, projects: list[int], registry: ProjectRef
) -> None:
    versions = [log(catalog, projects[0], "data", {"a": f"m{n}"}) for n in range(3)]
    churn = link(catalog, registry, "churn_rate", versions, NOW + 1)
    fraud = link(catalog, registry, "fraud%", versions[:1], NOW + 2)
    catalog.write(lambda c: catalog.collections.move_alias(c, churn.id, "production", versions[0], NOW + 3))
    rows = catalog.registries

    def names(**asked: Any) -> list[str]:
        return [one.name for one in catalog.read(lambda c: rows.collections(c, [registry.id], **asked)).items]

    assert names() == ["fraud%", "churn_rate"] and names(order="name", descending=False) == ["churn_rate", "fraud%"]
    assert (names(search="%"), names(search="CHURN_"), names(offset=1, limit=1)) == (
        ["fraud%"],
        ["churn_rate"],
        ["churn_rate"],
    )
    ids = [churn.id, fraud.id]
    assert catalog.read(lambda c: rows.alias_numbers(c, ids)) == {
        churn.id: [("production", 0), ("latest", 2)],
        fraud.id: [("production", 0), ("latest", 0)],
    }
    last = catalog.read(lambda c: rows.moves(c, ids, only_last=True))
    assert [(one["collection_id"], one["alias"], one["from_index"], one["version_index"]) for one in last] == [
        (churn.id, "production", 2, 0),
        (fraud.id, "production", None, 0),
    ]
    catalog.write(lambda c: catalog.artifacts.remove_member(c, churn.id, versions[0]))
    assert catalog.read(lambda c: rows.moves(c, [churn.id], limit=1))[0]["version_index"] == 0, "though it is gone"


def test_versions_of_some_entities_are_left_out_and_uses_with_them(
    catalog: Catalog, projects: list[int], registry: ProjectRef
) -> None:
    ours, theirs = (
        catalog.read(lambda c, p=project: catalog.projects.find_by_id(c, p)).entity_id  # type: ignore[union-attr,misc]
        for project in projects
    )
    versions = [log(catalog, project, "data", {"a": "m"}) for project in projects]
    churn = link(catalog, registry, "churn", versions)

    def use(c: Any) -> int:
        values = {"project_id": projects[0], "name": "r", "display_name": "r", "state": "running"}
        run = catalog.runs.insert(c, {**values, "created_at": NOW, "heartbeat_at": NOW})
        for at, version in enumerate(versions):
            catalog.lineage.use(c, version, run, None, NOW + at)
        return run

    run = catalog.write(use)

    def look(ids: frozenset[int] | None) -> tuple[list[int], tuple[list[tuple[int, int, float]], int]]:
        page = catalog.read(lambda c: catalog.artifacts.members(c, churn, entity_ids=ids))
        return [one.version_index for one in page.items], catalog.read(
            lambda c: catalog.registries.users(c, churn.id, ids, 9)
        )

    assert look(None) == ([1, 0], ([(run, 1, NOW + 1), (run, 0, NOW)], 2))
    assert look(frozenset({ours})) == ([0], ([(run, 0, NOW)], 1))
    assert look(frozenset({theirs})) == ([1], ([], 0))
