"""Artifacts that a run logs, reads and links: the part of ``Run`` that is about them.

Logging digests and stages here and leaves a record; sync delivers. Reading by name asks the server once, bounded.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from runwell.wire import names, records
from runwell.wire.errors import UsageError, shorten
from runwell.wire.foreign import is_a, items_of, path_of, text_of

from .kept_files import KeptFiles
from .notices import warn_once

if TYPE_CHECKING:
    from runwell.artifacts.artifact import Artifact
    from runwell.artifacts.server import ArtifactServer

    from .journal import Journal

_MODEL = "model"


class LoggedArtifacts(KeptFiles):
    """What a run does with artifacts."""

    _journal: Journal
    _asked_server: ArtifactServer | None = None

    @property
    def step(self) -> int:
        """The step that the next row gets if none is given."""
        raise NotImplementedError

    def log_artifact(
        self,
        artifact_or_path: Artifact | str | os.PathLike[str],
        name: str | None = None,
        type: str | None = None,  # noqa: A002
        aliases: list[str] | None = None,
        tags: list[str] | None = None,
    ) -> Artifact:
        """Log a version: an Artifact, or a file, a directory or a reference (``s3://…``) as one.

        Args:
            name: of a path; default ``run-<id>-<file name>``.
            type: of a path; default "unspecified".
            aliases: names of this version beside "latest".
            tags: its tags.

        Returns:
            The artifact; ``wait()`` gives it with its version.

        Raises:
            InvalidValue: a name that can't be one, or a path that isn't there.
            UsageError: the artifact is a version of a server already.

        Guarantee: when it returns, its bytes are staged in the run directory: what becomes of the files afterwards
            doesn't matter. It does no network.
        """
        artifact = self._as_artifact(artifact_or_path, name, type or "unspecified")
        self._log(artifact, aliases, tags)
        return artifact

    def upsert_artifact(
        self,
        artifact_or_path: Artifact | str,
        name: str | None = None,
        type: str | None = None,  # noqa: A002
        aliases: list[str] | None = None,
        distributed_id: str | None = None,
    ) -> Artifact:
        """Add to a version that several runs write, known by ``distributed_id`` (default: the run's group).

        One of them makes it a version with :meth:`finish_artifact`.
        """
        return self._log_part(artifact_or_path, name, type, aliases, distributed_id, finalize=False)

    def finish_artifact(
        self,
        artifact_or_path: Artifact | str,
        name: str | None = None,
        type: str | None = None,  # noqa: A002
        aliases: list[str] | None = None,
        distributed_id: str | None = None,
    ) -> Artifact:
        """Add to a version that several runs write, and make it one."""
        return self._log_part(artifact_or_path, name, type, aliases, distributed_id, finalize=True)

    def use_artifact(
        self,
        artifact_or_name: str | Artifact,
        type: str | None = None,  # noqa: A002
        aliases: list[str] | None = None,
        use_as: str | None = None,
    ) -> Artifact:
        """Say that this run reads a version, and give it.

        Args:
            artifact_or_name: ``name:alias``, ``project/name:v3``, ``entity/project/name:latest``, or an Artifact; one
                that isn't logged yet is logged and used.
            type: what it must be.
            aliases: of an Artifact that isn't logged yet.
            use_as: accepted for old scripts.

        Raises:
            UsageError: it has another type, or the run is offline and a name was given.
            CommunicationError: there is none, or the server can't be reached.
        """
        self._refuse_if_closed("use_artifact()")
        from runwell.artifacts.artifact import Artifact

        if isinstance(artifact_or_name, Artifact):
            artifact = artifact_or_name
            if artifact.is_draft():
                self._log(artifact, aliases, None)
        else:
            artifact = self._find(artifact_or_name)
        if type is not None and artifact.type != type:
            raise UsageError(f"artifact {artifact.name!r} has the type {artifact.type!r}, not {type!r}")
        self._record(records.USE, {**self._naming(artifact), **({"use_as": use_as} if use_as else {})})
        return artifact

    def link_artifact(self, artifact: Artifact, target_path: str, aliases: list[str] | None = None) -> Artifact:
        """Link a version into a registry's collection, ``registry/NAME/COLLECTION``, or into a portfolio of a project,
        ``[[entity/]project/]portfolio``; logs it first if it isn't.
        """
        self._refuse_if_closed("link_artifact()")
        from runwell.artifacts.server import parse_name

        entity, project, portfolio, _ = parse_name(target_path, "", self.project)
        names.artifact_name(portfolio)
        if artifact.is_draft():
            self._log(artifact, None, None)
        there = {"entity": entity, "project": project, "portfolio": portfolio}
        naming = {key: value for key, value in self._naming(artifact).items() if key not in ("entity", "project")}
        self._record(records.LINK, {**naming, **there, "aliases": [names.alias(alias) for alias in aliases or ()]})
        return artifact

    def log_model(
        self, path: str | os.PathLike[str], name: str | None = None, aliases: list[str] | None = None
    ) -> Artifact:
        """Log a file or directory as a version of a model."""
        return self.log_artifact(path, name, _MODEL, aliases)

    def use_model(self, name: str) -> str:
        """Use a model and fetch it; give the path of its file, or of its directory if it has several.

        Raises:
            UsageError: it is no model.
        """
        artifact = self.use_artifact(name)
        if _MODEL not in artifact.type.lower():
            raise UsageError(f"artifact {artifact.name!r} has the type {artifact.type!r}, not {_MODEL!r}")
        root = artifact.download()
        files = artifact.files()
        return os.path.join(root, *files[0].path.split("/")) if len(files) == 1 else root

    def link_model(
        self,
        path: str | os.PathLike[str],
        registered_model_name: str,
        name: str | None = None,
        aliases: list[str] | None = None,
    ) -> Artifact:
        """Log a file or directory as a version of a model, and link it.

        Args:
            registered_model_name: a collection of the entity's own ``model-registry``, or ``registry/NAME/COLLECTION``.
        """
        is_path = "/" in registered_model_name
        target = registered_model_name if is_path else f"{names.MODEL_REGISTRY}/{registered_model_name}"
        return self.link_artifact(self.log_model(path, name), target, aliases)

    # --- how --------------------------------------------------------------------------------------

    def _as_artifact(self, given: Any, name: str | None, kind: str) -> Artifact:
        self._refuse_if_closed("log_artifact()")
        from runwell.artifacts.artifact import Artifact

        if is_a(given, Artifact):
            return given
        path = path_of(given, "log_artifact()")
        artifact = Artifact(name or f"run-{self.id}-{_plain(os.path.basename(path.rstrip('/')))}", kind)
        if "://" in path:
            artifact.add_reference(path)
        elif os.path.isdir(path):
            artifact.add_dir(path)
        else:
            artifact.add_file(path)
        return artifact

    def _log_part(
        self, given: Any, name: str | None, kind: str | None, aliases: Any, distributed_id: str | None, finalize: bool
    ) -> Artifact:
        common = distributed_id or self.group
        if not common:
            raise UsageError("several runs write one version by a common name: give distributed_id=, or init(group=…)")
        artifact = self._as_artifact(given, name, kind or "unspecified")
        artifact.distributed_id = common
        self._log(artifact, aliases, None, finalize=finalize)
        return artifact

    def _log(
        self, artifact: Artifact, aliases: Iterable[str] | None, tags: Iterable[str] | None, *, finalize: bool = True
    ) -> None:
        checked = [names.alias(alias) for alias in items_of(aliases, "aliases") if text_of(alias) != "latest"]
        labels = [names.tag(tag) for tag in items_of(tags, "tags")]
        if not artifact.is_draft():
            if artifact.state == "PENDING" and (checked or labels):
                raise UsageError(f"artifact {artifact.name!r} is logged already; set aliases and tags after wait()")
            if artifact.state in ("COMMITTED", "DELETED"):
                raise UsageError(f"artifact {artifact.name!r} is a version already; log artifact.new_draft()")
            return
        document = artifact.document(checked, labels, max(0, self.step - 1))
        if not finalize:
            document["finalize"] = False
        opening, key = self._opening, artifact.client_id
        folder = os.path.join(opening.run_dir, records.ARTIFACTS_DIR)
        server = None
        if opening.settings.mode == "online" and opening.has_companion:
            server = self._artifact_server()
        if self.disabled:
            artifact.not_recorded(lost=False)
            return
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            artifact.stage(os.path.join(folder, key))
            _write(os.path.join(folder, f"{key}.json"), document)
        except OSError as error:  # the disk's failure isn't the script's: said once, and counted
            warn_once(
                f"artifact {key}", f"artifact {artifact.name} can't be staged ({error.strerror}); it isn't logged"
            )
            self._journal.count("lost_artifacts")
            artifact.not_recorded(lost=True)
            return
        self._journal.record(records.ARTIFACT, {"key": key, "path": f"{records.ARTIFACTS_DIR}/{key}.json"})
        artifact.logged(server, os.path.join(folder, f"{key}.result.json"), checked, labels)

    def _find(self, name: str) -> Artifact:
        if self.offline or self.disabled:
            raise UsageError(f"use_artifact({shorten(name)}) needs the server, and this run is {self._mode()}")
        from runwell.artifacts.artifact import Artifact
        from runwell.artifacts.server import parse_name

        server = self._artifact_server()
        entity, project, name, version = parse_name(name, self.entity, self.project)
        return Artifact.of_server(server, server.find(entity, project, name, version))

    def _mode(self) -> str:
        return self._opening.settings.mode

    def _artifact_server(self) -> ArtifactServer:
        if self._asked_server is None:
            from runwell.artifacts.server import ArtifactServer

            self._asked_server = ArtifactServer(self._opening.settings.base_url)
        return self._asked_server

    def _naming(self, artifact: Artifact) -> dict[str, Any]:
        if artifact.state == "LOST":
            raise UsageError(f"artifact {artifact.name!r} isn't logged: the disk refused its bytes")
        if artifact.id:
            return {"id": artifact.id, "entity": artifact.entity, "project": artifact.project}
        return {"client_id": artifact.client_id}

    def _record(self, kind: str, payload: dict[str, Any]) -> None:
        self._journal.record(kind, {"key": uuid.uuid4().hex, **payload})


def _write(path: str, document: dict[str, Any]) -> None:
    import orjson

    spare = f"{path}.{os.getpid()}"
    with open(os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(orjson.dumps(document))
    os.replace(spare, path)


def _plain(text: str) -> str:
    return "".join(char if char.isalnum() or char in "-_." else "-" for char in text) or "files"
