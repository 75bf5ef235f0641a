"""What things may be called, and where their pages are.

Names are Unicode in normal form C, Korean included; they are never paths. The exclusions are the
official client's own, so that a name valid here is valid there.
"""

from __future__ import annotations

import re
import unicodedata
from typing import cast

from .errors import InvalidValue, kind_of, shorten
from .limits import (
    MAX_KEY_BYTES,
    MAX_NAME_CHARS,
    MAX_PATH_BYTES,
    MAX_PATH_SEGMENT_BYTES,
    MAX_PATH_SEGMENTS,
    MAX_RUN_ID_CHARS,
)

RESERVED_ENTITIES = frozenset(
    {
        *("api", "graphql", "files", "artifacts", "artifactsV2", "ready", "assets"),
        *("login", "logout", "authorize", "settings", "search", "registry", "orgs"),
    }
)
DEFAULT_ENTITY = "local"
DEFAULT_PROJECT = "uncategorized"
REGISTRY_ENTITY = "registry"  # holds the registries that every user shares
REGISTRY_PREFIX = "wandb-registry-"  # of a registry's name as a project: the official client's form
MODEL_REGISTRY = "model-registry"  # the project of an entity where link_model puts models

_PROJECT_FORBIDDEN = frozenset("/\\#?%:")
_ALIAS_FORBIDDEN = frozenset("/:")
_VERSION = re.compile("v[0-9]+")
_PATH_FORBIDDEN = frozenset("/\\#?%:")
_LOOKALIKE_SLASHES = frozenset("\u2215\u2044\uff0f\uff3c\u29f8")
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")
# Bidirectional overrides can make one name look like another on a screen.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def entity_name(text: object) -> str:
    """Check a user's or team's name; raises InvalidValue."""
    name = _name("entity", text, _PATH_FORBIDDEN)
    if name in RESERVED_ENTITIES:
        raise InvalidValue(f"entity {name!r} is reserved for a page of the server; choose another name")
    return name


def project_name(text: object) -> str:
    """Check a project's name; raises InvalidValue."""
    return _name("project", text, _PROJECT_FORBIDDEN)


def registry_name(text: object) -> str:
    """Check a registry's name; give it without the prefix of its project; raises InvalidValue."""
    plain = text.removeprefix(REGISTRY_PREFIX) if isinstance(text, str) else text
    name = _name("registry", plain, _PROJECT_FORBIDDEN, MAX_NAME_CHARS - len(REGISTRY_PREFIX))
    if name.startswith(REGISTRY_PREFIX):
        raise InvalidValue(
            f"registry {shorten(name)} begins with {REGISTRY_PREFIX}, which is what its project is called"
        )
    return name


def settled_place(entity: str, project: str) -> tuple[str, str]:
    """Give entity and project of a place that may be a registry: ``registry/NAME`` or ``…/wandb-registry-NAME``."""
    if project.startswith(REGISTRY_PREFIX):
        return REGISTRY_ENTITY, project
    return (entity, REGISTRY_PREFIX + project) if entity == REGISTRY_ENTITY else (entity, project)


def plain_project(project: str) -> str:
    """Give a project's name as people write it: a registry's without the prefix of its project."""
    return project.removeprefix(REGISTRY_PREFIX)


def chart_name(text: object) -> str:
    """Check the name of a user's chart specification; raises InvalidValue."""
    return _name("chart name", text, _PROJECT_FORBIDDEN)


def view_name(text: object) -> str:
    """Check a saved view's name; raises InvalidValue."""
    return _name("view name", text, frozenset())


def run_id(text: object) -> str:
    """Check a run's id (the official client's ``name``); raises InvalidValue."""
    return _name("run id", text, _PATH_FORBIDDEN, MAX_RUN_ID_CHARS)


def tag(text: object) -> str:
    """Check a tag; raises InvalidValue."""
    return _name("tag", text, frozenset())


def display_name(text: object) -> str:
    """Check a run's display name; raises InvalidValue."""
    return _name("run name", text, frozenset())


def alias(text: object) -> str:
    """Check an artifact alias; raises InvalidValue."""
    name = _name("alias", text, _ALIAS_FORBIDDEN)
    if _VERSION.fullmatch(name):
        raise InvalidValue(f"alias {name!r} would be a version's number; choose another name")
    return name


def artifact_name(text: object) -> str:
    """Check the name of a collection of artifacts; raises InvalidValue."""
    # Tables are logged under "run-", the run's id, "-" and the key.
    return _name("artifact", text, _ALIAS_FORBIDDEN | {"\\"}, 2 * MAX_NAME_CHARS)


def artifact_type(text: object) -> str:
    """Check a type of artifacts; raises InvalidValue."""
    return _name("artifact type", text, _ALIAS_FORBIDDEN | {"\\"})


def _name(noun: str, text: object, forbidden: frozenset[str], limit: int = MAX_NAME_CHARS) -> str:
    if not issubclass(type(text), str):
        raise InvalidValue(f"{noun} must be text, not {kind_of(text)} {shorten(text)}")
    name = unicodedata.normalize("NFC", str.__str__(cast(str, text)))
    if not name.strip():
        raise InvalidValue(f"{noun} is empty")
    if len(name) > limit:
        raise InvalidValue(f"{noun} {shorten(name)} has {len(name)} characters; at most {limit} are allowed")
    if name in (".", ".."):
        raise InvalidValue(f"{noun} can't be {name!r}")
    bad = sorted((set(name) & forbidden) | (set(name) & _LOOKALIKE_SLASHES if forbidden else set()))
    if bad:
        raise InvalidValue(f"{noun} {shorten(name)} has {' '.join(bad)}, which names can't hold; use '-' or '_'")
    if _CONTROL.search(name) or _BIDI.search(name):
        raise InvalidValue(f"{noun} {shorten(name)} has control characters")
    return name


def key(text: object) -> str:
    """Check a metric key in dotted form; raises InvalidValue."""
    if type(text) is not str:
        if not issubclass(type(text), str):
            raise InvalidValue(f"key must be text, not {kind_of(text)} {shorten(text)}")
        text = str.__str__(cast(str, text))
    if not text:
        raise InvalidValue("key is empty")
    if _CONTROL.search(text):
        raise InvalidValue(f"key {shorten(text)} has control characters")
    if len(text) > MAX_KEY_BYTES // 4 and len(text.encode()) > MAX_KEY_BYTES:
        raise InvalidValue(f"key {shorten(text)} has {len(text.encode())} bytes; at most {MAX_KEY_BYTES} are allowed")
    return text


def file_path(text: object) -> str:
    """Check the name of a run file: relative, ``/``-separated, nothing that climbs; raises InvalidValue.

    Returns:
        The path in normal form C.
    """
    if not isinstance(text, str) or not text:
        raise InvalidValue(f"file name must be text, not {shorten(text)}")
    path = unicodedata.normalize("NFC", text)
    if _CONTROL.search(path) or _BIDI.search(path):
        raise InvalidValue(f"file name {shorten(path)} has control characters")
    if "\\" in path or set(path) & _LOOKALIKE_SLASHES:
        raise InvalidValue(f"file name {shorten(path)} has a backslash or a character that looks like a slash")
    if path.startswith("/") or re.match("^[A-Za-z]:", path):
        raise InvalidValue(f"file name {shorten(path)} is absolute; it must be relative to the run's files")
    segments = path.split("/")
    if any(segment in ("", ".", "..") or segment.startswith("..;") for segment in segments):
        raise InvalidValue(f"file name {shorten(path)} has an empty, '.' or '..' part")
    if len(segments) > MAX_PATH_SEGMENTS or len(path.encode()) > MAX_PATH_BYTES - 1_024:
        raise InvalidValue(f"file name {shorten(path)} is too long")
    if any(len(segment.encode()) > MAX_PATH_SEGMENT_BYTES for segment in segments):
        raise InvalidValue(f"file name {shorten(path)} has a part of over {MAX_PATH_SEGMENT_BYTES} bytes")
    return path


def project_url(base_url: str, entity: str, project: str) -> str:
    """Give the address of a project's workspace page."""
    from urllib.parse import quote  # here, since it would cost every training process 2 ms at import

    return f"{base_url.rstrip('/')}/{quote(entity, safe='')}/{quote(project, safe='')}"


def run_url(base_url: str, entity: str, project: str, run: str) -> str:
    """Give the address of a run's page."""
    from urllib.parse import quote

    return f"{project_url(base_url, entity, project)}/runs/{quote(run, safe='')}"
