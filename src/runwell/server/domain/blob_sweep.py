"""Bytes that nothing is any more: found and freed, in rounds, within minutes.

A blob is kept as long as a run's file, an artifact's file, a manifest or an upload under way names it. Versions that
were begun and never committed are given up after ``PENDING_S``, so that their bytes go too.

A blob is put before the catalog names it. Two rules keep it until then: what was put less than ``UNUSED_BLOB_S`` ago
stays, and whoever names a blob looks, in the transaction that does, whether it is there (:func:`demand_there`). The
sweep looks for names in the writer's transaction that removes, so that one of the two always sees the other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runwell.server import failpoints
from runwell.server.stores.blobs import BATCH, BlobStore

from .access import Busy

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

UNUSED_BLOB_S = 300.0  # longer than an upload's way from the blob store to the catalog, by servers beside this one too
PENDING_S = 7 * 24 * 3600.0  # the official client goes on trying to deliver for about this long
SWEEP_EVERY_S = 60.0
_NAMED_WITHIN_S = 10.0  # a blob put later than this ago may be on its way to the catalog …
_ARRIVES_S = 0.1  # … and is there after this, as a rule
REST = 20  # a round takes at most one in so many seconds: 100,000 blobs are looked at for five


@dataclass(frozen=True, slots=True)
class BlobCount:
    """What a round saw: all blobs, and those of them that nothing names and that wait to be old enough."""

    at: float
    count: int
    size_bytes: int
    waiting_count: int
    waiting_bytes: int


class BlobSweep:
    """Frees what nothing names.

    Args:
        catalog: what is named.
        blobs: the bytes.
        clock: seconds since the epoch.
    """

    def __init__(self, catalog: Catalog, blobs: BlobStore, clock: Callable[[], float] = time.time) -> None:
        self._catalog = catalog
        self._blobs = blobs
        self._clock = clock
        self._one_at_a_time = threading.Lock()
        self._asked = False
        self._not_before = self._next = 0.0
        self.seen: BlobCount | None = None

    def soon(self) -> None:
        """Let the next round come at once: something was deleted."""
        self._asked = True

    def in_turn(self) -> int:
        """Make a round if it is time for one; return how many blobs were removed."""
        now = time.monotonic()
        if now < self._not_before or (now < self._next and not self._asked):
            return 0
        self._asked = False
        try:
            return self.sweep()
        finally:
            took = time.monotonic() - now
            self._not_before = now + REST * took
            self._next = max(now + SWEEP_EVERY_S, self._not_before)

    def count(self) -> BlobCount:
        """Give what the last round saw; before the first one, make one that removes nothing."""
        if self.seen is None:
            with self._one_at_a_time:
                self._look(float("-inf"))
        assert self.seen is not None
        return self.seen

    def sweep(self, unused_s: float = UNUSED_BLOB_S, pending_s: float = PENDING_S) -> int:
        """Give up what nobody will finish, then remove blobs that nothing names; return how many blobs.

        Args:
            unused_s: blobs put later than this ago stay: a blob is put before the catalog names it.
            pending_s: versions whose writer was silent for this long are given up.
        """
        now = self._clock()
        self._catalog.write(lambda c: self._catalog.artifact_bytes.give_up(c, now - pending_s, now))
        with self._one_at_a_time:
            return self._look(now - unused_s)

    def _look(self, before: float) -> int:
        count = size = removed = 0
        left: dict[str, int] = {}
        young: list[str] = []
        for batch in self._blobs.everything():
            sizes = {one.digest: one.size_bytes for one in batch}
            unnamed = self._unnamed(list(sizes))
            old = [one.digest for one in batch if one.digest in unnamed and one.put_at < before]
            gone = self._remove(old, before) if old else frozenset()
            left.update({digest: sizes[digest] for digest in unnamed - gone})
            young += [
                one.digest for one in batch if one.digest in left and one.put_at > self._clock() - _NAMED_WITHIN_S
            ]
            count += len(batch) - len(gone)
            size += sum(sizes.values()) - sum(sizes[digest] for digest in gone)
            removed += len(gone)
        for digest in self._named_meanwhile(young):
            del left[digest]
        self.seen = BlobCount(self._clock(), count, size, len(left), sum(left.values()))
        return removed

    def _named_meanwhile(self, young: list[str]) -> frozenset[str]:
        """Give those of blobs put a moment ago that were on their way to the catalog, which has them now."""
        if young:
            time.sleep(_ARRIVES_S)
        batches = (young[n : n + BATCH] for n in range(0, len(young), BATCH))
        return frozenset(digest for batch in batches for digest in frozenset(batch) - self._unnamed(batch))

    def _unnamed(self, digests: list[str]) -> frozenset[str]:
        return frozenset(digests) - self._catalog.read(lambda c: self._named(c, digests))

    def _named(self, c: Connection, digests: list[str]) -> frozenset[str]:
        return self._catalog.files.referenced(c, digests) | self._catalog.artifact_bytes.referenced(c, digests)

    def _remove(self, digests: list[str], before: float) -> frozenset[str]:
        failpoints.hit("sweep.found")

        def work(c: Connection) -> frozenset[str]:
            named = self._named(c, digests)  # again: a name may have come since the look
            gone = frozenset(one for one in digests if one not in named and self._blobs.delete(one, before))
            failpoints.hit("sweep.removed")
            return gone

        return self._catalog.write(work)


def demand_there(blobs: BlobStore, *digests: str) -> None:
    """Go on only if these blobs are there; to be asked in the transaction that names them, after it did.

    Raises:
        Busy: one isn't: nothing named it for so long that it was swept away. Sent again, it will be.
    """
    for digest in digests:
        if blobs.size_bytes(digest) is None:
            raise Busy("the bytes were given up before they were needed; send them again")
