"""What Python's ``os`` doesn't have of a filesystem: one wait until all that was written to it is on disk.

Source: syncfs(2). Linux reports what could not be written to the caller only since 5.8; before, and elsewhere, files
are waited for one by one.
"""

from __future__ import annotations

import ctypes
import os
import platform
import re
import sys
from functools import cache
from typing import Any

_REPORTS_SINCE = (5, 8)


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


@cache
def _syncfs() -> Any:
    found = re.match(r"(\d+)\.(\d+)", platform.release())
    if not sys.platform.startswith("linux") or not found or (int(found[1]), int(found[2])) < _REPORTS_SINCE:
        return None
    return getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
