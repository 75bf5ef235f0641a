"""The schema through time: made, kept, brought up to date in one step or not at all, refused when newer."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from runwell.server.stores.sql import schema
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.engine import CatalogEngine
from runwell.server.stores.sql.schema import HEAD, SchemaTooNew, migrate
from runwell.server.stores.sql.tables import metadata


@pytest.fixture
def engine(url):
    made = CatalogEngine(url)
    yield made
    made.close()


def test_the_migrations_lead_to_the_tables(engine):
    migrate(engine)
    Catalog(engine)  # every table is imported

    def differences(c):
        return compare_metadata(MigrationContext.configure(c, opts={"compare_type": True}), metadata)

    assert engine.read(differences) == []


def test_head_is_the_newest_migration():
    assert ScriptDirectory.from_config(schema._config()).get_current_head() == HEAD


def test_a_second_start_changes_nothing(engine, monkeypatch):
    migrate(engine)
    monkeypatch.setattr(engine, "write", lambda work: pytest.fail("it wrote"))
    migrate(engine)


def test_a_newer_schema_is_refused_with_a_sentence(engine):
    migrate(engine)
    engine.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(SchemaTooNew, match=r"newer Runwell wrote.*Nothing was changed"):
        migrate(engine)
    assert engine.read(schema._version) == "9999"


def test_a_migration_that_fails_half_way_leaves_nothing(engine, monkeypatch):
    created: list[str] = []
    real = schema._upgrade

    def upgrade_and_die(c):
        real(c)
        created.extend(inspect(c).get_table_names())
        raise ConnectionError("the power went")

    monkeypatch.setattr(schema, "_upgrade", upgrade_and_die)
    with pytest.raises(ConnectionError):
        migrate(engine)
    assert "run" in created
    assert engine.read(lambda c: inspect(c).get_table_names()) == []
    monkeypatch.setattr(schema, "_upgrade", real)
    migrate(engine)
    assert engine.read(schema._version) == HEAD


def test_several_servers_start_at_once(url):
    engines = [CatalogEngine(url) for _ in range(4)]
    failures: list[Exception] = []

    def start(engine: CatalogEngine) -> None:
        try:
            migrate(engine)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=start, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert engines[0].read(schema._version) == HEAD
    for engine in engines:
        engine.close()


def test_a_catalog_is_copied_before_it_is_changed(tmp_path: Path):
    engine = CatalogEngine(f"sqlite:///{tmp_path}/catalog.db")
    migrate(engine)
    catalog = Catalog(engine)
    catalog.write(lambda c: catalog.accounts.add_user(c, "kim", True, None, 1.0))
    schema._copy(engine, "0000")
    engine.close()
    [copy] = tmp_path.glob("catalog.db.before-*")
    assert copy.stat().st_mode & 0o777 == 0o600
    old = CatalogEngine(f"sqlite:///{copy}")
    assert old.read(lambda c: Catalog(old).accounts.find_user(c, "kim")) is not None
    old.close()
