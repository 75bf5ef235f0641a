"""An alert as a script gives it, made plain."""

from __future__ import annotations

from enum import Enum
from typing import Any

from runwell.wire.errors import UsageError, shorten
from runwell.wire.foreign import is_a, seconds_of, text_of
from runwell.wire.limits import MAX_ALERT_TEXT_CHARS, MAX_ALERT_TITLE_CHARS

_LEVELS = ("INFO", "WARN", "ERROR")


def alert_record(title: Any, text: Any, level: Any, wait_duration: Any) -> dict[str, Any]:
    """Give the journal's ``alert`` record; arguments as ``Run.alert``. A title or text that is too long is cut.

    Raises:
        UsageError: a level that doesn't exist, or a duration that is none.
    """
    given = level.value if is_a(level, Enum) else level
    named = "INFO" if given is None else text_of(given).upper() or "INFO"
    if named not in _LEVELS:
        raise UsageError(f"alert level {shorten(level)} is none of {', '.join(_LEVELS)}")
    return {
        "title": text_of(title, MAX_ALERT_TITLE_CHARS),
        "text": text_of(text, MAX_ALERT_TEXT_CHARS),
        "level": named,
        "wait_s": seconds_of(wait_duration, "wait_duration"),
    }
