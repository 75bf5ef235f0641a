"""``run.log_code``: copies of a project's source files, kept with the run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from runwell.wire.limits import MAX_KEPT_CODE_BYTES

from .files import RunFiles
from .notices import warn_once

CODE_DIR = "code"
MAX_CODE_FILES = 10_000  # of one call: more is data, not source
_NEVER = frozenset({".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", "runwell", "wandb"})


def is_python(path: str) -> bool:
    """Tell whether it is a Python file: what is kept unless the script says otherwise."""
    return path.endswith(".py")


def keep_code(
    files: RunFiles,
    root: str,
    include: Callable[..., bool] = is_python,
    exclude: Callable[..., bool] = lambda path: False,
) -> list[str]:
    """Copy the source files below a directory to the run's ``code``.

    Args:
        files: the run's.
        root: the directory.
        include, exclude: tell by a path, or a path and the root, whether a file is kept.

    Returns:
        The names of the copies.
    """
    kept: list[str] = []
    whole = os.path.abspath(root)
    for path in _walk(whole):
        if not _says(include, path, whole) or _says(exclude, path, whole):
            continue
        if len(kept) >= MAX_CODE_FILES:
            warn_once("code files", f"log_code() keeps the first {MAX_CODE_FILES:,} files below {root}")
            break
        name = f"{CODE_DIR}/{os.path.relpath(path, whole).replace(os.sep, '/')}"
        if files.keep_copy(path, name):
            kept.append(name)
    if not kept:
        warn_once(f"code {root}", f"log_code() found no file to keep below {root}")
    return kept


def _walk(root: str) -> Iterator[str]:
    for directory, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _NEVER and not name.startswith("."))
        for name in sorted(names):
            path = os.path.join(directory, name)
            try:
                if os.path.isfile(path) and os.path.getsize(path) <= MAX_KEPT_CODE_BYTES:
                    yield path
            except OSError:
                continue


def _says(rule: Callable[..., Any], path: str, root: str) -> bool:
    try:
        return bool(rule(path, root))
    except TypeError:
        return bool(rule(path))
