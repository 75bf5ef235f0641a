"""Projects of known size for the browser's figures, sent as a client sends them."""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
from tests.serving import ServerProcess

from runwell.server.domain.ingest import CONSOLE_FILE, HISTORY_FILE

MODELS = ["resnet50", "vit-b16", "convnext", "mlp"]
_UPSERT = """mutation($n: String!, $p: String!, $c: JSONString, $s: JSONString) {
  upsertBucket(input: {name: $n, modelName: $p, displayName: $n, config: $c, summaryMetrics: $s}) { bucket { name } }
}"""


LOG_LINES = 1_000_000
SEALED_WITHIN_S = 60


@dataclass(frozen=True)
class Sizes:
    """How large the projects are.

    Attributes:
        many: runs of the large project.
        most: runs of the largest.
        long: rows of the long run.
        log: lines of the long log.
    """

    many: int = 1000
    most: int = 10_000
    long: int = 1_000_000
    log: int = LOG_LINES


SMALL = Sizes(200, 500, 20_000, 20_000)


def seed(server: ServerProcess, sizes: Sizes, say: Callable[[str], None]) -> None:
    """Make the projects that aren't there; those that are stay as they are, so that a data directory is seeded once.

    A project that was begun and not ended is begun again: runs and rows that are there already change nothing.
    """
    found = server.get_json("/api/projects")["projects"]
    there = {project["name"]: project["run_count"] for project in found}
    seeder = Seeder(server)
    made = False
    try:
        for name, runs, keys, steps, config_keys in (
            ("small30", 30, 6, 200, 4),
            ("big1000", sizes.many, 6, 50, 4),
            ("big10000", sizes.most, 20, 0, 40),
            ("twelve", 20, 12, 1000, 4),
            ("hundred", 100, 1, 2000, 4),
            ("wide500", 3, 500, 20, 4),
            ("million", 1, 2, sizes.long, 4),
        ):
            if there.get(name) == runs:
                continue
            begun = time.monotonic()
            seeder.project(
                name,
                runs,
                keys,
                steps,
                long=min(50_000, sizes.long) if name == "small30" else 0,
                config_keys=config_keys,
            )
            say(f"seeded {name}: {runs:,} runs in {time.monotonic() - begun:.0f} s")
            made = True
        if there.get("log") != 1:
            seeder.log("log", sizes.log)
            say(f"seeded a log of {sizes.log:,} lines")
            made = True
    finally:
        seeder.close()
    if made:
        # What was sent is being put into segments: nothing is measured meanwhile.
        time.sleep(SEALED_WITHIN_S if sizes == Sizes() else 1)


class Seeder:
    """Sends runs to a server, several at a time."""

    def __init__(self, server: ServerProcess) -> None:
        headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
        self._client = httpx.Client(base_url=server.url, headers=headers, timeout=120)

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def project(self, name: str, runs: int, keys: int, steps: int, long: int = 0, config_keys: int = 4) -> None:
        """Make a project.

        Args:
            name: its name.
            runs: how many runs.
            keys: metrics of each, in sections of three.
            steps: rows of each; 0: none, and values of the summary alone.
            long: rows of the first run, where it is longer.
            config_keys: keys of each run's config.
        """
        with ThreadPoolExecutor(4) as pool:
            list(
                pool.map(
                    lambda i: self._run(name, i, keys, long if long and i == 0 else steps, config_keys), range(runs)
                )
            )

    def log(self, project: str, lines: int) -> None:
        """Make a run that printed so many lines."""
        name = "printed"
        self._client.post(
            "/graphql", json={"query": _UPSERT, "variables": {"n": name, "p": project, "c": "{}", "s": "{}"}}
        ).raise_for_status()
        for start in range(0, lines, 5000):
            content = [f"epoch {i // 1000} step {i} loss {1 / (i + 1):.6f}\n" for i in range(start, start + 5000)]
            self._stream(project, name, {"files": {CONSOLE_FILE: {"offset": start, "content": content}}})
        self._stream(project, name, {"complete": True, "exitcode": 0})

    def _run(self, project: str, i: int, keys: int, steps: int, config_keys: int) -> None:
        rng = random.Random(i)
        name = f"run-{i:05d}"
        config = {"lr": 10 ** rng.uniform(-5, -1), "model": rng.choice(MODELS), "seed": i}
        config |= {f"p{k}": rng.choice([rng.random(), rng.randrange(100), "value"]) for k in range(config_keys - 3)}
        summary = {_key(k): rng.random() for k in range(keys)}
        variables = {
            "n": name,
            "p": project,
            "c": json.dumps({key: {"value": value} for key, value in config.items()}),
            "s": json.dumps(summary),
        }
        self._client.post("/graphql", json={"query": _UPSERT, "variables": variables}).raise_for_status()
        rate = rng.uniform(0.5, 3)
        for start in range(0, steps, 5000):
            lines = [json.dumps(_row(step, steps, keys, rate, rng)) for step in range(start, min(start + 5000, steps))]
            self._stream(project, name, {"files": {HISTORY_FILE: {"offset": start, "content": lines}}})
        self._stream(project, name, {"complete": True, "exitcode": 0})

    def _stream(self, project: str, run: str, body: Any) -> None:
        self._client.post(f"/files/local/{project}/{run}/file_stream", json=body).raise_for_status()


def _key(k: int) -> str:
    return f"part{k // 3}/metric{k}"


def _row(step: int, steps: int, keys: int, rate: float, rng: random.Random) -> dict[str, float]:
    falling = math.exp(-rate * step / max(steps, 1) * 4)
    row = {_key(k): falling * (k + 1) + rng.random() * 0.1 for k in range(keys)}
    return {"_step": step, "_timestamp": 1.7e9 + step, "_runtime": float(step), **row}
