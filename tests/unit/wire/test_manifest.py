"""Manifests: read with their rules, written back the same, and the digest that the protocol gives them."""

from __future__ import annotations

import hashlib

import pytest

from runwell.wire.errors import InvalidValue
from runwell.wire.manifest import (
    check_paths,
    decode_manifest,
    encode_manifest,
    manifest_digest,
    md5_base64,
    md5_hex,
)

ONE = b"""{"version": 1, "contents": {
    "b/\xed\x95\x9c": {"digest": "x", "size": 3, "extra": {"k": 1}},
    "a": {"digest": "y"}
}}"""


def test_a_manifest_written_back_is_the_same_manifest() -> None:
    entries = decode_manifest(ONE)
    assert decode_manifest(encode_manifest(entries)) == entries
    assert entries["b/한"].size_bytes == 3 and entries["b/한"].raw["extra"] == {"k": 1}
    assert entries["a"].size_bytes is None


def test_the_digest_goes_over_paths_in_order_with_their_digests() -> None:
    expected = hashlib.md5("wandb-artifact-manifest-v1\na:y\nb/한:x\n".encode()).hexdigest()
    assert manifest_digest(decode_manifest(ONE)) == expected


def test_paths_that_can_not_lie_in_one_folder_are_refused() -> None:
    check_paths(["a/b", "a/c", "ab", "A/d", "a-b/x", "a/b.c/d"])
    for paths in (["a", "a/b"], ["a/b/c", "a/b"], ["x/Y", "x/y"], ["stra\u00dfe", "strasse"]):
        with pytest.raises(InvalidValue):
            check_paths(paths)


def test_an_md5_is_written_two_ways() -> None:
    digest = hashlib.md5(b"x").hexdigest()
    assert md5_hex(md5_base64(digest)) == digest
    for bad in ("", "x", "AAAA", None, digest):
        with pytest.raises(InvalidValue):
            md5_hex(bad)
    for bad in ("", digest.upper(), digest + "0", "../" + digest[3:]):
        with pytest.raises(InvalidValue):
            md5_base64(bad)
