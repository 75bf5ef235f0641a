"""The catalog: every table behind one noun each, over one database.

A repo's methods take a connection first; the domain composes them into one transaction::

    catalog.write(lambda c: catalog.runs.heard(c, run_id, now))
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from sqlalchemy import Connection

from .accounts import AccountRows
from .alerts import AlertRows
from .artifact_bytes import ArtifactBytes
from .artifact_collections import CollectionRows
from .artifact_lineage import LineageRows
from .artifacts import ArtifactRows
from .branch_rows import BranchRows
from .charts import ChartRows
from .console import ConsoleLines
from .document_keys import DocumentKeys
from .engine import CatalogEngine
from .files import FileRows
from .metrics import MetricRows
from .people import PeopleRows
from .projects import ProjectRows
from .registries import RegistryRows
from .run_search import RunSearch
from .runs import RunRows
from .settled_runs import SettledRuns
from .views import ViewRows

T = TypeVar("T")


class Catalog:
    """The repos of one database.

    Args:
        engine: its connection.
        metrics: the repo of histories, pyramids and offsets.
        console: the repo of console lines.
    """

    def __init__(
        self, engine: CatalogEngine, metrics: MetricRows | None = None, console: ConsoleLines | None = None
    ) -> None:
        self.engine = engine
        self.accounts = AccountRows()
        self.people = PeopleRows()
        self.projects = ProjectRows()
        self.runs = RunRows()
        self.alerts = AlertRows()
        self.settled = SettledRuns()
        self.search = RunSearch(engine)
        self.branches = BranchRows()
        self.document_keys = DocumentKeys()
        self.files = FileRows()
        self.charts = ChartRows()
        self.views = ViewRows()
        self.artifact_bytes = ArtifactBytes()
        self.collections = CollectionRows()
        self.artifacts = ArtifactRows()
        self.lineage = LineageRows()
        self.registries = RegistryRows()
        self.metrics = metrics or MetricRows(engine)
        self.console = console or ConsoleLines(engine)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in the writer's transaction; return after the commit."""
        return self.engine.write(work)

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Queue ``work``; the future is done after the commit."""
        return self.engine.submit(work)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a snapshot of what is committed, in the calling thread."""
        return self.engine.read(work)

    def close(self) -> None:
        """Finish what is queued, then release the database."""
        self.engine.close()
