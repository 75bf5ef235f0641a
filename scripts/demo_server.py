"""The demo's server: started in a process of its own on a free port, or found still running."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

PREFERRED_PORT = 8080
READY_WITHIN_S = 60.0
RUNWELL = [str(Path(sys.executable).with_name("runwell"))]  # the command beside this Python


class DemoServer:
    """The server of one demo folder.

    Attributes:
        base_url: its address.
        entity: the entity that its first start made.
        how_it_started: one sentence for the person at the terminal.
    """

    entity = "local"

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder.resolve()
        self.base_url = ""
        self.how_it_started = ""
        self._wanted_port = port
        self._note = self.folder / "server.json"
        self._process: subprocess.Popen[bytes] | None = None
        self._pid = 0
        self._is_ours = True

    def start(self) -> None:
        """Start the server, or go on with the one that another `make demo` left or still runs.

        Raises:
            SystemExit: it doesn't get ready; the end of its log is shown.
        """
        if self._find_running():
            return
        port = free_port(self._wanted_port)
        self.base_url = f"http://127.0.0.1:{port}"
        started = time.monotonic()
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*RUNWELL, "server", "--data", str(self.folder / "server"), "--port", str(port)],
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C ends the trainings first, the server last
            )
        self._pid = self._process.pid
        while not (self._ready() and self._key()):
            if self._process.poll() is not None or time.monotonic() - started > READY_WITHIN_S:
                self._give_up()
            time.sleep(0.05)
        self._write_note()
        taken = "" if port in (PREFERRED_PORT, self._wanted_port) else f" (port {PREFERRED_PORT} is taken)"
        self.how_it_started = f"ready on {self.base_url} after {time.monotonic() - started:.1f} s{taken}"

    def stop(self) -> None:
        """End the server, unless it belongs to another `make demo`."""
        if not self._is_ours or not self._pid:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGTERM)
        if self._process:
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._note.unlink(missing_ok=True)

    def alive(self) -> bool:
        return self._process.poll() is None if self._process else is_alive(self._pid)

    def environment(self) -> dict[str, str]:
        """Give the environment of server and trainings: this server, credentials of the demo's own."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("RUNWELL_", "WANDB_"))}
        return clean | {"RUNWELL_CONFIG_DIR": str(self.folder / "config"), "RUNWELL_BASE_URL": self.base_url}

    def enter(self) -> None:
        """Make this process use the demo's server and credentials."""
        for name in [name for name in os.environ if name.startswith(("RUNWELL_", "WANDB_"))]:
            del os.environ[name]
        os.environ.update(self.environment())

    def has_live_run(self, project: str) -> bool:
        """Tell whether a run has reached the server and is shown as running with rows."""
        page = self._get(f"/api/projects/{self.entity}/{quote(project)}/runs?limit=20")
        return any(run.get("state") == "running" and (run.get("last_step") or 0) > 0 for run in page.get("runs", []))

    def login_link(self, project: str) -> str:
        """Make a one-time login link that leads to a project's page."""
        done = subprocess.run(
            [*RUNWELL, "open", "--print"],
            env=self.environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=30,
        )
        if done.returncode != 0:
            raise SystemExit(f"runwell open failed: {done.stdout}{done.stderr}")
        page = quote(f"/{self.entity}/{quote(project)}", safe="")
        return f"{done.stdout.strip()}&next={page}"

    def _find_running(self) -> bool:
        try:
            note = json.loads(self._note.read_text())
            self.base_url, self._pid, owner = note["base_url"], note["pid"], note["owner"]
        except (OSError, ValueError, KeyError):
            return False
        if not is_alive(self._pid) or not self._ready():
            self._pid = 0
            return False
        self._is_ours = not is_alive(owner)
        if self._is_ours:
            self._write_note()
        self.how_it_started = f"it is running already, on {self.base_url}"
        return True

    def _write_note(self) -> None:
        self._note.write_text(json.dumps({"base_url": self.base_url, "pid": self._pid, "owner": os.getpid()}))

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base_url}/ready", timeout=2) as answer:
                return json.load(answer).get("ready") is True
        except (OSError, ValueError):
            return False

    def _key(self) -> str:
        """Give the key that the server wrote into the demo's credentials file; empty before it did."""
        try:
            servers = json.loads((self.folder / "config/credentials.json").read_text())["servers"]
            return servers[self.base_url]["api_key"]
        except (OSError, ValueError, KeyError):
            return ""

    def _get(self, path: str) -> dict[str, Any]:
        request = urllib.request.Request(self.base_url + path, headers={"Authorization": f"Bearer {self._key()}"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return json.load(answer)
        except (OSError, ValueError, urllib.error.HTTPError):
            return {}

    def _give_up(self) -> None:
        self.stop()
        tail = (self.folder / "server.log").read_text(errors="replace").splitlines()[-20:]
        raise SystemExit("\n".join(["The server didn't get ready. The end of its log:", *tail]))


def free_port(wanted: int | None) -> int:
    """Give the wanted port, else 8080, else any free one, as far as they are free."""
    for port in (wanted, PREFERRED_PORT, 0):
        if port is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise SystemExit("no free port on 127.0.0.1")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (OSError, TypeError):
        return False
    return pid > 0
