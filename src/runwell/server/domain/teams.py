"""Teams: made, given members, taken apart by administrators.

A team is an entity without a user of its own; its projects are its members'. Of the entity that holds the registries
everybody is a member; who is put there as a viewer may look at registries only.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from runwell.wire import names
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_PAGE

from .access import Actor, Conflict, NotFound

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.records import EntityRecord
    from runwell.server.stores.sql.accounts import UserRecord
    from runwell.server.stores.sql.catalog import Catalog

ROLES = ("member", "viewer")


class Teams:
    """The teams of the catalog; only administrators change them.

    Args:
        catalog: the catalog.
        changed: called when what somebody may do has changed.
        clock: seconds since the epoch.
    """

    def __init__(
        self, catalog: Catalog, changed: Callable[[], None] = lambda: None, clock: Callable[[], float] = time.time
    ) -> None:
        self._catalog = catalog
        self._changed = changed
        self._clock = clock

    def list(self, actor: Actor) -> list[dict[str, Any]]:
        """List the teams that the actor may know of, each with its members and their roles."""

        def work(c: Connection) -> list[dict[str, Any]]:
            teams = [team for team in self._catalog.people.every_team(c, MAX_PAGE) if actor.may_read(team.id)]
            return [self._shown(c, team) for team in teams]

        return self._catalog.read(work)

    def add(self, actor: Actor, name: str) -> dict[str, Any]:
        """Make a team without members; give the ``Team`` object of docs/api.md.

        Raises:
            Forbidden: the actor is no administrator.
            InvalidValue: the name can't be a team's.
            Conflict: a user or team has the name.
        """
        actor.demand_admin()
        name = names.entity_name(name)

        def work(c: Connection) -> dict[str, Any]:
            if self._catalog.accounts.entity_id(c, name) is not None:
                raise Conflict(f"the name {shorten(name)} is taken; choose another")
            self._catalog.accounts.add_team(c, name, self._clock())
            return self._shown(c, self._found(c, name))

        try:
            return self._catalog.write(work)
        except IntegrityError:  # another request was first
            raise Conflict(f"the name {shorten(name)} is taken; choose another") from None

    def remove(self, actor: Actor, name: str) -> None:
        """End a team that holds nothing; its name is free again.

        Raises:
            Forbidden: the actor is no administrator.
            NotFound: there is no such team.
            Conflict: it holds projects, deleted ones too, or charts.
        """
        actor.demand_admin()

        def work(c: Connection) -> None:
            team = self._found(c, name)
            if team.name == names.REGISTRY_ENTITY or self._catalog.accounts.holds_anything(c, team.id):
                raise Conflict(
                    f"team {shorten(name)} holds projects (deleted ones count too) or charts, which would be nobody's; "
                    "take its members out instead"
                )
            self._catalog.accounts.remove_team(c, team.id)

        self._catalog.write(work)
        self._changed()

    def set_member(self, actor: Actor, name: str, user: str, role: str) -> dict[str, Any]:
        """Put a user into a team, or give him another role there: ``member``, or ``viewer``, who may only look.

        Returns:
            The ``Team`` object of docs/api.md.

        Raises:
            Forbidden: the actor is no administrator.
            NotFound: there is no such team or user.
            InvalidValue: there is no such role.
        """
        actor.demand_admin()
        if role not in ROLES:
            raise InvalidValue(f"{shorten(role)} is no role; there are {' and '.join(ROLES)}")

        def work(c: Connection) -> dict[str, Any]:
            team = self._found(c, name)
            self._catalog.accounts.add_member(c, team.id, self._user(c, user).id, role)
            return self._shown(c, team)

        team = self._catalog.write(work)
        self._changed()
        return team

    def drop_member(self, actor: Actor, name: str, user: str) -> None:
        """Take a user out of a team; what he logged there stays.

        Raises:
            Forbidden: the actor is no administrator.
            NotFound: there is no such team or user, or he isn't in it.
        """
        actor.demand_admin()

        def work(c: Connection) -> None:
            team = self._found(c, name)
            if not self._catalog.accounts.drop_member(c, team.id, self._user(c, user).id):
                raise NotFound(f"{shorten(user)} isn't in team {shorten(name)}")

        self._catalog.write(work)
        self._changed()

    def _shown(self, c: Connection, team: EntityRecord) -> dict[str, Any]:
        members = self._catalog.people.members(c, team.id, MAX_PAGE)
        return {"name": team.name, "members": [{"name": person.name, "role": role} for person, role in members]}

    def _found(self, c: Connection, name: str) -> EntityRecord:
        team = self._catalog.people.entity(c, name)
        if team is None or not team.is_team:
            raise NotFound(f"there is no team {shorten(name)}")
        return team

    def _user(self, c: Connection, name: str) -> UserRecord:
        user = self._catalog.accounts.find_user(c, name)
        if user is None:
            raise NotFound(f"there is no user {shorten(name)}")
        return user
