"""How the server says no: one JSON shape for every error, at most 1 KiB, whoever raised it.

``{"error": what happened and what to do next, "code": one word}``. Texts may quote the request (shortened, as JSON);
they are never HTML and never a traceback.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from runwell.wire.errors import InvalidValue, RunwellError
from runwell.wire.limits import MAX_ERROR_BYTES, MAX_RETRY_AFTER_S

GRAPHQL_PATH = "/graphql"

CODES = {
    400: "invalid",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method",
    408: "timeout",
    409: "conflict",
    411: "length_required",
    413: "too_large",
    415: "media_type",
    416: "range",
    421: "wrong_host",
    422: "invalid",
    429: "busy",
    431: "too_large",
    500: "internal",
    503: "busy",
    507: "disk_full",
}


class Refusal(Exception):
    """A request that goes no further.

    Args:
        status: HTTP status.
        message: one sentence for the person or program that asked.
        headers: further response headers.
    """

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})


def encode_refusal(status: int, message: str, path: str = "") -> bytes:
    """Encode an error answer; a long message is cut so that the answer stays within ``MAX_ERROR_BYTES``.

    Args:
        path: what was asked; clients of ``/graphql`` show the words that stand under ``errors`` there, no others.
    """
    code = CODES.get(status, "invalid" if status < 500 else "internal")
    text = message.encode("utf-8", "replace").decode()
    while len(body := orjson.dumps(_said(text, code, path))) > MAX_ERROR_BYTES:
        text = text[: max(1, len(text) * MAX_ERROR_BYTES // (len(body) + 64))] + "…"
    return body


def _said(text: str, code: str, path: str) -> dict[str, object]:
    said: dict[str, object] = {"error": text, "code": code}
    return {"data": None, "errors": [{"message": text}], **said} if path == GRAPHQL_PATH else said


def refusal_of(error: Exception) -> Refusal | None:
    """Translate an error of the domain into what HTTP says; None: it is a defect of ours."""
    from .domain import access

    if isinstance(error, Refusal):
        return error
    if not isinstance(error, RunwellError):
        return None
    message = str(error)
    for kind, status in (
        ("NotFound", 404),
        ("Forbidden", 403),
        ("Conflict", 409),
        ("DiskFull", 507),
        ("Busy", 503),
    ):
        known = getattr(access, kind, None)
        if known is not None and isinstance(error, known):
            headers = {"Retry-After": str(min(MAX_RETRY_AFTER_S, 5))} if status == 503 else {}
            return Refusal(status, message, headers)
    if isinstance(error, InvalidValue):
        return Refusal(400, message)
    return None
