"""Names of versions as people and clients write them, taken apart. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from runwell.server.stores.artifact_records import LATEST
from runwell.wire.errors import InvalidValue, shorten

_VERSION = re.compile("v([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class VersionName:
    """``entity/project/name:alias`` taken apart; entity and project are None where the name doesn't say."""

    entity: str | None
    project: str | None
    collection: str
    alias: str

    @property
    def version_index(self) -> int | None:
        """The number, where the alias is one (``v3``)."""
        return version_index(self.alias)


def version_index(alias: str) -> int | None:
    """Give the number that ``v3`` says; None: it is an alias."""
    found = _VERSION.fullmatch(alias)
    return int(found[1]) if found else None


def read_version_name(text: str) -> VersionName:
    """Take ``name``, ``name:alias``, ``project/name:v3`` or ``entity/project/name:alias`` apart.

    Raises:
        InvalidValue: it has other parts.
    """
    place, _, last = text.rpartition("/")
    collection, _, alias = last.partition(":")
    parts = place.split("/") if place else []
    if len(parts) > 2 or not collection or ":" in alias:
        raise InvalidValue(f"{shorten(text)} names no artifact; write name:alias or entity/project/name:alias")
    project = parts[-1] if parts else None
    entity = parts[0] if len(parts) == 2 else None
    return VersionName(entity, project, collection, alias or LATEST)


@dataclass(frozen=True, slots=True)
class ArtifactAddress:
    """A file of a version as a row or a manifest refers to it.

    Attributes:
        artifact_id: of the catalog (``wandb-artifact://``), or
        client_id: what the client called the version, or with ``alias`` its sequence (``wandb-client-artifact://``).
        path: of the file.
    """

    artifact_id: int | None
    client_id: str | None
    alias: str | None
    path: str


def read_address(text: str) -> ArtifactAddress:
    """Take a ``wandb-client-artifact://`` or ``wandb-artifact://`` address apart.

    Raises:
        InvalidValue: it is neither.
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        raise InvalidValue(f"{shorten(text)} is no address") from None
    path = unquote(parts.path).removeprefix("/")
    name, _, alias = parts.netloc.partition(":")
    if parts.scheme == "wandb-client-artifact" and name and len(name) <= 128 and path:
        return ArtifactAddress(None, name, alias or None, path)
    if parts.scheme == "wandb-artifact" and path:
        try:
            kind, _, number = bytes.fromhex(name).decode("ascii").partition(":")
        except ValueError:
            kind, number = "", ""
        if kind == "Artifact" and number.isdigit() and len(number) <= 18:
            return ArtifactAddress(int(number), None, None, path)
    raise InvalidValue(f"{shorten(text)} is no address of an artifact's file")
