"""Media inside an artifact: where ``Artifact.add(table, "name")`` writes, and how they are read back."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any

from runwell.wire.errors import UsageError, shorten
from runwell.wire.numbers import decode_extended, encode_extended

from .contents import Contents
from .entries import Entry


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
    if kind == "table" and isinstance(document.get("columns"), list):
        rows = [[_cell(cell, root, paths) for cell in row] for row in document.get("data") or ()]
        return import_module("runwell").Table(columns=document["columns"], data=rows)
    return _cell(document, root, paths)


def get_media(name: str, entries: Mapping[str, Entry], root: str, fetch: Callable[[Sequence[Entry]], list[str]]) -> Any:
    """Give the media that was added to a version under a name, None without one; see ``Version.get``.

    Args:
        name: it was added under.
        entries: of the version, by path.
        root: the directory that its files are placed in.
        fetch: places files there, and gives their paths.
    """
    found = [path for path in entries if path.startswith(f"{name}.") and path.endswith(".json")]
    if name in entries and name.endswith(".json"):
        found = [name]
    if not found:
        return None
    document = _read(fetch([entries[found[0]]])[0])
    if not isinstance(document, dict) or "_type" not in document:
        return None
    if document["_type"] == "joined-table":
        raise UsageError(_joined(name, document))
    documents = [document]
    if document["_type"] == "partitioned-table":
        documents = [_read(file) for file in fetch([entries[path] for path in _parts_of(document, entries)])]
    fetch([entries[path] for path in dict.fromkeys(referred(documents)) if path in entries])
    if document["_type"] == "partitioned-table":
        return _read_parts(name, documents, root, entries)
    return read_media(document, root, entries)


def _read(path: str) -> Any:
    with open(path, "rb") as file:
        return decode_extended(file.read())


def _joined(name: str, document: dict[str, Any]) -> str:
    """Say of a joined table, which holds no rows, where those are."""
    tables = " and ".join(f"get({document.get(side)!r})" for side in ("table1", "table2"))
    key = shorten(document.get("join_key"))
    return f"{shorten(name)} joins two tables by {key} and has no rows of its own: {tables} give them"


def _parts_of(document: dict[str, Any], paths: Iterable[str]) -> list[str]:
    """Give the paths of the tables that a partitioned table is made of, in order."""
    folder = f"{str(document.get('parts_path') or '').strip('/')}/"
    return sorted(path for path in paths if path.startswith(folder) and path.endswith(".table.json"))


def _read_parts(name: str, parts: Sequence[Any], root: str, paths: Container[str]) -> Any:
    """Make one table of the parts of a partitioned one.

    Raises:
        UsageError: they have different columns, or one is no table.
    """
    tables = [read_media(part, root, paths) for part in parts if isinstance(part, dict)]
    columns = {tuple(table.columns) if hasattr(table, "columns") else None for table in tables}
    if not tables:
        raise UsageError(f"{shorten(name)} has no parts in this version")
    if len(tables) != len(parts) or len(columns) != 1 or None in columns:
        said = f"the parts of {shorten(name)} have different columns, or aren't tables"
        raise UsageError(f"{said}; get() each by its path")
    for table in tables[1:]:
        tables[0].data.extend(table.data)
    return tables[0]


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
