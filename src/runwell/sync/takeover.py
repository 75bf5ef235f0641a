"""A companion that has nobody to accompany any more and no server either, relieved by somebody who has one."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil

from runwell.wire import records

from .lock import Lock
from .status import read_status

LEAVE_WITHIN_S = 12.0  # a companion in the middle of a request notices at its end; a connection takes 10 s at most
LOOK_EVERY_S = 0.1


def relieve(run_dir: Path, holder: int) -> bool:
    """Ask a companion that waits in vain for its server to leave the run directory to us.

    To be called only for a run all of whose writers have ended. A companion that is sending, and any
    other kind of process, is left alone.

    Args:
        holder: the process id that the lock names.

    Returns:
        True if the lock was free in the end; it may be taken by then by somebody else.
    """
    status = read_status(run_dir) or {}
    if status.get("state") not in ("waiting", "refused") or not _is_companion_of(run_dir, holder):
        return False
    try:
        os.kill(holder, signal.SIGTERM)
    except OSError:
        pass  # it has left, or isn't ours: the lock tells
    lock = Lock(run_dir / records.SYNC_LOCK)
    deadline = time.monotonic() + LEAVE_WITHIN_S
    while not lock.take():
        if time.monotonic() >= deadline:
            return False
        time.sleep(LOOK_EVERY_S)
    lock.release()
    return True


def _is_companion_of(run_dir: Path, pid: int) -> bool:
    """Tell whether a process is this directory's companion: the lock may name one of another machine, or an old one."""
    try:
        command = psutil.Process(pid).cmdline()
        return "runwell.companion" in command and Path(command[-1]).resolve() == run_dir.resolve()
    except (psutil.Error, OSError, ValueError):
        return False
