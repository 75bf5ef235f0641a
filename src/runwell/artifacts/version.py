"""A version on a server: read, downloaded, edited, linked, deleted. The half of ``Artifact`` that asks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from runwell.wire.errors import CommunicationError, InvalidValue, UsageError, shorten
from runwell.wire.names import REGISTRY_PREFIX

from .entries import Entry, Manifest, MissingEntry, OnProgress
from .server import ArtifactServer, parse_name, wire_id

if TYPE_CHECKING:
    from typing_extensions import Self

    from .artifact import Artifact


class Version:
    """What can be asked of a version that is on a server."""

    def __init__(self) -> None:
        self.on_progress: OnProgress | None = None  # told how far taking or fetching files is; None: nobody asks
        self._server: ArtifactServer | None = None
        self._fields: dict[str, Any] = {}
        self._edited: dict[str, Any] = {}
        self._edited_lists: dict[str, list[str]] = {}
        self._metadata: dict[str, Any] = {}
        self._metadata_loaded: dict[str, Any] | None = None

    # What the other half knows.
    def _known(self, what: str) -> dict[str, Any]:
        raise NotImplementedError

    def entries(self) -> dict[str, Entry]:
        """Give what the version holds, by path."""
        raise NotImplementedError

    @property
    def id(self) -> str | None:
        """The server's id; None before the server has it."""
        raise NotImplementedError

    # --- where it is ----------------------------------------------------------------------------

    @property
    def entity(self) -> str:
        """The entity that it was found in."""
        return self._known("entity")["entity"]

    @property
    def project(self) -> str:
        """The project that it was found in."""
        return self._known("project")["project"]

    @property
    def version(self) -> str:
        """``v3``."""
        return self._known("version")["version"]

    @property
    def collection_name(self) -> str:
        """The name of its collection."""
        return self._known("collection_name")["name"]

    @property
    def qualified_name(self) -> str:
        """``entity/project/name:v3``."""
        fields = self._known("qualified_name")
        return f"{fields['entity']}/{fields['project']}/{fields['name']}:{fields['version']}"

    @property
    def source_entity(self) -> str:
        """The entity that it was logged in."""
        return self._whole()["source"]["entity"]

    @property
    def source_project(self) -> str:
        """The project that it was logged in."""
        return self._whole()["source"]["project"]

    @property
    def source_name(self) -> str:
        """``name:v3`` as it was logged."""
        source = self._whole()["source"]
        return f"{source['name']}:{source['version']}"

    @property
    def source_version(self) -> str:
        """``v3`` as it was logged."""
        return self._whole()["source"]["version"]

    @property
    def source_qualified_name(self) -> str:
        """``entity/project/name:v3`` as it was logged."""
        return f"{self.source_entity}/{self.source_project}/{self.source_name}"

    @property
    def is_link(self) -> bool:
        """Whether it was found in a portfolio."""
        return self.qualified_name != self.source_qualified_name

    @property
    def url(self) -> str:
        """The address of its page."""
        from urllib.parse import quote

        fields = self._known("url")
        if fields["project"].startswith(REGISTRY_PREFIX):
            place = [fields["project"].removeprefix(REGISTRY_PREFIX), fields["name"]]
            return f"{self._asked().connection.base_url}/registry/" + "/".join(quote(part, safe="") for part in place)
        parts = [fields["entity"], fields["project"], "artifacts", fields["type"], fields["name"], fields["version"]]
        return f"{self._asked().connection.base_url}/" + "/".join(quote(part, safe="") for part in parts)

    @property
    def created_at(self) -> float:
        """Seconds since the epoch."""
        return self._known("created_at")["created_at"]

    @property
    def updated_at(self) -> float:
        """Seconds since the epoch."""
        return self._known("updated_at")["updated_at"]

    @property
    def history_step(self) -> int | None:
        """The step at which it was logged."""
        return self._known("history_step").get("history_step")

    def logged_by(self) -> Any:
        """Give the run that logged it (``runwell.Api``'s), None if a user did."""
        return self._run_of(self._whole(fresh=True).get("logged_by"))

    def used_by(self) -> list[Any]:
        """Give the runs that used it."""
        return [self._run_of(one) for one in self._whole(fresh=True).get("used_by") or ()]

    # --- what it holds --------------------------------------------------------------------------

    @property
    def manifest(self) -> Manifest:
        """What the version holds: ``manifest.entries``."""
        return Manifest(self.entries())

    def files(self, names: Sequence[str] | None = None, per_page: int = 50) -> list[Entry]:
        """Give its entries (those of these paths) in order of their paths."""
        entries = self.entries()
        wanted = sorted(entries) if names is None else [name for name in names if name in entries]
        return [entries[path] for path in wanted]

    def get_entry(self, name: str | os.PathLike[str]) -> Entry:
        """Give the entry of a path.

        Raises:
            InvalidValue: there is none; also a KeyError.
        """
        path = os.fspath(name)
        found = self.entries().get(path)
        if found is None:
            raise MissingEntry(f"the artifact has no {shorten(path)}; it has {shorten(sorted(self.entries()), 200)}")
        return found

    def get_path(self, name: str | os.PathLike[str]) -> Entry:
        """Give the entry of a path; the official client's older name."""
        return self.get_entry(name)

    def get(self, name: str) -> Any:
        """Give the media that was added under a name; None without one.

        Of the official client's partitioned table its parts' rows are one Table.

        Raises:
            UsageError: it is a joined table; the message names its two tables.
        """
        from .media import get_media

        return get_media(name, self.entries(), self._default_root(), self.fetch)

    # --- bytes ----------------------------------------------------------------------------------

    def fetch(self, entries: Sequence[Entry], root: str | None = None, *, skip_cache: bool = False) -> list[str]:
        """Place some of its files below a directory; give their paths."""
        from .download import Download, refuse_outside

        source = self._whole()["source"]["entity"]
        place = refuse_outside(root or self._default_root())
        return Download(self._asked(), source, place, skip_cache=skip_cache, on_progress=self.on_progress).place(
            entries
        )

    def download(
        self,
        root: str | os.PathLike[str] | None = None,
        allow_missing_references: bool = False,
        skip_cache: bool | None = None,
        path_prefix: str | os.PathLike[str] | None = None,
        multipart: bool | None = None,
    ) -> str:
        """Place its files below a directory, verified; what is there already isn't fetched again.

        Args:
            root: default ``./artifacts/<name>:<version>`` (``RUNWELL_ARTIFACT_DIR`` sets the first part).
            allow_missing_references: leave out references whose content is gone, has changed or can't be reached.
            skip_cache: don't keep the bytes in the cache.
            path_prefix: only files below this path.
            multipart: accepted for the official client's sake.

        Returns:
            The directory.

        Raises:
            CommunicationError: bytes can't be had, or aren't those that were logged. References are fetched last: what
                else the version holds is there by then, and the others of them too.
            UsageError: the first reference that fails is of a kind that nobody here can fetch.
        """
        from .download import refuse_outside

        self._known("download()")
        place = refuse_outside(os.fspath(root) if root is not None else self._default_root())
        prefix = os.fspath(path_prefix) if path_prefix is not None else ""
        wanted = [one for one in self.files() if one.path.startswith(prefix)]
        os.makedirs(place, exist_ok=True)
        self.fetch([one for one in wanted if one.ref is None], place, skip_cache=bool(skip_cache))
        missing: list[CommunicationError | UsageError] = []
        references = [one for one in wanted if one.ref is not None]
        for reference in references:
            try:
                self.fetch([reference], place)
            except (CommunicationError, UsageError) as error:
                missing.append(error)
        if missing and not allow_missing_references:
            raise type(missing[0])(
                f"{missing[0]}. {len(missing):,} of {len(references):,} references can't be fetched; all else is "
                f"in {place}. download(allow_missing_references=True) leaves them out"
            )
        return place

    def checkout(self, root: str | os.PathLike[str] | None = None) -> str:
        """Make a directory hold exactly the version's files: others in it are removed."""
        from .contents import walk

        place = os.path.abspath(os.fspath(root) if root is not None else self._default_root())
        entries = self.entries()
        if os.path.isdir(place):
            for file, inside in list(walk(place)):
                if inside not in entries:
                    os.remove(file)
        return self.download(place)

    def verify(self, root: str | os.PathLike[str] | None = None) -> None:
        """Compare a directory with the version.

        Raises:
            InvalidValue: a file is missing, is another, or is there and shouldn't be; also a ValueError.
        """
        from runwell.wire.manifest import md5_base64

        from .contents import walk
        from .digests import md5_of

        place = os.path.abspath(os.fspath(root) if root is not None else self._default_root())
        entries = self.entries()
        there = {inside: file for file, inside in walk(place)} if os.path.isdir(place) else {}
        more = sorted(set(there) - set(entries))
        if more:
            raise InvalidValue(f"{place} has {shorten(more[0])}, which the artifact hasn't ({len(more):,} such files)")
        for path, entry in entries.items():
            if entry.ref is not None:
                continue
            if path not in there:
                raise InvalidValue(f"{place} has no {shorten(path)}")
            if md5_base64(md5_of(there[path])[0]) != entry.digest:
                raise InvalidValue(f"{shorten(path)} in {place} has other contents than the artifact's")

    def file(self, root: str | os.PathLike[str] | None = None) -> str:
        """Place the one file that the version holds; give its path.

        Raises:
            UsageError: it holds more or less than one; also a ValueError.
        """
        entries = self.files()
        if len(entries) != 1:
            raise InvalidValue(f"file() is for artifacts of one file; this one has {len(entries):,}: use download()")
        return self.fetch(entries, None if root is None else os.fspath(root))[0]

    def _default_root(self) -> str:
        fields = self._known("download()")
        base = os.environ.get("RUNWELL_ARTIFACT_DIR") or os.environ.get("WANDB_ARTIFACT_DIR") or "artifacts"
        return os.path.abspath(os.path.join(base, f"{fields['name']}:{fields['version']}"))

    # --- edits ----------------------------------------------------------------------------------

    def save(self) -> Self:
        """Send what was changed: description, metadata, aliases, tags, ttl.

        Raises:
            UsageError: it isn't logged: a run's ``log_artifact`` does that.
            CommunicationError: the server refuses, or can't be reached.
        """
        fields = self._known("save()")
        changes: dict[str, Any] = {
            name: value for name, value in self._edited.items() if name in ("description", "ttl_s")
        }
        before = self._edited_lists
        if "aliases" in self._edited and set(self._edited["aliases"]) != set(before["aliases"]):
            changes["aliases"] = list(dict.fromkeys(self._edited["aliases"]))
        if "tags" in self._edited:
            changes["add_tags"] = [one for one in self._edited["tags"] if one not in before["tags"]]
            changes["remove_tags"] = [one for one in before["tags"] if one not in self._edited["tags"]]
        if self._metadata_loaded is not None:
            from .metadata import plain_mapping

            metadata = plain_mapping(self._metadata)
            if metadata != self._metadata_loaded:
                changes["metadata"] = metadata
        changes = {name: value for name, value in changes.items() if value not in ([], None)}
        if "aliases" in self._edited and not self._edited["aliases"] and before["aliases"]:
            changes["aliases"] = []
        if changes:
            self._fields = self._asked().edit(fields, changes)
        self._forget_edits()
        return self

    def delete(self, delete_aliases: bool = False) -> None:
        """Delete the version; one with aliases needs ``delete_aliases=True``."""
        fields = self._known("delete()")
        self._asked().delete(fields, delete_aliases)

    def unlink(self) -> None:
        """Take the version out of the portfolio that it was found in."""
        if not self.is_link:
            raise UsageError(f"{self.qualified_name} is no link; delete() deletes a version")
        self._asked().delete(self._known("unlink()"), False)

    def link(self, target_path: str, aliases: Iterable[str] | None = None) -> Artifact:
        """Link the version into ``registry/NAME/COLLECTION`` or a portfolio, ``[[entity/]project/]portfolio``; give it
        as it is there.
        """
        from .artifact import Artifact

        fields = self._known("link()")
        entity, project, portfolio, _ = parse_name(target_path, fields["entity"], fields["project"])
        server = self._asked()
        there = server.link(wire_id(fields), entity, project, portfolio, list(aliases or ()))
        return Artifact.of_server(
            server, server.find(there["entity"], there["project"], there["name"], there["version"])
        )

    # --- for this room --------------------------------------------------------------------------

    def _asked(self) -> ArtifactServer:
        if self._server is None:
            raise UsageError("this artifact isn't on a server")
        return self._server

    def _whole(self, fresh: bool = False) -> dict[str, Any]:
        fields = self._known("this")
        if fresh or "source" not in fields:
            self._fields = self._asked().find(fields["entity"], fields["project"], fields["name"], fields["version"])
        return self._fields

    def _name_of_source(self) -> str:
        return self._whole()["source"]["name"]

    def _load_metadata(self) -> None:
        if self._fields and self._metadata_loaded is None:
            from copy import deepcopy

            from runwell.wire.numbers import from_strict

            self._metadata = from_strict(self._whole().get("metadata") or {})
            self._metadata_loaded = deepcopy(self._metadata)

    def _forget_edits(self) -> None:
        self._edited, self._edited_lists, self._metadata_loaded = {}, {}, None

    def _run_of(self, described: dict[str, Any] | None) -> Any:
        if not described:
            return None
        from importlib import import_module

        # By its name alone: the api's room knows this one, not this one it.
        place = (described["entity"], described["project"])
        return import_module("runwell.api.runs").Run(self._asked().connection, *place, described, whole=False)
