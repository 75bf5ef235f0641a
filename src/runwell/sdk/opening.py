"""What ``init`` decided about a run, and the ``open`` record made of it: the first line of every journal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from runwell.wire import records
from runwell.wire.journal import FORMAT, encode_record
from runwell.wire.summary import SummaryFold

from .capture.process import process_started
from .identity import new_journal_id
from .settings import Settings
from .version import __version__

if TYPE_CHECKING:
    from .branch import Branch


class Opening:
    """What is settled about a run before there is one.

    Attributes:
        settings: resolved.
        run_id, project, entity, display_name, tags, notes, group, job_type: as ``init`` takes them.
        run_dir: absolute; "" in mode disabled.
        resumed, starting_step, runtime_before, summary: of a resumed run; else False, 0, 0.0 and an empty fold.
        branch: the fork or rewind that it begins with.
        facts: fields of the ``run`` record from the surroundings (program, host, …).
        head: what the script's repository is at (``capture.head``); None outside one, or if it isn't to be kept.
        owner: the pid of the process that begins the run, and whose end is the run's.
        has_companion: whether a companion was started, so that delivery may be waited for.
    """

    def __init__(self, settings: Settings, run_id: str, project: str, entity: str | None, display_name: str) -> None:
        self.settings = settings
        self.run_id = run_id
        self.project = project
        self.entity = entity
        self.display_name = display_name
        self.tags: tuple[str, ...] = ()
        self.notes: str | None = None
        self.group: str | None = None
        self.job_type: str | None = None
        self.run_dir = ""
        self.resumed = False
        self.starting_step = 0
        self.runtime_before = 0.0
        self.summary = SummaryFold()
        self.branch: Branch | None = None
        self.facts: dict[str, Any] = {}
        self.head: dict[str, str] | None = None
        self.owner = os.getpid()
        self.has_companion = False


def journal_head(opening: Opening) -> Callable[[], bytes]:
    """Give what makes a journal's first line, for the process that writes it."""

    def head() -> bytes:
        pid = os.getpid()
        run: dict[str, Any] = {"id": opening.run_id, "project": opening.project}
        if opening.entity:
            run["entity"] = opening.entity
        payload: dict[str, Any] = {
            "format": FORMAT,
            "journal": new_journal_id(),
            "role": "main" if pid == opening.owner else "child",
            "run": run,
            "mode": opening.settings.mode,
            "base_url": opening.settings.base_url,
            "pid": pid,
            "process_started": process_started(pid) or time.time(),
            "created_at": time.time(),
            "sdk_version": __version__,
            "python_version": ".".join(map(str, sys.version_info[:3])),
        }
        if opening.settings.capture == "minimal":
            payload["capture"] = "minimal"
        if opening.settings.save_code is not None:
            payload["code"] = bool(opening.settings.save_code)
        if opening.settings.disable_git:
            payload["git"] = False
        if opening.head and pid == opening.owner:
            payload["head"] = opening.head
        if opening.branch is not None:
            payload[opening.branch.kind] = {"run": opening.branch.run_id, "step": opening.branch.step}
        if opening.resumed:
            payload["resume"] = {"starting_step": opening.starting_step}
        return encode_record(records.OPEN, payload)

    return head
