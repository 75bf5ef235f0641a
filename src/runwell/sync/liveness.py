"""Is the process that writes a journal still there?"""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runwell.wire.limits import CRASHED_AFTER_S

_SAME_START_S = 2.0  # how far two readings of one process's start time lie apart at most


def is_alive(pid: int, started: float | None) -> bool:
    """Tell whether a process lives, and is the one that started then; a zombie counts as dead.

    Args:
        pid: process id on this machine.
        started: seconds since the epoch, as psutil's create_time gives it; None: any process of that id.
    """
    import psutil

    try:
        process = psutil.Process(pid)
        if started is not None and abs(process.create_time() - started) > _SAME_START_S:
            return False
        return process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False
    except (psutil.Error, ValueError, OverflowError):
        return True  # it is there, we just may not look at it


def writer_is_alive(opened: Mapping[str, Any], host: str, journal: Path) -> bool:
    """Tell whether the writer of a journal may still add to it.

    Args:
        opened: the journal's ``open`` payload.
        host: the machine that it runs on, empty if unknown. On another machine's journal (a shared
            directory) process ids say nothing: there, one that was written to lately counts as alive.
    """
    if host and host != socket.gethostname():
        try:
            return time.time() - journal.stat().st_mtime < CRASHED_AFTER_S
        except OSError:
            return False
    pid, started = opened.get("pid"), opened.get("process_started")
    if not isinstance(pid, int) or pid <= 0:
        return False
    return is_alive(pid, started if isinstance(started, (int, float)) else None)
