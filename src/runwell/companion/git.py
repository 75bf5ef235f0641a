"""What git says about the directory of a script: commit, branch, remote, dirty. Changes and runs nothing of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from .secrets import clean_remote

TOTAL_S = 2.0  # all questions together: a huge work tree on a slow disk is no reason to wait


def describe_git(directory: str) -> dict[str, Any]:
    """Give ``commit``, ``branch``, ``remote`` (without credentials), ``dirty``, ``root``; {} outside a repository."""
    program = shutil.which("git")
    if not program or not Path(program).is_absolute() or not Path(directory).is_dir():
        return {}
    deadline = time.monotonic() + TOTAL_S

    def ask(*arguments: str) -> str | None:
        # A repository's own configuration can name programs to run: none of those are.
        command = [program, "-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null", "-c", "core.pager=cat"]
        command += ["-c", "core.sshCommand=false", "--no-optional-locks", *arguments]
        environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        try:
            ended = subprocess.run(  # noqa: S603  an absolute program and a list of arguments, no shell
                command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=left
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return ended.stdout.decode("utf-8", "replace").strip() if ended.returncode == 0 else None

    root = ask("rev-parse", "--show-toplevel")
    if not root:
        return {}
    found: dict[str, Any] = {"root": root}
    commit = ask("rev-parse", "--verify", "--quiet", "HEAD")
    if commit:
        found["commit"] = commit
    branch = ask("symbolic-ref", "--short", "--quiet", "HEAD")
    if branch:
        found["branch"] = branch
    remote = ask("config", "--get", "remote.origin.url")
    if remote:
        found["remote"] = clean_remote(remote)
    changes = ask("status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all")
    if changes is not None:
        found["dirty"] = bool(changes)
    return found
