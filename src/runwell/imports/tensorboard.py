"""TensorBoard event files: every directory that holds some is a run.

Scalars, histograms, images, texts, sounds and small tensors of both generations (``Summary`` values, and tensors with
a plugin's name) become row values under their tags; hyperparameters become config. Graphs and plugins' own data
are left out and counted.

Source: TensorFlow's public event.proto, summary.proto, tensor.proto and the plugins' metadata messages.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import protobuf
from .protobuf import Malformed
from .source import MAX_SOURCES, Encoded, ImportProblem, SourceRun
from .tensors import read_tensor
from .tfrecords import Damage, read_records

_MARK = "tfevents"
MAX_BINS = 512  # what our histograms hold
_SUFFIXES = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpg"), (b"GIF8", "gif"), (b"RIFF", "wav"))


def find_runs(place: Path, project: str | None = None) -> list[SourceRun]:
    """Give the runs below a directory (or the one of an event file).

    Raises:
        ImportProblem: there is none.
    """
    root = place.resolve()
    if root.is_file():
        folders = {root.parent: [root]}
        root = root.parent
    else:
        folders = {}
        for folder, _, names in os.walk(root):
            files = sorted(Path(folder, name) for name in names if _MARK in name)
            if files and len(folders) < MAX_SOURCES:
                folders[Path(folder)] = files
    if not folders:
        raise ImportProblem(f"no TensorBoard event files (*{_MARK}*) below {place}; name the log directory")
    return [_run(folder, files, root, project) for folder, files in sorted(folders.items())]


def _run(folder: Path, files: list[Path], root: Path, project: str | None) -> SourceRun:
    identity = str(folder)
    name = folder.relative_to(root).as_posix() if folder != root else folder.name
    return SourceRun(
        tracker="tensorboard",
        place=folder,
        identity=identity,
        run_id=hashlib.blake2b(identity.encode("utf-8", "surrogateescape"), digest_size=6).hexdigest(),
        project=project or root.name,
        started_at=_first_time(files),
        facts={"display_name": name or "run"},
        scan=lambda: _scan(files),
    )


def _first_time(files: list[Path]) -> float:
    for path in files:
        for record in read_records(path, Damage()):
            try:
                return next(protobuf.real(value) for number, value in protobuf.fields(record) if number == 1)
            except (Malformed, StopIteration):
                break
    return 0.0


def _scan(files: list[Path]) -> Iterator[tuple[str, Any]]:
    plugins: dict[str, str] = {}  # tag → plugin; said in the tag's first event alone
    started: float | None = None
    row: dict[str, Any] = {}
    damage = Damage()
    for path in files:
        for record in read_records(path, damage):
            try:
                event = protobuf.collect(record)
                at = protobuf.real(event.get(1, [b""])[-1])
                step = protobuf.signed(event.get(2, [0])[-1])
                values = [
                    v for summary in event.get(5, ()) for n, v in protobuf.fields(protobuf.content(summary)) if n == 1
                ]
                read = [_value(value, plugins) for value in values]
            except (Malformed, ValueError, UnicodeDecodeError):
                damage.skipped += 1
                continue
            if 4 in event:
                yield "skipped", "graphs"
            started = at if started is None else started
            for tag, value in read:
                if tag == _CONFIG:
                    if value:
                        yield "config", {"set": value}
                elif value is None:
                    yield "skipped", f"values of {plugins.get(tag) or 'a kind that is not known'}"
                else:
                    if row and (row["_step"] != max(0, step) or tag in row):
                        yield "row", row
                        row = {}
                    row |= {"_step": max(0, step), "_timestamp": at, "_runtime": max(0.0, at - started), tag: value}
    if row:
        yield "row", row
    for _ in range(damage.skipped):
        yield "skipped", "damaged records"
    yield "exit", {"code": 0, "state": "finished"}


_CONFIG = "\0config"


def _value(data: protobuf.Value, plugins: dict[str, str]) -> tuple[str, Any]:
    """Give (tag, what a row keeps); None: nothing that a row could keep."""
    parts = protobuf.collect(data)
    tag = protobuf.text(parts.get(1, [b""])[-1]) or "value"
    if 9 in parts:
        plugin = protobuf.collect(protobuf.collect(parts[9][-1]).get(1, [b""])[-1])
        plugins.setdefault(tag, protobuf.text(plugin.get(1, [b""])[-1]))
        if plugins[tag] == "hparams":
            return _CONFIG, _hyperparameters(protobuf.content(plugin.get(2, [b""])[-1]))
    if 2 in parts:
        return tag, protobuf.real(parts[2][-1])
    if 4 in parts:
        image = protobuf.collect(parts[4][-1])
        width, height = (protobuf.signed(image.get(n, [0])[-1]) for n in (2, 1))
        return tag, _encoded("image", protobuf.content(image.get(4, [b""])[-1]), width, height)
    if 5 in parts:
        return tag, _old_histogram(protobuf.collect(parts[5][-1]))
    if 6 in parts:
        return tag, _encoded("audio", protobuf.content(protobuf.collect(parts[6][-1]).get(4, [b""])[-1]))
    if 8 in parts:
        return tag, _tensor(parts[8][-1], plugins.get(tag, ""))
    return tag, None


def _tensor(data: protobuf.Value, plugin: str) -> Any:
    shape, items = read_tensor(protobuf.content(data))
    if items and isinstance(items[0], bytes):
        if plugin == "images" and len(items) > 2:
            width, height = (int(text) if text.isdigit() else 0 for text in items[:2])
            pictures = [_encoded("image", one, width, height) for one in items[2:]]
            return pictures[0] if len(pictures) == 1 else pictures
        if plugin == "audio":
            sounds = [_encoded("audio", one) for one in items[:: 2 if len(shape) == 2 else 1]]
            return sounds[0] if len(sounds) == 1 else sounds
        texts = [one.decode("utf-8", "replace") for one in items]
        return texts[0] if len(texts) == 1 else texts
    if plugin == "histograms" and len(shape) == 2 and shape[1] == 3:
        rows = [items[at : at + 3] for at in range(0, len(items), 3)]
        return _histogram([rows[0][0], *(row[1] for row in rows)], [row[2] for row in rows]) if rows else None
    if len(items) == 1:
        return items[0]
    return items or None


def _old_histogram(parts: dict[int, list[protobuf.Value]]) -> Any:
    limits, counts = protobuf.reals(parts.get(6, []), "d"), protobuf.reals(parts.get(7, []), "d")
    low, high = (protobuf.real(parts.get(n, [b""])[-1]) for n in (1, 2))
    if not limits or len(limits) != len(counts):
        return None
    full = [place for place, count in enumerate(counts) if count]
    if not full:
        return None
    first, last = full[0], full[-1]
    begin = max(low, limits[first - 1]) if first else low
    edges = [begin, *limits[first:last], min(limits[last], high)]
    return _histogram(edges, counts[first : last + 1])


def _histogram(edges: list[float], counts: list[float]) -> Any:
    """Give a histogram of ours, with neighbours taken together where there are more bins than it holds."""
    if not all(map(math.isfinite, edges)):
        return None
    many = -(-len(counts) // MAX_BINS)
    joined = [sum(counts[at : at + many]) for at in range(0, len(counts), many)]
    kept = [*edges[0:-1:many], edges[-1]]
    for place in range(1, len(kept)):  # of one value alone, edges are one point
        kept[place] = kept[place] if kept[place] > kept[place - 1] else math.nextafter(kept[place - 1], math.inf)
    return {"_type": "histogram", "values": [int(n) if n == int(n) else n for n in joined], "bins": kept}


def _encoded(kind: str, data: bytes, width: int = 0, height: int = 0) -> Encoded | None:
    suffix = next((suffix for mark, suffix in _SUFFIXES if data.startswith(mark)), None)
    return Encoded(kind, data, suffix, width, height) if suffix else None


def _hyperparameters(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for start in protobuf.collect(data).get(3, ()):
        for entry in protobuf.collect(start).get(1, ()):
            pair = protobuf.collect(entry)
            said = protobuf.collect(pair.get(2, [b""])[-1])
            value: Any = None
            if 2 in said:
                value = protobuf.real(said[2][-1])
                value = int(value) if value.is_integer() and abs(value) < 2**53 else value
            elif 3 in said:
                value = protobuf.text(said[3][-1])
            elif 4 in said:
                value = bool(said[4][-1])
            found[protobuf.text(pair.get(1, [b""])[-1])] = value
    return found
