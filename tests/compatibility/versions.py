"""The matrix: each behaviour with each version of the official client, against a real server.

Usage: python -m tests.compatibility.versions [VERSION…]

Writes ``results/versions.json``; with versions named, only their rows are replaced. `scripts/compatibility.py` makes
``docs/compatibility.md`` of it.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from runwell.wire.limits import CRASHED_AFTER_S
from tests.serving import ServerProcess

from . import at_work, file_checks, run_checks
from .clients import VERSIONS, installed
from .session import Absent, Session

RESULTS = Path(__file__).parent / "results" / "versions.json"
MAX_NOTE_CHARS = 200

Check = Callable[[Session], str | None]  # what it says on success, if anything, is a note

BEHAVIOURS: tuple[Check, ...] = (
    run_checks.a_run,
    run_checks.names,
    run_checks.numbers,
    run_checks.nested,
    run_checks.metric_rules,
    run_checks.console,
    run_checks.system_metrics,
    run_checks.endings,
    run_checks.killed,
    run_checks.stopped,
    run_checks.resume,
    run_checks.auto,
    run_checks.fork,
    run_checks.rewind,
    run_checks.shared,
    run_checks.offline,
    run_checks.synced_again,
    run_checks.alert,
    file_checks.save_files,
    file_checks.code,
    file_checks.media,
    file_checks.table,
    file_checks.charts,
    file_checks.artifacts,
    file_checks.artifact_edits,
    file_checks.find_runs,
    file_checks.read_history,
    file_checks.read_files,
    file_checks.edit_a_run,
    file_checks.delete_a_run,
    file_checks.projects,
    run_checks.verify,
)


def judged(check: Check, session: Session) -> dict[str, str]:
    """Make the row of one behaviour of one version."""
    row = {
        "subject": f"wandb {session.client.version}",
        "behaviour": str(check.__doc__),
        "outcome": "works",
        "note": "",
    }
    try:
        row["note"] = check(session) or ""
    except Absent as missing:
        row |= {"outcome": "absent", "note": str(missing)}
    except Exception as error:
        if not isinstance(error, AssertionError):
            traceback.print_exc()
        said = str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"
        row |= {"outcome": "fails", "note": _plain(said, session.home)}
    return row


def _plain(said: str, home: Path) -> str:
    """Make a note of an error: one line, without this machine's paths and addresses."""
    line = " ".join(said.replace(str(home), "").split())
    line = re.sub(r"https?://127\.0\.0\.1:\d+", "SERVER", line)
    line = re.sub(r"(/[\w.+-]+){3,}/", "…/", line)
    return line[:MAX_NOTE_CHARS]


def take(versions: list[str], folder: Path) -> list[dict[str, str]]:
    """Let every version do everything; give the rows."""
    server = ServerProcess(folder / "server").start()
    try:
        sessions = [Session(installed(version), server, folder / version) for version in versions]
        for session in sessions:  # first, for the server needs minutes to miss them
            at_work.kill_one(session)
        killed_at = time.monotonic()
        for session in sessions:
            begun = time.monotonic()
            at_work.work(session)
            print(f"  wandb {session.client.version}: {time.monotonic() - begun:.0f} s", flush=True)
        left_s = killed_at + CRASHED_AFTER_S + 60 - time.monotonic()
        run_checks.wait_for_silence(server, sessions, left_s)
        return [judged(check, session) for session in sessions for check in BEHAVIOURS]
    finally:
        server.stop()


def main(versions: list[str]) -> int:
    unknown = set(versions) - set(VERSIONS)
    if unknown:
        sys.exit(f"not in the matrix: {', '.join(sorted(unknown))}; it has {', '.join(VERSIONS)}")
    # A shell that starts us in the background makes Ctrl-C ignored, and clients hear of a Stop by that very signal.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="compatibility-"))
    rows = take(versions or list(VERSIONS), folder)
    taken = {f"wandb {version}" for version in versions} if versions else set()
    before = json.loads(RESULTS.read_text())["rows"] if versions and RESULTS.exists() else []
    rows += [row for row in before if row["subject"] not in taken]
    subjects = [f"wandb {version}" for version in VERSIONS]
    rows.sort(key=lambda row: subjects.index(row["subject"]))
    document = {
        "suite": "versions",
        "taken": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "rows": rows,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    failed = [row for row in rows if row["outcome"] == "fails"]
    for row in failed:
        print(f"✗ {row['subject']}: {row['behaviour']}: {row['note']}")
    print(f"{len(rows)} checked, {len(failed)} failed, {time.monotonic() - begun:.0f} s; kept in {folder}", flush=True)
    if not failed:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
