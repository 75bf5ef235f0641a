"""Run files in the catalog: which path of which run is which blob."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, delete, func, select, union

from runwell.server.stores.records import FileRecord

from .documents import insert_if_absent
from .tables import run_file, settled_file

_COLUMNS = (
    run_file.c.id,
    run_file.c.run_id,
    run_file.c.path,
    run_file.c.digest,
    run_file.c.size_bytes,
    run_file.c.updated_at,
    run_file.c.md5,
)


class FileRows:
    """Rows of table ``run_file``."""

    def put(
        self, c: Connection, run_id: int, path: str, digest: str, size_bytes: int, now: float, md5: str | None = None
    ) -> FileRecord:
        """Make ``path`` of the run this blob; what it was before is forgotten."""
        values = {"digest": digest, "size_bytes": size_bytes, "updated_at": now, "md5": md5}
        insert_if_absent(c, run_file, {"run_id": run_id, "path": path, **values})
        c.execute(run_file.update().where(run_file.c.run_id == run_id, run_file.c.path == path).values(**values))
        found = self.find(c, run_id, path)
        assert found is not None
        return found

    def find(self, c: Connection, run_id: int, path: str) -> FileRecord | None:
        """Find the file of exactly this path."""
        row = c.execute(select(*_COLUMNS).where(run_file.c.run_id == run_id, run_file.c.path == path)).first()
        return FileRecord(*row) if row else None

    def find_many(self, c: Connection, run_id: int, paths: Sequence[str]) -> Sequence[FileRecord]:
        """Find the files of exactly these paths, those that are there, by path."""
        found: dict[str, FileRecord] = {}
        for start in range(0, len(paths), 5_000):  # SQLite binds at most 32,766 values
            some = run_file.c.path.in_(paths[start : start + 5_000])
            for row in c.execute(select(*_COLUMNS).where(run_file.c.run_id == run_id, some)):
                found[row.path] = FileRecord(*row)
        return [found[path] for path in sorted(found)]

    def list(
        self, c: Connection, run_id: int, offset: int = 0, limit: int | None = None, prefix: str = ""
    ) -> list[FileRecord]:
        """List a run's files by path; of those that begin with ``prefix``, letters' case aside."""
        chosen = select(*_COLUMNS).where(*_in(run_id, prefix)).order_by(run_file.c.path).offset(offset)
        return [FileRecord(*row) for row in c.execute(chosen.limit(limit) if limit is not None else chosen)]

    def count(self, c: Connection, run_id: int, prefix: str = "") -> int:
        """Count a run's files; those that begin with ``prefix``, letters' case aside."""
        return c.execute(select(func.count()).where(*_in(run_id, prefix))).scalar_one()

    def delete(self, c: Connection, run_id: int, path: str) -> str | None:
        """Forget the file of exactly this path; return its digest, or None if there was none."""
        found = self.find(c, run_id, path)
        if found is None:
            return None
        c.execute(delete(run_file).where(run_file.c.id == found.id))
        return found.digest

    def find_by_id(self, c: Connection, file_id: int) -> FileRecord | None:
        """Find a file by its id in the catalog."""
        row = c.execute(select(*_COLUMNS).where(run_file.c.id == file_id)).first()
        return FileRecord(*row) if row else None

    def referenced(self, c: Connection, digests: Sequence[str]) -> frozenset[str]:
        """Tell which of these blobs some file is, or will be again if nothing comes of a run's return."""
        tables = (run_file, settled_file)
        named = union(*(select(table.c.digest).where(table.c.digest.in_(digests)) for table in tables))
        return frozenset(c.execute(named).scalars())


def _in(run_id: int, prefix: str) -> list[ColumnElement[bool]]:
    mine = [run_file.c.run_id == run_id]
    return [*mine, run_file.c.path.istartswith(prefix, autoescape=True)] if prefix else mine
