"""A domain over a fresh SQLite catalog, with a clock that tests move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from runwell.server.domain.access import Actor
from runwell.server.domain.accounts import Accounts
from runwell.server.domain.blob_sweep import BlobSweep
from runwell.server.domain.files import RunFiles
from runwell.server.domain.projects import Projects
from runwell.server.domain.runs import Runs
from runwell.server.stores.blobs import DirectoryBlobs
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.engine import CatalogEngine
from runwell.server.stores.sql.schema import migrate


class Clock:
    """Seconds since the epoch, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class House:
    """The domain objects of one server."""

    catalog: Catalog
    clock: Clock
    accounts: Accounts
    projects: Projects
    runs: Runs
    files: RunFiles
    blobs: DirectoryBlobs
    blob_sweep: BlobSweep
    owner: Actor

    def user(self, name: str) -> Actor:
        """Make a user; give him as an actor."""
        actor = self.accounts.actor_for_key(self.accounts.add_user(self.owner, name))
        assert actor is not None
        return actor


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    engine = CatalogEngine(f"sqlite:///{tmp_path}/catalog.db", durable=False)
    migrate(engine)
    catalog, clock = Catalog(engine), Clock()
    accounts = Accounts(catalog, clock)
    key = accounts.first_start()
    assert key is not None
    owner = accounts.actor_for_key(key)
    assert owner is not None
    projects = Projects(catalog, clock)
    runs = Runs(catalog, projects, clock)
    blobs = DirectoryBlobs(tmp_path / "blobs", free_bytes=lambda: (10**13, 10**13))
    sweep = BlobSweep(catalog, blobs, clock)
    yield House(catalog, clock, accounts, projects, runs, RunFiles(catalog, blobs, runs, clock), blobs, sweep, owner)
    catalog.close()
