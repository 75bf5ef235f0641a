"""Where and how the script runs: program, arguments, host, directory, commit. The rest (hardware …) is the companion's.

Nothing here may fail the run: what can't be read is left out. The environment's variables aren't recorded.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from .secrets import hide_in_arguments


def describe(minimal: bool, program: str | None = None, host: str | None = None) -> dict[str, Any]:
    """Give the fields of a ``run`` record that the surroundings know.

    Args:
        minimal: leave out host names, paths and the command line.
        program: overrides the script's name.
        host: overrides the host's name.
    """
    found: dict[str, Any] = {}
    if not minimal:
        found["program"], found["script"] = (program, None) if program else _program()
        found["args"] = [] if _in_kernel() else hide_in_arguments(sys.argv[1:])
        found["host"] = host or _host()
        found["cwd"] = _working_directory()
    return {key: value for key, value in found.items() if value}


def describe_head(facts: dict[str, Any]) -> dict[str, str] | None:
    """Give what ``head.read_head`` finds for the script of these facts."""
    from .head import read_head

    return read_head(facts.get("cwd") or "", facts.get("script") or facts.get("program"))


def _program() -> tuple[str, str | None]:
    """Give what runs the script again behind ``python``, and its file where that is another text (a module's)."""
    main = sys.modules.get("__main__")
    path = getattr(main, "__file__", None)
    if _in_kernel():
        from .notebook import notebook_path

        path = notebook_path()
    if not path:
        name = "<notebook>" if _in_kernel() else "<interactive>" if not sys.argv[0] else sys.argv[0]
        return name, None
    try:
        relative = os.path.relpath(path)
        path = path if relative.startswith("..") else relative
    except (OSError, ValueError):
        pass
    module = getattr(getattr(main, "__spec__", None), "name", None)  # of python -m; a directory's has no more of a name
    return (f"-m {module}", path) if module and module != "__main__" else (path, None)


def _in_kernel() -> bool:
    """Tell whether this is a notebook's kernel, whose command line is Jupyter's and not the script's."""
    return "ipykernel" in sys.modules and not getattr(sys.modules.get("__main__"), "__file__", None)


def _host() -> str:
    try:
        return os.uname().nodename
    except AttributeError:
        return os.environ.get("COMPUTERNAME", "")


def _working_directory() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""
