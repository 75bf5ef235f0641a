"""The lineage graph at size: 2,000 runs and versions, asked for over HTTP, and shown by a browser if there is one.

    python -m benchmarks.artifacts.lineage [--rounds 20]

A run makes a dataset, 666 runs train on it, each makes a model, 666 runs evaluate them: inserted into the catalog, then
read through a server of its own process. *Shown*: from the address to the first painted box, in a new page with a
warm browser cache; the server is asked anew.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from benchmarks.artifacts.turns import table
from tests.serving import ServerProcess

from runwell.server.app import build_server
from runwell.server.settings import ServerSettings
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.tables import run

BRANCHES = 666
PAGE = "/local/bench/artifacts/dataset/data/v0/lineage"
FLAGS = ["--no-sandbox", "--disable-gpu"]


def fill(catalog: Catalog, entity_id: int) -> int:
    """Insert the graph; give how many nodes it has."""
    now = time.time()

    def work(c: Any) -> int:
        project = catalog.projects.find_or_create(c, entity_id, "bench", now)[0].id
        nodes = 0

        def add_run(name: str, job_type: str) -> int:
            values = {
                "project_id": project,
                "name": name,
                "display_name": name,
                "job_type": job_type,
                "state": "finished",
                "config": {},
                "summary": {},
                "created_at": now,
                "heartbeat_at": now,
            }
            return c.execute(run.insert().values(values)).inserted_primary_key[0]

        def add_version(collection: int, run_id: int, number: int) -> int:
            values = {"state": "committed", "digest": f"{collection}-{number}", "digest_algorithm": "MANIFEST_MD5"}
            times = {"created_at": now, "updated_at": now, "committed_at": now}
            version = catalog.artifacts.insert(c, {"collection_id": collection, "run_id": run_id, **values, **times})
            index = catalog.collections.next_version(c, collection)
            catalog.artifacts.add_member(c, collection, version, index, now)
            return version

        data = catalog.collections.make(c, project, "sequence", "dataset", "data", "", now).id
        model = catalog.collections.make(c, project, "sequence", "model", "net", "", now).id
        dataset = add_version(data, add_run("make", "make"), 0)
        nodes += 2
        for number in range(BRANCHES):
            trainer = add_run(f"train-{number}", "train")
            catalog.lineage.use(c, dataset, trainer, None, now)
            trained = add_version(model, trainer, number)
            catalog.lineage.use(c, trained, add_run(f"evaluate-{number}", "evaluate"), None, now)
            nodes += 3
        return nodes

    return catalog.write(work)


def shown_s(server: ServerProcess, program: str, rounds: int) -> list[float]:
    """Give the seconds until a browser has painted the graph."""
    from playwright.sync_api import sync_playwright

    taken: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.request.post(f"{server.url}/api/session", data={"api_key": server.key})
        for number in range(rounds + 1):
            page = context.new_page()
            started = time.perf_counter()
            page.goto(f"{server.url}{PAGE}?graph=complete", wait_until="commit")
            page.locator(".react-flow__node").first.wait_for()
            page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
            if number:  # the first fills the browser's cache
                taken.append(time.perf_counter() - started)
            page.close()
        browser.close()
    return taken


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="runwell-bench-") as made:
        where = Path(made)
        server = ServerProcess(where / "server").start()
        key = server.key
        server.stop()
        built = build_server(ServerSettings(data_dir=server.data_dir))
        entity = built.api.state.catalog.read(lambda c: built.api.state.catalog.accounts.entity_id(c, "local"))
        nodes = fill(built.api.state.catalog, entity)
        built.api.state.catalog.close()
        server.start()
        try:
            rows: list[list[str]] = []
            with httpx.Client(base_url=server.url, auth=("api", key), timeout=60) as client:
                for words, question in (("next to the dataset", ""), ("complete", "?complete=1")):
                    taken: list[float] = []
                    found: dict[str, Any] = {}
                    for _ in range(arguments.rounds):
                        started = time.perf_counter()
                        answer = client.get(f"/api/projects/local/bench/artifacts/data/v0/lineage{question}")
                        taken.append((time.perf_counter() - started) * 1_000)
                        found = answer.raise_for_status().json()
                    rows.append(
                        [
                            f"the graph {words}",
                            f"{len(found['nodes']):,}",
                            f"{len(found['edges']):,}",
                            f"{taken[0]:,.0f} ms",
                            f"{statistics.median(taken[1:]):,.0f} ms",
                            "",
                        ]
                    )
            assert nodes == int(rows[-1][1].replace(",", "")), nodes
            program = shutil.which("chromium") or shutil.which("google-chrome-stable")
            if program:
                seen = shown_s(server, program, 5)
                low, high = min(seen), max(seen)
                median = f"{statistics.median(seen):,.2f} s ({low:,.2f}–{high:,.2f})"
                rows.append(["shown by a browser", rows[-1][1], rows[-1][2], "", median, "≤ 1 s"])
        finally:
            server.stop()
    print("### The lineage graph at size\n")
    print(table(["what", "nodes", "edges", "first", "median", "goal"], rows))


if __name__ == "__main__":
    main()
