"""Starts the companion of a run, without waiting for it and without becoming its parent.

A shell in a session of its own starts it in the background and ends at once: so the terminal's Ctrl-C
doesn't reach the companion, and ``os.wait`` in the script never meets a child that isn't the script's.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from collections.abc import Mapping

from runwell.wire.console import RELAY_STREAM_FDS, RELAY_WORD_FD
from runwell.wire.records import COMPANION_LOCK, COMPANION_LOG, STATUS_FILE

from .farewell import read_status
from .notices import warn_once

_SHELL = "/bin/sh"
_SCRIPT = 'cd / && "$@" </dev/null >/dev/null &'
_RELAY_FDS = (RELAY_WORD_FD, *(fd for _, *fds in RELAY_STREAM_FDS for fd in fds))
# The first three arguments are the companion's, which has none of the relay's descriptors; the others are the relay.
_SCRIPT_OF_BOTH = (
    'cd / && { "$1" -m "$2" "$3" </dev/null >/dev/null '
    + " ".join(f"{fd}<&-" for fd in _RELAY_FDS)
    + ' & shift 3; "$@" </dev/null >/dev/null & }'
)
_COMPANION = "runwell.companion"
_STARTING_S = 10.0  # a companion that hasn't taken the lock after this long won't
_MAX_STARTS = 10  # of one run: where every companion is killed, the run is sent by hand


class Relay:
    """What starts a relay: ``python -m runwell.companion.relay RUN_DIR MARK STREAMS``.

    Args:
        run_dir: absolute.
        mark: see ``companion.relay``.
        streams: how many.
        descriptors: the number that the relay finds one under, to ours; ours lie above all of those.
    """

    def __init__(self, run_dir: str, mark: str, streams: int, descriptors: Mapping[int, int]) -> None:
        self.command = [sys.executable, "-m", f"{_COMPANION}.relay", run_dir, mark, str(streams)]
        self.descriptors = descriptors


class Companion:
    """The companion of one run, as this process knows it: started, and started again if something killed it.

    Args:
        run_dir: absolute.
        minimal: see ``start``.

    Attributes:
        is_started: the latest start worked.
    """

    def __init__(self, run_dir: str, minimal: bool = False) -> None:
        self._run_dir = run_dir
        self._minimal = minimal
        self._starts = 0
        self._started = 0.0
        self._holder_before = b""
        self.is_started = False

    def start(self, relay: Relay | None = None) -> bool:
        """Start it, and a relay by the way; tells whether that worked."""
        self._starts += 1
        self._started = time.monotonic()
        self._holder_before = _last_holder(self._run_dir)
        self.is_started = start(self._run_dir, self._minimal, relay)
        return self.is_started

    def keep(self) -> None:
        """Start another one if nobody holds the lock; one that is starting is left its time."""
        if self._starts >= _MAX_STARTS or self.goes_on():
            return
        if read_status(self._run_dir).get("state") in ("done", "refused"):  # that is why it is gone
            return
        try:
            os.unlink(os.path.join(self._run_dir, STATUS_FILE))  # the last word of one that is gone
        except OSError:
            pass
        self.start()

    def goes_on(self) -> bool:
        """Tell whether one holds the lock, or is still on its way to it."""
        starting = _last_holder(self._run_dir) == self._holder_before
        if starting and time.monotonic() - self._started < _STARTING_S:
            return True
        return is_there(self._run_dir)


def is_there(run_dir: str) -> bool:
    """Tell whether a companion holds the run directory's lock; where locks can't be asked, that one does."""
    try:
        import fcntl

        handle = os.open(os.path.join(run_dir, COMPANION_LOCK), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except (ImportError, OSError):
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(handle, fcntl.LOCK_UN)  # closing isn't enough: a fork in this moment has it open too
        return False
    except OSError:
        return True
    finally:
        os.close(handle)


def _last_holder(run_dir: str) -> bytes:
    """Give what the lock's last holder wrote into it, b"" before there was one."""
    try:
        with open(os.path.join(run_dir, COMPANION_LOCK), "rb") as file:
            return file.read(32)
    except OSError:
        return b""


def start(run_dir: str, minimal: bool = False, relay: Relay | None = None) -> bool:
    """Start ``python -m runwell.companion RUN_DIR``; tells whether that worked. Takes about a millisecond.

    Args:
        run_dir: absolute.
        minimal: nothing is to be recorded that names this machine; the companion hears it as
            ``RUNWELL_CAPTURE=minimal``.
        relay: started by the same shell, as the second wait for one would be longer than the first.
    """
    if not sys.executable or getattr(sys, "frozen", False):
        warn_once("no python", f"no Python interpreter to start the companion with; send later: runwell sync {run_dir}")
        return False
    command = [sys.executable, "-m", _COMPANION, run_dir]
    try:
        has_shell = hasattr(os, "posix_spawn") and os.access(_SHELL, os.X_OK)
        if relay is not None and has_shell:
            both = [sys.executable, _COMPANION, run_dir, *relay.command]
            start_detached(both, run_dir, _environment(minimal), relay.descriptors, _SCRIPT_OF_BOTH)
        elif relay is not None:
            return False
        elif has_shell:
            start_detached(command, run_dir, _environment(minimal))
        else:
            _start_as_child(command, _environment(minimal))
    except OSError as error:
        warn_once(
            "companion",
            f"the companion could not be started ({error.strerror}); the run is recorded, send it later: "
            f"runwell sync {run_dir}",
        )
        return False
    return True


def start_relay(relay: Relay, run_dir: str, minimal: bool) -> None:
    """Start a relay alone.

    Args:
        relay: which.
        run_dir: absolute.
        minimal: see ``start``.

    Raises:
        OSError: it can't be started here.
    """
    if not sys.executable or getattr(sys, "frozen", False):
        raise OSError(errno.ENOENT, "there is no Python interpreter to start")
    start_detached(relay.command, run_dir, _environment(minimal), relay.descriptors)


def start_detached(
    command: list[str],
    run_dir: str,
    environment: dict[str, str],
    descriptors: Mapping[int, int] | None = None,
    script: str = _SCRIPT,
) -> None:
    """Start a program in a session of its own, in the background; it inherits these descriptors and no others.

    Args:
        command: the arguments of the script.
        run_dir: absolute; what the program says goes into its log.
        environment: the program's.
        descriptors: the number that it finds one under, to ours.
        script: what the shell does with the command.

    Raises:
        OSError: there is no shell, or no room for another process.
    """
    log = os.path.join(run_dir, COMPANION_LOG)
    actions: list[tuple] = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
    ]
    actions += [(os.POSIX_SPAWN_CLOSE, fd) for fd in _inheritable_descriptors()]
    actions += [(os.POSIX_SPAWN_DUP2, ours, theirs) for theirs, ours in (descriptors or {}).items()]
    usual = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGCHLD]
    arguments = ["sh", "-c", script, "sh", *command]
    options = {"file_actions": actions, "setsigmask": [], "setsigdef": usual}
    try:
        pid = os.posix_spawn(_SHELL, arguments, environment, setsid=True, **options)
    except (NotImplementedError, TypeError):  # a libc without it: a group of its own keeps Ctrl-C away too
        pid = os.posix_spawn(_SHELL, arguments, environment, setpgroup=0, **options)
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        pass  # the script ignores SIGCHLD, so nothing is left to wait for


def _start_as_child(command: list[str], environment: dict[str, str]) -> None:
    import subprocess

    subprocess.Popen(  # noqa: S603 -- our own interpreter and module
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        close_fds=True,
        start_new_session=True,
        env=environment,
    )


def _environment(minimal: bool) -> dict[str, str]:
    """Give the script's environment, with this package found also where only the script's sys.path has it."""
    environment = dict(os.environ)
    if minimal:
        environment["RUNWELL_CAPTURE"] = "minimal"
    parent = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    if os.path.basename(parent) not in ("site-packages", "dist-packages"):
        paths = [parent, *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    return environment


def _inheritable_descriptors() -> list[int]:
    """Give the open descriptors beyond stderr that a new program would inherit."""
    found = []
    for directory in ("/proc/self/fd", "/dev/fd"):
        try:
            names = os.listdir(directory)
        except OSError:
            continue
        for name in names:
            try:
                if int(name) > 2 and os.get_inheritable(int(name)):
                    found.append(int(name))
            except (OSError, ValueError):
                continue
        break
    return found
