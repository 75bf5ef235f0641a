"""Paths of a version: what each holds and where its bytes are, here, on the server, or somewhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runwell.wire.errors import InvalidValue, UsageError
from runwell.wire.manifest import ManifestEntry, md5_hex

if TYPE_CHECKING:
    from .artifact import Artifact


OnProgress = Callable[[int, int], None]  # called with (bytes done, bytes in all), also from other threads


@dataclass(slots=True)
class Entry:
    """One path of a version.

    Attributes:
        path: in the version, ``/``-separated.
        digest: MD5 of its bytes in base64; of a reference, whatever names its content.
        size: in bytes; None where nobody knows.
        ref: where a reference points.
        extra: what else names a reference's content (etag, version).
        birth: id of the version that brought the bytes to the server; None: they are here alone.
        local_path: a file that nobody changes and that has the bytes; "" : the object store has them.
    """

    path: str
    digest: str
    size: int | None
    ref: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    birth: str | None = None
    local_path: str = ""
    owner: Artifact | None = None

    @property
    def md5(self) -> str:
        """The MD5 of its bytes in hex; of a reference none."""
        return md5_hex(self.digest)

    @property
    def name(self) -> str:
        """The path; the official client's older name."""
        return self.path

    def ref_target(self) -> str:
        """Give where a reference points; raises UsageError for a file."""
        if self.ref is None:
            raise UsageError(f"{self.path!r} is a file of the artifact, not a reference")
        return self.ref

    def ref_url(self) -> str:
        """Give an address that another artifact may refer to."""
        if self.owner is None:
            raise UsageError(f"{self.path!r} isn't logged yet")
        return f"wandb-artifact://{_hex_id(self.owner.id or '')}/{self.path}"

    def download(self, root: str | None = None, skip_cache: bool | None = None, executor: Any = None) -> str:
        """Fetch this one file; give its path here."""
        if self.owner is None:
            raise UsageError(f"{self.path!r} isn't logged yet; there is nothing to download")
        return self.owner.fetch([self], root)[0]

    def to_wire(self, birth: str | None = None) -> dict[str, Any]:
        """Give the entry as a manifest has it."""
        raw: dict[str, Any] = {"digest": self.digest}
        if self.size is not None:
            raw["size"] = self.size
        if self.ref is not None:
            raw["ref"] = self.ref
        else:
            born = self.birth or birth
            if born:
                raw["birthArtifactID"] = born
        if self.extra:
            raw["extra"] = self.extra
        return raw

    def to_manifest(self) -> ManifestEntry:
        """Give the entry as ``wire.manifest`` has it."""
        return ManifestEntry(self.path, self.digest, self.size, self.ref, self.to_wire())


def read_entry(entry: ManifestEntry, owner: Artifact | None = None) -> Entry:
    """Make an entry of a manifest's."""
    extra = entry.raw.get("extra")
    return Entry(
        entry.path,
        entry.digest,
        entry.size_bytes,
        entry.ref,
        dict(extra) if isinstance(extra, dict) else {},
        entry.raw.get("birthArtifactID"),
        "",
        owner,
    )


def _hex_id(text: str) -> str:
    import base64

    return base64.b64decode(text + "=" * (-len(text) % 4)).hex() if text else ""


class Manifest:
    """What a version holds.

    Attributes:
        entries: by path.
        version: of the manifest's form.
    """

    def __init__(self, entries: dict[str, Entry]) -> None:
        self.entries = entries
        self.version = 1

    def get_entry_by_path(self, path: str) -> Entry | None:
        """Give the entry of a path, None without one."""
        return self.entries.get(path)

    def __len__(self) -> int:
        return len(self.entries)


class MissingEntry(InvalidValue, KeyError):
    """A path that the version doesn't have."""

    def __str__(self) -> str:
        return str(self.args[0])
