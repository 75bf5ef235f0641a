"""Lines for the terminal, on standard error; silent where scripts ask for silence."""

from __future__ import annotations

import os
import sys
from typing import Any

_once: set[str] = set()
_TRUE = ("1", "true", "yes", "on")


def _say(prefix: str, text: Any, repeat: bool, newline: bool = True) -> None:
    said = f"{prefix}{text}"
    if os.environ.get("RUNWELL_SILENT", os.environ.get("WANDB_SILENT", "")).strip().lower() in _TRUE:
        return
    if not repeat:
        if said in _once:
            return
        if len(_once) < 1_000:
            _once.add(said)
    print(f"wandb: {said}", file=sys.stderr, end="\n" if newline else "")


def termlog(string: Any = "", newline: bool = True, repeat: bool = True, **_: Any) -> None:
    """Say something."""
    _say("", string, repeat, newline)


def termwarn(string: Any = "", newline: bool = True, repeat: bool = True, **_: Any) -> None:
    """Say a warning."""
    _say("warning: ", string, repeat, newline)


def termerror(string: Any = "", newline: bool = True, repeat: bool = True, **_: Any) -> None:
    """Say an error."""
    _say("error: ", string, repeat, newline)


def termsetup(*_: Any, **__: Any) -> None:
    """Do nothing: where lines go isn't changed."""
