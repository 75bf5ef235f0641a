"""Finds what looks like a secret in command lines and addresses, and masks it. Pure.

A mask too many costs a word on the Overview page; one too few costs a key.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

MASK = "***"

_SECRET_NAME = re.compile(
    r"(api|access|private|secret|auth|ssh|encryption|wandb|runwell|hf|aws)[-_.]?(key|token)|(^|[-_.])(key|token)$|"
    r"token|secret|passw|pwd|credential|authorization|bearer|cookie",
    re.IGNORECASE,
)
# Names that look alike and hold numbers or words of modelling.
_HARMLESS_NAME = re.compile(
    r"token(s|izer|ization|_?type|_?id|_?count|_?len|_?limit|_?budget)|max[-_]?token", re.IGNORECASE
)
_KNOWN_SECRET = re.compile(
    r"(AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|hf_[A-Za-z0-9]{20,}|sk-[\w-]{20,}|"
    r"xox[abprs]-[\w-]{10,}|glpat-[\w-]{15,}|eyJ[\w-]{10,}\.[\w-]{10,}\.|-----BEGIN|local-[A-Za-z0-9_]{40,}|\b[0-9a-f]{40}\b"
)
_ASSIGNMENT = re.compile(r"^(-{0,2})([A-Za-z_][\w.-]*)=(.*)$", re.DOTALL)
_RANDOM_LOOKING = re.compile(r"^[A-Za-z0-9+/_=-]{24,}$")
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")
_RANDOM_BITS = 3.9  # Shannon bits a character: English words and paths lie below, base64 keys above


def mask_arguments(arguments: Sequence[str]) -> list[str]:
    """Give a command line's arguments with secrets masked: by their option's name, or by their look."""
    masked: list[str] = []
    next_is_secret = False
    for argument in arguments:
        if next_is_secret and not argument.startswith("-"):
            masked.append(MASK)
            next_is_secret = False
            continue
        next_is_secret = False
        assigned = _ASSIGNMENT.match(argument)
        if assigned:
            dashes, name, value = assigned.groups()
            masked.append(f"{dashes}{name}={MASK if value and is_secret_name(name) else mask_text(value)}")
        else:
            next_is_secret = argument.startswith("-") and is_secret_name(argument.lstrip("-"))
            masked.append(mask_text(argument))
    return masked


def is_secret_name(name: str) -> bool:
    """Tell whether an option or variable of that name holds a secret."""
    return bool(_SECRET_NAME.search(name)) and not _HARMLESS_NAME.search(name)


def mask_text(text: str) -> str:
    """Give ``text``, or the mask if it looks like a key; the user part of addresses is dropped."""
    text = _USERINFO.sub("", text)
    if _KNOWN_SECRET.search(text) or _looks_random(text):
        return MASK
    return text


def clean_remote(remote: str) -> str:
    """Give a git remote's address without user, password, query and fragment: ``https://host/path``."""
    scp_like = re.match(r"^(?:[^/@\s]+@)?([\w.-]+):(?!//)(.+)$", remote)
    if scp_like and "://" not in remote:
        return f"https://{scp_like[1]}/{scp_like[2].lstrip('/')}"
    parts = urlsplit(remote)
    if not parts.hostname:
        return remote if "@" not in remote else ""
    try:
        port = parts.port
    except ValueError:
        port = None
    is_ssh = parts.scheme in ("ssh", "git", "git+ssh")
    host = parts.hostname if port is None or is_ssh else f"{parts.hostname}:{port}"
    return f"{'https' if is_ssh else parts.scheme}://{host}{parts.path}"


def _looks_random(text: str) -> bool:
    if not _RANDOM_LOOKING.match(text) or ("/" in text.strip("/") and text.count("/") > 1):
        return False
    has_kinds = sum(bool(re.search(kind, text)) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    if has_kinds < 3:
        return False
    counts = Counter(text)
    bits = -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
    return bits >= _RANDOM_BITS
