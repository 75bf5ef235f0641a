"""A run in a process that didn't begin it: unpickled in a worker (spawn, forkserver).

Such a process writes a journal of its own beside the others, as a forked child does; its end isn't the run's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import current, lifecycle
from .opening import Opening, journal_head

if TYPE_CHECKING:
    from .run import Run


def attach(opening: Opening, journal_path: str) -> Run:
    """Give the run in this process: the same object where it began, else one that appends to the same run."""
    from .journal import Journal
    from .run import Run

    for run in current.live:
        if run.sync_dir == opening.run_dir:
            return run
    journal = Journal(lifecycle.child_journal_path(opening.run_dir), journal_head(opening))
    run = Run(opening, journal)
    current.live.append(run)
    lifecycle.install()
    return run
