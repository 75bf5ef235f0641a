"""What clients send is taken in once, whole, and nothing of it is refused for what it says."""

from __future__ import annotations

import json
import math
import struct
import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runwell.server.domain.access import SYSTEM, Actor, Busy, DiskFull, NotFound
from runwell.server.domain.ingest import Ingest, StreamBody
from runwell.wire import limits
from runwell.wire.numbers import flatten

from .conftest import EVENTS_FILE, Engine

JOURNAL = "0123456789abcdef0123456789abcdef"


def bits(value: Any) -> Any:
    """Make floats comparable bit for bit, and kinds of numbers distinct."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return ("float", "nan" if math.isnan(value) else struct.pack("<d", value))
    if isinstance(value, int):
        return ("int", value)
    if isinstance(value, list):
        return [bits(v) for v in value]
    return {k: bits(v) for k, v in value.items()}


scalars = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(-(2**53) - 2, 2**53 + 2),
    st.integers(-(10**399), 10**399),
    st.booleans(),
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from([-0.0, 5e-324, 1e308, 2**63, 2**64, -(2**63), "", "\x00", "한국어"]),
)
values = st.one_of(
    scalars,
    st.lists(scalars, max_size=4),
    st.dictionaries(st.sampled_from(["x", "y"]), scalars, max_size=2).map(lambda d: {"_type": "histogram", **d}),
)
rows_of_anything = st.lists(
    st.dictionaries(st.sampled_from(["a", "b", "deep.er", "한", "_x"]), values, max_size=4), min_size=1, max_size=12
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=rows_of_anything, seal=st.booleans())
def test_every_value_comes_back_exactly_as_it_was_logged(tmp_path_factory, rows, seal) -> None:
    engine = Engine(tmp_path_factory.mktemp("ingest"))
    try:
        run = engine.run()
        logged = [{"_step": index, **row} for index, row in enumerate(rows)]
        answer = engine.log(run, logged)
        assert answer.rejected == 0
        if seal:
            engine.sealer.seal_now(run.id)
        assert [bits(row) for row in engine.rows(run)] == [bits(flatten(row)) for row in logged]
    finally:
        engine.close()


class Model:
    """A list a writer, from which rows may come in any order."""

    def __init__(self, total: int) -> None:
        self.lines = [json.dumps({"_step": index, "v": index * 0.5, "w": f"{index}"}) for index in range(total)]
        self.seen: set[int] = set()

    def contiguous(self) -> int:
        end = 0
        while end in self.seen:
            end += 1
        return end


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_resent_overlapping_reordered_and_gapped_chunks_end_as_the_list_they_were(tmp_path_factory, data) -> None:
    directory = tmp_path_factory.mktemp("chunks")
    engine = Engine(directory)
    try:
        models = {JOURNAL: Model(60), "f" * 32: Model(40)}
        for _ in range(data.draw(st.integers(1, 25))):
            writer = data.draw(st.sampled_from(sorted(models)))
            model = models[writer]
            start = data.draw(st.integers(0, len(model.lines) - 1))
            stop = data.draw(st.integers(start + 1, min(len(model.lines), start + 25)))
            run = engine.run()
            engine.send(run, model.lines[start:stop], start, writer)
            model.seen.update(range(start, stop))
            if data.draw(st.integers(0, 4)) == 0:
                engine.sealer.seal_now(run.id)
            if data.draw(st.integers(0, 9)) == 0:
                engine.close()
                engine = Engine(directory)
            expected = sorted(line for m in models.values() for line in m.lines[: m.contiguous()])
            found = [json.dumps({k: row[k] for k in ("_step", "v", "w")}) for row in engine.rows(engine.run())]
            assert sorted(found) == expected
        for writer, model in models.items():
            engine.send(engine.run(), model.lines, 0, writer)
        total = sorted(line for m in models.values() for line in m.lines)
        found = [json.dumps({k: row[k] for k in ("_step", "v", "w")}) for row in engine.rows(engine.run())]
        assert sorted(found) == total
        counts = engine.catalog.read(lambda c: engine.history.record_counts(c, engine.run().id))
        assert (counts["rows"], counts["held"]) == (100, 0)
    finally:
        engine.close()


def test_a_lost_answer_and_its_resend_change_nothing(engine: Engine) -> None:
    run = engine.run()
    body = StreamBody(
        files={
            "wandb-history.jsonl": (0, ['{"_step": 0, "v": 1}', '{"_step": 1, "v": NaN}']),
            EVENTS_FILE: (0, ['{"_runtime": 1.0, "system.cpu": 5}']),
            "output.log": (0, ['{"ts": "2026-11-23T10:00:00", "content": "hello"}']),
            "wandb-summary.json": (0, ['{"v": NaN, "deep": {"er": 2}}']),
        }
    )
    for _ in range(3):
        engine.ingest.accept(SYSTEM, run, JOURNAL, body)
    assert len(engine.rows(run)) == 2
    assert len(engine.rows(run, stream="system")) == 1
    assert engine.console.page(SYSTEM, run, 0, 10)[0] == 1
    stored = engine.run()
    assert math.isnan(stored.summary["v"]) and stored.summary["deep.er"] == 2
    assert (stored.row_count, stored.last_step, stored.state) == (2, 1, "running")


def test_a_gap_is_held_and_never_filled_by_itself(engine: Engine) -> None:
    run = engine.run()
    engine.log(run, [{"_step": 5, "v": 5}], 5, JOURNAL)
    engine.log(run, [{"_step": 0, "v": 0}], 0, JOURNAL)
    assert [row["_step"] for row in engine.rows(run)] == [0]
    assert engine.catalog.read(lambda c: engine.history.record_counts(c, run.id))["held"] == 1
    engine.log(run, [{"_step": i, "v": i} for i in range(1, 5)], 1, JOURNAL)
    assert [row["_step"] for row in engine.rows(run)] == [0, 1, 2, 3, 4, 5]


def test_too_many_held_chunks_are_refused_with_the_line_that_is_missing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runwell.server.domain.ingest.MAX_HELD_CHUNKS", 3)
    run = engine.run()
    for line in (10, 20, 30):
        engine.log(run, [{"_step": line}], line, JOURNAL)
    with pytest.raises(Busy, match="line 0"):
        engine.log(run, [{"_step": 40}], 40, JOURNAL)
    engine.log(run, [{"_step": 10}], 10, JOURNAL)  # one that is held already changes nothing


def test_a_filled_gap_frees_any_number_of_held_lines(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runwell.server.domain.ingest.MAX_JOINED_LINES", 10)
    run = engine.run()
    for start in range(5, 100, 5):
        engine.log(run, [{"_step": i} for i in range(start, start + 5)], start, JOURNAL)
    engine.log(run, [{"_step": i} for i in range(5)], 0, JOURNAL)
    assert [row["_step"] for row in engine.rows(run)] == list(range(100))


def test_the_official_client_goes_on_at_the_count_it_was_told(engine: Engine) -> None:
    run = engine.run()
    engine.log(run, [{"_step": i} for i in range(7)], 0, JOURNAL)
    told = engine.history.counts(run)[0]
    assert told == 7
    engine.log(run, [{"_step": 7}], told, "")
    engine.log(run, [{"_step": 8}], told, "018f3b5e-7c11-7d7a-9a30-3d5f8a9c1b2e")
    assert [row["_step"] for row in engine.rows(run)] == list(range(9))
    assert engine.history.counts(run)[0] == 8


BAD_ROWS = [
    "not json",
    "[1, 2]",
    "17",
    "",
    '{"_step": -1, "v": 1}',
    '{"_step": 1.5, "v": 1}',
    '{"_step": "3", "v": 1}',
    '{"_step": true, "v": 1}',
    '{"_step": 9007199254740992, "v": 1}',
    '{"_step": 1000000000000000000, "v": 1}',
    '{"_step": 1, "v": ' + "9" * 5_000 + "}",
    '{"_step": 1, "a": ' + "[" * 100_000 + "]" * 100_000 + "}",
    '{"_step": 1, "a": ' + '{"b":' * 70 + "1" + "}" * 70 + "}",
    '{"_step": 1, "v": 1},{"_step": 2, "v": 2}',
]


def test_rows_that_break_a_rule_are_set_aside_and_keep_their_line(engine: Engine) -> None:
    run = engine.run()
    lines = []
    for index, bad in enumerate(BAD_ROWS):
        lines += [json.dumps({"_step": index, "good": index}), bad]
    answer = engine.send(run, lines, 0, JOURNAL)
    assert answer.rejected == len(BAD_ROWS)
    assert [row["good"] for row in engine.rows(run)] == list(range(len(BAD_ROWS)))
    engine.log(run, [{"_step": 99, "good": 99}], len(lines), JOURNAL)
    assert engine.rows(run)[-1]["good"] == 99
    samples = engine.catalog.read(lambda c: engine.catalog.metrics.rejections(c, run.id, 100))
    assert [s["line"] for s in samples] == [2 * i + 1 for i in range(len(BAD_ROWS))]
    assert all(s["reason"] and len(s["sample"]) <= 200 for s in samples)
    assert engine.catalog.read(lambda c: engine.history.record_counts(c, run.id))["rejected"] == len(BAD_ROWS)


def test_rows_without_a_step_take_their_lines_number_where_processes_share_a_run(engine: Engine) -> None:
    run = engine.run()
    one, two = "c0honukjkwbkkm9sjpvabbegkj1i8lnc", "m6cs9131cq6ut69h3lps7zh8str3u4jb"
    engine.send(run, ['{"a": 0}', '{"a": 1}'], 0, one)
    engine.send(run, ['{"b": 0}', '{"b": 1}'], 0, two)
    engine.send(run, ['{"a": 1}', '{"a": 2}'], 1, one)
    rows = engine.rows(run)
    assert [(row["_step"], row["a"]) for row in rows if "a" in row] == [(0, 0), (1, 1), (2, 2)]
    assert [(row["_step"], row["b"]) for row in rows if "b" in row] == [(0, 0), (1, 1)]
    assert engine.send(run, ['{"v": 1}'], 0, "").rejected == 1  # who is alone counts its own steps


@pytest.mark.parametrize("key", ["", "a\nb", "nul\x00", "k" * 513, "é" * 300])
def test_a_value_with_a_bad_key_is_set_aside_alone(engine: Engine, key: str) -> None:
    run = engine.run()
    assert engine.log(run, [{"_step": 0, key: 1, "good": 2}]).rejected == 1
    assert engine.rows(run) == [{"_step": 0, "good": 2}]


@pytest.mark.parametrize("key", ["a/", "emoji 🙂", "한국어", "k" * 512, "a.b.c", "..", "<script>", "' OR 1=1"])
def test_any_other_key_is_a_key(engine: Engine, key: str) -> None:
    run = engine.run()
    engine.log(run, [{"_step": 0, key: 1.5}])
    assert engine.rows(run) == [{"_step": 0, key: 1.5}]
    assert engine.draw(["run1"], [key])[1][0]["y"].tolist() == [1.5]


def test_one_value_too_long_leaves_its_neighbours(engine: Engine) -> None:
    run = engine.run()
    rows = [{"_step": i, "v": i if i != 1 else [[[]]]} for i in range(3)]
    deep: Any = 1
    for _ in range(70):
        deep = [deep]
    rows[1]["v"] = deep
    assert engine.log(run, rows).rejected == 1
    assert engine.rows(run) == [{"_step": 0, "v": 0}, {"_step": 1}, {"_step": 2, "v": 2}]


def test_a_dotted_key_and_a_nested_one_are_the_same_and_the_clash_is_counted(engine: Engine) -> None:
    run = engine.run()
    assert engine.send(run, ['{"_step": 0, "a.b": 1, "a": {"b": 2}}']).rejected == 1
    assert engine.rows(run) == [{"_step": 0, "a.b": 2}]


def test_a_row_of_fifty_thousand_keys_keeps_ten_thousand(engine: Engine) -> None:
    run = engine.run()
    row = {f"k{i}": i for i in range(50_000)}
    answer = engine.log(run, [{**row, "_step": 3}])
    assert answer.rejected == 40_001
    (kept,) = engine.rows(run)
    assert len(kept) == limits.MAX_ROW_KEYS and kept["_step"] == 3


def test_keys_of_a_run_end_somewhere_and_the_message_says_so(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runwell.server.domain.ingest.MAX_RUN_KEYS", 50)
    run = engine.run()
    for start in range(0, 200, 20):
        engine.log(run, [{"_step": i, f"loss/{i}": i} for i in range(start, start + 20)], start, JOURNAL)
    assert len(engine.history.keys(run)) == 50
    assert len(engine.rows(run)) == 200
    counts = engine.catalog.read(lambda c: engine.history.record_counts(c, run.id))
    assert counts["rejected"] == 200 - 49
    samples = engine.catalog.read(lambda c: engine.catalog.metrics.rejections(c, run.id, 1))
    assert "keys" in samples[0]["reason"]


def test_a_million_tiny_rows_and_one_of_ten_mebibytes_are_taken_in(engine: Engine) -> None:
    run = engine.run()
    engine.send(run, [f'{{"_step":{i}}}' for i in range(1_000_000)])
    big = "x" * (10 * limits.MIB - 40)
    engine.log(run, [{"_step": 1_000_000, "text": big}], 1_000_000)
    assert engine.send(run, [json.dumps({"_step": 1, "t": "y" * 11 * limits.MIB})], 1_000_001).rejected == 1
    assert engine.history.counts(run)[0] == 1_000_002
    assert engine.rows(run, ["text"])[0]["text"] == big


def test_late_rows_are_kept_in_order_of_arrival_and_counted(engine: Engine) -> None:
    run = engine.run()
    engine.log(run, [{"_step": s, "v": i} for i, s in enumerate([0, 5, 3, 5, 6, 2])])
    assert [row["_step"] for row in engine.rows(run)] == [0, 5, 3, 5, 6, 2]
    assert engine.catalog.read(lambda c: engine.history.record_counts(c, run.id))["late"] == 2
    _, (one,) = engine.draw(["run1"], ["v"])
    assert (one["x"].tolist(), one["y"].tolist()) == ([0, 2, 3, 5, 5, 6], [0, 5, 2, 1, 3, 4])


def test_summaries_replace_each_other_and_merge_between_writers(engine: Engine) -> None:
    run = engine.run()
    engine.send(run, ['{"a": 1, "b": 2}'], file="wandb-summary.json")
    engine.send(run, ['{"a": 3}'], file="wandb-summary.json")
    assert engine.run().summary == {"a": 3}
    engine.send(run, ['{"b": {"c": Infinity}}'], 0, JOURNAL, "wandb-summary.json")
    engine.send(run, ["broken"], 0, JOURNAL, "wandb-summary.json")
    assert engine.run().summary == {"a": 3, "b.c": math.inf}


def test_complete_ends_a_run_and_rows_of_a_crashed_one_revive_it(engine: Engine) -> None:
    run = engine.run()
    engine.catalog.write(lambda c: engine.catalog.runs.set_state(c, run.id, "crashed"))
    engine.log(run, [{"_step": 0}])
    assert engine.run().state == "running"
    engine.send(run, ['{"_step": 1}'], 1, complete=True, exitcode=3)
    ended = engine.run()
    assert (ended.state, ended.exit_code, ended.row_count) == ("failed", 3, 2)
    engine.send(run, ['{"_step": 1}'], 1)
    assert engine.run().state == "failed", "a resend after the end doesn't revive"


def test_a_preempted_run_says_so(engine: Engine) -> None:
    run = engine.run()
    engine.ingest.accept(SYSTEM, run, "", StreamBody(preempting=True))
    engine.ingest.accept(SYSTEM, run, "", StreamBody(complete=True, exitcode=1))
    assert engine.run().state == "preempted"


def test_a_stop_request_is_answered_with_the_next_heartbeat(engine: Engine) -> None:
    run = engine.run()
    assert not engine.ingest.accept(SYSTEM, run, "", StreamBody()).stopped
    engine.catalog.write(lambda c: engine.catalog.runs.update(c, run.id, {"stop_requested": True}))
    assert engine.ingest.accept(SYSTEM, run, "", StreamBody()).stopped


def test_notices_say_what_is_new_after_the_commit(engine: Engine) -> None:
    run = engine.run()
    engine.log(run, [{"_step": 0}])
    engine.send(run, ["hello"], file="output.log")
    assert [what for _, what in engine.notices] == [{"history", "state"}, {"console", "state"}]


def test_a_full_disk_and_a_stranger_are_told_so_and_nothing_is_written(engine: Engine) -> None:
    run = engine.run()
    full = Ingest(engine.catalog, has_room=lambda: False)
    with pytest.raises(DiskFull):
        full.accept(SYSTEM, run, "", StreamBody(files={"wandb-history.jsonl": (0, ['{"_step": 0}'])}))
    stranger = Actor(9, "eve", "eve", False, frozenset({999}))
    with pytest.raises(NotFound):
        engine.ingest.accept(stranger, run, "", StreamBody(files={"wandb-history.jsonl": (0, ['{"_step": 0}'])}))
    assert engine.rows(run) == []


def test_many_writers_at_once_lose_and_double_nothing(engine: Engine) -> None:
    run = engine.run()
    other = Ingest(engine.catalog)  # as another process would: without this one's locks

    def work(number: int) -> None:
        ingest = engine.ingest if number % 2 else other
        writer = f"{number:032x}"
        for start in range(0, 200, 10):
            lines = [json.dumps({"_step": i, f"k{number}": i}) for i in range(start, start + 10)]
            ingest.accept(SYSTEM, run, writer, StreamBody(files={"wandb-history.jsonl": (start, lines)}))
            ingest.accept(SYSTEM, run, writer, StreamBody(files={"wandb-history.jsonl": (start, lines)}))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = engine.rows(run)
    assert len(rows) == 1_200
    for number in range(6):
        assert [row[f"k{number}"] for row in rows if f"k{number}" in row] == list(range(200))
