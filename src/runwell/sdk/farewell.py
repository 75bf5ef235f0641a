"""The last lines a run says: waits a bounded time for delivery, then says where things are and what is left.

It only reads ``sync/status.json``, which sync writes; there is no other word between the two processes.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any

import orjson

from runwell.wire.records import STATUS_FILE

from .notices import say, write_raw

_DEFAULT_PORT = 8080
_LOOK_EVERY_S = 0.02
_WAITING_S = 1.0  # a sync that waits for a server this long is not waited for any longer
_KEEP_EVERY_S = 1.0
_STARTING_S = 3.0  # a companion that hasn't said anything after this long won't soon


def read_status(run_dir: str) -> dict[str, Any]:
    """Give what sync last said about a run directory, {} before it said anything."""
    try:
        with open(os.path.join(run_dir, STATUS_FILE), "rb") as file:
            status = orjson.loads(file.read())
    except (OSError, ValueError):
        return {}
    return status if isinstance(status, dict) else {}


def wait_for_delivery(run_dir: str, wait_s: float, keep: Callable[[], None] | None = None) -> dict[str, Any]:
    """Wait until all is sent, nothing more is to be expected soon, or the time is up; gives the last status.

    Args:
        run_dir: the run directory.
        wait_s: seconds at most.
        keep: called once a second; sees to it that a companion is there.

    A Ctrl-C ends the waiting and nothing else.
    """
    started = keep_at = time.monotonic()
    waiting_since: float | None = None
    terminal = _is_terminal()
    shown = 0
    status: dict[str, Any] = {}
    try:
        while True:
            status = read_status(run_dir)
            state = status.get("state")
            now = time.monotonic()
            if state in ("done", "refused") or now - started >= wait_s:
                break
            if keep is not None and now - keep_at >= _KEEP_EVERY_S:
                keep_at = now
                keep()
            if state == "waiting":
                waiting_since = waiting_since or now
                if now - waiting_since >= _WAITING_S:
                    break
            else:
                waiting_since = None
            if not status and now - started >= _STARTING_S:
                break
            if terminal and now - started > 0.3:
                line = _progress(status)
                write_raw(f"\r{line:<{shown}}")
                shown = len(line)
            time.sleep(_LOOK_EVERY_S)
    except KeyboardInterrupt:
        pass
    if shown:
        write_raw("\r" + " " * shown + "\r")
    return status


def say_kept(run_dir: str, name: str, base_url: str, url: str | None, status: dict[str, Any], sends: bool) -> None:
    """Say how a run stands that was to be sent; ``sends``: a companion goes on with it."""
    shown_dir = shorten_path(run_dir)
    if not sends:  # it may have ended because it was done
        status = read_status(run_dir) or status
    state = status.get("state")
    url = status.get("run_url") or url or base_url
    if state == "done":
        say(f"run {status.get('display_name') or name} is complete at {url}")
        return
    if state == "refused":
        reason = status.get("message") or f"{base_url} refused the run"
        say(f"{reason}. It is kept in {shown_dir}; send it: runwell sync {shown_dir}")
        return
    if not sends:
        why = f"{status['message']}; " if state == "waiting" and status.get("message") else ""
        say(f"{why}run {name} isn't sent yet, and is kept in {shown_dir}; send it: runwell sync {shown_dir}")
        return
    if state in ("sending", "starting") or not status:
        left = max(0, int(status.get("total_bytes") or 0) - int(status.get("sent_bytes") or 0))
        what = f"{_size(left)} still on the way" if left else "still being sent"
        say(f"run {name}: {what} to {url} in the background; to send it yourself: runwell sync {shown_dir}")
        return
    message = status.get("message") or f"no server answers at {base_url}"
    say(
        f"{message}; nothing is lost: the run is kept in {shown_dir}. "
        f"Within 10 minutes {how_to_reach(base_url)}, or send it later: runwell sync {shown_dir}"
    )


def how_to_reach(base_url: str) -> str:
    """Say what to do about a server that doesn't answer: start one here, or look at the address."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "check RUNWELL_BASE_URL"
    if parts.scheme != "http" or not (host in ("localhost", "::1") or host.startswith("127.")):
        return f"check RUNWELL_BASE_URL ({base_url}) and that server"
    return "start a server: runwell server" + ("" if port == _DEFAULT_PORT else f" --port {port}")


def shorten_path(path: str) -> str:
    """Give a path relative to the current directory where that is shorter."""
    try:
        relative = os.path.relpath(path)
    except (OSError, ValueError):
        return path
    return path if relative.startswith("..") else relative


def _progress(status: dict[str, Any]) -> str:
    total, sent = int(status.get("total_bytes") or 0), int(status.get("sent_bytes") or 0)
    if not total:
        return "runwell: sending …"
    filled = min(20, 20 * sent // total)
    return f"runwell: sending [{'#' * filled}{'.' * (20 - filled)}] {_size(sent)} of {_size(total)}"


def _size(n: int) -> str:
    return f"{n / 1e6:.1f} MB" if n >= 1e6 else f"{n / 1e3:.1f} KB" if n >= 1e3 else f"{n} B"


def _is_terminal() -> bool:
    try:
        return sys.stderr is not None and sys.stderr.isatty()
    except Exception:
        return False
