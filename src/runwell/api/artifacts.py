"""Artifacts as scripts find them: by name, by collection, by type, by run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from runwell.artifacts.artifact import Artifact
from runwell.artifacts.server import ArtifactServer, parse_name
from runwell.wire.errors import CommunicationError, UsageError, shorten
from runwell.wire.limits import MAX_PAGE

from .paths import parse_project_path, project_route, run_route

if TYPE_CHECKING:
    from runwell.client.connection import Connection


class ArtifactQueries:
    """What can be asked of a server's artifacts; ``Api`` is one."""

    base_url: str
    _connection: Connection

    @property
    def default_entity(self) -> str:
        """The entity that is meant where a path names none."""
        raise NotImplementedError

    def artifact(self, name: str, type: str | None = None) -> Artifact:  # noqa: A002
        """Give a version by ``entity/project/name:alias`` or ``project/name:v3``; without ``:…`` the latest.

        Raises:
            CommunicationError: there is none of that name (status 404), or no server.
            UsageError: it has another type.
        """
        place = parse_name(name, self._entity_for_name(name), "")
        server = ArtifactServer(self.base_url, self._connection)
        found = Artifact.of_server(server, server.find(*place))
        if type is not None and found.type != type:
            raise UsageError(f"artifact {shorten(name)} has the type {found.type!r}, not {type!r}")
        return found

    def artifact_exists(self, name: str, type: str | None = None) -> bool:  # noqa: A002
        """Tell whether there is such a version."""
        try:
            return bool(self.artifact(name, type))
        except CommunicationError as error:
            if error.status != 404:
                raise
        except UsageError:
            pass
        return False

    def artifact_types(self, project: str) -> list[ArtifactType]:
        """Give the types of a project's artifacts."""
        entity, name = parse_project_path(project, self._entity_of(project))
        answer = self._connection.get_json(f"{project_route(entity, name)}/artifacts", {"limit": "1"})
        return [
            ArtifactType(self._connection, entity, name, one["name"], one["collections"]) for one in answer["types"]
        ]

    def artifact_type(self, type_name: str, project: str) -> ArtifactType:
        """Give one type of a project's artifacts; raises UsageError if it has none."""
        for found in self.artifact_types(project):
            if found.name == type_name:
                return found
        raise UsageError(f"project {shorten(project)} has no artifacts of the type {shorten(type_name)}")

    def artifact_collections(
        self, project_name: str, type_name: str | None = None, order: str | None = None, per_page: int = 50
    ) -> list[ArtifactCollection]:
        """Give the collections of a project (of one type), newest first."""
        entity, name = parse_project_path(project_name, self._entity_of(project_name))
        return list(_collections(self._connection, entity, name, type_name, order))

    def artifact_collection(self, type_name: str, name: str) -> ArtifactCollection:
        """Give a collection by ``entity/project/name`` or ``project/name``.

        Raises:
            CommunicationError: there is none (status 404).
            UsageError: it has another type.
        """
        entity, project, name, _ = parse_name(name, self._entity_for_name(name), "")
        route = _collection_route(entity, project, name)
        found = ArtifactCollection(self._connection, self._connection.get_json(route, {"limit": "1"}))
        if type_name and found.type != type_name:
            raise UsageError(f"collection {shorten(name)} has the type {found.type!r}, not {type_name!r}")
        return found

    def artifact_collection_exists(self, name: str, type: str) -> bool:  # noqa: A002
        """Tell whether there is such a collection."""
        try:
            return bool(self.artifact_collection(type, name))
        except CommunicationError as error:
            if error.status != 404:
                raise
        except UsageError:
            pass
        return False

    def artifacts(
        self,
        type_name: str,
        name: str,
        order: str | None = None,
        per_page: int = 50,
        tags: Sequence[str] | None = None,
    ) -> Artifacts:
        """Give the versions of a collection, newest first, those with all of these tags."""
        return self.artifact_collection(type_name, name).artifacts(order=order, tags=tags)

    def artifact_versions(self, type_name: str, name: str, per_page: int = 50) -> Artifacts:
        """Give the versions of a collection; the older name of :meth:`artifacts`."""
        return self.artifacts(type_name, name)

    def _entity_for_name(self, name: str) -> str:
        return self.default_entity if isinstance(name, str) and name.count("/") < 2 else ""

    def _entity_of(self, path: str) -> str:
        return "" if "://" in path or "/" in path.strip("/") else self.default_entity


class RunArtifacts:
    """The artifacts of a run; ``Api``'s ``Run`` is one."""

    _connection: Connection
    entity: str
    project: str
    id: str

    def logged_artifacts(self, per_page: int = 100) -> Artifacts:
        """Give the versions that the run logged."""
        return self._artifacts("logged")

    def used_artifacts(self, per_page: int = 100) -> Artifacts:
        """Give the versions that the run used."""
        return self._artifacts("used")

    def _artifacts(self, which: str) -> Artifacts:
        route = f"{run_route(self.entity, self.project, self.id)}/artifacts"

        def page(offset: int) -> tuple[int, list[dict[str, Any]]]:
            answer = self._connection.get_json(route, {"offset": str(offset), "limit": str(MAX_PAGE)})[which]
            return answer["total"], answer["items"]

        return Artifacts(self._connection, page, ())


class Artifacts(Sequence[Artifact]):
    """Versions, asked for page by page as they are read."""

    def __init__(self, connection: Connection, page: Any, tags: Sequence[str]) -> None:
        self._server = ArtifactServer(connection.base_url, connection)
        self._page = page
        self._tags = set(tags)
        self._found: list[Artifact] = []
        self._offset = 0
        self._total: int | None = None

    def __iter__(self) -> Iterator[Artifact]:
        place = 0
        while self._load_until(place + 1):
            yield self._found[place]
            place += 1

    def __len__(self) -> int:
        """The number of versions; with tags, of those that have them all."""
        if not self._tags:
            self._load_until(1)
            return self._total or 0
        self._load_until(None)
        return len(self._found)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice) or index < 0:
            self._load_until(None)
        else:
            self._load_until(index + 1)
        return self._found[index]

    def _load_until(self, count: int | None) -> bool:
        while (count is None or len(self._found) < count) and (self._total is None or self._offset < self._total):
            self._total, items = self._page(self._offset)
            self._offset += len(items)
            self._found += [
                Artifact.of_server(self._server, one) for one in items if self._tags.issubset(one.get("tags") or ())
            ]
            if not items:
                self._total = self._offset
        return count is None or len(self._found) >= count

    def __repr__(self) -> str:
        return f"<Artifacts, {len(self):,} versions>"


class ArtifactType:
    """A type of artifacts in a project.

    Attributes:
        name: "dataset", "model", …
        collection_count: how many collections have it.
    """

    def __init__(self, connection: Connection, entity: str, project: str, name: str, count: int) -> None:
        self._connection = connection
        self.entity, self.project, self.name, self.collection_count = entity, project, name, count

    def collections(self, order: str | None = None) -> list[ArtifactCollection]:
        """Give its collections."""
        return list(_collections(self._connection, self.entity, self.project, self.name, order))

    def collection(self, name: str) -> ArtifactCollection:
        """Give one of its collections."""
        route = _collection_route(self.entity, self.project, name)
        return ArtifactCollection(self._connection, self._connection.get_json(route, {"limit": "1"}))

    def __repr__(self) -> str:
        return f"<ArtifactType {self.name}, {self.collection_count:,} collections>"


class ArtifactCollection:
    """A sequence of versions, or a portfolio of links. ``name``, ``type``, ``description``, ``tags`` may be set;
    :meth:`save` sends them.
    """

    def __init__(self, connection: Connection, fields: dict[str, Any]) -> None:
        self._connection = connection
        self._take(fields)

    @property
    def entity(self) -> str:
        """Where it is."""
        return self._fields["entity"]

    @property
    def project(self) -> str:
        """Where it is."""
        return self._fields["project"]

    @property
    def aliases(self) -> list[str]:
        """Every alias of its versions."""
        return self._connection.get_json(self._route(), {"limit": "1"})["aliases"]

    def alias_moves(self) -> list[dict[str, Any]]:
        """Give what happened to its aliases, the last hundred moves, latest first.

        Each says ``alias``, ``from`` and ``version`` (None: nothing), ``by`` (a user's name) and ``moved_at``.
        """
        return self._connection.get_json(self._route(), {"limit": "1"})["alias_moves"]

    @property
    def newest(self) -> str | None:
        """The newest version, ``v3``; None without one."""
        return self._fields.get("newest")

    @property
    def created_at(self) -> float:
        """Seconds since the epoch."""
        return self._fields["created_at"]

    def is_sequence(self) -> bool:
        """Tell whether it holds versions, and not links."""
        return self._fields["kind"] == "sequence"

    def artifacts(self, order: str | None = None, per_page: int = 50, tags: Sequence[str] | None = None) -> Artifacts:
        """Give its versions, newest first, those with all of these tags."""

        def page(offset: int) -> tuple[int, list[dict[str, Any]]]:
            asked = {"offset": str(offset), "limit": str(MAX_PAGE), **({"order": order} if order else {})}
            answer = self._connection.get_json(self._route(), asked)
            return answer["total"], answer["items"]

        return Artifacts(self._connection, page, tags or ())

    versions = artifacts

    def save(self) -> None:
        """Send what was set."""
        before = self._fields
        changes: dict[str, Any] = {
            name: value
            for name, value in (("name", self.name), ("type", self.type), ("description", self.description))
            if value != before[name]
        }
        added = [tag for tag in self.tags if tag not in before["tags"]]
        removed = [tag for tag in before["tags"] if tag not in self.tags]
        changes |= {"add_tags": added} if added else {}
        changes |= {"remove_tags": removed} if removed else {}
        if changes:
            self._take(self._connection.send_json("PATCH", self._route(), changes))

    def delete(self) -> None:
        """Delete it with its versions; of a portfolio, the links."""
        self._connection.send_json("DELETE", self._route(), {})

    def _route(self) -> str:
        return _collection_route(self.entity, self.project, self._fields["name"])

    def _take(self, fields: dict[str, Any]) -> None:
        self._fields = fields
        self.name: str = fields["name"]
        self.type: str = fields["type"]
        self.description: str = fields.get("description") or ""
        self.tags: list[str] = list(fields.get("tags") or ())

    def __repr__(self) -> str:
        return f"<ArtifactCollection {self.entity}/{self.project}/{self.name} ({self.type})>"


def _collections(
    connection: Connection, entity: str, project: str, type_name: str | None, order: str | None
) -> Iterator[ArtifactCollection]:
    asked = {**({"type": type_name} if type_name else {}), **({"order": order} if order else {})}
    server = ArtifactServer(connection.base_url, connection)
    for fields in server.pages(f"{project_route(entity, project)}/artifacts", "collections", **asked):
        yield ArtifactCollection(connection, fields)


def _collection_route(entity: str, project: str, name: str) -> str:
    return f"{project_route(entity, project)}/artifacts/{quote(name, safe='')}"
