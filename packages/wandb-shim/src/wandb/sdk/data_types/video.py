"""``Video``: Runwell's."""

from __future__ import annotations

from runwell.sdk.media.video import Video as Video
