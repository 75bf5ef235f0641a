"""Runwell, offline: the journal, the companion process and its system metrics, as `init` starts them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

LABEL = "Runwell"
DISTRIBUTION = "runwell"
IMPORT = "import runwell"


def begin(folder: Path) -> tuple[Callable[[dict[str, Any]], Any], Callable[[], Any]]:
    import runwell

    run = runwell.init(project="benchmark", mode="offline", dir=str(folder))
    return run.log, run.finish


def rows_kept(folder: Path) -> int:
    from runwell.wire.journal import scan
    from runwell.wire.records import MAIN_JOURNAL, ROW

    entries = (
        entry
        for run in folder.glob("runwell/*run-*/")
        if not run.is_symlink() and (run / MAIN_JOURNAL).exists()
        for entry in scan((run / MAIN_JOURNAL).read_bytes()).entries
    )
    return sum(entry.kind == ROW for entry in entries)
