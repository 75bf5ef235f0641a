"""Which server is meant where none is named: the variable, the project's file, the user's file, this machine's.

The order and the files are those of the SDK's settings, of which a reader of runs needs this one line.
"""

from __future__ import annotations

import os
from pathlib import Path

from .addresses import DEFAULT_BASE_URL
from .credentials import config_dir

_MAX_FILE_CHARS = 1024 * 1024


def default_base_url() -> str:
    """Give the address of the configured server, without a slash at its end."""
    named = os.environ.get("RUNWELL_BASE_URL")
    for path in (Path("runwell.toml"), Path("runwell/settings"), config_dir() / "settings"):
        named = named or _base_url_in(path)
    return (named or DEFAULT_BASE_URL).strip().rstrip("/")


def _base_url_in(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8") as file:
            lines = file.read(_MAX_FILE_CHARS).splitlines()
    except (OSError, ValueError):
        return None
    for line in lines:
        name, equals, value = line.partition("=")
        if equals and name.strip() == "base_url":
            return value.split(" #", 1)[0].strip().strip("\"'")
    return None
