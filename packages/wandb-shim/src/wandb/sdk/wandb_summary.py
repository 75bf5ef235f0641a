"""``Summary``: Runwell's."""

from __future__ import annotations

from runwell.sdk.summary import Summary as Summary
