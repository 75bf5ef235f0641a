"""``Settings``: Runwell's."""

from __future__ import annotations

from runwell.sdk.settings import Settings as Settings
