"""When bytes reach the disk: begun early, waited for together, and how many wait on this machine.

Source: syncfs(2). Linux reports what could not be written to the caller only since 5.8; before, and elsewhere, files
are waited for one by one. posix_fadvise(2): what isn't needed any more is written out without a wait. proc(5), meminfo.
"""

from __future__ import annotations

import ctypes
import os
import platform
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

_REPORTS_SINCE = (5, 8)
_WAITING = re.compile(rb"^(?:Dirty|Writeback): +(\d+) kB$", re.MULTILINE)


def sync_filesystem(descriptor: int) -> bool:
    """Wait until everything written so far to the filesystem of an open file is on disk.

    Returns:
        False: this system has no such call that can be relied upon; nothing was waited for.

    Raises:
        OSError: something could not be written.
    """
    syncfs = _syncfs()
    if syncfs is None:
        return False
    if syncfs(descriptor) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return True


def waiting_bytes() -> int:
    """Give how much, written by anyone on this machine, isn't on its disks yet; 0 where the system doesn't say."""
    try:
        with Path("/proc/meminfo").open("rb") as file:
            return sum(int(kib) * 1024 for kib in _WAITING.findall(file.read()))
    except OSError:
        return 0


def begin_writeback(file: int, offset: int = 0, size_bytes: int = 0) -> None:
    """Let the disk begin with what was written to an open file (all of it: size 0), so that the wait for it is short.

    What isn't on disk yet stays in memory too.
    """
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file, offset, size_bytes, os.POSIX_FADV_DONTNEED)


@cache
def _syncfs() -> Any:
    found = re.match(r"(\d+)\.(\d+)", platform.release())
    if not sys.platform.startswith("linux") or not found or (int(found[1]), int(found[2])) < _REPORTS_SINCE:
        return None
    return getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
