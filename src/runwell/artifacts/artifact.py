"""``runwell.Artifact``: a version of files, data or a model; written by a run, read by others.

A draft takes files (``add_*``) until a run logs it. Logged, it is pending until sync delivered it (:meth:`wait`), and
then, like one that ``use_artifact`` or ``Api.artifact`` found, committed: it can be read, downloaded, edited, deleted.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import IO, Any

from runwell.wire import names
from runwell.wire.errors import CommunicationError, InvalidValue, UsageError, shorten
from runwell.wire.foreign import path_of, text_of
from runwell.wire.manifest import decode_manifest

from .contents import Contents
from .entries import Entry, read_entry
from .metadata import checked_description, plain_mapping
from .server import ArtifactServer, wire_id
from .version import Version
from .waiting import wait_for_result

MAX_OBJECTS = 10_000_000  # below one reference; the manifest's own bound comes first
_DRAFT, _PENDING, _COMMITTED = "DRAFT", "PENDING", "COMMITTED"


class Artifact(Version):
    """A version of files.

    Args:
        name: of the collection; letters, digits and whatever names may hold.
        type: "dataset", "model", …: what a collection holds, the same for all its versions.
        description: text, Markdown.
        metadata: a mapping of anything that JSON holds.
        incremental: add to the latest version instead of standing alone.
        use_as: accepted for the official client's sake.

    Raises:
        InvalidValue: a name, type or metadata that can't be one.
    """

    def __init__(
        self,
        name: str,
        type: str,  # noqa: A002
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        incremental: bool = False,
        use_as: str | None = None,
    ) -> None:
        super().__init__()
        self._name = names.artifact_name(name)
        self._type = names.artifact_type(type)
        self._description = checked_description(description)
        self._metadata = plain_mapping(metadata)
        self._incremental = incremental
        self._ttl_s: int | None = None
        self.distributed_id: str | None = None
        self.client_id = uuid.uuid4().hex
        self._state = _DRAFT
        self._contents: Contents | None = Contents()
        self._aliases: list[str] = []
        self._tags: list[str] = []
        self._result_path = ""

    @classmethod
    def of_server(cls, server: ArtifactServer, fields: dict[str, Any]) -> Artifact:
        """Give the version that a server described."""
        artifact = cls(fields["name"], fields["type"])
        artifact._take(server, fields)
        return artifact

    def _take(self, server: ArtifactServer, fields: dict[str, Any]) -> None:
        self._server, self._fields = server, fields
        self._state = fields["state"].upper()
        self._name, self._type = fields["name"], fields["type"]
        self._contents = None

    # --- writing --------------------------------------------------------------------------------

    def add_file(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        is_tmp: bool | None = False,
        skip_cache: bool | None = False,
        policy: str | None = "mutable",
        overwrite: bool = False,
    ) -> Entry:
        """Take a file as it is now.

        Args:
            name: its path in the artifact; default its own name.
            is_tmp, skip_cache: accepted for old scripts.
            policy: "immutable" promises that the file won't change, and spares the copy.
            overwrite: replace what is there under this path.

        Raises:
            InvalidValue: it is no file, or another is there under its path.
        """
        source = path_of(local_path, "add_file()")
        path = name or os.path.basename(source)
        return self._draft("add_file()").add_file(source, path, policy=policy or "mutable", overwrite=overwrite)

    def add_dir(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        skip_cache: bool | None = False,
        policy: str | None = "mutable",
        merge: bool = False,
    ) -> None:
        """Take every file of a directory, below ``name``; ``merge`` replaces those that are there."""
        below = (name or "").strip("/")
        self._draft("add_dir()").add_dir(
            path_of(local_path, "add_dir()"),
            below,
            policy=policy or "mutable",
            overwrite=merge,
            on_progress=self.on_progress,
        )

    @contextmanager
    def new_file(self, name: str, mode: str = "x", encoding: str | None = None) -> Iterator[IO[Any]]:
        """Open a new file of the artifact for writing; it is taken when the ``with`` ends."""
        import tempfile

        contents = self._draft("new_file()")
        path = names.file_path(name)
        if path in contents.entries and "x" in mode:
            raise InvalidValue(f'the artifact has a {shorten(path)} already; mode="w" replaces it')
        with tempfile.TemporaryDirectory(prefix="runwell-") as folder:
            spare = os.path.join(folder, "file")
            with open(spare, mode.replace("x", "w"), encoding=encoding) as file:
                yield file
            contents.add_file(spare, path, policy="mutable", overwrite=True)

    def add(self, obj: Any, name: str, overwrite: bool = False) -> Entry:
        """Take a Table, Image or other media under a name; :meth:`get` gives it back."""
        from .media import add_media

        contents = self._draft("add()")
        return contents.entries[add_media(contents, obj, names.file_path(name), overwrite=overwrite)]

    def add_reference(
        self, uri: Any, name: str | None = None, checksum: bool = True, max_objects: int | None = None
    ) -> Sequence[Entry]:
        """Refer to what stays where it is: ``file://``, ``s3://``, ``gs://``, ``http(s)://`` or any other address.

        Args:
            name: the path in the artifact; of a directory or prefix, what its objects lie below.
            checksum: look at what is there, so that a change shows; False keeps the address alone.
            max_objects: below a directory or prefix, at most.

        Raises:
            InvalidValue: there is nothing, or too much.
        """
        from .references import look_at

        contents = self._draft("add_reference()")
        if isinstance(uri, Entry):
            path = names.file_path(name or uri.path)
            return [contents.put(Entry(path, uri.digest, uri.size, uri.ref_url()), overwrite=False)]
        found = [
            Entry(names.file_path(one.path), one.digest, one.size, one.ref, one.extra)
            for one in look_at(text_of(uri), name, checksum, max_objects or MAX_OBJECTS)
        ]
        return [contents.put(one, overwrite=False) for one in found]

    def remove(self, item: str | os.PathLike[str] | Entry) -> None:
        """Take a file, or everything below a path, out of a draft."""
        self._draft("remove()").remove(item.path if isinstance(item, Entry) else os.fspath(item))

    def new_draft(self) -> Artifact:
        """Give a draft of the next version, with the same contents; what stays isn't sent again."""
        draft = Artifact(self._name_of_source(), self.type, self.description, self.metadata)
        draft._ttl_s = None
        for entry in self.entries().values():
            born = entry.birth or self.id
            draft._draft("").put(
                Entry(entry.path, entry.digest, entry.size, entry.ref, entry.extra, None if entry.ref else born),
                overwrite=True,
            )
        return draft

    def finalize(self) -> None:
        """Do nothing: logging makes a version final. For old scripts."""

    def document(self, aliases: Iterable[str], tags: Iterable[str], step: int | None) -> dict[str, Any]:
        """Give what a run keeps of it when it logs it; :class:`~runwell.artifacts.upload.ArtifactUpload` reads that."""
        from runwell.wire.manifest import encode_manifest
        from runwell.wire.numbers import encode_extended

        contents = self._draft("log_artifact()")
        contents.check()
        manifest = encode_manifest({path: entry.to_manifest() for path, entry in contents.entries.items()})
        import orjson

        return {
            "format": 1,
            "client_id": self.client_id,
            "name": self._name,
            "type": self._type,
            "description": self._description,
            "metadata": encode_extended(self._metadata).decode() if self._metadata else None,
            "aliases": list(dict.fromkeys([*self._edited.get("aliases", ()), *aliases])),
            "tags": list(dict.fromkeys([*self._edited.get("tags", ()), *tags])),
            "ttl_s": self._ttl_s,
            "history_step": step,
            "distributed_id": self.distributed_id,
            "incremental": self._incremental,
            "digest": contents.digest(),
            "manifest": orjson.loads(manifest),
        }

    def stage(self, folder: str) -> None:
        """Put the bytes that no server has into a folder, by their MD5; raises OSError."""
        self._draft("log_artifact()").stage(folder)

    def logged(self, server: ArtifactServer | None, result_path: str, aliases: list[str], tags: list[str]) -> None:
        """Say that a run logged it: it is pending until the result is there. Without a server it is offline."""
        self._server, self._result_path = server, result_path
        self._aliases = list(dict.fromkeys([*self._edited.get("aliases", ()), *aliases]))
        self._tags = list(dict.fromkeys([*self._edited.get("tags", ()), *tags]))
        self._forget_edits()
        self._state = _PENDING

    def not_recorded(self, *, lost: bool) -> None:
        """Say that a run took it and keeps nothing of it: it is disabled, or (``lost``) the disk refused."""
        self._state = "LOST" if lost else "DISABLED"

    def wait(self, timeout: float | None = None) -> Artifact:
        """Wait until the version is on the server; give it.

        Args:
            timeout: seconds; default 600.

        Raises:
            UsageError: it isn't logged, or the run is offline.
            CommunicationError: the server refused it, or the time is up; it is kept, and sync goes on.
        """
        if self._state == _DRAFT:
            raise UsageError(f"artifact {self._name!r} isn't logged yet: run.log_artifact(artifact) first")
        if self._state == "LOST":
            raise CommunicationError(f"artifact {self._name!r} isn't logged: the disk refused its bytes")
        if self._state == _PENDING:
            if self._server is None:
                raise UsageError(
                    f"artifact {self._name!r} was logged offline; it gets its version when `runwell sync` has sent it"
                )
            found = wait_for_result(self._result_path, self._name, timeout)
            if found.get("version"):
                place = (found["entity"], found["project"], found["name"], found["version"])
                self._take(self._server, self._server.find(*place))
        return self

    def is_draft(self) -> bool:
        """Tell whether no run has logged it."""
        return self._state == _DRAFT

    def _draft(self, what: str) -> Contents:
        if self._state != _DRAFT or self._contents is None:
            raise UsageError(f"{what}: artifact {self.name!r} is logged and doesn't change; new_draft() gives the next")
        return self._contents

    def _delivered_if_may_be(self) -> None:
        """What is edited of a version that is on its way is edited on the server: wait until it is there."""
        if self._state == _PENDING and self._server is not None:
            self.wait()

    def _known(self, what: str) -> dict[str, Any]:
        if not self._fields and self._state == _PENDING and self._server is not None:
            self.wait()
        if not self._fields:
            state = "isn't logged yet" if self._state == _DRAFT else "isn't on a server"
            raise UsageError(f"{what}: artifact {self._name!r} {state}")
        return self._fields

    def entries(self) -> dict[str, Entry]:
        """Give what the version holds, by path."""
        if self._contents is None:
            self._known("entries()")
            contents = Contents()
            for entry in decode_manifest(self._asked().manifest(self.id or "")).values():
                contents.entries[entry.path] = read_entry(entry, self)
            self._contents = contents
        return self._contents.entries

    # --- what it is -----------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """``DRAFT``, ``PENDING``, ``COMMITTED``, ``DELETED``; ``DISABLED`` or ``LOST``: nothing is kept of it."""
        return self._state

    @property
    def id(self) -> str | None:
        """The server's id; None before the server has it."""
        return wire_id(self._fields) if self._fields else None

    @property
    def name(self) -> str:
        """``name:v3``; of a draft the name alone."""
        return f"{self._name}:{self._fields['version']}" if self._fields else self._name

    @property
    def type(self) -> str:
        """The type of its collection."""
        return self._type

    @property
    def digest(self) -> str:
        """The digest of its contents: equal for equal contents."""
        if self._fields:
            return self._fields["digest"]
        assert self._contents is not None
        return self._contents.digest()

    @property
    def size(self) -> int:
        """Bytes in all, references included as far as they are known."""
        if self._fields:
            return self._fields["size_bytes"]
        return sum(entry.size or 0 for entry in self.entries().values())

    @property
    def file_count(self) -> int:
        """Number of files and references."""
        return self._fields["file_count"] if self._fields else len(self.entries())

    @property
    def incremental(self) -> bool:
        """Whether it adds to the latest version."""
        return self._incremental

    @property
    def description(self) -> str | None:
        """Text; may be set, and :meth:`save` sends it."""
        return self._edited.get("description", (self._fields or {}).get("description") or self._description)

    @description.setter
    def description(self, text: str | None) -> None:
        self._description = checked_description(text)
        self._edited["description"] = text or ""

    @property
    def metadata(self) -> dict[str, Any]:
        """A mapping; may be set or changed, and :meth:`save` sends it."""
        self._load_metadata()
        return self._metadata

    @metadata.setter
    def metadata(self, values: Mapping[str, Any]) -> None:
        self._load_metadata()
        self._metadata = plain_mapping(values)

    @property
    def aliases(self) -> list[str]:
        """Its aliases; of a version on the server they may be set, and :meth:`save` sends them."""
        self._delivered_if_may_be()
        if "aliases" not in self._edited:
            self._edited_lists["aliases"] = list((self._fields or {}).get("aliases") or self._aliases)
            self._edited["aliases"] = self._edited_lists["aliases"].copy()
        return self._edited["aliases"]

    @aliases.setter
    def aliases(self, aliases: list[str]) -> None:
        _ = self.aliases
        self._edited["aliases"] = list(aliases)

    @property
    def tags(self) -> list[str]:
        """Its tags; may be set, and :meth:`save` sends them."""
        self._delivered_if_may_be()
        if "tags" not in self._edited:
            self._edited_lists["tags"] = list((self._fields or {}).get("tags") or self._tags)
            self._edited["tags"] = self._edited_lists["tags"].copy()
        return self._edited["tags"]

    @tags.setter
    def tags(self, tags: list[str]) -> None:
        _ = self.tags
        self._edited["tags"] = list(tags)

    @property
    def ttl(self) -> timedelta | None:
        """How long after it was made it is kept; None: for ever. May be set, and :meth:`save` sends it."""
        ttl_s = self._edited.get("ttl_s", (self._fields or {}).get("ttl_s") or self._ttl_s)
        return timedelta(seconds=ttl_s) if ttl_s and ttl_s > 0 else None

    @ttl.setter
    def ttl(self, ttl: timedelta | None) -> None:
        if ttl is not None and not (isinstance(ttl, timedelta) and ttl.total_seconds() > 0):
            raise UsageError(f"ttl is a timedelta of more than 0, or None, not {shorten(ttl)}")
        self._ttl_s = int(ttl.total_seconds()) if ttl is not None else None
        self._edited["ttl_s"] = self._ttl_s if self._ttl_s is not None else -2

    def __repr__(self) -> str:
        return f"<Artifact {self.qualified_name if self._fields else self._name} {self._state}>"
