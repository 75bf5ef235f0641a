"""The catalog's connection: one writer with group commit, many readers, SQLite or PostgreSQL by URL.

Every change of the catalog is a function of a connection, handed to :meth:`CatalogEngine.write`. One
thread runs them in the order of arrival, many in one transaction, each behind a savepoint, and
answers the callers after the commit: a burst of small requests costs one fsync. Reads run in the
calling thread on their own connection and never wait for the writer (WAL, or PostgreSQL's MVCC).

It must never let a caller see an effect that is not committed, nor one failed function spoil the
others of its group.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError

from runwell.server.stores.failures import Busy, DiskFull
from runwell.wire.limits import MAX_STATEMENT_S

from .documents import decode_document, encode_document

T = TypeVar("T")

MAX_QUEUED = 10_000  # functions that wait for the writer: beyond it, callers are told to come again
MAX_GROUP = 256  # functions of one transaction: bounds what a crash of the process makes clients resend
LOCK_WAIT_S = 10.0  # another process (the admin command) holds SQLite's write lock
_STEPS_BETWEEN_LOOKS = 10_000  # SQLite virtual machine steps between looks at the clock: below 1 ms


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
        options: dict[str, Any] = {"json_serializer": encode_document, "json_deserializer": decode_document}
        if self.is_sqlite:
            options["connect_args"] = {"check_same_thread": False, "timeout": LOCK_WAIT_S}
            options["pool_size"] = 64
        else:
            options["connect_args"] = {"connect_timeout": int(LOCK_WAIT_S)}
            options["pool_size"] = options["max_overflow"] = 16
            options["pool_pre_ping"] = True
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
            Busy: another process holds the database.
            DiskFull: there is no space for it.
            whatever ``work`` raised (its own effects are rolled back, the group's others are not), or
            the commit's failure.
        """
        return self.submit(work).result()

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Queue ``work``; the future is done after the commit."""
        if self._closed:
            raise CatalogClosed("the catalog is closed")
        if self._jobs.qsize() > MAX_QUEUED:
            raise Busy("the catalog has more to write than it can; try again in a moment")
        future: Future[T] = Future()
        self._jobs.put((work, future))
        return future

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a snapshot of what is committed, in the calling thread.

        Raises:
            Busy: it took longer than ``MAX_STATEMENT_S``, or the database is not to be had.
        """
        try:
            with self.engine.connect() as connection:
                if not self.is_sqlite:
                    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                    connection.exec_driver_sql(f"SET LOCAL statement_timeout={_TIMEOUT_MS}")
                    return work(connection)
                raw: Any = connection.connection.driver_connection
                deadline = time.monotonic() + MAX_STATEMENT_S
                raw.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
                try:
                    return work(connection)
                finally:
                    raw.set_progress_handler(None, 0)
        except DBAPIError as error:
            raise _as_failure(error) from error

    def outside_transaction(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` with each statement committed by itself (PostgreSQL's concurrent index builds)."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
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
        answered: set[int] = set()
        try:
            with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
                for work, future in group:
                    cause: Exception | None = None
                    try:
                        with connection.begin_nested():
                            try:
                                result = work(connection)
                            except Exception as error:
                                cause = error
                                raise
                        done.append((future, result))
                    except Exception as error:
                        failure = _as_failure(cause or error)
                        future.set_exception(failure)
                        answered.add(id(future))
                        if self._lost_transaction(connection):
                            raise failure from error
        except Exception as error:  # the beginning or the commit itself: nothing of the group happened
            failure = _as_failure(error)
            for _, future in group:
                if id(future) not in answered:
                    future.set_exception(failure)
            return
        for future, result in done:
            future.set_result(result)

    def _lost_transaction(self, connection: Connection) -> bool:
        """Tell whether SQLite gave up the whole transaction (a full disk, an I/O error), savepoints and all."""
        raw: Any = connection.connection.driver_connection
        return self.is_sqlite and not raw.in_transaction


def _as_failure(error: Exception) -> Exception:
    """Tell a database that is busy or full from a mistake of ours."""
    if not isinstance(error, DBAPIError):
        return error
    text = str(error.orig)
    if isinstance(error.orig, sqlite3.Error):
        if "locked" in text or "busy" in text:
            return Busy("the catalog is held by another process; try again in a moment")
        if "interrupted" in text:
            return Busy(f"the catalog took longer than {MAX_STATEMENT_S:g} s; ask for less")
        if "full" in text:
            return DiskFull("the catalog's disk is full; free some space, nothing already stored is lost")
        if "disk I/O error" in text or "readonly" in text or "unable to open" in text:
            return Busy(f"the catalog can't be used now ({text})", 10)
    elif type(error.orig).__name__ == "QueryCanceled":
        return Busy(f"the catalog took longer than {MAX_STATEMENT_S:g} s; ask for less")
    elif type(error.orig).__name__ == "DiskFull":
        return DiskFull("the catalog's disk is full; free some space, nothing already stored is lost")
    elif isinstance(error, OperationalError):
        return Busy("the catalog's database can't be reached now", 5)
    return error


_TIMEOUT_MS = int(MAX_STATEMENT_S * 1000)


def _prepare_sqlite(engine: Engine, durable: bool) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's begin below is the only one
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(LOCK_WAIT_S * 1000)}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA mmap_size=268435456")
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A writer that began by reading could not go on after another process's commit: it locks at once.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
