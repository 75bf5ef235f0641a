"""What git says about the directory of a script: commit, branch, remote, dirty. Changes and runs nothing of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runwell.wire.limits import MAX_KEPT_CODE_BYTES

from .secrets import clean_remote

DIFF_S = 10.0  # of a large work tree: the run goes on meanwhile
TOTAL_S = 2.0  # all questions together: a huge work tree on a slow disk is no reason to wait


def describe_git(directory: str) -> dict[str, Any]:
    """Give ``commit``, ``branch``, ``remote`` (without credentials), ``dirty``, ``root``; {} outside a repository."""
    asked = _asker(directory, TOTAL_S)
    if asked is None:
        return {}

    def ask(*arguments: str) -> str | None:
        answer = asked(*arguments)
        return answer.decode("utf-8", "replace").strip() if answer is not None else None

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


def uncommitted_changes(root: str) -> bytes | None:
    """Give the changes of tracked files since the last commit as a patch; None: none, or it can't be told.

    Of a patch of over ``MAX_KEPT_CODE_BYTES`` nothing is given: a part of it could not be applied.
    """
    ask = _asker(root, DIFF_S)
    # Drivers of the repository's own for differences and texts are programs of the repository: none is run.
    patch = ask("diff", "--no-ext-diff", "--no-textconv", "--submodule=short", "--binary", "HEAD") if ask else None
    return patch if patch and len(patch) <= MAX_KEPT_CODE_BYTES else None


def _asker(directory: str, total_s: float) -> Callable[..., bytes | None] | None:
    """Give what asks git in a directory, all questions within ``total_s``; None: there is no git."""
    program = shutil.which("git")
    if not program or not Path(program).is_absolute() or not Path(directory).is_dir():
        return None
    deadline = time.monotonic() + total_s

    def ask(*arguments: str) -> bytes | None:
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
        return ended.stdout if ended.returncode == 0 else None

    return ask
