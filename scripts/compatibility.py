"""Makes docs/compatibility.md of the results in tests/compatibility/results.

Usage: compatibility.py          writes the page
       compatibility.py --check  says whether the page is what the results make, and changes nothing
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "tests" / "compatibility" / "results"
PAGE = ROOT / "docs" / "compatibility.md"
SIGNS = {"works": "✓", "absent": "–", "fails": "✗"}

Row = dict[str, str]

HEAD = """\
# What works with the official client

Runwell's server speaks the protocol of the `wandb` client: with `WANDB_BASE_URL` and `WANDB_API_KEY` set, scripts and
libraries that call `wandb` send their runs here, unchanged. This page says what of it was tried and what came of it. It
is made of test results (`scripts/compatibility.py`), never written by hand.

✓ works: written by the client, then compared value by value through `/api`, through that version's own `wandb.Api()`,
or through both. – absent: that version doesn't have the feature. ✗ fails: the number says why.
"""

VERSIONS = """
## Versions of the client

Each version from PyPI in an environment of its own (Python {python}; the oldest with NumPy, Pillow and setuptools of
their time), against a real server; taken {taken}. Every line is a script that runs with that version, in
`tests/compatibility/scripts`.
"""

FRAMEWORKS = """
## Libraries

Each library's own integration with the client, unchanged: a small real training on the CPU, then everything read back.
Taken {taken} with Python {python}.
"""

OURS = """
## The same libraries with Runwell under the name wandb

The same trainings and the same comparisons, with `packages/wandb-shim`: Runwell's own SDK, installed under the import
name `wandb`, instead of the official client. Taken {taken} with Python {python}.
"""

TAIL = """
## Taking it again

```
make test-versions      # every version, installed into the user's cache directory
make test-frameworks    # every library
```

`RUNWELL_COMPATIBILITY_CACHE` names another place for the versions' environments. Results lie in
`tests/compatibility/results`; `python -m tests.compatibility.versions 0.22.3` takes one version alone, and
`python scripts/compatibility.py` makes this page of what is there. The newest version is also under test in `make test`
(`tests/protocol`).

## Where Runwell differs from W&B's own service

- One user and one entity, `local`, unless an administrator adds more. The server is one organization, `runwell`,
  and its registries are every user's.
- Launch, automations and Weave aren't there: what the client asks about them is answered with an error that says so.
- A run whose script is silent for five minutes is called crashed; it is running again when it is heard again.
- What a client may ask about the schema is bounded: the names of a type's fields and arguments. That is what versions
  before 0.28 look up before they use a feature.
- Histories aren't sampled by the server unless `history(samples=…)` asks for it: `scan_history` and charts are made of
  every row.
- Numbers stay what they were: NaN, infinities and integers beyond 2^53 come back as logged.
"""


def load(folder: Path = RESULTS) -> dict[str, dict[str, Any]]:
    """Give every suite's results by its name."""
    documents = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    return {document["suite"]: document for document in documents}


class Footnotes:
    """Numbers notes in the order they are met; a note met again keeps its number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def sign(self, row: Row | None) -> str:
        """Give the cell of a row."""
        if row is None:
            return ""
        sign = SIGNS[row["outcome"]]
        note = row.get("note", "").strip()
        # That a version lacks a feature says enough.
        if not note or row["outcome"] == "absent":
            return sign
        return f"{sign} [{self._numbers.setdefault(note, len(self._numbers) + 1)}]"

    def lines(self) -> list[str]:
        """Give the notes as a numbered list."""
        return [f"{number}. {_plain(note)}" for note, number in self._numbers.items()]


def _plain(text: str) -> str:
    """Keep a text from being read as Markdown, a table or HTML."""
    text = " ".join(text.split())
    for sign in ("\\", "|", "*", "_", "<", "[", "`", "~"):
        text = text.replace(sign, "\\" + sign)
    return text


def matrix(rows: list[Row], corner: str) -> list[str]:
    """Make a table: behaviours down, subjects across."""
    subjects = list(dict.fromkeys(row["subject"] for row in rows))
    behaviours = list(dict.fromkeys(row["behaviour"] for row in rows))
    cells = {(row["subject"], row["behaviour"]): row for row in rows}
    notes = Footnotes()
    lines = [
        f"| {corner} | " + " | ".join(subject.removeprefix("wandb ") for subject in subjects) + " |",
        "|---|" + "---|" * len(subjects),
    ]
    for behaviour in behaviours:
        signs = [notes.sign(cells.get((subject, behaviour))) for subject in subjects]
        lines.append(f"| {behaviour} | " + " | ".join(signs) + " |")
    return [*lines, *([""] if notes.lines() else []), *notes.lines()]


def listing(rows: list[Row]) -> list[str]:
    """Make a table with a line for each row: subject, behaviour, outcome."""
    notes = Footnotes()
    lines = ["| library | what | |", "|---|---|---|"]
    before = ""
    for row in rows:
        subject = "" if row["subject"] == before else row["subject"]
        before = row["subject"]
        lines.append(f"| {subject} | {row['behaviour']} | {notes.sign(row)} |")
    return [*lines, *([""] if notes.lines() else []), *notes.lines()]


def page(suites: dict[str, dict[str, Any]]) -> str:
    """Make the text of the page."""
    text = HEAD
    if "versions" in suites:
        suite = suites["versions"]
        text += VERSIONS.format(**{key: suite[key] for key in ("python", "taken")}) + "\n"
        text += "\n".join(matrix(suite["rows"], "wandb")) + "\n"
    if "frameworks" in suites:
        suite = suites["frameworks"]
        text += FRAMEWORKS.format(**{key: suite[key] for key in ("python", "taken")}) + "\n"
        text += "\n".join(listing(suite["rows"])) + "\n"
    if "frameworks-ours" in suites:
        suite = suites["frameworks-ours"]
        text += OURS.format(**{key: suite[key] for key in ("python", "taken")}) + "\n"
        text += "\n".join(listing(suite["rows"])) + "\n"
    return text + TAIL


def main(words: list[str]) -> int:
    """Write the page, or check it."""
    made = page(load())
    if words == ["--check"]:
        if PAGE.read_text("utf-8") == made:
            return 0
        print(f"{PAGE.relative_to(ROOT)} isn't what the results make: run scripts/compatibility.py", file=sys.stderr)
        return 1
    PAGE.write_text(made, "utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
