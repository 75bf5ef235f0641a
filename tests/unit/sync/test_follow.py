"""What ends a wait of delivery early, and what does not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from runwell.sync.follow import Follow


def waited_s(follow: Follow, seconds: float, *, for_news: bool, meanwhile: Callable[[], None] | None = None) -> float:
    """Wait; what happens meanwhile happens after 50 ms."""
    if meanwhile is not None:
        threading.Timer(0.05, meanwhile).start()
    started = time.monotonic()
    follow.wait(seconds, for_news=for_news)
    return time.monotonic() - started


def test_news_end_a_wait_for_news_and_are_not_lost_between_two() -> None:
    follow = Follow()
    assert waited_s(follow, 20.0, for_news=True, meanwhile=follow.wake) < 10.0
    follow.wake()
    assert waited_s(follow, 20.0, for_news=True) < 10.0
    assert waited_s(follow, 0.2, for_news=True) >= 0.19, "each is heard once"


def test_news_do_not_end_a_wait_that_spares_the_server_and_the_end_of_the_script_does() -> None:
    follow = Follow()
    follow.wake()
    assert waited_s(follow, 0.2, for_news=False, meanwhile=follow.wake) >= 0.19
    assert waited_s(follow, 20.0, for_news=True) < 10.0, "they are heard afterwards"
    assert waited_s(follow, 20.0, for_news=False, meanwhile=follow.trainer_ended) < 10.0
