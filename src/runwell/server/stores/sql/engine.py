"""The catalog's connection: one writer with group commit, many readers, SQLite or PostgreSQL by URL.

Every change of the catalog is a function of a connection, handed to :meth:`CatalogEngine.write`. One
thread runs them in the order of arrival, many in one transaction, each behind a savepoint, and
answers the callers after the commit: a burst of small requests costs one fsync. Reads run in the
calling thread on their own connection and never wait for the writer (WAL, or PostgreSQL's MVCC).

It must never let a caller see an effect that is not committed, nor one failed function spoil the
others of its group.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event

from runwell.wire.limits import MAX_STATEMENT_S

T = TypeVar("T")

MAX_GROUP = 256  # functions of one transaction: bounds what a crash of the process makes clients resend


class CatalogClosed(RuntimeError):
    """The catalog was closed while a caller waited."""


class CatalogEngine:
    """One database: ``sqlite:///path`` or ``postgresql+psycopg://…``.

    Args:
        url: SQLAlchemy URL.
        durable: on SQLite, survive power loss too (``synchronous=FULL``); without it, ``kill -9`` only.
    """

    def __init__(self, url: str, *, durable: bool = True) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        options: dict[str, Any] = {} if self.is_sqlite else {"pool_size": 16, "max_overflow": 16}
        if self.is_sqlite:
            options["connect_args"] = {"check_same_thread": False, "timeout": 30.0}
            options["pool_size"] = 64
        self.engine: Engine = create_engine(url, **options)
        if self.is_sqlite:
            _prepare_sqlite(self.engine, durable)
        self._jobs: SimpleQueue[tuple[Callable[[Connection], Any], Future[Any]] | None] = SimpleQueue()
        self._closed = False
        self._writer = threading.Thread(target=self._write_loop, name="catalog-writer", daemon=True)
        self._writer.start()

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in the writer's transaction; return its result after the commit.

        Raises:
            whatever ``work`` raised (its own effects are rolled back, the group's others are not), or
            the commit's failure.
        """
        return self.submit(work).result()

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Queue ``work``; the future is done after the commit."""
        if self._closed:
            raise CatalogClosed("the catalog is closed")
        future: Future[T] = Future()
        self._jobs.put((work, future))
        return future

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a snapshot of what is committed, in the calling thread."""
        with self.engine.connect() as connection:
            return work(connection)

    def close(self) -> None:
        """Finish what is queued, then release the database."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
            self._writer.join()
            self.engine.dispose()

    def _write_loop(self) -> None:
        closing = False
        while not closing:
            job = self._jobs.get()
            group: list[tuple[Callable[[Connection], Any], Future[Any]]] = []
            while True:
                if job is None:
                    closing = True
                    break
                group.append(job)
                if len(group) >= MAX_GROUP:
                    break
                try:
                    job = self._jobs.get_nowait()
                except Empty:
                    break
            if group:
                self._run_group(group)

    def _run_group(self, group: list[tuple[Callable[[Connection], Any], Future[Any]]]) -> None:
        done: list[tuple[Future[Any], Any]] = []
        try:
            with self.engine.connect() as connection, connection.begin():
                for work, future in group:
                    try:
                        with connection.begin_nested():
                            done.append((future, work(connection)))
                    except Exception as error:
                        future.set_exception(error)
        except Exception as error:  # the commit itself: nothing of the group happened
            for future, _ in done:
                future.set_exception(error)
            return
        for future, result in done:
            future.set_result(result)


def _prepare_sqlite(engine: Engine, durable: bool) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's begin below is the only one
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.execute("PRAGMA mmap_size=268435456")
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # The writer is one thread, so DEFERRED never meets SQLITE_BUSY_SNAPSHOT inside this process.
        connection.exec_driver_sql("BEGIN")


STATEMENT_TIMEOUT_S = MAX_STATEMENT_S
