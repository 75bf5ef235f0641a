"""Artifacts on their way: versions logged, read and linked, in the order of the journal, in a thread of their own.

A data set of some gigabytes must not keep rows and heartbeats waiting. What the server has, the cursor remembers;
doing any of it twice has the effect of once.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import orjson

from runwell.artifacts.objects import ObjectStore
from runwell.artifacts.server import ArtifactServer
from runwell.artifacts.upload import ArtifactUpload
from runwell.client.connection import Connection
from runwell.wire import records
from runwell.wire.errors import AuthenticationError, CommunicationError, InvalidValue

from .cursor import Cursor
from .disk import replace_file
from .facts import RunFacts
from .retry import Backoff

log = logging.getLogger("runwell.sync")

MAX_TRIES = 8  # of one record in one sync: it must not keep a run from being complete
PRUNE_EVERY_S = 600.0  # how often the object store is held to its bound
_USE = "mutation UseArtifact($input: UseArtifactInput!) { useArtifact(input: $input) { artifact { id } } }"


class ArtifactDelivery:
    """Delivers what a run says of artifacts.

    Args:
        run_dir: the run directory.
        connection: the server.
        facts: holds the records, growing.
        cursor: remembers what was delivered, by the records' keys.
        on_news: called, in another thread, when a delivery has ended, well or not: a script may wait for it.
    """

    def __init__(
        self, run_dir: Path, connection: Connection, facts: RunFacts, cursor: Cursor, on_news: Callable[[], None]
    ) -> None:
        self._run_dir = run_dir
        self._connection = connection
        self._server = ArtifactServer(connection.base_url, connection)
        self._facts = facts
        self._cursor = cursor
        self._on_news = on_news
        self._objects = ObjectStore()
        self._asked: SimpleQueue[list[tuple[str, dict[str, Any]]] | None] = SimpleQueue()
        self._done: SimpleQueue[tuple[str, dict[str, Any] | Exception] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._under_way = False
        self._given_up: set[str] = set()
        self._backoff = Backoff()
        self._next_at = 0.0
        self._pruned_at = 0.0
        self._upload: ArtifactUpload | None = None

    def submit_due(self) -> None:
        """Take what ended, and hand on what is new: in order, as a later one may need an earlier."""
        self._collect()
        if self._under_way or time.monotonic() < self._next_at:
            return
        waiting = self._waiting()
        if not waiting:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="runwell-artifacts", daemon=True)
            self._thread.start()
        self._under_way = True
        self._asked.put(waiting)

    def settled(self) -> bool:
        """Tell whether nothing is under way or waiting."""
        self._collect()
        return not self._under_way and not self._waiting()

    def uploaded(self) -> tuple[int, int]:
        """Give how many bytes of the version under way have arrived, and how many have to; (0, 0) without one."""
        upload = self._upload
        return (upload.sent_bytes, upload.total_bytes) if upload else (0, 0)

    def left_out(self) -> list[str]:
        """Give the keys of what was given up for now; a later sync tries it again."""
        return sorted(self._given_up)

    def close(self) -> None:
        """Stop after the file under way."""
        self._closed = True
        self._asked.put(None)

    def _waiting(self) -> list[tuple[str, dict[str, Any]]]:
        there = self._cursor.progress.artifacts
        return [
            one for one in self._facts.artifacts if one[1]["key"] not in there and one[1]["key"] not in self._given_up
        ]

    def _collect(self) -> None:
        while True:
            try:
                done = self._done.get_nowait()
            except Empty:
                return
            if done is None:
                self._under_way = False
                continue
            key, outcome = done
            if isinstance(outcome, dict):
                self._settle(key, outcome)
                continue
            error = outcome
            if _may_help_again(error):
                pause = self._backoff.next(getattr(error, "retry_after_s", None))
                self._next_at = time.monotonic() + pause
                if self._backoff.failures >= MAX_TRIES:
                    log.warning("an artifact is left out for now: %s", error)
                    self._given_up.add(key)
                    self._backoff.reset()
                continue
            log.warning("an artifact is refused: %s", error)
            self._facts.count(f"artifacts/{key}", {"artifacts_refused": 1})
            self._settle(key, {"error": str(error)})

    def _settle(self, key: str, outcome: dict[str, Any]) -> None:
        self._backoff.reset()
        self._next_at = 0.0
        result = self._run_dir / records.ARTIFACTS_DIR / f"{key}.result.json"
        with suppress(OSError):  # the cursor knows; who waits for the file gives up in time
            replace_file(result, orjson.dumps({"error": None, **outcome}), durable=False)
        self._cursor.progress.artifacts[key] = outcome
        with suppress(OSError):
            self._cursor.save()

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            for kind, payload in asked:
                if self._closed:
                    return
                outcome = self._deliver(kind, payload)
                self._done.put((payload["key"], outcome))
                self._on_news()
                if isinstance(outcome, Exception) and _may_help_again(outcome):
                    break  # what comes after it may need it: all of that again, later
            self._done.put(None)
            self._on_news()

    def _deliver(self, kind: str, payload: dict[str, Any]) -> dict[str, Any] | Exception:
        try:
            return {records.ARTIFACT: self._log, records.USE: self._use, records.LINK: self._link}[kind](payload)
        except (CommunicationError, InvalidValue) as error:
            return error
        except Exception as error:  # whatever it is, the record comes back as failed, and the thread goes on
            if not self._closed:
                log.exception("an artifact could not be delivered")
            return CommunicationError(repr(error), retryable=True)

    def _log(self, payload: dict[str, Any]) -> dict[str, Any]:
        path = payload.get("path")
        try:
            name = Path(str(path)).name
            document = orjson.loads((self._run_dir / records.ARTIFACTS_DIR / name).read_bytes())
            folder = self._run_dir / records.ARTIFACTS_DIR / _plain(document["client_id"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InvalidValue(f"the document of an artifact can't be read: {error}") from None

        def find(md5: str, size_bytes: int) -> Path | None:
            staged = folder / md5
            if staged.is_file():
                return staged
            return Path(self._objects.path(md5)) if self._objects.has(md5, size_bytes) else None

        upload = ArtifactUpload(self._connection, self._identity(), document, find, lambda: self._closed)
        self._upload = upload
        try:
            done = upload.deliver()
        finally:
            self._upload = None
            if upload.arrived:
                self._backoff.reset()
        self._drop(folder)
        return done

    def _drop(self, folder: Path) -> None:
        """Give up the staged bytes: the object store keeps them within its bound, if it can have them by a link."""
        with suppress(OSError):
            for staged in folder.iterdir():
                if not self._objects.has(staged.name, staged.stat().st_size):
                    with suppress(OSError):
                        self._objects.adopt(str(staged), staged.name)
            if time.monotonic() - self._pruned_at > PRUNE_EVERY_S:
                self._pruned_at = time.monotonic()
                self._objects.prune()
        shutil.rmtree(folder, ignore_errors=True)

    def _use(self, payload: dict[str, Any]) -> dict[str, Any]:
        artifact_id = self._id_of(payload)
        entity, project, run = self._identity()
        given = {
            "artifactID": artifact_id,
            "entityName": entity,
            "projectName": project,
            "runName": run,
            "artifactEntityName": payload.get("entity"),
            "artifactProjectName": payload.get("project"),
            "usedAs": payload.get("use_as"),
        }
        self._connection.graphql(_USE, {"input": {name: value for name, value in given.items() if value is not None}})
        return {"id": artifact_id}

    def _link(self, payload: dict[str, Any]) -> dict[str, Any]:
        artifact_id = self._id_of(payload)
        entity, project, _ = self._identity()
        linked = self._server.link(
            artifact_id,
            payload.get("entity") or entity,
            payload.get("project") or project,
            str(payload.get("portfolio")),
            [str(alias) for alias in payload.get("aliases") or ()],
        )
        return {"id": artifact_id, **linked}

    def _id_of(self, payload: dict[str, Any]) -> str:
        """Give the server's id of the version that a record means.

        Raises:
            InvalidValue: the version it means was refused.
        """
        if payload.get("id"):
            return str(payload["id"])
        client_id = str(payload.get("client_id") or "")
        known = self._cursor.progress.artifacts.get(client_id) or {}
        if known.get("error"):
            raise InvalidValue(f"the artifact that this needs was refused: {known['error']}")
        return str(known.get("id") or self._server.id_of_client(client_id))

    def _identity(self) -> tuple[str, str, str]:
        progress = self._cursor.progress
        return progress.entity, progress.project, progress.run


def _may_help_again(error: Exception) -> bool:
    return isinstance(error, AuthenticationError) or bool(getattr(error, "retryable", False))


def _plain(client_id: Any) -> str:
    if not isinstance(client_id, str) or not client_id.isalnum():
        raise ValueError("it names no client id")
    return client_id
