"""Forks and rewinds: ``fork_from`` and ``resume_from`` of ``init``, written ``<run id>?_step=<step>``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from runwell.wire import names
from runwell.wire.errors import UsageError, shorten
from runwell.wire.limits import MAX_STEP

_SHAPE = re.compile(r"^(?P<run>[^?]+)\?_step=(?P<step>\d{1,16})$")


@dataclass(frozen=True)
class Branch:
    """Where a run takes off.

    Attributes:
        kind: "fork": another run, which has this one's rows up to the step; "rewind": the same, without those after it.
        run_id: whose rows.
        step: the last that is taken over.
    """

    kind: str
    run_id: str
    step: int


def read_branch(fork_from: str | None, resume_from: str | None, run_id: str | None, resume: object) -> Branch | None:
    """Read what ``init`` was given; None if it was neither.

    Raises:
        UsageError: both, or with ``resume``, or not of the form, or it says another run than ``id``.
    """
    if fork_from is None and resume_from is None:
        return None
    if fork_from is not None and resume_from is not None:
        raise UsageError("fork_from makes another run, resume_from goes back in one; give one of them")
    if resume:
        raise UsageError("fork_from and resume_from say themselves where to go on; leave resume= out")
    kind, text = ("fork", fork_from) if fork_from is not None else ("rewind", resume_from)
    found = _SHAPE.match(str(text))
    if found is None or int(found["step"]) > MAX_STEP:
        raise UsageError(f"{kind} from {shorten(text)}: it must be of the form '<run id>?_step=<step>'")
    of = names.run_id(found["run"])
    if kind == "fork" and run_id == of:
        raise UsageError(f"a fork of run {of!r} needs an id of its own; resume_from goes back in the run itself")
    if kind == "rewind" and run_id not in (None, of):
        raise UsageError(f"resume_from names run {of!r}, id= names {run_id!r}; give one of them")
    return Branch(kind, of, int(found["step"]))
