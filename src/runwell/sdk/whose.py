"""Whose runs a server will take these for: the user that the credentials file names, without importing the client.

A key from the environment may be anybody's; only the server can tell, and the companion's status says it then.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import orjson

from runwell.wire.names import DEFAULT_ENTITY

from .settings import config_dir

_PORTS = {"http": 80, "https": 443}


def likely_entity(base_url: str) -> str | None:
    """Give the entity that a server will put runs of this user under; None if only the server knows."""
    entry = _stored(base_url)
    user, stored_key = entry.get("user"), entry.get("api_key")
    given_key = os.environ.get("RUNWELL_API_KEY")
    if given_key and given_key != stored_key:
        return None
    if isinstance(user, str) and user:
        return user
    return None if stored_key else DEFAULT_ENTITY  # without any key: the server that is yet to be started here


def _stored(base_url: str) -> dict[str, object]:
    try:
        with open(os.path.join(config_dir(), "credentials.json"), "rb") as file:
            entry = orjson.loads(file.read())["servers"].get(_origin(base_url))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return entry if isinstance(entry, dict) else {}


def _origin(base_url: str) -> str:
    """Give the address as the credentials file has it; the same as ``client.addresses.origin``."""
    parts = urlsplit(base_url.strip())
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    return f"{parts.scheme}://{host}" + ("" if port is None or port == _PORTS.get(parts.scheme) else f":{port}")
