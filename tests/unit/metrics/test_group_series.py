"""Groups of runs against a naive scan of all their points: the line, its band, and how many runs stand behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runwell.server.domain.group_series import SeriesGroup
from runwell.wire.errors import InvalidValue

from .conftest import Engine

BOUNDS = (np.inf, -np.inf)

Run = tuple[np.ndarray, np.ndarray]


def fill(engine: Engine, name: str, rng: np.random.Generator, count: int, every: int, bad: float, seals: int) -> Run:
    """Log a run that has a value each so many steps; give (steps, values) of what it logged."""
    first = int(rng.integers(0, 50))
    steps = first + np.arange(count) * every + rng.integers(0, every, count)
    values = rng.normal(size=count).cumsum() + rng.normal() * 3
    values[rng.random(count) < bad] = rng.choice([np.nan, np.inf, -np.inf])
    run = engine.run(name)
    rows = [
        {"_step": step, "_runtime": step * 0.5, "v": value}
        for step, value in zip(steps.tolist(), values.tolist(), strict=True)
    ]
    pieces = np.array_split(np.arange(count), seals + 1)
    for piece in pieces:
        engine.log(run, [rows[i] for i in piece], int(piece[0]) if len(piece) else 0)
        if len(pieces) > 1:
            engine.sealer.seal_now(run.id)
    return steps.astype(float), values


def naive(every: list[Run], group: list[Run], width: int, limits: Any, aggregate: str, band: str) -> dict[str, Any]:
    """Join runs as the words of docs/api.md say, point by point."""
    low, high = min(x.min() for x, _ in every), max(x.max() for x, _ in every)
    columns = width
    if limits is not None:
        low, high, columns = 2 * limits[0] - limits[1], 2 * limits[1] - limits[0], 3 * width
    seen = [
        (x[(x >= low) & (x <= high) & np.isfinite(v)], v[(x >= low) & (x <= high) & np.isfinite(v)]) for x, v in every
    ]
    different = np.unique(np.concatenate([x for x, _ in seen]))
    pixel = (high - low) / columns

    def column(x: float) -> Any:
        return x if len(different) <= columns else int(min(max((x - low) / pixel, 0), columns - 1)) if pixel > 0 else 0

    places: dict[Any, float] = {}
    for x in different:
        places[column(x)] = max(x, places.get(column(x), -np.inf))
    rows: dict[float, list[tuple[float, float, float]]] = {x: [] for x in sorted(places.values())}
    for x, v in [seen[[id(one) for one in every].index(id(run))] for run in group]:
        its: dict[float, list[float]] = {}
        for one, value in zip(x, v, strict=True):
            its.setdefault(places[column(one)], []).append(value)
        at = sorted(its)
        for place in rows:
            if place in its:
                rows[place].append((float(np.mean(its[place])), min(its[place]), max(its[place])))
            elif at and at[0] < place < at[-1]:
                between = float(np.interp(place, at, [np.mean(its[one]) for one in at]))
                rows[place].append((between, between, between))
    drawn = {x: np.array(found) for x, found in rows.items() if found}
    if limits is not None:
        drawn = {x: found for x, found in drawn.items() if limits[0] <= x <= limits[1]}
    answer: dict[str, Any] = {"x": list(drawn), "runs": [len(found) for found in drawn.values()]}
    of = {"mean": lambda f: f[:, 0].mean(), "median": lambda f: np.median(f[:, 0])}
    of |= {"min": lambda f: f[:, 1].min(), "max": lambda f: f[:, 2].max()}
    answer["y"] = [of[aggregate](found) for found in drawn.values()]
    spread = [found[:, 0].std(ddof=1) if len(found) > 1 else 0.0 for found in drawn.values()]
    if band == "stderr":
        spread = [one / np.sqrt(len(found)) for one, found in zip(spread, drawn.values(), strict=True)]
    if band == "minmax":
        answer["low"] = [found[:, 1].min() for found in drawn.values()]
        answer["high"] = [found[:, 2].max() for found in drawn.values()]
    elif band != "none":
        answer["low"] = [found[:, 0].mean() - one for one, found in zip(spread, drawn.values(), strict=True)]
        answer["high"] = [found[:, 0].mean() + one for one, found in zip(spread, drawn.values(), strict=True)]
    return answer


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**32),
    counts=st.lists(st.sampled_from([1, 5, 60, 400]), min_size=1, max_size=5),
    bad=st.sampled_from([0.0, 0.1]),
    seals=st.integers(0, 2),
    width=st.sampled_from([7, 90, 1_000]),
    x=st.sampled_from(["step", "runtime"]),
    aggregate=st.sampled_from(["mean", "median", "min", "max"]),
    band=st.sampled_from(["minmax", "std", "stderr", "none"]),
    zoom=st.one_of(st.none(), st.tuples(st.floats(0, 1), st.floats(0, 1))),
)
def test_a_groups_line_and_band_are_those_of_all_points(
    tmp_path_factory: pytest.TempPathFactory, seed, counts, bad, seals, width, x, aggregate, band, zoom
) -> None:
    rng = np.random.default_rng(seed)
    engine = Engine(tmp_path_factory.mktemp("groups"))
    try:
        names = [f"r{n}" for n in range(len(counts))]
        runs = [
            fill(engine, name, rng, count, int(rng.integers(1, 9)), bad, seals)
            for name, count in zip(names, counts, strict=True)
        ]
        runs = [(steps * (0.5 if x == "runtime" else 1.0), values) for steps, values in runs]
        limits = None
        if zoom is not None:
            low, high = min(one.min() for one, _ in runs), max(one.max() for one, _ in runs)
            limits = (low + min(zoom) * (high - low), low + max(zoom) * (high - low))
        groups = [
            SeriesGroup("all", [*names, "nobody"]),
            SeriesGroup("first", names[:1]),
            SeriesGroup("none", ["nobody"]),
        ]
        header, series = engine.draw(
            [], ["v", "nothing"], groups=groups, x=x, range=limits, width=width, aggregate=aggregate, band=band
        )
        assert (header["aggregate"], header["band"], header["coarsened"]) == (aggregate, band, False)
        assert [(one["group"], one["key"]) for one in series] == [("all", "v"), ("first", "v")]
        for one, group in zip(series, (runs, runs[:1]), strict=True):
            wanted = naive(runs, group, width, limits, aggregate, band)
            assert one["runs"].tolist() == wanted.pop("runs")
            np.testing.assert_array_equal(one["x"], wanted.pop("x"))
            for name, array in wanted.items():
                np.testing.assert_allclose(one[name], array, rtol=1e-5, atol=1e-5, err_msg=name)
            assert (band == "none") == ("low" not in one)
            inside = [(s >= limits[0]) & (s <= limits[1]) if limits else s == s for s, _ in group]
            assert one["total"] == sum(int(some.sum()) for some in inside)
            odd = [some & ~np.isfinite(v) for some, (_, v) in zip(inside, group, strict=True)]
            assert one["non_finite"] == sum(int(some.sum()) for some in odd)
            ends = [
                [int((v[some] == bound).sum()) for some, (_, v) in zip(inside, group, strict=True)] for bound in BOUNDS
            ]
            assert one["infinite"] == [sum(counts) for counts in ends]
    finally:
        engine.close()


def test_in_long_runs_nothing_is_sampled(engine: Engine) -> None:
    rng = np.random.default_rng(3)
    runs = []
    for n in range(3):
        values = rng.normal(size=30_000) * 0.01 + np.linspace(0, 10, 30_000) + n
        values[12_345] = 50.0 + n
        values[23_456] = -70.0 - n
        run = engine.run(f"r{n}")
        engine.log(run, [{"_step": i, "v": value} for i, value in enumerate(values.tolist())])
        engine.sealer.seal_now(run.id)
        runs.append(values)
    group = [SeriesGroup("g", ["r0", "r1", "r2"])]
    _, (one,) = engine.draw([], ["v"], groups=group, width=20)
    assert (one["high"].max(), one["low"].min(), one["total"], one["exact"]) == (52.0, -72.0, 90_000, False)
    assert one["runs"].tolist() == [3.0] * 20
    columns = np.stack(runs).reshape(3, 20, 1_500).mean(axis=2).mean(axis=0)
    np.testing.assert_allclose(one["y"], columns, atol=0.02)
    _, (one,) = engine.draw([], ["v"], groups=group, width=20, aggregate="max", band="none")
    assert one["y"].max() == 52.0
    _, (one,) = engine.draw([], ["v"], groups=group, width=400, range=(12_300, 12_400))
    assert one["exact"] and one["x"].tolist() == list(range(12_300, 12_401))
    np.testing.assert_allclose(one["y"], np.stack(runs)[:, 12_300:12_401].mean(axis=0))


def test_a_run_counts_between_its_first_and_last_point_only(engine: Engine) -> None:
    engine.log(engine.run("long"), [{"_step": i, "v": 0.0} for i in range(11)])
    engine.log(engine.run("rare"), [{"_step": i, "v": float(i)} for i in (2, 6)])
    _, (one,) = engine.draw([], ["v"], groups=[SeriesGroup("g", ["long", "rare", "long"])], width=100)
    assert one["runs"].tolist() == [1, 1, 2, 2, 2, 2, 2, 1, 1, 1, 1]
    assert one["y"].tolist() == [0, 0, 1, 1.5, 2, 2.5, 3, 0, 0, 0, 0]
    assert one["high"].tolist() == [0, 0, 2, 3, 4, 5, 6, 0, 0, 0, 0]
    _, (zoomed,) = engine.draw([], ["v"], groups=[SeriesGroup("g", ["long", "rare"])], width=100, range=(3, 5))
    assert (zoomed["x"].tolist(), zoomed["y"].tolist()) == ([3, 4, 5], [1.5, 2, 2.5])


def test_more_columns_than_fit_are_fewer_and_said(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runwell.server.domain.group_series.MAX_CELLS", 20)
    for name in ("a", "b"):
        engine.log(engine.run(name), [{"_step": i, "v": float(i)} for i in range(100)])
    header, (one,) = engine.draw([], ["v"], groups=[SeriesGroup("g", ["a", "b"])], width=100, aggregate="median")
    assert header["coarsened"] and one["n"] == 10 and one["total"] == 200


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"aggregate": "sum"}, "one of mean, median, min, max"),
        ({"band": "wide"}, "one of minmax, std, stderr, none"),
        ({"groups": [SeriesGroup(str(n), []) for n in range(201)]}, "at most 200"),
        ({"groups": [SeriesGroup("g", ["r"] * 10_001)]}, "at most 10,000 series"),
    ],
)
def test_groups_that_mean_nothing_are_refused(engine: Engine, more: dict[str, Any], why: str) -> None:
    engine.run()
    with pytest.raises(InvalidValue, match=why):
        engine.draw([], ["v"], **{"groups": [SeriesGroup("g", ["run1"])], **more})


def test_a_group_without_points_draws_nothing(engine: Engine) -> None:
    engine.log(engine.run("bad"), [{"_step": i, "v": float("nan")} for i in range(3)])
    _, series = engine.draw([], ["v"], groups=[SeriesGroup("g", ["bad"]), SeriesGroup("e", [])], width=10)
    assert [(one["group"], one["n"], one["total"], one["bad_x"].tolist()) for one in series] == [("g", 0, 3, [0, 1, 2])]
