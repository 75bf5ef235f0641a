"""Run files on their way: ask for addresses, PUT the bytes, in a thread of their own.

A checkpoint of some gigabytes must not keep rows and heartbeats waiting, so bytes travel beside them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from runwell.client.connection import FILE_CHUNK_BYTES, Connection
from runwell.client.documents import CREATE_RUN_FILES
from runwell.wire import names
from runwell.wire.errors import AuthenticationError, CommunicationError, InvalidValue

MAX_ASKED = 50  # files of one CreateRunFiles request


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it was when it was looked at.

    Attributes:
        path: below the run's ``files/``.
        signature: (size in bytes, mtime in ns): a file whose signature is the same is the same file.
    """

    path: str
    signature: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an upload ended; ``error`` None: the server has it."""

    upload: Upload
    error: CommunicationError | None = None


def look_at(files_dir: Path, path: str) -> Upload | None:
    """Describe a file as it is now; None if it is missing or its name can't be a run file's."""
    try:
        checked = names.file_path(path)
        found = (files_dir / checked).stat()
    except (InvalidValue, OSError, ValueError):
        return None
    return Upload(path, (found.st_size, found.st_mtime_ns))


class Uploads:
    """Sends files one after the other in a thread that starts with the first one.

    Args:
        files_dir: the run directory's ``files/``.
        connection: shared with the sender.
        run: (entity, project, run id) as the server calls them.
    """

    def __init__(self, files_dir: Path, connection: Connection, run: tuple[str, str, str]) -> None:
        self._dir = files_dir
        self._connection = connection
        self._run = run
        self._asked: SimpleQueue[list[Upload] | None] = SimpleQueue()
        self._done: SimpleQueue[Outcome] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False
        self.under_way: set[str] = set()

    def submit(self, uploads: list[Upload]) -> None:
        """Queue files; each comes back once from :meth:`outcomes`."""
        for start in range(0, len(uploads), MAX_ASKED):
            group = uploads[start : start + MAX_ASKED]
            self.under_way.update(upload.path for upload in group)
            self._asked.put(group)
        if uploads and self._thread is None:
            self._thread = threading.Thread(target=self._work, name="runwell-uploads", daemon=True)
            self._thread.start()

    def outcomes(self) -> list[Outcome]:
        """Give what ended since the last call."""
        ended: list[Outcome] = []
        while True:
            try:
                outcome = self._done.get_nowait()
            except Empty:
                return ended
            self.under_way.discard(outcome.upload.path)
            ended.append(outcome)

    def close(self) -> None:
        """Stop after the file under way; what is queued is left for the next sync."""
        self._closed = True
        self._asked.put(None)

    def _work(self) -> None:
        while (group := self._asked.get()) is not None and not self._closed:
            try:
                addresses, headers = self._addresses(group)
            except CommunicationError as error:
                for upload in group:
                    self._done.put(Outcome(upload, error))
                continue
            for upload in group:
                self._done.put(Outcome(upload, self._send(upload, addresses.get(upload.path), headers)))

    def _addresses(self, group: list[Upload]) -> tuple[dict[str, str], dict[str, str]]:
        entity, project, run = self._run
        wanted = {"entity": entity, "project": project, "run": run, "files": [upload.path for upload in group]}
        payload: Any = self._connection.graphql(CREATE_RUN_FILES, wanted).get("createRunFiles")
        try:
            addresses = {file["name"]: file["uploadUrl"] for file in payload["files"]}
            headers = dict(line.split(":", 1) for line in payload.get("uploadHeaders") or ())
        except (TypeError, KeyError, ValueError):
            raise CommunicationError("the server's answer to CreateRunFiles names no addresses") from None
        return addresses, headers

    def _send(self, upload: Upload, address: str | None, headers: dict[str, str]) -> CommunicationError | None:
        if not address:
            return CommunicationError(f"the server takes no file {upload.path!r}")
        try:
            self._connection.put(address, self._chunks(upload), upload.signature[0], headers)
        except AuthenticationError as error:  # the address has expired, or came to another's hands: ask for a new one
            return CommunicationError(str(error), retryable=True, status=error.status)
        except CommunicationError as error:
            return error
        except (OSError, InvalidValue) as error:
            return CommunicationError(f"file {upload.path!r} can't be read: {error}", retryable=True)
        except Exception as error:  # whatever it is, the file comes back as failed, and the thread goes on
            return CommunicationError(f"file {upload.path!r} wasn't sent: {error!r}", retryable=True)
        return None

    def _chunks(self, upload: Upload) -> Iterator[bytes]:
        """Give exactly the announced number of bytes, whatever happens to the file meanwhile."""
        left = upload.signature[0]
        with (self._dir / names.file_path(upload.path)).open("rb") as file:
            while left:
                chunk = file.read(min(left, FILE_CHUNK_BYTES))
                if not chunk:
                    raise OSError("it became shorter while it was sent")
                left -= len(chunk)
                yield chunk
