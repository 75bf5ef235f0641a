"""Server addresses: their canonical origin, and which of them are this machine. Pure."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit, urlunsplit

from runwell.wire.errors import InvalidValue, shorten

DEFAULT_BASE_URL = "http://127.0.0.1:8080"
_PORTS = {"http": 80, "https": 443}


def origin(url: str) -> str:
    """Give ``scheme://host[:port]`` in lower case, default ports left out; the key of the credentials file.

    Raises:
        InvalidValue: not an http or https address.
    """
    parts = urlsplit(url.strip())
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in _PORTS or not parts.hostname or port == -1:
        raise InvalidValue(f"server address {shorten(url)} isn't http://HOST[:PORT] or https://HOST[:PORT]")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    suffix = "" if port is None or port == _PORTS[parts.scheme] else f":{port}"
    return f"{parts.scheme}://{host.lower()}{suffix}"


def is_loopback(url: str) -> bool:
    """Tell whether an address is this machine, by its name alone (no lookup)."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reachable_url(issued: str, base_url: str) -> str:
    """Give the address under which a byte URL issued by the server at ``base_url`` is reached from here.

    A server that calls itself loopback is seen through a tunnel or forwarded port as often as not:
    its own idea of its address is then worthless here, the address that we reach it by isn't.
    """
    if not is_loopback(issued) or origin(issued) == origin(base_url):
        return issued
    base = urlsplit(base_url)
    parts = urlsplit(issued)
    return urlunsplit((base.scheme, base.netloc, parts.path, parts.query, ""))
