"""Secrets as they are made, checked and stored: keys, login tokens, passwords.

Keys and tokens are random and long, so their SHA-256 is enough at rest; passwords are not, so they get
argon2id. Nothing here is ever logged.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import string
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from runwell.wire.errors import InvalidValue

KEY_CHARS = 40  # what the official client demands after the prefix: 238 random bits
MAX_KEY_CHARS = 512
MIN_PASSWORD_CHARS = 8
MAX_PASSWORD_CHARS = 1_024  # argon2 reads all of it
_ALPHABET = string.ascii_letters + string.digits
_KEY = re.compile(r"[\w-]{40,512}", re.ASCII)
_hasher = PasswordHasher()  # argon2id with the library's parameters: 64 MiB, 3 passes
# 64 MiB each: this many checks at a time bound what a crowd at the login can make us use.
_hashing = threading.BoundedSemaphore(2)


def _hash_of_nobody() -> str:
    """Make up a hash that no password has: checking one against it takes as long as any, making one would too."""

    def random(size_bytes: int) -> str:
        return base64.b64encode(secrets.token_bytes(size_bytes)).rstrip(b"=").decode()

    costs = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${costs}${random(_hasher.salt_len)}${random(_hasher.hash_len)}"


_NOBODY = _hash_of_nobody()  # for unknown users


def new_key() -> str:
    """Make an API key: ``local-`` and 40 random letters and digits."""
    return "local-" + "".join(secrets.choice(_ALPHABET) for _ in range(KEY_CHARS))


def check_key(key: str) -> str:
    """Check a key that somebody brought.

    Raises:
        InvalidValue: the official client would refuse it, or it is too short to be random.
    """
    if not _KEY.fullmatch(key):
        raise InvalidValue(
            f"an API key has {KEY_CHARS} to {MAX_KEY_CHARS} letters, digits, '_' or '-'; this one has {len(key)}"
        )
    return key


def could_be_key(key: str) -> bool:
    """Tell whether it is worth looking up."""
    return _KEY.fullmatch(key) is not None


def digest(secret: str) -> bytes:
    """Give what is stored of a key or token."""
    return hashlib.sha256(secret.encode()).digest()


def shown_prefix(key: str) -> str:
    """Give as much of a key as a list may show."""
    return key[:10] if key.startswith("local-") else key[:4]


def new_token() -> str:
    """Make a one-time login token: 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_password(password: str) -> str:
    """Hash a password for storing.

    Raises:
        InvalidValue: it is too short or too long.
    """
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS or not password.strip():
        raise InvalidValue(
            f"a password has {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS:,} characters; this one has {len(password)}"
        )
    with _hashing:
        return _hasher.hash(password)


def password_fits(stored: str | None, password: str) -> bool:
    """Check a password in about 50 ms, whether or not there is one to check against."""
    if not password or len(password) > MAX_PASSWORD_CHARS:
        return False
    with _hashing:
        try:
            return _hasher.verify(stored or _NOBODY, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False
