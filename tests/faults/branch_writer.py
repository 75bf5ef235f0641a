"""A process that forks or rewinds a run, until it is killed: run by ``test_branch_failpoints``.

Usage: ``python -m tests.faults.branch_writer DIRECTORY fork|rewind|begin``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from runwell.server.domain.access import SYSTEM
from runwell.server.stores.records import RunChanges
from tests.unit.metrics.conftest import Engine

ROWS, STEP = 300, 120


def main(directory: Path, what: str) -> None:
    """Make the parent (``begin``), or fork or rewind it at ``STEP``."""
    engine = Engine(directory, durable=True)
    if what == "begin":
        run = engine.run("parent")
        for first in range(0, ROWS, 50):
            rows = range(first, first + 50)
            engine.log(run, [{"_step": n, "v": n * 0.25, "text": f"t{n}"} for n in rows], first)
            if first == 150:
                engine.sealer.seal_now(run.id)
    elif what == "fork":
        point = {"run_id": "parent", "step": STEP}
        changes = RunChanges(wandb_config={"branch_point": point}, branch_point=point)
        engine.runs.upsert(SYSTEM, "local", "p", "child", changes)
    else:
        engine.branches.rewind(SYSTEM, engine.run("parent"), "_step", STEP)
    engine.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
