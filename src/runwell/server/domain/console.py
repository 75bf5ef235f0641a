"""Console lines: taken in by writer and line, shown as one sequence, searched in place.

A line keeps the number it got when it first came; a later text of the same line (a progress bar) replaces it.
Two forms arrive: JSON ``{"ts", "content", "level"?, "label"?}``, and the old ``2026-11-23T08:27:50 text`` with
``ERROR `` in front for stderr. Anything else is text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, NamedTuple

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection

from runwell.server.stores.records import RunRecord
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.console import BLOCK_LINES
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_CONSOLE_LINE_BYTES, MAX_CONSOLE_PAGE
from runwell.wire.numbers import replace_surrogates

from .access import Actor, NotFound
from .packing import loosen_text, squeeze_text

_PLAIN = re.compile(r"(ERROR )?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?) (.*)", re.DOTALL)
MAX_CONSOLE_SPANS = 100_000  # stretches of chosen lines: about 1 MB of an answer
SEARCH_BLOCKS = 128  # blocks looked through at once: bounds memory, not the search


class Line(NamedTuple):
    """One console line: ``t`` seconds since the epoch or None, ``level`` "info" | "error"."""

    t: float | None
    level: str
    label: str | None
    text: str


def parse_line(raw: str) -> Line:
    """Read a line as clients send it; never fails."""
    t: Any = None
    level, label, text = "info", None, raw
    if raw.startswith("{"):
        try:
            found = orjson.loads(raw)
        except ValueError:
            found = None
        if isinstance(found, dict) and isinstance(found.get("content"), str):
            text, t = found["content"], _epoch(found.get("ts"))
            level = "error" if found.get("level") == "error" else "info"
            label = found["label"] if isinstance(found.get("label"), str) and found["label"] else None
    else:
        plain = _PLAIN.fullmatch(raw)
        if plain:
            level = "error" if plain[1] else "info"
            t, text = _epoch(plain[2]), plain[3]
    return Line(t, level, label, _tame(text))


def _epoch(said: object) -> float | None:
    if not isinstance(said, str):
        return None
    # Python 3.10 reads at most six digits of a second, and no Z.
    tidy = re.sub(r"(\.\d{6})\d+", r"\1", said.replace("Z", "+00:00"))
    tidy = re.sub(r"\.(\d{1,5})(?=\D|$)", lambda m: "." + m[1].ljust(6, "0"), tidy)
    try:
        when = datetime.fromisoformat(tidy)
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=timezone.utc)).timestamp()


def _tame(text: str) -> str:
    text = text.rstrip("\r\n")
    if "\n" in text:
        text = text.replace("\r\n", " ").replace("\n", " ")
    if not text.isascii():
        text = replace_surrogates(text)
    if len(text) > MAX_CONSOLE_LINE_BYTES // 4:
        data = text.encode()
        if len(data) > MAX_CONSOLE_LINE_BYTES:
            kept = data[:MAX_CONSOLE_LINE_BYTES].decode("utf-8", "ignore")
            text = f"{kept} … {len(data) - MAX_CONSOLE_LINE_BYTES:,} bytes cut"
    return text


def pack_block(lines: list[Line]) -> bytes:
    """Pack up to a block of lines: what is said about them, then their texts."""
    about: dict[str, Any] = {"t": [line.t for line in lines]}
    errors = [index for index, line in enumerate(lines) if line.level == "error"]
    labels = {str(index): line.label for index, line in enumerate(lines) if line.label}
    about.update({"e": errors} if errors else {})
    about.update({"l": labels} if labels else {})
    return squeeze_text(orjson.dumps(about) + b"\n" + "\n".join(line.text for line in lines).encode())


def unpack_block(payload: bytes) -> list[Line]:
    """The inverse of :func:`pack_block`."""
    head, _, texts = loosen_text(payload).partition(b"\n")
    about = orjson.loads(head)
    errors, labels = set(about.get("e", ())), about.get("l", {})
    return [
        Line(t, "error" if index in errors else "info", labels.get(str(index)), text)
        for index, (t, text) in enumerate(zip(about["t"], texts.decode().split("\n"), strict=True))
    ]


@dataclass(slots=True)
class PreparedLines:
    """Console lines of one request, ready to be written."""

    run_id: int
    writer: str
    seen: int | None
    line_count: int
    spans: list[tuple[int, int, int]] = field(default_factory=list)
    blocks: list[tuple[int, int, bytes]] = field(default_factory=list)


class ConsoleIngest:
    """Takes console lines in."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def prepare(self, run_id: int, writer: str, offset: int, lines: list[str]) -> PreparedLines | None:
        """Work out what lines from ``offset`` on change; None: nothing."""
        if not lines:
            return None
        return self._catalog.read(lambda c: self._prepare(c, run_id, writer, offset, [parse_line(x) for x in lines]))

    def write(self, c: Connection, prepared: PreparedLines) -> None:
        """Write what was prepared.

        Raises:
            Moved: the console changed meanwhile; prepare again.
        """
        rows = self._catalog.console
        rows.advance(c, prepared.run_id, prepared.seen, prepared.line_count)
        rows.put_spans(c, prepared.run_id, prepared.writer, prepared.spans)
        rows.put_blocks(c, prepared.run_id, prepared.blocks)

    def _prepare(self, c: Connection, run_id: int, writer: str, offset: int, lines: list[Line]) -> PreparedLines | None:
        rows = self._catalog.console
        seen, total = rows.state(c, run_id) or (None, 0)
        spans = rows.spans(c, run_id, writer, offset, offset + len(lines))
        prepared = PreparedLines(run_id, writer, seen, total)
        numbers: dict[int, Line] = {}
        changed: dict[int, tuple[int, int, int]] = {}
        at = 0
        while at < len(lines):
            line = offset + at
            inside = next((s for s in spans if s[0] <= line < s[0] + s[2]), None)
            if inside is not None:
                stop = min(len(lines), inside[0] + inside[2] - offset)
                number = inside[1] + line - inside[0]
            else:
                following = min((s[0] for s in spans if s[0] > line), default=offset + len(lines))
                stop = min(len(lines), following - offset)
                number, count = prepared.line_count, stop - at
                prepared.line_count += count
                before = next((s for s in spans if s[0] + s[2] == line and s[1] + s[2] == number), None)
                if before is not None:
                    spans.remove(before)
                    grown = (before[0], before[1], before[2] + count)
                else:
                    grown = (line, number, count)
                spans.append(grown)
                changed[grown[0]] = grown
            for index in range(at, stop):
                numbers[number + index - at] = lines[index]
            at = stop
        prepared.spans = list(changed.values())
        self._fill_blocks(c, prepared, numbers)
        return prepared if prepared.blocks or prepared.spans else None

    def _fill_blocks(self, c: Connection, prepared: PreparedLines, numbers: dict[int, Line]) -> None:
        touched = sorted({number // BLOCK_LINES for number in numbers})
        there: dict[int, list[Line]] = {}
        for block in touched:
            there.update(
                {b: unpack_block(p) for b, p in self._catalog.console.blocks(c, prepared.run_id, block, block)}
            )
        before = {block: list(lines) for block, lines in there.items()}
        for number in sorted(numbers):
            lines = there.setdefault(number // BLOCK_LINES, [])
            place = number % BLOCK_LINES
            if place < len(lines):
                lines[place] = numbers[number]
            else:
                lines.append(numbers[number])
        for block in touched:
            if there[block] != before.get(block):
                prepared.blocks.append((block, len(there[block]), pack_block(there[block])))


class _About(NamedTuple):
    """How many lines a block has, which of them are errors, and whose they are."""

    lines: int
    errors: list[int]
    labels: dict[str, str]


@dataclass(slots=True)
class ConsoleIndex:
    """Which lines were chosen, as spans (first line, lines), and what all lines are.

    Attributes:
        truncated: there are more spans than ``MAX_CONSOLE_SPANS``.
    """

    total: int
    matched: int = 0
    spans: list[tuple[int, int]] = field(default_factory=list)
    truncated: bool = False
    errors: int = 0
    labels: dict[str, int] = field(default_factory=dict)

    def add(self, first: int, about: _About, chosen: np.ndarray) -> None:
        """Count a block whose first line has this number."""
        self.errors += len(about.errors)
        for label, lines in Counter(about.labels.values()).items():
            self.labels[label] = self.labels.get(label, 0) + lines
        self.matched += int(chosen.sum())
        edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
        for begin, end in zip((edges[::2] + first).tolist(), (edges[1::2] + first).tolist(), strict=True):
            if self.spans and sum(self.spans[-1]) == begin:
                self.spans[-1] = (self.spans[-1][0], end - self.spans[-1][0])
            elif len(self.spans) < MAX_CONSOLE_SPANS:
                self.spans.append((begin, end - begin))
            else:
                self.truncated = True


def _about(payload: bytes) -> _About:
    head = loosen_text(payload).partition(b"\n")[0]
    # {"t":[…],"e":[…],"l":{…}}: the times are most of it, and aren't asked for here.
    times, _, rest = head.partition(b"]")
    said = orjson.loads(b"{" + rest.lstrip(b",")) if len(rest) > 1 else {}
    return _About(times.count(b",") + 1, said.get("e", []), said.get("l", {}))


def _chosen(about: _About, level: str | None, label: str | None) -> np.ndarray:
    """Tell for each line of a block whether it is of this level and label; None: any, "" as a label: none."""
    chosen = np.ones(about.lines, bool)
    if level is not None:
        errors = np.zeros(about.lines, bool)
        errors[about.errors] = True
        chosen &= errors if level == "error" else ~errors
    if label is not None:
        labels = about.labels
        chosen &= np.array([labels.get(str(n), "") == label for n in range(about.lines)], bool)
    return chosen


class Console:
    """Shows and searches a run's console."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def line_count(self, actor: Actor, run: RunRecord) -> int:
        """Count the lines."""
        _demand_read(actor, run)
        return self._catalog.read(lambda c: self._catalog.console.line_count(c, run.id))

    def page(self, actor: Actor, run: RunRecord, start: int, limit: int) -> tuple[int, list[tuple[int, Line]]]:
        """Give (all lines, up to ``limit`` numbered lines from ``start``; a negative ``start`` counts from the end)."""
        _demand_read(actor, run)
        limit = max(0, min(limit, MAX_CONSOLE_PAGE))

        def work(c: Connection) -> tuple[int, list[tuple[int, Line]]]:
            total = self._catalog.console.line_count(c, run.id)
            first = max(0, total + start) if start < 0 else start
            stop = min(total, first + limit)
            if first >= stop:
                return total, []
            found: list[tuple[int, Line]] = []
            blocks = self._catalog.console.blocks(c, run.id, first // BLOCK_LINES, (stop - 1) // BLOCK_LINES)
            for block, payload in blocks:
                found.extend(enumerate(unpack_block(payload), block * BLOCK_LINES))
            return total, [(number, line) for number, line in found if first <= number < stop]

        return self._catalog.read(work)

    def chosen_page(
        self, actor: Actor, run: RunRecord, start: int, limit: int, level: str | None, label: str | None
    ) -> tuple[int, list[tuple[int, Line]]]:
        """Give (all lines, up to ``limit`` numbered lines from ``start`` on that are of this level and label)."""
        total = self.line_count(actor, run)
        limit = max(0, min(limit, MAX_CONSOLE_PAGE))
        found: list[tuple[int, Line]] = []
        first = max(start, 0) // BLOCK_LINES
        while len(found) < limit and (blocks := self._blocks(run.id, first)):
            for block, payload in blocks:
                chosen = _chosen(_about(payload), level, label)
                if chosen.any():
                    lines = unpack_block(payload)
                    at = block * BLOCK_LINES
                    found += [(at + n, lines[n]) for n in chosen.nonzero()[0].tolist() if at + n >= start]
            first = blocks[-1][0] + 1
        return total, found[:limit]

    def index(self, actor: Actor, run: RunRecord, level: str | None, label: str | None) -> ConsoleIndex:
        """Say which lines are of a level and a label, and which levels and labels there are."""
        total = self.line_count(actor, run)
        index = ConsoleIndex(total)
        first = 0
        while blocks := self._blocks(run.id, first):
            for block, payload in blocks:
                about = _about(payload)
                index.add(block * BLOCK_LINES, about, _chosen(about, level, label))
            first = blocks[-1][0] + 1
        return index

    def text(self, actor: Actor, run: RunRecord) -> Iterator[str]:
        """Give the whole console as text, a few thousand lines at a time."""
        _demand_read(actor, run)
        return self._text(run.id)

    def _text(self, run_id: int) -> Iterator[str]:
        first = 0
        while blocks := self._blocks(run_id, first):
            yield "".join(line.text + "\n" for _, payload in blocks for line in unpack_block(payload))
            first = blocks[-1][0] + 1

    def _blocks(self, run_id: int, first: int) -> list[tuple[int, bytes]]:
        last = first + SEARCH_BLOCKS - 1
        return self._catalog.read(lambda c: self._catalog.console.blocks(c, run_id, first, last))

    def search(
        self, actor: Actor, run: RunRecord, wanted: str, *, regex: bool, start: int = 0, limit: int = 1_000
    ) -> tuple[int, list[int], bool]:
        """Look for text (or an RE2 expression), letters' case aside.

        Returns:
            (all lines, numbers of up to ``limit`` lines from ``start`` on that have it, whether there are more).

        Raises:
            InvalidValue: the expression can't be read.
        """
        total = self.line_count(actor, run)
        limit = max(1, min(limit, MAX_CONSOLE_PAGE))
        name = "match_substring_regex" if regex else "match_substring"
        options = pc.MatchSubstringOptions(wanted, ignore_case=True)
        hits: list[int] = []
        first = max(start, 0) // BLOCK_LINES
        while wanted and (blocks := self._blocks(run.id, first)):
            texts: list[str] = []
            for _, payload in blocks:
                texts += loosen_text(payload).partition(b"\n")[2].decode().split("\n")
            try:
                # RE2: linear in the text, so no expression can hold the server up.
                found = pc.call_function(name, [pa.array(texts, pa.large_string())], options)
            except pa.ArrowInvalid as error:
                raise InvalidValue(f"{shorten(wanted)} is no regular expression: {error}") from None
            numbers = found.to_numpy(zero_copy_only=False).nonzero()[0] + first * BLOCK_LINES
            hits += [number for number in numbers.tolist() if number >= start]
            if len(hits) > limit:
                return total, hits[:limit], True
            first = blocks[-1][0] + 1
        return total, hits, False


def _demand_read(actor: Actor, run: RunRecord) -> None:
    if not actor.may_read(run.entity_id):
        raise NotFound(f"there is no run {run.name}")
