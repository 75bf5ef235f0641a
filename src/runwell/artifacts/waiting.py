"""Waiting for sync to say what became of a version: bounded, by looking at a file."""

from __future__ import annotations

import os
import time
from typing import Any

import orjson

from runwell.wire import records
from runwell.wire.errors import CommunicationError
from runwell.wire.limits import ARTIFACT_WAIT_S

_EVERY_S = 0.01  # between looks, growing to …
_MOST_S = 0.5
_LATE = 0.05  # … as a part of what was waited already: so much later than it could have been known, at most


def wait_for_result(path: str, name: str, timeout_s: float | None) -> dict[str, Any]:
    """Give what sync wrote of a version.

    Raises:
        CommunicationError: the server refused it, or the time is up.
    """
    timeout_s = ARTIFACT_WAIT_S if timeout_s is None else max(0.0, timeout_s)
    started = time.monotonic()
    while True:
        found = _read(path)
        if found is not None:
            if found.get("error"):
                raise CommunicationError(f"artifact {name!r} was refused: {found['error']}")
            return found
        waited = time.monotonic() - started
        left = timeout_s - waited
        if left <= 0:
            status = _read(os.path.join(os.path.dirname(os.path.dirname(path)), records.STATUS_FILE)) or {}
            said = f" ({status['message']})" if status.get("message") else ""
            raise CommunicationError(
                f"artifact {name!r} isn't on the server after {timeout_s:g} s{said}; it is kept, and sync goes on",
                retryable=True,
            )
        time.sleep(min(max(_EVERY_S, waited * _LATE), _MOST_S, left))


def _read(path: str) -> dict[str, Any] | None:
    try:
        with open(path, "rb") as file:
            found = orjson.loads(file.read())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
