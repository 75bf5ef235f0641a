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


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
