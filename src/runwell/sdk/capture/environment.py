"""Where and how the script runs: program, arguments, host, git commit; read from files, never by a process.

Nothing here may fail the run: what can't be read is left out. The environment's variables aren't recorded.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from .secrets import clean_remote, hide_in_arguments

# ruff: noqa: PTH -- pathlib costs the training process more to import than all of this
_MAX_GIT_FILE_BYTES = 1024 * 1024


def describe(minimal: bool, with_git: bool, program: str | None = None, host: str | None = None) -> dict[str, Any]:
    """Give the fields of a ``run`` record that the surroundings know.

    Args:
        minimal: leave out host names, paths and the command line.
        with_git: read the commit and remote of the repository around the current directory.
        program: overrides the script's name.
        host: overrides the host's name.
    """
    found: dict[str, Any] = {}
    if not minimal:
        found["program"] = program or _program()
        found["args"] = hide_in_arguments(sys.argv[1:])
        found["host"] = host or _host()
        found["cwd"] = _working_directory()
    if with_git:
        found.update(_git(_working_directory()))
    return {key: value for key, value in found.items() if value}


def metadata(fields: dict[str, Any], started_at: float, sdk_version: str) -> dict[str, Any]:
    """Give the content of ``wandb-metadata.json``, which the server shows as the run's meta.

    Args:
        fields: what ``describe`` gave.
        started_at: seconds since the epoch.
    """
    import time

    made: dict[str, Any] = {
        "os": _system(),
        "python": ".".join(map(str, sys.version_info[:3])),
        "startedAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started_at)),
        "cpu_count_logical": os.cpu_count(),
        "sdk": f"runwell {sdk_version}",
    }
    for ours, theirs in (("program", "program"), ("args", "args"), ("host", "host"), ("cwd", "root")):
        if ours in fields:
            made[theirs] = fields[ours]
    if "program" in fields:
        made["executable"] = sys.executable
        made["codePath"] = fields["program"]
    git = {theirs: fields[ours] for ours, theirs in (("repo", "remote"), ("commit", "commit")) if ours in fields}
    if git:
        made["git"] = git
    return made


def _program() -> str:
    main = sys.modules.get("__main__")
    path = getattr(main, "__file__", None)
    if not path:
        return "<notebook>" if "ipykernel" in sys.modules else "<interactive>" if not sys.argv[0] else sys.argv[0]
    try:
        relative = os.path.relpath(path)
        return path if relative.startswith("..") else relative
    except (OSError, ValueError):
        return path


def _host() -> str:
    try:
        return os.uname().nodename
    except AttributeError:
        return os.environ.get("COMPUTERNAME", "")


def _system() -> str:
    try:
        about = os.uname()
    except AttributeError:
        return sys.platform
    return f"{about.sysname}-{about.release}-{about.machine}"


def _working_directory() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""


def _git(start: str) -> dict[str, str]:
    directory = _git_directory(start)
    if directory is None:
        return {}
    shared = directory
    pointer = _read(os.path.join(directory, "commondir")).strip()  # a linked work tree
    if pointer:
        shared = os.path.normpath(os.path.join(directory, pointer))
    found: dict[str, str] = {}
    head = _read(os.path.join(directory, "HEAD")).strip()
    if head.startswith("ref: "):
        name = head[5:]
        commit = _read(os.path.join(directory, name)).strip() or _read(os.path.join(shared, name)).strip()
        if not commit:
            for line in _read(os.path.join(shared, "packed-refs")).splitlines():
                if line.endswith(f" {name}"):
                    commit = line.split(" ", 1)[0]
        head = commit
    if head and all(c in "0123456789abcdef" for c in head):
        found["commit"] = head
    remote = _remote(_read(os.path.join(shared, "config")))
    if remote:
        found["repo"] = clean_remote(remote)
    return found


def _git_directory(start: str) -> str | None:
    here = start
    for _ in range(64):
        candidate = os.path.join(here, ".git")
        if os.path.isdir(candidate):
            return candidate
        text = _read(candidate) if os.path.isfile(candidate) else ""
        if text.startswith("gitdir: "):
            return os.path.normpath(os.path.join(here, text[8:].strip()))
        above = os.path.dirname(here)
        if not here or above == here:
            return None
        here = above
    return None


def _remote(config: str) -> str:
    """Give the address of remote ``origin``, else of the first one."""
    section, first, origin = "", "", ""
    for line in config.splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line
        elif section.startswith("[remote ") and line.split("=")[0].strip() == "url":
            url = line.partition("=")[2].strip()
            first = first or url
            if section == '[remote "origin"]':
                origin = url
    return origin or first


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(_MAX_GIT_FILE_BYTES)
    except OSError:
        return ""
