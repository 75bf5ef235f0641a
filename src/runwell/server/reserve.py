"""The disk's reserve: writes stop before the disk is full, so that reads and the catalog's own work stay possible."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from runwell.wire.limits import DISK_RESERVE_BYTES, DISK_RESERVE_FRACTION

LOOK_EVERY_S = 1.0


class DiskReserve:
    """Tells whether the disk of a directory has room above its reserve; asks the system once a second at most.

    Args:
        directory: on the disk that is meant.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._looked_at = -LOOK_EVERY_S
        self._has_room = True

    def __call__(self) -> bool:
        now = time.monotonic()
        if now - self._looked_at >= LOOK_EVERY_S:
            usage = shutil.disk_usage(self._directory)
            self._has_room = usage.free >= max(int(usage.total * DISK_RESERVE_FRACTION), DISK_RESERVE_BYTES)
            self._looked_at = now
        return self._has_room
