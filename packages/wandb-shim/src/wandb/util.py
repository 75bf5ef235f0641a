"""The few functions of ``wandb.util`` that libraries call."""

from __future__ import annotations

import importlib
import json
import re
from typing import Any

from runwell.sdk.identity import new_run_id

_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_\-.]")


def generate_id(length: int = 8) -> str:
    """Give random digits and small letters."""
    text = ""
    while len(text) < length:
        text += new_run_id()
    return text[:length]


def get_module(name: str, required: str | bool | None = None, lazy: bool = True) -> Any:
    """Import a module; None, or an error with this text, if it isn't there."""
    try:
        return importlib.import_module(name)
    except ImportError:
        if required:
            from wandb.errors import Error

            raise Error(required if isinstance(required, str) else f"{name} isn't installed") from None
        return None


def make_artifact_name_safe(name: str) -> str:
    """Give a name that an artifact may have."""
    cleaned = _NOT_IN_NAMES.sub("_", name)
    return cleaned if len(cleaned) <= 128 else f"{cleaned[:63]}..{cleaned[-63:]}"


def add_import_hook(fullname: str, on_import: Any) -> None:
    """Call ``on_import`` with a module, now if it can be imported."""
    module = get_module(fullname)
    if module is not None:
        on_import(module)


def json_friendly(value: Any) -> tuple[Any, bool]:
    """Give a value as JSON takes it, and whether it was changed."""
    for method in ("tolist", "item"):
        if hasattr(value, method):
            return getattr(value, method)(), True
    if isinstance(value, (set, frozenset)):
        return list(value), True
    return value, False


def json_dumps_safer(value: Any, **options: Any) -> str:
    """Encode as JSON; what JSON doesn't have becomes text."""

    def plain(one: Any) -> Any:
        friendly, changed = json_friendly(one)
        return friendly if changed else str(one)

    return json.dumps(value, default=plain, **options)


json_dumps_safer_history = json_dumps_safer


def to_forward_slash_path(path: str) -> str:
    """Give a path with forward slashes."""
    return path.replace("\\", "/")
