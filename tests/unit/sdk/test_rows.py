"""What log() records: rows, steps, values of every kind, and what it refuses."""

from __future__ import annotations

import datetime
import decimal
import enum
import math
import pathlib
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import runwell
from runwell.wire.errors import FinishedRunError, InvalidValue, UsageError
from runwell.wire.limits import MAX_ROW_BYTES, MAX_ROW_KEYS, MAX_STEP

from .conftest import last_of, records_of, rows_of

Begin = Callable[..., runwell.Run]


def logged(run: runwell.Run, value: Any) -> Any:
    """Log one value and give what the journal holds."""
    run.log({"v": value})
    return rows_of(run)[-1].get("v", "nothing")


def test_rows_without_a_step_are_numbered_from_zero(begin: Begin) -> None:
    run = begin()
    for i in range(3):
        run.log({"loss": i})
    assert rows_of(run) == [{"_step": i, "loss": i} for i in range(3)]
    assert run.step == 3


def test_a_row_has_its_step_its_runtime_and_its_time(begin: Begin) -> None:
    run = begin()
    run.log({"loss": 1.0})
    run.log({"loss": 2.0})
    first, second = (e.payload for e in records_of(run) if e.kind == "row")
    assert set(first) == {"_step", "_runtime", "_timestamp", "loss"}
    assert 0 <= first["_runtime"] <= second["_runtime"] < 60
    assert abs(first["_timestamp"] - datetime.datetime.now().timestamp()) < 60


def test_rows_that_leave_their_time_out_have_it_all_the_same(begin: Begin) -> None:
    run = begin()
    around: list[tuple[float, float]] = []
    for i in range(5):
        before = time.time()
        run.log({"loss": i})
        around.append((before, time.time()))
        time.sleep(0.01)
    lines = (pathlib.Path(run.sync_dir) / "journal/main.jsonl").read_bytes().splitlines()
    commas = [line.count(b",") for line in lines if line[8:16] == b' {"row":']
    assert (commas[0], min(commas), len(commas)) == (3, 2, 5)  # the first says it, those a moment later don't
    for (before, after), row in zip(around, (e.payload for e in records_of(run) if e.kind == "row"), strict=True):
        assert before - 0.005 <= row["_timestamp"] <= after + 0.005


def test_steps_may_go_down_and_repeat_and_every_row_is_kept(begin: Begin) -> None:
    run = begin()
    for step in (5, 3, 3, 10**15, 0):
        run.log({"a": 1}, step=step)
        run.log({"a": 2}, step=step)
    assert [row["_step"] for row in rows_of(run)] == [5, 5, 3, 3, 3, 3, 10**15, 10**15, 0, 0]


def test_a_row_behind_an_explicit_step_belongs_to_it_and_commits_it(begin: Begin) -> None:
    run = begin()
    run.log({"a": 1}, step=7)
    assert run.step == 7
    run.log({"b": 2})
    run.log({"c": 3})
    run.log({"d": 4}, step=20, commit=True)
    run.log({"e": 5})
    assert [row["_step"] for row in rows_of(run)] == [7, 7, 8, 20, 21]


def test_uncommitted_values_wait_for_the_call_that_commits(begin: Begin) -> None:
    run = begin()
    run.log({"a": 1}, commit=False)
    run.log({"b": 2}, commit=False)
    assert rows_of(run) == []
    run.log({"c": 3})
    run.log({"d": 4})
    assert rows_of(run) == [{"_step": 0, "a": 1, "b": 2, "c": 3}, {"_step": 1, "d": 4}]


def test_uncommitted_values_of_another_step_are_a_row_of_their_own(begin: Begin) -> None:
    run = begin()
    run.log({"a": 1}, step=4, commit=False)
    run.log({"b": 2}, step=4, commit=False)
    run.log({"c": 3}, step=5)
    assert rows_of(run) == [{"_step": 4, "a": 1, "b": 2}, {"_step": 5, "c": 3}]


def test_finish_records_what_was_never_committed(begin: Begin) -> None:
    run = begin()
    run.log({"a": 1}, commit=False)
    run.finish()
    assert rows_of(run) == [{"_step": 0, "a": 1}]


@pytest.mark.parametrize(("step", "kept"), [(3, 3), (3.0, 3), (np.int64(4), 4), (np.array(5), 5), (MAX_STEP, MAX_STEP)])
def test_a_step_is_whatever_equals_a_whole_number(begin: Begin, step: Any, kept: int) -> None:
    run = begin()
    run.log({"a": 1}, step=step)
    run.log({"a": 1}, step=step)
    assert [row["_step"] for row in rows_of(run)] == [kept, kept]


@pytest.mark.parametrize("step", [-1, 1.5, "3", MAX_STEP + 1, math.nan, math.inf, [1], object()])
def test_a_step_that_is_none_is_refused_at_the_call(begin: Begin, step: Any) -> None:
    run = begin()
    run.log({"a": 0})
    for _ in range(2):  # the fast path and the slow one
        with pytest.raises(InvalidValue, match="step"):
            run.log({"a": 1}, step=step)
    assert rows_of(run) == [{"_step": 0, "a": 0}]


def _pandas(name: str) -> object:
    """What pandas puts where a value is missing; its class is known by its name, as pandas isn't imported."""
    return type(name, (), {"__module__": "pandas._libs.missing"})()


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (1.5, 1.5),
        (-0.0, -0.0),
        (5e-324, 5e-324),
        (math.inf, math.inf),
        (-math.inf, -math.inf),
        (2**53 + 1, 2**53 + 1),
        (2**63, 2**63),
        (10**308, 10**308),
        (True, True),
        (None, None),
        ("text", "text"),
        ("null", "null"),
        ("lone \ud800", "lone \ufffd"),
        (np.float32(0.1), float(np.float32(0.1))),
        (np.float64(0.1), 0.1),
        (np.float16(0.5), 0.5),
        (np.longdouble(0.25), 0.25),
        (np.int8(-3), -3),
        (np.uint64(2**64 - 1), 2**64 - 1),
        (np.bool_(True), True),
        (np.array(2.5), 2.5),
        (np.array([2.5]), 2.5),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        ([1, 2.5, "x"], [1, 2.5, "x"]),
        ((1, 2), [1, 2]),
        (range(3), [0, 1, 2]),
        (decimal.Decimal("0.5"), 0.5),
        (_pandas("NAType"), None),
        (_pandas("NaTType"), None),
        (datetime.datetime(2026, 11, 23, 10, 15), "2026-11-23T10:15:00"),
        (pathlib.PurePosixPath("a/b"), "a/b"),
    ],
)
def test_a_value_is_kept_as_documented(begin: Begin, value: Any, kept: Any) -> None:
    found = logged(begin(), value)
    assert found == kept
    assert type(found) is type(kept)
    assert math.copysign(1, found) == math.copysign(1, kept) if isinstance(kept, float) else True


def test_nan_is_kept_on_the_fast_path_too(begin: Begin) -> None:
    run = begin()
    run.log({"a": 1.0, "b": None})
    run.log({"a": math.nan, "b": None})
    row = rows_of(run)[-1]
    assert math.isnan(row["a"])
    assert row["b"] is None


class Colour(enum.Enum):
    RED = "red"


class Tensor:
    """What torch's tensors look like from outside."""

    dtype = "float32"

    def __init__(self, values: Any) -> None:
        self._values = values

    def numel(self) -> int:
        return len(self._values) if isinstance(self._values, list) else 1

    def size(self) -> tuple[int, ...]:
        return (self.numel(),)

    def tolist(self) -> Any:
        return self._values


@dataclass
class Point:
    x: int
    y: float


def test_tensors_enums_and_dataclasses_are_read_without_their_libraries(begin: Begin) -> None:
    run = begin()
    run.log({"t": Tensor(1.5), "u": Tensor([2.5]), "v": Tensor([1, 2]), "c": Colour.RED, "p": Point(1, 2.5)})
    assert rows_of(run) == [{"_step": 0, "t": 1.5, "u": 2.5, "v": [1, 2], "c": "red", "p": {"x": 1, "y": 2.5}}]


def test_nested_mappings_stay_nested_in_the_row_and_are_dotted_in_the_summary(begin: Begin) -> None:
    run = begin()
    run.log({"a": {"b": 1, "c": {"d": np.float32(2)}}})
    assert rows_of(run) == [{"_step": 0, "a": {"b": 1, "c": {"d": 2.0}}}]
    assert run.summary["a.c.d"] == 2.0


@pytest.mark.parametrize("bad", [b"bytes", 1j, object(), np.complex128(1j), 10**400, lambda: 1])
def test_a_value_that_cannot_be_kept_leaves_the_rest_of_its_row(
    begin: Begin, bad: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    run = begin(settings={"silent": False})
    run.log({"good": 1, "bad": bad})
    run.log({"good": 2, "bad": bad})
    run.finish()
    assert rows_of(run) == [{"_step": 0, "good": 1}, {"_step": 1, "good": 2}]
    assert last_of(run, "count")["rejected_values"] == 2
    assert capfd.readouterr().err.count("warning: 'bad'") == 1


def test_a_value_whose_own_methods_fail_leaves_the_rest_of_its_row(begin: Begin) -> None:
    class Hostile:
        dtype = "float32"

        def tolist(self) -> Any:
            raise RuntimeError("CUDA error")

        def numel(self) -> int:
            return 1

        def __repr__(self) -> str:
            raise RuntimeError

    run = begin()
    run.log({"good": 1, "bad": Hostile()})
    run.finish()
    assert rows_of(run) == [{"_step": 0, "good": 1}]
    assert last_of(run, "count")["rejected_values"] == 1


def test_a_mapping_whose_own_methods_fail_keeps_what_it_gave_before(begin: Begin) -> None:
    class Torn(Mapping[str, Any]):
        def __getitem__(self, key: str) -> Any:
            if key == "good":
                return 1
            raise RuntimeError("the loader is gone")

        def __iter__(self) -> Iterator[str]:
            return iter(["good", "bad"])

        def __len__(self) -> int:
            return 2

    run = begin()
    run.log(Torn())
    run.log({"level": Torn(), "other": 2})
    run.finish()
    assert rows_of(run) == [{"_step": 0, "good": 1}, {"_step": 1, "level": {"good": 1}, "other": 2}]
    assert last_of(run, "count")["rejected_values"] == 2


def test_a_large_array_is_refused_at_the_call_by_its_name_and_the_rest_is_recorded(begin: Begin) -> None:
    run = begin()
    with pytest.raises(InvalidValue, match=r"activations.*10,001 items.*10,000"):
        run.log({"loss": 1, "activations": np.zeros(10_001)})
    assert rows_of(run) == [{"_step": 0, "loss": 1}]


@pytest.mark.parametrize("key", ["", "a\nb", "nul\0", "k" * 600])
def test_a_key_that_cannot_be_one_is_left_out(begin: Begin, key: str) -> None:
    run = begin()
    run.log({key: 1, "good": 2})
    run.finish()
    assert rows_of(run) == [{"_step": 0, "good": 2}]
    assert last_of(run, "count")["rejected_values"] == 1


def test_numbers_as_keys_become_text(begin: Begin) -> None:
    run = begin()
    run.log({0: 1, np.int64(3): 2})
    assert rows_of(run) == [{"_step": 0, "0": 1, "3": 2}]


def test_a_row_takes_ten_thousand_keys_with_its_own_three_and_counts_the_rest(begin: Begin) -> None:
    run = begin()
    run.log({f"k{i}": i for i in range(MAX_ROW_KEYS + 5)})
    run.finish()
    assert len(rows_of(run)[0]) == MAX_ROW_KEYS - 2  # the reader above takes _runtime and _timestamp out
    assert last_of(run, "count")["rejected_values"] == 8


def test_keys_that_found_no_room_in_a_row_do_not_use_up_the_keys_of_the_run(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runwell.sdk.values.MAX_RUN_KEYS", MAX_ROW_KEYS + 10)
    run = begin()
    run.log({f"k{i}": i for i in range(MAX_ROW_KEYS + 1_000)})
    run.log({"loss": 1})
    assert rows_of(run)[1] == {"_step": 1, "loss": 1}


def test_a_row_that_is_too_long_loses_its_longest_value_alone(begin: Begin) -> None:
    run = begin()
    for _ in range(2):  # the slow path and the fast one
        run.log({"loss": 1, "text": "x" * (MAX_ROW_BYTES + 1)})
    run.finish()
    assert rows_of(run) == [{"_step": 0, "loss": 1}, {"_step": 1, "loss": 1}]
    assert last_of(run, "count")["rejected_values"] == 2


def test_data_nested_too_deep_or_in_itself_is_left_out(begin: Begin) -> None:
    deep: dict[str, Any] = {}
    deep["self"] = deep
    cyclic: list[Any] = []
    cyclic.append(cyclic)
    run = begin()
    run.log({"deep": deep, "cyclic": cyclic, "good": 1})
    run.finish()
    assert rows_of(run)[0]["good"] == 1
    assert last_of(run, "count")["rejected_values"] == 2


@pytest.mark.parametrize("data", [3, None, [("a", 1)], "loss"])
def test_data_that_is_no_mapping_is_refused(begin: Begin, data: Any) -> None:
    with pytest.raises(UsageError, match="mapping"):
        begin().log(data)


def test_log_after_finish_is_refused(begin: Begin) -> None:
    run = begin()
    run.log({"a": 1})
    run.finish()
    with pytest.raises(FinishedRunError, match=r"init\(\)"):
        run.log({"a": 2})
    assert len(rows_of(run)) == 1


def test_own_fields_cannot_be_overwritten_but_the_time_can(begin: Begin) -> None:
    run = begin()
    run.log({"_step": 99, "_runtime": -1, "_timestamp": 1_000.0, "a": 1})
    row = next(e.payload for e in records_of(run) if e.kind == "row")
    assert row["_step"] == 0
    assert row["_runtime"] >= 0
    assert row["_timestamp"] == 1_000.0


def test_a_synced_step_metric_is_put_into_rows_that_lack_it(begin: Begin) -> None:
    run = begin()
    run.define_metric("epoch")
    run.define_metric("val/*", step_metric="epoch")
    run.log({"epoch": 3, "loss": 1})
    run.log({"val/acc": 0.5})
    run.log({"loss": 2})
    assert rows_of(run)[1:] == [{"_step": 1, "val/acc": 0.5, "epoch": 3}, {"_step": 2, "loss": 2}]


@pytest.mark.parametrize("shapes", [2, 40])
def test_the_summary_is_the_last_value_of_each_key_however_rows_and_looks_at_it_follow(
    begin: Begin, shapes: int
) -> None:
    chance = random.Random(shapes)
    sets = [chance.sample("abcdefgh", chance.randrange(1, 8)) for _ in range(shapes)]
    run = begin()
    expected: dict[str, Any] = {}
    for number in range(400):
        row = {key: chance.choice([number, number / 7, True, None, f"text {number}"]) for key in chance.choice(sets)}
        if chance.random() < 0.05:
            row["a"] = [number]  # no plain scalar
        run.log(row)
        expected.update(row, _step=number)
        if chance.random() < 0.05:
            assert {key: value for key, value in run.summary.items() if key in expected} == expected
    timestamps = [e.payload["_timestamp"] for e in records_of(run) if e.kind == "row"]
    assert abs(run.summary["_timestamp"] - timestamps[-1]) < 0.02
    run.summary["a"] = "the user's"
    run.log({"a": 1, "b": 2})
    assert (run.summary["a"], run.summary["b"]) == ("the user's", 2)


def test_a_rule_holds_for_the_rows_after_it(begin: Begin) -> None:
    run = begin()
    for loss in (9, 1):
        run.log({"loss": loss})
    run.define_metric("loss", summary="min,max")
    for loss in (5, 3):
        run.log({"loss": loss})
    assert (run.summary["loss.min"], run.summary["loss.max"], run.summary["loss"]) == (3, 5, 1)


def test_coerced_values_are_counted_and_array_scalars_are_not(begin: Begin) -> None:
    run = begin()
    run.log({"a": decimal.Decimal(1), "b": np.float32(1), "c": {1, 2}})
    run.finish()
    assert last_of(run, "count") == {"coerced_values": 2}


def test_a_clock_that_was_set_is_counted(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    from runwell.sdk import rows

    run = begin()
    run.log({"a": 1})
    monkeypatch.setattr(rows, "time", lambda: time.time() + 3_600)
    run.log({"a": 2})
    run.log({"a": 3})
    run.finish()
    assert last_of(run, "count")["clock_jumps"] == 1
    found = [e.payload for e in records_of(run) if e.kind == "row"]
    assert [round(row["_timestamp"] - found[0]["_timestamp"], -1) for row in found] == [0, 3_600, 3_600]
    runtimes = [row["_runtime"] for row in found]
    assert runtimes == sorted(runtimes)
    assert runtimes[-1] < 60


def test_a_run_takes_only_so_many_keys_and_says_why_once(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from runwell.sdk import values

    monkeypatch.setattr(values, "MAX_RUN_KEYS", 50)
    run = begin(settings={"silent": False})
    for i in range(100):
        run.log({"loss": i, f"loss/{i}": i})
    run.finish()
    assert len(rows_of(run)) == 100
    assert last_of(run, "count")["rejected_values"] == 51
    assert capfd.readouterr().err.count("A number in a key's name") == 1


@pytest.mark.parametrize(
    ("key", "told"),
    [("", "a key of the row is the empty text ''"), ((1, 2), "key (1, 2) is a tuple"), ("a\tb", "key 'a\\tb' has")],
)
def test_a_bad_key_is_named_readably(begin: Begin, capfd: pytest.CaptureFixture[str], key: object, told: str) -> None:
    run = begin(settings={"silent": False, "quiet": True})
    run.log({key: 1, "good": 2})  # type: ignore[dict-item]
    said = capfd.readouterr().err
    assert f"runwell: warning: {told}" in said
    assert "'' is not recorded" not in said
    assert rows_of(run) == [{"_step": 0, "good": 2}]


@pytest.mark.parametrize("step", [True, False])
def test_a_truth_value_is_no_step(begin: Begin, step: bool) -> None:
    run = begin()
    with pytest.raises(UsageError, match="commit="):
        run.log({"a": 1}, step=step)
    assert rows_of(run) == []
