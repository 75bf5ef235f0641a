"""Which code of a run is kept: the commit and uncommitted changes, the main script or notebook.

A script says so (``save_code``), else the user's switch on the server, else the usual: commit and changes, no script.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runwell.sync.disk import replace_file
from runwell.wire import records
from runwell.wire.limits import MAX_KEPT_CODE_BYTES

from .git import uncommitted_changes

log = logging.getLogger("runwell.companion")

DIFF = "diff.patch"
CODE_DIR = "code"
SESSION = f"{CODE_DIR}/_session_history.ipynb"  # the official client's name for it


@dataclass(frozen=True, slots=True)
class CodePolicy:
    """What of a run's code is kept."""

    changes: bool
    script: bool


def decide(opened: Mapping[str, Any]) -> CodePolicy:
    """Decide by what the script said (``code`` and ``git`` of the ``open`` record) and, online, the user's switch."""
    if opened.get("capture") == "minimal":
        return CodePolicy(changes=False, script=bool(opened.get("code")))
    said = opened.get("code")
    if said is None and opened.get("mode") == "online":
        from runwell.sync.account import code_saving_switch  # brings the HTTP client, which offline runs do without

        said = code_saving_switch(str(opened.get("base_url") or ""))
    if said is None:
        return CodePolicy(changes=opened.get("git") is not False, script=False)
    return CodePolicy(changes=bool(said) and opened.get("git") is not False, script=bool(said))


def keep_changes(run_dir: Path, root: str, git: Mapping[str, Any]) -> str | None:
    """Write ``diff.patch`` of what isn't committed; give its name, None if there is nothing.

    Args:
        run_dir: the run directory.
        root: of the work tree.
        git: what ``describe_git`` said of it: with ``commit``, the patch gives the tree as it is.
    """
    changes = uncommitted_changes(root, git.get("commit")) if git.get("dirty") else None
    if not changes:
        return None
    replace_file(run_dir / records.FILES_DIR / DIFF, changes, durable=False)
    return DIFF


def keep_script(run_dir: Path, program: str, cwd: str, code_path: str | None) -> str | None:
    """Copy the main script below ``files/code``; give its name, None if there is no such file or it is too large."""
    source = Path(cwd) / program
    try:
        if not source.is_file() or source.stat().st_size > MAX_KEPT_CODE_BYTES:
            return None
        name = f"{CODE_DIR}/{code_path or source.name}"
        target = run_dir / records.FILES_DIR / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(source, target)
    except OSError as error:
        log.info("%s isn't kept: %s", source, error)
        return None
    return name


def keep_session(run_dir: Path) -> str | None:
    """Put the cells that a notebook ran below ``files/code``; give their name, None if none were recorded."""
    source, target = run_dir / records.SESSION_FILE, run_dir / records.FILES_DIR / SESSION
    try:
        if not source.is_file() or source.stat().st_size > MAX_KEPT_CODE_BYTES:
            return None
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(source, target)
    except OSError as error:
        log.info("%s isn't kept: %s", source, error)
        return None
    return SESSION
