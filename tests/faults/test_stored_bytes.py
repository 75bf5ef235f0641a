"""Nothing that is named is ever freed, and everything that nothing names is freed in the end, crashes or not."""

from __future__ import annotations

import os
import shutil

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from .stored_bytes import StoredBytes

LOOPS = int(os.environ.get("RUNWELL_LOOPS", "0"))  # `make test-faults`: thousands of steps
SHORT = (3, 40)
LONG = (80, 50)


def test_named_bytes_are_never_freed_and_unnamed_ones_always() -> None:
    examples, steps = LONG if LOOPS else SHORT
    try:
        run_state_machine_as_test(
            StoredBytes,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                derandomize=not LOOPS,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        if StoredBytes.template is not None:
            shutil.rmtree(StoredBytes.template)
            StoredBytes.template = None
