"""Media inside an artifact: where ``Artifact.add(table, "name")`` writes, and how they are read back."""

from __future__ import annotations

import os
from collections.abc import Container
from typing import Any

from runwell.wire.errors import UsageError, shorten
from runwell.wire.numbers import decode_extended, encode_extended

from .contents import Contents

_TABLE_TYPES = ("table", "joined-table", "partitioned-table")


class ArtifactPlace:
    """Takes the bytes of media that are put into an artifact; what media call when they are logged.

    Args:
        contents: of the artifact.
        key: the name that was given.
    """

    def __init__(self, contents: Contents, key: str) -> None:
        self._contents = contents
        self.key = key
        self.step = 0

    def put(self, folder: str, suffix: str, data: bytes | bytearray | memoryview) -> dict[str, Any]:
        """Keep bytes; give their ``path``, ``sha256`` and ``size``."""
        import hashlib

        digest = hashlib.sha256(data).hexdigest()
        path = f"media/{folder}/{digest[:20]}.{suffix}"
        self._contents.add_bytes(bytes(data), path, overwrite=True)
        return {"path": path, "sha256": digest, "size": len(data)}

    def put_file(self, folder: str, suffix: str, source: str) -> dict[str, Any]:
        """Keep a copy of a file; as :meth:`put`."""
        import hashlib

        hasher = hashlib.sha256()
        with open(source, "rb") as file:
            while chunk := file.read(1024 * 1024):
                hasher.update(chunk)
        path = f"media/{folder}/{hasher.hexdigest()[:20]}.{suffix}"
        entry = self._contents.add_file(source, path, policy="mutable", overwrite=True)
        return {"path": path, "sha256": hasher.hexdigest(), "size": entry.size}


class _TablePlace(ArtifactPlace):
    """Catches the document of the table itself; the media in its cells go where media go."""

    def __init__(self, contents: Contents, key: str) -> None:
        super().__init__(contents, key)
        self.document: dict[str, Any] = {}

    def put(self, folder: str, suffix: str, data: bytes | bytearray | memoryview) -> dict[str, Any]:
        if folder == "table":
            self.document = decode_extended(bytes(data))
            return {"path": "", "sha256": "", "size": len(data)}
        return super().put(folder, suffix, data)


def add_media(contents: Contents, value: Any, name: str, *, overwrite: bool) -> str:
    """Put media into an artifact under a name; give the path of the document that stands for it.

    Raises:
        UsageError: it is no media.
    """
    if not hasattr(value, "to_row"):
        kind = type(value).__name__
        raise UsageError(f"add() takes Table, Image and other media, not {kind} {shorten(value)}; use add_file()")
    if type(value).__name__ == "Table":
        place = _TablePlace(contents, name)
        row = value.to_row(place)
        value._kept = None  # put into an artifact, a table may still be logged or grow
        document = {
            "_type": "table",
            **place.document,
            "column_types": _column_types(place.document),
            "ncols": row["ncols"],
            "nrows": row["nrows"],
        }
        path = f"{name}.table.json"
    else:
        document = value.to_row(ArtifactPlace(contents, name))
        path = f"{name}.{document['_type']}.json"
    contents.add_bytes(encode_extended(document), path, overwrite=overwrite)
    return path


def read_media(document: dict[str, Any], root: str, paths: Container[str]) -> Any:
    """Make the value that a document stands for; what isn't known is given as it is.

    Args:
        root: the directory that the artifact's files are placed in.
        paths: those files; a document may name no other.
    """
    from importlib import import_module

    kind = document.get("_type")
    if kind in _TABLE_TYPES and isinstance(document.get("columns"), list):
        rows = [[_cell(cell, root, paths) for cell in row] for row in document.get("data") or ()]
        return import_module("runwell").Table(columns=document["columns"], data=rows)
    return _cell(document, root, paths)


def referred(document: Any) -> list[str]:
    """Give the paths of the files that a document's values lie in."""
    found: list[str] = []
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("path"), str) and str(value.get("_type", "")).endswith("-file"):
                found.append(value["path"])
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return found


def _cell(value: Any, root: str, paths: Container[str]) -> Any:
    from importlib import import_module

    if isinstance(value, dict) and value.get("_type") == "image-file" and str(value.get("path")) in paths:
        return import_module("runwell").Image(
            os.path.join(root, *value["path"].split("/")), caption=value.get("caption")
        )
    return value


def _column_types(document: dict[str, Any]) -> dict[str, Any]:
    """Give the types of columns as the official client writes them; it checks cells against them when it reads."""
    types = {}
    for place, name in enumerate(document.get("columns") or ()):
        kinds = {_kind(row[place]) for row in document.get("data") or () if row[place] is not None}
        kind = kinds.pop() if len(kinds) == 1 else "any"
        wanted: dict[str, Any] = {"wb_type": kind}
        types[name] = (
            wanted
            if kind == "any"
            else {"wb_type": "union", "params": {"allowed_types": [wanted, {"wb_type": "none"}]}}
        )
    return {"wb_type": "typedDict", "params": {"type_map": types}}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "any"
