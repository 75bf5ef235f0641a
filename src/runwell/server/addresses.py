"""Where a request was sent and what it names: Host, Origin and path, taken apart and checked. Pure.

Hosts are parsed, never matched as patterns: ``10.evil.com`` is a name, not an address. A literal address can't be
rebound by a foreign DNS server, so a server bound to every address accepts any literal; names must be configured.

Paths are decoded exactly once, segment by segment, so that an encoded slash never becomes a separator.

Source: RFC 9110 section 7.2 (Host), RFC 3986 section 2.4 (decode once), Fetch standard (Origin, Sec-Fetch-Site).
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from runwell.wire.limits import MAX_PATH_BYTES, MAX_PATH_SEGMENT_BYTES, MAX_PATH_SEGMENTS

from .refusals import Refusal
from .settings import ServerSettings

_HOST = re.compile(r"^(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9_.-]+))(?::(?P<port>[0-9]{1,5}))?$")
_FORBIDDEN_IN_SEGMENT = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff/\\\\"  # controls, separators
    "\\u2215\\u2044\\uff0f\\uff3c\\u29f8\\uff0e\\u2024"  # what looks like a slash or a dot
    "\\u202a-\\u202e\\u2066-\\u2069]"  # what turns the direction of text
)
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_RAW_PATH = re.compile(rb"^/[\x21-\x7e]*$")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")


class Addresses:
    """Which hosts and origins are ours.

    Args:
        settings: of this server.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._wildcard = settings.is_wildcard
        self._base_url = settings.base_url
        names = {"localhost", *(name.lower() for name in settings.hosts)}
        literals = set()
        for name in (settings.host, urlsplit(settings.base_url).hostname if settings.base_url else None):
            if not name:
                continue
            try:
                literals.add(ipaddress.ip_address(name))
            except ValueError:
                names.add(name.lower())
        self._names = frozenset(names)
        self._literals = frozenset(literals)

    def check_host(self, headers: list[tuple[bytes, bytes]]) -> str:
        """Give the ``host[:port]`` the request was sent to.

        Raises:
            Refusal: 421, it names no host of ours, none, or several.
        """
        found = [value for name, value in headers if name == b"host"]
        if len(found) != 1:
            raise Refusal(421, "the request must name one host")
        text = found[0].decode("latin-1")
        parsed = _HOST.match(text)
        if parsed is None or (parsed["port"] and int(parsed["port"]) > 65535):
            raise Refusal(421, "the Host header is not an address")
        if not self._is_ours(parsed["six"] or parsed["name"]):
            raise Refusal(
                421,
                "this server does not answer under that host name; start it with --name or --base-url to allow it",
            )
        return text.lower()

    def _is_ours(self, host: str) -> bool:
        try:
            literal = ipaddress.ip_address(host)
        except ValueError:
            return host.lower() in self._names
        return literal.is_loopback or self._wildcard or literal in self._literals

    def origin(self, scheme: str, host: str) -> str:
        """Give our own origin as a browser that sent ``host`` writes it."""
        if self._base_url and urlsplit(self._base_url).netloc == host:
            return self._base_url
        return f"{scheme}://{host}"

    def check_origin(self, headers: list[tuple[bytes, bytes]], origin: str, safe: bool) -> None:
        """Let only our own pages, or programs that are no browsers, make requests.

        Args:
            origin: ours, from :meth:`origin`.
            safe: the method reads only; a link from elsewhere may then be followed.

        Raises:
            Refusal: 403.
        """
        for name, value in headers:
            if name == b"origin" and value.decode("latin-1").lower() != origin:
                raise Refusal(403, "requests from pages of another origin are refused")
            if name == b"sec-fetch-site" and not safe and value not in (b"same-origin", b"none"):
                raise Refusal(403, "requests from pages of another site are refused")


def check_path(raw_path: bytes) -> str:
    """Decode a request path once and check every segment.

    Args:
        raw_path: as it stood in the request line, without the query.

    Returns:
        The decoded path; its only slashes are those of ``raw_path``.

    Raises:
        Refusal: 400, it climbs, is empty in the middle, is not UTF-8, is too long, or holds what names can't.
    """
    if len(raw_path) > MAX_PATH_BYTES or not _RAW_PATH.match(raw_path) or _BAD_ESCAPE.search(raw_path):
        raise Refusal(400, "the path is not a path")
    segments = raw_path[1:].split(b"/")
    if len(segments) > MAX_PATH_SEGMENTS + 8:
        raise Refusal(400, f"the path has over {MAX_PATH_SEGMENTS + 8} parts")
    decoded = [_decode_segment(segment) for segment in segments[:-1]]
    decoded.append(_decode_segment(segments[-1]) if segments[-1] else "")
    return "/" + "/".join(decoded)


def _decode_segment(segment: bytes) -> str:
    data = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), segment)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(400, "the path is not UTF-8") from None
    # "..;" is how some servers are made to climb past a proxy's check; "...." is a name that filters cut to "..".
    if text.strip(" .") == "" or text.split(";", 1)[0] in (".", "..") or _FORBIDDEN_IN_SEGMENT.search(text):
        raise Refusal(400, "the path has an empty or climbing part, or a character that names can't hold")
    if len(data) > MAX_PATH_SEGMENT_BYTES and len(text) > 128:
        raise Refusal(400, f"a part of the path is longer than {MAX_PATH_SEGMENT_BYTES} bytes")
    return text
