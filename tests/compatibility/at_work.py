"""The processes of one version, in the order they need; two at a time, on two cores."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from .session import Session

SEEN_WITHIN_S = 60.0


def kill_one(session: Session) -> None:
    """Start a run and end its script with SIGKILL; the server must be given time to miss it."""
    process = session.start("killed", "alone", "killed")
    mark = session.home / "killed" / "logged"
    _wait(lambda: mark.exists())
    _wait(lambda: len(session.rows("killed")) == 10)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(3)  # the client's own background process may still speak
    session.end("killed", process)


def work(session: Session) -> None:
    """Let the version do everything once."""
    with ThreadPoolExecutor(2) as lanes:
        jobs = [lanes.submit(_together, session), lanes.submit(_alone, session)]
    for job in jobs:
        job.result()


def _together(session: Session) -> None:
    session.run("runs", "runs")
    session.run("files", "files")
    session.run("reading", "reading")


def _alone(session: Session) -> None:
    stopped = session.start("stopped", "alone", "stopped")
    session.run("finishes", "alone", "finishes")
    _stop(session)
    session.run("raises", "alone", "raises")
    session.run("exits", "alone", "exits")
    # In a process each: the oldest clients' background process is of no use after a refused start.
    session.run("never", "alone", "never")
    session.run("must", "alone", "must")
    session.end("stopped", stopped)
    session.run("auto", "alone", "auto")
    session.run("auto-again", "alone", "auto", folder="auto")
    session.run("offline", "alone", "offline")
    [folder] = (session.home / "offline" / "wandb").glob("offline-run-*")
    session.command("sync", "sync", str(folder), folder="offline")
    session.rows_after_first_sync = len(session.rows("offline"))
    session.command("sync-again", "sync", "--include-synced", str(folder), folder="offline")
    worker = session.start("worker", "alone", "shares", SHARES_AS="worker")
    session.run("primary", "alone", "shares", SHARES_AS="primary")
    session.end("worker", worker)
    session.run("verify", "alone", "verify")


def _stop(session: Session) -> None:
    _wait(lambda: len(session.rows("stopped")) > 0)
    path = f"/api/projects/local/{session.client.project}/runs/stopped/stop"
    session.server.request("POST", path, {})


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SEEN_WITHIN_S
    while time.monotonic() < deadline:
        try:
            if until():
                return
        except AssertionError:
            pass  # not there yet
        time.sleep(0.2)
