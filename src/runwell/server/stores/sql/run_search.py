"""Runs listings: a parsed selection answered by SQL."""

from __future__ import annotations

from sqlalchemy import Connection

from runwell.server.stores.filter_tree import Selection
from runwell.server.stores.records import RunPage

from .engine import CatalogEngine


class RunSearch:
    """Answers selections over table ``run``."""

    def __init__(self, engine: CatalogEngine) -> None:
        self._engine = engine

    def page(self, c: Connection, project_id: int, selection: Selection) -> RunPage:
        """Give the total, how many match, and the page asked for."""
        raise NotImplementedError
