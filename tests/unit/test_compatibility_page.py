"""``docs/compatibility.md`` is what the results say, neither more nor less."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("compatibility", ROOT / "scripts" / "compatibility.py")
assert SPEC is not None and SPEC.loader is not None
compatibility = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(compatibility)


def test_the_page_is_made_of_the_results() -> None:
    text = compatibility.PAGE.read_text("utf-8")
    assert text == compatibility.page(compatibility.load()), "run scripts/compatibility.py"


def test_results_have_the_form_that_the_page_needs() -> None:
    suites = compatibility.load()
    assert "versions" in suites
    for name, suite in suites.items():
        assert set(suite) >= {"suite", "taken", "python", "rows"} and suite["rows"], name
        pairs = [(row["subject"], row["behaviour"]) for row in suite["rows"]]
        assert len(pairs) == len(set(pairs)), f"{name} says something twice"
        for row in suite["rows"]:
            assert row["outcome"] in compatibility.SIGNS
            assert row["note"] or row["outcome"] == "works", f"{row} gives no reason"
            assert "/tmp/" not in row["note"] and "/home/" not in row["note"], row


def test_a_failure_shows_with_its_reason() -> None:
    rows = [
        {"subject": "wandb 2", "behaviour": "fork", "outcome": "works", "note": ""},
        {"subject": "wandb 1", "behaviour": "fork", "outcome": "fails", "note": "lost | a row"},
        {"subject": "wandb 1", "behaviour": "rewind", "outcome": "absent", "note": "no resume_from"},
    ]
    assert compatibility.matrix(rows, "wandb") == [
        "| wandb | 2 | 1 |",
        "|---|---|---|",
        "| fork | ✓ | ✗ [1] |",
        "| rewind |  | – |",
        "",
        "1. lost \\| a row",
    ]
