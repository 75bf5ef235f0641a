"""What the SDK says on the terminal: few lines, once per cause, never through the captured streams.

Lines go to stderr's ``write`` as it was before ``capture.console`` took its place, so that they are
neither recorded nor recursed into.
"""

from __future__ import annotations

import os
import sys

PREFIX = "runwell: "

_said: set[str] = set()
_quiet = [False]
_direct: list[int] = []
_MAX_CAUSES = 1_000  # causes remembered; beyond it the process repeats itself rather than grow


def be_quiet(quiet: bool) -> None:
    """Say nothing at all from now on (setting ``silent``), or speak again."""
    _quiet[0] = quiet


def speak_to(fd: int | None) -> None:
    """While stderr's descriptor is redirected: speak to this one, the user's own; None: to the stream again."""
    _direct[:] = [] if fd is None else [fd]


def say(text: str) -> None:
    """Write one line to the terminal; a closed or broken terminal is no error."""
    write_raw(f"{PREFIX}{text}\n")


def write_raw(text: str) -> None:
    """Write text as it is, for progress lines."""
    try:
        stream = sys.stderr
        if stream is None or _quiet[0]:
            return
        if _direct:
            os.write(_direct[0], text.encode("utf-8", "replace"))
            return
        getattr(stream.write, "uncaptured", stream.write)(text)
        stream.flush()
    except Exception:
        pass  # nothing that our own words run into may reach the script


def warn_once(cause: str, text: str) -> bool:
    """Say a warning unless this cause has been said in this process; tells whether it was said."""
    if cause in _said:
        return False
    if len(_said) >= _MAX_CAUSES:
        _said.clear()
    _said.add(cause)
    say(f"warning: {text}")
    return True


def forget() -> None:
    """Let every cause be said again (a new run)."""
    _said.clear()
