"""What a run recorded beside its rows: files, console lines, alerts, media, and what the machine measured."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from runwell.client.connection import Connection
from runwell.wire.errors import UsageError, shorten
from runwell.wire.frame import decode_frame
from runwell.wire.limits import MAX_CONSOLE_PAGE, MAX_PAGE

from .files import File, list_files, send_file
from .paths import project_route, run_route


class Recorded:
    """The part of a run that isn't its rows."""

    _connection: Connection
    entity: str
    project: str
    id: str

    def files(self, names: Sequence[str] = (), pattern: str | None = None, *, prefix: str = "") -> list[File]:
        """Give its files, by path.

        Args:
            names: only these.
            pattern: only paths that match, with ``*``, ``?`` and ``[…]``; ``%`` stands for ``*`` too.
            prefix: only paths that begin so.
        """
        found = list_files(self._connection, self._place, prefix)
        if names:
            wanted = {names} if isinstance(names, str) else set(names)
            found = [file for file in found if file.name in wanted]
        if pattern is not None:
            shape = pattern.replace("%", "*")
            found = [file for file in found if fnmatch.fnmatchcase(file.name, shape)]
        return found

    def file(self, name: str) -> File:
        """Give one file.

        Raises:
            UsageError: there is none of that name; the message says which are like it.
        """
        near = list_files(self._connection, self._place, name)
        for file in near:
            if file.name == name:
                return file
        there = [file.name for file in near] or [file.name for file in list_files(self._connection, self._place, "")]
        raise UsageError(
            f"run {self.id} has no file {shorten(name)}; "
            + (f"it has {', '.join(there[:5])}" if there else "it has none")
        )

    def upload_file(self, path: str | os.PathLike[str], root: str | os.PathLike[str] = ".") -> File:
        """Send a file; it is kept under its path below ``root``.

        Raises:
            UsageError: it can't be read, or isn't below ``root``.
        """
        source = Path(path)
        try:
            name = source.resolve().relative_to(Path(root).resolve()).as_posix()
        except ValueError:
            raise UsageError(
                f"{source} isn't below {Path(root).resolve()}; say root= a directory that it is in"
            ) from None
        send_file(self._connection, self._place, source, name)
        return self.file(name)

    def console_logs(self, start: int = 0, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Give the lines of the console: ``n``, ``t`` seconds since the epoch or None, ``level``, ``text``.

        Args:
            start: number of the first line; below 0 counts from the end.
            limit: at most so many; None: all.
        """
        while limit is None or limit > 0:
            size = MAX_CONSOLE_PAGE if limit is None else min(limit, MAX_CONSOLE_PAGE)
            asked = {"from": str(start), "limit": str(size)}
            lines = self._connection.get_json(f"{run_route(*self._place)}/console", asked)["lines"]
            yield from lines
            if len(lines) < size:
                return
            start = lines[-1]["n"] + 1
            limit = None if limit is None else limit - len(lines)

    def alerts(self, limit: int = 100) -> list[dict[str, Any]]:
        """Give what was said with ``run.alert``, newest first: ``title``, ``text``, ``level``, ``created_at``."""
        asked = {"limit": str(max(1, min(limit, MAX_PAGE)))}
        return self._connection.get_json(f"{run_route(*self._place)}/alerts", asked)["alerts"]

    def media_keys(self) -> list[dict[str, Any]]:
        """Give the keys under which media were logged: ``key``, ``types``, ``points``."""
        return self._connection.get_json(f"{project_route(self.entity, self.project)}/media", {"runs": self.id})["keys"]

    def media(
        self, key: str, *, at: int | None = None, steps: tuple[int, int] | None = None, limit: int = 100
    ) -> list[dict[str, Any]]:
        """Give media that were logged under a key: ``step``, ``value`` as logged, ``files`` {path: address and size}.

        Args:
            key: the key.
            at: the newest up to this step; None: the last of all.
            steps: all from the first to the last of these instead.
            limit: with ``steps``: at most so many, evenly many of more.
        """
        asked: dict[str, Any] = {"runs": [self.id], "keys": [key]}
        asked |= {"at": at} if steps is None else {"range": list(steps), "limit": max(1, min(limit, MAX_PAGE))}
        route = f"{project_route(self.entity, self.project)}/media/values"
        return self._connection.send_json("POST", route, asked)["values"]

    @property
    def system_metrics(self) -> dict[str, float]:
        """The last value of each of the machine's metrics; all of them: ``history(stream="system")``."""
        route = project_route(self.entity, self.project)
        asked = {"runs": self.id, "stream": "system", "limit": str(MAX_PAGE)}
        keys = [metric["key"] for metric in self._connection.get_json(f"{route}/metrics", asked)["metrics"]]
        if not keys:
            return {}
        body = {"runs": [self.id], "keys": keys, "stream": "system", "x": "timestamp", "range": None, "width": 1}
        return _last_values(b"".join(self._connection.stream(f"{route}/series", body=body)))

    @property
    def _place(self) -> tuple[str, str, str]:
        return self.entity, self.project, self.id


def _last_values(frame: bytes) -> dict[str, float]:
    import struct

    header, arrays = decode_frame(frame)
    found: dict[str, float] = {}
    for series in header["series"]:
        kind, offset, n = series["arrays"]["last" if series["bucketed"] else "y"]
        if n:
            size = 8 if kind == "f8" else 4
            (found[series["key"]],) = struct.unpack_from(
                "<d" if kind == "f8" else "<f", arrays, offset + size * (n - 1)
            )
    return found
