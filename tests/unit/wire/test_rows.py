"""Rows as the journal keeps them, and as readers get them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runwell.wire.journal import encode_line, encode_record, scan
from runwell.wire.numbers import decode_extended
from runwell.wire.rows import RowClock, encode_row, wire_text


def line(*row: Any) -> bytes:
    return encode_line(encode_row(*row))


def rows(data: bytes, clock: RowClock | None = None) -> list[Any]:
    return [entry.payload for entry in scan(data, clock=clock).entries]


def test_a_row_between_two_that_say_their_time_has_the_time_that_ran_since() -> None:
    data = line(0, 0.5, {"a": 1}, 1e9) + line(1, 0.75, {"a": 2}) + line(2, 2.0, {}, 2e9) + line(3, 2.5, {})
    assert rows(data) == [
        {"_step": 0, "_runtime": 0.5, "_timestamp": 1e9, "a": 1},
        {"_step": 1, "_runtime": 0.75, "_timestamp": 1e9 + 0.25, "a": 2},
        {"_step": 2, "_runtime": 2.0, "_timestamp": 2e9},
        {"_step": 3, "_runtime": 2.5, "_timestamp": 2e9 + 0.5},
    ]


def test_the_time_of_day_goes_on_from_piece_to_piece() -> None:
    clock = RowClock()
    assert rows(line(0, 0.0, {}, 1e9), clock)[0]["_timestamp"] == 1e9
    assert rows(line(1, 4.0, {}), clock)[0]["_timestamp"] == 1e9 + 4


def test_rows_behind_a_damaged_beginning_have_the_time_that_a_later_one_says() -> None:
    data = b"rot" + line(0, 1.0, {}, 1e9)[3:] + line(1, 1.5, {}) + line(2, 3.0, {}, 1e9 + 2)
    assert [row["_timestamp"] for row in rows(data)] == [1e9 + 0.5, 1e9 + 2]
    assert "_timestamp" not in rows(line(1, 1.5, {}))[0]


def test_a_time_of_the_scripts_own_stands_and_changes_no_other_rows() -> None:
    found = rows(line(0, 0.0, {"_timestamp": 7.0}, 1e9) + line(1, 1.0, {}))
    assert [row["_timestamp"] for row in found] == [7.0, 1e9 + 1]


@pytest.mark.parametrize("other", [{"_step": 3, "a": 1}, [1, 2], [1, 2, {}, 4, 5], ["0", 1, {}], [0, None, {}], None])
def test_what_is_no_compact_row_is_given_as_it_is(other: Any) -> None:
    assert rows(encode_record("row", other)) == [other]
    assert decode_extended(wire_text(encode_record("row", other)[9:-1], other)) == other


values = st.dictionaries(
    st.sampled_from(["a", "b}]", '{"', "_own", "_timestamp", "é"]),
    st.floats(allow_nan=False) | st.integers(-(2**70), 2**70) | st.text(max_size=5) | st.none() | st.just({"x": [{}]}),
)


@given(st.integers(0, 2**53 - 1), st.floats(0, 1e9), values, st.none() | st.floats(1e9, 4e9))
def test_servers_get_the_row_that_readers_get(step: int, runtime: float, kept: dict[str, Any], said: Any) -> None:
    data = line(0, 0.0, {}, 1e9) + line(step, runtime, kept, said)
    found = scan(data).entries[1]
    assert found.payload.keys() == {"_step", "_runtime", "_timestamp", *kept}
    assert decode_extended(wire_text(data[found.start + 9 : found.end - 1], found.payload)) == found.payload


def test_numbers_that_json_lacks_reach_servers_too() -> None:
    data = line(0, 0.0, {"a": math.nan, "b": -math.inf}, 1e9)
    found = scan(data).entries[0]
    assert wire_text(data[9:-1], found.payload) == (
        '{"_step":0,"_runtime":0.0,"_timestamp":1000000000.0,"a":NaN,"b":-Infinity}'
    )
