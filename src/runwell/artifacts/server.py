"""A server asked about artifacts: where they are, what they hold, edits. Imports the HTTP client when first asked."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from runwell.wire.errors import AuthenticationError, CommunicationError, InvalidValue, shorten
from runwell.wire.limits import ASK_TIMEOUT_S

if TYPE_CHECKING:
    from runwell.client.connection import Connection

_PAGE = 1_000
_MANIFEST = "query ArtifactManifest($id: ID!) { artifact(id: $id) { currentManifest { file { directUrl } } } }"
_OF_CLIENT = "query ClientIDMapping($clientID: ID!) { clientIDMapping(clientID: $clientID) { serverID } }"
_LINK = """mutation LinkArtifact($input: LinkArtifactInput!) {
  linkArtifact(input: $input) { versionIndex artifactMembership { artifactCollection { name } } }
}"""


class ArtifactServer:
    """One server and the user's key for it.

    Args:
        base_url: the server; "": the one of the settings.
        connection: one that is open already.
    """

    def __init__(self, base_url: str = "", connection: Connection | None = None) -> None:
        self.base_url = base_url
        self._connection = connection

    @property
    def connection(self) -> Connection:
        """The connection, made when first asked for; raises AuthenticationError without a key."""
        if self._connection is None:
            from runwell.client.connection import Connection
            from runwell.client.credentials import key_for
            from runwell.client.default_server import default_base_url

            base_url = self.base_url = self.base_url or default_base_url()
            key = key_for(base_url)
            if not key:
                raise AuthenticationError(
                    f"no API key for {base_url} is known; run `runwell login {base_url}` or set RUNWELL_API_KEY"
                )
            self._connection = Connection(base_url, key, idle_s=ASK_TIMEOUT_S)
        return self._connection

    def close(self) -> None:
        """Close what was opened."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def find(self, entity: str, project: str, name: str, version: str) -> dict[str, Any]:
        """Give the ``ArtifactVersion`` object of a version, by number or alias.

        Raises:
            CommunicationError: there is none (status 404), or no usable answer came.
        """
        return self.connection.get_json(version_route(entity, project, name, version))

    def edit(self, fields: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
        """Change a version; give it as it is then."""
        return self.connection.send_json("PATCH", _route(fields), changes)

    def delete(self, fields: dict[str, Any], delete_aliases: bool) -> None:
        """Delete a version; of a portfolio, the link."""
        self.connection.send_json("DELETE", _route(fields) + ("?delete_aliases=1" if delete_aliases else ""), {})

    def manifest(self, artifact_id: str) -> bytes:
        """Give the manifest of a version."""
        answer = self.connection.graphql(_MANIFEST, {"id": artifact_id})
        try:
            address = answer["artifact"]["currentManifest"]["file"]["directUrl"]
        except (TypeError, KeyError):
            raise CommunicationError(f"{self.base_url} gives no manifest of this artifact") from None
        return b"".join(self.connection.stream(address))

    def id_of_client(self, client_id: str) -> str:
        """Give the server's id of a version that a client called by this one.

        Raises:
            CommunicationError: it doesn't know it; another run's sync may be about to send it, so it may help to
                ask again.
        """
        try:
            answer = self.connection.graphql(_OF_CLIENT, {"clientID": client_id})
        except AuthenticationError:
            raise
        except CommunicationError as error:
            raise CommunicationError(str(error), retryable=True, status=error.status) from None
        found = (answer.get("clientIDMapping") or {}).get("serverID")
        if not found:
            raise CommunicationError("the server doesn't know this artifact yet", retryable=True)
        return found

    def link(self, artifact_id: str, entity: str, project: str, portfolio: str, aliases: list[str]) -> dict[str, Any]:
        """Put a version into a portfolio; give where it is there."""
        given = {
            "artifactID": artifact_id,
            "artifactPortfolioName": portfolio,
            "entityName": entity,
            "projectName": project,
            "aliases": [{"artifactCollectionName": portfolio, "alias": alias} for alias in aliases],
        }
        made = self.connection.graphql(_LINK, {"input": given}).get("linkArtifact") or {}
        return {"entity": entity, "project": project, "name": portfolio, "version": f"v{made.get('versionIndex')}"}

    def default_entity(self) -> str:
        """Give the entity that is meant where a name says none."""
        return self.connection.get_json("/api/server").get("entity") or "local"

    def pages(self, route: str, field: str, **asked: str) -> Iterator[dict[str, Any]]:
        """Yield the objects of a listing, page by page."""
        offset = 0
        while True:
            answer = self.connection.get_json(route, {**asked, "offset": str(offset), "limit": str(_PAGE)})
            found = answer[field]
            yield from found
            offset += len(found)
            if not found or offset >= answer.get("total", 0):
                return


def version_route(entity: str, project: str, name: str, version: str) -> str:
    """Give the API route of a version."""
    return "/api/projects/" + "/".join(
        [quote(entity, safe=""), quote(project, safe=""), "artifacts", quote(name, safe=""), quote(version, safe="")]
    )


def wire_id(fields: dict[str, Any]) -> str:
    """Give the id that the protocol knows a version by."""
    return base64.b64encode(f"Artifact:{fields['id']}".encode()).decode()


def parse_name(text: str, entity: str, project: str) -> tuple[str, str, str, str]:
    """Give (entity, project, name, version or alias) of ``[[entity/]project/]name[:version]``.

    Raises:
        InvalidValue: it is none of these.
    """
    if not isinstance(text, str) or not text:
        raise InvalidValue(f"an artifact is named by text, not {shorten(text)}")
    *place, last = text.strip("/").split("/")
    name, colon, version = last.partition(":")
    if len(place) > 2 or not all(place) or not name or (colon and not version) or ":" in version:
        raise InvalidValue(f"artifact {shorten(text)} isn't name:alias, project/name:v3 or entity/project/name:v3")
    given = [entity, project][: 2 - len(place)] + place
    if not given[1]:
        raise InvalidValue(f"artifact {shorten(text)} names no project; say project/{last}")
    return given[0], given[1], name, version or "latest"


def _route(fields: dict[str, Any]) -> str:
    return version_route(fields["entity"], fields["project"], fields["name"], fields["version"])
