"""Keeps secrets out of what is recorded without being asked: command lines, config values.

Source: design page reliability-security, rows L2 and L3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

HIDDEN = "***"
# Texts, compiled when one is first needed (`re` keeps them): most command lines need none, and compiling takes a
# millisecond of the run's beginning.
_TELLING_NAME = (
    r"(?i)(^|[._\-])(password|passwd|passphrase|secret|client[_-]?secret|api[_-]?key|apikey|access[_-]?key|secret[_-]?key|"
    r"private[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|hf[_-]?token|credentials?)$"
)
_MAYBE_TELLING = r"(?i)(^|[._\-])(token|key|auth)$"
_LONG_AND_ODD = r"^[A-Za-z0-9_\-+/=.]{20,}$"
_BEGINNINGS = ("AKIA", "gh", "hf_", "sk-", "xox", "glpat-", "local-", "eyJ")  # of the known forms
_KNOWN_FORM = (
    r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|hf_[A-Za-z0-9]{30,}|sk-[A-Za-z0-9_\-]{20,}|"
    r"xox[baprs]-[A-Za-z0-9\-]{10,}|glpat-[A-Za-z0-9_\-]{20,}|local-[A-Za-z0-9]{40,}|"
    r"eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]+"
)
_URL_USERINFO = r"(://)[^/@\s]{1,1000}@"


def hide_in_text(text: str) -> str:
    """Replace what is plainly a secret inside a text, and the user part of addresses."""
    shown = re.sub(_KNOWN_FORM, HIDDEN, text) if any(mark in text for mark in _BEGINNINGS) else text
    return re.sub(_URL_USERINFO, rf"\1{HIDDEN}@", shown) if "://" in shown else shown


def hide_secrets(name: str, value: Any) -> Any:
    """Give a JSON-like value with secrets replaced, judged by the names above them and by their look."""
    if isinstance(value, str):
        if value and re.search(_TELLING_NAME, name):
            return HIDDEN
        if re.search(_MAYBE_TELLING, name) and re.match(_LONG_AND_ODD, value):
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
        elif equals and (re.search(_TELLING_NAME, bare) or (re.search(_MAYBE_TELLING, bare) and value)):
            shown.append(f"{name}={HIDDEN}")
        else:
            shown.append(hide_in_text(argument))
        hide_next = (
            argument.startswith("-")
            and not equals
            and bool(re.search(_TELLING_NAME, bare) or re.search(_MAYBE_TELLING, bare))
        )
    return shown
