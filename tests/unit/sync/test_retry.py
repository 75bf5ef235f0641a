"""Waiting times: bounded, spread, and obedient."""

from __future__ import annotations

import random

from runwell.sync.retry import Backoff
from runwell.wire.limits import OBEYED_RETRY_AFTER_S, RETRY_MAX_S


def test_the_ceiling_doubles_from_one_second_to_the_cap() -> None:
    backoff = Backoff(chance=lambda: 0.999999)
    waits = [backoff.next() for _ in range(10)]
    assert [round(wait) for wait in waits] == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    backoff.reset()
    assert round(backoff.next()) == 1


def test_a_thousand_clients_spread_over_the_cap() -> None:
    waits = []
    for seed in range(1000):
        backoff = Backoff(chance=random.Random(seed).random)
        for _ in range(10):
            wait = backoff.next()
        waits.append(wait)
    assert max(waits) <= RETRY_MAX_S
    for tenth in range(10):
        in_it = sum(tenth * 6 <= wait < (tenth + 1) * 6 for wait in waits)
        assert 50 < in_it < 160


def test_the_servers_word_is_obeyed_within_bounds() -> None:
    backoff = Backoff(chance=lambda: 0.5)
    assert backoff.next(7.0) == 7.0
    assert backoff.next(1e9) == OBEYED_RETRY_AFTER_S
    assert backoff.next(120.0) == 120.0


def test_a_server_that_always_says_at_once_is_not_hammered() -> None:
    backoff = Backoff(chance=lambda: 0.5)
    waits = [backoff.next(0.0) for _ in range(8)]
    assert waits[0] <= 0.1
    assert waits[-1] >= 30
