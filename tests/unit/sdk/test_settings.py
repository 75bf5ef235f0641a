"""Settings: one place, one order, and never somebody else's server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import runwell
from runwell.sdk.settings import DEFAULT_BASE_URL, Settings, resolve
from runwell.wire.errors import UsageError


def write_user_file(place: Path, text: str) -> None:
    (place.parent / "user").mkdir(exist_ok=True)
    (place.parent / "user" / "settings").write_text(text)


def test_each_source_wins_over_the_one_below_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolve(None, {}).project is None
    write_user_file(place, "[default]\nproject = of-user\n")
    assert resolve(None, {}).project == "of-user"
    (place / "runwell").mkdir()
    (place / "runwell/settings").write_text("# comment\nproject = of-directory\n")
    assert resolve(None, {}).project == "of-directory"
    monkeypatch.setenv("WANDB_PROJECT", "of-wandb")
    assert resolve(None, {}).project == "of-wandb"
    monkeypatch.setenv("RUNWELL_PROJECT", "of-environment")
    assert resolve(None, {}).project == "of-environment"
    assert resolve(Settings(project="of-settings"), {}).project == "of-settings"
    assert resolve({"project": "of-settings"}, {"project": None}).project == "of-settings"
    assert resolve(Settings(project="of-settings"), {"project": "of-code"}).project == "of-code"


def test_a_toml_file_may_hold_the_settings(place: Path) -> None:
    (place / "runwell.toml").write_text(
        'project = "a b"  # why\nsilent = true\nrun_tags = ["x", "y"]\nfinish_timeout = 1.5\nmode = \'offline\'\n'
    )
    found = resolve(None, {})
    assert (found.silent, found.run_tags, found.finish_timeout, found.mode) == (True, ("x", "y"), 1.5, "offline")


@pytest.mark.parametrize(("name", "field"), [("BASE_URL", "base_url"), ("ENTITY", "entity")])
def test_the_official_clients_server_and_entity_are_not_taken_over(
    monkeypatch: pytest.MonkeyPatch, name: str, field: str
) -> None:
    monkeypatch.setenv(f"WANDB_{name}", "https://api.example.com")
    assert getattr(resolve(None, {}), field) == {"base_url": DEFAULT_BASE_URL, "entity": None}[field]
    monkeypatch.setenv(f"RUNWELL_{name}", "https://mine.example.com/")
    assert getattr(resolve(None, {}), field).rstrip("/") == "https://mine.example.com"


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("RUNWELL_TAGS", "a, b,", "run_tags", ("a", "b")),
        ("WANDB_RUN_GROUP", "g", "run_group", "g"),
        ("WANDB_NAME", "n", "run_name", "n"),
        ("WANDB_MODE", "dryrun", "mode", "offline"),
        ("WANDB_DISABLED", "true", "mode", "disabled"),
        ("WANDB_SILENT", "true", "silent", True),
        ("RUNWELL_SILENT", "false", "silent", False),
        ("RUNWELL_DIR", "/x", "root_dir", "/x"),
    ],
)
def test_the_environment_says_it_as_text(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, field: str, value: Any
) -> None:
    monkeypatch.setenv(name, text)
    assert getattr(resolve(None, {}), field) == value


def test_fields_that_nobody_knows_break_nothing() -> None:
    made = Settings(start_method="thread", x_stats_sampling_interval=5, _disable_stats=True)
    assert made.start_method == "thread"
    assert resolve(made, {}).x_stats_sampling_interval == 5
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = made.nothing_of_the_kind


@pytest.mark.parametrize(
    "bad", [{"mode": "sometimes"}, {"mode": "shared"}, {"base_url": "ftp://x"}, {"console": "loud"}, {"settings": 3}]
)
def test_what_a_setting_cannot_be_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        resolve(bad.get("settings"), bad if "settings" not in bad else {})


@pytest.mark.parametrize(
    ("said", "meant"),
    [("auto", "auto"), ("wrap", "wrap"), ("wrap_raw", "wrap"), ("WRAP_EMU", "wrap"), ("redirect", "redirect")],
)
def test_the_official_clients_words_for_the_console_mean_the_nearest_of_ours(
    monkeypatch: pytest.MonkeyPatch, said: str, meant: str
) -> None:
    monkeypatch.setenv("WANDB_CONSOLE", said)
    assert (resolve(None, {}).console, resolve(None, {}).complaints) == (meant, ())
    assert resolve(Settings(console=said), {}).console == meant
    monkeypatch.setenv("RUNWELL_CONSOLE", "off")
    assert resolve(None, {}).console == "off"


@pytest.mark.parametrize(
    ("variable", "text", "field", "accepted"),
    [
        ("RUNWELL_FINISH_TIMEOUT", "abc", "finish_timeout", "seconds"),
        ("RUNWELL_MODE", "sometimes", "mode", "online, offline, disabled"),
        ("WANDB_MODE", "shared", "mode", "online, offline, disabled"),
        ("RUNWELL_RESUME", "perhaps", "resume", "allow, must, never, auto"),
        ("RUNWELL_CONSOLE", "loud", "console", "auto, wrap, redirect, off"),
        ("RUNWELL_QUIET", "ture", "quiet", "true, false"),
    ],
)
def test_a_variable_that_cannot_be_read_is_said_and_has_no_effect(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, field: str, accepted: str
) -> None:
    monkeypatch.setenv(variable, text)
    found = resolve(None, {})
    assert getattr(found, field) == getattr(Settings(), field)
    (complaint,) = found.complaints
    for part in (variable, repr(text), accepted):
        assert part in complaint


def test_a_typo_in_a_file_is_said_with_the_nearest_name_and_never_its_value(place: Path) -> None:
    (place / "runwell.toml").write_text('projct = "a"\napi_key = "CANARY"\nmode = "offlin"\ntags = "x"\n')
    write_user_file(place, "finish_timeout = soon\n")
    found = resolve(None, {})
    assert (found.mode, found.project, found.run_tags) == ("online", None, ("x",))
    said = "\n".join(found.complaints)
    assert len(found.complaints) == 4
    assert "projct in runwell.toml isn't known; did you mean project?" in said
    assert "CANARY" not in said
    assert "mode in runwell.toml is 'offlin'" in said
    assert f"finish_timeout in {place.parent / 'user' / 'settings'} is 'soon'" in said


def test_complaints_are_said_once_and_training_goes_on(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RUNWELL_FINISH_TIMEOUT", "abc")
    runwell.init(mode="offline").finish()
    assert capfd.readouterr().err.count("RUNWELL_FINISH_TIMEOUT is 'abc'") == 1
    runwell.init(mode="offline", settings={"silent": True}).finish()
    assert capfd.readouterr().err == ""
