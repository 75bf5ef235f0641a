"""What a logged file is served as: an allow-list by extension, never what the uploader claimed. Pure.

Everything else is a download of unknown bytes. Active types (HTML, SVG, PDF) are served too, in a sandbox that the
browser enforces (``FILE_POLICY``): no scripts with our origin, no network.

Source: reliability page, X4-X6; RFC 8187 (file names in headers).
"""

from __future__ import annotations

import mimetypes
from urllib.parse import quote

_KNOWN = mimetypes.MimeTypes()  # Python's own list, not the machine's
UNKNOWN = "application/octet-stream"

_INLINE = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "svg": "image/svg+xml",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "ogv": "video/ogg",
    "txt": "text/plain; charset=utf-8",
    "log": "text/plain; charset=utf-8",
    "md": "text/plain; charset=utf-8",
    "csv": "text/plain; charset=utf-8",
    "tsv": "text/plain; charset=utf-8",
    "py": "text/plain; charset=utf-8",
    "sh": "text/plain; charset=utf-8",
    "toml": "text/plain; charset=utf-8",
    "cfg": "text/plain; charset=utf-8",
    "ini": "text/plain; charset=utf-8",
    "patch": "text/plain; charset=utf-8",
    "diff": "text/plain; charset=utf-8",
    "yaml": "text/plain; charset=utf-8",
    "yml": "text/plain; charset=utf-8",
    "json": "application/json",
    "jsonl": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
}

FILE_POLICY = (
    "sandbox allow-scripts; default-src 'none'; img-src data: blob:; media-src data: blob:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; font-src data:; frame-ancestors 'self'"
)
"""Content-Security-Policy of an HTML file: its scripts run in an origin of their own, with no way to the network."""

INERT_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
"""Content-Security-Policy of every other file: nothing in it runs."""


def listed_type(path: str) -> str:
    """Give the media type that a listing says; what is served may be tamer."""
    return _KNOWN.guess_type(path)[0] or media_type(path).partition(";")[0]


def media_type(path: str) -> str:
    """Give the media type a file is served as."""
    return _INLINE.get(_extension(path), UNKNOWN)


def policy(path: str) -> str:
    """Give the Content-Security-Policy a file is served with."""
    return FILE_POLICY if _extension(path) == "html" else INERT_POLICY


def disposition(path: str, download: bool) -> str:
    """Give the Content-Disposition of a file.

    Args:
        download: the asker wants a download, whatever the type.
    """
    name = path.rsplit("/", 1)[-1]
    kind = "attachment" if download or media_type(path) == UNKNOWN else "inline"
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _extension(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""
