"""Which states may be set by hand, and from which. Pure.

A run's own client says how it goes; by hand a run that is over is put back into the queue, and one of which nothing
will come any more is called failed.
"""

from __future__ import annotations

from runwell.server.stores.records import RunRecord
from runwell.wire.errors import InvalidValue, shorten

from .access import Conflict

# The state set by hand → those it may follow. Setting it again changes nothing.
FOLLOWS = {
    "pending": frozenset({"pending", "running", "failed", "crashed", "interrupted", "killed", "preempted"}),
    "failed": frozenset({"failed", "pending", "running"}),
}


def check_set_state(run: RunRecord, state: str) -> None:
    """Check that this run may be put into this state by hand.

    Raises:
        InvalidValue: no run may.
        Conflict: this one may not as it is now, or it is a sweep's.
    """
    allowed = FOLLOWS.get(state)
    if allowed is None:
        raise InvalidValue(f"a run's state can be set to {' or '.join(FOLLOWS)}, not to {shorten(state)}")
    if run.sweep:
        raise Conflict(f"run {shorten(run.name)} is one of a sweep, which alone sets its state")
    if run.state not in allowed:
        raise Conflict(f"run {shorten(run.name)} is {run.state}; it can't be set to {state} from there")
