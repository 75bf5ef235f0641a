"""What every logged medium is."""

from __future__ import annotations

from runwell.sdk.media.media import Media as Media
