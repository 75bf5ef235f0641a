"""The errors that users meet, as one tree.

    RunwellError
    ├── UsageError             the call is wrong: raised where it was made
    │   ├── ConfigError        a config key was overwritten without allow_val_change
    │   └── FinishedRunError   log() or another write after finish()
    ├── InvalidValue           a name, key, step or value breaks a rule of ``names``/``rows``
    ├── JournalDamage          bytes of a journal that no reader can trust (never raised while scanning)
    └── CommunicationError     the few calls that must ask a server got no usable answer
        ├── AuthenticationError
        └── ServerUnreachable

Each message says what happened, the value (shortened), the limit, and what to do next.
"""

from __future__ import annotations


class RunwellError(Exception):
    """The root of everything this package raises on purpose."""


class UsageError(RunwellError):
    """A call that can't mean anything: fix the script."""


class ConfigError(UsageError):
    """A config key was set twice with different values and without ``allow_val_change=True``."""


class FinishedRunError(UsageError):
    """The run was written to after ``finish()``."""


class InvalidValue(RunwellError, ValueError):
    """A name, key, step or value that breaks a written rule."""


class JournalDamage(RunwellError):
    """Bytes of a journal that failed their check."""


class CommunicationError(RunwellError):
    """A server gave no usable answer within the time allowed.

    Attributes:
        retryable: the same request may succeed later; False: it never will as it stands.
        retry_after_s: how long the server asked to wait, already capped; None: it didn't say.
        status: the HTTP status, None if no answer came.
    """

    def __init__(
        self,
        message: str,
        *,
        retryable: bool = False,
        retry_after_s: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        self.status = status


class AuthenticationError(CommunicationError):
    """The server does not know the key, or there is none."""


class ServerUnreachable(CommunicationError):
    """Nothing answers at the server's address."""


def kind_of(value: object, *, itself: bool = False) -> str:
    """Give the name of a value's type (``itself``: of the type that it is), whatever a metaclass makes of that name."""
    return type.__dict__["__name__"].__get__(value if itself else type(value))


def shorten(value: object, limit: int = 60) -> str:
    """Give ``repr(value)`` in at most ``limit`` characters, cut in the middle."""
    try:
        text = str.__str__(repr(value))
    except Exception:
        text = f"<{kind_of(value)}>"
    if len(text) <= limit:
        return text
    head = (limit - 1) * 2 // 3
    return f"{text[:head]}…{text[-(limit - 1 - head) :]}"
