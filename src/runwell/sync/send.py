"""One run directory, sent to one server behind its cursor.

The order of things: the run is announced with everything known (UpsertBucket), then each journal's
batches, files beside them, and only when every row of every journal is acknowledged, the end. An
answer that says "stop" is obeyed once. Nothing is taken as received before its acknowledgement, and
the cursor moves right after it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from runwell.client.connection import Connection
from runwell.client.documents import NOTIFY_ALERT, REWIND_RUN, UPSERT_BUCKET
from runwell.wire import names, records
from runwell.wire.errors import AuthenticationError, CommunicationError
from runwell.wire.limits import HEARTBEAT_S, SUMMARY_EVERY_S

from .artifacts import ArtifactDelivery
from .batch import SUMMARY, bodies
from .cursor import Cursor
from .facts import RunFacts, digest
from .files import FileDelivery
from .journal_files import has_a_line, journal_sizes
from .journals import Journal
from .past import past_config
from .quarantine import Quarantine
from .summary import RunSummary

log = logging.getLogger("runwell.sync")

# A file_stream request that is refused for what it says, not for where or by whom.
CONTENT_STATUSES = frozenset({400, 413, 422})


class _Forgotten(CommunicationError):
    """The server made anew a run of which it had acknowledged lines: its data was replaced."""


class Sender:
    """Sends what a run directory holds.

    Args:
        run_dir: the run directory; its ``sync/lock`` is held by the caller.
        connection: the server and a key for it.
        on_stop: called at most once in the run's life, when the server wants the trainer to stop.
        on_news: called, in another thread, when what was sent beside the rows has arrived: a step takes note of it.

    Attributes:
        facts, summary: what is known of the run.
        cursor: how far the server is.
    """

    def __init__(
        self,
        run_dir: Path,
        connection: Connection,
        on_stop: Callable[[], None] | None = None,
        on_news: Callable[[], None] = lambda: None,
    ) -> None:
        self.run_dir = run_dir
        self.connection = connection
        self.cursor = Cursor(run_dir / records.CURSOR_FILE, connection.origin)
        self.journals: dict[str, Journal] = {}
        self._on_stop = on_stop
        self._on_news = on_news
        self._begin()
        self._quarantine = Quarantine(run_dir, self.cursor)
        self._announced = False  # by this process
        self._facts_at = 0.0  # monotonic: when facts were last sent
        self._facts_version = -1
        self._heard_at = 0.0  # monotonic: when the server last heard of the run
        self._knows_past = False
        self._started_over = False
        self._is_known_there = False  # the server has spoken of the run to this process
        self._warned_of_cursor = False

    def _begin(self) -> None:
        self.facts, self.summary = RunFacts(), RunSummary()
        self._files = FileDelivery(self.run_dir / records.FILES_DIR, self.connection, self.facts, self.cursor)
        self._artifacts = ArtifactDelivery(self.run_dir, self.connection, self.facts, self.cursor, self._on_news)

    def close(self) -> None:
        """Let the uploads end."""
        self._files.close()
        self._artifacts.close()

    def step(self, *, over: bool, between: Callable[[], None] = lambda: None) -> bool:
        """Send what is there now.

        Args:
            over: the trainer has ended, and nothing will be added to the main and system journals.
            between: called after every acknowledgement.

        Returns:
            True if everything is acknowledged, the end of the run included.

        Raises:
            CommunicationError: as it came; calling again goes on where this stopped.
            OSError: a journal can't be read.
        """
        try:
            return self._step(over, between)
        except CommunicationError as error:
            is_forgotten = isinstance(error, _Forgotten) or (error.status == 404 and self._announced)
            if is_forgotten and not self._started_over:
                # The server forgot the run (its data was replaced): from the start, once.
                self._start_over()
                return self._step(over, between)
            raise

    def server_has_run(self) -> bool:
        """Ask the server whether it has the run that it once acknowledged; asked once, not again after a yes.

        Raises:
            CommunicationError: it gives no answer, or another one than yes or no.
        """
        if not self._is_known_there:
            progress = self.cursor.progress
            entity, project, run = (quote(name, safe="") for name in (progress.entity, progress.project, progress.run))
            try:
                self.connection.get_json(f"/api/projects/{entity}/{project}/runs/{run}")
            except CommunicationError as error:
                if error.retryable or error.status != 404:
                    raise
            else:
                self._is_known_there = True
        return self._is_known_there

    def _step(self, over: bool, between: Callable[[], None]) -> bool:
        self._look_for_journals()
        if not self.journals:
            return False
        # The first piece is read before the run is announced, so that the first word about it is a full one.
        self._main().next_batch()
        if self.ended():
            if self.server_has_run():
                return True
            self._start_over()
            return self._step(over, between)
        more = True
        while more:
            more = False
            for journal in self.journals.values():
                self._announce()
                batch = journal.next_batch()
                if batch is not None:
                    self._send_batch(journal)
                    between()
                    more = more or batch.more
        self._announce()
        self._files.submit_due(over=over)
        self._artifacts.submit_due()
        self._send_summary(force=over)
        self._beat()
        if not over or not self.caught_up() or not self._files.settled() or not self._artifacts.settled():
            return False
        self._end()
        between()
        return True

    def caught_up(self) -> bool:
        """Tell whether every complete line of every journal is acknowledged."""
        return all(journal.caught_up for journal in self.journals.values())

    def ended(self) -> bool:
        """Tell whether the server has acknowledged the end of the run, and nothing is left to send."""
        progress = self.cursor.progress
        left = progress.left_files or progress.left_artifacts
        return bool(progress.ended) and not left and self.caught_up()

    def sent_bytes(self) -> int:
        """Give the acknowledged bytes of all journals."""
        return sum(journal.place.offset for journal in self.journals.values())

    def artifact_bytes(self) -> tuple[int, int]:
        """Give how much of the version under way is uploaded, and how much has to be; (0, 0) without one."""
        return self._artifacts.uploaded()

    @property
    def run_url(self) -> str | None:
        """The address of the run's page, once the server has named it."""
        progress = self.cursor.progress
        if not progress.run:
            return None
        return names.run_url(self.connection.base_url, progress.entity, progress.project, progress.run)

    def _main(self) -> Journal:
        return next((journal for journal in self.journals.values() if journal.is_main), None) or next(
            iter(self.journals.values())
        )

    def _look_for_journals(self) -> None:
        for path, _ in journal_sizes(self.run_dir):
            if path.name not in self.journals and has_a_line(path):
                journal = Journal(path, self.cursor, self.facts, self.summary)
                journal.replay()
                self.journals[path.name] = journal

    def _start_over(self) -> None:
        self._started_over = True
        self.cursor.forget()
        self._save()
        self.close()
        self._begin()
        self.journals.clear()
        self._announced = self._knows_past = False

    def _save(self) -> None:
        """Make the cursor durable; on a disk that refuses, delivery goes on: an older cursor costs resends at most."""
        try:
            self.cursor.save()
        except OSError as error:
            if not self._warned_of_cursor:
                self._warned_of_cursor = True
                log.warning("the cursor can't be saved: %s; rows are sent, and may be sent again", error)

    # --- the run ------------------------------------------------------------------------

    def _announce(self, *, force: bool = False) -> None:
        """Send the facts that changed since they were acknowledged; at most every ``SUMMARY_EVERY_S``."""
        now = time.monotonic()
        if self._announced and not force and now - self._facts_at < SUMMARY_EVERY_S:
            return
        progress = self.cursor.progress
        self._rewind()
        self.facts.count("quarantine", {"quarantined_lines": progress.quarantined})
        version = self.facts.version
        if self._announced and version == self._facts_version:
            return
        known = self.facts.variables()
        if not self._knows_past and progress.facts.get("config") != digest(known["config"]):
            # UpsertBucket replaces the config whole, and the run's may not be ours alone.
            self.facts.past_config = past_config(self.connection, self._identity())
            self._knows_past = True
            known = self.facts.variables()
        changed = {name: value for name, value in known.items() if progress.facts.get(name) != digest(value)}
        if changed or not progress.run:
            self._upsert(changed)
        self._facts_at, self._facts_version, self._announced = now, version, True

    def _rewind(self) -> None:
        """Drop the rows after the step that the script went back to; once, and before anything else is said."""
        progress, asked = self.cursor.progress, self.facts.opened.get("rewind")
        if not isinstance(asked, dict) or progress.rewound or progress.run:
            return
        try:
            variables = {**self._identity(), "step": float(asked.get("step") or 0)}
            self.connection.graphql(REWIND_RUN, variables)
        except CommunicationError as error:
            if isinstance(error, AuthenticationError) or error.retryable:
                raise
            self._quarantine.note("rewind", str(error))
        progress.rewound = True
        self._save()

    def _upsert(self, changed: dict[str, Any]) -> None:
        identity = self._identity()
        try:
            self._learn(self.connection.graphql(UPSERT_BUCKET, {**identity, **changed}), changed)
        except CommunicationError as error:
            if isinstance(error, AuthenticationError) or error.retryable or not changed:
                raise
            # One fact that the server refuses must not keep the others away.
            self._learn(self.connection.graphql(UPSERT_BUCKET, identity), {})
            for name, value in changed.items():
                try:
                    self._learn(self.connection.graphql(UPSERT_BUCKET, {**identity, name: value}), {name: value})
                except CommunicationError as refused:
                    if isinstance(refused, AuthenticationError) or refused.retryable:
                        raise
                    self._quarantine.note(f"fact {name}", str(refused))
                    self.cursor.progress.facts[name] = digest(value)
        self._save()

    def _identity(self) -> dict[str, Any]:
        progress = self.cursor.progress
        if progress.run:
            return {"entity": progress.entity, "project": progress.project, "name": progress.run}
        run = self.facts.opened.get("run")
        run = run if isinstance(run, dict) else {}
        # If rot ate every open record, the directory's name still tells the id.
        run_id = run.get("id") or self.run_dir.name.rpartition("-")[2]
        return {"entity": run.get("entity"), "project": run.get("project"), "name": run_id}

    def _learn(self, data: dict[str, Any], acknowledged: dict[str, Any]) -> None:
        progress = self.cursor.progress
        was_there = any(place.offset for place in progress.places.values())
        try:
            bucket = data["upsertBucket"]["bucket"]
            progress.project = bucket["project"]["name"]
            progress.entity = bucket["project"]["entity"]["name"]
            progress.run = bucket["name"]
        except (TypeError, KeyError):
            raise CommunicationError("the server's answer to UpsertBucket names no run", retryable=True) from None
        if was_there and data["upsertBucket"].get("inserted") is True:
            raise _Forgotten(f"{self.connection.base_url} had lost run {progress.run}", retryable=True)
        progress.storage_id = bucket.get("id") or ""
        progress.display_name = bucket.get("displayName") or ""
        progress.facts.update({name: digest(value) for name, value in acknowledged.items() if name != "state"})
        self._heard_at = time.monotonic()
        self._is_known_there = True

    # --- the streams --------------------------------------------------------------------

    def _send_batch(self, journal: Journal) -> None:
        batch = journal.pending
        if batch is None:
            return
        parts = bodies(batch)
        for index, files in enumerate(parts):
            # One writer speaks for the run: the server would lay the words of several over each other.
            speaks = journal is self._main() and index == len(parts) - 1
            summary = self._due_summary(force=False) if speaks else None
            body: dict[str, Any] = {"files": {**files, **(summary or {})}}
            try:
                self._post(journal, body)
            except CommunicationError as error:
                if error.retryable or error.status not in CONTENT_STATUSES:
                    raise
                self._isolate(journal, files, str(error))
            else:
                if summary:
                    self.summary.changed = False
        for alert in batch.alerts:
            self._alert(alert)
        journal.acknowledge()
        self._save()

    def _post(self, journal: Journal, body: dict[str, Any]) -> None:
        progress = self.cursor.progress
        uploaded = self._files.uploaded()
        if uploaded:
            body = {**body, "uploaded": uploaded}
        answer = self.connection.file_stream(progress.entity, progress.project, progress.run, body, journal.writer)
        self._files.announced(uploaded)
        self._heard_at = time.monotonic()
        if answer.get("stopped") is True and not progress.stop_obeyed and self._on_stop is not None:
            progress.stop_obeyed = True
            self._on_stop()

    def _isolate(self, journal: Journal, files: dict[str, Any], reason: str) -> None:
        """Send the lines of a refused request in smaller parts, and put the refused ones aside."""

        def send(file: str, offset: int, lines: list[str]) -> None:
            self._post(journal, {"files": {file: {"offset": offset, "content": lines}}})

        # A server that refuses even an empty request isn't refusing our lines.
        try:
            self._post(journal, {})
        except CommunicationError as error:
            if isinstance(error, AuthenticationError):
                raise
            raise CommunicationError(str(error), retryable=True, status=error.status) from error
        for file, part in files.items():
            self._quarantine.isolate(journal.name, file, part["offset"], part["content"], reason, send)

    def _due_summary(self, *, force: bool) -> dict[str, Any] | None:
        text = self.summary.due((self.facts.exit or {}).get("runtime"), force=force)
        return None if text is None else {SUMMARY: {"offset": 0, "content": [text]}}

    def _send_summary(self, *, force: bool) -> None:
        summary = self._due_summary(force=force)
        if summary is None:
            return
        try:
            self._post(self._main(), {"files": summary})
        except CommunicationError as error:
            if error.retryable or error.status not in CONTENT_STATUSES:
                raise
            self._quarantine.note("summary", str(error))
        self.summary.changed = False

    def _beat(self) -> None:
        """Say that the run is alive, or that files have arrived."""
        if self._files.uploaded() or time.monotonic() - self._heard_at >= HEARTBEAT_S:
            self._post(self._main(), {})
            self._save()

    def _alert(self, payload: dict[str, Any]) -> None:
        progress = self.cursor.progress
        level = payload.get("level")
        variables = {
            "entityName": progress.entity,
            "projectName": progress.project,
            "runName": progress.run,
            "title": str(payload.get("title", "")),
            "text": str(payload.get("text", "")),
            "severity": level if level in ("INFO", "WARN", "ERROR") else "INFO",
            "waitDuration": int(float(payload.get("wait_s") or 0) * 1000),
        }
        try:
            self.connection.graphql(NOTIFY_ALERT, variables)
        except CommunicationError as error:
            if error.retryable or isinstance(error, AuthenticationError):
                raise
            self._quarantine.note("alert", str(error))

    # --- the end ------------------------------------------------------------------------

    def _end(self) -> None:
        """Tell the server how the run ended; every row is acknowledged by now."""
        progress = self.cursor.progress
        for journal in self.journals.values():
            self.facts.count(journal.name, {"torn_bytes": journal.tail.torn_bytes})
        self._announce(force=True)
        ended = self.facts.exit
        if ended is None:
            state = "crashed"
            self._upsert({"state": state})
        else:
            state = str(ended.get("state") or "finished")
            code = _exit_code(ended.get("code"), state)
            preempting = {"preempting": True} if state == "preempted" else {}
            self._post(self._main(), {"complete": True, "exitcode": code, **preempting})
            if state not in ("finished", "failed"):
                self._upsert({"state": state})
        progress.ended = state
        progress.left_files, progress.left_artifacts = self._files.left_out(), self._artifacts.left_out()
        self._save()


def _exit_code(code: Any, state: str) -> int:
    """Give the exit code that says the state: 0 only for a finished run."""
    if state == "finished":
        return 0
    return code if isinstance(code, int) and not isinstance(code, bool) and code else 1
