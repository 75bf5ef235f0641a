"""What every logged medium is."""

from __future__ import annotations

from runwell.sdk.media.media import Media as WBValue

__all__ = ["WBValue"]
