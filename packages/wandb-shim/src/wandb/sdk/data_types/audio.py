"""``Audio``: Runwell's."""

from __future__ import annotations

from runwell.sdk.media.audio import Audio as Audio
