"""A project as a script sees it."""

from __future__ import annotations

from typing import Any

from runwell.client.connection import Connection
from runwell.wire import names

from .runs import Runs


class Project:
    """One project.

    Attributes:
        entity, name, description: as on the server.
        created_at, active_at: seconds since the epoch.
        run_count: runs that aren't deleted.
        states: number of runs by state.
    """

    def __init__(self, connection: Connection, fields: dict[str, Any]) -> None:
        self._connection = connection
        self.entity: str = fields["entity"]
        self.name: str = fields["name"]
        self.description: str = fields.get("description") or ""
        self.created_at: float = fields["created_at"]
        self.active_at: float = fields["active_at"]
        self.run_count: int = fields["run_count"]
        self.states: dict[str, int] = fields.get("states") or {}

    @property
    def url(self) -> str:
        """The address of its page."""
        return names.project_url(self._connection.base_url, self.entity, self.name)

    def runs(self, filters: str | None = None, order: str = "-created_at") -> Runs:
        """Give its runs; see ``Api.runs``."""
        from .paths import sort_of

        question = {"sort": sort_of(order) or "-created_at", **({"filter": filters} if filters else {})}
        return Runs(self._connection, self.entity, self.name, question, 100)

    def __repr__(self) -> str:
        return f"<Project {self.entity}/{self.name}, {self.run_count:,} runs>"
