"""The credentials file: private, atomic, keyed by origin."""

from __future__ import annotations

from pathlib import Path

import pytest

from runwell.client import credentials
from runwell.client.default_server import default_base_url
from runwell.wire.errors import InvalidValue, UsageError


@pytest.fixture(autouse=True)
def _own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNWELL_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.delenv("RUNWELL_API_KEY", raising=False)


def test_a_key_is_found_again_by_any_spelling_of_its_server() -> None:
    assert credentials.key_for("http://127.0.0.1:8080") is None
    path = credentials.store_key("http://127.0.0.1:8080/", "local-abc", "local")
    credentials.store_key("https://other.example", "k2")
    assert credentials.key_for("HTTP://127.0.0.1:8080") == "local-abc"
    assert credentials.key_for("https://other.example:443/x") == "k2"
    assert path.stat().st_mode & 0o777 == 0o600
    assert credentials.forget_key("https://other.example")
    assert credentials.key_for("https://other.example") is None
    assert [p.name for p in path.parent.iterdir()] == ["credentials.json"]


def test_the_environments_key_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    credentials.store_key("http://h", "stored")
    monkeypatch.setenv("RUNWELL_API_KEY", "given")
    assert credentials.key_for("http://h") == "given"


def test_a_file_that_others_can_read_is_refused_with_the_fix() -> None:
    path = credentials.store_key("http://h", "k")
    path.chmod(0o644)
    with pytest.raises(UsageError, match="chmod 600"):
        credentials.key_for("http://h")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"servers": 3}', '{"servers": {"http://h": "k"}}'])
def test_a_broken_file_holds_no_keys(content: str) -> None:
    path = credentials.store_key("http://h", "k")
    path.write_text(content)
    assert credentials.key_for("http://h") is None


@pytest.mark.parametrize("key", ["", " ", "a b", "a\nb", "ключ"])
def test_what_cannot_be_a_key_is_not_kept(key: str) -> None:
    with pytest.raises(InvalidValue):
        credentials.store_key("http://h", key)


def test_the_default_server_is_the_one_the_settings_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from runwell.sdk.settings import resolve

    def both() -> str:
        """The SDK and the Api mean the same server."""
        assert resolve(None, {}).base_url == default_base_url()
        return default_base_url()

    monkeypatch.delenv("RUNWELL_BASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    assert both() == "http://127.0.0.1:8080"
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings").write_text("# mine\nbase_url = https://user.example/ # here\n")
    assert both() == "https://user.example"
    (tmp_path / "runwell.toml").write_text('project = "p"\nbase_url = "https://project.example"\n')
    assert both() == "https://project.example"
    monkeypatch.setenv("RUNWELL_BASE_URL", "https://variable.example/")
    assert both() == "https://variable.example"
