"""The catalog's connection when things go wrong: busy, slow, full; and that it heals by itself."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from runwell.server.stores.failures import Busy, DiskFull
from runwell.server.stores.sql import engine as engine_module
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.engine import CatalogClosed, CatalogEngine
from runwell.server.stores.sql.schema import migrate

ENDLESS = {
    True: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    False: "SELECT pg_sleep(60)",
}


def add_user(catalog: Catalog, name: str) -> None:
    catalog.write(lambda c: catalog.accounts.add_user(c, name, False, None, 1.0))


def test_a_long_read_is_ended(catalog, monkeypatch):
    monkeypatch.setattr(engine_module, "MAX_STATEMENT_S", 0.3)
    monkeypatch.setattr(engine_module, "_TIMEOUT_MS", 300)
    begun = time.monotonic()
    with pytest.raises(Busy, match="took longer"):
        catalog.read(lambda c: c.execute(text(ENDLESS[catalog.engine.is_sqlite])).scalar())
    assert time.monotonic() - begun < 5
    monkeypatch.undo()
    assert catalog.read(lambda c: c.execute(text("SELECT 1")).scalar()) == 1


def test_a_reader_cannot_write(catalog):
    if catalog.engine.is_sqlite:
        pytest.skip("SQLite has one writer thread, not a read-only transaction")
    with pytest.raises(Exception, match="read-only"):
        catalog.read(lambda c: c.execute(text("DELETE FROM entity")))


def test_a_database_held_by_another_process_is_busy_and_heals(tmp_path, monkeypatch):
    monkeypatch.setattr(engine_module, "LOCK_WAIT_S", 0.3)
    engine = CatalogEngine(f"sqlite:///{tmp_path}/catalog.db")
    migrate(engine)
    catalog = Catalog(engine)
    add_user(catalog, "kim")
    holder = sqlite3.connect(tmp_path / "catalog.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Busy, match="another process"):
        add_user(catalog, "lee")
    assert catalog.read(lambda c: catalog.accounts.find_user(c, "kim")) is not None, "reads go on"
    holder.execute("ROLLBACK")
    add_user(catalog, "lee")
    assert catalog.read(lambda c: catalog.accounts.find_user(c, "lee")) is not None
    holder.close()
    catalog.close()


def test_a_full_disk_is_said_and_heals(tmp_path):
    engine = CatalogEngine(f"sqlite:///{tmp_path}/catalog.db")
    migrate(engine)
    catalog = Catalog(engine)

    def grow(c):
        c.execute(text("CREATE TABLE IF NOT EXISTS filler (data BLOB)"))
        c.execute(text("INSERT INTO filler VALUES (zeroblob(10000000))"))

    def limit(pages: int):
        return lambda c: c.execute(text(f"PRAGMA max_page_count={pages}"))

    catalog.write(limit(400))
    gate = threading.Event()
    catalog.submit(lambda c: gate.wait(10))
    group = [catalog.submit(work) for work in (lambda c: catalog.accounts.secret(c, "a", b"x"), grow)]
    group.append(catalog.submit(lambda c: catalog.accounts.add_user(c, "kim", False, None, 1.0)))
    gate.set()
    for future in group:  # SQLite gives up the whole transaction: nobody of the group may believe otherwise
        with pytest.raises(DiskFull, match="nothing already stored is lost"):
            future.result(10)
    assert catalog.read(lambda c: c.execute(text("SELECT count(*) FROM secret")).scalar()) == 0
    assert catalog.read(lambda c: catalog.accounts.list_users(c)) == []
    catalog.write(limit(1_000_000))
    catalog.write(grow)
    catalog.close()


def test_what_waits_for_the_writer_is_bounded(catalog, monkeypatch):
    monkeypatch.setattr(engine_module, "MAX_QUEUED", 5)
    gate = threading.Event()
    first = catalog.submit(lambda c: gate.wait(10))
    time.sleep(0.05)
    waiting = [catalog.submit(lambda c: None) for _ in range(6)]
    with pytest.raises(Busy):
        catalog.submit(lambda c: None)
    gate.set()
    for future in [first, *waiting]:
        future.result(10)


def test_closing_finishes_what_is_queued(catalog):
    done = [catalog.submit(lambda c, n=n: catalog.accounts.secret(c, f"s{n}", b"x")) for n in range(50)]
    catalog.close()
    assert all(future.result(0) == b"x" for future in done)
    with pytest.raises(CatalogClosed):
        catalog.write(lambda c: None)


WRITES_UNTIL_KILLED = """
import os, sys, threading
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.engine import CatalogEngine
from runwell.server.stores.sql.schema import migrate
engine = CatalogEngine(sys.argv[1])
migrate(engine)
catalog = Catalog(engine)
base = catalog.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM entity").scalar())
def work(t):
    for n in range(10**9):
        name = f"u{base}-{t}-{n}"
        catalog.write(lambda c: catalog.accounts.add_user(c, name, False, None, 1.0))
        os.write(1, name.encode() + b"\\n")
for t in range(8):
    threading.Thread(target=work, args=(t,)).start()
"""


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/catalog.db"
    acknowledged: set[str] = set()
    for _ in range(4):
        writer = subprocess.Popen([sys.executable, "-c", WRITES_UNTIL_KILLED, url], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        for _ in range(60):
            acknowledged.add(writer.stdout.readline().strip())
        writer.kill()
        acknowledged.update(line.strip() for line in writer.stdout if line.endswith("\n"))
        writer.wait()
    engine = CatalogEngine(url)
    migrate(engine)
    stored = engine.read(lambda c: set(c.execute(text("SELECT name FROM user_account")).scalars()))
    own = engine.read(lambda c: set(c.execute(text("SELECT name FROM entity")).scalars()))
    assert acknowledged <= stored and len(acknowledged) >= 240
    assert own == stored, "no user without his entity: transactions are whole"
    assert engine.read(lambda c: c.execute(text("PRAGMA integrity_check")).scalar()) == "ok"
    engine.close()
