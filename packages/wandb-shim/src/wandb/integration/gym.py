"""Videos of episodes: Runwell's."""

from __future__ import annotations

from runwell.integrations.gymnasium import monitor as monitor

__all__ = ["monitor"]
