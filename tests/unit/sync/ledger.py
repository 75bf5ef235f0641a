"""A server in memory that keeps the wire's promises to the letter: what sync is tested against without a network.

By (writer, file, line): history and events keep the first text of a line and hold what lies behind a
gap, console lines keep the last, summaries replace whole. The real server is what ``tests/faults`` run
against; this one lets a test look at every request and fail any of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from runwell.wire.errors import CommunicationError
from runwell.wire.numbers import flatten

Request = tuple[str, Any]


@dataclass
class Ledger:
    """What arrived, and how to answer.

    Attributes:
        requests: every request, also those that failed: ("graphql" | "file_stream" | "put", what).
        fail: called with each request before it is carried out; what it raises is the answer.
        lose: called after it is carried out; what it raises is the answer, although the effect stays.
    """

    requests: list[Request] = field(default_factory=list)
    lines: dict[tuple[str, str], dict[int, str]] = field(default_factory=dict)
    summary: dict[str, dict[str, Any]] = field(default_factory=dict)
    run: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    uploaded: list[str] = field(default_factory=list)
    completes: list[tuple[str, int]] = field(default_factory=list)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    stopped: bool = False
    fail: Callable[[str, Any], None] = lambda kind, what: None
    lose: Callable[[str, Any], None] = lambda kind, what: None

    base_url = "http://ledger.test"
    origin = "http://ledger.test"

    def close(self) -> None:
        """Nothing to close."""

    def graphql(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        self._note("graphql", (document, variables))
        if "upsertBucket" in document:
            inserted = not self.run
            self.run.update({name: value for name, value in variables.items() if value is not None})
            answer: dict[str, Any] = {
                "upsertBucket": {
                    "bucket": {
                        "id": "UnVuOjE=",
                        "name": self.run["name"],
                        "displayName": self.run.get("displayName"),
                        "project": {"name": self.run.get("project") or "p", "entity": {"name": "local"}},
                    },
                    "inserted": inserted,
                }
            }
        elif "RunResumeStatus" in document:
            bucket = {"config": self.run.get("config")} if self.run.get("name") else None
            answer = {"model": {"bucket": bucket} if self.run else None}
        elif "createRunFiles" in document:
            files = [{"name": name, "uploadUrl": f"{self.base_url}/put/{name}"} for name in variables["files"]]
            answer = {"createRunFiles": {"runID": "1", "uploadHeaders": [], "files": files}}
        else:
            self.alerts.append(variables)
            answer = {"notifyScriptableRunAlert": {"success": True}}
        self.lose("graphql", (document, variables))
        return answer

    def get_json(self, path: str) -> dict[str, Any]:
        self._note("get", path)
        if not self.run:
            raise refusal(404)
        return {"id": self.run["name"]}

    def file_stream(self, entity: str, project: str, run: str, body: dict[str, Any], writer: str) -> dict[str, Any]:
        self._note("file_stream", (writer, body))
        for file, part in body.get("files", {}).items():
            for number, line in enumerate(part["content"], part["offset"]):
                if file == "wandb-summary.json":
                    self.summary[writer] = flatten(json.loads(line))
                    continue
                known = self.lines.setdefault((writer, file), {})
                if file == "output.log":
                    known[number] = line
                else:
                    known.setdefault(number, line)
        self.uploaded += body.get("uploaded", [])
        if body.get("complete"):
            self.completes.append((writer, body["exitcode"]))
        self.lose("file_stream", (writer, body))
        return {"stopped": True} if self.stopped else {}

    def put(self, url: str, chunks: Any, size_bytes: int, headers: dict[str, str]) -> None:
        self._note("put", url)
        data = b"".join(chunks)
        assert len(data) == size_bytes
        self.files[url.removeprefix(f"{self.base_url}/put/")] = data

    def rows(self, writer: str, file: str = "wandb-history.jsonl") -> list[Any]:
        """Give the rows of a writer up to the first gap, decoded."""
        known = self.lines.get((writer, file), {})
        return [json.loads(known[n]) for n in range(len(known)) if n in known]

    def console(self, writer: str) -> list[str]:
        """Give the console lines of a writer in order."""
        known = self.lines.get((writer, "output.log"), {})
        return [json.loads(known[n])["content"] for n in sorted(known)]

    def _note(self, kind: str, what: Any) -> None:
        self.requests.append((kind, what))
        self.fail(kind, what)


def refusal(status: int, *, retryable: bool = False) -> CommunicationError:
    """Make the error of an answer with that status."""
    return CommunicationError(f"the ledger answered {status}", retryable=retryable, status=status)
