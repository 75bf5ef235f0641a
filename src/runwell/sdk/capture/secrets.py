"""Keeps secrets out of what is recorded without being asked: command lines, config values.

Source: design page reliability-security, rows L2 and L3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

HIDDEN = "***"
_SECRET_NAME = re.compile(
    r"(^|[._\-])(password|passwd|passphrase|secret|client[_-]?secret|api[_-]?key|apikey|access[_-]?key|secret[_-]?key|"
    r"private[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|hf[_-]?token|credentials?)$",
    re.IGNORECASE,
)
_MAYBE_SECRET_NAME = re.compile(r"(^|[._\-])(token|key|auth)$", re.IGNORECASE)
_LONG_TOKEN = re.compile(r"^[A-Za-z0-9_\-+/=.]{20,}$")
_KNOWN_SECRET = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|hf_[A-Za-z0-9]{30,}|sk-[A-Za-z0-9_\-]{20,}|"
    r"xox[baprs]-[A-Za-z0-9\-]{10,}|glpat-[A-Za-z0-9_\-]{20,}|local-[A-Za-z0-9]{40,}|"
    r"eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]+"
)
_URL_USERINFO = re.compile(r"(://)[^/@\s]{1,1000}@")


def hide_in_text(text: str) -> str:
    """Replace what is plainly a secret inside a text, and the user part of addresses."""
    shown = _KNOWN_SECRET.sub(HIDDEN, text)
    return _URL_USERINFO.sub(rf"\1{HIDDEN}@", shown) if "://" in shown else shown


def hide_secrets(name: str, value: Any) -> Any:
    """Give a JSON-like value with secrets replaced, judged by the names above them and by their look."""
    if isinstance(value, str):
        if value and _SECRET_NAME.search(name):
            return HIDDEN
        if _MAYBE_SECRET_NAME.search(name) and _LONG_TOKEN.match(value):
            return HIDDEN
        return hide_in_text(value)
    if isinstance(value, dict):
        return {key: hide_secrets(key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [hide_secrets(name, inner) for inner in value]
    return value


def hide_in_arguments(arguments: Sequence[str]) -> list[str]:
    """Give a command line with secret values replaced: ``--api-key K``, ``--api-key=K``, ``KEY=…``."""
    shown: list[str] = []
    hide_next = False
    for argument in arguments:
        name, equals, value = argument.partition("=")
        bare = name.lstrip("-")
        if hide_next and not argument.startswith("-"):
            shown.append(HIDDEN)
        elif equals and (_SECRET_NAME.search(bare) or (_MAYBE_SECRET_NAME.search(bare) and value)):
            shown.append(f"{name}={HIDDEN}")
        else:
            shown.append(hide_in_text(argument))
        hide_next = (
            argument.startswith("-")
            and not equals
            and bool(_SECRET_NAME.search(bare) or _MAYBE_SECRET_NAME.search(bare))
        )
    return shown
