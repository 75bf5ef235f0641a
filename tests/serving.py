"""A real ``runwell server`` in a process of its own, for tests: on a free port, with a directory of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "runwell.cli.main", "server"]
READY_WITHIN_S = 30.0
LEAVE_WITHIN_S = 10.0
# What a developer's own environment would change about a server or a client under test.
OWN_PREFIXES = ("RUNWELL_", "WANDB_")


def clean_environment(**more: str) -> dict[str, str]:
    """Give this process's environment without settings of Runwell and wandb, plus ``more``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OWN_PREFIXES)}
    return {**kept, "PYTHONUNBUFFERED": "1", **more}


def free_port() -> int:
    """Give a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ServerProcess:
    """One server, which may be stopped, killed and started again on the same port and directory.

    Args:
        folder: its own: ``data`` (data_dir), ``config`` (credentials) and ``server.log`` lie in it.
        options: further command line options.
        environment: further environment variables (``RUNWELL_FAIL_AT=name`` for a failpoint).

    Attributes:
        url: its address, known before it runs.
        data_dir: its data directory.
        config_dir: what clients of it should have as ``RUNWELL_CONFIG_DIR``.
    """

    def __init__(
        self, folder: Path, options: tuple[str, ...] = (), environment: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.config_dir = folder / "config"
        self.log_path = folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.options = options
        self.environment = dict(environment or {})
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self, environment: Mapping[str, str] | None = None) -> ServerProcess:
        """Start it and wait until it answers.

        Raises:
            AssertionError: it ended, or is not ready in time; the message has the end of its log.
        """
        assert self.process is None or self.process.poll() is not None, "it runs already"
        command = [*COMMAND, "--data", str(self.data_dir), "--port", str(self.port), *self.options]
        settings = {"RUNWELL_CONFIG_DIR": str(self.config_dir), **self.environment, **(environment or {})}
        before = len(self.log())
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=clean_environment(**settings), stdout=log, stderr=log
            )
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.log()}")
            if self.is_ready() and "  log in " in self.log()[before:]:
                return self
            time.sleep(0.02)
        raise AssertionError(f"the server isn't ready after {READY_WITHIN_S} s:\n{self.log()}")

    def is_ready(self) -> bool:
        """Tell whether it answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/ready", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self) -> int:
        """End it politely (SIGINT); give its exit status."""
        return self._end(signal.SIGINT)

    def kill(self) -> int:
        """End it with SIGKILL."""
        return self._end(signal.SIGKILL)

    def _end(self, sig: int) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(sig)
        try:
            return self.process.wait(LEAVE_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server did not leave:\n{self.log()}") from None

    def log(self) -> str:
        """Give what it printed so far."""
        return self.log_path.read_text("utf-8", "replace") if self.log_path.exists() else ""

    @property
    def key(self) -> str:
        """The local key, from its credentials file."""
        servers = json.loads((self.config_dir / "credentials.json").read_text())["servers"]
        return servers[self.url]["api_key"]

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = "",
        headers: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> tuple[int, dict[str, str], bytes]:
        """Make one request; give status, headers (lower case), body.

        Args:
            body: bytes as they are, anything else as JSON.
            key: "" the local key, None no key at all.
        """
        sent = dict(headers or {})
        if key is not None:
            sent.setdefault("Authorization", f"Bearer {key or self.key}")
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        request = urllib.request.Request(self.url + path, data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()

    def get_json(self, path: str, **more: Any) -> Any:
        """GET a JSON answer that must be a 200."""
        status, _, body = self.request("GET", path, **more)
        assert status == 200, (status, body[:500])
        return json.loads(body)

    def post_json(self, path: str, body: Any, **more: Any) -> Any:
        """POST and give the JSON answer, which must be a 2xx."""
        status, _, answer = self.request("POST", path, body, **more)
        assert 200 <= status < 300, (status, answer[:500])
        return json.loads(answer) if answer else None

    def graphql(self, document: str, variables: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """Execute a GraphQL document; give the whole answer."""
        status, _, body = self.request("POST", "/graphql", {"query": document, "variables": variables or {}}, **more)
        assert status == 200, (status, body[:500])
        return json.loads(body)

    def client_environment(self) -> dict[str, str]:
        """Give the environment of a Runwell client that talks to this server."""
        return clean_environment(RUNWELL_BASE_URL=self.url, RUNWELL_CONFIG_DIR=str(self.config_dir))
