"""Places where a test may kill the server: named, between steps whose order is a promise.

``RUNWELL_FAIL_AT=seal.written`` makes the process leave at once, as by ``kill -9``, when it comes to
that place (``seal.written:3``: the third time). Without the variable a place costs one dictionary
lookup. Must never be reachable by a request.
"""

from __future__ import annotations

import os

EXIT_CODE = 86

PLACES = frozenset(
    {
        "branch.placed",  # a fork's or rewind's segments stand under their names, nothing else is done
        "branch.written",  # inside the transaction, before its commit
        "branch.committed",  # committed, not yet answered
        "ingest.parsed",  # rows are checked and packed, nothing is written
        "ingest.written",  # inside the transaction, before its commit
        "ingest.committed",  # committed, not yet answered
        "seal.packed",  # rows are sorted and packed in memory
        "seal.written",  # the segment's bytes are in a temporary file
        "seal.placed",  # the segment stands under its name, no row of the catalog knows it
        "seal.inserted",  # inside the transaction, before its commit
        "artifact.kept",  # bytes of an artifact are on disk, the catalog doesn't know them
        "artifact.written",  # a version is written, inside the transaction, before its commit
        "artifact.committed",  # a version is committed, not yet answered
        "seal.committed",  # the catalog knows the segment, its chunks are gone
        "sweep.found",  # blobs that nothing names are found, nothing is removed
        "sweep.removed",  # their files are gone, inside the transaction that looked once more
    }
)
"""Every place there is; a test walks them."""

_NAME, _, _COUNT = os.environ.get("RUNWELL_FAIL_AT", "").partition(":")
_left = {_NAME: int(_COUNT or 1)} if _NAME else {}


def hit(place: str) -> None:
    """Die here if the environment says so."""
    if place in _left:
        _left[place] -= 1
        if _left[place] <= 0:
            os._exit(EXIT_CODE)
