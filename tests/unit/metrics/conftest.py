"""A whole metrics engine over a directory, and the few things tests ask it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runwell.server.domain.access import SYSTEM
from runwell.server.domain.branches import Branches
from runwell.server.domain.console import Console
from runwell.server.domain.history import History
from runwell.server.domain.ingest import Ingest, StreamAnswer, StreamBody
from runwell.server.domain.projects import Projects
from runwell.server.domain.replays import Replays
from runwell.server.domain.row_parts import RowParts
from runwell.server.domain.runs import Runs
from runwell.server.domain.seal import Sealer
from runwell.server.domain.series import Series, SeriesQuery
from runwell.server.domain.tail import Tails
from runwell.server.stores.records import RunRecord
from runwell.server.stores.segments import DirectorySegments
from runwell.server.stores.sql import tables
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.console import ConsoleLines
from runwell.server.stores.sql.engine import CatalogEngine
from runwell.server.stores.sql.metrics import MetricRows
from runwell.wire.frame import decode_frame

HISTORY_FILE, EVENTS_FILE = "wandb-history.jsonl", "wandb-events.jsonl"


class Engine:
    """Ingest, sealer, series and history over one data directory, without HTTP."""

    def __init__(self, directory: Path, durable: bool = False, url: str = "") -> None:
        directory.mkdir(parents=True, exist_ok=True)
        engine = CatalogEngine(url or f"sqlite:///{directory / 'catalog.db'}", durable=durable)
        tables.metadata.create_all(engine.engine)
        self.catalog = Catalog(engine, metrics=MetricRows(engine), console=ConsoleLines(engine))
        self.projects = Projects(self.catalog)
        self.segments = DirectorySegments(directory / "segments")
        self.notices: list[tuple[str, set[str]]] = []
        replays = Replays(self.catalog, RowParts(self.catalog, self.segments, Tails(self.catalog)))
        self.ingest = Ingest(self.catalog, lambda run, what: self.notices.append((run.name, what)), replays=replays)
        self.sealer = Sealer(self.catalog, self.segments)
        self.series = Series(self.catalog, self.projects, self.segments)
        self.history = History(self.catalog, self.segments)
        self.branches = Branches(self.catalog, self.segments)
        self.runs = Runs(self.catalog, self.projects, branches=self.branches)
        self.console = Console(self.catalog)

    def run(self, name: str = "run1") -> RunRecord:
        """Find or make a run."""

        def work(c: Any) -> RunRecord:
            now = time.time()
            entity = c.execute(tables.entity.select().where(tables.entity.c.name == "local")).first()
            if entity is None:
                c.execute(tables.entity.insert().values(name="local", created_at=now))
                entity = c.execute(tables.entity.select()).first()
                values = {"entity_id": entity.id, "name": "p", "created_at": now, "active_at": now}
                c.execute(tables.project.insert().values(**values))
            project = c.execute(tables.project.select()).first()
            found = self.catalog.runs.find(c, project.id, name)
            if found is None:
                values = {"project_id": project.id, "name": name, "display_name": name}
                self.catalog.runs.insert(c, {**values, "created_at": now, "heartbeat_at": now})
                found = self.catalog.runs.find(c, project.id, name)
            assert found is not None
            return found

        return self.catalog.write(work)

    def send(
        self,
        run: RunRecord,
        lines: Iterable[str],
        offset: int = 0,
        writer: str = "",
        file: str = HISTORY_FILE,
        **more: Any,
    ) -> StreamAnswer:
        """Send lines of one file."""
        return self.ingest.accept(SYSTEM, run, writer, StreamBody(files={file: (offset, list(lines))}, **more))

    def log(self, run: RunRecord, rows: Iterable[dict[str, Any]], offset: int = 0, writer: str = "") -> StreamAnswer:
        """Send rows."""
        return self.send(run, [json.dumps(row) for row in rows], offset, writer)

    def rows(self, run: RunRecord, *args: Any, **more: Any) -> list[dict[str, Any]]:
        """Give all rows of a run."""
        return list(self.history.scan(SYSTEM, run, *args, **more))

    def draw(self, runs: list[str], keys: list[str], **more: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Ask for a frame; give its header and the series with their arrays decoded."""
        import numpy as np

        frame = self.series.frame(SYSTEM, SeriesQuery("local", "p", runs, keys, **more))
        header, body = decode_frame(frame)
        series = []
        for one in header["series"]:
            arrays = {
                name: np.frombuffer(body, "<" + dtype, length, offset)
                for name, (dtype, offset, length) in one["arrays"].items()
            }
            series.append({**one, **arrays})
        return header, series

    def close(self) -> None:
        """Release the files."""
        self.sealer.stop()
        self.catalog.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(tmp_path / "data")
    yield made
    made.close()
