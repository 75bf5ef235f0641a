"""run.summary: what rows make of it, what the user sets, what is written down."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import runwell
from runwell.wire.errors import InvalidValue, UsageError
from runwell.wire.limits import MAX_ROW_BYTES, MAX_ROW_KEYS

from .conftest import last_of, records_of

Begin = Callable[..., runwell.Run]


def test_the_summary_follows_the_last_row(begin: Begin) -> None:
    run = begin()
    run.log({"loss": 2.0, "a": {"b": 1}})
    run.log({"loss": 1.0})
    assert run.summary["loss"] == run.summary.loss == 1.0
    assert run.summary["a"]["b"] == run.summary["a.b"] == 1
    assert run.summary["_step"] == 1
    assert {k: v for k, v in dict(run.summary).items() if not k.startswith("_")} == {"loss": 1.0, "a.b": 1}


def test_rules_put_min_max_mean_beside_the_value(begin: Begin) -> None:
    run = begin()
    run.define_metric("loss", summary="min,max,mean")
    run.define_metric("acc/*", summary=["best"], goal="maximize")
    run.define_metric("noise", summary="none")
    for value in (3.0, float("nan"), 1.0, 2.0):
        run.log({"loss": value, "acc/top1": value, "noise": value})
    found = dict(run.summary)
    assert (found["loss.min"], found["loss.max"], found["loss.mean"]) == (1.0, 3.0, 2.0)
    assert found["acc/top1.best"] == 3.0
    assert "noise" not in found


@pytest.mark.parametrize("rule", [{"summary": "median"}, {"goal": "up"}])
def test_a_rule_that_means_nothing_is_refused(begin: Begin, rule: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"median|up"):
        begin().define_metric("loss", **rule)


def test_a_rule_is_recorded_and_may_name_another(begin: Begin) -> None:
    run = begin()
    epoch = run.define_metric("epoch", hidden=True)
    made = run.define_metric("val/*", step_metric=epoch, summary="max")
    assert (made.name, made.step_metric, made.step_sync) == ("val/*", "epoch", True)
    assert [e.payload for e in records_of(run) if e.kind == "metric"] == [
        {"name": "epoch", "hidden": True},
        {"name": "val/*", "step_metric": "epoch", "step_sync": True, "summary": ["max"]},
    ]


def test_what_the_user_sets_wins_over_later_rows(begin: Begin) -> None:
    run = begin()
    run.log({"acc": 0.1})
    run.summary["acc"] = np.float32(0.5)
    run.log({"acc": 0.2})
    run.summary.note = "text"
    run.summary.update({"deep": {"x": 1}}, best=3)
    assert (run.summary["acc"], run.summary["deep.x"], run.summary.best) == (0.5, 1, 3)
    assert [e.payload for e in records_of(run) if e.kind == "summary"] == [
        {"set": {"acc": 0.5}},
        {"set": {"note": "text"}},
        {"set": {"deep.x": 1, "best": 3}},
    ]


def test_nested_levels_are_set_by_their_dotted_key(begin: Begin) -> None:
    run = begin()
    run.summary["a"] = {"b": {"c": 1}}
    run.summary["a"]["b"]["d"] = 2
    assert dict(run.summary["a"]) == {"b.c": 1, "b.d": 2}
    del run.summary["a"]["b"]
    assert "a" not in run.summary
    assert [e.payload for e in records_of(run) if e.kind == "summary"][-1] == {"set": {}, "del": ["a.b.c", "a.b.d"]}


def test_what_a_summary_cannot_hold_is_left_out_and_counted_and_the_rest_is_kept(
    begin: Begin, capfd: pytest.CaptureFixture[str]
) -> None:
    run = begin(settings={"silent": False})
    run.summary.update({"model": b"weights", "lock": threading.Lock(), "best": {"loss": 0.5, "raw": 1j}, "": 3})
    run.summary["text"] = "x" * (MAX_ROW_BYTES + 1)
    assert dict(run.summary) == {"best.loss": 0.5}
    run.finish()
    assert last_of(run, "count")["rejected_values"] == 5
    assert "warning: 'model'" in capfd.readouterr().err


def test_a_summary_takes_more_keys_than_a_row_and_what_a_torn_mapping_gave(begin: Begin) -> None:
    class Torn(dict[str, Any]):
        def items(self) -> Any:
            yield "good", 1
            raise RuntimeError("the loader is gone")

    run = begin()
    run.summary.update(Torn(), kept=2)
    assert dict(run.summary) == {"good": 1, "kept": 2}
    run.summary.update({f"k{number}": number for number in range(MAX_ROW_KEYS + 5)})
    assert len(run.summary) == MAX_ROW_KEYS + 7
    with pytest.raises(UsageError, match="takes a mapping"):
        run.summary.update(["no", "mapping"])  # type: ignore[arg-type]
    run.finish()
    assert last_of(run, "count")["rejected_values"] == 1


def test_an_array_too_large_for_a_summary_is_refused_after_the_rest_is_kept(begin: Begin) -> None:
    run = begin()
    with pytest.raises(InvalidValue, match="20,000 items"):
        run.summary.update({"all": [0.0] * 20_000, "best": 1})
    assert dict(run.summary) == {"best": 1}


def test_a_key_that_is_not_there_is_said_so(begin: Begin) -> None:
    run = begin()
    assert run.summary.get("x") is None
    with pytest.raises(KeyError):
        _ = run.summary["x"]
    with pytest.raises(AttributeError, match="'x'"):
        _ = run.summary.x
