"""Small trainings for the browser tests, each started as a script of its own.

Usage: trainer.py KIND PROJECT [MORE…], with KIND the name of a function below.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from typing import Any

import runwell

STEPS = 200
VALIDATED_EVERY = 10
NAN_STEPS = range(100, 140)


def log_step(run: Any, step: int, level: float, broken: bool = False) -> None:
    """Log one step of a loss that falls towards ``level``; each run's line lies in a band of its own."""
    loss = level + math.exp(-step / 60) * 0.5 + math.sin(step * 1.7) * 0.03
    row = {"train/loss": math.nan if broken and step in NAN_STEPS else loss, "train/accuracy": 1 / (1 + loss)}
    if step % VALIDATED_EVERY == 0:
        row["val/loss"] = loss + 0.1
    run.log(row)


def sweep(project: str) -> None:
    """Make three finished runs: two plain ones, and one that logs NaN for a while."""
    for number, (name, rate) in enumerate([("steady-cnn", 0.1), ("swift-vit", 0.01), ("wild-mlp", 10.0)], 1):
        config = {"lr": rate, "optim": {"name": "adam" if number == 2 else "sgd"}, "seed": 7}
        tags, notes = (["baseline"], "the first try") if number == 1 else ([], None)
        with runwell.init(project=project, name=name, config=config, tags=tags, notes=notes) as run:
            for step in range(STEPS):
                log_step(run, step, float(number), broken=name == "wild-mlp")
                print(f"step {step} of {name}" + (" found the needle" if step in (30, 150) else ""))
            Path("report.txt").write_text(f"{name} is trained\n")
            run.save("report.txt")


def failing(project: str) -> None:
    """Make a run whose script fails half way."""
    with runwell.init(project=project, name="broken-rnn", config={"lr": 1.0, "seed": 7}) as run:
        for step in range(STEPS // 2):
            log_step(run, step, 4.0)
            print(f"step {step} of broken-rnn")
        print("labels.csv has a line too many", file=sys.stderr)
        raise ValueError("the labels are out of range")


def live(project: str, name: str, orders: str) -> None:
    """Make a run that goes on to the step that the file ``orders`` names, and ends when it says ``end``."""
    with runwell.init(project=project, name=name, config={"lr": 0.5, "seed": 7}) as run:
        step = 0
        while (order := Path(orders).read_text()) != "end":
            while step < int(order):
                log_step(run, step, 5.0)
                print(f"live step {step}")
                step += 1
            time.sleep(0.05)


def plain(project: str, *names: str) -> None:
    """Make short finished runs with these names."""
    for number, name in enumerate(names):
        with runwell.init(project=project, name=name, config={"number": number}) as run:
            for step in range(20):
                log_step(run, step, float(number))


COLOURS = [(200, 40, 40), (40, 160, 40), (40, 60, 200), (200, 180, 40)]


def media(project: str, orders: str) -> None:
    """Make two runs with a picture of one colour every ten steps; the second logs its last when ``orders`` is there."""
    import numpy as np

    def picture(number: int) -> Any:
        box = {"minX": 0.1, "maxX": 0.5, "minY": 0.2, "maxY": 0.6}
        found = [{"position": box, "class_id": 1, "scores": {"score": 0.9}}]
        found.append({"position": {**box, "maxX": 0.9}, "class_id": 2, "scores": {"score": 0.4}})
        return runwell.Image(
            np.full((60, 80, 3), COLOURS[number], np.uint8),
            caption=f"number {number}",
            boxes={"found": {"box_data": found, "class_labels": {1: "cat", 2: "dog"}}},
        )

    with runwell.init(project=project, name="early") as run:
        run.log({"seen/picture": picture(0), "seen/weights": runwell.Histogram([1, 2, 2, 3])}, step=0)
        run.log({"seen/picture": picture(1), "seen/weights": runwell.Histogram([2, 3, 3, 4])}, step=10)
    with runwell.init(project=project, name="late") as run:
        for number in range(3):
            run.log({"seen/picture": picture(number)}, step=10 * number)
        while not Path(orders).exists():
            time.sleep(0.05)
        run.log({"seen/picture": picture(3)}, step=30)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
