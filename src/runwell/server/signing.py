"""Issued byte addresses: a URL that carries the right to one request, and to no other.

The signature covers method, path, size (where it is known) and expiry, so a URL given out for a PUT of one file
reads nothing, writes no other file, no longer file, and nothing after ``SIGNED_URL_S``.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import urlsafe_b64encode
from urllib.parse import parse_qsl, quote, urlencode

from runwell.wire.limits import SIGNED_URL_S


class SignedAddresses:
    """Issues and checks signed paths.

    Args:
        secret: of this server, stable over restarts.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, method: str, path: str, size_bytes: int | None = None) -> str:
        """Give ``path`` (decoded) percent-encoded, with a query that lets anyone who holds it do ``method`` on it."""
        expires = int(time.time()) + SIGNED_URL_S
        size = "" if size_bytes is None else str(size_bytes)
        query = {"expires": str(expires), **({"size": size} if size else {})}
        query["signature"] = self._sign(method, path, str(expires), size)
        return f"{quote(path, safe='/')}?{urlencode(query)}"

    def check(self, method: str, path: str, query_string: bytes, length: int | None) -> bool:
        """Tell whether the query holds a signature for exactly this request, not expired.

        Args:
            path: decoded.
            length: the Content-Length, None where the request has no body or does not say.
        """
        try:
            pairs = parse_qsl(query_string.decode("ascii"), strict_parsing=True, max_num_fields=8)
        except ValueError:
            return False
        query = dict(pairs)
        if len(query) != len(pairs):
            return False
        expires, size = query.get("expires", ""), query.get("size", "")
        expected = self._sign("GET" if method == "HEAD" else method, path, expires, size)
        if not hmac.compare_digest(expected.encode(), query.get("signature", "").encode()):
            return False
        if not expires.isdigit() or int(expires) < time.time():
            return False
        return not size or length == int(size)

    def _sign(self, method: str, path: str, expires: str, size: str) -> str:
        text = "\n".join([method, path, expires, size])
        digest = hmac.new(self._secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()
