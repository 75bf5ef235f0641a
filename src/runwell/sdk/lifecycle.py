"""How processes begin and end around a run: fork, exit, exceptions, notebooks.

The script's exit code, traceback, signal handlers and hooks stay its own: nothing here handles a
signal. Wrapped are ``sys.exit`` (and the ``exit`` of interactive use) and stderr's ``flush``, to learn the
code. The interpreter itself remembers an uncaught exception in ``sys.last_value``, a bare
``raise SystemExit(3)`` nowhere: it is looked for when the interpreter flushes stderr behind the script, the one
moment at which it still is. Behind ``python -m`` and ``-c`` nothing is flushed: there such an end counts as finished.
"""

from __future__ import annotations

import atexit
import builtins
import os
import sys
from threading import current_thread, main_thread
from types import FrameType, TracebackType
from typing import Any

from . import current
from .capture.process import process_started

_MAX_ERROR_CHARS = 16_000  # of a traceback, its end

_installed: list[bool] = []
_exit_seen: list[tuple[int, FrameType | None]] = []
_last_before: list[Any] = [None]
_cell_error: list[BaseException | None] = [None]


class Ending:
    """How a run ended: what its ``exit`` record says.

    Args:
        code: the script's exit code.
        state: finished, failed, interrupted.
        error: the text of the exception's traceback.
    """

    def __init__(self, code: int, state: str, error: str | None = None) -> None:
        self.code = code
        self.state = state
        self.error = error

    @classmethod
    def by_code(cls, code: int) -> Ending:
        """Make the end of a script that left with this code."""
        return cls(code, "finished" if code == 0 else "failed")

    @classmethod
    def by_exception(cls, error: BaseException) -> Ending:
        """Make the end of a script, or of a with block, that raised."""
        if isinstance(error, SystemExit):
            return cls.by_code(exit_code_of(error))
        if isinstance(error, KeyboardInterrupt):
            return cls(130, "interrupted")
        if isinstance(error, GeneratorExit):
            return cls.by_code(0)
        return cls(1, "failed", _text_of(error))


def exit_code_of(error: SystemExit) -> int:
    """Give the code that the interpreter makes of a SystemExit."""
    code = error.code
    return 0 if code is None else code if isinstance(code, int) else 1


def install() -> None:
    """Watch for the process's end, once."""
    _last_before[0] = _last_uncaught()
    if _installed:
        return
    _installed.append(True)
    atexit.register(_at_exit)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork)
    _wrap_exit()
    _listen_behind_the_script()
    shell = _notebook_shell()
    if shell is not None:
        from .capture.console import keep_wrapped

        shell.events.register("pre_run_cell", keep_wrapped)
        shell.events.register("post_run_cell", _after_cell)
        shell.events.register("post_run_cell", keep_wrapped)


def in_notebook() -> bool:
    """Tell whether this process is the kernel of a notebook."""
    shell = _notebook_shell()
    return shell is not None and type(shell).__name__ == "ZMQInteractiveShell"


def child_journal_path(run_dir: str) -> str:
    """Give the path of a child's own journal: ``<pid>-<started_ms>.jsonl``."""
    pid = os.getpid()
    started = process_started(pid) or 0.0
    return os.path.join(run_dir, "journal", f"{pid}-{int(started * 1000)}.jsonl")


def _at_exit() -> None:
    try:
        ending = _ending()
    except Exception:
        ending = Ending.by_code(0)
    for run in reversed(list(current.live)):
        try:
            run.end(ending, at_exit=True)
        except KeyboardInterrupt:
            return  # the user wants out, and everything is on disk
        except Exception:
            pass  # the exit code and traceback of the script are its own


def _ending() -> Ending:
    if hasattr(sys, "ps1") or _notebook_shell() is not None:
        error = _cell_error[0]
        return Ending.by_exception(error) if error is not None else Ending.by_code(0)
    error = _last_uncaught()
    if error is not None and error is not _last_before[0]:
        return Ending.by_exception(error)
    if _exit_seen and not _went_to_its_end(_exit_seen[-1][1]):
        return Ending.by_code(_exit_seen[-1][0])
    return Ending.by_code(0)


def _last_uncaught() -> BaseException | None:
    return getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)


def _main_frame() -> FrameType | None:
    """Give the frame of the script's own code, if the caller runs below it."""
    main = getattr(sys.modules.get("__main__"), "__dict__", None)
    frame: FrameType | None = sys._getframe()
    while frame is not None and (frame.f_globals is not main or frame.f_code.co_name != "<module>"):
        frame = frame.f_back
    return frame


def _went_to_its_end(frame: FrameType | None) -> bool:
    """Tell whether the script's code returned, so that a SystemExit seen before was caught on its way."""
    if frame is None:
        return False
    from opcode import opmap

    last = frame.f_code.co_code[frame.f_lasti] if frame.f_lasti >= 0 else -1
    return last in (opmap.get("RETURN_VALUE"), opmap.get("RETURN_CONST"))


def _wrap_exit() -> None:
    leave = sys.exit

    def exit(status: Any = None, /) -> Any:  # noqa: A001 -- the name that tracebacks show
        try:
            leave(status)
        except SystemExit as error:
            _note_exit(error)
            raise

    exit.__doc__ = leave.__doc__
    sys.exit = exit

    quitter: Any = type(getattr(builtins, "exit", None))  # what a bare exit() calls
    if quitter.__name__ != "Quitter":
        return
    quit_by_call = quitter.__call__

    def call(self: Any, code: Any = None) -> Any:
        try:
            return quit_by_call(self, code)
        except SystemExit as error:
            _note_exit(error)
            raise

    quitter.__call__ = call


def _listen_behind_the_script() -> None:
    """Look for the SystemExit that ended the script when stderr is flushed by nobody's Python code."""
    script, stream = _main_frame(), sys.stderr
    if script is None or stream is None:
        return
    flush = stream.flush

    def flush_and_look() -> Any:
        try:
            if sys._getframe().f_back is None and current.live and current_thread() is main_thread():
                _look_for_exit(script)
        except Exception:
            pass
        return flush()

    try:
        stream.flush = flush_and_look
    except (AttributeError, TypeError):
        pass  # a stream that takes no attribute


def _look_for_exit(script: FrameType) -> None:
    if _went_to_its_end(script):
        return
    import gc

    tracked = gc.get_objects()
    way: set[int] = set()  # the traceback that ends where the script did: an exit caught before has another
    for one in tracked:
        if type(one) is TracebackType and one.tb_frame is script and one.tb_lasti == script.f_lasti:
            step: TracebackType | None = one
            while step is not None:
                way.add(id(step))
                step = step.tb_next
    exits = [one for one in tracked if issubclass(type(one), SystemExit)]
    found = [one for one in exits if id(one.__traceback__) in way]
    if not found and way:  # before Python 3.12 an exception that nobody looked at hasn't been given its traceback
        found = [one for one in exits if one.__traceback__ is None]
    if len(found) == 1:
        _exit_seen[:] = [(exit_code_of(found[0]), None)]


def _note_exit(error: SystemExit) -> None:
    # In another thread it ends that thread only.
    if current.live and current_thread() is main_thread():
        _exit_seen[:] = [(exit_code_of(error), _main_frame())]


def _after_fork() -> None:
    for run in list(current.live):
        try:
            run.become_child(child_journal_path(run.sync_dir))
        except Exception:
            pass  # a child that can't record still runs
    _exit_seen.clear()


def _notebook_shell() -> Any:
    if "IPython" not in sys.modules:
        return None
    try:
        from IPython import get_ipython  # type: ignore[import-not-found]

        return get_ipython()
    except Exception:
        return None


def _after_cell(result: Any) -> None:
    """Remember whether the last cell failed: that is how a kernel that goes down has ended."""
    _cell_error[0] = getattr(result, "error_in_exec", None) or getattr(result, "error_before_exec", None)


def _text_of(error: BaseException) -> str:
    try:
        from traceback import format_exception

        text = "".join(format_exception(type(error), error, error.__traceback__))
    except Exception:
        text = type(error).__name__
    return text[-_MAX_ERROR_CHARS:]
