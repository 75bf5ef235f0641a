"""Projects: found, made on first use, listed, described, hidden."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from runwell.server.stores.records import ProjectRef
from runwell.wire import names
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_DESCRIPTION_CHARS

from .access import Actor, NotFound

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog


class Projects:
    """The projects of the catalog.

    Args:
        catalog: the catalog.
        clock: seconds since the epoch.
    """

    def __init__(self, catalog: Catalog, clock: Callable[[], float] = time.time) -> None:
        self._catalog = catalog
        self._clock = clock

    def find(self, actor: Actor, entity: str, project: str) -> ProjectRef:
        """Find a project of the actor's.

        Raises:
            NotFound: there is none, or it isn't his.
        """
        return self._catalog.read(lambda c: self.found(c, actor, entity, project))

    def found(self, c: Connection, actor: Actor, entity: str, project: str) -> ProjectRef:
        """Do what :meth:`find` does inside a transaction."""
        ref = self._catalog.projects.find(c, *names.settled_place(entity, project))
        if ref is None or not actor.may_read(ref.entity_id):
            raise NotFound(f"there is no project {shorten(project)} of {shorten(entity)}")
        return ref

    def find_or_create(self, actor: Actor, entity: str | None, project: str | None) -> ProjectRef:
        """Find a project, or make it on its first use.

        Args:
            entity: None or "" for the actor's own.
            project: None or "" for ``uncategorized``.

        Raises:
            InvalidValue: the name can't be a project's, or is a registry's.
            NotFound: the entity isn't the actor's, or isn't.
            Forbidden: he may only look at it.
        """
        return self._catalog.write(lambda c: self.made(c, actor, entity, project))

    def made(self, c: Connection, actor: Actor, entity: str | None, project: str | None) -> ProjectRef:
        """Do what :meth:`find_or_create` does inside a transaction."""
        place = names.settled_place(entity or actor.entity or names.DEFAULT_ENTITY, project or names.DEFAULT_PROJECT)
        if place[0] == names.REGISTRY_ENTITY:
            raise InvalidValue(
                f"registry {shorten(place[1].removeprefix(names.REGISTRY_PREFIX))} holds links to versions only; "
                "log to a project of your own, then link the version"
            )
        return self._made(c, actor, *place)

    def linkable(self, c: Connection, actor: Actor, entity: str | None, project: str | None) -> ProjectRef:
        """Find the project or registry where a version is to be linked, or make it on its first use.

        Raises:
            InvalidValue, NotFound, Forbidden: see :meth:`find_or_create`.
        """
        place = names.settled_place(entity or actor.entity or names.DEFAULT_ENTITY, project or names.DEFAULT_PROJECT)
        if place[0] == names.REGISTRY_ENTITY:
            names.registry_name(place[1])
        return self._made(c, actor, *place)

    def _made(self, c: Connection, actor: Actor, entity: str, project: str) -> ProjectRef:
        name = names.project_name(project)
        entity_id = self._catalog.accounts.entity_id(c, entity)
        if entity_id is None or not actor.may_read(entity_id):
            raise NotFound(f"there is no entity {shorten(entity)}; leave it out to log to your own, {actor.entity!r}")
        actor.demand_write(entity_id, f"entity {shorten(entity)}")
        ref, _ = self._catalog.projects.find_or_create(c, entity_id, name, self._clock())
        return ref

    def list(self, actor: Actor, deleted: bool = False) -> list[dict[str, Any]]:
        """List the actor's projects (or the hidden ones among them): ``Project`` objects of docs/api.md."""
        mine = None if actor.is_admin else actor.entity_ids
        found = self._catalog.read(lambda c: self._catalog.projects.list(c, mine, deleted))
        return [_told(actor, one) for one in found]

    def page(self, actor: Actor, entity: str, offset: int, limit: int) -> tuple[list[ProjectRef], int]:
        """List a page of an entity's projects, latest activity first.

        Returns:
            The page, and how many there are; nothing of an entity that isn't the actor's, or isn't.
        """

        def work(c: Connection) -> tuple[list[ProjectRef], int]:
            entity_id = self._catalog.accounts.entity_id(c, entity)
            if entity_id is None or not actor.may_read(entity_id):
                return [], 0
            return self._catalog.projects.refs(c, entity, offset, limit)

        return self._catalog.read(work)

    def facts(self, actor: Actor, ref: ProjectRef) -> tuple[str, float, float]:
        """Give a project's description, when it was made, and when something last happened in it (seconds)."""
        return self._catalog.read(lambda c: self._catalog.projects.facts(c, ref.id))

    def upsert(
        self, actor: Actor, entity: str | None, project: str | None, project_id: int | None, description: str | None
    ) -> tuple[ProjectRef, bool]:
        """Make a project, or change the description of the one that is there.

        Args:
            project_id: which one is meant, if not the one of that name.
            description: None leaves it alone.

        Returns:
            The project, and whether this call made it.

        Raises:
            InvalidValue: the name can't be a project's, or the description is too long.
            NotFound, Forbidden: see :meth:`find_or_create`.
        """
        if project_id is None and not project:
            raise InvalidValue("a project needs a name")
        if description is not None:
            _check_description(description)

        def work(c: Connection) -> tuple[ProjectRef, bool]:
            if project_id is not None:
                ref, made = self._writable_by_id(c, actor, project_id), False
            else:
                there = self._catalog.projects.find(c, entity or actor.entity or names.DEFAULT_ENTITY, project or "")
                ref = self.made(c, actor, entity, project)
                made = there is None
            if description is not None:
                self._catalog.projects.set_description(c, ref.id, description)
            return ref, made

        return self._catalog.write(work)

    def delete_by_id(self, actor: Actor, project_id: int) -> ProjectRef:
        """Do what :meth:`delete` does to the project of this storage id."""

        def work(c: Connection) -> ProjectRef:
            ref = self._writable_by_id(c, actor, project_id)
            self._catalog.projects.delete(c, ref.id, self._clock())
            return ref

        return self._catalog.write(work)

    def describe(self, actor: Actor, entity: str, project: str) -> dict[str, Any]:
        """Give the ``Project`` object of docs/api.md.

        Raises:
            NotFound: there is none, or it isn't the actor's.
        """
        found = self._catalog.read(
            lambda c: self._catalog.projects.describe(c, self.found(c, actor, entity, project).id)
        )
        return _told(actor, found)

    def edit(self, actor: Actor, entity: str, project: str, description: str) -> dict[str, Any]:
        """Replace the description (Markdown, shown inert).

        Raises:
            InvalidValue: it is too long.
            NotFound, Forbidden: see :meth:`Actor.demand_write`.
        """
        _check_description(description)

        def work(c: Connection) -> dict[str, Any]:
            ref = self._writable(c, actor, entity, project)
            self._catalog.projects.set_description(c, ref.id, description)
            return self._catalog.projects.describe(c, ref.id)

        return _told(actor, self._catalog.write(work))

    def delete(self, actor: Actor, entity: str, project: str) -> ProjectRef:
        """Hide a project with its runs; :meth:`restore` brings them back, a new run only the project.

        Raises:
            NotFound, Forbidden: see :meth:`Actor.demand_write`.
        """

        def work(c: Connection) -> ProjectRef:
            ref = self._writable(c, actor, entity, project)
            self._catalog.projects.delete(c, ref.id, self._clock())
            return ref

        return self._catalog.write(work)

    def restore(self, actor: Actor, entity: str, project: str) -> ProjectRef:
        """Bring a hidden project back.

        Raises:
            NotFound: there is no hidden project of that name, or it isn't the actor's.
        """

        def work(c: Connection) -> ProjectRef:
            entity_id = self._catalog.accounts.entity_id(c, entity)
            missing = f"project {shorten(project)} of {shorten(entity)}"
            if entity_id is None:
                raise NotFound(f"there is no {missing}")
            actor.demand_write(entity_id, missing)
            if not self._catalog.projects.restore(c, entity_id, project):
                raise NotFound(f"there is no deleted {missing}")
            return self.found(c, actor, entity, project)

        return self._catalog.write(work)

    def _writable(self, c: Connection, actor: Actor, entity: str, project: str) -> ProjectRef:
        ref = self.found(c, actor, entity, project)
        actor.demand_write(ref.entity_id, f"project {shorten(project)}")
        _demand_no_registry(ref)
        return ref

    def _writable_by_id(self, c: Connection, actor: Actor, project_id: int) -> ProjectRef:
        ref = self._catalog.projects.find_by_id(c, project_id)
        # A deleted one is found by its id, not by its name.
        if ref is None or self._catalog.projects.find(c, ref.entity, ref.name) is None:
            raise NotFound("there is no such project")
        actor.demand_write(ref.entity_id, "such project")
        _demand_no_registry(ref)
        return ref


def _told(actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in row.items() if name != "entity_id"}
    return {**told, "writable": actor.may_write(row["entity_id"])}


def _demand_no_registry(ref: ProjectRef) -> None:
    if ref.entity == names.REGISTRY_ENTITY:
        name = ref.name.removeprefix(names.REGISTRY_PREFIX)
        raise InvalidValue(f"{shorten(name)} is a registry; change it at /api/registries")


def _check_description(description: str) -> None:
    if len(description) > MAX_DESCRIPTION_CHARS:
        raise InvalidValue(
            f"the description has {len(description):,} characters; at most {MAX_DESCRIPTION_CHARS:,} are kept"
        )
