"""One holder at a time: a lock that dies with its process, whatever killed it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

# Where a lock can't be had, two senders, whom the server tells apart, are better than none.
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL})
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


class Lock:
    """A ``flock`` on a file of the run directory, with the holder's process id inside for messages.

    Args:
        path: made if missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def take(self) -> bool:
        """Try to become the holder; False, at once, if another process is.

        Raises:
            OSError: the file can't be made.
        """
        import fcntl

        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            if error.errno in _NO_ROOM:
                return True
            raise
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                os.close(handle)
                raise
        self._handle = handle
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, b"%d\n" % os.getpid(), 0)
        except OSError:
            pass  # a full disk: only messages miss the name
        return True

    def holder(self) -> int | None:
        """Give the process id of whoever took it last, for messages only."""
        try:
            return int(self.path.read_text().strip())
        except (OSError, ValueError):
            return None

    def release(self) -> None:
        """Let go; the file stays."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
