"""The one layer that every request passes before anything else sees it. Deny by default.

In this order: the host must be ours, the path must be a path, a browser's page that asks must be ours, the route must
exist and have an access rule, who asks must fit the rule, the body must be of an accepted type and within bounds.
What fails is answered here, in the error shape of ``docs/api.md``; what leaves carries the security headers.

Pure ASGI, outside the framework, so that no framework default stands before it. It must never log a key, a cookie
or a body, and never let an error of ours reach a client as more than an id.

Access rules (:func:`access`): ``public``; ``actor`` (a valid key or session); ``admin``; ``signed`` (a URL that
we issued for exactly this request). A route without a rule fails at start.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import re
import secrets
import traceback
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool

from runwell.wire.limits import KIB, MAX_JSON_BODY_BYTES, MIB

from .addresses import Addresses, check_path
from .bodies import BoundedStream, declared_length, drain, read_whole, replay
from .refusals import Refusal, encode_refusal, refusal_of
from .sessions import Sessions
from .settings import ServerSettings
from .signing import SignedAddresses

log = logging.getLogger("runwell.server")

Scope = MutableMapping[str, Any]
Headers = list[tuple[bytes, bytes]]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

RULES = frozenset({"public", "actor", "admin", "signed"})
SAFE_METHODS = frozenset({"GET", "HEAD"})
METHODS = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
PAGE_PATH = "/{path:path}"  # of the route that answers page addresses, the last one of the table
KEYED_PREFIXES = frozenset(["api", "graphql", "files", "artifacts", "artifactsV2"])
MAX_PUBLIC_BODY_BYTES = 64 * KIB  # what someone without a key may make us read
WRONG_KEY_DELAY_S = 0.25  # a wrong key is answered this late, so that trying keys is slow


def access(*rules: str) -> Callable[[Endpoint], Endpoint]:
    """Declare who may call an endpoint: any one of ``rules`` suffices.

    Use it below the route decorator (it marks the function). FastAPI routes may say
    ``openapi_extra={"access": rule}`` instead.
    """
    unknown = set(rules) - RULES
    if unknown or not rules:
        raise ValueError(f"unknown access rule {sorted(unknown)}")

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.access_rules = frozenset(rules)  # type: ignore[attr-defined]
        return endpoint

    return mark


@dataclass(frozen=True, slots=True)
class GuardedRoute:
    """One row of the route table.

    Attributes:
        path: the path pattern, for tests and docs.
        methods: HTTP methods it answers.
        rules: any of them lets a request in.
        streamed: its body goes to the route as it arrives; otherwise it is read whole before.
    """

    path: str
    pattern: re.Pattern[str]
    methods: frozenset[str]
    rules: frozenset[str]
    streamed: bool


def guarded_routes(routes: Iterable[Any]) -> list[GuardedRoute]:
    """Build the route table from framework routes (those of routers with their full paths).

    Raises:
        RuntimeError: a route has no access rule.
    """
    table: list[GuardedRoute] = []
    for route in routes:
        extra = getattr(route, "openapi_extra", None) or {}
        rules = getattr(route.endpoint, "access_rules", None) or frozenset(filter(None, [extra.get("access")]))
        if not rules or rules - RULES:
            raise RuntimeError(
                f"route {sorted(route.methods)} {route.path} has no access rule; declare one with access()"
            )
        streamed = getattr(route.endpoint, "streamed_body", False)
        table.append(GuardedRoute(route.path, route.path_regex, frozenset(route.methods), rules, streamed))
    return table


def streamed_body(endpoint: Endpoint) -> Endpoint:
    """Declare that an endpoint reads its body as it arrives (bytes of files), not as one JSON text."""
    endpoint.streamed_body = True  # type: ignore[attr-defined]
    return endpoint


class Guard:
    """The ASGI application in front of the application.

    Args:
        app: what answers the requests that pass.
        settings: of this server.
        table: every route, with its rule.
        accounts: answers ``actor_for_key(key)`` and ``actor_for_user(user_id, epoch)``.
        sessions, signed: read the other two kinds of credentials.
    """

    def __init__(
        self,
        app: Callable[..., Awaitable[None]],
        settings: ServerSettings,
        table: list[GuardedRoute],
        accounts: Any,
        sessions: Sessions,
        signed: SignedAddresses,
    ) -> None:
        self.app = app
        self.table = table
        self._addresses = Addresses(settings)
        self._accounts = accounts
        self._sessions = sessions
        self._signed = signed
        self._headers = security_headers(settings)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # no websocket route exists
            await send({"type": "websocket.close", "code": 1008})
            return
        answer = _Answer(send, receive, self._headers, scope)
        try:
            receive = await self._admit(scope, receive, answer)
            await self.app(scope, receive, answer)
        except Refusal as refusal:
            await answer.refuse(refusal)
        except ConnectionError:
            return  # the client is gone
        except asyncio.CancelledError:  # only the end of the server cancels a request
            await answer.refuse(Refusal(503, "the server is stopping; send it again", {"Retry-After": "1"}), True)
        except Exception as error:
            known = refusal_of(error)
            if known is not None:
                await answer.refuse(known)
                return
            await answer.refuse(answer_defect(scope, error))

    async def _admit(self, scope: Scope, receive: Any, answer: _Answer) -> Any:
        headers: Headers = scope["headers"]
        method: str = scope["method"]
        host = self._addresses.check_host(headers)
        target = scope.get("state", {}).get("request_target")
        if target is not None and (not target.startswith(b"/") or b"#" in target):
            raise Refusal(421, "the request line must name a path of this server")
        raw_path = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")
        path = check_path(raw_path.split(b"?", 1)[0])
        scope["path"] = path
        if method not in METHODS:
            raise Refusal(405, f"{method[:16]} is no method of this server")
        origin = self._addresses.origin(scope["scheme"], host)
        self._addresses.check_origin(headers, origin, method in SAFE_METHODS)
        state = scope.setdefault("state", {})
        state["origin"] = origin
        state["actor"] = None
        state["ask_again"] = partial(self._actor, headers, True)  # who asks, as of later: answers may last for hours

        route, allowed = self._find(path, method)
        # Below the prefixes of ours who asks is looked at first, so that someone without a key can't learn which
        # routes exist. Elsewhere clients without a key probe for what we don't have, and need a plain 404 or 405.
        missing = "actor" if path.split("/", 2)[1] in KEYED_PREFIXES else "public"
        rules = route.rules if route else frozenset({missing})
        length = declared_length(headers)
        signed = "signed" in rules and self._signed.check(method, path, scope["query_string"], length)
        if not signed:
            state["actor"] = actor = await self._actor(headers, "public" not in rules)
            if "public" not in rules:
                if actor is None:
                    raise _unauthenticated(challenge=_challenge(headers))
                if "actor" not in rules and not ("admin" in rules and actor.is_admin):
                    raise Refusal(403, "this address needs more than your key")
        if route is None:
            if allowed:
                raise Refusal(405, f"{method} is no method of this address", {"Allow": ", ".join(sorted(allowed))})
            raise Refusal(404, "there is nothing at this address")
        if method in SAFE_METHODS:
            return receive
        if route.streamed:
            answer.body = BoundedStream(receive)
            return answer.body
        _check_json(headers, length)
        limit = MAX_JSON_BODY_BYTES if state["actor"] is not None else MAX_PUBLIC_BODY_BYTES
        body = await read_whole(receive, headers, limit)
        # What the route sees is the inflated body: the headers must not say otherwise.
        scope["headers"] = [
            (name, value) for name, value in headers if name not in (b"content-encoding", b"content-length")
        ] + [(b"content-length", str(len(body)).encode())]
        return replay(body, receive)

    def _find(self, path: str, method: str) -> tuple[GuardedRoute | None, set[str]]:
        allowed: set[str] = set()
        for route in self.table:
            if route.pattern.match(path):
                # The page of last resort answers no address that is another route's.
                if method in route.methods and not (allowed and route.path == PAGE_PATH):
                    return route, allowed
                allowed |= route.methods
        return None, allowed

    async def _actor(self, headers: Headers, required: bool) -> Any:
        credentials = [value for name, value in headers if name == b"authorization"]
        if len(credentials) > 1:
            raise _unauthenticated()
        if credentials:
            key = read_key(credentials[0])
            actor = await run_in_threadpool(self._accounts.actor_for_key, key) if key else None
            if actor is None:
                await asyncio.sleep(WRONG_KEY_DELAY_S)
                raise _unauthenticated("this server does not know the API key it was given")
            return actor
        session = self._sessions.read(headers)
        if session is None:
            return None
        return await run_in_threadpool(self._accounts.actor_for_user, *session)


def read_key(authorization: bytes) -> str | None:
    """Give the API key of an Authorization header: ``Bearer KEY``, or Basic with user ``api``; None: neither."""
    scheme, _, rest = authorization.decode("latin-1").strip().partition(" ")
    rest = rest.strip()
    if scheme.lower() == "bearer":
        key = rest
    elif scheme.lower() == "basic":
        try:
            user, _, key = base64.b64decode(rest, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, ValueError):
            return None
        if user != "api":
            return None
    else:
        return None
    return key if 40 <= len(key) <= 512 and key.isascii() and not re.search(r"\s", key) else None


def security_headers(settings: ServerSettings) -> Headers:
    """Give the headers that every answer carries; a route's own Content-Security-Policy replaces the one here."""
    ancestors = ["'self'", *settings.notebook_origins]
    if settings.is_loopback:
        ancestors += ["http://localhost:*", "http://127.0.0.1:*"]
    policy = (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        "frame-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors {' '.join(ancestors)}"
    )
    return [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"referrer-policy", b"no-referrer"),
    ]


def answer_defect(scope: Scope, error: Exception) -> Refusal:
    """Log an error of ours, once a request, and give what the client hears of it: an id."""
    state = scope.setdefault("state", {})
    if "defect" not in state:
        state["defect"] = log_defect(scope, error)
    return Refusal(500, f"the server failed; its log has the details under {state['defect']}")


def log_defect(scope: Scope, error: BaseException) -> str:
    """Log an error of ours, without what the request held, and give the id that the answer names."""
    error_id = secrets.token_hex(6)
    text = "".join(traceback.format_exception(error))
    # SQL errors quote their parameters: names, configs, console lines of users.
    text = re.sub(r"\[parameters: .*", "[parameters: ***]", text)
    for name, value in scope.get("headers", ()):
        if name in (b"authorization", b"cookie"):
            secret = value.decode("latin-1")
            for part in {secret, secret.partition(" ")[2], read_key(value) or ""} - {""}:
                text = text.replace(part, "***")
    log.error("defect %s in %s %s\n%s", error_id, scope.get("method"), scope.get("path"), text)
    return error_id


def _challenge(headers: Headers) -> str:
    # A page asks with its session: at a Basic challenge the browser would put a window of its own over it.
    from_page = any(name == b"sec-fetch-mode" and value != b"navigate" for name, value in headers)
    return 'Session realm="runwell"' if from_page else _BASIC


_BASIC = 'Basic realm="runwell", charset="UTF-8"'


def _unauthenticated(what: str = "an API key is needed", challenge: str = _BASIC) -> Refusal:
    return Refusal(
        401,
        f"{what}; `runwell key` prints the local one, `runwell open` opens the page logged in",
        {"WWW-Authenticate": challenge},
    )


def _check_json(headers: Headers, length: int | None) -> None:
    chunked = any(name == b"transfer-encoding" for name, _ in headers)
    if not length and not chunked:
        return
    types = [value for name, value in headers if name == b"content-type"]
    if len(types) != 1 or types[0].split(b";", 1)[0].strip().lower() != b"application/json":
        raise Refusal(415, "the body must be JSON, with Content-Type: application/json")


def _has_large_body(headers: Headers) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and not (value.isdigit() and int(value) <= MIB))
        for name, value in headers
    )


class _Answer:
    """The ``send`` that routes get: adds the security headers, and puts a refused body in place of their answer."""

    def __init__(self, send: Any, receive: Any, headers: Headers, scope: Scope) -> None:
        self._send = send
        self._receive = receive
        self._headers = headers
        self._scope = scope
        self.started = False
        self.body: BoundedStream | None = None
        self._muted = False

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if self._muted:
            return
        if message["type"] == "http.response.start":
            if self.body is not None and self.body.refusal is not None:
                refusal = self.body.refusal
                await self.refuse(refusal)
                self._muted = True
                return
            self.started = True
            given: Headers = list(message.get("headers", []))
            present = {name.lower() for name, _ in given}
            given += [(name, value) for name, value in self._headers if name not in present]
            if b"cache-control" not in present:
                given.append((b"cache-control", b"no-store"))
            message = {**message, "headers": given}
        await self._send(message)

    async def refuse(self, refusal: Refusal, at_once: bool = False) -> None:
        """Answer with a refusal if nothing was answered yet; what is left of a large body is read, or not (at once)."""
        if self.started:
            return
        body = encode_refusal(refusal.status, refusal.message, self._scope.get("path", ""))
        headers: Headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        headers += [
            (name.lower().encode(), value.encode("latin-1", "replace")) for name, value in refusal.headers.items()
        ]
        unread = refusal.status in (408, 413) or _has_large_body(self._scope["headers"])
        if unread:
            headers.append((b"connection", b"close"))
        saved, self.body = self.body, None
        await self({"type": "http.response.start", "status": refusal.status, "headers": headers})
        if unread and not at_once:
            await drain(self._receive)
        await self({"type": "http.response.body", "body": b"" if self._scope["method"] == "HEAD" else body})
        self.body = saved
