"""The older place of ``wandb.errors``."""

from __future__ import annotations

from wandb.errors import AuthenticationError, CommError, ConfigError, Error, UnsupportedError, UsageError

__all__ = ["AuthenticationError", "CommError", "ConfigError", "Error", "UnsupportedError", "UsageError"]
