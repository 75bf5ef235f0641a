"""Collections of artifacts: their types, listings, versions; renamed, described, tagged, deleted."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from runwell.server.stores.artifact_records import (
    COMMITTED,
    PENDING,
    SEQUENCE,
    CollectionRecord,
    ListPage,
    MembershipRecord,
)
from runwell.server.stores.records import ProjectRef
from runwell.wire import names
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_TAGS

from .access import Actor, Conflict, NotFound
from .artifact_edits import ArtifactEdits
from .artifact_filters import Test, compile_filter, read_filter
from .artifacts import Artifacts
from .new_version import check_description, check_tags
from .projects import Projects

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

MAX_FILTERED = 10_000  # versions or collections that a filter looks at
_WORDS = {  # the wire's names of what one orders by → ours
    "id": "id",
    "name": "name",
    "type": "type",
    "createdAt": "created_at",
    "created_at": "created_at",
    "updatedAt": "updated_at",
    "updated_at": "updated_at",
    "versionIndex": "version_index",
    "version_index": "version_index",
    "version": "version_index",
    "size": "size",
}
_COLLECTION_ORDERS = frozenset({"id", "name", "type", "created_at", "updated_at"})
_VERSION_ORDERS = frozenset({"version_index", "created_at", "updated_at", "size"})


class Collections:
    """The collections of the catalog.

    Args:
        catalog: the catalog.
        projects: where they live.
        artifacts: finds them.
        edits: deletes versions with their collection.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        catalog: Catalog,
        projects: Projects,
        artifacts: Artifacts,
        edits: ArtifactEdits,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._catalog = catalog
        self._projects = projects
        self._artifacts = artifacts
        self._edits = edits
        self._clock = clock

    def types(self, actor: Actor, ref: ProjectRef) -> list[dict[str, Any]]:
        """List the types of a project's artifacts: ``{"id", "name", "created_at", "collections"}``."""
        self._demand_read(actor, ref)
        return self._catalog.read(lambda c: self._catalog.collections.types(c, ref.id))

    def list(
        self,
        actor: Actor,
        ref: ProjectRef,
        type_: str | None = None,
        *,
        filters: str | None = None,
        order: str | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> ListPage:
        """List a project's collections (of one type), newest first unless an order is given.

        Raises:
            InvalidValue: filter or order can't be understood.
            NotFound: the project isn't the actor's.
        """
        self._demand_read(actor, ref)
        by, descending = read_order(order, "id", _COLLECTION_ORDERS)
        wanted = read_filter(filters)

        def work(c: Connection) -> ListPage:
            rows = self._catalog.collections
            if not wanted:
                return rows.list(c, ref.id, type_, order=by, descending=descending, offset=offset, limit=limit)
            test = compile_filter(wanted)
            page = rows.list(c, ref.id, type_, order=by, descending=descending, limit=MAX_FILTERED)
            found = [one for one in page.items if test(collection_object(one))]
            return ListPage(found[offset : None if limit is None else offset + limit], len(found))

        return self._catalog.read(work)

    def versions(
        self,
        actor: Actor,
        collection: CollectionRecord,
        *,
        filters: str | None = None,
        order: str | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> ListPage:
        """List the committed versions in a collection, newest first unless an order is given; of a portfolio those
        that the actor may see.

        Raises:
            InvalidValue: filter or order can't be understood.
            NotFound: the collection isn't the actor's.
        """
        self._demand_read(actor, collection.project)
        by, descending = read_order(order, "version_index", _VERSION_ORDERS)
        wanted = read_version_filter(filters)
        mine = None if collection.kind == SEQUENCE or actor.is_admin else actor.entity_ids

        def work(c: Connection) -> ListPage:
            chosen: dict[str, Any] = {"order": by, "descending": descending, "entity_ids": mine}
            if not wanted:
                return self._catalog.artifacts.members(c, collection, offset=offset, limit=limit, **chosen)
            test = compile_filter(wanted)
            page = self._catalog.artifacts.members(c, collection, limit=MAX_FILTERED, **chosen)
            found = chosen_members(c, self._catalog, collection, page.items, test)
            return ListPage(found[offset : None if limit is None else offset + limit], len(found))

        return self._catalog.read(work)

    def aliases(self, actor: Actor, collection: CollectionRecord) -> list[str]:
        """List the aliases of a collection."""
        self._demand_read(actor, collection.project)
        found = self._catalog.read(lambda c: self._catalog.collections.aliases(c, collection_id=collection.id))
        return [one.alias for one in found]

    def update(
        self,
        actor: Actor,
        collection_id: int,
        *,
        name: str | None = None,
        description: str | None = None,
        type_: str | None = None,
    ) -> CollectionRecord:
        """Rename, describe, or give another type to a collection; what is None is left alone.

        Raises:
            InvalidValue: a value breaks a rule.
            Conflict: another collection has the name.
            NotFound, Forbidden: it isn't the actor's to write, or it is a registry's, others have linked versions into
                it, and he, who is no administrator, may only describe it.
        """
        values: dict[str, Any] = {}
        if name is not None:
            values["name"] = names.artifact_name(name)
        if description is not None:
            values["description"] = check_description(description)
        if type_ is not None:
            values["type"] = names.artifact_type(type_)

        def work(c: Connection) -> CollectionRecord:
            found = self._writable(c, actor, collection_id)
            if values.get("name", found.name) != found.name and self._catalog.collections.find(
                c, found.project.id, values["name"]
            ):
                raise Conflict(f"there is an artifact {shorten(values['name'])} already")
            if any(values.get(word, there) != there for word, there in (("name", found.name), ("type", found.type))):
                self._demand_end(c, actor, found)
            self._catalog.collections.change(c, found.id, values, self._clock())
            changed = self._catalog.collections.find_by_id(c, found.id)
            assert changed is not None
            return changed

        return self._catalog.write(work)

    def tag(
        self, actor: Actor, entity: str, project: str, name: str, add: Sequence[str], remove: Sequence[str]
    ) -> CollectionRecord:
        """Add and remove tags of a collection.

        Raises:
            InvalidValue: a tag breaks a rule, or there are too many.
            NotFound, Forbidden: it isn't the actor's to write.
        """
        added, gone = check_tags(add), frozenset(remove)

        def work(c: Connection) -> CollectionRecord:
            ref = self._projects.found(c, actor, entity, project)
            found = self._writable(c, actor, self._artifacts.collection_of(c, ref, name).id)
            tags = [tag for tag in dict.fromkeys([*found.tags, *added]) if tag not in gone]
            if len(tags) > MAX_TAGS:
                raise InvalidValue(f"{len(tags):,} tags; at most {MAX_TAGS:,} are kept")
            self._catalog.collections.change(c, found.id, {"tags": tags}, self._clock())
            changed = self._catalog.collections.find_by_id(c, found.id)
            assert changed is not None
            return changed

        return self._catalog.write(work)

    def delete(self, actor: Actor, collection_id: int) -> CollectionRecord:
        """Delete a collection: a sequence with its versions, a portfolio with its links.

        Raises:
            NotFound, Forbidden: it isn't the actor's to write, or it is a registry's, others have linked versions into
                it, and he is no administrator.
        """

        def work(c: Connection) -> CollectionRecord:
            found = self._writable(c, actor, collection_id)
            self._demand_end(c, actor, found)
            if found.kind == SEQUENCE:
                for version_id in self._catalog.artifacts.with_state(c, found.id, COMMITTED, PENDING):
                    version = self._catalog.artifacts.find(c, version_id)
                    if version is not None:
                        self._edits.deleted(c, version, actor.user_id or None)
            self._catalog.collections.delete(c, found.id, self._clock())
            return found

        return self._catalog.write(work)

    def _demand_end(self, c: Connection, actor: Actor, found: CollectionRecord) -> None:
        if found.kind != SEQUENCE and self._catalog.registries.find(c, found.project) is not None:
            linkers = self._catalog.registries.linkers(c, [found.id]).get(found.id, frozenset())
            actor.demand_end(linkers, f"collection {shorten(found.name)}")

    def _writable(self, c: Connection, actor: Actor, collection_id: int) -> CollectionRecord:
        found = self._artifacts.collection_with_id(c, actor, collection_id)
        actor.demand_write(found.project.entity_id, f"artifact {shorten(found.name)}")
        return found

    def _demand_read(self, actor: Actor, ref: ProjectRef) -> None:
        if not actor.may_read(ref.entity_id):
            raise NotFound(f"there is no project {shorten(ref.name)} of {shorten(ref.entity)}")


def read_version_filter(filters: str | None) -> dict[str, Any]:
    """Read a filter of versions; that they are committed needs no saying.

    Raises:
        InvalidValue: it can't be understood.
    """
    committed = ("state", COMMITTED.upper())
    return {name: said for name, said in read_filter(filters).items() if (name, said) != committed}


def chosen_members(
    c: Connection, catalog: Catalog, collection: CollectionRecord, members: Sequence[MembershipRecord], test: Test
) -> list[MembershipRecord]:
    """Give those versions of a collection that a filter chooses, which may ask for their aliases there."""
    aliases: dict[int, list[str]] = {}
    for one in catalog.collections.aliases(c, collection_id=collection.id):
        aliases.setdefault(one.artifact_id, []).append(one.alias)
    return [one for one in members if test(version_object(one, aliases.get(one.artifact.id, [])))]


def read_order(text: str | None, default: str, known: frozenset[str]) -> tuple[str, bool]:
    """Give (by what, descending) of ``-createdAt``, ``+name``."""
    if not text or not text.strip():
        return default, True
    word = text.strip()
    by = _WORDS.get(word.lstrip("+-"))
    if by not in known or by is None:
        raise InvalidValue(f"there is no order by {shorten(word)}; there are {', '.join(sorted(known))}")
    return by, word.startswith("-")


def moment(seconds: float) -> str:
    """Give a time as filters write it."""
    return datetime.fromtimestamp(seconds, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def collection_object(one: CollectionRecord) -> dict[str, Any]:
    """Give what filters see of a collection."""
    return {
        "id": one.id,
        "name": one.name,
        "type": one.type,
        "description": one.description,
        "tags": one.tags,
        "tag": one.tags,
        "kind": one.kind,
        **{name: moment(one.created_at) for name in ("createdAt", "created_at")},
        **{name: moment(one.updated_at) for name in ("updatedAt", "updated_at")},
    }


def version_object(one: MembershipRecord, aliases: Sequence[str]) -> dict[str, Any]:
    """Give what filters see of a version in a collection."""
    version = one.artifact
    return {
        "id": version.id,
        "state": version.state.upper(),
        "name": one.collection.name,
        "type": one.collection.type,
        "version": f"v{one.version_index}",
        **dict.fromkeys(("versionIndex", "version_index"), one.version_index),
        **{name: [*aliases] for name in ("alias", "aliases")},
        **{name: [*version.tags] for name in ("tag", "tags")},
        "digest": version.digest,
        "description": version.description,
        "metadata": version.metadata,
        "size": version.size_bytes,
        **dict.fromkeys(("fileCount", "file_count"), version.file_count),
        **dict.fromkeys(("historyStep", "history_step"), version.history_step),
        **{name: moment(version.created_at) for name in ("createdAt", "created_at")},
        **{name: moment(version.updated_at) for name in ("updatedAt", "updated_at")},
    }
