"""Offline directories of the official wandb client: ``offline-run-<date>_<time>-<id>/run-<id>.wandb`` and ``files/``.

History, system metrics, config, summary, console, alerts, rules and files come over; artifacts don't (their bytes
aren't in the directory), and are counted.

Source: ``wandb-protocol.md`` section 12; framing as in LevelDB's log, with plain CRC-32.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runwell.wire import names
from runwell.wire.errors import InvalidValue
from runwell.wire.numbers import decode_extended, encode_extended

from . import protobuf
from .protobuf import Malformed, Value
from .source import MAX_SOURCES, ImportProblem, SourceRun
from .wandb_log import read_log

_SUMMARIES = {1: "min", 2: "max", 3: "mean", 4: "best", 5: "last", 6: "none", 7: "copy", 8: "first"}
_GOALS = {1: "minimize", 2: "maximize"}
_OURS = ("_wandb",)
METADATA = "wandb-metadata.json"
_SURROUNDINGS = {1: "os", 2: "python", 6: "program", 7: "codePath", 11: "root", 12: "host", 13: "username"}
_SURROUNDINGS |= {14: "executable", 18: "gpu", 25: "cudaVersion"}
_COUNTS = {16: "cpu_count", 17: "cpu_count_logical", 19: "gpu_count"}
_LEFT_OUT = {8: "artifacts", 25: "uses of artifacts", 9: "TensorBoard directories"}


def find_runs(place: Path, project: str | None = None) -> list[SourceRun]:
    """Give the runs at a place: a ``.wandb`` file, a run directory, or a directory of them (``wandb/``).

    Raises:
        ImportProblem: there is none.
    """
    if place.is_file():
        files = [place]
    else:
        files = []
        for folder, inside, there in os.walk(place):
            files += [Path(folder, name) for name in there if name.endswith(".wandb")]
            inside[:] = [name for name in inside if name not in ("files", "logs", "latest-run")]
    found = [run for path in sorted(files)[:MAX_SOURCES] if (run := _run(path.resolve(), project)) is not None]
    if not found:
        raise ImportProblem(f"no wandb runs (run-*.wandb) below {place}; name the wandb directory of the script")
    return found


def _run(path: Path, project: str | None) -> SourceRun | None:
    try:
        return _read_run(path, project)
    except ImportProblem as error:  # the others are read all the same
        return SourceRun("wandb", path, "", path.stem, "", 0.0, problem=str(error))


def _read_run(path: Path, project: str | None) -> SourceRun | None:
    for record in read_log(path):
        run = _kinds(record).get(17)
        if run is None:
            continue
        parts = protobuf.collect(run)
        said = {name: protobuf.text(parts[number][-1]) for number, name in _TEXTS.items() if number in parts}
        facts: dict[str, Any] = {name: value for name, value in said.items() if value and not name.startswith("_")}
        facts["tags"] = [protobuf.text(tag) for tag in parts.get(10, ())]
        git = protobuf.collect(parts.get(21, [b""])[-1])
        facts |= {name: protobuf.text(git[n][-1]) for n, name in ((1, "repo"), (2, "commit")) if n in git}
        return SourceRun(
            tracker="wandb",
            place=path,
            # The directory's name holds the second in which it was begun; it stays the same wherever it is copied to.
            identity=f"{path.parent.name}/{path.name}",
            run_id=said.get("_id") or path.stem.removeprefix("run-"),
            project=project or said.get("_project") or names.DEFAULT_PROJECT,
            started_at=protobuf.moment(parts.get(17, [None])[-1]),
            facts={key: value for key, value in facts.items() if value},
            scan=lambda: _scan(path),
        )
    return None


_TEXTS = {1: "_id", 3: "_project", 6: "group", 7: "job_type", 8: "display_name", 9: "notes", 13: "host"}


def _kinds(record: bytes) -> dict[int, bytes]:
    try:
        return {number: value for number, value in protobuf.fields(record) if isinstance(value, bytes)}
    except Malformed:
        return {}


def _scan(path: Path) -> Iterator[tuple[str, Any]]:
    console = _Console()
    started = 0.0
    last: dict[str, Any] | None = None
    surroundings: dict[str, Any] = {}
    for record in read_log(path):
        for number, data in _kinds(record).items():
            try:
                parts = protobuf.collect(data)
                if number == 17:
                    started = started or protobuf.moment(parts.get(17, [None])[-1])
                    yield from _changes("config", parts.get(4, [b""])[-1])
                    yield from _changes("summary", parts.get(5, [b""])[-1])
                elif number == 2:
                    yield "row", _row(parts)
                elif number in (3, 5):
                    yield from _changes("summary" if number == 3 else "config", data)
                elif number == 7:
                    yield "event", _event(parts, started)
                elif number == 13:
                    yield from console.take(parts)
                elif number == 10:
                    texts = {
                        name: protobuf.text(parts.get(n, [b""])[-1])
                        for n, name in ((1, "title"), (2, "text"), (3, "level"))
                    }
                    yield "alert", texts | {"level": texts["level"] or "INFO", "wait_s": 0}
                elif number == 12:
                    yield "metric", _rule(parts)
                elif number == 18:
                    code = protobuf.signed(parts.get(1, [0])[-1])
                    runtime = protobuf.signed(parts.get(2, [0])[-1])
                    yield from console.rest()
                    last = {"code": code, "state": "failed" if code else "finished", "runtime": float(runtime)}
                elif number == 26:
                    surroundings |= _surroundings(parts)
                elif number in _LEFT_OUT:
                    yield "skipped", _LEFT_OUT[number]
            except (Malformed, InvalidValue, ValueError):
                yield "skipped", "records that can't be read"
    files = path.parent / "files"
    if surroundings and not (files / METADATA).exists():  # online, the client would have made this file of it
        yield "made", (METADATA, encode_extended(surroundings))
    for folder, _, there in os.walk(files):
        for name in sorted(there):
            source = Path(folder, name)
            yield "file", (source, source.relative_to(files).as_posix())
    if last is not None:
        yield "exit", last


def _surroundings(parts: dict[int, list[Value]]) -> dict[str, Any]:
    """Give what the client would have written into its metadata file, online."""
    found: dict[str, Any] = {name: protobuf.text(parts[n][-1]) for n, name in _SURROUNDINGS.items() if n in parts}
    found |= {name: protobuf.signed(parts[n][-1]) for n, name in _COUNTS.items() if n in parts}
    if 5 in parts:
        found["args"] = [protobuf.text(one) for one in parts[5]]
    if 9 in parts:
        git = protobuf.collect(parts[9][-1])
        found["git"] = {name: protobuf.text(git[n][-1]) for n, name in ((1, "remote"), (2, "commit")) if n in git}
    return found


def _row(parts: dict[int, list[Value]]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for item in parts.get(1, ()):
        said = protobuf.collect(item)
        path = _path(said)
        level = row
        for part in path[:-1]:
            inner = level.setdefault(part, {})
            level = inner if isinstance(inner, dict) else level
        level[path[-1]] = _typed(said)
    if 2 in parts:
        row["_step"] = protobuf.signed(protobuf.collect(parts[2][-1]).get(1, [0])[-1])
    return row


def _typed(said: dict[int, list[Value]]) -> Any:
    if 4 in said:
        return bool(said[4][-1])
    if 5 in said:
        number = said[5][-1]
        if isinstance(number, int):
            return (number >> 1) ^ -(number & 1)  # zigzag
    if 6 in said:
        return protobuf.real(said[6][-1])
    if 7 in said:
        return protobuf.text(said[7][-1])
    json = said.get(8) or said.get(16)
    return decode_extended(protobuf.text(json[-1])) if json and json[-1] else None


def _path(said: dict[int, list[Value]]) -> list[str]:
    nested = [protobuf.text(part) for part in said.get(2, ())]
    return nested or [protobuf.text(said.get(1, [b""])[-1])]


def _changes(kind: str, data: Value) -> Iterator[tuple[str, Any]]:
    parts = protobuf.collect(data)
    found: dict[str, Any] = {}
    for item in parts.get(1, ()):
        said = protobuf.collect(item)
        path = _path(said)
        if path[0] in _OURS or not path[0]:
            continue
        value = decode_extended(protobuf.text(said.get(16, [b"null"])[-1]))
        if kind == "summary" or len(path) == 1:
            found[".".join(path)] = value
        else:
            level = found.setdefault(path[0], {})
            for part in path[1:-1]:
                level = level.setdefault(part, {})
            level[path[-1]] = value
    removed = [".".join(_path(protobuf.collect(item))) for item in parts.get(2, ())]
    if found or removed:
        yield kind, {"set": found, **({"del": removed} if removed else {})}


def _event(parts: dict[int, list[Value]], started: float) -> dict[str, Any]:
    at = protobuf.moment(parts.get(2, [None])[-1])
    row: dict[str, Any] = {"_timestamp": at, "_runtime": max(0.0, at - started)}
    for item in parts.get(3, ()):
        said = protobuf.collect(item)
        key = protobuf.text(said.get(1, [b""])[-1])
        value = decode_extended(protobuf.text(said.get(16, [b"null"])[-1]))
        row[key if key.startswith("system.") else f"system.{key}"] = value
    return row


def _rule(parts: dict[int, list[Value]]) -> dict[str, Any]:
    name = protobuf.text(parts.get(1, [b""])[-1]) or protobuf.text(parts.get(2, [b""])[-1])
    rule: dict[str, Any] = {"name": name}
    if 4 in parts:
        rule["step_metric"] = protobuf.text(parts[4][-1])
    options = protobuf.collect(parts.get(6, [b""])[-1])
    rule |= {option: True for number, option in ((1, "step_sync"), (2, "hidden")) if options.get(number, [0])[-1]}
    summaries = protobuf.collect(parts.get(7, [b""])[-1])
    if summaries:
        rule["summary"] = [_SUMMARIES[number] for number in summaries if number in _SUMMARIES]
    goal = _GOALS.get(protobuf.signed(parts.get(8, [0])[-1]))
    return rule | ({"goal": goal} if goal else {})


class _Console:
    """Puts pieces of output together into lines; what a carriage return wrote over is gone."""

    def __init__(self) -> None:
        self._lines = 0
        self._open: dict[str, tuple[float, str]] = {}

    def take(self, parts: dict[int, list[Value]]) -> Iterator[tuple[str, Any]]:
        stream = "stderr" if protobuf.signed(parts.get(1, [0])[-1]) == 0 else "stdout"
        at = protobuf.moment(parts.get(2, [None])[-1])
        _, before = self._open.get(stream, (at, ""))
        *whole, rest = (before + protobuf.text(parts.get(3, [b""])[-1])).split("\n")
        for line in whole:
            yield self._line(stream, at, line)
        self._open[stream] = (at, rest)

    def rest(self) -> Iterator[tuple[str, Any]]:
        for stream, (at, line) in self._open.items():
            if line:
                yield self._line(stream, at, line)
        self._open.clear()

    def _line(self, stream: str, at: float, text: str) -> tuple[str, Any]:
        shown = text.rstrip("\r").rpartition("\r")[2]
        self._lines += 1
        return "out", {"n": self._lines - 1, "s": stream, "t": at, "x": shown}
