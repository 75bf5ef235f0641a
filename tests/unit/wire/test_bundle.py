"""Bundles: what goes in comes out, and nothing else is one."""

from __future__ import annotations

import hashlib

import pytest

from runwell.wire.bundle import SmallFile, decode_bundle, encode_bundle
from runwell.wire.errors import InvalidValue
from runwell.wire.limits import MAX_BUNDLE_FILES

FILES = [SmallFile(hashlib.md5(data).hexdigest(), data) for data in (b"", b"a", b"RWB1" * 9, bytes(range(256)) * 9)]


def test_what_is_bundled_comes_out_in_its_order():
    assert [(one.md5, bytes(one.data)) for one in decode_bundle(encode_bundle(FILES))] == [
        (one.md5, one.data) for one in FILES
    ]
    assert decode_bundle(encode_bundle([])) == []


def test_a_bundle_cut_anywhere_but_between_two_files_is_none():
    whole = encode_bundle(FILES)
    between = {len(encode_bundle(FILES[:n])) for n in range(len(FILES) + 1)}
    for size in range(len(whole)):
        if size in between:
            assert len(decode_bundle(whole[:size])) < len(FILES)
            continue
        with pytest.raises(InvalidValue):
            decode_bundle(whole[:size])


@pytest.mark.parametrize("body", [b"", b"{}", b"RWB2", b"RWB1" + b"\xff" * 24, b"RWB1" + b"\0" * 23])
def test_nonsense_is_refused(body):
    with pytest.raises(InvalidValue):
        decode_bundle(body)


def test_too_many_files_are_refused():
    assert len(decode_bundle(encode_bundle(FILES[:1] * MAX_BUNDLE_FILES))) == MAX_BUNDLE_FILES
    with pytest.raises(InvalidValue, match="at most"):
        decode_bundle(encode_bundle(FILES[:1] * (MAX_BUNDLE_FILES + 1)))
