"""``Html``: Runwell's."""

from __future__ import annotations

from runwell.sdk.media.html import Html as Html
