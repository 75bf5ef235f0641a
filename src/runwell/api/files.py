"""The files of a run as a script sees them: listed, read, downloaded, sent, deleted."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from runwell.client.connection import FILE_CHUNK_BYTES, Connection
from runwell.client.documents import CREATE_RUN_FILES
from runwell.wire import names
from runwell.wire.errors import CommunicationError, UsageError, shorten

from .paths import run_route

_PAGE = 10_000  # files of one answer
_PARTIAL = ".partial"


class File:
    """A file of a run.

    Attributes:
        name: its path below the run's files.
        size: bytes.
        mimetype: what it is.
        updated_at: seconds since the epoch.
        sha256: of its bytes, in hex.
        md5: base64; None where nobody computed it.
    """

    def __init__(self, connection: Connection, run: tuple[str, str, str], fields: dict[str, Any]) -> None:
        self._connection = connection
        self._run = run
        self.name: str = fields["path"]
        self.size: int = fields["size_bytes"]
        self.mimetype: str = fields["media_type"]
        self.updated_at: float = fields["updated_at"]
        self.sha256: str = fields["digest"]
        self.md5: str | None = fields.get("md5")

    @property
    def url(self) -> str:
        """The address of its bytes (a key is needed to read them)."""
        return self._connection.base_url + self._address

    @property
    def _address(self) -> str:
        return "/files/" + "/".join(quote(part, safe="") for part in (*self._run, *self.name.split("/")))

    def chunks(self) -> Iterator[bytes]:
        """Give its bytes piece by piece."""
        return self._connection.stream(self._address, {"download": "1"})

    def read(self) -> bytes:
        """Give its bytes."""
        return b"".join(self.chunks())

    def download(self, root: str | os.PathLike[str] = ".", replace: bool = False, exist_ok: bool = False) -> IO[str]:
        """Put a copy below a directory, verified, and give it open for reading as text.

        Args:
            root: the directory; the file's own folders are made in it.
            replace: an earlier copy is written over.
            exist_ok: an earlier copy is given as it is.

        Raises:
            UsageError: there is a file already, and neither ``replace`` nor ``exist_ok`` was said.
            CommunicationError: the bytes that came aren't those of the file.
        """
        target = Path(root) / names.file_path(self.name)
        if target.exists() and not replace:
            if exist_ok:
                return target.open("r", encoding="utf-8", errors="replace")
            raise UsageError(f"{target} exists already; say replace=True to write over it or exist_ok=True to keep it")
        target.parent.mkdir(parents=True, exist_ok=True)
        spare = target.with_name(f"{target.name}.{os.getpid()}{_PARTIAL}")
        digest = hashlib.sha256()
        try:
            with spare.open("wb") as file:
                for piece in self.chunks():
                    digest.update(piece)
                    file.write(piece)
            if digest.hexdigest() != self.sha256:
                raise CommunicationError(
                    f"file {self.name!r} changed while it was read; ask for it again", retryable=True
                )
            spare.replace(target)
        finally:
            spare.unlink(missing_ok=True)
        return target.open("r", encoding="utf-8", errors="replace")

    def delete(self) -> None:
        """Delete it."""
        self._connection.send_json("DELETE", f"{run_route(*self._run)}/files?path={quote(self.name, safe='')}", {})

    def __repr__(self) -> str:
        return f"<File {self.name} ({self.mimetype}), {self.size:,} bytes>"


def list_files(connection: Connection, run: tuple[str, str, str], prefix: str) -> list[File]:
    """Give a run's files whose path begins with ``prefix``, by path."""
    found: list[File] = []
    while True:
        asked = {"prefix": prefix, "offset": str(len(found)), "limit": str(_PAGE)}
        answer = connection.get_json(f"{run_route(*run)}/files", asked)
        found += [File(connection, run, fields) for fields in answer["files"]]
        if not answer["files"] or len(found) >= answer["total"]:
            return found


def send_file(connection: Connection, run: tuple[str, str, str], path: Path, name: str) -> None:
    """Send a file's bytes as ``name``.

    Raises:
        UsageError: it can't be read.
        CommunicationError: the server doesn't take it.
    """
    name = names.file_path(name)
    try:
        size = path.stat().st_size
        source = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} can't be read ({error.strerror})") from None
    with source:
        asked = {"entity": run[0], "project": run[1], "run": run[2], "files": [name]}
        answer = connection.graphql(CREATE_RUN_FILES, asked).get("createRunFiles") or {}
        address = next((file.get("uploadUrl") for file in answer.get("files") or () if file.get("name") == name), None)
        if not address:
            raise CommunicationError(f"the server takes no file {shorten(name)}")
        headers = dict(line.split(":", 1) for line in answer.get("uploadHeaders") or ())
        connection.put(address, iter(lambda: source.read(FILE_CHUNK_BYTES), b""), size, headers)
