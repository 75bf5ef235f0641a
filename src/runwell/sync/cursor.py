"""The cursor: how far each journal of a run directory is on each server.

``sync/cursor.json``, replaced atomically and synced after every acknowledgement. Losing it, or any
older copy of it, only causes resends, which servers treat idempotently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import orjson

from .disk import replace_file

FORMAT = 1
T = TypeVar("T")


@dataclass(slots=True)
class Place:
    """Where one journal stands.

    Attributes:
        writer: the journal's id; another id means another journal under the same file name.
        offset: bytes acknowledged, behind a newline.
        rows, events: acknowledged lines of the writer's history and system metrics: the next line numbers.
    """

    writer: str = ""
    offset: int = 0
    rows: int = 0
    events: int = 0


@dataclass(slots=True)
class Progress:
    """What one server has of the run.

    Attributes:
        entity, project, run, storage_id, display_name: as the server calls them; empty before the first answer.
        places: by journal file name.
        facts: digest of each fact of the run (UpsertBucket variable) as it was last acknowledged.
        files: path → [size in bytes, mtime in ns] of each file as it was last uploaded.
        artifacts: key of a record about an artifact → what became of it.
        left_artifacts: keys of those that could not be delivered although the run has ended: a later sync's.
        left_files: files that could not be sent although the run has ended: a later sync's.
        ended: the end state that the server has acknowledged, "" while there is none.
        rewound: the server was asked to go back in the run, before anything was sent.
        stop_obeyed: the trainer was told once that the server wants it to stop.
        quarantined: lines that the server refused for what they say.
    """

    entity: str = ""
    project: str = ""
    run: str = ""
    storage_id: str = ""
    display_name: str = ""
    places: dict[str, Place] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[int]] = field(default_factory=dict)
    artifacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_artifacts: list[str] = field(default_factory=list)
    left_files: list[str] = field(default_factory=list)
    ended: str = ""
    rewound: bool = False
    stop_obeyed: bool = False
    quarantined: int = 0


class Cursor:
    """The cursor file, seen from one server.

    Args:
        path: ``sync/cursor.json`` of a run directory.
        server: the server's origin; others' progress in the file is kept as it is.
    """

    def __init__(self, path: Path, server: str) -> None:
        self._path = path
        self._server = server
        self._others: dict[str, Any] = {}
        self.progress = self._load()

    def place(self, journal: str, writer: str) -> Place:
        """Give the place of a journal file; a fresh one if another journal had that name."""
        place = self.progress.places.get(journal)
        if place is None or place.writer != writer:
            place = self.progress.places[journal] = Place(writer)
        return place

    def save(self) -> None:
        """Make the progress durable.

        Raises:
            OSError: the disk refused; the older cursor holds, which costs a resend at most.
        """
        document = {"format": FORMAT, "servers": {**self._others, self._server: asdict(self.progress)}}
        replace_file(self._path, orjson.dumps(document), durable=True)

    def forget(self) -> None:
        """Start again from nothing: this server doesn't have the run any more."""
        self.progress = Progress()

    def _load(self) -> Progress:
        try:
            document = orjson.loads(self._path.read_bytes())
            servers = document["servers"] if document["format"] == FORMAT else {}
        except (OSError, ValueError, KeyError, TypeError):
            return Progress()
        if not isinstance(servers, dict):
            return Progress()
        self._others = {name: kept for name, kept in servers.items() if name != self._server}
        try:
            mine = servers.get(self._server) or {}
            progress = _known(Progress, mine)
            progress.places = {name: _known(Place, place) for name, place in mine.get("places", {}).items()}
        except (TypeError, AttributeError):
            return Progress()
        return progress


def _known(kind: type[T], values: Mapping[str, Any]) -> T:
    """Make a dataclass of the fields that this version knows."""
    names = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in values.items() if name in names})
