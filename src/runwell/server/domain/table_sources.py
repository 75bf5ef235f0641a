"""Where a table is: files that a run logged, or a file of an artifact's version; and where files in its cells are.

The official client writes a run's table without its media ("Image" in place of each) and logs the whole one in an
artifact of the run; the value says where. So a run's table is looked for there first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from runwell.server.stores.artifact_records import ArtifactFileRecord, ArtifactRecord
from runwell.server.stores.records import FileRecord, RunRecord
from runwell.wire.errors import InvalidValue, shorten

from .access import Actor, NotFound
from .artifacts import Artifacts
from .files import RunFiles
from .media import Media, MediaValue, file_paths
from .runs import Runs
from .table_files import ParsedTable, ParsedTables, join_parts

MAX_PARTS = 1_000  # files of one table


@dataclass(frozen=True, slots=True)
class RunTable:
    """A table that a run logged, in these files, or whole at an address (``wandb-client-artifact://…``)."""

    run: str
    paths: Sequence[str]
    address: str | None = None


@dataclass(frozen=True, slots=True)
class VersionTable:
    """A table that is a file of a version of an artifact."""

    artifact: str
    version: str
    path: str


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table with what names its bytes, and its owner: a run or a version."""

    table: ParsedTable
    digest: str
    owner: RunRecord | ArtifactRecord


OwnedFile = tuple[RunRecord, FileRecord] | tuple[ArtifactRecord, ArtifactFileRecord]
CellFiles = dict[str, OwnedFile | None]


class TableSources:
    """Finds tables.

    Args:
        runs, files, media: those of runs.
        artifacts: those of versions.
        parsed: what was parsed before.
    """

    def __init__(self, runs: Runs, files: RunFiles, media: Media, artifacts: Artifacts, parsed: ParsedTables) -> None:
        self._runs = runs
        self._files = files
        self._media = media
        self._artifacts = artifacts
        self._parsed = parsed

    def find(self, actor: Actor, place: tuple[str, str], source: RunTable | VersionTable) -> FoundTable:
        """Find a table of a project (``place``: entity and name).

        Raises:
            NotFound: there is no such run, version or file, or it isn't the actor's.
            InvalidValue: it is no table, or too large.
        """
        if isinstance(source, RunTable):
            run = self._runs.find(actor, *place, source.run)
            whole = self._at_address(actor, source.address) if source.address else None
            return whole or self._of_run(actor, run, source.paths)
        version = self._artifacts.named(actor, *place, f"{source.artifact}:{source.version}").artifact
        found = self._pointed(actor, version, self._artifacts.file(actor, version, source.path))
        if found is None:
            raise NotFound(f"the bytes of {shorten(source.path)} aren't on this server")
        return self._of_version(actor, *found)

    def files(self, actor: Actor, found: FoundTable, rows: Sequence[Sequence[Any]]) -> CellFiles:
        """Find the files that cells of a table name: path → file, None while it isn't here."""
        cells = {"cells": list(rows)}
        if isinstance(found.owner, RunRecord):
            run = found.owner
            there = self._media.fill(MediaValue(run, "", run.last_step, cells)).files
            return {path: file and (run, file) for path, file in there.items()}
        wanted = list(dict.fromkeys(file_paths(cells)))
        entries = {file.path: file for file in self._artifacts.files(actor, found.owner, names=wanted).items}
        return {path: self._pointed(actor, found.owner, entries[path]) if path in entries else None for path in wanted}

    def _of_run(self, actor: Actor, run: RunRecord, paths: Sequence[str]) -> FoundTable:
        if len(paths) > MAX_PARTS:
            raise InvalidValue(f"{len(paths):,} files of one table; at most {MAX_PARTS:,}")
        parts: list[ParsedTable] = []
        digests: list[str] = []
        for path in paths:
            record = self._files.find(actor, run, path)

            def open_(path: str = path) -> tuple[str, BinaryIO]:
                opened, source = self._files.open(actor, run, path)
                return opened.digest, source

            parts.append(self._parsed.get(record.digest, path, record.size_bytes, open_))
            digests.append(record.digest)
        return FoundTable(join_parts(parts), " ".join(digests), run)

    def _of_version(self, actor: Actor, version: ArtifactRecord, file: ArtifactFileRecord) -> FoundTable:
        digest = file.blob_digest or ""

        def open_() -> tuple[str, BinaryIO]:
            return digest, self._artifacts.open(actor, version.id, digest)[1]

        return FoundTable(self._parsed.get(digest, file.path, file.size_bytes, open_), digest, version)

    def _at_address(self, actor: Actor, address: str) -> FoundTable | None:
        """Give the table at an address; None: it isn't there (yet)."""
        try:
            version, file = self._artifacts.at_address(actor, address)
        except (InvalidValue, NotFound):
            return None
        found = self._pointed(actor, version, file)
        return found and self._of_version(actor, *found)

    def _pointed(
        self, actor: Actor, version: ArtifactRecord, file: ArtifactFileRecord
    ) -> tuple[ArtifactRecord, ArtifactFileRecord] | None:
        """Give the version and file of an entry's bytes: cells name files of the version that the bytes lie in."""
        if file.blob_digest is not None:
            return version, file
        try:
            other, found = self._artifacts.at_address(actor, file.ref or "")
        except (InvalidValue, NotFound):
            return None
        return (other, found) if found.blob_digest is not None else None
