"""What is measured, in a process of its own: ``python contestant.py WHO WHAT FOLDER``; prints one line of JSON.

WHO is ``runwell``, ``wandb`` or ``mlflow``; WHAT is ``log`` (until the server has it, or, offline, until it is on disk)
or ``download``. It runs under any interpreter that has WHO, so it imports nothing of this repository.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def runwell_log(folder: str) -> float:
    import runwell

    with runwell.init(project="bench", name="log") as run:
        started = time.perf_counter()
        data = runwell.Artifact("data", type="dataset")
        data.add_dir(folder)
        logged = run.log_artifact(data)
        if run.offline:
            run.finish()
        else:
            logged.wait(timeout=3_000)
        return time.perf_counter() - started


def runwell_download(folder: str) -> float:
    import runwell

    started = time.perf_counter()
    runwell.Api().artifact("bench/data:latest").download(root=folder)
    return time.perf_counter() - started


def wandb_log(folder: str) -> float:
    import wandb

    with wandb.init(project="bench", name="log", settings=wandb.Settings(silent=True)) as run:
        started = time.perf_counter()
        data = wandb.Artifact("data", type="dataset")
        data.add_dir(folder)
        logged = run.log_artifact(data)
        if run.offline:
            run.finish()
        else:
            logged.wait(timeout=3_000)
        return time.perf_counter() - started


def wandb_download(folder: str) -> float:
    import wandb

    started = time.perf_counter()
    wandb.Api().artifact("local/bench/data:latest").download(root=folder)
    return time.perf_counter() - started


def mlflow_log(folder: str) -> float:
    import mlflow

    mlflow.set_experiment("bench")
    with mlflow.start_run():
        started = time.perf_counter()
        mlflow.log_artifacts(folder)
        return time.perf_counter() - started


if __name__ == "__main__":
    who, what, where = sys.argv[1:]
    took_s = globals()[f"{who}_{what}"](where)
    links = next((one.stat().st_nlink for one in Path(where).rglob("*") if one.is_file()), 0)
    print("\nTOOK " + json.dumps({"took_s": took_s, "links": links}))
