"""Bytes that nothing is any more: found and freed, in rounds.

A blob is kept as long as a run's file, an artifact's file, a manifest or an upload under way names it. Versions that
were begun and never committed are given up after ``PENDING_S``, so that their bytes go too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from runwell.server.stores.blobs import BlobStore

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

UNUSED_BLOB_S = 3600.0  # longer than any upload's way from the blob store to the catalog
PENDING_S = 7 * 24 * 3600.0  # the official client goes on trying to deliver for about this long


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

    def sweep(self, unused_s: float = UNUSED_BLOB_S, pending_s: float = PENDING_S) -> int:
        """Give up what nobody will finish, then remove blobs that nothing names; return how many blobs.

        Args:
            unused_s: blobs put later than this ago stay: a blob is put before the catalog names it.
            pending_s: versions whose writer was silent for this long are given up.
        """
        now = self._clock()
        self._catalog.write(lambda c: self._catalog.artifact_bytes.give_up(c, now - pending_s, now))
        removed = 0
        before = now - unused_s
        for batch in self._blobs.older_than(before):

            def work(c: Connection, batch: list[str] = batch) -> int:
                named = self._catalog.files.referenced(c, batch) | self._catalog.artifact_bytes.referenced(c, batch)
                return sum(self._blobs.delete(digest, before) for digest in batch if digest not in named)

            removed += self._catalog.write(work)
        return removed
