"""The MD5 of bytes that pass by."""

from __future__ import annotations

import hashlib
import threading

import pytest

from runwell.server.domain.md5_beside import Md5Beside


@pytest.mark.parametrize("pieces", [[], [b""], [b"one"], [b"one", b"two"], [b"", b"two", b""], [b"x" * 5000] * 50])
def test_pieces_pass_unchanged_and_their_md5_is_known_at_the_end(pieces):
    passing = Md5Beside(iter(pieces))
    assert b"".join(passing) == b"".join(pieces)
    assert passing.digest() == hashlib.md5(b"".join(pieces)).digest()
    assert passing.size_bytes == sum(map(len, pieces))


def test_no_thread_is_left_of_a_source_that_breaks_or_a_taker_that_leaves():
    def breaking():
        yield from [b"a" * 5000] * 5
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        list(Md5Beside(breaking()))
    taker = iter(Md5Beside([b"a" * 5000] * 50))
    for _ in range(3):
        next(taker)
    assert any(one.name == "md5" for one in threading.enumerate())
    del taker
    assert not any(one.name == "md5" for one in threading.enumerate())
