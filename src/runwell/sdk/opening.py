"""The ``open`` record: the first line of every journal, which says whose it is."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..wire import records
from ..wire.journal import FORMAT, encode_record
from .capture.process import process_started
from .identity import new_journal_id
from .version import __version__

if TYPE_CHECKING:
    from .run import Opening


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
        if opening.resumed:
            payload["resume"] = {"starting_step": opening.starting_step}
        return encode_record(records.OPEN, payload)

    return head
