"""``Table``: Runwell's."""

from __future__ import annotations

from runwell.sdk.media.table import Table as Table
