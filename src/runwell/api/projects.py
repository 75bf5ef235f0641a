"""A project as a script sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runwell.client.connection import Connection
from runwell.wire import names
from runwell.wire.limits import MAX_PAGE

from .paths import project_route
from .run_list import Runs, question_of


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

    def runs(self, filters: str | Mapping[str, Any] | None = None, order: str = "-created_at") -> Runs:
        """Give its runs; see ``Api.runs``."""
        return Runs(self._connection, self.entity, self.name, question_of(filters, order), 100)

    def update(self, description: str) -> None:
        """Change the description."""
        self._connection.send_json("PATCH", project_route(self.entity, self.name), {"description": description})
        self.description = description

    def delete(self) -> None:
        """Hide it with its runs; :meth:`restore` brings them back."""
        self._connection.send_json("DELETE", project_route(self.entity, self.name), {})

    def restore(self) -> None:
        """Bring it back with the runs that were hidden with it."""
        self._connection.send_json("POST", f"{project_route(self.entity, self.name)}/restore", {})

    def alerts(self, limit: int = 100) -> list[dict[str, Any]]:
        """Give what its runs' scripts said with ``run.alert``, newest first."""
        asked = {"limit": str(max(1, min(limit, MAX_PAGE)))}
        return self._connection.get_json(f"{project_route(self.entity, self.name)}/alerts", asked)["alerts"]

    def __repr__(self) -> str:
        return f"<Project {self.entity}/{self.name}, {self.run_count:,} runs>"
