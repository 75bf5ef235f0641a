"""The errors of this package: Runwell's, under the names that callers catch."""

from __future__ import annotations

from runwell.wire.errors import AuthenticationError as AuthenticationError
from runwell.wire.errors import CommunicationError as CommError
from runwell.wire.errors import ConfigError as ConfigError
from runwell.wire.errors import RunwellError as Error
from runwell.wire.errors import UsageError as UsageError

WandbCoreNotAvailableError = Error


class UnsupportedError(Error):
    """What was asked for isn't there."""


__all__ = ["AuthenticationError", "CommError", "ConfigError", "Error", "UnsupportedError", "UsageError"]
