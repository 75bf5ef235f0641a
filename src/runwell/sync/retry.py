"""How long to wait before asking again: exponential with full jitter, bounded; the server's word wins."""

from __future__ import annotations

import random
from collections.abc import Callable

from runwell.wire.limits import OBEYED_RETRY_AFTER_S, RETRY_FIRST_S, RETRY_MAX_S

_SHORTEST_S = 0.1  # a server that says "at once" again and again must not be hammered


class Backoff:
    """Waiting times of one series of failures.

    Args:
        longest_s: the cap; a thousand clients spread over at least this long.
        chance: gives numbers in [0, 1).

    Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 (full jitter).
    """

    def __init__(self, longest_s: float = RETRY_MAX_S, chance: Callable[[], float] = random.random) -> None:
        self.longest_s = longest_s
        self.failures = 0
        self._chance = chance

    def reset(self) -> None:
        """Something succeeded: start again with the shortest wait."""
        self.failures = 0

    def next(self, asked_s: float | None = None) -> float:
        """Count a failure; give the seconds to wait.

        Args:
            asked_s: what the server asked for (``Retry-After``); obeyed up to ``OBEYED_RETRY_AFTER_S``. A server
                that keeps asking for less than a second is given our backoff from the third failure on.
        """
        ceiling = min(self.longest_s, RETRY_FIRST_S * 2 ** min(self.failures, 30))
        self.failures += 1
        jittered = max(_SHORTEST_S, self._chance() * ceiling)
        if asked_s is None:
            return jittered
        asked_s = max(_SHORTEST_S, min(asked_s, OBEYED_RETRY_AFTER_S))
        return asked_s if self.failures <= 2 or asked_s >= RETRY_FIRST_S else jittered
