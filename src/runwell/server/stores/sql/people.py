"""Who belongs to which entity, and what an entity holds, as the catalog has it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, or_, select

from runwell.server.stores.records import EntityRecord, PersonRecord
from runwell.wire.names import REGISTRY_ENTITY

from .documents import clean_text
from .tables import entity, member, project, run, run_file, user

_PERSON = select(user.c.id, user.c.name, user.c.email, user.c.is_admin, entity.c.name.label("entity")).join(
    entity, entity.c.id == user.c.entity_id
)


class PeopleRows:
    """Reads over ``user_account``, ``entity`` and ``member``."""

    def entity(self, c: Connection, name: str) -> EntityRecord | None:
        """Find an entity."""
        row = c.execute(select(entity.c.id, entity.c.name, entity.c.is_team).where(entity.c.name == name)).first()
        return EntityRecord(*row) if row else None

    def members(self, c: Connection, entity_id: int, limit: int) -> list[tuple[PersonRecord, str]]:
        """List who belongs to an entity, with their roles (``member`` or ``viewer``), by name."""
        chosen = _PERSON.add_columns(member.c.role).join(member, member.c.user_id == user.c.id)
        chosen = chosen.where(member.c.entity_id == entity_id, user.c.removed_at.is_(None))
        return [(PersonRecord(*row[:-1]), row[-1]) for row in c.execute(chosen.order_by(user.c.name).limit(limit))]

    def owner(self, c: Connection, entity_id: int) -> PersonRecord | None:
        """Find whose own entity this is."""
        row = c.execute(_PERSON.where(user.c.entity_id == entity_id, user.c.removed_at.is_(None))).first()
        return PersonRecord(*row) if row else None

    def teams(self, c: Connection, user_id: int) -> list[str]:
        """List the teams that a user belongs to."""
        chosen = select(entity.c.name).join(member, member.c.entity_id == entity.c.id)
        chosen = chosen.where(member.c.user_id == user_id, entity.c.is_team.is_(True)).order_by(entity.c.name)
        return list(c.execute(chosen).scalars())

    def every_team(self, c: Connection, limit: int) -> list[EntityRecord]:
        """List the teams, without the one that holds the registries, by name."""
        chosen = select(entity.c.id, entity.c.name, entity.c.is_team).where(
            entity.c.is_team.is_(True), entity.c.name != REGISTRY_ENTITY
        )
        return [EntityRecord(*row) for row in c.execute(chosen.order_by(entity.c.name).limit(limit))]

    def search(
        self, c: Connection, text: str, entity_ids: frozenset[int] | None, offset: int, limit: int
    ) -> list[PersonRecord]:
        """List users whose name or address has this text in it, by name.

        Args:
            entity_ids: only those who belong to one of these; None for all.
        """
        part = clean_text(text)
        chosen = _PERSON.where(
            user.c.removed_at.is_(None),
            or_(user.c.name.icontains(part, autoescape=True), user.c.email.icontains(part, autoescape=True)),
        )
        if entity_ids is not None:
            mates = select(member.c.user_id).where(member.c.entity_id.in_(sorted(entity_ids)))
            chosen = chosen.where(user.c.id.in_(mates))
        rows: Any = c.execute(chosen.order_by(user.c.name).offset(offset).limit(limit))
        return [PersonRecord(*row) for row in rows]

    def stored_bytes(self, c: Connection, entity_id: int) -> int:
        """Sum the sizes of the files of an entity's runs."""
        chosen = select(func.coalesce(func.sum(run_file.c.size_bytes), 0)).select_from(
            run_file.join(run, run.c.id == run_file.c.run_id).join(project, project.c.id == run.c.project_id)
        )
        chosen = chosen.where(project.c.entity_id == entity_id, run.c.deleted_at.is_(None))
        return int(c.execute(chosen).scalar_one())
