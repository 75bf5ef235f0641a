"""The way in: a server, and what it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runwell.client.connection import Connection
from runwell.client.credentials import key_for
from runwell.client.default_server import default_base_url
from runwell.client.documents import UPSERT_PROJECT
from runwell.wire.errors import AuthenticationError
from runwell.wire.limits import MAX_PAGE

from .artifacts import ArtifactQueries
from .paths import parse_project_path, parse_run_path, project_route, run_route
from .projects import Project
from .registries import RegistryQueries
from .run_list import Runs, question_of
from .runs import Run


class Api(ArtifactQueries, RegistryQueries):
    """Reads and edits what a server has.

    Args:
        base_url: the server; without it ``RUNWELL_BASE_URL``, else what the settings files say, else this machine's.
        api_key: without it ``RUNWELL_API_KEY``, else the key that this user's credentials file holds.
        timeout: seconds of silence after which a question is given up.

    Raises:
        AuthenticationError: no key is known for the server.
        InvalidValue: the address isn't one.
    """

    def __init__(self, base_url: str | None = None, api_key: str | None = None, *, timeout: float = 30.0) -> None:
        self.base_url = (base_url or default_base_url()).rstrip("/")
        key = api_key or key_for(self.base_url)
        if not key:
            raise AuthenticationError(
                f"no API key for {self.base_url} is known; run `runwell login {self.base_url}` or set RUNWELL_API_KEY"
            )
        self._connection = Connection(self.base_url, key, idle_s=timeout)
        self._me: dict[str, Any] | None = None

    @property
    def default_entity(self) -> str:
        """The entity that is meant where a path names none."""
        return self._identity()["entity"]

    @property
    def viewer(self) -> str:
        """The user whom the key belongs to."""
        return self._identity()["user"]

    def projects(self, entity: str | None = None) -> list[Project]:
        """Give every project that the key may see, or those of an entity, latest activity first."""
        answer = self._connection.get_json("/api/projects")
        found = [Project(self._connection, fields) for fields in answer["projects"]]
        return [project for project in found if entity in (None, project.entity)]

    def create_project(self, name: str, entity: str | None = None, description: str = "") -> Project:
        """Make a project; one that is there already is given as it is, with the description if one is said."""
        place = parse_project_path(f"{entity or self.default_entity}/{name}", "")
        variables = {"entity": place[0], "project": place[1], "description": description or None}
        self._connection.graphql(UPSERT_PROJECT, variables)
        return self.project("/".join(place))

    def project(self, path: str) -> Project:
        """Give one project by ``entity/project``, ``project`` or its page's address."""
        entity, project = parse_project_path(path, self._entity_for(path))
        return Project(self._connection, self._connection.get_json(project_route(entity, project)))

    def run(self, path: str) -> Run:
        """Give one run by ``entity/project/id``, ``project/id`` or its page's address.

        Raises:
            CommunicationError: there is none of that name (status 404), or no server.
        """
        entity, project, run = parse_run_path(path, self._entity_for(path))
        fields = self._connection.get_json(run_route(entity, project, run))
        return Run(self._connection, entity, project, fields, whole=True)

    def runs(
        self,
        path: str,
        filters: str | Mapping[str, Any] | None = None,
        order: str = "-created_at",
        per_page: int = 100,
        *,
        q: str = "",
        columns: Sequence[str] = (),
    ) -> Runs:
        """Give the runs of a project.

        Args:
            path: ``entity/project``, ``project`` or its page's address.
            filters: a filter expression, ``config.lr < 1e-3 and state = "finished"``, or a dictionary as scripts for
                other trackers have it, ``{"config.lr": {"$lt": 1e-3}, "state": "finished"}``; None: all runs.
            order: keys, ``-`` in front for descending: ``-summary.val.acc``, ``name``.
            q: text or regular expression looked for in names and ids.
            per_page: runs a request.
            columns: config and summary keys to bring along, ``config.lr``: ``run.values`` has them without a request
                of its own.

        Returns:
            A sequence that asks for pages as it is read; ``len`` is the number of runs that match.
        """
        entity, project = parse_project_path(path, self._entity_for(path))
        question = question_of(filters, order, q, columns)
        return Runs(self._connection, entity, project, question, max(1, min(per_page, MAX_PAGE)))

    def _entity_for(self, path: str) -> str:
        # Asked only where it is needed.
        return "" if "://" in path or path.strip("/").count("/") >= 2 else self.default_entity

    def _identity(self) -> dict[str, Any]:
        if self._me is None:
            answer = self._connection.get_json("/api/server")
            if not answer.get("user"):
                raise AuthenticationError(
                    f"{self.base_url} doesn't know the API key; run `runwell login {self.base_url}`", status=401
                )
            self._me = answer
        return self._me
