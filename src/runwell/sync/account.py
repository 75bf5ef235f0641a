"""What a server knows of the user whose key sends a run."""

from __future__ import annotations

import orjson

from runwell.client.connection import Connection
from runwell.client.credentials import key_for
from runwell.client.default_server import DEFAULT_BASE_URL
from runwell.client.documents import VIEWER
from runwell.wire.errors import CommunicationError, RunwellError

ASK_S = 3.0  # the switch is a kindness: a server that takes longer isn't waited for


def code_saving_switch(base_url: str) -> bool | None:
    """Ask whether the user wants code kept; None: he never said, or no answer came."""
    server = base_url or DEFAULT_BASE_URL
    try:
        with Connection(server, key_for(server), idle_s=ASK_S) as connection:
            viewer = connection.graphql(VIEWER, {}).get("viewer")
        flags = orjson.loads((viewer or {}).get("flags") or "{}")
        said = flags.get("code_saving_enabled")
    except (CommunicationError, RunwellError, OSError, ValueError, AttributeError):
        return None
    return said if isinstance(said, bool) else None
