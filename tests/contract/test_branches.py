"""Forks and rewinds hold what they promise on every catalog: every reader sees the rows up to the step, once."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runwell.server.domain.access import SYSTEM, Conflict, InvalidValue, NotFound
from runwell.server.domain.history import History
from runwell.server.stores.records import RunChanges, RunRecord
from tests.protocol.official import same
from tests.unit.metrics.conftest import Engine

KEYS = ["loss", "note", "mixed", "media", "rare", "big"]


@pytest.fixture
def engine(url: str, tmp_path: Path) -> Iterator[Engine]:
    made = Engine(tmp_path / "data", url=url)
    made.run("first")  # and with it entity and project
    yield made
    made.close()


def row(step: int, chance: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {"_step": step, "_runtime": step * 0.5, "_timestamp": 1e9 + step, "loss": chance.random()}
    made["note"] = f"at {step}"
    made["mixed"] = chance.choice([1, 2.5, "text", None, True, [1, {"a": 2}], math.nan, -math.inf])
    if step % 3 == 0:
        made["media"] = {"_type": "image-file", "path": f"media/images/x_{step}.png", "size": step}
    if step % 17 == 0:
        made |= {"rare": step, "big": 2**60 + step}
    return made


def logged(engine: Engine, run: RunRecord, chance: random.Random, *, late: bool) -> list[dict[str, Any]]:
    """Log 400 rows of two writers, sealed now and then; ``late``: steps go back and forth."""
    every: list[dict[str, Any]] = []
    lines = {"a" * 32: 0, "b" * 32: 0}
    step = 0
    while len(every) < 400:
        who = chance.choice(list(lines))
        rows = []
        for _ in range(chance.randint(1, 40)):
            rows.append(row(max(0, step + (chance.randint(-30, 5) if late else 0)), chance))
            step += 1
        engine.log(run, rows, lines[who], who)
        lines[who] += len(rows)
        every += rows
        if chance.random() < 0.2:
            engine.sealer.seal_now(run.id)
    return every


def upsert(engine: Engine, name: str, **changes: Any) -> RunRecord:
    return engine.runs.upsert(SYSTEM, "local", "p", name, RunChanges(wandb_config={"t": 1}, **changes))[0]


def fork(engine: Engine, name: str, parent: str, step: Any, **changes: Any) -> RunRecord:
    point = {"run_id": parent, "step": step}
    whole = RunChanges(wandb_config={"t": 1, "branch_point": point}, branch_point=point, **changes)
    return engine.runs.upsert(SYSTEM, "local", "p", name, whole)[0]


def demand_same_run(engine: Engine, run: RunRecord, rows: list[dict[str, Any]], copy: str) -> None:
    """Every reader gives these rows, as of a run that logged nothing else."""
    there = engine.rows(run)
    assert len(there) == len(rows)
    for found, expected in zip(there, rows, strict=True):
        assert same(found, expected)
    plain = engine.run(copy)
    engine.log(plain, rows)
    assert engine.history.keys(run) == engine.history.keys(plain)
    assert same(engine.history.tail(run), engine.history.tail(plain))
    keys = [*KEYS, "_runtime"]
    for more in ({}, {"width": 20}, {"x": "runtime", "width": 7}, {"range": (50.0, 120.0), "width": 10}):
        _, drawn = engine.draw([run.name], keys, **more)
        _, expected = engine.draw([plain.name], keys, **more)
        assert [one["key"] for one in drawn] == [one["key"] for one in expected]
        for one, other in zip(drawn, expected, strict=True):
            assert (one["total"], one["non_finite"]) == (other["total"], other["non_finite"])
            if not more:
                assert np.array_equal(one["x"], other["x"]) and np.array_equal(one["y"], other["y"], equal_nan=True)
    totals = engine.catalog.read(lambda c: engine.history.record_counts(c, run.id))
    other = engine.catalog.read(lambda c: engine.history.record_counts(c, plain.id))
    assert {name: totals[name] for name in ("rows", "values", "non_finite")} == {
        name: other[name] for name in ("rows", "values", "non_finite")
    }

    def listed(name: str) -> list[Any]:
        def work(c: Any) -> list[Any]:
            ref = engine.projects.found(c, SYSTEM, "local", "p")
            _, found = engine.catalog.metrics.listing(c, ref.id, [name], 0, "", 0, 100)
            return [(one.key, one.points, one.least, one.most, one.non_finite) for one in found]

        return engine.catalog.read(work)

    assert listed(run.name) == listed(plain.name)
    _, batches = engine.history.batches(SYSTEM, run)
    assert sum(batch.num_rows for batch in batches) == len(rows)
    now = engine.runs.find(SYSTEM, "local", "p", run.name)
    assert now.row_count == len(rows)
    assert now.last_step == max((one["_step"] for one in rows), default=-1)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("seed", [1])
def test_a_fork_has_the_rows_up_to_the_step_and_goes_on(engine: Engine, seed: int, late: bool) -> None:
    chance = random.Random(seed)
    parent = upsert(engine, "parent", config={"lr": 1, "opt": {"name": "sgd", "m": 0.9}})
    rows = logged(engine, parent, chance, late=late)
    for number, step in enumerate((0, 57, 200, 10_000)):
        child = fork(engine, f"child{number}", "parent", step, config={"opt": {"m": 0.5}, "seed": 3})
        left = [one for one in rows if one["_step"] <= step]
        demand_same_run(engine, child, left, f"copy{number}")
        assert (child.config, child.parent_id, child.parent_step) == (
            {"lr": 1, "opt.name": "sgd", "opt.m": 0.5, "seed": 3},
            parent.id,
            step,
        )
        assert engine.history.counts(child) == (0, 0, 0)
        own = [row(step + 1 + n, chance) for n in range(60)]
        engine.log(child, own[:30])
        engine.sealer.seal_now(child.id)
        engine.log(child, own, 0)  # a resend with more behind it
        assert engine.history.counts(child)[0] == 60
        demand_same_run(engine, child, left + own, f"longer{number}")
    assert len(engine.rows(parent)) == len(rows)
    grandchild = fork(engine, "grandchild", "child1", 80)
    expected = [one for one in engine.rows(engine.run("child1")) if one["_step"] <= 80]
    demand_same_run(engine, grandchild, expected, "grandcopy")
    engine.sealer.sweep(age_s=-1)
    demand_same_run(engine, grandchild, expected, "swept")


@pytest.mark.parametrize("late", [False, True])
def test_a_rewound_run_has_the_rows_up_to_the_step_and_goes_on(engine: Engine, late: bool) -> None:
    chance = random.Random(7)
    run = upsert(engine, "run", config={"lr": 1})
    rows = logged(engine, run, chance, late=late)
    for number, step in enumerate((10_000, 333, 120, 121, 5)):
        engine.draw(["run"], KEYS, width=50)  # what readers remember
        engine.draw(["run"], KEYS)
        version = engine.branches.rewind(SYSTEM, run, "_step", step)
        again = engine.branches.rewind(SYSTEM, run, "_step", float(step))
        assert (version.rewound_step, version.state, version.config) == (step, "running", {"lr": 1})
        assert (again.summary, again.row_count) == (version.summary, version.row_count)
        rows = [one for one in rows if one["_step"] <= step]
        assert engine.history.counts(run)[0] == len(rows)
        demand_same_run(engine, run, rows, f"copy{number}")
        own = [row(step + 1 + n, chance) for n in range(150)]
        engine.log(run, own[:100], len(rows))
        demand_same_run(engine, run, rows + own[:100], f"longer{number}")
        if number % 2:
            engine.sealer.seal_now(run.id)
        engine.log(run, own, len(rows))
        rows += own
        demand_same_run(engine, run, rows, f"longest{number}")
    engine.sealer.sweep(age_s=-1)
    demand_same_run(engine, run, rows, "swept")
    engine.branches.rewind(SYSTEM, fork(engine, "late", "run", 10), "_step", 0)
    demand_same_run(engine, engine.run("late"), [one for one in rows if one["_step"] <= 0], "early")


def test_a_rewind_to_before_the_first_row_leaves_none(engine: Engine) -> None:
    run = upsert(engine, "run", metric_rules=[{"name": "a", "summary": ["min"]}])
    engine.log(run, [{"_step": 5 + n, "a": n} for n in range(100)])
    engine.sealer.seal_now(run.id)
    engine.log(run, [{"_step": 105 + n, "a": n} for n in range(9)], 100)
    now = engine.branches.rewind(SYSTEM, run, "_step", 4)
    assert (now.summary, now.row_count, now.last_step, engine.rows(run)) == ({}, 0, -1, [])
    assert (engine.history.tail(run), engine.history.keys(run)) == (None, [])
    engine.log(run, [{"_step": 5, "a": -1, "b": 2}])
    assert engine.rows(run) == [{"_step": 5, "a": -1, "b": 2}]


def test_the_summary_is_what_it_was_at_the_step(engine: Engine) -> None:
    rules = [
        {"name": "loss", "summary": ["min", "mean", "last", "first"]},
        {"name": "acc.*", "summary": ["best"], "goal": "maximize"},
        {"name": "hid", "summary": ["none"]},
    ]
    run = upsert(engine, "run", metric_rules=rules)
    steps = range(300)
    rows = [
        {"_step": n, "_runtime": n * 0.5, "loss": (n - 100) ** 2, "acc.top": n % 50, "hid": n, "x/y": f"s{n}"}
        for n in steps
    ]
    engine.log(run, rows[:250])
    engine.sealer.seal_now(run.id)
    engine.log(run, rows[250:], 250)
    last = {"loss": {"min": 0.0}, "acc.top": {"best": 49}, "x/y": "s299", "mine": 1, "_wandb": {"runtime": 150}}
    engine.send(run, [json.dumps(last)], 0, "", "wandb-summary.json")
    expected = {
        "_step": 60,
        "_runtime": 30.0,
        "_wandb.runtime": 30,
        "loss.min": 1600.0,
        "loss.mean": pytest.approx(sum((n - 100) ** 2 for n in range(61)) / 61),
        "loss.first": 10_000,
        "loss.last": 1600,
        "acc.top.best": 49.0,
        "x/y": "s60",
    }
    child = fork(engine, "child", "run", 60)
    assert child.summary == expected
    assert child.summary_paths == {"acc.top.best": ["acc.top", "best"]}
    assert [rule["name"] for rule in child.metric_rules] == ["loss", "acc.*", "hid"]
    whole = fork(engine, "whole", "run", 299)
    assert whole.summary["mine"] == 1 and whole.summary["x/y"] == "s299"
    # What its own client knows is laid over that.
    engine.send(child, [json.dumps({"x/y": "new", "_step": 61})], 0, "", "wandb-summary.json")
    assert engine.run("child").summary == {**expected, "x/y": "new", "_step": 61}
    assert engine.branches.rewind(SYSTEM, run, "_step", 60).summary == expected


def test_a_fork_happens_once_and_bad_ones_are_refused(engine: Engine) -> None:
    parent = upsert(engine, "parent")
    engine.log(parent, [{"_step": n, "a": n} for n in range(20)])
    child = fork(engine, "child", "parent", 9)
    engine.log(child, [{"_step": 10, "a": -1}])
    for _ in range(2):
        assert fork(engine, "child", "parent", 9).row_count == 11
    assert [one["a"] for one in engine.rows(child)] == [*range(10), -1]
    for step in (-1, 5.5, 2**53, math.nan, "3", None, True):
        with pytest.raises(InvalidValue, match="step"):
            fork(engine, "bad", "parent", step)
        with pytest.raises(InvalidValue, match="step"):
            engine.branches.rewind(SYSTEM, parent, "_step", step)
    with pytest.raises(InvalidValue, match="by _step only"):
        engine.branches.rewind(SYSTEM, parent, "loss", 3)
    with pytest.raises(NotFound, match="no run 'nobody'"):
        fork(engine, "bad", "nobody", 3)
    with pytest.raises(Conflict, match="another id"):
        fork(engine, "child", "parent", 8)
    with pytest.raises(Conflict, match="another id"):
        fork(engine, "parent", "child", 3)
    engine.runs.delete_many(SYSTEM, "local", "p", ["parent"])
    with pytest.raises(NotFound, match="no run 'parent'"):
        fork(engine, "bad", "parent", 3)
    assert fork(engine, "child", "parent", 9).row_count == 11
    with pytest.raises(NotFound):
        engine.runs.find(SYSTEM, "local", "p", "bad")
    assert engine.runs.describe(SYSTEM, "local", "p", "child")["parent"] == {"id": None, "name": None, "step": 9}


def test_a_seal_that_began_before_a_rewind_is_given_up(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    run = upsert(engine, "run")
    for n in range(10):
        engine.log(run, [{"_step": n * 10 + i, "a": n * 10 + i} for i in range(10)], n * 10)
    put = engine.segments.put

    def rewound_meanwhile(path: str, data: bytes) -> None:
        monkeypatch.setattr(engine.segments, "put", put)
        put(path, data)
        engine.branches.rewind(SYSTEM, run, "_step", 49)
        engine.log(run, [{"_step": 50 + i, "a": -1} for i in range(50)], 50)

    monkeypatch.setattr(engine.segments, "put", rewound_meanwhile)
    assert not engine.sealer._seal(run.id, 0)
    assert [one["a"] for one in engine.rows(run)] == [*range(50), *[-1] * 50]
    assert engine.sealer.seal_now(run.id)
    assert [one["a"] for one in History(engine.catalog, engine.segments).scan(SYSTEM, run)] == [*range(50), *[-1] * 50]


def test_console_and_system_metrics_stay_and_go_on_behind_a_rewind(engine: Engine) -> None:
    run = upsert(engine, "run")
    engine.log(run, [{"_step": n} for n in range(10)])
    engine.send(run, [json.dumps({"content": f"old {n}"}) for n in range(3)], 0, "", "output.log")
    engine.send(run, [json.dumps({"system.cpu": n, "_runtime": n}) for n in range(4)], 0, "", "wandb-events.jsonl")
    engine.branches.rewind(SYSTEM, run, "_step", 4)
    assert engine.history.counts(run)[:2] == (5, 0)
    for _ in range(2):  # the second time as a resend
        engine.send(run, [json.dumps({"content": "new 0"})], 0, "", "output.log")
        engine.send(run, [json.dumps({"system.cpu": -1, "_runtime": 1})], 0, "", "wandb-events.jsonl")
    _, lines = engine.console.page(SYSTEM, run, 0, 100)
    assert [line.text for _, line in lines] == ["old 0", "old 1", "old 2", "new 0"]
    assert [one["system.cpu"] for one in engine.rows(run, stream="system")] == [0, 1, 2, 3, -1]
    assert engine.history.counts(run) == (5, 1, 1)


def test_a_recording_sent_again_behind_itself_changes_nothing(engine: Engine) -> None:
    run = upsert(engine, "run")
    chance = random.Random(3)
    rows = [row(n, chance) for n in range(60)]
    lines = [json.dumps(one) for one in rows]
    end = {"complete": True, "exitcode": 0}
    engine.send(run, lines[:40], 0)
    engine.sealer.seal_now(run.id)
    engine.send(run, lines[40:50], 40, **end)
    for _ in range(2):  # as the client does that resumed: its lines follow those that are there
        first = engine.history.counts(run)[0]
        assert first == 50
        engine.send(run, lines[:30], first)
        run = engine.run("run")
        engine.send(run, [json.dumps({"_step": 29, "x": 0})], 0, "", "wandb-summary.json")
        assert engine.runs.find(SYSTEM, "local", "p", "run").summary == {}
        engine.send(run, lines[30:50], first + 30)
        engine.send(run, lines[45:50], first + 45, **end)  # its end
        engine.send(run, lines[45:50], first + 45, **end)  # … and again, as the answer was lost
        assert [one["_step"] for one in engine.rows(run)] == list(range(50))
    engine.send(run, lines[45:], 50, **end)
    demand_same_run(engine, run, rows, "copy")
    assert engine.history.counts(run)[0] == 60
    now = engine.catalog.read(lambda c: engine.history.record_counts(c, run.id))
    assert (now["held"], now["rejected"], now["rows"]) == (0, 0, 60)


def _state(engine: Engine, name: str) -> dict[str, Any]:
    """What a page shows of a run, but when it was heard."""
    run = engine.run(name)
    _, lines = engine.console.page(SYSTEM, run, 0, 1000)
    files = engine.catalog.read(lambda c: engine.catalog.files.list(c, run.id))
    return {
        "run": {
            name: getattr(run, name) for name in ("state", "exit_code", "finished_at", "config", "summary", "meta")
        },
        "lines": [line.text for _, line in lines],
        "events": [one["cpu"] for one in engine.rows(run, stream="system")],
        "files": {file.path: file.digest for file in files},
        "steps": [one["_step"] for one in engine.rows(run)],
    }


@pytest.mark.parametrize("writer", ["", "0" * 32], ids=["official", "numbered"])
def test_an_older_recording_sent_again_leaves_the_run_as_it_ended(engine: Engine, writer: str) -> None:
    chance = random.Random(5)
    rows = [json.dumps(row(n, chance)) for n in range(60)]

    def begin(part: int) -> RunRecord:
        return upsert(engine, "run", config={"part": part}, meta={"host": f"gpu-{part}"}, counters={"part": part})

    def upload(run: RunRecord, digest: str) -> None:
        for path in ("config.yaml", "own.txt") if digest == "a" else ("config.yaml",):
            engine.catalog.write(lambda c, path=path: engine.catalog.files.put(c, run.id, path, digest * 64, 1, 1.0))

    def say(run: RunRecord, part: int, first: dict[str, int], exit_code: int, who: str) -> None:
        """One recording: 30 rows, 300 console lines, 3 samples, a summary, a file, an end."""
        lines = [json.dumps({"content": f"{part} says {n}"}) for n in range(300)]
        samples = [json.dumps({"cpu": 10 * part + n, "_timestamp": 2e9 + 10 * part + n}) for n in range(3)]
        engine.send(run, samples, first["events"], who, "wandb-events.jsonl")
        engine.send(run, [json.dumps({"_runtime": 0})], 0, who, "wandb-summary.json")
        engine.send(run, lines, first["console"], who, "output.log")
        upload(run, "ab"[part])
        body = rows[30 * part : 30 * part + 30]
        engine.send(run, body[:20], first["rows"], who)
        for _ in range(2):  # the second time, as nobody heard the answer
            engine.send(run, body[20:], first["rows"] + 20, who, complete=True, exitcode=exit_code)

    nothing = {"events": 0, "console": 0, "rows": 0}
    say(begin(0), 0, nothing, 1, writer)
    assert engine.run("run").state == "failed"
    behind = {"events": 3, "console": 300, "rows": 30} if not writer else nothing
    say(begin(1), 1, behind, 0, writer and "1" * 32)
    run = engine.run("run")
    engine.send(run, [json.dumps({"loss": 0.5})], 0, writer and "1" * 32, "wandb-summary.json")
    ended = _state(engine, "run")
    assert (ended["run"]["state"], ended["run"]["config"], len(ended["lines"])) == ("finished", {"part": 1}, 600)
    again = {"events": 6, "console": 600, "rows": 60} if not writer else nothing
    for _ in range(2):
        say(begin(0), 0, again, 1, writer)
        assert _state(engine, "run") == ended
    # Who goes on behind it is taken at its word.
    run = begin(2)
    engine.send(run, [json.dumps(row(60, chance))], 60 if not writer else 0, writer and "2" * 32)
    engine.send(run, [], 0, writer and "2" * 32, complete=True, exitcode=3)
    gone_on = _state(engine, "run")
    assert (gone_on["run"]["state"], gone_on["run"]["config"], gone_on["steps"][-1]) == ("failed", {"part": 2}, 60)
    assert gone_on["files"] == ended["files"] == {"config.yaml": "b" * 64, "own.txt": "a" * 64}


def test_an_end_that_was_never_heard_is_taken_from_the_recording(engine: Engine) -> None:
    run = upsert(engine, "run")
    rows = [json.dumps(row(n, random.Random(1))) for n in range(10)]
    engine.send(run, rows, 0)
    engine.catalog.write(lambda c: engine.catalog.runs.set_state(c, run.id, "crashed"))
    engine.runs.upsert(SYSTEM, "local", "p", "run", RunChanges(wandb_config={"t": 2}))
    engine.send(run, rows, 10, complete=True, exitcode=0)
    assert engine.run("run").state == "finished"
    assert len(engine.rows(run)) == 10
