"""What logging media costs a training script, beside the official client, in turns.

    python -m benchmarks.sdk.media [--rounds 5]

Each round is a process of its own, offline; milliseconds of one ``log`` call, encoding and writing included, median of
30 calls; of the rounds the median. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

SCRIPT = """
import json, sys, time
import numpy as np
library = __import__(sys.argv[1])
run = library.init(project="media", mode="offline", dir=sys.argv[2])
random = np.random.default_rng(0)
noise = random.integers(0, 255, (256, 256, 3), dtype=np.uint8)
smooth = (np.add.outer(np.arange(256), np.arange(256)) / 2).astype(np.uint8)
values = random.normal(size=10_000)
rows = [[n, float(n), "text", n * 2, None] for n in range(1_000)]
made = {
    "Image, 256 x 256 x 3, noise": lambda: library.Image(noise),
    "Image, 256 x 256, smooth": lambda: library.Image(smooth),
    "list of 16 smooth images": lambda: [library.Image(smooth) for _ in range(16)],
    "Histogram of 10,000 values": lambda: library.Histogram(values),
    "Table of 1,000 x 5": lambda: library.Table(columns=list("abcde"), data=rows),
}
took = {}
for name, make in made.items():
    times = []
    for _ in range(31):
        begun = time.perf_counter()
        run.log({"value": make()})
        times.append(time.perf_counter() - begun)
    took[name] = sorted(times[1:])[15] * 1000
run.finish()
print("OUT" + json.dumps(took))
"""


def take(library: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        quiet = {"WANDB_SILENT": "true", "RUNWELL_SILENT": "true", "WANDB_CACHE_DIR": folder, "WANDB_DATA_DIR": folder}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, library, folder],
            env={**os.environ, **quiet},
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
    return json.loads(next(line for line in done.stdout.splitlines() if line.startswith("OUT"))[3:])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    taken: dict[str, list[dict[str, float]]] = {"runwell": [], "wandb": []}
    for _ in range(rounds):
        for library, results in taken.items():
            results.append(take(library))
    print("| one `log` call, ms | Runwell | wandb (offline) |\n|---|---|---|")
    for name in taken["runwell"][0]:
        ours, theirs = (statistics.median(one[name] for one in results) for results in taken.values())
        print(f"| {name} | {ours:.2f} | {theirs:.2f} |")


if __name__ == "__main__":
    main()
