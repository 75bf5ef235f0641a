"""A notebook as the script of a run: the path of its file, and its cells as they were run.

The file may be unknown (a kernel is not told) and may be older than what ran; so both are kept: the file
(the companion's doing) and the session, in the order in which its cells ran. Nothing here may fail the run.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import orjson

from runwell.wire.limits import MAX_KEPT_CODE_BYTES
from runwell.wire.records import SESSION_FILE

_NAMED_BY = ("RUNWELL_NOTEBOOK_NAME", "WANDB_NOTEBOOK_NAME", "JPY_SESSION_NAME")  # the last is Jupyter's own
_VSCODE_NAME = "__vsc_ipynb_file__"


def notebook_path() -> str | None:
    """Give the path of the notebook's file where the environment or the editor says it and it is there."""
    main = getattr(sys.modules.get("__main__"), "__dict__", {})
    named = [os.environ.get(name) for name in _NAMED_BY] + [main.get(_VSCODE_NAME)]
    for path in named:
        for found in (path, f"{path}.ipynb"):
            if isinstance(path, str) and path and os.path.isfile(found or ""):
                return found
    return None


def keep_session(run_dir: str) -> None:
    """Write the cells that were run so far into the run directory, as a notebook of its own."""
    main = getattr(sys.modules.get("__main__"), "__dict__", {})
    cells = main.get("In")
    if not isinstance(cells, list):
        return
    kept: list[dict[str, Any]] = []
    size = 0
    for number, source in enumerate(cells):
        if not isinstance(source, str) or not source.strip():
            continue
        size += len(source)
        if size > MAX_KEPT_CODE_BYTES // 4:  # JSON may write a character in several bytes
            break
        kept.append({"cell_type": "code", "execution_count": number, "metadata": {}, "outputs": [], "source": source})
    notebook = {
        "cells": kept,
        "metadata": {"language_info": {"name": "python", "version": sys.version.split()[0]}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    try:
        text = orjson.dumps(notebook, option=orjson.OPT_INDENT_2)
        with open(
            os.open(os.path.join(run_dir, SESSION_FILE), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
        ) as f:
            f.write(text)
    except (OSError, TypeError):
        return  # a full disk, or half a character: the run ends as ever
