"""``python -m runwell.companion RUN_DIR``: started by the SDK in a session of its own, once per run directory."""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path

from runwell.sync.lock import Lock
from runwell.wire import records
from runwell.wire.limits import MIB

MAX_LOG_BYTES = 4 * MIB


def main(arguments: list[str]) -> int:
    """Accompany the run of a directory until it has ended and, online, is delivered.

    Returns:
        0; also if another companion is there already. 2: no run directory.
    """
    if len(arguments) != 1 or not (run_dir := Path(arguments[0]).absolute()).is_dir():
        print("usage: python -m runwell.companion RUN_DIR", file=sys.stderr)
        return 2
    # The terminal's Ctrl-C and hang-up are meant for the trainer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.umask(0o077)
    lock = Lock(run_dir / records.COMPANION_LOCK)
    if not lock.take():
        return 0
    _log_to(run_dir / records.COMPANION_LOG)
    # The HTTP client's own command, which nobody runs here, would bring click, rich and pygments into this process.
    sys.modules["httpx._main"] = None  # pyright: ignore[reportArgumentType]
    from .life import Life

    try:
        life = Life(run_dir)
        signal.signal(signal.SIGTERM, lambda *_: life.leave())
        life.run()
    except Exception:
        logging.getLogger("runwell.companion").exception("the companion ends")
        return 1
    finally:
        lock.release()
    return 0


def _log_to(path: Path) -> None:
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        path.unlink()
    logging.basicConfig(filename=path, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("runwell").setLevel(logging.INFO)


if __name__ == "__main__":
    # os._exit: nothing that a library registered for the interpreter's end may keep this process.
    code = main(sys.argv[1:])
    logging.shutdown()
    os._exit(code)
