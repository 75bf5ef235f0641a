"""The SDK's few questions to a server: is there such a run, is this key good.

The only module of this room that imports the HTTP client, when first used. Each question is bounded by
``ASK_TIMEOUT_S``.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import orjson

from runwell.wire.errors import AuthenticationError, CommunicationError, InvalidValue, ServerUnreachable, UsageError
from runwell.wire.limits import ASK_TIMEOUT_S
from runwell.wire.numbers import decode_extended, flatten

from .farewell import how_to_reach
from .notices import say
from .past import Past
from .settings import resolve


def past_of(base_url: str, entity: str | None, project: str, run_id: str, must: bool) -> Past | None:
    """Ask a server what it knows of a run that is to be resumed; None if it has no such run.

    Args:
        must: an answer is needed; without it an unreachable server counts as one that has no such run.

    Raises:
        CommunicationError: ``must``, and no usable answer came.
    """
    from runwell.client.connection import Connection
    from runwell.client.credentials import key_for
    from runwell.client.documents import RUN_RESUME_STATUS

    try:
        with Connection(base_url, key_for(base_url), idle_s=ASK_TIMEOUT_S) as connection:
            variables = {"project": project, "entity": entity, "name": run_id}
            answer = connection.graphql(RUN_RESUME_STATUS, variables)
    except CommunicationError as error:
        if must:
            if isinstance(error, ServerUnreachable):
                raise ServerUnreachable(f"{error}; resume='must' needs its answer: {how_to_reach(base_url)}") from None
            raise
        say(f"warning: whether run {run_id} exists already can't be asked ({error}); it goes on as a new one")
        return None
    bucket = (answer.get("model") or {}).get("bucket")
    return _read_bucket(run_id, bucket) if isinstance(bucket, dict) else None


def read_run_path(text: str | None, own: tuple[str, str, str]) -> tuple[str, str, str]:
    """Read ``entity/project/run``; what is missing from the left is this run's.

    Raises:
        UsageError: it has more parts.
    """
    parts = [part for part in (text or "").strip("/").split("/") if part]
    if len(parts) > 3:
        raise UsageError(f"a run's path is entity/project/run, not {text!r}")
    return (*own[: 3 - len(parts)], *parts)  # type: ignore[return-value]


def fetch_file(base_url: str, run: tuple[str, str, str], name: str, target: str) -> bool:
    """Fetch a run's file to ``target``, whole or not at all; False if the run has none of that name.

    Raises:
        CommunicationError: the server can't be reached, or refuses.
    """
    from urllib.parse import quote

    from runwell.client.connection import Connection
    from runwell.client.credentials import key_for

    path = "/files/" + "/".join(quote(part, safe="") for part in run) + f"/{quote(name)}"
    spare = f"{target}.{os.getpid()}.partial"
    os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
    try:
        with Connection(base_url, key_for(base_url), idle_s=ASK_TIMEOUT_S) as connection, open(spare, "wb") as file:
            for piece in connection.stream(path):
                file.write(piece)
        os.replace(spare, target)
    except CommunicationError as error:
        if error.status == 404:
            return False
        raise
    finally:
        if os.path.exists(spare):
            os.unlink(spare)
    return True


def login(
    key: str | None = None,
    relogin: bool | None = None,
    host: str | None = None,
    force: bool | None = None,
    timeout: float | None = None,
    verify: bool = True,
    **others: Any,
) -> bool:
    """Keep an API key for a server, after asking the server whether it is good.

    Args:
        key: the key; without it the environment's or the one kept already is used, and with a terminal one is
            asked for.
        relogin: ask again although a key is known.
        host: the server's address; default the one of the settings.
        force: fail without a key rather than go on.
        timeout: seconds for the server's answer, at most 10.
        verify: ask the server; False only keeps the key.
        others: further arguments of the official client; they have no effect.

    Returns:
        Whether a key is known now.

    Raises:
        AuthenticationError: the server doesn't know the key.
        CommunicationError: no usable answer came.
        UsageError: ``force`` and no key, or a key that can't be one.
    """
    from runwell.client import credentials

    base_url = resolve(None, {"base_url": host}).base_url
    given = key
    if not given and not relogin:
        key = credentials.key_for(base_url)
    if not key:
        key = given = _ask_for_key(base_url)
    if not key:
        message = f"no API key for {base_url}: `runwell key` prints the local server's; runwell.login(key=…) keeps it"
        if force:
            raise UsageError(message)
        say(message)
        return False
    user = ""
    if verify:
        user = _viewer(base_url, key, min(timeout or ASK_TIMEOUT_S, ASK_TIMEOUT_S))
    if given:
        try:
            credentials.store_key(base_url, key, user)
        except InvalidValue as error:
            raise UsageError(str(error)) from None
    return True


def _viewer(base_url: str, key: str, timeout_s: float) -> str:
    from runwell.client.connection import Connection
    from runwell.client.documents import VIEWER

    with Connection(base_url, key, idle_s=timeout_s) as connection:
        viewer = connection.graphql(VIEWER, {}).get("viewer")
    if not isinstance(viewer, dict):
        raise AuthenticationError(f"{base_url} doesn't know this API key; `runwell key` prints the local server's")
    return str(viewer.get("username") or viewer.get("entity") or "")


def _ask_for_key(base_url: str) -> str | None:
    try:
        if not (sys.stdin.isatty() and sys.stderr.isatty()) or os.environ.get("CI"):
            return None
    except Exception:
        return None
    from getpass import getpass

    return getpass(f"runwell: API key for {base_url} (settings page, or `runwell key`): ").strip() or None


def _read_bucket(run_id: str, bucket: dict[str, Any]) -> Past:
    past = Past(run_id)
    past.display_name = bucket.get("displayName") or None
    past.notes = bucket.get("notes") or None
    past.tags = tuple(tag for tag in bucket.get("tags") or () if isinstance(tag, str))
    config = _json(bucket.get("config"))
    past.config = {
        key: entry["value"]
        for key, entry in (config.items() if isinstance(config, dict) else ())
        if not key.startswith("_") and isinstance(entry, dict) and "value" in entry
    }
    summary = _json(bucket.get("summaryMetrics"))
    if isinstance(summary, dict):
        past.summary.values.update(flatten(summary))
    tail = _json(bucket.get("historyTail"))
    last = _json(tail[-1]) if isinstance(tail, list) and tail else None
    if isinstance(last, dict):
        past.starting_step = int(last.get("_step", -1)) + 1
        past.runtime = float(last.get("_runtime", 0.0))
    return past


def _json(text: Any) -> Any:
    if not isinstance(text, str):
        return None
    try:
        return decode_extended(text)
    except (InvalidValue, orjson.JSONDecodeError):
        return None
