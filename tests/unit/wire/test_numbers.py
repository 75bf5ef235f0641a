"""Numbers that JSON can't hold are kept all the same."""

import json
import math

import pytest
from hypothesis import given

from runwell.wire.errors import InvalidValue
from runwell.wire.numbers import decode_extended, encode_extended, flatten, from_strict, to_strict

from .test_journal import json_values, same


@given(json_values)
def test_extended_json_round_trips_bit_for_bit(value):
    assert same(decode_extended(encode_extended(value)), value)


@given(json_values)
def test_strict_json_is_strict_and_comes_back(value):
    strict = to_strict(value)
    text = json.dumps(strict, allow_nan=False)
    assert same(from_strict(json.loads(text)), value)


def test_integers_beyond_2_53_are_text_beside_a_float():
    assert to_strict(2**53) == 2**53
    assert to_strict(2**53 + 1) == {"_type": "number", "value": "9007199254740993", "float": 9007199254740992.0}
    assert "float" not in to_strict(10**400)


@pytest.mark.parametrize("text", ["{", '{"a": 1' + "0" * 401 + "}", "[" * 100_000, b"\xff\xfe", "nul"])
def test_what_is_no_json_is_an_invalid_value(text):
    with pytest.raises(InvalidValue):
        decode_extended(text)


def test_a_lone_surrogate_becomes_the_replacement_character_once():
    assert decode_extended(encode_extended({"a": "x\ud800y"})) == {"a": "x\ufffdy"}


def test_nested_and_dotted_keys_are_one_thing():
    media = {"_type": "image-file", "path": "p"}
    assert flatten({"a": {"b": 1, "c": {"d": 2}}, "m": media, "e": {}}) == {"a.b": 1, "a.c.d": 2, "m": media, "e": {}}


def test_a_dictionary_nested_too_deep_is_refused():
    deep: dict = {}
    for _ in range(70):
        deep = {"a": deep, "b": 1}
    with pytest.raises(InvalidValue):
        flatten(deep)
    with pytest.raises(InvalidValue):
        to_strict(deep)


def test_nan_is_found_even_behind_a_none():
    assert encode_extended({"a": None, "b": math.nan}) == b'{"a":null,"b":NaN}'
