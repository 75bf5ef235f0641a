"""The journal files of a run directory as anybody may look at them: how large, who wrote them, how they ended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runwell.wire import records
from runwell.wire.journal import scan
from runwell.wire.limits import KIB

from .tail import HEAD_BYTES, JournalTail

_LAST_LINE_BYTES = 64 * KIB  # an exit record with the text of an exception fits


@dataclass(slots=True)
class RowCount:
    """Counts the history rows of a journal file by looking at its bytes, without decoding them."""

    offset: int = 0
    rows: int = 0

    def advance(self, path: Path, limit: int) -> bool:
        """Count on, at most ``limit`` bytes further; False if there was no complete line."""
        try:
            with path.open("rb") as file:
                file.seek(self.offset)
                data = file.read(limit)
        except OSError:
            return False
        end = data.rfind(b"\n") + 1
        # Inside JSON text a quote is always escaped and no space follows a structure, so this is the frame itself.
        self.rows += data.count(b' {"row":', 0, end)
        self.offset += end
        return end > 0


def journal_sizes(run_dir: Path) -> list[tuple[Path, int]]:
    """Give the journal files of a run directory with their sizes in bytes, the main one first, the system's last."""
    order = {"main.jsonl": 0, "system.jsonl": 2}
    try:
        paths = [path for path in (run_dir / records.JOURNAL_DIR).iterdir() if path.suffix == ".jsonl"]
        found = [(path, path.stat().st_size) for path in paths if path.is_file()]
    except OSError:
        return []
    return sorted(found, key=lambda item: (order.get(item[0].name, 1), item[0].name))


def has_a_line(path: Path) -> bool:
    """Tell whether the first line of a journal, which names its writer, is complete."""
    try:
        with path.open("rb") as file:
            return b"\n" in file.read(HEAD_BYTES)
    except OSError:
        return False


def read_open(path: Path) -> dict[str, Any] | None:
    """Give the payload of a journal's ``open`` record; None if its first piece holds none.

    Raises:
        OSError: the file can't be read.
    """
    piece = JournalTail(path).read(about=HEAD_BYTES)
    for entry in piece.found.entries if piece else ():
        if entry.kind == records.OPEN and isinstance(entry.payload, dict):
            return entry.payload
    return None


def read_exit(path: Path) -> dict[str, Any] | None:
    """Give the payload of a journal's ``exit`` record, if its last line is one.

    Raises:
        OSError: the file can't be read.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LAST_LINE_BYTES))
        end = file.read()
    last = end.rstrip(b"\n").rpartition(b"\n")[2]
    if not end.endswith(b"\n") or b' {"exit":' not in last[:20]:
        return None
    for entry in scan(last + b"\n").entries:
        if entry.kind == records.EXIT and isinstance(entry.payload, dict):
            return entry.payload
    return None
