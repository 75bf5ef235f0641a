"""Charts: Runwell's."""

from __future__ import annotations

from runwell.sdk.plot import *  # noqa: F403
from runwell.sdk.plot import plot_table as plot_table
