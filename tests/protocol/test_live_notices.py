"""``/api/live``: what is new is told within a second, merged, to those who may see it, and a gap is owned up to."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.serving import ServerProcess


@dataclass
class Listener:
    """One open event stream, read by a thread."""

    server: ServerProcess
    query: str = ""
    last_id: str | None = None
    key: str = ""
    events: list[tuple[str, dict[str, Any], str, float]] = field(default_factory=list)
    first_id: str = ""

    def __enter__(self) -> Listener:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = {"Authorization": f"Bearer {self.key or self.server.key}"}
        if self.last_id:
            headers["Last-Event-ID"] = self.last_id
        self._connection.request("GET", f"/api/live{self.query}", headers=headers)
        self._socket = self._connection.sock
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200
        assert self._answer.headers["content-type"].startswith("text/event-stream")
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self._until(lambda: self.first_id)
        return self

    def _read(self) -> None:
        found: dict[str, str] = {}
        try:
            for raw in self._answer:
                line = raw.decode().rstrip("\n")
                if line:
                    name, _, value = line.partition(": ")
                    found[name] = value
                elif found:
                    self.first_id = self.first_id or found.get("id", "")
                    if "event" in found:
                        self.events.append((found["event"], json.loads(found["data"]), found["id"], time.monotonic()))
                    found = {}
        except Exception:  # the connection was closed under the reader's hands
            pass

    def _until(self, true: Any, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, self.events
            time.sleep(0.01)

    def wait(self, true: Any, seconds: float = 10) -> dict[str, Any]:
        """Wait for an event (kind, data) for which ``true`` holds; give its data."""
        self._until(lambda: any(true(kind, data) for kind, data, _, _ in list(self.events)), seconds)
        return next(data for kind, data, _, _ in self.events if true(kind, data))

    def ended(self, seconds: float = 10) -> None:
        """Wait until the server has ended the stream."""
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "the stream goes on"

    def __exit__(self, *_: object) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the reading thread, which close() would wait for
        except OSError:
            pass
        self._thread.join(5)
        self._connection.close()


def _run(server: ServerProcess, project: str, run: str) -> None:
    server.graphql(f'mutation {{ upsertBucket(input: {{modelName: "{project}", name: "{run}"}}) {{ inserted }} }}')


def _rows(server: ServerProcess, project: str, run: str, offset: int, values: list[float]) -> None:
    lines = [json.dumps({"_step": offset + n, "x": value}) for n, value in enumerate(values)]
    body = {"files": {"wandb-history.jsonl": {"offset": offset, "content": lines}}}
    server.post_json(f"/files/local/{project}/{run}/file_stream", body)


@pytest.fixture
def project(server: ServerProcess, request: pytest.FixtureRequest) -> Iterator[str]:
    name = request.node.name.replace("_", "-")[:60]
    _run(server, name, "first")
    yield name


def test_rows_are_told_within_a_second_with_the_counts_of_the_moment(server: ServerProcess, project: str) -> None:
    with Listener(server, f"?project=local/{project}") as listener:
        begun = time.monotonic()
        _rows(server, project, "first", 0, [1.0, 2.0])
        data = listener.wait(lambda kind, data: kind == "run" and "history" in data["what"])
        assert time.monotonic() - begun < 1.0
        assert (data["entity"], data["project"], data["run"]) == ("local", project, "first")
        assert (data["rows"], data["last_step"], data["state"], data["log_lines"]) == (2, 1, "running", 0)


def test_new_runs_and_edits_are_told(server: ServerProcess, project: str) -> None:
    with Listener(server) as listener:
        _run(server, project, "second")
        listener.wait(lambda kind, data: kind == "project" and data["project"] == project)
        server.request("PATCH", f"/api/projects/local/{project}/runs/second", {"notes": "edited"})
        listener.wait(lambda kind, data: kind == "run" and data["run"] == "second" and "meta" in data["what"])
        server.post_json(f"/files/local/{project}/second/file_stream", {"complete": True, "exitcode": 0})
        listener.wait(lambda kind, data: kind == "run" and data.get("state") == "finished")


def test_notices_of_one_run_are_merged_to_four_a_second(server: ServerProcess, project: str) -> None:
    with Listener(server, f"?project=local/{project}") as listener:
        for n in range(60):
            _rows(server, project, "first", n, [float(n)])
            time.sleep(0.01)
        listener.wait(lambda kind, data: data.get("rows") == 60)
        times = [at for kind, _, _, at in listener.events if kind == "run"]
        assert len(times) <= (times[-1] - times[0]) * 4 + 2


def test_other_projects_are_not_told(server: ServerProcess, project: str) -> None:
    _run(server, "elsewhere", "other")
    with Listener(server, f"?project=local/{project}") as listener:
        _rows(server, "elsewhere", "other", 0, [1.0])
        _rows(server, project, "first", 0, [1.0])
        listener.wait(lambda kind, data: "history" in data.get("what", ()))
        assert {data["project"] for _, data, _, _ in listener.events} == {project}


def test_a_reader_that_missed_something_is_told_to_read_again(server: ServerProcess, project: str) -> None:
    with Listener(server, f"?project=local/{project}") as listener:
        last = listener.first_id
    with Listener(server, f"?project=local/{project}", last_id=last) as listener:
        time.sleep(0.4)
        assert listener.events == []  # nothing missed
        last = listener.first_id
    _rows(server, project, "first", 0, [1.0])
    with Listener(server, f"?project=local/{project}", last_id=last) as listener:
        listener.wait(lambda kind, data: kind == "resync")
    with Listener(server, f"?project=local/{project}", last_id="another-7") as listener:
        listener.wait(lambda kind, data: kind == "resync")


def test_who_leaves_a_team_hears_nothing_of_it_from_then_on(server: ServerProcess) -> None:
    key = server.post_json("/api/users", {"name": "leaver"})["key"]
    server.post_json("/api/teams", {"name": "quiet"})
    server.request("PUT", "/api/teams/quiet/members/leaver", {"role": "member"})
    begin = 'mutation {{ upsertBucket(input: {{entityName: "quiet", modelName: "p", name: "{}"}}) {{ inserted }} }}'
    server.graphql(begin.format("heard"))
    with Listener(server, "?project=quiet/p", key=key) as listener:
        server.graphql(begin.format("new"))
        listener.wait(lambda kind, data: data.get("run") == "new")
        status, _, _ = server.request("DELETE", "/api/teams/quiet/members/leaver")
        assert status == 204
        server.graphql(begin.format("secret"))
        listener.ended()
        assert "secret" not in {data.get("run") for _, data, _, _ in listener.events}


def test_open_streams_do_not_keep_the_server_from_leaving(new_server: Any) -> None:
    server = new_server().start()
    _run(server, "leaving", "first")
    with Listener(server), Listener(server):
        begun = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begun < 2.0
