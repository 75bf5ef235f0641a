"""What a user may set for himself: names, values, defaults and bounds."""

from __future__ import annotations

from typing import Any

from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.numbers import encode_extended

DEFAULT_SETTINGS: dict[str, Any] = {"code_saving": False, "theme": "system", "language": "system", "ui": {}}
_CHOICES = {"theme": ("system", "light", "dark"), "language": ("system", "en", "ko")}
MAX_UI_SETTINGS_BYTES = 64 * 1024  # what only the page knows of: keys, density


def check_settings(changes: dict[str, Any]) -> None:
    """Let only settings go on that there are, with values that they take.

    Raises:
        InvalidValue: a setting or value that doesn't exist.
    """
    for name, value in changes.items():
        if name not in DEFAULT_SETTINGS:
            raise InvalidValue(f"there is no setting {shorten(name)}; there are {', '.join(DEFAULT_SETTINGS)}")
        if name == "code_saving" and not isinstance(value, bool):
            raise InvalidValue(f"code_saving is true or false, not {shorten(value)}")
        if name in _CHOICES and value not in _CHOICES[name]:
            raise InvalidValue(f"{name} is one of {', '.join(_CHOICES[name])}, not {shorten(value)}")
        if name == "ui":
            if not isinstance(value, dict):
                raise InvalidValue(f"ui is an object, not {shorten(value)}")
            if len(encode_extended(value)) > MAX_UI_SETTINGS_BYTES:
                raise InvalidValue(f"ui settings are larger than {MAX_UI_SETTINGS_BYTES:,} bytes")
