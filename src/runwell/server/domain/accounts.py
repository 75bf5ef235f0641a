"""Accounts: users with their entities, keys, passwords, login links and settings."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from runwell.wire import names
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_NAME_CHARS

from .access import Actor, Conflict, NotFound
from .credentials import (
    check_key,
    could_be_key,
    digest,
    hash_password,
    new_key,
    new_token,
    password_fits,
    shown_prefix,
)
from .known_keys import KnownKeys
from .personal_settings import DEFAULT_SETTINGS, check_settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.accounts import UserRecord
    from runwell.server.stores.sql.catalog import Catalog

LOGIN_TOKEN_S = 600.0
MAX_KEYS = 100  # of one user


class Accounts:
    """The accounts of the catalog.

    Args:
        catalog: the catalog.
        clock: seconds since the epoch.

    Attributes:
        known_keys: what is remembered of keys; to be forgotten when what somebody may do has changed.
    """

    def __init__(self, catalog: Catalog, clock: Callable[[], float] = time.time) -> None:
        self._catalog = catalog
        self._clock = clock
        self.known_keys = KnownKeys()

    def first_start(self) -> str | None:
        """Make user and entity ``local``, an administrator, and a key; and the entity of the registries.

        Returns:
            The key, which can't be had again, or None if ``local`` is there already.
        """
        key = new_key()

        def work(c: Connection) -> bool:
            is_there = self._catalog.accounts.entity_id(c, names.DEFAULT_ENTITY) is not None
            now = self._clock()
            if not is_there or self._catalog.accounts.entity_id(c, names.REGISTRY_ENTITY) is None:
                self._catalog.accounts.share_registries(c, now)
            if is_there:
                return False
            user_id = self._catalog.accounts.add_user(c, names.DEFAULT_ENTITY, True, None, now)
            self._catalog.accounts.add_key(c, user_id, "first start", shown_prefix(key), digest(key), now)
            return True

        try:
            return key if self._catalog.write(work) else None
        except IntegrityError:  # another server on the same database was first
            return None

    def actor_for_key(self, key: str) -> Actor | None:
        """Find who has this key; None: nobody, or it was revoked."""
        if not could_be_key(key):
            return None
        found = self.known_keys.find(
            digest(key), lambda fingerprint: self._catalog.read(lambda c: self._look_up(c, fingerprint))
        )
        if found is None:
            return None
        actor, key_id = found
        if self.known_keys.is_use_due(key_id):
            now = self._clock()
            self._catalog.submit(lambda c: self._catalog.accounts.used(c, key_id, now))
        return actor

    def _look_up(self, c: Connection, fingerprint: bytes) -> tuple[Actor, int] | None:
        key = self._catalog.accounts.find_key(c, fingerprint)
        user = self._catalog.accounts.find_user_by_id(c, key.user_id) if key else None
        return (_actor(user), key.id) if key and user else None

    def actor_for_user(self, user_id: int, session_epoch: int) -> Actor | None:
        """Find who has a session; None: he was removed, or his sessions were ended."""
        user = self._catalog.read(lambda c: self._catalog.accounts.find_user_by_id(c, user_id))
        return _actor(user) if user is not None and user.session_epoch == session_epoch else None

    def session_epoch(self, actor: Actor) -> int:
        """Give what a session of the actor must carry to count.

        Raises:
            NotFound: he was removed.
        """
        return self._catalog.read(lambda c: self._self(c, actor)).session_epoch

    def end_sessions(self, actor: Actor) -> None:
        """End every session of the actor's."""

        def work(c: Connection) -> None:
            user = self._self(c, actor)
            self._catalog.accounts.set_password(c, user.id, user.password_hash)

        self._catalog.write(work)

    def check_password(self, name: str, password: str) -> Actor | None:
        """Find who has this name and password; takes as long for a name nobody has."""
        user = self._catalog.read(lambda c: self._catalog.accounts.find_user(c, name))
        fits = password_fits(user.password_hash if user else None, password)
        return _actor(user) if user is not None and fits else None

    def set_password(self, actor: Actor, name: str, password: str | None) -> None:
        """Replace a user's password and end his sessions; None: he has none any more.

        Raises:
            Forbidden: it isn't his own, and the actor is no administrator.
            NotFound: there is no such user.
            InvalidValue: it is too short or too long.
        """
        if name != actor.name:
            actor.demand_admin()
        hashed = hash_password(password) if password is not None else None

        def work(c: Connection) -> None:
            self._catalog.accounts.set_password(c, self._named(c, name).id, hashed)

        self._catalog.write(work)

    def make_login_token(self, actor: Actor) -> str:
        """Make a token that opens one session of the actor's within ten minutes."""
        token = new_token()
        now = self._clock()
        self._catalog.write(
            lambda c: self._catalog.accounts.add_token(c, actor.user_id, digest(token), now + LOGIN_TOKEN_S, now)
        )
        return token

    def make_login_token_for(self, actor: Actor, name: str) -> str:
        """Make a login token for somebody else.

        Raises:
            Forbidden: the actor is no administrator.
            NotFound: there is no such user.
        """
        actor.demand_admin()
        return self.make_login_token(_actor(self._catalog.read(lambda c: self._named(c, name))))

    def redeem_login_token(self, token: str) -> Actor | None:
        """Use a login token up; None: it is unknown, used or too old."""

        def work(c: Connection) -> UserRecord | None:
            user_id = self._catalog.accounts.redeem_token(c, digest(token), self._clock())
            return self._catalog.accounts.find_user_by_id(c, user_id) if user_id is not None else None

        user = self._catalog.write(work)
        return _actor(user) if user else None

    def add_user(
        self,
        actor: Actor,
        name: str,
        api_key: str | None = None,
        password: str | None = None,
        is_admin: bool = False,
    ) -> str:
        """Make a user with his own entity and a key; one that was removed comes back.

        Returns:
            The key: the one given, or a fresh one; it can't be had again.

        Raises:
            Forbidden: the actor is no administrator.
            InvalidValue: name, key or password break a rule.
            Conflict: the name or the key is taken.
        """
        actor.demand_admin()
        name = names.entity_name(name)
        key = check_key(api_key) if api_key is not None else new_key()
        hashed = hash_password(password) if password is not None else None

        def work(c: Connection) -> None:
            rows, now = self._catalog.accounts, self._clock()
            gone = rows.find_user(c, name, removed=True)
            if gone is not None:
                rows.revive_user(c, gone.id, is_admin, hashed)
                user_id = gone.id
            elif rows.entity_id(c, name) is not None:
                raise Conflict(f"the name {shorten(name)} is taken; choose another")
            else:
                user_id = rows.add_user(c, name, is_admin, hashed, now)
            rows.add_key(c, user_id, "", shown_prefix(key), digest(key), now)

        try:
            self._catalog.write(work)
        except IntegrityError:
            raise Conflict("this key was used before; choose another, or leave it out to get a fresh one") from None
        return key

    def list_users(self, actor: Actor) -> list[dict[str, Any]]:
        """List users: name, is_admin, created_at, how many keys, their last use.

        Raises:
            Forbidden: the actor is no administrator.
        """
        actor.demand_admin()
        return self._catalog.read(self._catalog.accounts.list_users)

    def remove_user(self, actor: Actor, name: str) -> None:
        """End a user's keys and sessions; his projects stay.

        Raises:
            Forbidden: the actor is no administrator.
            NotFound: there is no such user.
            Conflict: he is the actor himself, or the last administrator.
        """
        actor.demand_admin()

        def work(c: Connection) -> None:
            user = self._named(c, name)
            others = [u for u in self._catalog.accounts.list_users(c) if u["is_admin"] and u["id"] != user.id]
            if user.is_admin and not others:
                raise Conflict(f"{shorten(name)} is the last administrator; make another one first")
            _demand_another(actor, user)
            self._catalog.accounts.remove_user(c, user.id, self._clock())

        self._catalog.write(work)
        self.known_keys.forget()

    def reset_user(self, actor: Actor, name: str) -> str:
        """End a user's keys, password and sessions, and make him a fresh key: for whom his own was lost or stolen.

        Returns:
            The key, which can't be had again.

        Raises:
            Forbidden: the actor is no administrator.
            NotFound: there is no such user.
            Conflict: he is the actor himself.
        """
        actor.demand_admin()
        key = new_key()

        def work(c: Connection) -> None:
            user, now = self._named(c, name), self._clock()
            _demand_another(actor, user)
            self._catalog.accounts.end_access(c, user.id, now)
            self._catalog.accounts.add_key(c, user.id, "reset", shown_prefix(key), digest(key), now)

        self._catalog.write(work)
        self.known_keys.forget()
        return key

    def add_key(self, actor: Actor, name: str) -> tuple[dict[str, Any], str]:
        """Make one more key of the actor's.

        Returns:
            The key as a list shows it, and the key, which can't be had again.

        Raises:
            InvalidValue: the name is too long, or he has too many.
        """
        if len(name) > MAX_NAME_CHARS:
            raise InvalidValue(f"key name {shorten(name)} has {len(name)} characters; at most {MAX_NAME_CHARS}")
        key = new_key()

        def work(c: Connection) -> dict[str, Any]:
            if len(self._catalog.accounts.list_keys(c, actor.user_id)) >= MAX_KEYS:
                raise InvalidValue(f"you have {MAX_KEYS} keys already; revoke one first")
            made = self._catalog.accounts.add_key(
                c, actor.user_id, name.replace("\x00", ""), shown_prefix(key), digest(key), self._clock()
            )
            return _shown(made)

        return self._catalog.write(work), key

    def list_keys(self, actor: Actor) -> list[dict[str, Any]]:
        """List the actor's keys by prefix, newest first."""
        found = self._catalog.read(lambda c: self._catalog.accounts.list_keys(c, actor.user_id))
        return [_shown(key) for key in found]

    def revoke_key(self, actor: Actor, key_id: int) -> None:
        """End a key of the actor's, with the next request.

        Raises:
            NotFound: he has no such key.
        """
        now = self._clock()
        if not self._catalog.write(lambda c: self._catalog.accounts.revoke_key(c, actor.user_id, key_id, now)):
            raise NotFound(f"you have no key {key_id}")
        self.known_keys.forget()

    def entity_id(self, actor: Actor, name: str) -> int:
        """Find an entity of the actor's.

        Raises:
            NotFound: there is none, or it isn't his.
        """
        entity_id = self._catalog.read(lambda c: self._catalog.accounts.entity_id(c, name))
        if entity_id is None or not actor.may_read(entity_id):
            raise NotFound(f"there is no entity {shorten(name)}")
        return entity_id

    def settings(self, actor: Actor) -> dict[str, Any]:
        """Give the actor's settings, defaults filled in."""
        return {**DEFAULT_SETTINGS, **self._catalog.read(lambda c: self._self(c, actor)).settings}

    def code_saving(self, actor: Actor) -> bool | None:
        """Tell whether the actor wants his scripts' code saved; None: he never said, it is each script's own choice."""
        return self._catalog.read(lambda c: self._self(c, actor)).settings.get("code_saving")

    def change_settings(self, actor: Actor, changes: dict[str, Any]) -> dict[str, Any]:
        """Change some settings; return all.

        Raises:
            InvalidValue: a setting or value that doesn't exist.
        """
        check_settings(changes)

        def work(c: Connection) -> dict[str, Any]:
            settings = {**self._self(c, actor).settings, **changes}
            self._catalog.accounts.set_settings(c, actor.user_id, settings)
            return {**DEFAULT_SETTINGS, **settings}

        return self._catalog.write(work)

    def signing_secret(self, name: str) -> bytes:
        """Give the server's 256-bit secret of this name, made at its first use, the same ever after."""
        fresh = secrets.token_bytes(32)
        return self._catalog.write(lambda c: self._catalog.accounts.secret(c, name, fresh))

    def _self(self, c: Connection, actor: Actor) -> UserRecord:
        user = self._catalog.accounts.find_user_by_id(c, actor.user_id)
        if user is None or not hmac.compare_digest(user.name.encode(), actor.name.encode()):
            raise NotFound("this account was removed")
        return user

    def _named(self, c: Connection, name: str) -> UserRecord:
        user = self._catalog.accounts.find_user(c, name)
        if user is None:
            raise NotFound(f"there is no user {shorten(name)}")
        return user


def _actor(user: UserRecord) -> Actor:
    return Actor(
        user_id=user.id,
        name=user.name,
        entity=user.entity,
        is_admin=user.is_admin,
        entity_ids=frozenset(user.roles) | {user.entity_id},
        email=user.email,
        viewer_ids=frozenset(entity_id for entity_id, role in user.roles.items() if role == "viewer"),
    )


def _demand_another(actor: Actor, user: UserRecord) -> None:
    if user.id == actor.user_id:
        raise Conflict(f"{shorten(user.name)} is you; another administrator may do this")


def _shown(key: Any) -> dict[str, Any]:
    row = asdict(key)
    return {name: row[name] for name in ("id", "name", "prefix", "created_at", "last_used_at")}
