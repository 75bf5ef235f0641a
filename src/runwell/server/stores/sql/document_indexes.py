"""Indexes on keys of config and summary, built when a large project is first filtered or sorted by them.

An index holds the very expressions that filters and orderings use. In SQLite one index has all keys of
a filter, those compared by equality first, then the sort key and the state: count and page are read
from it alone (100,000 runs: 2 to 12 ms, where rows looked up for a second key cost 100 to 300). PostgreSQL
doesn't read expressions from an index; it gets one a key and combines them.

An index costs a little at every change of any run, so their number is bounded: the one used longest
ago makes room.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time

from sqlalchemy import Connection, func, select, text

from runwell.server.stores.filter_tree import Key, Selection, SortKey
from runwell.wire.limits import INDEX_RUNS, MAX_DOCUMENT_INDEXES

from .document_sql import DocumentSql, is_plain
from .engine import CatalogEngine
from .filter_sql import document_keys_of
from .tables import run

_log = logging.getLogger("runwell.server")
PREFIX = "ix_doc_"
MAX_INDEX_KEYS = 4  # compared keys of one index: a longer filter looks the rest up
_COUNT_EVERY_S = 60.0  # a project's size is looked at once a minute


class DocumentIndexes:
    """The expression indexes of one database.

    Args:
        engine: the catalog's connection.
        sql: the expressions to index.
        least_runs: runs of a project from which on an index pays.
    """

    def __init__(self, engine: CatalogEngine, sql: DocumentSql, least_runs: int = INDEX_RUNS) -> None:
        self._engine = engine
        self._sql = sql
        self._least_runs = least_runs
        self._lock = threading.Lock()
        self._known: dict[str, None] | None = None  # in the order of their last use
        self._sizes: dict[int, tuple[float, int]] = {}

    def prepare(self, project_id: int, selection: Selection) -> None:
        """Build what the selection lacks; the first caller waits, about 0.5 s at 100,000 runs."""
        compared = {key: equal for key, equal in document_keys_of(selection.tree).items() if is_plain(key.name)}
        sort = next((s for s in selection.sort[:1] if s.key.scope in ("config", "summary")), None)
        if sort is not None and not is_plain(sort.key.name):
            sort = None
        if not (compared or sort) or self._size(project_id) < self._least_runs:
            return
        with self._lock:
            if self._known is None:
                self._known = dict.fromkeys(self._engine.read(self._listed))
            for columns in self._wanted(compared, sort):
                self._build(columns, self._known)

    def _wanted(self, compared: dict[Key, bool], sort: SortKey | None) -> list[str]:
        """Give the column lists of the indexes that help."""
        if not self._engine.is_sqlite:
            wanted = [f"project_id, ({self._expression(key)}), id" for key in compared]
            if sort is not None:
                order, tie = (" DESC NULLS LAST", " DESC") if sort.descending else ("", "")
                wanted.append(f"project_id, ({self._expression(sort.key)}){order}, id{tie}")
            return wanted
        keys = sorted(compared, key=lambda key: (not compared[key], str(key)))[:MAX_INDEX_KEYS]
        walked = [sort.key] if sort is not None else []
        wanted = [walked] if walked else []
        if keys:
            wanted.append([*keys, *(key for key in walked if key not in keys)])
        return [
            f"project_id, deleted_at, {', '.join(f'({self._expression(key)})' for key in columns)}, state"
            for columns in wanted
        ]

    def _expression(self, key: Key) -> str:
        document = run.c.config if key.scope == "config" else run.c.summary
        compiled = self._sql.typed(document, key.name).compile(
            self._engine.engine, compile_kwargs={"literal_binds": True, "include_table": False}
        )
        return str(compiled)

    def _size(self, project_id: int) -> int:
        now = time.monotonic()
        counted_at, size = self._sizes.get(project_id, (-_COUNT_EVERY_S, 0))
        if now - counted_at >= _COUNT_EVERY_S:
            chosen = select(func.count()).select_from(run).where(run.c.project_id == project_id)
            size = self._engine.read(lambda c: c.execute(chosen).scalar_one())
            if len(self._sizes) > 10_000:
                self._sizes.clear()
            self._sizes[project_id] = (now, size)
        return size

    def _build(self, columns: str, known: dict[str, None]) -> None:
        name = PREFIX + hashlib.sha256(columns.encode()).hexdigest()[:24]
        if name in known:
            known[name] = known.pop(name)
            return
        begun = time.monotonic()
        if self._engine.is_sqlite:
            self._engine.write(lambda c: c.exec_driver_sql(f"CREATE INDEX IF NOT EXISTS {name} ON run ({columns})"))
        else:
            statement = f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON run ({columns}) WHERE deleted_at IS NULL"
            self._engine.outside_transaction(lambda c: c.exec_driver_sql(statement))
            # Without statistics of the expression the planner guesses, and walks the wrong index.
            self._engine.outside_transaction(lambda c: c.exec_driver_sql("ANALYZE run"))
        known[name] = None
        _log.info("indexed %s in %.1f s", columns, time.monotonic() - begun)
        while len(known) > MAX_DOCUMENT_INDEXES:
            oldest = next(iter(known))
            self._engine.write(lambda c, name=oldest: c.exec_driver_sql(f"DROP INDEX IF EXISTS {name}"))
            del known[oldest]

    def _listed(self, c: Connection) -> list[str]:
        if self._engine.is_sqlite:
            found = text("SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'ix_doc_%'")
        else:
            # One that a crash left half-built is of no use and in the way: it isn't listed.
            found = text(
                "SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid"
                " WHERE c.relname LIKE 'ix_doc_%' AND i.indisvalid"
            )
        return list(c.execute(found).scalars())
