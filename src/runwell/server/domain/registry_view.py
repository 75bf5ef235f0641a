"""Registries as ``docs/api.md`` shows them: their collections, linked versions, moves of aliases, who uses them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from runwell.server.stores.artifact_records import LATEST, CollectionRecord, MembershipRecord, RegistryRecord
from runwell.wire.names import REGISTRY_ENTITY

from .access import Actor
from .artifact_view import MAX_READERS, ArtifactView, run_ref
from .registries import registry_label

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

_MOVES = 100  # of a collection's aliases, on its page


class RegistryView:
    """Objects of ``docs/api.md`` for registries.

    Args:
        catalog: the catalog.
        artifacts: shows versions.
    """

    def __init__(self, catalog: Catalog, artifacts: ArtifactView) -> None:
        self._catalog = catalog
        self._artifacts = artifacts

    def registry(self, actor: Actor, one: RegistryRecord) -> dict[str, Any]:
        """Give the ``Registry`` object of a registry."""
        return {
            "name": registry_label(one.project),
            "entity": one.project.entity,
            "project": one.project.name,
            "shared": one.project.entity == REGISTRY_ENTITY,
            "writable": actor.may_write(one.project.entity_id),
            "deletable": _may_delete(actor, one),
            "description": one.description,
            "types": one.types,
            "collections": one.collections,
            "versions": one.versions,
            "created_at": one.created_at,
            "updated_at": one.updated_at,
        }

    def collections(self, actor: Actor, found: Sequence[CollectionRecord]) -> list[dict[str, Any]]:
        """Give the ``RegistryCollection`` objects of a page."""
        ids = [one.id for one in found]

        def work(c: Connection) -> tuple[dict[int, Any], dict[int, dict[str, Any]], dict[int, frozenset[int]]]:
            rows = self._catalog.registries
            moves = {one["collection_id"]: one for one in rows.moves(c, ids, only_last=True)}
            return rows.alias_numbers(c, ids), moves, rows.linkers(c, ids)

        aliases, moves, linkers = self._catalog.read(work)
        return [
            {
                "registry": registry_label(one.project),
                **shown,
                "writable": actor.may_write(one.project.entity_id),
                "deletable": actor.may_write(one.project.entity_id) and actor.may_end(linkers.get(one.id, frozenset())),
                "aliases": [{"alias": alias, "version": f"v{index}"} for alias, index in aliases.get(one.id, ())],
                "last_move": _move(moves[one.id], {}) if one.id in moves else None,
            }
            for one, shown in zip(found, self._artifacts.collections(found), strict=True)
        ]

    def alias_moves(self, collection: CollectionRecord, limit: int = _MOVES) -> list[dict[str, Any]]:
        """Give the ``AliasMove`` objects of a collection the actor may see, latest first."""

        def work(c: Connection) -> list[dict[str, Any]]:
            found = self._catalog.registries.moves(c, [collection.id], limit=limit)
            runs = self._catalog.lineage.run_refs(c, [one["run_id"] or 0 for one in found])
            return [_move(one, runs) for one in found]

        return self._catalog.read(work)

    def versions(self, actor: Actor, members: Sequence[MembershipRecord]) -> list[dict[str, Any]]:
        """Give the ``LinkedVersion`` objects of a page: of a version that the actor may not see only that it is one."""
        seen = [one for one in members if actor.may_read(one.artifact.entity_id)]
        rows = {one.id: row for one, row in zip(seen, self._artifacts.rows(actor, seen), strict=True)}

        def work(c: Connection) -> tuple[dict[int, str], dict[int, list[str]]]:
            named: dict[int, list[str]] = {}
            for one in members[:1]:
                for alias in self._catalog.collections.aliases(c, collection_id=one.collection.id):
                    named.setdefault(alias.artifact_id, []).append(alias.alias)
            return self._catalog.registries.user_names(c, [one.user_id for one in members]), named

        linkers, aliases = self._catalog.read(work)
        return [
            {
                "version": f"v{one.version_index}",
                **rows.get(one.id, {}),
                "aliases": sorted(aliases.get(one.artifact.id, []), key=lambda alias: alias == LATEST),
                "hidden": one.id not in rows,
                "linked_at": one.created_at,
                "linked_by": linkers.get(one.user_id or 0),
                "source": _source(one) if one.id in rows else None,
            }
            for one in members
        ]

    def users(self, actor: Actor, collection: CollectionRecord, limit: int = MAX_READERS) -> dict[str, Any]:
        """Give ``{"total", "items"}``: which runs read a collection's versions, in every project, the last first."""
        mine = None if actor.is_admin else actor.entity_ids

        def work(c: Connection) -> dict[str, Any]:
            found, total = self._catalog.registries.users(c, collection.id, mine, limit)
            runs = {run.id: run for run in self._catalog.runs.find_many(c, [run for run, _, _ in found])}
            items = [
                {"run": run_ref(runs[run]), "version": f"v{index}", "used_at": used_at}
                for run, index, used_at in found
                if run in runs
            ]
            return {"total": total, "items": items}

        return self._catalog.read(work)


def _may_delete(actor: Actor, one: RegistryRecord) -> bool:
    is_shared = one.project.entity == REGISTRY_ENTITY
    return is_shared and actor.may_write(one.project.entity_id) and actor.may_end(one.linkers)


def _source(one: MembershipRecord) -> dict[str, str]:
    place = one.artifact.collection
    return {
        "entity": place.project.entity,
        "project": place.project.name,
        "name": place.name,
        "version": f"v{one.artifact.version_index}",
    }


def _move(one: dict[str, Any], runs: dict[int, dict[str, Any]]) -> dict[str, Any]:
    def number(index: int | None) -> str | None:
        return None if index is None else f"v{index}"

    return {
        "alias": one["alias"],
        "version": number(one["version_index"]),
        "from": number(one["from_index"]),
        "by": one["user"],
        "run": runs.get(one["run_id"] or 0),
        "moved_at": one["moved_at"],
    }
