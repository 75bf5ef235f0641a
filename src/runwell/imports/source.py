"""A run of another tracker as its reader gives it: what it is, and what it recorded, in order. Values only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runwell.wire.errors import UsageError

MAX_SOURCES = 100_000  # runs of one import


class ImportProblem(UsageError):
    """What was named can't be imported; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture or sound in a row, in the file format that it had.

    Attributes:
        kind: "image" or "audio".
        data: the bytes of the file.
        suffix: of its name, without the dot.
        width, height: in pixels, of a picture; 0: unknown.
    """

    kind: str
    data: bytes
    suffix: str
    width: int = 0
    height: int = 0


@dataclass(slots=True)
class SourceRun:
    """One run.

    Attributes:
        tracker: "tensorboard", "wandb" or "mlflow".
        place: where it was found, for messages.
        identity: what tells it from all others, for ever; the writer's name on the wire is made of it.
        run_id, project: what it is to be called here.
        started_at: seconds since the epoch.
        facts: fields of a ``run`` record: display_name, notes, tags, group, job_type, host, program, commit …
        problem: why it can't be read at all; empty: it can.
        scan: gives what was recorded as (kind, payload): ``row``, ``event``, ``config``, ``summary``, ``metric``,
            ``out``, ``alert`` and ``exit`` as ``wire.records`` has them (a row may hold :class:`Encoded` and lists of
            them), ``file`` as (path on disk, name), ``made`` as (name, its bytes), ``skipped`` as what was left out.
    """

    tracker: str
    place: Path
    identity: str
    run_id: str
    project: str
    started_at: float
    facts: dict[str, Any] = field(default_factory=dict)
    problem: str = ""
    scan: Callable[[], Iterator[tuple[str, Any]]] = lambda: iter(())
