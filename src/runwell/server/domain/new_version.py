"""A version as its writer describes it before its bytes come, and the rules for what he may say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from runwell.wire import names
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import (
    MAX_ARTIFACT_ALIASES,
    MAX_ARTIFACT_METADATA_BYTES,
    MAX_DESCRIPTION_CHARS,
    MAX_TAGS,
)
from runwell.wire.numbers import decode_extended

_MAX_CLIENT_ID = 128


@dataclass(slots=True)
class NewVersion:
    """A version as its writer describes it before its bytes come.

    ``metadata`` is a JSON text. ``client_id`` and ``sequence_client_id``: what the client calls the version and its
    sequence until the server named them. ``deduplicates``: bytes that are a version already make no new one.
    """

    entity: str | None
    project: str | None
    run: str | None
    type: str
    name: str
    digest: str
    digest_algorithm: str = "MANIFEST_MD5"
    aliases: Sequence[str] = ()
    tags: Sequence[str] = ()
    description: str | None = None
    metadata: str | None = None
    ttl_s: int | None = None
    history_step: int | None = None
    client_id: str | None = None
    sequence_client_id: str | None = None
    distributed_id: str | None = None
    deduplicates: bool = True


def read_metadata(text: str | None) -> dict[str, Any]:
    """Read a version's metadata.

    Raises:
        InvalidValue: it is no JSON object, or too large.
    """
    if not text or not text.strip():
        return {}
    if len(text.encode("utf-8", "replace")) > MAX_ARTIFACT_METADATA_BYTES:
        raise InvalidValue(
            f"the metadata has {len(text):,} characters; at most {MAX_ARTIFACT_METADATA_BYTES:,} bytes are kept: "
            "put it into a file of the artifact"
        )
    found = decode_extended(text)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise InvalidValue(f"the metadata must be a JSON object, not {shorten(text)}")
    return found


def check_tags(tags: Iterable[str]) -> list[str]:
    """Check tags and drop repetitions; raises InvalidValue."""
    checked = list(dict.fromkeys(names.tag(tag) for tag in tags))
    if len(checked) > MAX_TAGS:
        raise InvalidValue(f"{len(checked):,} tags; at most {MAX_TAGS:,} are kept")
    return checked


def check_aliases(aliases: Iterable[str]) -> list[str]:
    """Check aliases and drop repetitions; raises InvalidValue."""
    checked = list(dict.fromkeys(names.alias(alias) for alias in aliases))
    if len(checked) > MAX_ARTIFACT_ALIASES:
        raise InvalidValue(f"{len(checked):,} aliases at once; at most {MAX_ARTIFACT_ALIASES:,}")
    return checked


def check_description(text: str) -> str:
    """Check a description; raises InvalidValue."""
    if len(text) > MAX_DESCRIPTION_CHARS:
        raise InvalidValue(f"the description has {len(text):,} characters; at most {MAX_DESCRIPTION_CHARS:,} are kept")
    return text


def check_client_id(text: str | None) -> str | None:
    """Check what a client calls a version; raises InvalidValue."""
    if not text:
        return None
    if len(text) > _MAX_CLIENT_ID or not text.isascii() or not text.isprintable():
        raise InvalidValue(f"{shorten(text)} is no client's id")
    return text
