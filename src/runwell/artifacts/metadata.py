"""What a script says of a version, made plain: its metadata as JSON holds it, its description as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.foreign import is_a, plain_document, text_of
from runwell.wire.limits import MAX_DESCRIPTION_CHARS


def plain_mapping(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Give metadata as JSON holds it: numbers of numpy and torch as numbers, the rest as it is or as its text.

    Raises:
        InvalidValue: it is no mapping.
    """
    if values is None:
        return {}
    if not is_a(values, Mapping):
        raise InvalidValue(f"metadata must be a mapping, not {shorten(values)}")
    return plain_document(values, "metadata", _plain, _unheard)


def _unheard(why: str) -> None:
    """What can't be read is named in its place: a version's metadata has no counters."""


def _plain(value: Any) -> Any:
    kind = type(value)
    if value is None or kind in (bool, float, str):
        return value
    for name in ("tolist", "item"):
        if callable(getattr(value, name, None)):
            made = getattr(value, name)()
            if type(made) is list:
                return plain_document(made, "metadata", _plain, _unheard)
            return made if type(made) in (bool, int, float, str) else text_of(made, MAX_DESCRIPTION_CHARS)
    if is_a(value, bool, int):
        exact = int.__int__(value)
        return exact if exact.bit_length() < 1_024 else f"<an integer of {exact.bit_length():,} bits>"
    if is_a(value, float):
        return float.__float__(value)
    if is_a(value, str):
        return text_of(value)
    if is_a(value, set, frozenset):
        return [plain_document(one, "metadata", _plain, _unheard) for one in value]
    return text_of(str(value), MAX_DESCRIPTION_CHARS)


def checked_description(text: str | None) -> str | None:
    if text is None:
        return None
    if not is_a(text, str) or str.__len__(text) > MAX_DESCRIPTION_CHARS:
        raise InvalidValue(f"a description is text of at most {MAX_DESCRIPTION_CHARS:,} characters")
    return text_of(text)
