"""What a store may fail with through nobody's fault: the disk is full, the database is taken.

The routes answer these with 507 and 503, so that clients keep what they have and come again.
"""

from __future__ import annotations

from runwell.wire.errors import RunwellError


class DiskFull(RunwellError):
    """The disk's reserve is reached; reads go on, writes wait for space."""


class Busy(RunwellError):
    """The store can't take this now.

    Attributes:
        retry_after_s: when the client may come again, in whole seconds.
    """

    def __init__(self, message: str, retry_after_s: int = 2) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
