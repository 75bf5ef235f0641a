"""The MD5 that clients compare bytes by, hashed in a thread beside the one that writes them.

MD5 is the slowest step of an upload: beside the SHA-256 and the disk it costs no time of its own. It is only a label;
what we trust is the SHA-256.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator
from queue import Queue

_WAITING = 2  # pieces between the two threads


class Md5Beside:
    """Passes pieces of bytes on and hashes them meanwhile.

    Args:
        chunks: the bytes. What was passed on must not be changed afterwards.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self._hasher = hashlib.md5(usedforsecurity=False)
        self._queue: Queue[bytes | None] = Queue(_WAITING)
        self.size_bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces; when the last one was taken, the digest is known."""
        chunks = iter(self._chunks)
        first = next(chunks, b"")
        self.size_bytes = len(first)
        yield first
        second = next(chunks, None)
        if second is None:  # one piece: hashed sooner than a thread begins
            self._hasher.update(first)
            return
        thread = threading.Thread(target=self._hash, name="md5", daemon=True)
        thread.start()
        try:
            self._queue.put(first)
            piece: bytes | None = second
            while piece is not None:
                self._queue.put(piece)
                self.size_bytes += len(piece)
                yield piece
                piece = next(chunks, None)
        finally:
            self._queue.put(None)
            thread.join()

    def digest(self) -> bytes:
        """Give the MD5 of what was passed on, 16 bytes."""
        return self._hasher.digest()

    def _hash(self) -> None:
        while (piece := self._queue.get()) is not None:
            self._hasher.update(piece)
