"""The results of a run of these tests, for the page of what is compatible."""

from __future__ import annotations

import json
import time
from pathlib import Path

from . import environment

RESULTS = environment.ROOT / "tests/compatibility/results"


class Results:
    """Outcomes by framework and behaviour; behaviours in the order in which they were tested."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], dict[str, str]] = {}

    def add(self, subject: str, behaviour: str, outcome: str, note: str = "") -> None:
        """Keep an outcome; a failure of one of several tests of a behaviour stays a failure."""
        before = self.rows.get((subject, behaviour))
        if before is None or before["outcome"] == "works":
            self.rows[subject, behaviour] = {
                "subject": subject,
                "behaviour": behaviour,
                "outcome": outcome,
                "note": note,
            }

    def write(self) -> Path:
        """Write them; give the file."""
        client = environment.client()
        name = "frameworks" if client == "official" else f"frameworks-{client}"
        content = {
            "suite": name,
            "taken": time.strftime("%Y-%m-%d", time.gmtime()),
            "python": environment.python_version(),
            "rows": sorted(self.rows.values(), key=lambda row: row["subject"].lower()),
        }
        RESULTS.mkdir(parents=True, exist_ok=True)
        path = RESULTS / f"{name}.json"
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
        return path
