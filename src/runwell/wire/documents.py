"""Config and summary: flat in the catalog, for filters and columns, and given back exactly as they came.

A nested document becomes flat keys (its keys joined by dots) and *paths*: for every flat key that can't be
taken apart at its dots again, the list of its parts. ``{"a.b": 1}`` and ``{"a": {"b": 1}}`` are the same flat
key; what tells them apart is the path. Of two values that come to one flat key the last is kept. Pure.

An object with a ``_type`` (media, histograms, tagged numbers) is a value, not a level; so is an empty one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .errors import InvalidValue
from .limits import MAX_DEPTH

Flat = dict[str, Any]
Paths = dict[str, list[str]]

MAX_PLAIN_PARTS = 33  # a key without a path is taken apart at its first 32 dots, whatever wrote it


def flatten_document(document: Mapping[str, Any]) -> tuple[Flat, Paths]:
    """Give (flat key → value, paths).

    Raises:
        InvalidValue: nested deeper than ``MAX_DEPTH``.

    Guarantee: ``restore_document(*flatten_document(d))`` equals ``d`` but for values of one flat key.
    """
    flat: Flat = {}
    paths: Paths = {}
    for parts, value in _leaves(document, []):
        key = ".".join(parts)
        flat[key] = value
        if parts == plain_parts(key):
            paths.pop(key, None)
        else:
            paths[key] = parts
    return flat, paths


def _leaves(document: Mapping[str, Any], above: list[str]) -> Iterator[tuple[list[str], Any]]:
    for name, value in document.items():
        parts = [*above, str(name)]
        if not isinstance(value, dict) or not value or "_type" in value:
            yield parts, value
        elif len(above) >= MAX_DEPTH:
            raise InvalidValue(f"nested deeper than {MAX_DEPTH} levels at {'.'.join(parts):.40}")
        else:
            yield from _leaves(value, parts)


def plain_parts(key: str) -> list[str]:
    """Take a key that has no path apart: at its dots, unless there is nothing between two of them."""
    parts = key.split(".", MAX_PLAIN_PARTS - 1)
    return [key] if "" in parts else parts


def restore_document(flat: Mapping[str, Any], paths: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    """Give the document that :func:`flatten_document` was given.

    Without paths, where a key is both a value and the beginning of another (``a`` and ``a.b``), the longer
    one keeps its dots.
    """
    paths = paths or {}
    document: dict[str, Any] = {}
    for key in sorted(flat):
        parts = paths.get(key) or plain_parts(key)
        level = document
        for depth, part in enumerate(parts[:-1]):
            inner = level.get(part)
            if inner is None and part not in level:
                inner = level[part] = _Level()
            if not isinstance(inner, _Level):
                level[".".join(parts[depth:])] = flat[key]
                break
            level = inner
        else:
            level[parts[-1]] = flat[key]
    return document


class _Level(dict[str, Any]):
    """A mapping that :func:`restore_document` made, told apart from one that is a value."""


def merge_documents(
    there: tuple[Mapping[str, Any], Mapping[str, list[str]]],
    news: tuple[Mapping[str, Any], Mapping[str, list[str]]],
    *,
    keep_paths: bool = False,
) -> tuple[Flat, Paths]:
    """Lay ``news`` over what is there, key by key; both (flat, paths).

    A value takes the place of a level of the same name and the other way round; an empty object says
    nothing about a level that has something in it once the rest of the news are laid.

    Args:
        keep_paths: a key that is there keeps its path: who edits a flat key doesn't mean another one.
    """
    flat, paths = dict(there[0]), {key: list(parts) for key, parts in there[1].items()}
    levels = _levels(flat, paths)
    # Empty objects last: the news may take the last key out of the level of which they say that it is empty.
    for key, value in sorted(news[0].items(), key=lambda item: item[1] == {}):
        parts = news[1].get(key) or plain_parts(key)
        if key in flat and keep_paths:
            flat[key] = value
            continue
        here = tuple(parts)
        if value == {} and isinstance(value, dict) and here in levels:
            continue
        _leave_levels(key, tuple(paths.get(key) or plain_parts(key)), levels)
        _make_room(flat, paths, levels, here)
        flat[key] = value
        for depth in range(1, len(here)):
            levels.setdefault(here[:depth], set()).add(key)
        if parts == plain_parts(key):
            paths.pop(key, None)
        else:
            paths[key] = list(parts)
    return flat, paths


def _levels(flat: Flat, paths: Paths) -> dict[tuple[str, ...], set[str]]:
    """Map every level to the flat keys in it."""
    levels: dict[tuple[str, ...], set[str]] = {}
    for key in flat:
        parts = tuple(paths.get(key) or plain_parts(key))
        for depth in range(1, len(parts)):
            levels.setdefault(parts[:depth], set()).add(key)
    return levels


def _leave_levels(key: str, parts: tuple[str, ...], levels: dict[tuple[str, ...], set[str]]) -> None:
    """Take a key out of the levels that it was in: it may come back with another path."""
    for depth in range(1, len(parts)):
        level = levels.get(parts[:depth])
        if level is not None:
            level.discard(key)
            if not level:
                del levels[parts[:depth]]


def _make_room(flat: Flat, paths: Paths, levels: dict[tuple[str, ...], set[str]], here: tuple[str, ...]) -> None:
    """Take away what can't stand beside a value at ``here``: what lies below it, and values above it."""
    for key in levels.pop(here, ()):
        flat.pop(key, None)
        paths.pop(key, None)
    for depth in range(1, len(here)):
        above = ".".join(here[:depth])
        if above in flat and tuple(paths.get(above) or plain_parts(above)) == here[:depth]:
            del flat[above]
            paths.pop(above, None)
