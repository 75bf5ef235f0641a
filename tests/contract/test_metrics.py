"""The metrics engine over every kind of catalog: chunks, gaps, seals, merges, charts, histories, console."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from runwell.server.domain.access import SYSTEM
from runwell.server.domain.ingest import Ingest, StreamBody
from runwell.server.domain.metric_keys import MetricKeys
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.console import ConsoleLines
from runwell.server.stores.sql.engine import CatalogEngine
from runwell.server.stores.sql.metrics import MetricRows
from runwell.wire.numbers import flatten
from tests.unit.metrics.conftest import HISTORY_FILE, Engine

JOURNAL = "0123456789abcdef" * 2


@pytest.fixture
def engine(url: str, tmp_path: Path) -> Iterator[Engine]:
    """A metrics engine over an empty catalog."""
    made = Engine(tmp_path / "data", url=url)
    yield made
    made.close()


def test_rows_are_the_same_before_and_after_sealing_and_merging(engine: Engine) -> None:
    run = engine.run()
    rows = [
        {
            "_step": i,
            "_runtime": i * 0.5,
            "v": [i * 0.1, math.nan, math.inf][i % 3],
            "n": 2**60 + i,
            "t": f"한 {i}\x00",
            "o": [i],
        }
        for i in range(2_500)
    ]
    for start in range(0, 2_500, 250):
        engine.log(run, rows[start : start + 300], start, JOURNAL)
        if start % 500 == 0:
            engine.sealer.seal_now(run.id)
    expected = json.dumps([dict(sorted(flatten(row).items())) for row in rows])
    for _ in range(2):
        assert json.dumps([dict(sorted(row.items())) for row in engine.rows(run)]) == expected
        _, (one,) = engine.draw(["run1"], ["v"], width=100, x="runtime")
        assert (one["total"], one["non_finite"]) == (2_500, 1_666)
        assert one["max"].max() == np.float32(249.9)
        _, (whole,) = engine.draw(["run1"], ["v"])
        np.testing.assert_array_equal(whole["y"], [row["v"] for row in rows])
        engine.sealer.seal_now(run.id)


def test_gaps_rejections_summaries_and_console_are_kept(engine: Engine) -> None:
    run = engine.run()
    engine.log(run, [{"_step": 1, "v": 1}], 1, JOURNAL)
    assert engine.rows(run) == []
    engine.send(run, ['{"_step": 0, "v": NaN}', "broken\x00"][:1], 0, JOURNAL)
    assert [row["_step"] for row in engine.rows(run)] == [0, 1]
    engine.send(run, ["broken \x00 line"], 2, JOURNAL)
    counts = engine.catalog.read(lambda c: engine.history.record_counts(c, run.id))
    assert (counts["rows"], counts["rejected"], counts["non_finite"], counts["held"]) == (2, 1, 1, 0)
    engine.send(run, ['{"a": "nul \\u0000", "b": NaN}'], 0, JOURNAL, "wandb-summary.json")
    assert math.isnan(engine.run().summary["b"])
    for turn in range(2):
        engine.send(run, [f"line {i} {turn}" for i in range(600)], 0, JOURNAL, "output.log")
    total, lines = engine.console.page(SYSTEM, run, -2, 10)
    assert (total, [line.text for _, line in lines]) == (600, ["line 598 1", "line 599 1"])
    assert engine.console.search(SYSTEM, run, "LINE 59", regex=False)[1] == [59, *range(590, 600)]
    total, keys = MetricKeys(engine.catalog, engine.projects).list(SYSTEM, "local", "p")
    assert (total, keys[0]["key"], keys[0]["points"], keys[0]["non_finite"]) == (1, "v", 2, 1)


def test_two_servers_on_one_catalog_double_and_lose_nothing(engine: Engine, url: str) -> None:
    run = engine.run()
    second = CatalogEngine(url)
    catalog = Catalog(second, MetricRows(second), ConsoleLines(second))
    servers = (engine.ingest, Ingest(catalog))
    failures: list[BaseException] = []

    def work(ingest: Ingest, number: int) -> None:
        try:
            for start in range(0, 100, 10):
                for writer in (JOURNAL, f"{number:032x}"):  # one that both send, one of its own
                    lines = [json.dumps({"_step": i, f"k{writer[-1]}": i}) for i in range(start, start + 10)]
                    ingest.accept(SYSTEM, run, writer, StreamBody(files={HISTORY_FILE: (start, lines)}))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(ingest, number)) for number, ingest in enumerate(servers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    catalog.close()
    assert not failures
    assert len(engine.rows(run)) == 300
    for key in ("kf", "k0", "k1"):
        assert [row[key] for row in engine.rows(run) if key in row] == list(range(100))
