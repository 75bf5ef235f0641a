"""Media of runs: which keys have some, at which steps, and the values themselves with the files they are made of.

A media value is the JSON object that the client logged, with its ``_type``, whole; its bytes are files of the run.
Histograms are such values too, their bins inside. Steps are read without the values, so that a slider over
100,000 steps costs their numbers only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection

from runwell.server.stores.records import FileRecord, RunRecord
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.metrics import HISTORY
from runwell.wire.errors import InvalidValue
from runwell.wire.limits import MAX_PAGE

from .access import Actor
from .columns import JSON, MEDIA_BIT, Points
from .projects import Projects
from .row_parts import STEP, Asked, Part, RowParts

MAX_MEDIA_RUNS = 100  # runs of one request: more than fit a screen
MAX_MEDIA_KEYS = 100  # keys of one request
MAX_MEDIA_STEPS = 1_000_000  # steps of one answer, all runs and keys together
MAX_MEDIA_FILES = 5_000  # files named by one answer
_LABELS = {"masks": "mask/class_labels", "boxes": "bounding_box/class_labels"}
_CLOUDS = "media/object3D/"
_BETWEEN = "_wandb_delimeter_"  # what the official client writes between a key and the name of its mask


@dataclass(slots=True)
class MediaValue:
    """One media value.

    Attributes:
        run, key, step: where it was logged.
        value: the object as it was logged.
        files: path → the run's file, None while it isn't here.
        labels: names of classes: ``masks`` and ``boxes``, each by name of the mask, by class.
    """

    run: RunRecord
    key: str
    step: int
    value: dict[str, Any]
    files: dict[str, FileRecord | None] = field(default_factory=dict)
    labels: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)


class Media:
    """Reads media.

    Args:
        catalog: knows runs, keys and files.
        projects: who may see them.
        parts: where histories are read; what was decoded is remembered there, for the slider's next move.
    """

    def __init__(self, catalog: Catalog, projects: Projects, parts: RowParts) -> None:
        self._catalog = catalog
        self._projects = projects
        self._parts = parts

    def keys(self, actor: Actor, entity: str, project: str, runs: Sequence[str]) -> list[dict[str, Any]]:
        """List the media keys of runs by name: ``key``, ``types`` (type → runs), ``runs``, ``points``.

        Raises:
            InvalidValue: too many runs.
            NotFound: there is no such project of the actor's.
        """
        found = self._runs(actor, entity, project, runs)
        rows = self._catalog.read(lambda c: self._catalog.metrics.keys(c, [r.id for r in found], HISTORY, None))
        by_id = {run.id: run for run in found}
        keys: dict[str, dict[str, Any]] = {}
        for row in rows:
            if row.kind_bits & MEDIA_BIT:
                one = keys.setdefault(row.key, {"key": row.key, "types": {}, "runs": 0, "points": 0})
                one["runs"] += 1
                one["points"] += row.point_count
                kind = self._type_of(by_id[row.run_id], row.key)
                if kind is not None:
                    one["types"][kind] = one["types"].get(kind, 0) + 1
        return [keys[key] for key in sorted(keys)]

    def steps(
        self, actor: Actor, entity: str, project: str, runs: Sequence[str], keys: Sequence[str]
    ) -> tuple[list[tuple[str, str, list[int]]], bool]:
        """Give the steps at which each run has each key, ascending; and whether some had to be left out."""
        _check_keys(keys)
        given: list[tuple[str, str, list[int]]] = []
        room = MAX_MEDIA_STEPS
        for run in self._runs(actor, entity, project, runs):
            at = self._places(run, keys, None, None)
            for key in dict.fromkeys(keys):
                steps = np.unique(at[key].steps) if key in at else ()
                if len(steps) and room > 0:
                    given.append((run.name, key, [int(step) for step in steps[:room]]))
                room -= len(steps)
        return given, room < 0

    def values_at(
        self, actor: Actor, entity: str, project: str, runs: Sequence[str], keys: Sequence[str], step: int | None
    ) -> list[MediaValue]:
        """Give each run's newest value of each key up to a step (None: the last of all)."""
        _check_keys(keys)
        found: list[MediaValue] = []
        for run in self._runs(actor, entity, project, runs):
            chosen = {
                key: np.array([_newest(points)])
                for key, points in self._places(run, keys, None, step).items()
                if len(points.rows)
            }
            found += self._values(run, keys, chosen)
        return self._with_files(found)

    def values_between(
        self,
        actor: Actor,
        entity: str,
        project: str,
        runs: Sequence[str],
        keys: Sequence[str],
        least: int | None,
        most: int | None,
        limit: int,
    ) -> tuple[list[MediaValue], bool]:
        """Give up to ``limit`` values of each run and key between two steps, both included.

        Of more, evenly many over the steps are chosen, the first and the last among them.

        Returns:
            The values by run, key and step; whether some were left out.
        """
        _check_keys(keys)
        found: list[MediaValue] = []
        thinned = False
        for run in self._runs(actor, entity, project, runs):
            chosen: dict[str, np.ndarray] = {}
            for key, points in self._places(run, keys, least, most).items():
                rows = points.rows[np.argsort(points.steps, kind="stable")]
                if len(rows) > limit:
                    thinned = True
                    rows = rows[np.linspace(0, len(rows) - 1, limit).round().astype(np.int64)]
                chosen[key] = rows
            found += self._values(run, keys, chosen)
            if len(found) > MAX_PAGE:
                return self._with_files(found[:MAX_PAGE]), True
        return self._with_files(found), thinned

    def with_files(self, run: RunRecord, key: str, value: dict[str, Any]) -> MediaValue:
        """Give a value that is known already (a summary's) with its files."""
        return self._with_files([MediaValue(run, key, run.last_step, value)])[0]

    def fill(self, value: MediaValue) -> MediaValue:
        """Find the files that a value from elsewhere (a table's cells) names."""
        return self._with_files([value])[0]

    def _runs(self, actor: Actor, entity: str, project: str, runs: Sequence[str]) -> list[RunRecord]:
        if len(runs) > MAX_MEDIA_RUNS:
            raise InvalidValue(f"{len(runs):,} runs; media of at most {MAX_MEDIA_RUNS} are given at once")

        def work(c: Connection) -> list[RunRecord]:
            ref = self._projects.found(c, actor, entity, project)
            ids = self._catalog.runs.ids(c, ref.id, runs)
            return self._catalog.runs.find_many(c, [ids[name] for name in dict.fromkeys(runs) if name in ids])

        return self._catalog.read(work)

    def _read(
        self, run: RunRecord, keys: Sequence[str], least: int | None = None, most: int | None = None
    ) -> Iterator[Part]:
        return self._parts.read(Asked(run.id, HISTORY, frozenset([STEP, *keys]), least, most, paged=True))

    def _type_of(self, run: RunRecord, key: str) -> str | None:
        last = run.summary.get(key)
        if isinstance(last, dict) and isinstance(last.get("_type"), str):
            return last["_type"]
        for part in self._read(run, [key]):
            points = _media(part.get(key))
            if points is not None and len(points.rows):
                return points.take(slice(0, 1)).given()[0].get("_type")
        return None

    def _places(self, run: RunRecord, keys: Sequence[str], least: int | None, most: int | None) -> dict[str, Points]:
        """Give where the media values of each key lie: rows and steps, the values left out."""
        found: dict[str, list[Points]] = {}
        for part in self._read(run, keys, least, most):
            for key in keys:
                points = _media(part.get(key))
                if points is not None and len(points.rows):
                    points.texts = None
                    found.setdefault(key, []).append(points)
        return {key: _joined(parts) for key, parts in found.items()}

    def _values(self, run: RunRecord, keys: Sequence[str], chosen: Mapping[str, np.ndarray]) -> list[MediaValue]:
        if not chosen:
            return []
        order = {key: place for place, key in enumerate(keys)}
        found: list[MediaValue] = []
        for part in self._read(run, list(chosen)):
            for key, rows in chosen.items():
                points = part.get(key)
                if points is None:
                    continue
                points = points.take(np.isin(points.rows, rows))
                labels = class_labels(run.wandb_config, key)
                for step, value in zip(points.steps.tolist(), points.given(), strict=True):
                    found.append(MediaValue(run, key, step, value, labels=labels))
        return sorted(found, key=lambda one: (order[one.key], one.step))

    def _with_files(self, values: list[MediaValue]) -> list[MediaValue]:
        paths: dict[int, dict[str, None]] = {}
        room = MAX_MEDIA_FILES
        for one in values:
            for path in file_paths(one.value):
                if room > 0:
                    paths.setdefault(one.run.id, {})[path] = None
                    one.files[path] = None
                    room -= 1

        def work(c: Connection) -> dict[tuple[int, str], FileRecord]:
            return {
                (run_id, file.path): file
                for run_id, wanted in paths.items()
                for file in self._catalog.files.find_many(c, run_id, list(wanted))
            }

        there = self._catalog.read(work)
        for one in values:
            for path in one.files:
                one.files[path] = there.get((one.run.id, path))
        return values


def file_paths(value: Any) -> Iterator[str]:
    """Give the run files that a media value names: its ``path``, a list's ``filenames``, masks and boxes."""
    waiting: list[Any] = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if isinstance(node.get("path"), str) and node["path"]:
                yield node["path"]
            names: Iterable[Any] = node["filenames"] if isinstance(node.get("filenames"), list) else ()
            # Of point clouds in a list the official client writes names without their folder.
            folder = _CLOUDS if node.get("_type") == "object3D" else ""
            yield from (name if "/" in name else folder + name for name in names if isinstance(name, str) and name)
            waiting.extend(reversed([item for item in node.values() if isinstance(item, (dict, list))]))
        elif isinstance(node, list):
            waiting.extend(reversed([item for item in node if isinstance(item, (dict, list))]))


def class_labels(wandb_config: Mapping[str, Any], key: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Read the names of the classes of a key's masks and boxes, which the client keeps in the run's config."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for ours, theirs in _LABELS.items():
        said = wandb_config.get(theirs)
        for name, one in said.items() if isinstance(said, dict) else ():
            owner, _, part = str(name).partition(_BETWEEN)
            # Of nested keys the client writes the last part only.
            if part and owner in (key, key.rsplit(".", 1)[-1]) and isinstance(one, dict):
                labels = one.get("value")
                if isinstance(labels, dict):
                    found.setdefault(ours, {})[part] = labels
    return found


def _check_keys(keys: Sequence[str]) -> None:
    if len(keys) > MAX_MEDIA_KEYS:
        raise InvalidValue(f"{len(keys):,} keys; media of at most {MAX_MEDIA_KEYS} are given at once")


def _media(points: Points | None) -> Points | None:
    """Give the points that are objects with a ``_type``."""
    if points is None or points.texts is None:
        return None
    kept = points.kinds == JSON
    if kept.any():
        kept[kept] = ['"_type"' in text and text.startswith("{") for text in points.texts[kept]]
    return points.take(kept)


def _joined(parts: Sequence[Points]) -> Points:
    return Points(
        np.concatenate([p.rows for p in parts]),
        np.concatenate([p.steps for p in parts]),
        np.concatenate([p.kinds for p in parts]),
        np.concatenate([p.values for p in parts]),
        None,
    )


def _newest(points: Points) -> int:
    """Give the row of the highest step; of several, the one that came last."""
    return int(points.rows[np.lexsort((points.rows, points.steps))[-1]])
