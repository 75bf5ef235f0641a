"""Where the bytes of media go: ``media/<folder>/<key>_<step>_<digest>.<suffix>`` below the run's ``files``.

A file appears under its name by a rename, whole; the same bytes at the same key and step are one file.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from typing import Any
from zlib import crc32

from runwell.sdk.files import PARTIAL
from runwell.sdk.values import Rejected
from runwell.wire import records

_CHUNK_BYTES = 1024 * 1024
_DIGEST_CHARS = 20  # of the SHA-256 in a name: enough that no two of a run meet
_MAX_PART_BYTES = 120  # of one part of a key in a name, so that the whole name stays below 255
_ODD = re.compile(r"[^\w.\-=@+ ]+")


class MediaPlace:
    """Takes the bytes of one logged value.

    Args:
        run_dir: the run directory.
        record: takes the path of a file that is there now.
        key: the value's key, dotted.
        step: its step.
    """

    def __init__(self, run_dir: str, record: Callable[[str], None], key: str, step: int) -> None:
        self._root = os.path.join(run_dir, records.FILES_DIR)
        self._record = record
        self.key = key
        self.step = step

    def put(self, folder: str, suffix: str, data: bytes | bytearray | memoryview) -> dict[str, Any]:
        """Keep bytes; give their ``path`` below ``files``, ``sha256`` and ``size``.

        Args:
            folder: below ``media``, as the official client names it ("images", "table", …).
            suffix: of the name, without its dot.

        Raises:
            Rejected: the disk refuses them.
        """
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(folder, suffix, digest)
        self._place(path, lambda file: file.write(data))
        return {"path": path, "sha256": digest, "size": len(data)}

    def put_file(self, folder: str, suffix: str, source: str) -> dict[str, Any]:
        """Keep a copy of a file; as :meth:`put`.

        Raises:
            Rejected: it can't be read, or the disk refuses it.
        """
        hasher, size = hashlib.sha256(), 0
        try:
            with open(source, "rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    hasher.update(chunk)
                    size += len(chunk)
        except OSError as error:
            raise Rejected("media file", f"{source!r} can't be read ({error.strerror})") from None
        path = self._path(folder, suffix, hasher.hexdigest())

        def copy(target: Any) -> None:
            import shutil

            with open(source, "rb") as file:
                shutil.copyfileobj(file, target, _CHUNK_BYTES)

        self._place(path, copy)
        return {"path": path, "sha256": hasher.hexdigest(), "size": size}

    def _path(self, folder: str, suffix: str, digest: str) -> str:
        parts = [_plain_part(part) for part in self.key.split("/") if part] or ["value"]
        name = f"{parts[-1]}_{self.step}_{digest[:_DIGEST_CHARS]}.{suffix}"
        return "/".join(["media", folder, *parts[:-1], name])

    def _place(self, path: str, write: Callable[[Any], Any]) -> None:
        target = os.path.join(self._root, path)
        if not os.path.exists(target):
            spare = f"{target}.{os.getpid()}{PARTIAL}"
            try:
                os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
                with open(spare, "wb", opener=_private) as file:
                    write(file)
                os.replace(spare, target)
            except OSError as error:
                try:
                    os.unlink(spare)
                except OSError:
                    pass
                reason = error.strerror or type(error).__name__
                raise Rejected("media disk", f"its bytes can't be written ({reason})") from None
        self._record(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _plain_part(part: str) -> str:
    plain = _ODD.sub("_", part).strip(". ") or "_"
    if plain != part or len(plain.encode()) > _MAX_PART_BYTES:
        plain = plain.encode()[:_MAX_PART_BYTES].decode("utf-8", "ignore") + f"_{crc32(part.encode()):08x}"
    return plain
