"""One version of the official client at work: its processes, what its parts gave, and what our server has of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.parse
from pathlib import Path
from typing import Any

from tests.serving import ServerProcess

from .clients import OfficialClient

SCRIPTS = Path(__file__).parent / "scripts"
WITHIN_S = 240.0  # a script of many parts, on a busy machine


class Absent(Exception):
    """The version lacks the feature; the message says what is missing."""


class Session:
    """What one version did and what came of it.

    Args:
        home: a folder of its own, outside the repository: the client looks around for git and code.

    Attributes:
        given: what each part gave: ``{"value"}``, ``{"absent"}`` or ``{"error"}``.
        output: what each process printed, by its name; ``status``: how it ended.
        rows_after_first_sync: what the first of two syncs of one run brought.
    """

    def __init__(self, client: OfficialClient, server: ServerProcess, home: Path) -> None:
        self.client = client
        self.server = server
        self.home = home
        self.given: dict[str, dict[str, Any]] = {}
        self.output: dict[str, str] = {}
        self.status: dict[str, int] = {}
        self.rows_after_first_sync = -1

    def start(self, name: str, script: str, *parts: str, folder: str = "", **more: str) -> subprocess.Popen[str]:
        """Start parts of a script; ``name`` names the process in ``output`` and ``status``."""
        home = self.home / (folder or name)
        home.mkdir(parents=True, exist_ok=True)
        for source in SCRIPTS.glob("*.py"):
            (home / source.name).write_bytes(source.read_bytes())
        environment = self.client.environment(self.server, home, COMPATIBILITY_OUT=str(home / f"{name}.jsonl"), **more)
        return self.spawn(name, [str(self.client.python), f"{script}.py", *parts], home, environment)

    def spawn(self, name: str, command: list[str], folder: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
        """Start a process in a session of its own, so that what it leaves behind can be ended with it."""
        # A script's own output goes to a file: the client's background process keeps a pipe open after its end.
        with (folder / f"{name}.txt").open("w") as output:
            return subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )

    def end(self, name: str, process: subprocess.Popen[str], folder: str = "", within_s: float = WITHIN_S) -> str:
        """Wait for a process; keep what it printed and what its parts gave."""
        home = self.home / (folder or name)
        late = ""
        try:
            self.status[name] = process.wait(within_s)
        except subprocess.TimeoutExpired:
            late = f"\nthe script didn't end within {within_s:.0f} s"
            self.status[name] = -1
        end_all(process)
        self.output[name] = (home / f"{name}.txt").read_text("utf-8", "replace") + late
        gave = home / f"{name}.jsonl"
        for line in gave.read_text().splitlines() if gave.exists() else []:
            result = json.loads(line)
            self.given[result.pop("part")] = result
        return self.output[name]

    def run(self, name: str, script: str, *parts: str, folder: str = "", **more: str) -> str:
        """Run parts of a script to their end."""
        return self.end(name, self.start(name, script, *parts, folder=folder, **more), folder)

    def command(self, name: str, *words: str, folder: str) -> str:
        """Run the version's command line in the folder of another process."""
        home = self.home / folder
        environment = self.client.environment(self.server, home)
        process = self.spawn(name, [str(self.client.command), *words], home, environment)
        return self.end(name, process, folder)

    def value(self, part: str) -> Any:
        """Give what a part gave.

        Raises:
            Absent: the version lacks what it needs.
            AssertionError: it failed, or never came to its turn.
        """
        result = self.given.get(part)
        assert result is not None, f"the script ended before its part {part}"
        if "absent" in result:
            raise Absent(result["absent"])
        assert "error" not in result, result["error"]
        return result["value"]

    def get(self, path: str) -> Any:
        """Give a JSON answer of our own API, below the project's address."""
        return self.server.get_json(f"/api/projects/local/{self.client.project}{path}")

    def described(self, run_id: str) -> dict[str, Any]:
        """Give the ``Run`` object of a run."""
        return self.get(f"/runs/{run_id}")

    def rows(self, run_id: str, stream: str = "history") -> list[dict[str, Any]]:
        """Give every row of a run, without the clock's own columns."""
        path = f"/api/projects/local/{self.client.project}/runs/{run_id}/history?format=jsonl&stream={stream}"
        status, _, body = self.server.request("GET", path)
        assert status == 200, body[:300]
        rows = [json.loads(line) for line in body.splitlines()]
        return [{k: v for k, v in row.items() if k not in ("_runtime", "_timestamp")} for row in rows]

    def column(self, run_id: str, key: str) -> list[tuple[int, Any]]:
        """Give step and value of a key."""
        return [(row["_step"], row[key]) for row in self.rows(run_id) if key in row]

    def console(self, run_id: str) -> list[str]:
        """Give the console lines of a run."""
        return [line["text"] for line in self.get(f"/runs/{run_id}/console")["lines"]]

    def files(self, run_id: str) -> dict[str, int]:
        """Give the files of a run with their sizes."""
        return {file["path"]: file["size_bytes"] for file in self.get(f"/runs/{run_id}/files")["files"]}

    def file(self, run_id: str, path: str) -> bytes:
        """Give the bytes of a run's file."""
        quoted = urllib.parse.quote(path)
        status, _, body = self.server.request("GET", f"/files/local/{self.client.project}/{run_id}/{quoted}")
        assert status == 200, (path, status, body[:200])
        return body


def end_all(process: subprocess.Popen[str]) -> None:
    """End whatever a process left behind in its session."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            break
        if process.poll() is None:
            break
        time.sleep(0.1)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
