"""The older place of ``Run``."""

from __future__ import annotations

from runwell.sdk.run import Run as Run
