"""Starts the trainings of ``trainer.py`` against a server and knows what came of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.serving import ServerProcess

SCRIPT = Path(__file__).with_name("trainer.py")
WITHIN_S = 60.0
T = TypeVar("T")


def until(question: Callable[[], T], what: str, within_s: float = WITHIN_S) -> T:
    """Ask until the answer is true; give it."""
    deadline = time.monotonic() + within_s
    while not (answer := question()):
        assert time.monotonic() < deadline, f"not within {within_s} s: {what}"
        time.sleep(0.05)
    return answer


class Trainer:
    """A training script in a process and a directory of its own."""

    def __init__(self, server: ServerProcess, folder: Path, kind: str, *arguments: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self._log = folder / "trainer.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(SCRIPT), kind, *arguments],
                cwd=folder,
                env=server.client_environment(),
                stdout=log,
                stderr=log,
            )

    def wait(self, expected: int = 0) -> None:
        """Wait until it has ended, with this exit status."""
        assert self.process.wait(WITHIN_S) == expected, self._log.read_text("utf-8", "replace")


class LiveTrainer(Trainer):
    """A training that goes on as it is told to."""

    def __init__(self, server: ServerProcess, folder: Path, project: str, name: str, steps: int) -> None:
        self._orders = folder.with_suffix(".orders")
        self._order(str(steps))
        self.steps = steps
        self._was_stopped = False
        super().__init__(server, folder, "live", project, name, str(self._orders))

    def _order(self, text: str) -> None:
        part = self._orders.with_suffix(".part")
        part.write_text(text)
        os.replace(part, self._orders)

    def more(self, steps: int) -> int:
        """Tell it to log so many more steps; give how many there will be then."""
        self.steps += steps
        self._order(str(self.steps))
        return self.steps

    def be_stopped(self) -> None:
        """Wait until the server's word has ended it, as Ctrl-C would."""
        self._was_stopped = True
        self.wait(-signal.SIGINT)

    def end(self) -> None:
        """Tell it to end, and wait for it; one that was stopped has ended."""
        if not self._was_stopped:
            self._order("end")
            self.wait()


@dataclass
class Project:
    """A project that holds runs.

    Attributes:
        ids: run ids by display name.
        live: the training that is still running, if one is.
    """

    server: ServerProcess
    name: str
    ids: dict[str, str] = field(default_factory=dict)
    live: LiveTrainer | None = None

    @property
    def path(self) -> str:
        """The page's address, without the server."""
        return f"/local/{self.name}"

    def page_of(self, name: str, tab: str = "") -> str:
        """The address of a run's page."""
        return f"{self.path}/runs/{self.ids[name]}" + (f"/{tab}" if tab else "")

    def runs(self) -> dict[str, Mapping[str, Any]]:
        """Ask the server for all runs, by display name; none while there is no such project."""
        status, _, _ = self.server.request("GET", f"/api/projects{self.path}")
        if status == 404:
            return {}
        listed = self.server.get_json(f"/api/projects{self.path}/runs")["runs"]
        return {run["name"]: run for run in listed}

    def run(self, name: str) -> Mapping[str, Any]:
        """Ask the server for one run."""
        return self.server.get_json(f"/api/projects{self.path}/runs/{self.ids[name]}")

    def wait_for(self, states: Mapping[str, str], steps: Mapping[str, int] | None = None) -> Project:
        """Wait until the runs have these states and last steps; remember their ids."""

        def arrived() -> bool:
            runs = self.runs()
            self.ids.update({name: run["id"] for name, run in runs.items()})
            return all(name in runs and runs[name]["state"] == state for name, state in states.items()) and all(
                (runs[name]["last_step"] or 0) >= step for name, step in (steps or {}).items()
            )

        until(arrived, f"{states} in {self.name}; there is {list(self.runs().values())}")
        return self
