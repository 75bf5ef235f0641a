"""``Config``: Runwell's."""

from __future__ import annotations

from runwell.sdk.config import Config as Config
