"""Which lines need the slow decoder: those with integers beyond 64 bits, not those with small floats."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from runwell.wire.numbers import decode_extended, has_long_integer


@given(st.lists(st.one_of(st.integers(-(10**30), 10**30), st.floats(allow_nan=False, allow_infinity=False))))
def test_every_number_of_a_line_is_decoded_exactly(numbers: list[int | float]) -> None:
    found = decode_extended(json.dumps(numbers))
    assert [(type(n), repr(n)) for n in found] == [(type(n), repr(n)) for n in numbers]


def test_digits_behind_a_point_are_no_long_integer() -> None:
    assert not has_long_integer('{"lr": 0.00012345678901234567, "loss": 0.0012345678901234567}')
    assert has_long_integer('{"lr": 0.00012345678901234567, "n": 12345678901234567890}')
    assert has_long_integer(b"-12345678901234567890")
