"""What runs that had ended were, kept while a client that came back may only be repeating them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select, update

from runwell.server.stores.records import FileRecord

from .console import BLOCK_LINES
from .files import FileRows
from .metric_tables import console, console_block, console_span
from .metrics import Moved
from .tables import run, settled_file, settled_run

# What a client says anew when it comes back; counts of rows go on by themselves.
_COLUMNS = (
    *(run.c.state, run.c.exit_code, run.c.error, run.c.finished_at, run.c.heartbeat_at, run.c.stop_requested),
    *(run.c.config, run.c.config_paths, run.c.summary, run.c.summary_paths),
    *(run.c.wandb_config, run.c.meta, run.c.counters, run.c.metric_rules),
    *(run.c.host, run.c.program, run.c.commit_hash, run.c.repo),
)
_FILE = ("run_id", "path", "digest", "size_bytes", "updated_at", "md5")


@dataclass(frozen=True, slots=True)
class SettledRun:
    """A run as its client left it.

    Attributes:
        said: columns of table ``run``, by name.
        console_lines: how many there were.
        last_step: of its history.
        repeated: whether rows came since that were there already.
    """

    said: dict[str, Any]
    console_lines: int
    last_step: int
    repeated: bool


class SettledRuns:
    """Rows of table ``settled_run``."""

    def keep(self, c: Connection, run_id: int, last_step: int, files: Sequence[FileRecord]) -> None:
        """Keep a run as it is."""
        self.forget(c, run_id)
        row = c.execute(select(*_COLUMNS).where(run.c.id == run_id)).one()
        lines = c.execute(select(console.c.line_count).where(console.c.run_id == run_id)).scalar() or 0
        values = {"said": dict(row._mapping), "console_lines": lines, "last_step": last_step}
        c.execute(settled_run.insert().values(run_id=run_id, repeated=False, **values))
        if files:
            c.execute(settled_file.insert(), [{name: getattr(file, name) for name in _FILE} for file in files])

    def find(self, c: Connection, run_id: int) -> SettledRun | None:
        """Give what is kept of a run."""
        columns = [column for column in settled_run.c if column.name != "run_id"]
        row = c.execute(select(*columns).where(settled_run.c.run_id == run_id)).first()
        return SettledRun(**row._mapping) if row else None

    def note_repeated(self, c: Connection, run_id: int) -> None:
        """Remember that rows were repeated since."""
        c.execute(update(settled_run).where(settled_run.c.run_id == run_id).values(repeated=True))

    def forget(self, c: Connection, run_id: int) -> None:
        """Forget what a run was: it has gone on."""
        c.execute(delete(settled_file).where(settled_file.c.run_id == run_id))
        c.execute(delete(settled_run).where(settled_run.c.run_id == run_id))

    def restore(self, c: Connection, run_id: int, settled: SettledRun) -> None:
        """Make a run what it was. Rows of its history stay, and what is kept is kept on.

        Raises:
            Moved: console lines came from elsewhere meanwhile.
        """
        c.execute(update(run).where(run.c.id == run_id).values(**settled.said))
        self._cut_console(c, run_id, settled.console_lines)
        rows = FileRows()
        for file in c.execute(select(settled_file).where(settled_file.c.run_id == run_id)).all():
            rows.put(c, run_id, file.path, file.digest, file.size_bytes, file.updated_at, file.md5)

    def _cut_console(self, c: Connection, run_id: int, lines: int) -> None:
        there = c.execute(select(console.c.version, console.c.line_count).where(console.c.run_id == run_id)).first()
        if there is None or there.line_count <= lines:
            return
        moved = update(console).where(console.c.run_id == run_id, console.c.version == there.version)
        if c.execute(moved.values(version=there.version + 1, line_count=lines)).rowcount != 1:
            raise Moved
        behind = (console_span.c.run_id == run_id) & (console_span.c.number0 >= lines)
        c.execute(delete(console_span).where(behind))
        through = (console_span.c.run_id == run_id) & (console_span.c.number0 + console_span.c.line_count > lines)
        c.execute(update(console_span).where(through).values(line_count=lines - console_span.c.number0))
        first_gone = -(-lines // BLOCK_LINES)
        c.execute(delete(console_block).where(console_block.c.run_id == run_id, console_block.c.block >= first_gone))
