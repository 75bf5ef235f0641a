"""Entities, users, keys, login tokens and secrets in the catalog.

Keys and tokens are stored as SHA-256 digests (they are random, 240 bits), passwords as argon2id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select, update

from runwell.wire.names import REGISTRY_ENTITY

from .documents import insert_if_absent
from .tables import api_key, custom_chart, entity, login_token, member, project, secret, user


@dataclass(frozen=True, slots=True)
class UserRecord:
    """One user and the entities he belongs to (entity id → role)."""

    id: int
    name: str
    entity_id: int
    entity: str
    is_admin: bool
    email: str | None
    password_hash: str | None
    settings: dict[str, Any]
    session_epoch: int
    created_at: float
    roles: dict[int, str]


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """One key, as a list may show it."""

    id: int
    user_id: int
    name: str
    prefix: str
    created_at: float
    last_used_at: float | None
    revoked_at: float | None


_KEY = (
    api_key.c.id,
    api_key.c.user_id,
    api_key.c.name,
    api_key.c.prefix,
    api_key.c.created_at,
    api_key.c.last_used_at,
    api_key.c.revoked_at,
)


class AccountRows:
    """Rows of ``entity``, ``user_account``, ``member``, ``api_key``, ``login_token``, ``secret``."""

    def add_user(self, c: Connection, name: str, is_admin: bool, password_hash: str | None, now: float) -> int:
        """Make a user and his own entity; return the user's id.

        Raises:
            IntegrityError: the name is taken by a user or entity.
        """
        key = c.execute(entity.insert().values(name=name, is_team=False, created_at=now)).inserted_primary_key
        assert key is not None
        entity_id = key[0]
        made = c.execute(
            user.insert().values(
                name=name, entity_id=entity_id, is_admin=is_admin, password_hash=password_hash, created_at=now
            )
        ).inserted_primary_key
        assert made is not None
        self.add_member(c, entity_id, made[0], "member")
        return made[0]

    def add_team(self, c: Connection, name: str, now: float) -> int:
        """Make a team's entity; return its id."""
        key = c.execute(entity.insert().values(name=name, is_team=True, created_at=now)).inserted_primary_key
        assert key is not None
        return key[0]

    def share_registries(self, c: Connection, now: float) -> None:
        """Make the entity that holds the registries, if it isn't there."""
        insert_if_absent(c, entity, {"name": REGISTRY_ENTITY, "is_team": True, "created_at": now})

    def add_member(self, c: Connection, entity_id: int, user_id: int, role: str) -> None:
        """Put a user into an entity; role ``member`` or ``viewer``."""
        c.execute(delete(member).where(member.c.entity_id == entity_id, member.c.user_id == user_id))
        c.execute(member.insert().values(entity_id=entity_id, user_id=user_id, role=role))

    def drop_member(self, c: Connection, entity_id: int, user_id: int) -> bool:
        """Take a user out of an entity; tell whether he was in it."""
        gone = delete(member).where(member.c.entity_id == entity_id, member.c.user_id == user_id)
        return c.execute(gone).rowcount > 0

    def holds_anything(self, c: Connection, entity_id: int) -> bool:
        """Tell whether projects, deleted ones too, or charts are an entity's."""
        held = (select(of.c.id).where(of.c.entity_id == entity_id).limit(1) for of in (project, custom_chart))
        return any(c.execute(one).first() is not None for one in held)

    def remove_team(self, c: Connection, entity_id: int) -> None:
        """Remove a team's entity, which holds nothing, and its memberships."""
        c.execute(delete(member).where(member.c.entity_id == entity_id))
        c.execute(delete(entity).where(entity.c.id == entity_id, entity.c.is_team.is_(True)))

    def revive_user(self, c: Connection, user_id: int, is_admin: bool, password_hash: str | None) -> None:
        """Bring a removed user back."""
        c.execute(
            update(user)
            .where(user.c.id == user_id)
            .values(removed_at=None, is_admin=is_admin, password_hash=password_hash)
        )

    def find_user(self, c: Connection, name: str, removed: bool = False) -> UserRecord | None:
        """Find a user by name; removed ones only if asked for."""
        return self._user(c, user.c.name == name, removed)

    def find_user_by_id(self, c: Connection, user_id: int) -> UserRecord | None:
        """Find a user who wasn't removed."""
        return self._user(c, user.c.id == user_id, False)

    def _user(self, c: Connection, condition: Any, removed: bool) -> UserRecord | None:
        chosen = select(user, entity.c.name.label("entity")).join(entity, entity.c.id == user.c.entity_id)
        chosen = chosen.where(condition, user.c.removed_at.is_not(None) if removed else user.c.removed_at.is_(None))
        row = c.execute(chosen).first()
        if row is None:
            return None
        # Every user belongs to the registries, at least as a member; who is put there as a viewer is one.
        shared = c.execute(select(entity.c.id).where(entity.c.name == REGISTRY_ENTITY)).scalar()
        roles: dict[int, str] = {} if shared is None else {shared: "member"}
        own = select(member.c.entity_id, member.c.role).where(member.c.user_id == row.id)
        roles.update({entity_id: role for entity_id, role in c.execute(own)})  # noqa: C416
        return UserRecord(
            row.id,
            row.name,
            row.entity_id,
            row.entity,
            row.is_admin,
            row.email,
            row.password_hash,
            row.settings or {},
            row.session_epoch,
            row.created_at,
            roles,
        )

    def list_users(self, c: Connection) -> list[dict[str, Any]]:
        """List who wasn't removed: name, is_admin, created_at, number of keys, last use of any."""
        keys: dict[int, list[KeyRecord]] = {}
        for row in c.execute(select(*_KEY).where(api_key.c.revoked_at.is_(None))):
            record = KeyRecord(*row)
            keys.setdefault(record.user_id, []).append(record)
        rows = c.execute(select(user).where(user.c.removed_at.is_(None)).order_by(user.c.name)).all()
        return [
            {
                "id": row.id,
                "name": row.name,
                "is_admin": row.is_admin,
                "created_at": row.created_at,
                "keys": len(keys.get(row.id, [])),
                "last_used_at": max((k.last_used_at for k in keys.get(row.id, []) if k.last_used_at), default=None),
            }
            for row in rows
        ]

    def remove_user(self, c: Connection, user_id: int, now: float) -> None:
        """Take the user's keys and sessions away; what he made stays."""
        self.end_access(c, user_id, now)
        c.execute(update(user).where(user.c.id == user_id).values(removed_at=now))

    def end_access(self, c: Connection, user_id: int, now: float) -> None:
        """End the user's keys, password, login links and sessions."""
        c.execute(
            update(user).where(user.c.id == user_id).values(password_hash=None, session_epoch=user.c.session_epoch + 1)
        )
        c.execute(
            update(api_key).where(api_key.c.user_id == user_id, api_key.c.revoked_at.is_(None)).values(revoked_at=now)
        )
        c.execute(delete(login_token).where(login_token.c.user_id == user_id))

    def set_password(self, c: Connection, user_id: int, password_hash: str | None) -> None:
        """Replace the password and end the user's sessions."""
        c.execute(
            update(user)
            .where(user.c.id == user_id)
            .values(password_hash=password_hash, session_epoch=user.c.session_epoch + 1)
        )

    def set_settings(self, c: Connection, user_id: int, settings: dict[str, Any]) -> None:
        """Replace the user's settings."""
        c.execute(update(user).where(user.c.id == user_id).values(settings=settings))

    def entity_id(self, c: Connection, name: str) -> int | None:
        """Find an entity."""
        return c.execute(select(entity.c.id).where(entity.c.name == name)).scalar()

    def add_key(self, c: Connection, user_id: int, name: str, prefix: str, digest: bytes, now: float) -> KeyRecord:
        """Add a key of which only the digest is kept.

        Raises:
            IntegrityError: the key is somebody's already.
        """
        values = {"user_id": user_id, "name": name, "prefix": prefix, "digest": digest, "created_at": now}
        made = c.execute(api_key.insert().values(**values)).inserted_primary_key
        assert made is not None
        return KeyRecord(made[0], user_id, name, prefix, now, None, None)

    def find_key(self, c: Connection, digest: bytes) -> KeyRecord | None:
        """Find a key that wasn't revoked."""
        row = c.execute(select(*_KEY).where(api_key.c.digest == digest, api_key.c.revoked_at.is_(None))).first()
        return KeyRecord(*row) if row else None

    def list_keys(self, c: Connection, user_id: int) -> list[KeyRecord]:
        """List a user's keys, newest first, without revoked ones."""
        chosen = select(*_KEY).where(api_key.c.user_id == user_id, api_key.c.revoked_at.is_(None))
        return [KeyRecord(*row) for row in c.execute(chosen.order_by(api_key.c.id.desc()))]

    def revoke_key(self, c: Connection, user_id: int, key_id: int, now: float) -> bool:
        """End a key of the user; tell whether there was one."""
        result = c.execute(
            update(api_key)
            .where(api_key.c.id == key_id, api_key.c.user_id == user_id, api_key.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        return result.rowcount > 0

    def used(self, c: Connection, key_id: int, now: float) -> None:
        """Note a key's last use."""
        c.execute(update(api_key).where(api_key.c.id == key_id).values(last_used_at=now))

    def add_token(self, c: Connection, user_id: int, digest: bytes, expires_at: float, now: float) -> None:
        """Add a one-time login token; forget those that expired."""
        c.execute(delete(login_token).where(login_token.c.expires_at < now))
        c.execute(login_token.insert().values(digest=digest, user_id=user_id, expires_at=expires_at))

    def redeem_token(self, c: Connection, digest: bytes, now: float) -> int | None:
        """Use a login token up; return its user's id, or None if it is unknown, used or expired."""
        row = c.execute(select(login_token).where(login_token.c.digest == digest)).first()
        if row is None or c.execute(delete(login_token).where(login_token.c.digest == digest)).rowcount == 0:
            return None
        return row.user_id if row.expires_at >= now else None

    def secret(self, c: Connection, name: str, fresh: bytes) -> bytes:
        """Give the server's secret of this name; ``fresh`` becomes it if there is none."""
        insert_if_absent(c, secret, {"name": name, "value": fresh})
        return bytes(c.execute(select(secret.c.value).where(secret.c.name == name)).scalar_one())
