"""One holder at a time, and none after its death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from runwell.sync.lock import Lock

HOLDER = """
import sys, time
from pathlib import Path
from runwell.sync.lock import Lock
assert Lock(Path(sys.argv[1])).take() is True
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_holder_loses_at_once_and_a_dead_one_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sync" / "lock"
    mine = Lock(path)
    assert mine.take()
    assert not Lock(path).take()
    assert Lock(path).holder() == os.getpid()
    mine.release()
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"held\n"
        lock = Lock(path)
        assert not lock.take()
        assert lock.holder() == process.pid
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert lock.take()
        lock.release()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
