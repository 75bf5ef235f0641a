"""One server, spoken to over HTTP: the only module of the package that imports httpx.

Every request is bounded: 10 s to connect, ``IDLE_ANSWER_S`` of silence, ``ANSWER_TOTAL_S`` in all, and
``MAX_ANSWER_BYTES``. Redirects are never followed, so credentials never reach another host. Proxies
are taken from the environment, except for this machine's own addresses.
"""

from __future__ import annotations

import base64
import re
import sys
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import orjson

from runwell.wire.errors import CommunicationError, ServerUnreachable, shorten
from runwell.wire.limits import ASK_TIMEOUT_S, IDLE_ANSWER_S, JSON_BODY_TOTAL_S, KIB, MAX_ANSWER_BYTES
from runwell.wire.numbers import encode_extended

from .addresses import is_loopback, origin, reachable_url
from .answers import read_answer, read_graphql

ANSWER_TOTAL_S = JSON_BODY_TOTAL_S  # an answer that drips in byte by byte ends here
COMPRESS_BYTES = 16 * KIB  # smaller bodies gain nothing
FILE_CHUNK_BYTES = 256 * KIB


class Connection:
    """A server, and the key that we have for it.

    Args:
        base_url: ``http://host:port`` or ``https://…``, a path prefix allowed.
        api_key: None: only routes that need no key will answer.
        idle_s: seconds of silence after which a request is given up.

    Guarantee: a method returns only with an answer that is the server's own JSON; everything else
    raises :class:`~runwell.wire.errors.CommunicationError` with ``retryable`` set.
    Thread-safe: several threads may ask at once.
    """

    def __init__(self, base_url: str, api_key: str | None, *, idle_s: float = IDLE_ANSWER_S) -> None:
        self.base_url = base_url.strip().rstrip("/")
        self.origin = origin(self.base_url)
        self._compress = not is_loopback(self.base_url)
        self._headers = {"User-Agent": f"runwell/{_version()}", "Accept": "application/json"}
        if api_key:
            token = base64.b64encode(f"api:{api_key}".encode()).decode()
            self._headers["Authorization"] = f"Basic {token}"
        self._timeout = httpx.Timeout(idle_s, connect=min(ASK_TIMEOUT_S, idle_s))
        self._clients: dict[str, httpx.Client] = {}

    def close(self) -> None:
        """Close every kept connection."""
        for client in list(self._clients.values()):
            client.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def graphql(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Run a GraphQL operation; returns its ``data``."""
        body = encode_extended({"query": document, "variables": dict(variables)})
        return read_graphql(self._ask("POST", "/graphql", body), self.base_url)

    def file_stream(self, entity: str, project: str, run: str, body: Mapping[str, Any], writer: str) -> dict[str, Any]:
        """Send one file_stream request of a writer (a journal's id); returns the answer.

        Guarantee: returned means acknowledged; raised means that the server may or may not have it.
        """
        path = f"/files/{quote(entity, safe='')}/{quote(project, safe='')}/{quote(run, safe='')}/file_stream"
        headers = {"X-Wandb-Use-Async-Filestream": "true", "X-Wandb-Async-Client-Id": writer}
        return self._ask("POST", path, orjson.dumps(body), headers)

    def get_json(self, path: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """GET a JSON object."""
        return self._ask("GET", path + _query(params), None)

    def send_json(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST or PATCH a JSON object; returns the answer's (empty for 204)."""
        return self._ask(method, path, encode_extended(dict(body)))

    def put(self, url: str, chunks: Iterable[bytes], size_bytes: int, headers: Mapping[str, str]) -> None:
        """PUT bytes to an address that the server issued; no credentials are sent, the address carries its own.

        Args:
            url: as issued; an address that calls itself loopback is reached by ours (``reachable_url``).
            chunks: ``size_bytes`` bytes in all.
            headers: those that the server listed.

        Raises:
            CommunicationError: no 2xx came back.
        """
        target = reachable_url(url, self.base_url)
        sent = {"User-Agent": self._headers["User-Agent"], "Content-Length": str(size_bytes), **headers}
        with self._exchange("PUT", target, sent, chunks) as answer:
            body = _bounded(answer)
            if not 200 <= answer.status_code < 300:
                read_answer(
                    answer.status_code, answer.headers, body, server=origin(target), now=time.time(),
                    reason=answer.reason_phrase,
                )  # fmt: skip

    def stream(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = "*/*",
        body: Mapping[str, Any] | None = None,
        first_byte: int = 0,
    ) -> Iterator[bytes]:
        """Read a long answer piece by piece, without a bound on its size: a GET, or with a body a POST.

        Args:
            path: on this server, or an address that it issued, which is asked without credentials.
            first_byte: where to begin; what an answer has before it is left out.

        Raises:
            CommunicationError: it failed, or ended early.
        """
        url, headers = self.base_url + path, {**self._headers, "Accept": accept}
        if "://" in path[:8]:
            url = reachable_url(path, self.base_url)
            headers.pop("Authorization", None)
        if first_byte:
            headers |= {"Range": f"bytes={first_byte}-", "Accept-Encoding": "identity"}
        content = None
        if body is not None:
            content = encode_extended(dict(body))
            headers["Content-Type"] = "application/json"
        method = "GET" if content is None else "POST"
        with self._exchange(method, url + _query(params), headers, content) as answer:
            if not 200 <= answer.status_code < 300:
                read_answer(
                    answer.status_code,
                    answer.headers,
                    _bounded(answer),
                    server=self.base_url,
                    now=time.time(),
                    reason=answer.reason_phrase,
                )
            before = first_byte if answer.status_code != 206 else 0
            for piece in answer.iter_bytes():
                if before < len(piece):
                    yield piece[before:]
                before = max(0, before - len(piece))

    def _ask(
        self, method: str, path: str, body: bytes | None, extra: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        headers = {**self._headers, **(extra or {})}
        if body is not None:
            headers["Content-Type"] = "application/json"
            if self._compress and len(body) >= COMPRESS_BYTES:
                packer = zlib.compressobj(1, zlib.DEFLATED, 31)  # 31: gzip framing
                body = packer.compress(body) + packer.flush()
                headers["Content-Encoding"] = "gzip"
        with self._exchange(method, self.base_url + path, headers, body) as answer:
            received = _bounded(answer)
            if answer.status_code == 204:
                return {}
            return read_answer(
                answer.status_code, answer.headers, received, server=self.base_url, now=time.time(),
                reason=answer.reason_phrase,
            )  # fmt: skip

    @contextmanager
    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | Iterable[bytes] | None
    ) -> Iterator[httpx.Response]:
        server = origin(url)
        # "from None": the sentence says it all, and a user's screen isn't filled with the HTTP client's insides.
        try:
            with self._client(server).stream(method, url, headers=dict(headers), content=content) as answer:
                yield answer
        except httpx.ConnectError as error:
            cause = re.sub(r"^\[Errno -?\d+\] ", "", str(error)) or type(error).__name__
            raise ServerUnreachable(f"nothing answers at {server} ({cause.lower()})", retryable=True) from None
        except httpx.ConnectTimeout:
            raise ServerUnreachable(f"{server} doesn't accept a connection", retryable=True) from None
        except httpx.TimeoutException as error:
            raise CommunicationError(f"{server} fell silent ({type(error).__name__})", retryable=True) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            text = str(error) or type(error).__name__
            raise CommunicationError(
                f"the connection to {server} broke: {shorten(text, 200)}", retryable=True
            ) from None

    def _client(self, server: str) -> httpx.Client:
        client = self._clients.get(server)
        if client is None:
            # Certificates cost 25 ms and memory: loaded for https alone.
            client = self._clients[server] = httpx.Client(
                verify=server.startswith("https:") or _proxy_for(server) is not None,
                trust_env=False,
                proxy=_proxy_for(server),
                follow_redirects=False,
                timeout=self._timeout,
                limits=httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=30.0),
            )
        return client


def _bounded(answer: httpx.Response) -> bytes:
    """Read an answer within its bounds of bytes and time."""
    deadline = time.monotonic() + ANSWER_TOTAL_S
    received = bytearray()
    for piece in answer.iter_bytes():
        received += piece
        if len(received) > MAX_ANSWER_BYTES:
            raise CommunicationError(f"an answer of over {MAX_ANSWER_BYTES:,} bytes", retryable=True)
        if time.monotonic() > deadline:
            raise CommunicationError(f"an answer took over {ANSWER_TOTAL_S:.0f} s", retryable=True)
    return bytes(received)


def _proxy_for(server: str) -> str | None:
    """Give the proxy that the environment names for a server; never one for this machine."""
    if is_loopback(server):
        return None
    from urllib.request import getproxies_environment, proxy_bypass_environment  # pyright: ignore[reportAttributeAccessIssue]

    parts = urlsplit(server)
    proxies = getproxies_environment()
    if proxy_bypass_environment(parts.netloc, proxies):
        return None
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _query(params: Mapping[str, str] | None) -> str:
    if not params:
        return ""
    return "?" + "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in params.items())


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"{version('runwell')} python/{sys.version_info.major}.{sys.version_info.minor}"
    except PackageNotFoundError:
        return "0"
