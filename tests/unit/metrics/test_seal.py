"""Sealing: when it happens, what it leaves behind, and that any Parquet reader understands it."""

from __future__ import annotations

import json
import math
import time
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from runwell.server.domain.access import SYSTEM
from runwell.server.domain.liveness import Liveness
from runwell.server.domain.seal import Sealer
from runwell.server.stores.records import RunRecord
from runwell.wire import limits

from .conftest import Engine


def state(engine: Engine, run: RunRecord) -> Any:
    """Give the run's history stream."""
    return engine.catalog.read(lambda c: engine.catalog.metrics.stream(c, run.id, 0))


def segments(engine: Engine, run: RunRecord) -> list[Any]:
    """Give the run's segments."""
    return engine.catalog.read(lambda c: engine.sealer._rows.list(c, run.id, 0))


def test_a_segment_is_parquet_in_long_form_that_names_its_run(engine: Engine) -> None:
    run = engine.run()
    engine.log(run, [{"_step": 5, "b": 2.5, "a": 2**60}, {"_step": 3, "a": "text", "c": None}, {"_step": 4, "a": True}])
    engine.sealer.seal_now(run.id)
    (segment,) = segments(engine, run)
    table = pq.read_table(engine.segments.open(segment.path))
    assert table.schema.names == ["key", "step", "row", "kind", "value", "text"]
    assert table.schema.metadata[b"runwell.run"] == b"run1"
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        ("_step", 3, 1, "int", 3.0, None),
        ("_step", 4, 2, "int", 4.0, None),
        ("_step", 5, 0, "int", 5.0, None),
        ("a", 3, 1, "text", None, "text"),
        ("a", 4, 2, "bool", 1.0, None),
        ("a", 5, 0, "bigint", float(2**60), str(2**60)),
        ("b", 5, 0, "float", 2.5, None),
        ("c", 3, 1, "null", None, None),
    ]


def test_a_tail_is_sealed_when_it_is_large_idle_or_ended_and_not_before(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [time.time()]
    sealer = Sealer(engine.catalog, engine.segments, now=lambda: now[0])
    run = engine.run()
    engine.log(run, [{"_step": i, "v": i} for i in range(2_000)])
    assert sealer.seal_ripe() == 0
    now[0] = time.time() + limits.SEAL_IDLE_S + 1
    assert sealer.seal_ripe() == 1, "idle"
    engine.log(run, [{"_step": 2_000}], 2_000)
    now[0] = time.time() + limits.SEAL_IDLE_S + 1
    assert sealer.seal_ripe() == 0, "so little isn't worth a file"
    engine.send(run, [], 2_001, complete=True, exitcode=0)
    assert sealer.seal_ripe() == 1, "ended"
    other = engine.run("other")
    for index in range(limits.SEAL_CHUNKS):
        engine.log(other, [{"_step": index}], index)
    assert sealer.seal_ripe() == 1, "many chunks"
    third = engine.run("third")
    engine.log(third, [{"_step": i, "v": float(i)} for i in range(limits.SEAL_ROWS)])
    assert sealer.seal_ripe() == 1, "many rows"
    fourth = engine.run("fourth")
    engine.log(
        fourth,
        [{"_step": i, "t": "".join(map(chr, np.random.default_rng(i).integers(33, 1000, 50_000)))} for i in range(80)],
    )
    assert sealer.seal_ripe() == 1, "many bytes"
    assert all(state(engine, r).tail_chunks == state(engine, r).tail_bytes == 0 for r in (run, other, third, fourth))


def test_small_segments_are_merged_with_what_follows_them(engine: Engine) -> None:
    run = engine.run()
    rows = [{"_step": i, "v": i * 0.5, "t": f"text {i}"} for i in range(3_000)]
    for start in range(0, 3_000, 100):
        engine.log(run, rows[start : start + 100], start)
        engine.sealer.seal_now(run.id)
    assert len(segments(engine, run)) <= 6
    assert engine.rows(run) == rows
    assert engine.sealer.sweep(age_s=-1) > 20, "files that were replaced go"
    assert engine.rows(run) == rows
    _, (one,) = engine.draw(["run1"], ["v"])
    np.testing.assert_array_equal(one["y"], np.arange(3_000) * 0.5)


def test_a_sweep_leaves_young_files_alone(engine: Engine) -> None:
    engine.segments.put("1/history-0-aaaa.parquet", b"about to be named")
    assert engine.sealer.sweep() == 0
    assert engine.sealer.sweep(age_s=-1) == 1


def test_segments_of_wide_and_sparse_runs_read_one_key_at_a_time(engine: Engine) -> None:
    run = engine.run()
    engine.log(
        run, [{"_step": i, **{f"layer{(i * 7 + j) % 500:03}/norm": i + j for j in range(40)}} for i in range(2_000)]
    )
    before = engine.rows(run)
    engine.sealer.seal_now(run.id)
    assert engine.rows(run) == before
    assert engine.rows(run, ["layer123/norm"]) == [
        {k: row[k] for k in ("_step", "layer123/norm")} for row in before if "layer123/norm" in row
    ]


def test_the_sealer_works_by_itself_and_stops(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runwell.server.domain.seal.LOOK_EVERY_S", 0.02)
    run = engine.run()
    engine.sealer.start()
    engine.log(run, [{"_step": i, "v": i} for i in range(limits.SEAL_ROWS)])
    deadline = time.monotonic() + 20
    while not segments(engine, run) and time.monotonic() < deadline:
        time.sleep(0.02)
    engine.sealer.stop()
    assert len(segments(engine, run)) == 1


def test_silent_runs_are_called_crashed_after_a_grace_from_the_servers_start(engine: Engine) -> None:
    run, quiet = engine.run(), engine.run("quiet")
    for one in (run, quiet):
        engine.log(one, [{"_step": 0}])
    now = time.time()
    heard: list[str] = []
    liveness = Liveness(engine.catalog, now, lambda r, what: heard.append(r.name))
    engine.catalog.write(lambda c: engine.catalog.runs.update(c, quiet.id, {"heartbeat_at": now - 10_000}))
    assert liveness.sweep(now + limits.CRASHED_AFTER_S - 1) == [], "it may not have had a chance to be heard"
    engine.catalog.write(lambda c: engine.catalog.runs.update(c, run.id, {"heartbeat_at": now + 200}))
    assert liveness.sweep(now + limits.CRASHED_AFTER_S + 1) == [quiet.id]
    assert (engine.run("quiet").state, engine.run().state, heard) == ("crashed", "running", ["quiet"])
    engine.log(quiet, [{"_step": 1}], 1)
    assert engine.run("quiet").state == "running"


def test_counts_of_a_record_are_the_truth(engine: Engine) -> None:
    run = engine.run()
    engine.send(run, ['{"_step": 0, "a": NaN, "b": 1}', "broken", '{"_step": 1, "a": Infinity, "c\\u0000": 1}'])
    engine.send(run, [json.dumps({"_runtime": 1.0, "system.cpu": 3})], file="wandb-events.jsonl")
    for _ in range(2):
        counts = engine.catalog.read(lambda c: engine.history.record_counts(c, run.id))
        assert counts == {"rows": 2, "values": 3, "rejected": 2, "non_finite": 2, "late": 0, "held": 0}
        engine.sealer.seal_now(run.id)
    assert math.isnan(engine.history.scan(SYSTEM, run).__next__()["a"])
