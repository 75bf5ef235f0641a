"""Registries as scripts see them: collections of linked versions that every user of a server shares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from runwell.artifacts.server import ArtifactServer
from runwell.wire.errors import CommunicationError, UsageError, shorten
from runwell.wire.names import MODEL_REGISTRY, REGISTRY_PREFIX

from .artifacts import ArtifactCollection

if TYPE_CHECKING:
    from runwell.artifacts.artifact import Artifact
    from runwell.client.connection import Connection


class RegistryQueries:
    """What can be asked of a server's registries; ``Api`` is one."""

    _connection: Connection

    def registries(self) -> list[Registry]:
        """Give the registries that the key may see, the shared ones first."""
        answer = self._connection.get_json("/api/registries")
        return [Registry(self._connection, fields) for fields in answer["registries"]]

    def registry(self, name: str) -> Registry:
        """Give a registry: ``models``, or an entity's own, ``ENTITY:model-registry``.

        Raises:
            CommunicationError: there is none of that name (status 404), or no server.
        """
        return Registry(self._connection, self._connection.get_json(_route(name)))

    def create_registry(
        self,
        name: str,
        visibility: str = "organization",
        *,
        description: str = "",
        artifact_types: Sequence[str] | None = None,
    ) -> Registry:
        """Make a registry.

        Args:
            visibility: ``organization``: every user of the server sees it; there is nothing else.
            artifact_types: those it takes; None: every type.

        Raises:
            CommunicationError: there is one of that name (status 409).
        """
        if visibility != "organization":
            raise UsageError(f"a registry is seen by every user of its server; visibility can't be {visibility!r}")
        given = {"name": name, "description": description, "types": list(artifact_types or ())}
        return Registry(self._connection, self._connection.send_json("POST", "/api/registries", given))


class Registry:
    """A registry. ``name``, ``description`` and ``artifact_types`` (none: every type) may be set; :meth:`save` sends
    them.
    """

    def __init__(self, connection: Connection, fields: dict[str, Any]) -> None:
        self._connection = connection
        self._take(fields)

    @property
    def entity(self) -> str:
        """Where it is."""
        return self._fields["entity"]

    @property
    def full_name(self) -> str:
        """Its name as a project."""
        return self._fields["project"]

    @property
    def path(self) -> str:
        """What names of its collections begin with: ``registry/models``."""
        return f"{self.entity}/{self.full_name.removeprefix(REGISTRY_PREFIX)}"

    @property
    def collection_count(self) -> int:
        """How many collections it held when it was asked for."""
        return self._fields["collections"]

    @property
    def created_at(self) -> float:
        """Seconds since the epoch."""
        return self._fields["created_at"]

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"{self._connection.base_url}/registry/{quote(self._fields['name'], safe='')}"

    def collections(self, search: str = "") -> list[RegistryCollection]:
        """Give its collections (those whose name has a text in it), the last changed first."""
        server = ArtifactServer(self._connection.base_url, self._connection)
        asked = {"registry": self._fields["name"], **({"search": search} if search else {})}
        found = server.pages("/api/registry-collections", "collections", **asked)
        return [RegistryCollection(self._connection, fields) for fields in found]

    def collection(self, name: str) -> RegistryCollection:
        """Give one of its collections.

        Raises:
            CommunicationError: there is none of that name (status 404).
        """
        route = f"{_route(self._fields['name'])}/{quote(name, safe='')}"
        return RegistryCollection(self._connection, self._connection.get_json(route, {"limit": "1"}))

    def versions(self) -> Iterator[Artifact]:
        """Yield the versions linked into it, collection by collection, those that the key may see."""
        for collection in self.collections():
            yield from collection.artifacts()

    def save(self) -> None:
        """Send what was set."""
        before = self._fields
        given = {"name": self.name, "description": self.description, "types": list(self.artifact_types)}
        changes = {name: value for name, value in given.items() if value != before[name]}
        if changes:
            self._take(self._connection.send_json("PATCH", _route(before["name"]), changes))

    def delete(self, with_collections: bool = False) -> None:
        """Delete it; one that holds collections needs ``with_collections=True``. The linked versions stay."""
        query = "?with_collections=1" if with_collections else ""
        self._connection.send_json("DELETE", _route(self._fields["name"]) + query, {})

    def _take(self, fields: dict[str, Any]) -> None:
        self._fields = fields
        self.name: str = fields["name"]
        self.description: str = fields["description"]
        self.artifact_types: list[str] = list(fields["types"])

    def __repr__(self) -> str:
        return f"<Registry {self._fields['name']}, {self._fields['collections']:,} collections>"


class RegistryCollection(ArtifactCollection):
    """A collection of a registry; its ``description`` is the model card."""

    @property
    def registry(self) -> str:
        """The name of its registry."""
        return registry_of(self.entity, self.project)

    @property
    def alias_versions(self) -> dict[str, str]:
        """Which version each alias names, ``{"production": "v3"}``."""
        shown = self._fields if "last_move" in self._fields else self._whole()
        return {one["alias"]: one["version"] for one in shown["aliases"]}

    def used_by(self) -> list[dict[str, Any]]:
        """Give which runs used a version of it, in every project, the last first: ``run``, ``version``, ``used_at``.

        Of thousands the last hundred.
        """
        return self._whole()["used_by"]["items"]

    def _whole(self) -> dict[str, Any]:
        route = f"{_route(self.registry)}/{quote(self._fields['name'], safe='')}"
        return self._connection.get_json(route, {"limit": "1"})


def registry_of(entity: str, project: str) -> str:
    """Give the name of the registry that a project is.

    Raises:
        CommunicationError: it is none.
    """
    if project.startswith(REGISTRY_PREFIX):
        return project.removeprefix(REGISTRY_PREFIX)
    if project != MODEL_REGISTRY:
        raise CommunicationError(f"{shorten(f'{entity}/{project}')} is no registry", status=404)
    return f"{entity}:{project}"


def _route(name: str) -> str:
    return f"/api/registries/{quote(name, safe='')}"
