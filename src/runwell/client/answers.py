"""What an answer means: done, try again later, or never.

An answer counts only if it is ours: a 2xx with a JSON object in it. A captive portal's page, a
redirect, half a document: all of these are "try again", because none of them says that the server
has what was sent. Pure functions; the requests themselves are made in ``connection``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import Any

from runwell.wire.errors import AuthenticationError, CommunicationError, InvalidValue, shorten
from runwell.wire.limits import OBEYED_RETRY_AFTER_S
from runwell.wire.numbers import decode_extended

# The same request would be refused for ever: the official client doesn't repeat these either.
PERMANENT_STATUSES = frozenset({400, 402, 404, 405, 409, 410, 413, 414, 415, 421, 422, 501})


def parse_retry_after(text: str | None, now: float) -> float | None:
    """Read a ``Retry-After`` header: seconds or an HTTP date.

    Returns:
        Seconds to wait, between 0 and ``OBEYED_RETRY_AFTER_S``; None if it says nothing usable
        (a negative number, words), so that the caller's own backoff holds.
    """
    if not text:
        return None
    text = text.strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            when = parsedate_to_datetime(text)
        except (TypeError, ValueError):
            return None
        if when.tzinfo is None:
            when = when.replace(tzinfo=timezone.utc)
        return min(max(0.0, when.timestamp() - now), OBEYED_RETRY_AFTER_S)
    if not seconds >= 0:  # negative, NaN
        return None
    return min(seconds, OBEYED_RETRY_AFTER_S)


def read_answer(
    status: int, headers: Mapping[str, str], body: bytes, *, server: str, now: float, reason: str = ""
) -> dict[str, Any]:
    """Turn an HTTP answer into the JSON object in it.

    Args:
        status: the HTTP status.
        headers: case-insensitive.
        body: inflated.
        server: the address, for messages.
        now: seconds since the epoch, for ``Retry-After`` dates.

    Raises:
        AuthenticationError: 401 or 403; the message says what to do.
        CommunicationError: everything else that isn't an acknowledgement; ``retryable`` tells.
    """
    document = _json_object(body)
    if 200 <= status < 300:
        if document is None:
            kind = headers.get("content-type", "no content type")
            raise CommunicationError(
                f"{server} answered {status} with {kind} {shorten(body[:200])}, which isn't a Runwell server's answer; "
                "a proxy or login page may stand between",
                retryable=True,
                status=status,
            )
        return document
    said = _error_text(document) or reason or f"HTTP {status}"
    if status == 401:
        raise AuthenticationError(
            f"{server} doesn't know the API key; run `runwell login {server}` or set RUNWELL_API_KEY",
            status=status,
        )
    if status == 403:
        raise AuthenticationError(
            f"{server} refuses this API key ({said}); use a key that may write there: `runwell login {server}`",
            status=status,
        )
    if 300 <= status < 400:
        raise CommunicationError(
            f"{server} redirects to {shorten(headers.get('location', '?'))}; if that is the server's new address, "
            "set RUNWELL_BASE_URL to it",
            retryable=True,
            status=status,
        )
    # A permanent refusal must come from our own server: an intermediary's 404 page is weather.
    permanent = status in PERMANENT_STATUSES and document is not None and _error_text(document) is not None
    raise CommunicationError(
        f"{server} answered {status}: {said}",
        retryable=not permanent,
        retry_after_s=parse_retry_after(headers.get("retry-after"), now),
        status=status,
    )


def read_graphql(answer: Mapping[str, Any], server: str) -> dict[str, Any]:
    """Give the ``data`` of a GraphQL answer.

    Raises:
        CommunicationError: it holds errors (permanent), or is no GraphQL answer (retryable).
    """
    errors = answer.get("errors")
    if isinstance(errors, list) and errors:
        first = errors[0]
        said = first.get("message") if isinstance(first, dict) else None
        raise CommunicationError(f"{server} says: {said or shorten(errors)}", status=200)
    data = answer.get("data")
    if not isinstance(data, dict):
        raise CommunicationError(
            f"{server} answered {shorten(dict(answer))}, which isn't a GraphQL answer", retryable=True, status=200
        )
    return data


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        document = decode_extended(body)
    except InvalidValue:
        return None
    return document if isinstance(document, dict) else None


def _error_text(document: Mapping[str, Any] | None) -> str | None:
    if document is None:
        return None
    said = document.get("error")
    if isinstance(said, str):
        return said
    errors = document.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        message = errors[0].get("message")
        return message if isinstance(message, str) else None
    return None
