"""Journal lines: ``crc32 SPACE json LF``, the form in which everything a script records is first kept.

A line is written by one ``os.write`` to a file opened with ``O_APPEND``, so the death of every
process leaves at most one torn line at the end, and the checksum tells. This module is pure: it
turns records into bytes and bytes into records; who writes, syncs and tails lives elsewhere.

A reader never raises and never yields a record that was not written: a line whose checksum fails is
skipped and counted, and reading goes on at the next newline. JSON text never holds a raw newline,
so a newline always ends a line. An empty line says nothing: a writer that can't know whether the file
ends with a torn line begins with a newline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from .errors import InvalidValue
from .numbers import decode_extended, encode_extended
from .rows import RowClock

FORMAT = 1  # readers skip record kinds they don't know; this number changes only if lines themselves change


def encode_line(json_text: bytes) -> bytes:
    """Frame one JSON text (without newline) as a journal line."""
    return b"%08x %b\n" % (crc32(json_text), json_text)


def encode_record(kind: str, payload: Any) -> bytes:
    """Frame one record: a JSON object with the record's kind as its only key."""
    return encode_line(encode_extended({kind: payload}))


@dataclass(slots=True)
class Entry:
    """One intact line of a journal.

    Attributes:
        kind: the record's kind, one of ``runwell.wire.records``, or one from a newer version.
        payload: decoded extended JSON; a row as ``rows.RowClock`` gives it.
        start: offset of the line's first byte in the file.
        end: offset behind its newline: where a reader that has handled this entry goes on.
    """

    kind: str
    payload: Any
    start: int
    end: int


@dataclass(slots=True)
class Scan:
    """What a pass over journal bytes found.

    Attributes:
        entries: the intact records, in file order.
        end: offset to go on from: behind the last newline seen.
        damaged_lines: complete lines that failed their check, skipped.
        damaged_bytes: their bytes.
        torn_bytes: bytes behind the last newline: a line being written, or torn by a death.
    """

    entries: list[Entry] = field(default_factory=list)
    end: int = 0
    damaged_lines: int = 0
    damaged_bytes: int = 0
    torn_bytes: int = 0


def scan(data: bytes, base: int = 0, clock: RowClock | None = None) -> Scan:
    """Read every intact record of ``data``; rows are given as objects, however they are written.

    Args:
        data: a piece of a journal.
        base: its offset in the file.
        clock: what the pieces before it said of the time of day; goes on with this one.
    """
    found = Scan(end=base)
    clock = clock or RowClock()
    position = 0
    while True:
        newline = data.find(b"\n", position)
        if newline < 0:
            break
        if newline == position:  # a writer closes off what may be torn with a newline of its own
            position += 1
            continue
        line = data[position:newline]
        entry = _decode_line(line, base + position, base + newline + 1)
        if entry is None:
            entry = _find_behind_damage(line, base + position, base + newline + 1)
            found.damaged_lines += 1
            found.damaged_bytes += (newline + 1 if entry is None else entry.start - base) - position
        if entry is not None:
            if entry.kind == "row":
                entry.payload = clock.restore(entry.payload)
            found.entries.append(entry)
        position = newline + 1
    found.end = base + position
    clock.end_piece()
    found.torn_bytes = len(data) - position
    return found


_FRAME_START = re.compile(rb"(?=[0-9a-f]{8} \{)")
_MAX_FRAMES_TRIED = 16  # of one damaged line: each costs a checksum over the rest of it


def _find_behind_damage(line: bytes, start: int, end: int) -> Entry | None:
    """Find the intact line at the end of a damaged one; None if there is none."""
    places = [match.start() for match in _FRAME_START.finditer(line, 1)]
    for place in places[-_MAX_FRAMES_TRIED:]:
        entry = _decode_line(line[place:], start + place, end)
        if entry is not None:
            return entry
    return None


def _decode_line(line: bytes, start: int, end: int) -> Entry | None:
    if len(line) < 10 or line[8:9] != b" ":
        return None
    body = line[9:]
    try:
        if line[:8] != b"%08x" % crc32(body):
            return None
        record = decode_extended(body)
    except (ValueError, InvalidValue):
        return None
    if not isinstance(record, dict) or len(record) != 1:
        return None
    kind, payload = next(iter(record.items()))
    return Entry(kind, payload, start, end)
