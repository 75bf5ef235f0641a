"""Registries: named collections of links to versions of any project, shared by every user of the server.

A registry is a project of the entity ``registry`` whose name has the official client's prefix; its collections are
portfolios. An entity's own project ``model-registry``, where ``link_model`` puts models, is shown beside them. A link
shows nothing of a version that the reader may not see.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from runwell.server.stores.artifact_records import CollectionRecord, ListPage, RegistryRecord
from runwell.server.stores.records import ProjectRef
from runwell.wire import names
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_TAGS

from .access import Actor, Conflict, NotFound
from .artifact_collections import (
    MAX_FILTERED,
    chosen_members,
    collection_object,
    moment,
    read_order,
    read_version_filter,
)
from .artifact_edits import ArtifactEdits
from .artifact_filters import Test, compile_filter, read_filter
from .artifacts import Artifacts
from .new_version import check_description
from .projects import Projects

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.artifact_records import MembershipRecord
    from runwell.server.stores.sql.catalog import Catalog

_REGISTRY_ORDERS = frozenset({"name", "created_at", "updated_at"})
_COLLECTION_ORDERS = frozenset({"id", "name", "created_at", "updated_at"})


class Registries:
    """The registries of the catalog.

    Args:
        catalog: the catalog.
        projects: what they are.
        artifacts: finds versions.
        edits: links them.
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

    def list(self, actor: Actor) -> list[RegistryRecord]:
        """List the actor's registries, the shared ones first."""
        return self._catalog.read(lambda c: self._catalog.registries.list(c, _mine(actor)))

    def may_make(self, actor: Actor) -> bool:
        """Tell whether the actor may make registries."""
        shared = self._catalog.read(lambda c: self._catalog.accounts.entity_id(c, names.REGISTRY_ENTITY))
        return shared is not None and actor.may_write(shared)

    def find(self, actor: Actor, name: str) -> RegistryRecord:
        """Find a registry: ``NAME`` of a shared one, ``ENTITY:model-registry`` of an entity's own.

        Raises:
            NotFound: there is none, or it isn't the actor's.
        """
        return self._catalog.read(lambda c: self._found(c, actor, name))

    def _found(self, c: Connection, actor: Actor, name: str) -> RegistryRecord:
        missing = f"there is no registry {shorten(name)}"
        entity, _, project = name.partition(":")
        place = (entity, project) if project else (names.REGISTRY_ENTITY, entity)
        ref = self._catalog.projects.find(c, *names.settled_place(*place))
        found = self._catalog.registries.find(c, ref) if ref is not None and actor.may_read(ref.entity_id) else None
        if found is None:
            raise NotFound(missing)
        return found

    def with_project(self, actor: Actor, project_id: int) -> RegistryRecord | None:
        """Find the shared registry that a project is, by the project's storage id; None: it is none."""

        def work(c: Connection) -> RegistryRecord | None:
            ref = self._catalog.projects.find_by_id(c, project_id)
            if ref is None or ref.entity != names.REGISTRY_ENTITY or not actor.may_read(ref.entity_id):
                return None
            there = self._catalog.projects.find(c, ref.entity, ref.name)
            return self._catalog.registries.find(c, there) if there else None

        return self._catalog.read(work)

    def create(self, actor: Actor, name: str, description: str = "", types: Sequence[str] = ()) -> RegistryRecord:
        """Make a registry.

        Args:
            types: of artifacts, that it takes; none: every type.

        Raises:
            InvalidValue: a value breaks a rule.
            Conflict: there is one of that name.
            Forbidden: the actor may only look at registries.
        """
        name, description = names.registry_name(name), check_description(description)
        wanted = _check_types(types)

        def work(c: Connection) -> RegistryRecord:
            project = names.REGISTRY_PREFIX + name
            if self._catalog.projects.find(c, names.REGISTRY_ENTITY, project) is not None:
                raise Conflict(f"there is a registry {shorten(name)} already")
            ref = self._projects.linkable(c, actor, names.REGISTRY_ENTITY, project)
            self._catalog.projects.set_description(c, ref.id, description)
            self._catalog.registries.set_types(c, ref.id, wanted)
            return self._found(c, actor, name)

        return self._catalog.write(work)

    def edit(
        self,
        actor: Actor,
        name: str,
        *,
        new_name: str | None = None,
        description: str | None = None,
        types: Sequence[str] | None = None,
    ) -> RegistryRecord:
        """Rename or describe a registry, or change which types it takes; what is None is left alone.

        Raises:
            InvalidValue: a value breaks a rule, or it holds collections of another type.
            Conflict: another registry has the name.
            NotFound, Forbidden: it isn't the actor's to write, or others have linked versions into it and he, who is
                no administrator, may only describe it.
        """
        renamed = None if new_name is None else names.registry_name(new_name)
        described = None if description is None else check_description(description)
        wanted = None if types is None else _check_types(types)

        def work(c: Connection) -> RegistryRecord:
            found = self._writable(c, actor, name)
            if described is not None:
                self._catalog.projects.set_description(c, found.project.id, described)
            renames = renamed is not None and renamed != registry_label(found.project)
            takes_others = wanted is not None and wanted != found.types
            if renames or takes_others:
                actor.demand_end(found.linkers, f"registry {shorten(name)}")
            if wanted is not None and takes_others:
                self._set_types(c, found, wanted)
            if renamed is None or not renames:
                return self._found(c, actor, name)
            self._rename(c, found, renamed)
            return self._found(c, actor, renamed)

        return self._catalog.write(work)

    def _set_types(self, c: Connection, found: RegistryRecord, wanted: Sequence[str]) -> None:
        held = [one for one in self._catalog.registries.used_types(c, found.project.id) if one not in wanted]
        if wanted and held:
            raise InvalidValue(
                f"the registry holds collections of type {', '.join(held)}; they must be among its types"
            )
        self._catalog.registries.set_types(c, found.project.id, wanted)

    def _rename(self, c: Connection, found: RegistryRecord, name: str) -> None:
        _demand_shared(found, "renamed")
        project = names.REGISTRY_PREFIX + name
        if any(one.project.name == project for one in self._catalog.registries.list(c, None)):
            raise Conflict(f"there is a registry {shorten(name)} already")
        self._catalog.registries.rename(c, found.project, project, self._clock())

    def delete(self, actor: Actor, name: str, with_collections: bool = False) -> ProjectRef:
        """Delete a registry with its links; the versions themselves stay.

        Raises:
            Conflict: it holds collections, and ``with_collections`` is not given.
            NotFound, Forbidden: it isn't the actor's to write, or others have linked versions into it and he is no
                administrator.
        """

        def work(c: Connection) -> ProjectRef:
            found = self._writable(c, actor, name)
            _demand_shared(found, "deleted")
            actor.demand_end(found.linkers, f"registry {shorten(name)}")
            if found.collections and not with_collections:
                raise Conflict(
                    f"registry {shorten(name)} holds {found.collections:,} collections; delete them first, or "
                    "delete it with_collections=1 (the versions they link to stay)"
                )
            now = self._clock()
            for one in self._catalog.registries.collections(c, [found.project.id]).items:
                self._catalog.collections.delete(c, one.id, now)
            self._catalog.registries.set_types(c, found.project.id, ())
            self._catalog.projects.delete(c, found.project.id, now)
            return found.project

        return self._catalog.write(work)

    def link(
        self, actor: Actor, registry: str, collection: str, source: tuple[str, str, str, str], aliases: Sequence[str]
    ) -> MembershipRecord:
        """Link a version into a collection of a registry, which is made if it isn't there.

        Args:
            source: entity, project, name, and alias or number of the version.

        Raises:
            InvalidValue, Conflict, NotFound, Forbidden: see :meth:`ArtifactEdits.link`.
        """
        ref = self.find(actor, registry).project
        entity, project, name, alias = source
        version = self._artifacts.member_of(actor, self._artifacts.collection(actor, entity, project, name), alias)
        return self._edits.link(actor, version.artifact.id, ref.entity, ref.name, collection, aliases)

    def collections(
        self, actor: Actor, registry: str | None = None, *, search: str = "", offset: int = 0, limit: int | None = None
    ) -> ListPage:
        """List the collections of a registry, or of all, the last changed first; those whose name has a text in it.

        Raises:
            NotFound: there is no such registry, or it isn't the actor's.
        """

        def work(c: Connection) -> ListPage:
            rows = self._catalog.registries
            found = rows.list(c, _mine(actor)) if registry is None else [self._found(c, actor, registry)]
            ids = [one.project.id for one in found]
            return rows.collections(c, ids, search=search, offset=offset, limit=limit)

        return self._catalog.read(work)

    def members(self, actor: Actor, collection: CollectionRecord, *, offset: int, limit: int) -> ListPage:
        """List the links of a collection of the actor's, newest first, those too whose version he may not see."""
        if not actor.may_read(collection.project.entity_id):
            raise NotFound("there is no such collection of artifacts")
        return self._catalog.read(lambda c: self._catalog.artifacts.members(c, collection, offset=offset, limit=limit))

    # what filters choose, as the official client's Api asks

    def chosen(self, actor: Actor, filters: str | None, order: str | None, offset: int, limit: int) -> ListPage:
        """List a page of the shared registries that a filter chooses.

        Raises:
            InvalidValue: filter or order can't be understood.
        """
        by, descending = read_order(order or "+name", "name", _REGISTRY_ORDERS)
        test = compile_filter(read_filter(filters))

        def key(one: RegistryRecord) -> Any:
            return one.project.name if by == "name" else getattr(one, by)

        found = sorted((one for one in self._shared(actor) if test(_registry_object(one))), key=key, reverse=descending)
        return ListPage(found[offset : offset + limit], len(found))

    def chosen_collections(
        self, actor: Actor, registries: str | None, filters: str | None, order: str | None, offset: int, limit: int
    ) -> ListPage:
        """List a page of the collections that filters choose, of registries and of collections.

        Raises:
            InvalidValue: a filter or the order can't be understood.
        """
        found = self._chosen_collections(actor, registries, filters, order)
        return ListPage(found[offset : offset + limit], len(found))

    def _chosen_collections(
        self, actor: Actor, registries: str | None, filters: str | None, order: str | None
    ) -> list[CollectionRecord]:
        by, descending = read_order(order, "id", _COLLECTION_ORDERS)
        of_registry, test = compile_filter(read_filter(registries)), compile_filter(_collection_filter(filters))
        ids = [one.project.id for one in self._shared(actor) if of_registry(_registry_object(one))]
        page = self._catalog.read(
            lambda c: self._catalog.registries.collections(c, ids, order=by, descending=descending, limit=MAX_FILTERED)
        )
        return [one for one in page.items if test(collection_object(one))]

    def chosen_versions(
        self,
        actor: Actor,
        registries: str | None,
        collections: str | None,
        filters: str | None,
        offset: int,
        limit: int,
    ) -> ListPage:
        """List a page of the linked versions that filters choose and the actor may see.

        Raises:
            InvalidValue: a filter can't be understood.
        """
        test = compile_filter(read_version_filter(filters))
        holding = self._chosen_collections(actor, registries, collections, None)
        found = self._catalog.read(lambda c: self._members(c, actor, holding, test))
        return ListPage(found[offset : offset + limit], len(found))

    def _members(
        self, c: Connection, actor: Actor, holding: Sequence[CollectionRecord], test: Test
    ) -> list[MembershipRecord]:
        found: list[MembershipRecord] = []
        for collection in holding:
            room = MAX_FILTERED - len(found)
            page = self._catalog.artifacts.members(c, collection, limit=max(0, room), entity_ids=_mine(actor))
            found += chosen_members(c, self._catalog, collection, page.items, test)
        return found

    def used_types(self, actor: Actor, ref: ProjectRef) -> list[str]:
        """List the types that a registry takes, or those of its collections if it takes every type."""

        def work(c: Connection) -> list[str]:
            return self._catalog.registries.types(c, ref.id) or self._catalog.registries.used_types(c, ref.id)

        return self._catalog.read(work)

    def takes_every_type(self, ref: ProjectRef) -> bool:
        """Tell whether a project takes links to artifacts of every type."""
        return not self._catalog.read(lambda c: self._catalog.registries.types(c, ref.id))

    def _shared(self, actor: Actor) -> list[RegistryRecord]:
        return [one for one in self.list(actor) if one.project.entity == names.REGISTRY_ENTITY]

    def _writable(self, c: Connection, actor: Actor, name: str) -> RegistryRecord:
        found = self._found(c, actor, name)
        actor.demand_write(found.project.entity_id, f"registry {shorten(name)}")
        return found


def registry_label(ref: ProjectRef) -> str:
    """Give the name of the registry that a project is: ``NAME``, or ``ENTITY:model-registry``."""
    if ref.entity == names.REGISTRY_ENTITY:
        return ref.name.removeprefix(names.REGISTRY_PREFIX)
    return f"{ref.entity}:{ref.name}"


def _mine(actor: Actor) -> frozenset[int] | None:
    return None if actor.is_admin else actor.entity_ids


def _check_types(types: Sequence[str]) -> list[str]:
    checked = list(dict.fromkeys(names.artifact_type(one) for one in types))
    if len(checked) > MAX_TAGS:
        raise InvalidValue(f"{len(checked):,} types; at most {MAX_TAGS:,} are kept")
    return checked


def _demand_shared(found: RegistryRecord, what: str) -> None:
    if found.project.entity != names.REGISTRY_ENTITY:
        ref = found.project
        raise InvalidValue(f"{ref.entity}/{ref.name} is a project of {ref.entity}, which can't be {what} as a registry")


def _registry_object(one: RegistryRecord) -> dict[str, Any]:
    return {
        "id": one.project.id,
        "project_id": one.project.id,
        "name": one.project.name,
        "entity_id": one.project.entity_id,
        "description": one.description,
        "created_at": moment(one.created_at),
        "updated_at": moment(one.updated_at),
    }


def _collection_filter(filters: str | None) -> dict[str, Any]:
    known = {"artifact_collection_id": "id"}
    return {known.get(name, name): said for name, said in read_filter(filters).items()}
