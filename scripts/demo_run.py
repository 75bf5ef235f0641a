"""Runs an example as the demo's training, and keeps a ledger of what it logs, for the final comparison.

Usage: demo_run.py LEDGER SCRIPT ARGUMENT…

The example runs unchanged; only `runwell.init` is watched: the ledger's first line says the run's config,
each further line is one row, written before `log` is called with it.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import runwell

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


PLAIN = (bool, int, float, str, type(None))


class LedgerRun:
    """A run that notes the plain values of each row before it logs it; everything else is the run's own."""

    def __init__(self, run: Any, ledger: Any) -> None:
        self._run = run
        self._ledger = ledger

    def log(self, row: dict[str, Any]) -> None:
        self._ledger.write(json.dumps({key: value for key, value in row.items() if type(value) in PLAIN}) + "\n")
        self._ledger.flush()
        self._run.log(row)

    def __enter__(self) -> LedgerRun:
        self._run.__enter__()
        return self

    def __exit__(self, *exception: Any) -> Any:
        return self._run.__exit__(*exception)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._run, name)


def main(ledger: Path, script: str, arguments: list[str]) -> None:
    with ledger.open("w") as out:
        original = runwell.init

        def init(*args: Any, **kwargs: Any) -> LedgerRun:
            known = {name: kwargs.get(name) for name in ("config", "tags", "notes", "group")}
            out.write(json.dumps(known, default=str) + "\n")
            out.flush()
            return LedgerRun(original(*args, **kwargs), out)

        runwell.init = init
        sys.argv = [str(EXAMPLES / script), *arguments]
        sys.path[0] = str(EXAMPLES)
        runpy.run_path(str(EXAMPLES / script), run_name="__main__")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
