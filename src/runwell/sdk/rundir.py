"""The run directory: made here, laid out as ``wire.records`` says.

It is 0700 and its files 0600. A user's run id becomes part of a directory's name only if it is plain;
otherwise its checksum does.
"""

from __future__ import annotations

import os
import time
from zlib import crc32

from runwell.wire import records

from .notices import warn_once

_root_name = ["runwell"]
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
_MAX_PLAIN_ID = 64


def root_name() -> str:
    """Give the name of the directory that holds run directories."""
    return _root_name[0]


def use_root(name: str) -> None:
    """Let runs be kept below another name: under the import name ``wandb``, libraries look in ``./wandb``."""
    _root_name[0] = name


def make(root_dir: str, run_id: str, offline: bool) -> str:
    """Make a run's directory below ``root_dir``/runwell and give its absolute path.

    Where it can't be made (read-only, full, the current directory is gone), a directory for temporary files
    takes its place, with a warning.
    """
    kind = "offline-run" if offline else "run"
    name = f"{kind}-{time.strftime('%Y%m%d_%H%M%S')}-{slug(run_id)}"
    root = os.path.join(root_dir, root_name())
    try:
        root = os.path.abspath(root)  # fails where the current directory was removed
        return _make_in(root, name)
    except OSError as error:
        import tempfile

        spare = os.path.join(tempfile.gettempdir(), f"runwell-{os.getuid() if hasattr(os, 'getuid') else 'user'}")
        warn_once(f"root {root}", f"{root} can't be written ({error.strerror}); the run is kept below {spare}")
        try:
            os.makedirs(spare, mode=0o700, exist_ok=True)
            about = os.stat(spare)
            if hasattr(os, "getuid") and about.st_uid != os.getuid():
                raise PermissionError
            return _make_in(spare, name)
        except OSError:
            return os.path.join(root, name)  # the journal waits in memory, and tries again and again


def point_latest(run_dir: str) -> None:
    """Let ``latest-run`` beside the run directory point to it."""
    link = os.path.join(os.path.dirname(run_dir), "latest-run")
    spare = f"{link}.{os.getpid()}"
    try:
        os.symlink(os.path.basename(run_dir), spare)
        os.replace(spare, link)
    except (OSError, NotImplementedError):
        pass  # a filesystem without links: nothing depends on it


def _make_in(root: str, name: str) -> str:
    os.makedirs(root, exist_ok=True)
    for attempt in range(1, 1_000):
        path = os.path.join(root, name if attempt == 1 else f"{name}-{attempt}")
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            continue
        for inner in (records.JOURNAL_DIR, records.FILES_DIR, "sync"):
            os.mkdir(os.path.join(path, inner), 0o700)
        return path
    raise FileExistsError(f"{root} holds a thousand directories named {name}")


def slug(run_id: str) -> str:
    """Give the part of a directory's name that stands for a run id."""
    if len(run_id) <= _MAX_PLAIN_ID and _PLAIN.issuperset(run_id):
        return run_id
    return f"{crc32(run_id.encode()):08x}"


def main_journal(run_dir: str) -> str:
    """Give the path of the training process's journal."""
    return os.path.join(run_dir, records.MAIN_JOURNAL)
