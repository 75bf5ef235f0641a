"""People and the entities they belong to, as far as the actor may know of them.

He knows of those he shares an entity with; an administrator of all. Addresses are told to their owners and to
administrators.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runwell.server.stores.records import EntityRecord, PersonRecord, ProjectRef
from runwell.wire.errors import shorten
from runwell.wire.limits import MAX_PAGE
from runwell.wire.names import REGISTRY_ENTITY

from .access import Actor, NotFound

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

MAX_SEARCH_CHARS = 256  # longer than any name or address


class People:
    """The people of the catalog.

    Args:
        catalog: the catalog.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def entity(self, actor: Actor, name: str) -> EntityRecord:
        """Find an entity of the actor's.

        Raises:
            NotFound: there is none, or it isn't his.
        """
        found = self._catalog.read(lambda c: self._catalog.people.entity(c, name))
        if found is None or not actor.may_read(found.id):
            raise NotFound(f"there is no entity {shorten(name)}")
        return found

    def members(self, actor: Actor, entity: EntityRecord) -> list[tuple[PersonRecord, str]]:
        """List who belongs to an entity of the actor's, with their roles."""
        found = self._catalog.read(lambda c: self._catalog.people.members(c, entity.id, MAX_PAGE))
        return [(_seen_by(actor, person), role) for person, role in found]

    def project_members(self, actor: Actor, ref: ProjectRef) -> list[tuple[PersonRecord, str]]:
        """List who may see a project of the actor's, with their roles: ``admin``, ``member`` or ``viewer``.

        To a registry everybody belongs, as a member where no other role was given. Who is an administrator only
        administrators are told.
        """
        given = {person.user_id: (person, role) for person, role in self.members(actor, self.entity(actor, ref.entity))}
        if ref.entity == REGISTRY_ENTITY:
            for person in self.search(actor, "", 0, MAX_PAGE):
                given.setdefault(person.user_id, (person, "member"))
        found = [(person, "admin" if person.is_admin else role) for person, role in given.values()]
        return sorted(found, key=lambda one: one[0].name)

    def owner(self, actor: Actor, entity_id: int) -> PersonRecord | None:
        """Find whose own entity this is; None: it is a team's, or he was removed."""
        found = self._catalog.read(lambda c: self._catalog.people.owner(c, entity_id))
        return _seen_by(actor, found) if found else None

    def teams(self, actor: Actor, user_id: int) -> list[str]:
        """List the teams that a user belongs to; nothing of somebody else's."""
        if user_id != actor.user_id and not actor.is_admin:
            return []
        return self._catalog.read(lambda c: self._catalog.people.teams(c, user_id))

    def profile(self, actor: Actor) -> dict[str, Any]:
        """Tell who the actor is: name, entity, address, rights, since when, and his teams."""

        def work(c: Connection) -> dict[str, Any]:
            user = self._catalog.accounts.find_user_by_id(c, actor.user_id)
            if user is None:
                raise NotFound("this account was removed")
            return {
                "name": user.name,
                "entity": user.entity,
                "email": user.email,
                "is_admin": user.is_admin,
                "created_at": user.created_at,
                "teams": self._catalog.people.teams(c, user.id),
            }

        return self._catalog.read(work)

    def everybody(self, actor: Actor) -> list[dict[str, Any]]:
        """List the users that the actor may know of; their keys and last use are told to administrators."""
        if not actor.is_admin:
            return [
                {"name": person.name, "is_admin": person.is_admin} for person in self.search(actor, "", 0, MAX_PAGE)
            ]
        rows = self._catalog.read(self._catalog.accounts.list_users)
        return [{name: value for name, value in row.items() if name != "id"} for row in rows]

    def search(self, actor: Actor, text: str, offset: int, limit: int) -> list[PersonRecord]:
        """List users by a part of their name or address."""
        whose = None if actor.is_admin else actor.entity_ids
        part = text[:MAX_SEARCH_CHARS]
        found = self._catalog.read(lambda c: self._catalog.people.search(c, part, whose, offset, min(limit, MAX_PAGE)))
        return [_seen_by(actor, person) for person in found]

    def stored_bytes(self, actor: Actor, entity: EntityRecord) -> int:
        """Sum the sizes of the files of an entity's runs."""
        return self._catalog.read(lambda c: self._catalog.people.stored_bytes(c, entity.id))


def _seen_by(actor: Actor, person: PersonRecord) -> PersonRecord:
    return person if actor.is_admin or person.user_id == actor.user_id else replace(person, email=None, is_admin=None)
