"""Accounts: first start, keys, passwords, login links, settings, users."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys

import argon2
import pytest
from argon2.exceptions import VerifyMismatchError

from runwell.server.domain import credentials, known_keys
from runwell.server.domain.access import Conflict, Forbidden, InvalidValue, NotFound
from runwell.server.domain.accounts import Accounts


def test_the_first_start_makes_local_and_a_key_once(house):
    assert (house.owner.name, house.owner.entity, house.owner.is_admin) == ("local", "local", True)
    assert house.accounts.first_start() is None
    assert Accounts(house.catalog).first_start() is None


def test_a_key_is_what_the_official_client_takes(house):
    _, key = house.accounts.add_key(house.owner, "laptop")
    prefix, _, rest = key.partition("-")
    assert prefix == "local" and len(rest) >= 40 and re.fullmatch(r"\w+", rest)


def test_the_catalog_holds_no_key_and_no_password(house, tmp_path):
    _, key = house.accounts.add_key(house.owner, "laptop")
    house.accounts.set_password(house.owner, "local", "correct horse")
    token = house.accounts.make_login_token(house.owner)
    house.catalog.close()
    with sqlite3.connect(tmp_path / "catalog.db") as connection:
        everything = "\n".join(connection.iterdump())
    for secret in (key, key[16:], "correct horse", token):
        assert secret not in everything
    assert "$argon2id$" in everything


@pytest.mark.parametrize("key", ["", " ", "x", "a" * 39, "local-", "local- " + "a" * 40, "é" * 40, "a" * 600])
def test_what_is_no_key_is_nobody(house, key):
    assert house.accounts.actor_for_key(key) is None


def test_a_revoked_key_ends_with_the_next_request(house):
    row, key = house.accounts.add_key(house.owner, "laptop")
    assert house.accounts.actor_for_key(key) is not None
    house.accounts.revoke_key(house.owner, row["id"])
    assert house.accounts.actor_for_key(key) is None
    with pytest.raises(NotFound):
        house.accounts.revoke_key(house.owner, row["id"])


def test_a_look_up_under_way_does_not_keep_a_revoked_key(house, monkeypatch):
    row, key = house.accounts.add_key(house.owner, "laptop")
    look_up = house.accounts._look_up

    def look_up_and_be_overtaken(c, fingerprint):
        found = look_up(c, fingerprint)
        monkeypatch.undo()
        house.accounts.revoke_key(house.owner, row["id"])
        return found

    monkeypatch.setattr(house.accounts, "_look_up", look_up_and_be_overtaken)
    assert house.accounts.actor_for_key(key) is not None, "this request came before"
    assert house.accounts.actor_for_key(key) is None


def test_a_key_revoked_elsewhere_ends_soon(house, monkeypatch):
    row, key = house.accounts.add_key(house.owner, "laptop")
    assert house.accounts.actor_for_key(key) is not None
    Accounts(house.catalog).revoke_key(house.owner, row["id"])
    monkeypatch.setattr(known_keys.time, "monotonic", lambda: 10.0**9)
    assert house.accounts.actor_for_key(key) is None
    assert known_keys.KEY_KEPT_S <= 5


def test_kept_keys_are_bounded(house, monkeypatch):
    monkeypatch.setattr(known_keys, "MAX_KEPT_KEYS", 3)
    keys = [house.accounts.add_key(house.owner, str(n))[1] for n in range(6)]
    for key in keys:
        assert house.accounts.actor_for_key(key) is not None
    kept = house.accounts.known_keys
    assert len(kept._kept) == 3 and len(kept._used) == 3


def test_a_list_shows_prefix_and_last_use_only(house):
    row, key = house.accounts.add_key(house.owner, "laptop")
    house.accounts.actor_for_key(key)
    house.catalog.write(lambda c: None)  # the last use is written behind the answer
    listed = {k["name"]: k for k in house.accounts.list_keys(house.owner)}
    assert listed["laptop"] == {**row, "last_used_at": house.clock.now}
    assert key.startswith(row["prefix"]) and len(row["prefix"]) <= 10 and key not in str(listed)


def test_nobody_revokes_the_key_of_another(house):
    other = house.user("kim")
    row, key = house.accounts.add_key(other, "mine")
    with pytest.raises(NotFound):
        house.accounts.revoke_key(house.owner, row["id"])
    assert house.accounts.actor_for_key(key) == other


def test_passwords(house):
    kim = house.user("kim")
    assert house.accounts.check_password("kim", "") is None, "none is set"
    with pytest.raises(InvalidValue):
        house.accounts.set_password(kim, "kim", "short")
    with pytest.raises(InvalidValue):
        house.accounts.set_password(kim, "kim", " " * 12)
    epoch = house.accounts.session_epoch(kim)
    house.accounts.set_password(kim, "kim", "비밀번호 12345")
    assert house.accounts.check_password("kim", "비밀번호 12345") == kim
    for name, password in [("kim", "비밀번호 1234"), ("kim", ""), ("nobody", "비밀번호 12345"), ("kim", "x" * 5000)]:
        assert house.accounts.check_password(name, password) is None
    assert house.accounts.actor_for_user(kim.user_id, epoch) is None, "a new password ends the sessions"
    with pytest.raises(Forbidden):
        house.accounts.set_password(kim, "local", "taken over!")


def test_an_unknown_user_takes_as_long_as_a_known_one():
    stored = credentials.hash_password("correct horse")
    assert argon2.extract_parameters(credentials._NOBODY) == argon2.extract_parameters(stored)
    with pytest.raises(VerifyMismatchError):  # compared, where a malformed hash would be refused at once
        argon2.PasswordHasher().verify(credentials._NOBODY, "correct horse")


def test_a_login_token_works_once_and_for_ten_minutes(house):
    token = house.accounts.make_login_token(house.owner)
    assert house.accounts.redeem_login_token(token) == house.owner
    assert house.accounts.redeem_login_token(token) is None
    late = house.accounts.make_login_token(house.owner)
    house.clock.now += 601
    assert house.accounts.redeem_login_token(late) is None
    assert house.accounts.redeem_login_token("x") is None


def test_settings(house):
    assert house.accounts.settings(house.owner)["code_saving"] is False
    changed = house.accounts.change_settings(house.owner, {"theme": "dark", "code_saving": True})
    assert (changed["theme"], changed["code_saving"]) == ("dark", True)
    assert house.accounts.settings(house.owner) == changed
    for bad in ({"theme": "pink"}, {"nope": 1}, {"code_saving": "yes"}, {"ui": {"x": "y" * 70_000}}):
        with pytest.raises(InvalidValue):
            house.accounts.change_settings(house.owner, bad)
    assert house.accounts.settings(house.owner) == changed


def test_users_come_and_go(house):
    key = house.accounts.add_user(house.owner, "kim", api_key="k" * 40)
    kim = house.accounts.actor_for_key(key)
    assert key == "k" * 40 and kim is not None and kim.entity == "kim" and not kim.is_admin
    assert [u["name"] for u in house.accounts.list_users(house.owner)] == ["kim", "local"]
    for attempt in (house.accounts.list_users, lambda a: house.accounts.add_user(a, "lee")):
        with pytest.raises(Forbidden):
            attempt(kim)
    for name in ("kim", "local"):
        with pytest.raises(Conflict):
            house.accounts.add_user(house.owner, name)
    with pytest.raises(Conflict):
        house.accounts.add_user(house.owner, "lee", api_key="k" * 40)
    for name, api_key in [("api", None), ("..", None), ("a/b", None), ("", None), ("ok", "short"), ("ok", "!" * 40)]:
        with pytest.raises(InvalidValue):
            house.accounts.add_user(house.owner, name, api_key=api_key)

    epoch = house.accounts.session_epoch(kim)
    house.accounts.remove_user(house.owner, "kim")
    assert house.accounts.actor_for_key(key) is None
    assert house.accounts.actor_for_user(kim.user_id, epoch) is None
    with pytest.raises(NotFound):
        house.accounts.remove_user(house.owner, "kim")
    with pytest.raises(Conflict, match="last administrator"):
        house.accounts.remove_user(house.owner, "local")
    again = house.accounts.actor_for_key(house.accounts.add_user(house.owner, "kim"))
    assert again is not None and again.entity_ids == kim.entity_ids, "the entity and its projects are his again"


def test_secrets_are_stable_and_apart(house):
    session = house.accounts.signing_secret("session")
    assert len(session) == 32
    assert Accounts(house.catalog).signing_secret("session") == session != house.accounts.signing_secret("url")


ADD_USERS = """
import sys
from runwell.server.domain.access import SYSTEM
from runwell.server.domain.accounts import Accounts
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.engine import CatalogEngine
accounts = Accounts(Catalog(CatalogEngine(sys.argv[1])))
for n in range(20):
    accounts.add_user(SYSTEM, f"user{n}", api_key=f"{n:040}")
"""


def test_another_process_adds_users_while_this_one_writes(house):
    adding = subprocess.Popen([sys.executable, "-c", ADD_USERS, house.catalog.engine.url])
    made = 0
    while adding.poll() is None:
        house.projects.find_or_create(house.owner, None, f"p{made}")
        made += 1
    assert adding.returncode == 0 and made > 10
    assert len(house.accounts.list_users(house.owner)) == 21
    assert len(house.projects.list(house.owner)) == made
    assert house.accounts.actor_for_key(f"{7:040}").name == "user7"


def test_a_reset_user_has_one_fresh_key_and_nothing_else(house):
    kim = house.user("kim")
    _, key = house.accounts.add_key(kim, "laptop")
    house.accounts.set_password(house.owner, "kim", "correct horse")
    token = house.accounts.make_login_token(kim)
    epoch = house.accounts.session_epoch(kim)
    with pytest.raises(Forbidden):
        house.accounts.reset_user(kim, "local")
    fresh = house.accounts.reset_user(house.owner, "kim")
    assert house.accounts.actor_for_key(key) is None
    assert house.accounts.check_password("kim", "correct horse") is None
    assert house.accounts.redeem_login_token(token) is None
    assert house.accounts.actor_for_user(kim.user_id, epoch) is None
    again = house.accounts.actor_for_key(fresh)
    assert again is not None and again.name == "kim"
    assert [row["name"] for row in house.accounts.list_keys(again)] == ["reset"]
    with pytest.raises(NotFound):
        house.accounts.reset_user(house.owner, "nobody")


def test_nobody_resets_or_removes_himself(house):
    house.accounts.add_user(house.owner, "second", is_admin=True)
    for act in (house.accounts.reset_user, house.accounts.remove_user):
        with pytest.raises(Conflict, match="is you"):
            act(house.owner, "local")
    assert {row["name"] for row in house.accounts.list_users(house.owner)} == {"local", "second"}
