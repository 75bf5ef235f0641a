"""What a script says of a version, made plain: its metadata as JSON holds it, its description as text."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.foreign import is_a, plain_document, text_of
from runwell.wire.limits import MAX_DESCRIPTION_CHARS

log = logging.getLogger("runwell.artifacts")

_MAX_INT_BITS = 1_024


def plain_mapping(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Give metadata as JSON holds it: numbers of numpy and torch as numbers, the rest as it is or as its text.

    What can't be read is named in its place, and told to the log ``runwell.artifacts``.

    Raises:
        InvalidValue: it is no mapping.
    """
    if values is None:
        return {}
    if not is_a(values, Mapping):
        raise InvalidValue(f"metadata must be a mapping, not {shorten(values)}")
    reasons: list[str] = []
    made = plain_document(values, "metadata", partial(_plain, reasons.append), reasons.append)
    if reasons:  # a version's metadata has no counters, so who logs it is told
        log.warning(
            "%s of an artifact's metadata can't be kept, and %s in place of it: %s",
            "1 value" if len(reasons) == 1 else f"{len(reasons):,} values",
            "a text stands" if len(reasons) == 1 else "texts stand",
            reasons[0],
        )
    return made


def _plain(cut: Callable[[str], None], value: Any) -> Any:
    kind = type(value)
    plain = partial(_plain, cut)
    if value is None or kind in (bool, float, str):
        return value
    for name in ("tolist", "item"):
        if callable(getattr(value, name, None)):
            made = getattr(value, name)()
            if type(made) is list:
                return plain_document(made, "metadata", plain, cut)
            return made if type(made) in (bool, int, float, str) else text_of(made, MAX_DESCRIPTION_CHARS)
    if is_a(value, bool, int):
        exact = int.__int__(value)
        if exact.bit_length() < _MAX_INT_BITS:
            return exact
        cut(f"an integer of {exact.bit_length():,} bits; at most {_MAX_INT_BITS:,} are kept")
        return f"<an integer of {exact.bit_length():,} bits>"
    if is_a(value, float):
        return float.__float__(value)
    if is_a(value, str):
        return text_of(value)
    if is_a(value, set, frozenset):
        return [plain_document(one, "metadata", plain, cut) for one in value]
    return text_of(str(value), MAX_DESCRIPTION_CHARS)


def checked_description(text: str | None) -> str | None:
    if text is None:
        return None
    if not is_a(text, str) or str.__len__(text) > MAX_DESCRIPTION_CHARS:
        raise InvalidValue(f"a description is text of at most {MAX_DESCRIPTION_CHARS:,} characters")
    return text_of(text)
