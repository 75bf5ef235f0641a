"""Who asks, and what he may not: the actor, and the errors that every room of the server speaks.

What exists but isn't the actor's is answered exactly like what doesn't exist: :class:`NotFound`
with the same words. There is no function of the domain without an actor as its first argument.
"""

from __future__ import annotations

from dataclasses import dataclass

from runwell.server.stores.failures import Busy, DiskFull
from runwell.wire.errors import InvalidValue, RunwellError

__all__ = ["SYSTEM", "Actor", "Busy", "Conflict", "DiskFull", "Forbidden", "InvalidValue", "NotFound"]


class NotFound(RunwellError):
    """There is no such thing, or it isn't the actor's."""


class Forbidden(RunwellError):
    """The actor sees it and may not change it."""


class Conflict(RunwellError):
    """It can't be done to what is there now."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks.

    Attributes:
        entity: name of the actor's own entity, where runs go that name none.
        entity_ids: the entities whose projects the actor sees.
        viewer_ids: those of them where he may look only.
    """

    user_id: int
    name: str
    entity: str
    is_admin: bool
    entity_ids: frozenset[int]
    email: str | None = None
    viewer_ids: frozenset[int] = frozenset()

    def may_read(self, entity_id: int) -> bool:
        """Tell whether the actor sees this entity's projects."""
        return self.is_admin or entity_id in self.entity_ids

    def may_write(self, entity_id: int) -> bool:
        """Tell whether the actor may change this entity's projects."""
        return self.is_admin or (entity_id in self.entity_ids and entity_id not in self.viewer_ids)

    def demand_write(self, entity_id: int, what: str) -> None:
        """Let only those go on who may change the entity's projects.

        Raises:
            NotFound: it isn't the actor's.
            Forbidden: he may only look at it.
        """
        if not self.may_read(entity_id):
            raise NotFound(f"there is no {what}")
        if not self.may_write(entity_id):
            raise Forbidden(f"you may look at {what}, not change it; ask its owner to make you a member")

    def may_end(self, makers: frozenset[int]) -> bool:
        """Tell whether the actor may end something that these users (ids; 0: nobody known) made together."""
        return self.is_admin or makers <= {self.user_id}

    def demand_end(self, makers: frozenset[int], what: str) -> None:
        """Let only those go on who may end what these users made together: one who made it alone, and administrators.

        Whoever renames a thing or narrows what it takes ends it for those who rely on it, too.

        Raises:
            Forbidden: others have a part in it.
        """
        if not self.may_end(makers):
            raise Forbidden(f"others have put something into {what}; ask an administrator to change or delete it")

    def demand_admin(self) -> None:
        """Let only administrators go on.

        Raises:
            Forbidden: the actor is none.
        """
        if not self.is_admin:
            raise Forbidden("only an administrator may do this")


SYSTEM = Actor(user_id=0, name="system", entity="", is_admin=True, entity_ids=frozenset())
"""The server itself, for its background work."""
