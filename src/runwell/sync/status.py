"""``sync/status.json``: what delivery is doing, for ``finish()``, ``runwell status`` and people."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import orjson

from runwell.wire import records
from runwell.wire.limits import STATUS_EVERY_S

from .disk import replace_file

State = Literal["starting", "sending", "waiting", "refused", "done"]


@dataclass(slots=True)
class Status:
    """The state of delivery.

    Attributes:
        state: "starting" | "sending" | "waiting" (for a server) | "refused" (needs the user) | "done" (everything up
            to and including the end of the run is acknowledged).
        sent_bytes, total_bytes: of all journals.
        artifact_sent_bytes, artifact_total_bytes: of the files of the version that is being uploaded; 0 without one.
        unsent_rows: history rows that aren't acknowledged.
        message: one sentence for the user, or empty.
        server: address; run_url: the run's page, once known.
        at: seconds since the epoch.
    """

    state: State = "starting"
    sent_bytes: int = 0
    total_bytes: int = 0
    artifact_sent_bytes: int = 0
    artifact_total_bytes: int = 0
    unsent_rows: int = 0
    message: str = ""
    server: str = ""
    run_url: str | None = None
    display_name: str | None = None
    at: float = 0.0


class StatusFile:
    """Writes a run directory's status: whenever the state changes, otherwise at most once in ``STATUS_EVERY_S``."""

    def __init__(self, run_dir: Path) -> None:
        self._path = run_dir / records.STATUS_FILE
        self._written = 0.0
        self._shown: tuple[str, str] = ("", "")

    def is_due(self, state: str, message: str) -> bool:
        """Tell whether a status of this state would be written now."""
        return (state, message) != self._shown or time.monotonic() - self._written >= STATUS_EVERY_S

    def show(self, status: Status) -> None:
        """Write the status; a disk that refuses is no reason to stop delivering."""
        self._shown, self._written = (status.state, status.message), time.monotonic()
        status.at = time.time()
        try:
            replace_file(self._path, orjson.dumps(asdict(status)), durable=False)
        except OSError:
            pass


def read_status(run_dir: Path) -> dict[str, Any] | None:
    """Give the latest status of a run directory; None if it has none."""
    try:
        document = orjson.loads((run_dir / records.STATUS_FILE).read_bytes())
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None
