"""``Image``: Runwell's."""

from __future__ import annotations

from runwell.sdk.media.image import Image as Image
