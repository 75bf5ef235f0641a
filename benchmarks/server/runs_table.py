"""The runs table at size: filter on config, sort on a summary key, first 100; and a listing of 40 columns.

    python benchmarks/server/runs_table.py [--runs 100000] [--url postgresql+psycopg://…]

Runs are inserted through the repo (config of 51 keys, summary of 48, about 2 KB of JSON each); queries go
through the domain, as the route calls it, without HTTP. Prints the first call (which builds the indexes)
and median, p95 of the following ones, in milliseconds.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from runwell.server.domain.access import Actor
from runwell.server.domain.projects import Projects
from runwell.server.domain.run_values import RunValues
from runwell.server.domain.runs import Runs
from runwell.server.domain.selection import RunQuery
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.engine import CatalogEngine
from runwell.server.stores.sql.schema import migrate
from runwell.server.stores.sql.tables import run

MODELS = ["resnet50", "resnet101", "vit-b16", "vit-l16", "convnext", "mlp", "unet", "gpt2"]


def fill(
    catalog: Catalog, project_id: int, count: int, rng: random.Random, tags: Sequence[Sequence[str]] = ((),)
) -> None:
    """Insert runs in batches of 1,000; they take the lists of tags in turns."""
    now = time.time()
    for begin in range(0, count, 1000):
        rows = []
        for n in range(begin, min(begin + 1000, count)):
            config = {f"param_{k}": rng.choice([rng.random(), rng.randrange(100), "value"]) for k in range(48)}
            config |= {"lr": 10 ** rng.uniform(-5, -1), "model": rng.choice(MODELS), "optim.name": "adamw"}
            summary = {f"metric_{k}": rng.random() for k in range(46)} | {"val/acc": rng.random(), "loss": rng.random()}
            rows.append(
                {
                    "project_id": project_id,
                    "name": f"run{n}",
                    "display_name": f"glad-river-{n}",
                    "state": rng.choice(["finished", "failed", "crashed"]),
                    "config": config,
                    "summary": summary,
                    "created_at": now - count + n,
                    "heartbeat_at": now,
                    "tags": list(tags[n % len(tags)]),
                }
            )
        catalog.write(lambda c, rows=rows: c.execute(run.insert(), rows))


def measure(name: str, work: Callable[[], Any], repeats: int) -> None:
    """Time the first call, then the others."""
    begun = time.perf_counter()
    work()
    first = (time.perf_counter() - begun) * 1e3
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1e3)
    times.sort()
    print(
        f"{name:66} first {first:8.1f}   p50 {statistics.median(times):7.2f}   p95 {times[int(len(times) * 0.95)]:7.2f}"
    )


def main() -> None:
    """Fill a catalog and ask it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--url")
    parser.add_argument("--repeats", type=int, default=30)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        engine = CatalogEngine(arguments.url or f"sqlite:///{Path(directory)}/catalog.db")
        migrate(engine)
        catalog = Catalog(engine)
        user_id = catalog.write(lambda c: catalog.accounts.add_user(c, "bench", True, None, time.time()))
        entity_id = catalog.read(lambda c: catalog.accounts.entity_id(c, "bench"))
        assert entity_id is not None
        actor = Actor(user_id, "bench", "bench", True, frozenset([entity_id]))
        projects = Projects(catalog)
        runs = Runs(catalog, projects)
        ref = projects.find_or_create(actor, "bench", "bench")
        begun = time.perf_counter()
        fill(catalog, ref.id, arguments.runs, random.Random(7))
        database = "SQLite" if engine.is_sqlite else "PostgreSQL"
        print(f"{arguments.runs:,} runs in {time.perf_counter() - begun:.1f} s, {database}")

        if not engine.is_sqlite:  # what autovacuum does within a minute
            engine.outside_transaction(lambda c: c.exec_driver_sql("VACUUM ANALYZE"))

        def ask(**query: Any) -> Callable[[], Any]:
            return lambda: runs.search(actor, "bench", "bench", RunQuery(**query))

        forty = [f"config.param_{k}" for k in range(20)] + [f"summary.metric_{k}" for k in range(20)]
        asked: list[tuple[str, dict[str, Any]]] = [
            ("newest 100", {}),
            ("sort by summary, first 100", {"sort": ["-summary.val/acc"]}),
            (
                "filter config (5 %), sort by summary",
                {"filter_text": "config.lr < 1.6e-5", "sort": ["-summary.val/acc"]},
            ),
            (
                "filter 2 config keys (6 %), sort by summary",
                {"filter_text": 'config.lr < 1e-3 and config.model = "mlp"', "sort": ["-summary.val/acc"]},
            ),
            (
                "filter config (50 %) and state, sort by summary",
                {"filter_text": 'config.lr < 1e-3 and state = "finished"', "sort": ["summary.loss"]},
            ),
            ("name search", {"q": "river-77"}),
            ("group by model, mean of val/acc", {"group": ["config.model"], "columns": ["summary.val/acc"]}),
            ("newest 1,000 x 40 columns", {"limit": 1000, "columns": forty}),
            ("newest 100 x 40 columns", {"columns": forty}),
        ]
        for name, query in asked:
            measure(name, ask(**query), arguments.repeats)
        values = RunValues(catalog, projects)
        twenty = RunQuery(columns=forty[10:30], limit=10_000)
        measure("values of 10,000 x 20 as columns", lambda: values.table(actor, "bench", "bench", twenty), 5)
        rated = lambda: values.importance(actor, "bench", "bench", "summary.val/acc", RunQuery())  # noqa: E731
        measure("importance of 50 keys over 10,000", rated, 2)
        measure("columns of the project", lambda: runs.columns(actor, "bench", "bench"), 3)
        catalog.close()


if __name__ == "__main__":
    main()
