"""Trackio, local, with its defaults."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

LABEL = "trackio"
DISTRIBUTION = "trackio"
IMPORT = "import trackio"


def begin(folder: Path) -> tuple[Callable[[dict[str, Any]], Any], Callable[[], Any]]:
    os.environ["TRACKIO_DIR"] = str(folder)
    import trackio

    trackio.init(project="benchmark", embed=False)
    return trackio.log, trackio.finish


def rows_kept(folder: Path) -> int:
    database = folder / "benchmark.db"
    if not database.exists():
        return 0
    try:
        with sqlite3.connect(database) as connection:
            return connection.execute("SELECT count(*) FROM metrics").fetchone()[0]
    except sqlite3.OperationalError:  # killed before it made its table
        return 0
