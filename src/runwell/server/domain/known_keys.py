"""What a server process remembers of keys: whose they are, for a moment, and when their use was last written down.

A key is looked up at most once in ``KEY_KEPT_S``; a key revoked through this process ends with the next request, one
revoked by the admin command in another process ``KEY_KEPT_S`` later at most.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from .access import Actor

KEY_KEPT_S = 1.0  # how long a looked-up key is believed without asking the catalog
MAX_KEPT_KEYS = 10_000
USED_EVERY_S = 60.0  # a key's last use is written at most this often


class KnownKeys:
    """Keys that were looked up a moment ago, by their digests; any number of threads may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, tuple[float, Actor, int]] = OrderedDict()
        self._used: OrderedDict[int, float] = OrderedDict()
        self._revocations = 0

    def find(
        self, fingerprint: bytes, look_up: Callable[[bytes], tuple[Actor, int] | None]
    ) -> tuple[Actor, int] | None:
        """Give whose key has this digest, and the key's id; None: nobody's.

        Args:
            look_up: asks the catalog.
        """
        moment = time.monotonic()
        with self._lock:
            kept = self._kept.get(fingerprint)
            revocations = self._revocations
        if kept is not None and kept[0] >= moment:
            return kept[1], kept[2]
        found = look_up(fingerprint)
        if found is None:
            return None
        with self._lock:
            self._kept.pop(fingerprint, None)
            if revocations == self._revocations:  # else it may be what was just revoked
                self._kept[fingerprint] = (moment + KEY_KEPT_S, *found)
            while len(self._kept) > MAX_KEPT_KEYS:
                self._kept.popitem(last=False)
        return found

    def is_use_due(self, key_id: int) -> bool:
        """Tell whether a use of the key is to be written down now; it counts as written then."""
        moment = time.monotonic()
        with self._lock:
            if moment - self._used.get(key_id, moment - USED_EVERY_S) < USED_EVERY_S:
                return False
            self._used[key_id] = moment
            while len(self._used) > MAX_KEPT_KEYS:
                self._used.popitem(last=False)
        return True

    @property
    def revocations(self) -> int:
        """How often what somebody may do has changed through this process."""
        return self._revocations

    def forget(self) -> None:
        """Look every key up again: one was revoked, or what its owner may do has changed."""
        with self._lock:
            self._kept.clear()
            self._revocations += 1
