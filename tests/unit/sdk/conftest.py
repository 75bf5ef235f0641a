"""Runs in the test's own process: a directory of its own, no companion, nothing left running or current."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import runwell
from runwell.sdk import companion_start, current, notices
from runwell.sdk.lifecycle import Ending
from runwell.wire.journal import Entry, scan


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty current directory and an empty environment, as far as settings go."""
    for name in list(os.environ):
        if name.startswith(("RUNWELL_", "WANDB_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("RUNWELL_CONFIG_DIR", str(tmp_path / "user"))
    monkeypatch.setattr(companion_start, "start", lambda *_: False)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    notices.forget()
    notices.be_quiet(False)
    yield here
    for run in list(current.live):
        run.end(Ending.by_code(0), quiet=True)
    assert runwell.run is None


@pytest.fixture
def begin() -> Callable[..., runwell.Run]:
    """Begin an offline run that doesn't capture the console unless told to."""

    def make(**arguments: Any) -> runwell.Run:
        settings = {"console": "off", "silent": True, **arguments.pop("settings", {})}
        return runwell.init(**{"mode": "offline", "settings": settings, **arguments})

    return make


def records_of(run: runwell.Run, journal: str = "main.jsonl") -> list[Entry]:
    """Give every record of a journal, and see to it that none is damaged."""
    found = scan((Path(run.sync_dir) / "journal" / journal).read_bytes())
    assert (found.damaged_lines, found.torn_bytes) == (0, 0)
    return found.entries


def rows_of(run: runwell.Run) -> list[dict[str, Any]]:
    """Give the history rows without the fields of our own, ``_step`` kept."""
    return [
        {k: v for k, v in entry.payload.items() if k not in ("_runtime", "_timestamp")}
        for entry in records_of(run)
        if entry.kind == "row"
    ]


def last_of(run: runwell.Run, kind: str) -> Any:
    """Give the payload of the last record of a kind."""
    return [entry.payload for entry in records_of(run) if entry.kind == kind][-1]
