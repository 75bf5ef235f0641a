"""What every integration needs first: the run that the script has begun."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import runwell

MAX_FEATURES = 200  # bars of a chart of features' importance: more can't be told apart


def demand_run() -> Any:
    """Give the current run.

    Raises:
        UsageError: there is none.
    """
    run = runwell.run
    if run is None:
        raise runwell.UsageError("call runwell.init() first: there is no run to log to")
    return run


def log_model(run: Any, path: str | Path, *aliases: str) -> None:
    """Log a model's file or directory as a version of the run's model, ``model-<run id>``."""
    run.log_model(str(path), f"model-{run.id}", ["latest", *aliases])


def log_importance(run: Any, scores: list[tuple[str, float]]) -> None:
    """Draw how much each feature counts, the most important first."""
    rows = sorted(scores, key=lambda pair: -pair[1])[:MAX_FEATURES]
    table = runwell.Table(columns=["Feature", "Importance"], data=[[name, value] for name, value in rows])
    run.log({"Feature Importance": runwell.plot.bar(table, "Feature", "Importance", "Feature Importance")})
