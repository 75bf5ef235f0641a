"""One journal file, read from an offset on in pieces of bounded size.

A torn tail (bytes behind the last newline) is held back: it is a line being written, or one that a
death tore. Damaged lines are skipped and counted. Nothing here ever writes to a journal.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from runwell.wire.journal import Entry, Scan, scan
from runwell.wire.limits import KIB, MAX_ROW_BYTES, MAX_SEND_BYTES
from runwell.wire.rows import RowClock

READ_BYTES = MAX_SEND_BYTES
HEAD_BYTES = 64 * KIB  # what is written before the script's own first words, many times over
MAX_LINE_BYTES = 2 * MAX_ROW_BYTES  # nobody writes longer lines: past it, it is damage that ate a newline
_FRAME_BYTES = 9  # checksum and space in front of the JSON of a line


@dataclass(frozen=True, slots=True)
class Piece:
    """Some complete lines of a journal.

    Attributes:
        data: their bytes.
        base: offset of ``data`` in the file.
        found: the intact records among them; ``found.end`` is where the next piece starts.
    """

    data: bytes
    base: int
    found: Scan

    def json_text(self, entry: Entry) -> bytes:
        """Give the JSON of an entry's line, as it was written."""
        return self.data[entry.start - self.base + _FRAME_BYTES : entry.end - self.base - 1]


class JournalTail:
    """Reads a journal piece by piece.

    Attributes:
        offset: where the next piece starts: always behind a newline.
        damaged_lines, damaged_bytes: what failed its check so far.
        torn_bytes: what was held back by the latest read.
    """

    def __init__(self, path: Path, offset: int = 0) -> None:
        self.path = path
        self.offset = offset
        self.damaged_lines = 0
        self.damaged_bytes = 0
        self.torn_bytes = 0
        self._clock = RowClock()

    def size(self) -> int:
        """Give the file's size now; 0 if it is gone."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def read(self, limit: int | None = None, about: int | None = None) -> Piece | None:
        """Read the next complete lines.

        Args:
            limit: offset not to read beyond; must be behind a newline.
            about: how many bytes of them, ``READ_BYTES`` if not said; one line that is longer is read all the same.

        Returns:
            None if there is no complete line to read.

        Guarantee: never more than ``MAX_LINE_BYTES`` in memory, and never an exception for what is in the file.

        Raises:
            OSError: the file can't be read.
        """
        wanted = about or READ_BYTES
        while True:
            if limit is not None:
                wanted = min(wanted, limit - self.offset)
            if wanted <= 0:
                return None
            data = self._bytes(wanted)
            end = data.rfind(b"\n") + 1
            if end:
                break
            if len(data) < wanted or (limit is not None and self.offset + wanted >= limit):
                self.torn_bytes = len(data)
                return None
            if wanted >= MAX_LINE_BYTES:
                self._skip(len(data))
                wanted = about or READ_BYTES
                continue
            wanted = min(2 * wanted, MAX_LINE_BYTES)
        lines = data[:end]
        found = scan(lines, self.offset, self._clock)
        self.torn_bytes = len(data) - end if len(data) < wanted else 0
        self.damaged_lines += found.damaged_lines
        self.damaged_bytes += found.damaged_bytes
        piece = Piece(lines, self.offset, found)
        self.offset = found.end
        return piece

    def _bytes(self, count: int) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(self.offset)
                return file.read(count)
        except FileNotFoundError:
            return b""

    def _skip(self, count: int) -> None:
        # The rest of the line fails its check and is counted as its end is reached.
        self.offset += count
        self.damaged_bytes += count
