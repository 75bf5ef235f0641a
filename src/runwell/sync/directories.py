"""Run directories on disk: which there are, whose they are, and whether a server has them whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runwell.wire import records

from .cursor import Cursor
from .follow import Follow
from .journal_files import has_a_line, journal_sizes, read_exit, read_open
from .liveness import writer_is_alive
from .tail import JournalTail

MAX_FOUND = 100_000  # run directories looked at in one place


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """What the journals of a run directory say about it.

    Attributes:
        path: the directory.
        run_id, project, entity, base_url: from the main journal's first line; empty if it is unreadable.
        over: the run has ended, by its exit record or by its process's death.
        ended: "finished" | "failed" | … from the exit record; empty without one.
        children_alive: forked children of it still log.
        total_bytes: of all journals.
    """

    path: Path
    run_id: str
    project: str
    entity: str
    base_url: str
    over: bool
    ended: str
    children_alive: bool
    total_bytes: int

    def follow(self) -> Follow:
        """Give what delivery needs to know of the writers."""
        return Follow(over=self.over, gone=self.over and not self.children_alive)


def is_run_dir(path: Path) -> bool:
    """Tell whether a directory holds journals."""
    return (path / records.JOURNAL_DIR).is_dir()


def find_run_dirs(place: Path) -> list[Path]:
    """Give the run directories at a place, oldest first: itself, those in it, in its ``runwell/`` or ``wandb/``."""
    if is_run_dir(place):
        return [place.resolve()]
    for parent in (place, place / "runwell", place / "wandb"):
        try:
            inside = [path for path in parent.iterdir() if not path.is_symlink() and is_run_dir(path)]
        except OSError:
            continue
        if inside:
            # Names are [offline-]run-<date>_<time>-<id>.
            inside.sort(key=lambda path: path.name.removeprefix("offline-"))
            return [path.resolve() for path in inside[:MAX_FOUND]]
    return []


def look_at(path: Path) -> RunDirectory:
    """Read what a run directory says about its run.

    Raises:
        OSError: it can't be read.
    """
    main = path / records.MAIN_JOURNAL
    opened = (read_open(main) if main.exists() else None) or {}
    ended = (read_exit(main) if main.exists() else None) or {}
    sizes = journal_sizes(path)
    host = _host_of(main) if opened and not ended else ""
    alive = not ended and bool(opened) and writer_is_alive(opened, host, main)
    children = [journal for journal, _ in sizes if journal.name not in ("main.jsonl", "system.jsonl")]
    run: dict[str, Any] = opened["run"] if isinstance(opened.get("run"), dict) else {}
    return RunDirectory(
        path=path,
        run_id=str(run.get("id") or path.name.rpartition("-")[2]),
        project=str(run.get("project") or ""),
        entity=str(run.get("entity") or ""),
        base_url=str(opened.get("base_url") or ""),
        over=not alive,
        ended=str(ended.get("state") or ""),
        children_alive=any(
            has_a_line(child) and writer_is_alive(read_open(child) or {}, host, child) for child in children
        ),
        total_bytes=sum(size for _, size in sizes),
    )


def is_delivered(path: Path, server: str) -> bool:
    """Tell, without reading journals, whether a server has acknowledged a run whole, its end included.

    Whether that server still has it, only the server can say.

    Args:
        server: the server's origin.
    """
    progress = Cursor(path / records.CURSOR_FILE, server).progress
    places = progress.places
    return (
        bool(progress.ended)
        and not progress.left_files
        and not progress.left_artifacts
        and all(
            name in places and places[name].offset == size
            for name, size in ((p.name, s) for p, s in journal_sizes(path))
        )
    )


def _host_of(main: Path) -> str:
    piece = JournalTail(main).read()
    host = ""
    for entry in piece.found.entries if piece else ():
        if entry.kind == records.RUN and isinstance(entry.payload, dict):
            host = entry.payload.get("host") or host
    return host if isinstance(host, str) else ""
