"""run.config: what may be a configuration, what may change, what is recorded of it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runwell
from runwell.wire.errors import ConfigError, UsageError

from .conftest import last_of, records_of

Begin = Callable[..., runwell.Run]


def recorded(run: runwell.Run) -> dict[str, Any]:
    """Give the config that the journal adds up to."""
    found: dict[str, Any] = {}
    for entry in records_of(run):
        if entry.kind == "config":
            found.update(entry.payload["set"])
            for key in entry.payload.get("del", ()):
                del found[key]
    return found


def test_config_reads_as_mapping_and_as_attributes(begin: Begin) -> None:
    config = begin(config={"lr": 0.1, "model": {"depth": 3}}).config
    assert config.lr == config["lr"] == config.get("lr") == 0.1
    assert config.model["depth"] == 3
    assert dict(config) == config.as_dict() == {"lr": 0.1, "model": {"depth": 3}}
    assert list(config) == ["lr", "model"]
    assert ("lr" in config, "x" in config, config.get("x", 5)) == (True, False, 5)
    with pytest.raises(AttributeError, match=r"'x'.*'lr'"):
        _ = config.x
    with pytest.raises(KeyError):
        _ = config["x"]


def test_a_key_changes_only_with_permission(begin: Begin) -> None:
    run = begin(config={"lr": 0.1})
    run.config.update({"lr": 0.1})
    with pytest.raises(ConfigError, match="allow_val_change=True"):
        run.config.lr = 0.2
    with pytest.raises(ConfigError):
        run.config.update({"new": 1, "lr": 0.2})
    assert dict(run.config) == {"lr": 0.1}
    run.config.update({"lr": 0.3}, allow_val_change=True)
    assert recorded(run) == {"lr": 0.3}


def test_permission_may_be_given_for_the_whole_run(begin: Begin) -> None:
    run = begin(config={"lr": 0.1}, allow_val_change=True)
    run.config.lr = 0.2
    assert recorded(run) == {"lr": 0.2}


def test_defaults_fill_only_what_is_missing(begin: Begin) -> None:
    run = begin(config={"lr": 0.1})
    run.config.setdefaults({"lr": 9, "batch": 32})
    assert recorded(run) == {"lr": 0.1, "batch": 32}


def test_a_key_may_be_removed(begin: Begin) -> None:
    run = begin(config={"lr": 0.1, "x": 1})
    del run.config["x"]
    assert recorded(run) == {"lr": 0.1}


@dataclass
class Options:
    lr: float = 0.1


class Flags:
    def flag_values_dict(self) -> dict[str, Any]:
        return {"lr": 0.1}


class OmegaLike:
    def keys(self) -> list[str]:
        return ["lr"]

    def __getitem__(self, key: str) -> float:
        return 0.1


@pytest.mark.parametrize("given", [{"lr": 0.1}, argparse.Namespace(lr=0.1), Options(), Flags(), OmegaLike()])
def test_whatever_holds_options_may_be_the_config(begin: Begin, given: Any) -> None:
    assert recorded(begin(config=given)) == {"lr": 0.1}


@pytest.mark.parametrize("text", ["lr: 0.1\nnested: {a: [1, 2]}\n", '{"lr": 0.1, "nested": {"a": [1, 2]}}'])
def test_a_file_may_be_the_config(begin: Begin, place: Path, text: str) -> None:
    (place / "c.yaml").write_text(text)
    assert recorded(begin(config="c.yaml")) == {"lr": 0.1, "nested": {"a": [1, 2]}}
    runwell.finish()
    assert recorded(begin(config=place / "c.yaml"))["lr"] == 0.1


def test_the_default_file_gives_what_the_argument_does_not(begin: Begin, place: Path) -> None:
    (place / "config-defaults.yaml").write_text("wandb_version: 1\nlr: {desc: rate, value: 0.5}\nbatch: 16\n")
    assert recorded(begin(config={"lr": 0.1})) == {"lr": 0.1, "batch": 16}


@pytest.mark.parametrize("given", [3, "missing.yaml", Options])
def test_what_is_no_config_is_refused(begin: Begin, given: Any) -> None:
    with pytest.raises(UsageError, match="config"):
        begin(config=given)


def test_keys_may_be_chosen_or_left_out(begin: Begin) -> None:
    config = {"a": 1, "b": 2, "c": 3}
    assert recorded(begin(config=config, config_include_keys=["a", "z"])) == {"a": 1}
    runwell.finish()
    assert recorded(begin(config=config, config_exclude_keys=["a"])) == {"b": 2, "c": 3}
    runwell.finish()
    with pytest.raises(UsageError, match="exclude each other"):
        begin(config=config, config_include_keys=["a"], config_exclude_keys=["b"])


def test_any_value_is_recorded_as_what_json_can_hold(begin: Begin) -> None:
    run = begin(config={"n": np.float32(0.5), "p": Path("a"), "f": len, "t": (1, 2), "i": 2**70, "nan": float("inf")})
    kept = recorded(run)
    assert (kept["n"], kept["p"], kept["t"], kept["i"], kept["nan"]) == (0.5, "a", [1, 2], 2**70, float("inf"))
    assert "len" in kept["f"]
    assert run.config.f is len


def test_a_config_within_itself_or_too_deep_is_cut_where_it_is_and_says_so(begin: Begin) -> None:
    cyclic: dict[str, Any] = {"a": 1}
    cyclic["me"] = cyclic
    deep: dict[str, Any] = {}
    for _ in range(1_000):
        deep = {"d": deep}
    kept = recorded(begin(config={"cyclic": cyclic, "deep": deep}))
    assert kept["cyclic"] == {"a": 1, "me": "[cyclic.me holds itself]"}
    assert "[nested deeper than 64 levels]" in str(kept["deep"])


def test_a_config_beyond_its_limit_is_cut_visibly(begin: Begin) -> None:
    run = begin(config={"small": 1, "large": "x" * 5_000_000})
    kept = recorded(run)
    assert kept["small"] == 1
    assert kept["large"].startswith("[left out: 5,000,007 bytes")
    assert len(run.config.large) == 5_000_000


def test_secrets_are_usable_but_not_recorded(begin: Begin) -> None:
    secret = "CANARYcanaryCANARYcanary0123456789"
    given = {
        "api_key": secret,
        "nested": {"db.password": secret, "token": secret},
        "url": f"postgres://me:{secret}@host/db",
        "hf": f"hf_{secret}",
        "pad_token": "<pad>",
        "max_tokens": 5,
        "tokenizer": "bert-base-uncased",
    }
    run = begin(config=given)
    assert run.config.api_key == secret
    assert b"CANARY" not in (Path(run.sync_dir) / "journal/main.jsonl").read_bytes()
    kept = last_of(run, "config")["set"]
    assert (kept["pad_token"], kept["max_tokens"], kept["tokenizer"]) == ("<pad>", 5, "bert-base-uncased")
    assert kept["url"] == "postgres://***@host/db"


def test_a_namespace_in_a_namespace_is_nested_config(begin: Begin) -> None:
    from argparse import Namespace
    from types import SimpleNamespace

    inner = Namespace(lr=0.1, sizes=[1, Namespace(deep=2)], api_key="CANARY")
    run = begin(config=Namespace(optimizer=inner, data=SimpleNamespace(name="digits")))
    assert last_of(run, "config")["set"] == {
        "optimizer": {"lr": 0.1, "sizes": [1, {"deep": 2}], "api_key": "***"},
        "data": {"name": "digits"},
    }
