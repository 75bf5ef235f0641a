"""Config and summary: flat for filters, and back exactly as they were given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runwell.wire.documents import flatten_document, merge_documents, restore_document
from runwell.wire.errors import InvalidValue
from runwell.wire.numbers import from_strict, to_strict

NAMES = st.text(alphabet="a.b/ é", max_size=4)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3) | st.just({})
VALUES = st.recursive(
    LEAVES, lambda inner: st.dictionaries(NAMES, inner, max_size=3) | st.lists(inner, max_size=2), max_leaves=12
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=5)


def names(document: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[str]:
    for name, value in document.items():
        if isinstance(value, dict) and value:
            yield from names(value, (*above, name))
        else:
            yield ".".join((*above, name))


@given(DOCUMENTS)
def test_a_document_comes_back_as_it_was_given(document):
    flat, paths = flatten_document(document)
    every = list(names(document))
    assert set(flat) == set(every)
    if len(set(every)) == len(every):
        assert restore_document(from_strict(to_strict(flat)), paths) == document


@given(DOCUMENTS, DOCUMENTS)
@example({"": {"": None}}, {".": None, "": None})  # a key that leaves its level goes on when the level is replaced
@example({"": {"": None}}, {"": {}, ".": None})  # the news empty a level, and say that it is empty
def test_what_is_merged_can_be_given_back_and_the_news_are_in_it(there, news):
    flat, paths = merge_documents(flatten_document(there), flatten_document(news))
    assert flatten_document(restore_document(flat, paths)) == (flat, paths)
    said, said_paths = flatten_document(news)
    assert merge_documents((flat, paths), (said, said_paths)) == (flat, paths)
    assert all(flat[key] == value for key, value in said.items() if value != {})


def test_of_two_values_of_one_name_the_last_is_kept():
    assert restore_document(*flatten_document({"a.b": 1, "a": {"b": 2}})) == {"a": {"b": 2}}
    assert restore_document(*flatten_document({"a": {"b": 2}, "a.b": 1})) == {"a.b": 1}


def test_a_value_and_a_level_of_one_name_take_each_others_place():
    def merged(there: dict[str, Any], news: dict[str, Any], **how: bool) -> dict[str, Any]:
        return restore_document(*merge_documents(flatten_document(there), flatten_document(news), **how))

    assert merged({"a": 1, "c": 2}, {"a": {"b": 3}}) == {"a": {"b": 3}, "c": 2}
    assert merged({"a": {"b": 3, "d": {"e": 4}}}, {"a": 1}) == {"a": 1}
    assert merged({"a": {"b": 3}}, {"a": {"d": 4}}) == {"a": {"b": 3, "d": 4}}
    assert merged({"a": {"b": 3}}, {"a": {}}) == {"a": {"b": 3}}
    assert merged({"a": {"b": 3}}, {"a.b": 4}) == {"a.b": 4}
    assert merged({"a": {"b": 3}}, {"a.b": 4, "n.m": 5}, keep_paths=True) == {"a": {"b": 4}, "n.m": 5}


def test_what_has_a_type_is_a_value_and_too_deep_is_refused():
    histogram = {"_type": "histogram", "bins": [0, 1], "nested": {"a.b": 1}}
    assert flatten_document({"h": {"i": histogram}}) == ({"h.i": histogram}, {})
    deep: dict[str, Any] = {}
    for _ in range(70):
        deep = {"a": deep, "b": 1}
    with pytest.raises(InvalidValue, match="nested deeper than 64"):
        flatten_document(deep)


def test_keys_of_before_there_were_paths_are_taken_apart_at_their_dots():
    flat = {"a": 1, "a.b": 2, "c.d.e": 3, "c.d.f": 4, ".": 5, "g..h": 6, "i.": 7, "empty": {}}
    expected = {"a": 1, "a.b": 2, "c": {"d": {"e": 3, "f": 4}}, ".": 5, "g..h": 6, "i.": 7, "empty": {}}
    assert restore_document(flat) == expected
