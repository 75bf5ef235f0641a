"""When a process began, as psutil's ``create_time`` gives it: with the pid, the one name of a process."""

from __future__ import annotations

import os
import sys


def process_started(pid: int) -> float | None:
    """Give a process's start in seconds since the epoch, None if there is no such process (a zombie is none)."""
    if sys.platform.startswith("linux"):
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                # The name in parentheses may hold anything, so fields are counted from its end.
                fields = file.read().rpartition(b")")[2].split()
            if fields[0] == b"Z":
                return None
            return _boot_time() + int(fields[19]) / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError, IndexError):
            return None
    import psutil

    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None


def _boot_time() -> float:
    with open("/proc/stat", "rb") as file:
        for line in file:
            if line.startswith(b"btime"):
                return float(line.split()[1])
    raise ValueError("no btime in /proc/stat")
