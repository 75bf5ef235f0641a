"""How urgent an alert is."""

from __future__ import annotations

from enum import Enum


class AlertLevel(Enum):
    """The three levels of ``alert``."""

    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"
