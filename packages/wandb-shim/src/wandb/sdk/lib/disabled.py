"""The run of mode disabled."""

from __future__ import annotations

from runwell.sdk.disabled import DisabledRun as RunDisabled

__all__ = ["RunDisabled"]
