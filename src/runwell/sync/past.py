"""The config that a run has on its server already, from earlier or other writers of it."""

from __future__ import annotations

from typing import Any

from runwell.client.connection import Connection
from runwell.client.documents import RUN_RESUME_STATUS
from runwell.wire.errors import AuthenticationError, CommunicationError, InvalidValue
from runwell.wire.numbers import decode_extended


def past_config(connection: Connection, identity: dict[str, Any]) -> dict[str, Any]:
    """Ask for a run's config without the clients' own keys; {} if there is no run, or none that can be read.

    Args:
        identity: ``entity``, ``project`` and ``name`` of the run.

    Raises:
        CommunicationError: there is no answer yet, or no right to one.
    """
    try:
        model = connection.graphql(RUN_RESUME_STATUS, identity).get("model")
        config = model["bucket"]["config"] if model and model.get("bucket") else None
        cells = decode_extended(config) if config else {}
    except CommunicationError as error:
        if error.retryable or isinstance(error, AuthenticationError):
            raise
        return {}
    except (TypeError, KeyError, InvalidValue):
        return {}
    if not isinstance(cells, dict):
        return {}
    return {
        key: cell["value"]
        for key, cell in cells.items()
        if not key.startswith(("_wandb", "_runwell")) and isinstance(cell, dict) and "value" in cell
    }
