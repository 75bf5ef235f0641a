"""What git says about the directory of a script: remote, changes since its commit. Changes and runs nothing of it.

The commit and the branch are the trainer's to say, who read them when the run began: a commit made since then is
another run's. Git is asked for them only where the trainer could not tell.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from runwell.wire.limits import MAX_KEPT_CODE_BYTES

from .secrets import clean_remote

DIFF_S = 10.0  # of a large work tree: the run goes on meanwhile
TOTAL_S = 2.0  # all questions together: a huge work tree on a slow disk is no reason to wait
# Drivers of the repository's own for differences and texts are programs of the repository: none is run. Colours and
# prefixes of the user's own would keep a patch from being applied.
_DIFF = ("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/")
_COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_NOTHING = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # git's name of the empty tree: before a first commit


def describe_git(directory: str, head: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give ``commit``, ``branch``, ``remote`` (without credentials), ``dirty``, ``root``; {} outside a repository.

    Args:
        directory: where git is asked.
        head: the ``head`` of the ``open`` record: ``commit`` and ``branch`` are those, and ``dirty`` is since then.
    """
    found: dict[str, Any] = {"root": directory, **_said(head)} if head else {}
    asked = _asker(directory, TOTAL_S)
    if asked is None:
        return found

    def ask(*arguments: str) -> str | None:
        answer = asked(*arguments)
        return answer.decode("utf-8", "replace").strip() if answer is not None else None

    root = ask("rev-parse", "--show-toplevel")
    if not root:
        return found
    found["root"] = root
    if not head:
        there = {"commit": ask("rev-parse", "--verify", "--quiet", "HEAD")}
        there["branch"] = ask("symbolic-ref", "--short", "--quiet", "HEAD")
        found.update(_said(there))
    remote = ask("config", "--get", "remote.origin.url")
    if remote:
        found["remote"] = clean_remote(remote)
    changed = ask(*_DIFF, "--name-only", "--ignore-submodules=all", found.get("commit") or _NOTHING)
    if changed is not None:
        found["dirty"] = bool(changed)
    return found


def uncommitted_changes(root: str, commit: str | None) -> bytes | None:
    """Give what tracked files differ in from a commit as a patch; None: in nothing, or it can't be told.

    Args:
        root: of the work tree.
        commit: None: there was none yet.

    Returns:
        Of a patch of over ``MAX_KEPT_CODE_BYTES`` nothing: a part of it could not be applied.
    """
    ask = _asker(root, DIFF_S)
    patch = ask(*_DIFF, "--submodule=short", "--binary", commit or _NOTHING) if ask else None
    return patch if patch and len(patch) <= MAX_KEPT_CODE_BYTES else None


def _said(head: Mapping[str, Any]) -> dict[str, str]:
    """Give commit and branch, those that there are and could be."""
    commit, branch = head.get("commit"), head.get("branch")
    said = {"commit": commit} if isinstance(commit, str) and _COMMIT.fullmatch(commit) else {}
    return {**said, "branch": branch} if isinstance(branch, str) and branch else said


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
