"""Charts against a naive scan: every pixel column shows the true min and max of all points behind it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runwell.server.domain.access import SYSTEM, Actor, NotFound
from runwell.server.domain.series import SeriesQuery
from runwell.wire.errors import InvalidValue

from .conftest import Engine

WRITERS = ("a" * 32, "b" * 32, "c" * 32)


def make_rows(rng: np.random.Generator, count: int, *, shape: str, bad: float, sparse: float) -> list[dict[str, Any]]:
    """Make rows whose steps go as ``shape`` says, with non-finite and missing values."""
    if shape == "even":
        steps = np.arange(count)
    elif shape == "repeated":
        steps = np.arange(count) // 3
    elif shape == "backward":
        steps = np.concatenate([np.arange(count - count // 3), np.arange(count // 3)])
    elif shape == "uneven":
        steps = np.cumsum(rng.geometric(0.001, count) * rng.choice([1, 1, 1, 1000], count))
    else:
        steps = rng.integers(0, count, count)
    values = rng.normal(size=count).cumsum()
    rows = []
    for index, (step, value) in enumerate(zip(steps.tolist(), values.tolist(), strict=True)):
        row: dict[str, Any] = {"_step": step, "_runtime": index * 0.25, "_timestamp": 1.7e9 + index * 0.25}
        if rng.random() >= sparse:
            row["v"] = value if rng.random() >= bad else [math.nan, math.inf, -math.inf][int(rng.integers(3))]
        if rng.random() < 0.01:
            row["v"] = "text"
        if index % 7 == 0:
            row["rare"] = index
        rows.append(row)
    return rows


def arrive(engine: Engine, rng: np.random.Generator, rows: list[dict[str, Any]], writers: int, seals: int) -> list[Any]:
    """Send rows from several writers in chunks, sealing in between; give them in order of arrival."""
    run = engine.run()
    queues = [rows[index::writers] for index in range(writers)]
    sent = [0] * writers
    arrived: list[dict[str, Any]] = []
    seal_at = set(rng.integers(0, len(rows) + 1, seals).tolist())
    while any(sent[i] < len(queues[i]) for i in range(writers)):
        who = int(rng.choice([i for i in range(writers) if sent[i] < len(queues[i])]))
        part = queues[who][sent[who] : sent[who] + int(rng.integers(1, 900))]
        engine.send(run, [json.dumps(row) for row in part], sent[who], WRITERS[who])
        before = len(arrived)
        arrived += part
        sent[who] += len(part)
        if any(before <= at < len(arrived) for at in seal_at):
            engine.sealer._seal(run.id, 0)
    return arrived


def naive(arrived: list[dict[str, Any]], key: str, x: str) -> tuple[np.ndarray, np.ndarray]:
    """Give (x, value) of the key's numbers in the order of the chart."""
    axis = {"step": "_step", "runtime": "_runtime"}.get(x, x)
    points = [
        (float(row[axis]), float(row[key]), row["_step"])
        for row in arrived
        if isinstance(row.get(key), (int, float)) and isinstance(row.get(axis), (int, float))
    ]
    points.sort(key=lambda point: point[2])  # by step, then by arrival …
    points.sort(key=lambda point: point[0])  # … then by what is drawn along
    return np.array([p[0] for p in points]), np.array([p[1] for p in points])


def check(
    one: dict[str, Any], x: np.ndarray, values: np.ndarray, limits: tuple[float, float] | None, px: float
) -> None:
    """Hold one series of a frame against all points."""
    inside = np.ones(len(x), bool) if limits is None else (x >= limits[0]) & (x <= limits[1])
    if not one["bucketed"]:
        np.testing.assert_array_equal(one["x"], x[inside])
        np.testing.assert_array_equal(one["y"], values[inside])
        assert one["non_finite"] == (~np.isfinite(values[inside])).sum()
        assert one["infinite"] == [(values[inside] == np.inf).sum(), (values[inside] == -np.inf).sum()]
        return
    finite = np.isfinite(values)
    narrow = (lambda a: a.astype(np.float32).astype(np.float64)) if one["min"].dtype == np.float32 else (lambda a: a)
    assert (np.diff(one["x"]) >= 0).all()
    assert (one["x0"] <= one["x"]).all()
    assert one["total"] == one["count"].sum() >= inside.sum()
    # A bucket is a pixel column and at most the width of one block.
    assert (one["x"] - one["x0"] <= 3 * px + 1e-9 * np.abs(one["x"])).all()
    if limits is None:
        assert one["total"] == len(x)
        assert one["non_finite"] == (~finite).sum()
        assert one["infinite"] == [(values == np.inf).sum(), (values == -np.inf).sum()]
        kinds = np.bitwise_or.reduce(one["bad_kind"].astype(int)) if "bad_kind" in one else 0
        assert kinds == np.isnan(values).any() + 2 * (values == np.inf).any() + 4 * (values == -np.inf).any()
        if finite.any():
            assert np.nanmin(one["min"]) == narrow(values[finite]).min()
            assert np.nanmax(one["max"]) == narrow(values[finite]).max()
        else:
            assert np.isnan(one["min"]).all()
    for px_x, value in zip(x[inside & finite], narrow(values[inside & finite]), strict=True):
        behind = (one["x0"] <= px_x) & (px_x <= one["x"])
        assert ((one["min"][behind] <= value) & (value <= one["max"][behind])).any(), (px_x, value)
    for x0, x1, low, high, last, mean, count in zip(
        *(one[name] for name in ("x0", "x", "min", "max", "last", "mean", "count")), strict=True
    ):
        behind = (x >= x0) & (x <= x1)
        assert behind.sum() >= count
        seen = narrow(values[behind & finite])
        if math.isnan(low):
            assert math.isnan(high) and math.isnan(last) and math.isnan(mean)
            continue
        assert low in seen and high in seen and last in seen
        assert low <= mean * (1 + 1e-6 * np.sign(mean)) + 1e-6 and mean <= high + 1e-6 + abs(high) * 1e-6


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**32),
    count=st.sampled_from([0, 1, 40, 900, 3_000, 9_000]),
    shape=st.sampled_from(["even", "repeated", "backward", "uneven", "random"]),
    bad=st.sampled_from([0.0, 0.02, 0.9]),
    sparse=st.sampled_from([0.0, 0.5, 0.99]),
    writers=st.integers(1, 3),
    seals=st.integers(0, 4),
    width=st.sampled_from([1, 37, 200, 600, None]),
    x=st.sampled_from(["step", "runtime", "rare"]),
    zoom=st.one_of(st.none(), st.tuples(st.floats(0, 1), st.floats(0, 1))),
)
def test_every_pixel_column_shows_min_and_max_of_all_points_behind_it(
    tmp_path_factory: pytest.TempPathFactory, seed, count, shape, bad, sparse, writers, seals, width, x, zoom
) -> None:
    rng = np.random.default_rng(seed)
    engine = Engine(tmp_path_factory.mktemp("series"))
    try:
        arrived = arrive(engine, rng, make_rows(rng, count, shape=shape, bad=bad, sparse=sparse), writers, seals)
        for key in ("v", "rare"):
            xs, values = naive(arrived, key, x)
            limits = None
            if zoom is not None and len(xs):
                span = xs[-1] - xs[0]
                limits = (xs[0] + min(zoom) * span, xs[0] + max(zoom) * span)
            _, series = engine.draw(["run1"], [key], x=x, range=limits, width=width)
            if not any(key in row for row in arrived):
                assert series == []
                continue
            (one,) = series
            low, high = limits or ((xs[0], xs[-1]) if len(xs) else (0, 0))
            check(one, xs, values, limits, (high - low) / (width or 1))
            if width is None or ((xs >= low) & (xs <= high)).sum() <= width:
                assert not one["bucketed"], "few points are drawn exactly"
    finally:
        engine.close()


def test_buckets_of_one_writer_cut_the_points_into_consecutive_slices(engine: Engine) -> None:
    rng = np.random.default_rng(7)
    rows = make_rows(rng, 20_000, shape="even", bad=0.01, sparse=0.0)
    arrived = arrive(engine, rng, rows, 1, 3)
    xs, values = naive(arrived, "v", "step")
    _, (one,) = engine.draw(["run1"], ["v"], width=300)
    ends = np.cumsum(one["count"]).astype(int)
    for start, stop, low, high, last, mean, x0, x1 in zip(
        [0, *ends[:-1]], ends, *(one[n] for n in ("min", "max", "last", "mean", "x0", "x")), strict=True
    ):
        behind = values[start:stop]
        seen = behind[np.isfinite(behind)]
        assert (x0, x1) == (xs[start], xs[stop - 1])
        assert (low, high, last) == (np.float32(seen.min()), np.float32(seen.max()), np.float32(seen[-1]))
        assert mean == pytest.approx(seen.mean(), rel=1e-4, abs=1e-4)
    assert 150 <= one["n"] <= 300


def test_far_apart_steps_cost_nothing(engine: Engine) -> None:
    run = engine.run()
    engine.log(run, [{"_step": 0, "v": 1.0}, {"_step": 10**15, "v": 2.0}])
    for _ in range(2):
        _, (one,) = engine.draw(["run1"], ["v"], width=500)
        assert one["x"].tolist() == [0.0, 1e15]
        _, (one,) = engine.draw(["run1"], ["v"], width=1)
        assert (one["min"].tolist(), one["max"].tolist(), one["total"]) == ([1.0], [2.0], 2)
        engine.sealer.seal_now(run.id)


def test_large_and_nearly_equal_numbers_are_not_rounded_to_stairs(engine: Engine) -> None:
    run = engine.run()
    engine.log(run, [{"_step": i, "tokens": 10**9 + i, "huge": 1e308 if i % 2 else -1e308} for i in range(5_000)])
    for _ in range(2):
        _, (tokens, huge) = engine.draw(["run1"], ["tokens", "huge"], width=100)
        assert tokens["last"][-1] == 10**9 + 4_999
        assert tokens["max"][0] - tokens["min"][0] == tokens["count"][0] - 1
        assert (huge["min"] == -1e308).all() and (huge["max"] == 1e308).all() and np.isfinite(huge["mean"]).all()
        engine.sealer.seal_now(run.id)


def test_series_come_in_the_order_asked_and_unknown_ones_are_left_out(engine: Engine) -> None:
    for name in ("r1", "r2", "r3"):
        engine.log(engine.run(name), [{"_step": 0, "a": 1, "b": 2}])
    header, series = engine.draw(["r3", "nobody", "r1"], ["b", "nothing", "a"], width=10)
    assert [(s["run"], s["key"]) for s in series] == [("r3", "b"), ("r3", "a"), ("r1", "b"), ("r1", "a")]
    assert header["coarsened"] is False


def test_past_the_point_budget_a_frame_is_coarser_and_says_so(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runwell.server.domain.series.MAX_SERIES_POINTS", 1_000)
    run = engine.run()
    engine.log(run, [{"_step": i, "v": float(i == 777)} for i in range(4_000)])
    for _ in range(2):
        header, (one,) = engine.draw(["run1"], ["v"])
        assert header["coarsened"] and one["bucketed"] and one["n"] <= 1_000 and one["total"] == 4_000
        assert one["max"].max() == 1.0
        engine.sealer.seal_now(run.id)


def test_a_chart_sees_rows_while_they_are_sealed(engine: Engine) -> None:
    import threading

    run = engine.run()
    stop = threading.Event()

    def seal() -> None:
        while not stop.is_set():
            engine.sealer.seal_now(run.id)

    thread = threading.Thread(target=seal)
    thread.start()
    try:
        for start in range(0, 6_000, 100):
            engine.log(run, [{"_step": i, "v": float(i)} for i in range(start, start + 100)], start)
            _, (one,) = engine.draw(["run1"], ["v"])
            np.testing.assert_array_equal(one["y"], np.arange(start + 100))
            _, (one,) = engine.draw(["run1"], ["v"], width=50)
            assert one["total"] == start + 100
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    "more",
    [{"width": 0}, {"width": 10**6}, {"range": (2.0, 1.0)}, {"range": (math.nan, 1.0)}, {"stream": "other"}],
)
def test_a_query_that_means_nothing_is_refused_with_a_sentence(engine: Engine, more: dict[str, Any]) -> None:
    engine.run()
    with pytest.raises(InvalidValue):
        engine.draw(["run1"], ["v"], **more)


def test_somebody_elses_project_is_not_there(engine: Engine) -> None:
    engine.log(engine.run(), [{"_step": 0, "v": 1}])
    stranger = Actor(9, "eve", "eve", False, frozenset({999}))
    with pytest.raises(NotFound):
        engine.series.frame(stranger, SeriesQuery("local", "p", ["run1"], ["v"]))
    assert SYSTEM.may_read(1)


def test_system_metrics_are_drawn_along_runtime(engine: Engine, tmp_path: Path) -> None:
    run = engine.run()
    lines = [json.dumps({"_runtime": i * 2.0, "_timestamp": 1.7e9 + i, "system.cpu": i % 100}) for i in range(3_000)]
    engine.send(run, lines, file="wandb-events.jsonl")
    for _ in range(2):
        _, (one,) = engine.draw(["run1"], ["system.cpu"], stream="system", x="runtime", width=100)
        assert one["total"] == 3_000 and one["x"][-1] == 5_998.0
        engine.sealer.seal_now(run.id)
