"""Runs as a script sees them: what they are, what they logged, and edits."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from runwell.client.connection import Connection
from runwell.wire import names
from runwell.wire.documents import flatten_document, restore_document
from runwell.wire.numbers import from_strict, to_strict
from runwell.wire.records import ENDED_STATES

from . import history
from .artifacts import RunArtifacts
from .paths import project_route, run_route
from .recorded import Recorded

if TYPE_CHECKING:
    import pyarrow

_MAX_FORKS = 100  # of one another: more are a loop
_EDITABLE = ("name", "notes", "tags", "group", "job_type")


class Run(Recorded, RunArtifacts):
    """One run.

    ``name``, ``notes``, ``tags``, ``group``, ``job_type``, ``config`` and ``summary`` may be changed; :meth:`update`
    sends what was.

    Attributes:
        id: of its address; ``name`` is the one shown.
        entity, project: where it is.
    """

    def __init__(
        self, connection: Connection, entity: str, project: str, fields: dict[str, Any], *, whole: bool
    ) -> None:
        self._connection = connection
        self._fields = fields
        self._whole = whole
        self._documents: dict[str, dict[str, Any]] = {}
        self._sent: dict[str, dict[str, Any]] = {}
        self.entity = entity
        self.project = project
        self.id: str = fields["id"]
        self._take_editable()

    @property
    def path(self) -> list[str]:
        """Entity, project and id."""
        return [self.entity, self.project, self.id]

    @property
    def url(self) -> str:
        """The address of its page."""
        return names.run_url(self._connection.base_url, *self.path)

    @property
    def state(self) -> str:
        """``running``, ``finished``, ``failed``, ``crashed``, ``interrupted``, ``preempted`` … when last asked."""
        return self._fields["state"]

    @property
    def display_name(self) -> str:
        """The name shown; as ``name``."""
        return self.name

    @property
    def created_at(self) -> float:
        """Seconds since the epoch."""
        return self._fields["created_at"]

    @property
    def heartbeat_at(self) -> float:
        """Seconds since the epoch."""
        return self._fields["heartbeat_at"]

    @property
    def user(self) -> str | None:
        """Who logged it."""
        return self._fields.get("user")

    @property
    def last_step(self) -> int:
        """The highest step logged; -1 without rows."""
        return self._fields.get("last_step", -1)

    @property
    def lastHistoryStep(self) -> int:  # noqa: N802 -- what scripts for other trackers call it
        """As ``last_step``."""
        return self.last_step

    @property
    def runtime_s(self) -> float:
        """Seconds from its start to the last that was heard of it."""
        return self._fields.get("runtime_s", 0.0)

    @property
    def config(self) -> dict[str, Any]:
        """The configuration, nested."""
        return self._document("config")

    @property
    def summary(self) -> dict[str, Any]:
        """The summary, nested."""
        return self._document("summary")

    @property
    def values(self) -> dict[str, Any]:
        """The columns that ``Api.runs`` was asked to bring along."""
        return from_strict(self._fields.get("values") or {})

    @property
    def fields(self) -> dict[str, Any]:
        """Everything that the server says of it, as the read API has it."""
        return self._load()

    @property
    def metadata(self) -> dict[str, Any]:
        """Host, interpreter, program, git, hardware."""
        return from_strict(self._load().get("meta") or {})

    @property
    def exit_code(self) -> int | None:
        """Of the script; None while it runs or if it left none."""
        return self._load().get("exit_code")

    @property
    def record(self) -> dict[str, Any]:
        """What was counted: rows, values, rejected, non-finite, late, coerced…"""
        return self._load().get("record") or {}

    def history(
        self,
        samples: int | None = None,
        keys: Sequence[str] | None = None,
        *,
        pandas: bool = True,
        stream: str = "default",
        min_step: int | None = None,
        max_step: int | None = None,
    ) -> Any:
        """Give the rows that were logged: all of them, in order.

        Args:
            samples: only so many rows, evenly spread, first and last included; None: every row.
            keys: only rows that have all of these, and ``_step`` and these of them.
            pandas: a DataFrame if pandas is installed.
            stream: "default" for what was logged, "system" for the machine's metrics.
            min_step, max_step: from this step on, and before that one.

        Returns:
            A DataFrame, or a list of dicts with dotted keys.
        """
        if pandas and samples is None and max_step is None:
            frame = history.number_frame(self._arrow(history.question(keys, min_step, None, stream)), keys)
            if frame is not None:
                return frame
        rows = list(self.scan_history(keys, min_step=min_step, max_step=max_step, stream=stream))
        if samples is not None and 0 < samples < len(rows):
            rows = [rows[round(i * (len(rows) - 1) / max(1, samples - 1))] for i in range(samples)]
        if pandas:
            try:
                from pandas import DataFrame  # type: ignore[import-not-found]
            except ImportError:
                return rows
            return DataFrame(rows)
        return rows

    def scan_history(
        self,
        keys: Sequence[str] | None = None,
        page_size: int | None = None,
        min_step: int | None = None,
        max_step: int | None = None,
        *,
        stream: str = "default",
    ) -> Iterator[dict[str, Any]]:
        """Give every row, one by one, as the server sends them; memory stays small.

        Args:
            keys: only rows that have all of these, and ``_step`` and these of them.
            page_size: ignored; the server streams.
            min_step, max_step: from this step on, and before that one.
            stream: "default" for what was logged, "system" for the machine's metrics.
        """
        del page_size
        question = history.question(keys, min_step, max_step, stream)
        pieces = self._connection.stream(f"{self._route}/history", {**question, "format": "jsonl"})
        return history.rows(pieces, keys, max_step)

    def history_table(self, keys: Sequence[str] | None = None, *, stream: str = "default") -> pyarrow.Table:
        """Give every row as an Arrow table: the fast way for millions of them. Needs pyarrow."""
        question = history.question(keys, None, None, stream)
        return history.table(self._arrow(question))

    def series(self, key: str, *, x: str = "step", stream: str = "default") -> tuple[Any, Any]:
        """Give every point of a metric as two arrays of float64 (numpy's if it is installed): x and y.

        Args:
            key: the metric.
            x: "step", "runtime", "timestamp" or another metric.

        Raises:
            ValueError: over two million points: read them with :meth:`scan_history`.
        """
        body = {
            "runs": [self.id],
            "keys": [key],
            "stream": history.stream_name(stream),
            "x": x,
            "range": None,
            "width": None,
        }
        route = f"{project_route(self.entity, self.project)}/series"
        return history.points(b"".join(self._connection.stream(route, body=body)), key)

    def load(self) -> Run:
        """Ask the server again; changes that :meth:`update` hasn't sent are dropped."""
        self._fields = self._connection.get_json(self._route)
        self._whole = True
        self._documents.clear()
        self._sent.clear()
        self._take_editable()
        return self

    def update(self) -> None:
        """Send what was changed on this object: name, notes, tags, group, job type, config and summary values."""
        changes: dict[str, Any] = {
            field: getattr(self, field) for field in _EDITABLE if getattr(self, field) != self._fields.get(field)
        }
        for document, now in self._documents.items():
            before, _ = flatten_document(self._sent[document])
            after, paths = flatten_document(now)
            changed = {key: value for key, value in after.items() if key not in before or before[key] != value}
            if changed:
                changes[document] = to_strict(restore_document(changed, paths))
        if changes:
            self._connection.send_json("PATCH", self._route, changes)
            self.load()

    def stop(self) -> None:
        """Ask the script to stop."""
        self._connection.send_json("POST", f"{self._route}/stop", {})

    def delete(self) -> None:
        """Hide it; :meth:`restore` brings it back."""
        self._send_ids("delete")

    def restore(self) -> None:
        """Bring a deleted run back."""
        self._send_ids("restore")

    def wait_until_finished(self, timeout_s: float | None = None, every_s: float = 2.0) -> str:
        """Wait for the end of the script; give the state.

        Raises:
            TimeoutError: it goes on for longer than ``timeout_s``.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while self.load().state not in ENDED_STATES:
            if deadline is not None and time.monotonic() >= deadline:
                raise TimeoutError(f"run {self.id} is still {self.state} after {timeout_s:g} s")
            time.sleep(every_s)
        return self.state

    def lineage(self) -> list[Run]:
        """Give the runs that it was forked from, its parent first; one that was deleted ends the list."""
        found: list[Run] = []
        parent = self.parent
        while parent and parent["id"] and len(found) < _MAX_FORKS:
            fields = self._connection.get_json(run_route(self.entity, self.project, parent["id"]))
            found.append(Run(self._connection, self.entity, self.project, fields, whole=True))
            parent = found[-1].parent
        return found

    @property
    def parent(self) -> dict[str, Any] | None:
        """The run it was forked from: ``id``, ``name`` and the last ``step`` that it took over; None of most runs."""
        return self._load().get("parent")

    def _send_ids(self, what: str) -> None:
        route = f"{project_route(self.entity, self.project)}/runs/{what}"
        self._connection.send_json("POST", route, {"ids": [self.id]})

    def export(self, form: str = "parquet", *, stream: str = "default") -> Iterator[bytes]:
        """Give every row as the bytes of a file: "parquet", "csv", "jsonl" or "arrow"."""
        question = history.question(None, None, None, stream)
        return self._connection.stream(f"{self._route}/history", {**question, "format": form})

    def _arrow(self, question: dict[str, str]) -> Iterator[bytes]:
        return self._connection.stream(f"{self._route}/history", {**question, "format": "arrow"})

    @property
    def _route(self) -> str:
        return run_route(*self.path)

    def _take_editable(self) -> None:
        self.name: str = self._fields.get("name") or ""
        self.notes: str = self._fields.get("notes") or ""
        self.tags: list[str] = list(self._fields.get("tags") or ())
        self.group: str = self._fields.get("group") or ""
        self.job_type: str = self._fields.get("job_type") or ""

    def _load(self) -> dict[str, Any]:
        if not self._whole:
            self._fields = {**self._connection.get_json(self._route), **self._fields}
            self._whole = True
        return self._fields

    def _document(self, name: str) -> dict[str, Any]:
        if name not in self._documents:
            values = from_strict(self._load().get(name) or {})
            self._sent[name] = copy.deepcopy(values)
            self._documents[name] = _Values(values, self.update) if name == "summary" else values
        return self._documents[name]

    def __repr__(self) -> str:
        return f"<Run {'/'.join(self.path)} {self.name!r} ({self.state})>"


class _Values(dict[str, Any]):
    """The summary; its ``update`` sends, as scripts for other trackers expect it of that one mapping."""

    def __init__(self, values: dict[str, Any], send: Callable[[], None]) -> None:
        super().__init__(values)
        self._send = send

    def update(self, *given: Any, **more: Any) -> None:  # type: ignore[override]
        """Lay values over it and send what was changed on the run."""
        super().update(*given, **more)
        self._send()
