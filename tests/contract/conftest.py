"""Catalogs to hold to their contract: SQLite always, PostgreSQL where its server is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.engine import CatalogEngine
from runwell.server.stores.sql.schema import migrate

NO_POSTGRES = "no PostgreSQL server here (looked for initdb in PATH and /usr/lib/postgresql/*/bin)"


def _postgres_bin() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def _as_server_user(command: list[str]) -> list[str]:
    # PostgreSQL refuses to run as root.
    return ["runuser", "-u", _server_user(), "--", *command] if os.geteuid() == 0 else command


def _server_user() -> str:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.skip("PostgreSQL doesn't run as root, and there is no other user")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of this session's own; gives the address of its maintenance database."""
    binaries = _postgres_bin()
    if binaries is None:
        pytest.skip(NO_POSTGRES)
    directory = Path(tempfile.mkdtemp(prefix="runwell-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(directory, _server_user())
        data = directory / "data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        init = [str(binaries / "initdb"), "-D", str(data), "-U", "runwell", "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run(_as_server_user(init), check=True, capture_output=True, cwd="/")
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={directory} -c fsync=off"
        start = [str(binaries / "pg_ctl"), "-D", str(data), "-l", str(directory / "log"), "-w", "-o", options, "start"]
        subprocess.run(_as_server_user(start), check=True, cwd="/", stdout=subprocess.DEVNULL)
        try:
            yield f"postgresql+psycopg://runwell@127.0.0.1:{port}/postgres"
        finally:
            stop = [str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"]
            subprocess.run(_as_server_user(stop), check=False, cwd="/", stdout=subprocess.DEVNULL)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, one for each kind of catalog."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/catalog.db"
    return empty_database(request.getfixturevalue("postgres"))


def empty_database(server: str) -> str:
    """Make a database on a PostgreSQL server; give its address."""
    name = f"runwell_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return server.rsplit("/", 1)[0] + "/" + name


@pytest.fixture
def catalog(url: str) -> Iterator[Catalog]:
    """A migrated catalog."""
    engine = CatalogEngine(url)
    migrate(engine)
    made = Catalog(engine)
    yield made
    made.close()
