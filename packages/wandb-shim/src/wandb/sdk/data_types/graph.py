"""``Graph``: Runwell's."""

from __future__ import annotations

from runwell.sdk.media.graph import Graph as Graph
