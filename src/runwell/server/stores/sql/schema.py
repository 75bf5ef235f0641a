"""The catalog's schema at start: created, brought up to date, or refused.

Every step runs in one transaction: a server that dies half-way finds the old schema again. Before a
SQLite catalog is changed, a copy of it is laid beside it.
"""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from runwell.wire.errors import RunwellError

if TYPE_CHECKING:
    from alembic.config import Config

from .engine import CatalogEngine

HEAD = "0003"  # the newest file in migrations/versions
_LOCK = 0x52574C  # an advisory lock of PostgreSQL: one server migrates, the others wait
_log = logging.getLogger("runwell.server")


class SchemaTooNew(RunwellError):
    """The catalog was written by a newer version."""


def migrate(engine: CatalogEngine) -> None:
    """Bring the catalog to this version's schema; a catalog that is there already costs one query.

    Raises:
        SchemaTooNew: a newer version wrote it; nothing was changed.
    """
    found = engine.read(_version)
    if found == HEAD:
        return
    if found is not None:
        _demand_known(found)
        _copy(engine, found)
    engine.write(_upgrade)
    _log.info("catalog schema %s → %s", found or "none", HEAD)


def _version(c: Connection) -> str | None:
    if not inspect(c).has_table("alembic_version"):
        return None
    return c.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(c: Connection) -> None:
    from alembic import command

    if c.dialect.name == "postgresql":
        c.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    found = _version(c)  # another server may have been first
    if found is not None:
        _demand_known(found)
    config = _config()
    config.attributes["connection"] = c
    command.upgrade(config, "head")


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _demand_known(found: str) -> None:
    from alembic.script import ScriptDirectory

    if found not in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}:
        raise SchemaTooNew(
            f"this catalog has schema {found}, which a newer Runwell wrote; this version knows schemas up to {HEAD}. "
            "Nothing was changed: install the newer version again, or go back to a copy from before the upgrade"
        )


def _copy(engine: CatalogEngine, found: str) -> None:
    path = engine.engine.url.database
    if not engine.is_sqlite or not path or path == ":memory:":
        return
    target = Path(f"{path}.before-{HEAD}-from-{found}")
    if target.exists():
        return
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    source, copy = sqlite3.connect(path), sqlite3.connect(partial)
    try:
        source.backup(copy)
    finally:
        source.close()
        copy.close()
    partial.rename(target)
    _log.info("a copy of the catalog before the upgrade is at %s", target)
