"""Sessions of the web UI: one signed cookie, and the delays that make guessing passwords pointless.

The cookie holds user id and session epoch, signed with a secret of this server; nothing is kept on the server,
so a restart ends no session, and raising a user's epoch ends them all.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from itsdangerous import BadSignature, URLSafeTimedSerializer

from .refusals import Refusal

COOKIE = "runwell_session"
# Tells scripts of the page that somebody is logged in, so that they don't have to ask first. It opens nothing.
MARK = "runwell_known"
SESSION_S = 30 * 24 * 3600  # a browser left alone for a month logs in again
FREE_FAILURES = 5  # wrong passwords before the first wait
MAX_DELAY_S = 30.0
MAX_REMEMBERED = 10_000  # (address, account) pairs whose failures are remembered
FORGET_AFTER_S = 900.0


class Sessions:
    """Signs and reads the session cookie.

    Args:
        secret: of this server, stable over restarts.
    """

    def __init__(self, secret: bytes) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt="runwell.session")

    def cookie(self, user_id: int, epoch: int, secure: bool) -> str:
        """Give the Set-Cookie header that opens a session."""
        value = self._serializer.dumps([user_id, epoch])
        return _set_cookie(COOKIE, value if isinstance(value, str) else value.decode(), SESSION_S, secure)

    def ended_cookie(self, secure: bool) -> str:
        """Give the Set-Cookie header that ends a session."""
        return _set_cookie(COOKIE, "", 0, secure)

    def mark(self, is_open: bool, secure: bool) -> str:
        """Give the Set-Cookie header that tells the page's scripts whether a session is open."""
        return _set_cookie(MARK, "1" if is_open else "", SESSION_S if is_open else 0, secure, for_scripts=True)

    def read(self, headers: list[tuple[bytes, bytes]]) -> tuple[int, int] | None:
        """Give (user id, epoch) of the cookie among ``headers``; None: there is none that counts."""
        for name, value in headers:
            if name != b"cookie":
                continue
            for pair in value.decode("latin-1").split(";"):
                key, _, text = pair.strip().partition("=")
                if key == COOKIE and text:
                    try:
                        user_id, epoch = self._serializer.loads(text, max_age=SESSION_S)
                        return int(user_id), int(epoch)
                    except (BadSignature, ValueError, TypeError):
                        return None
        return None


def _set_cookie(name: str, value: str, max_age_s: int, secure: bool, for_scripts: bool = False) -> str:
    parts = [
        f"{name}={value}",
        "Path=/",
        f"Max-Age={max_age_s}",
        *([] if for_scripts else ["HttpOnly"]),
        "SameSite=Lax",
    ]
    return "; ".join([*parts, "Secure"] if secure else parts)


class LoginDelays:
    """Makes each wrong login from one address to one account cost more time than the one before.

    A caller inside its wait is refused before the password is looked at, so that guessing costs the server nothing.
    Bounded: the oldest pairs are forgotten.
    """

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, address: str, account: str) -> None:
        """Let the attempt pass.

        Raises:
            Refusal: 429 with Retry-After, the caller must wait first.
        """
        with self._lock:
            count, last = self._failures.get((address, account), (0, 0.0))
        if count < FREE_FAILURES:
            return
        wait_s = last + min(MAX_DELAY_S, 2.0 ** (count - FREE_FAILURES)) - time.monotonic()
        if wait_s > 0:
            raise Refusal(
                429,
                f"too many wrong logins; try again in {wait_s:.0f} s",
                {"Retry-After": str(max(1, round(wait_s)))},
            )

    def failed(self, address: str, account: str) -> None:
        """Count a wrong login."""
        now = time.monotonic()
        with self._lock:
            count, last = self._failures.pop((address, account), (0, now))
            if now - last > FORGET_AFTER_S:
                count = 0
            self._failures[address, account] = (count + 1, now)
            while len(self._failures) > MAX_REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, address: str, account: str) -> None:
        """Forget the failures before a right login."""
        with self._lock:
            self._failures.pop((address, account), None)
