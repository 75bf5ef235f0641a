"""What config raises."""

from __future__ import annotations

from runwell.wire.errors import ConfigError as ConfigError
