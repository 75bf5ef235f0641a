"""``POST /graphql``: one document, one answer; limits in front, the domain behind.

A query that can't be answered is final for the official client when it arrives as ``errors`` with status 200, and is
tried again for minutes when it arrives as a 5xx: so only what may go better later (busy, disk full) is a 5xx.
"""

from __future__ import annotations

from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType, execute_sync
from graphql.language import DocumentNode
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from runwell.server.guard import access, log_defect
from runwell.server.refusals import Refusal, refusal_of
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.numbers import decode_extended, replace_surrogates

from .documents import DocumentRefused, Documents

MAX_MESSAGE_CHARS = 500


class GraphQLEndpoint:
    """Answers documents of one schema.

    Args:
        schema: the executable schema.
    """

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._documents = Documents(schema)

    @access("actor")
    async def answer(self, request: Request) -> Response:
        """Execute the document in the body: ``{"query", "variables"?, "operationName"?}``."""
        body = await request.body()
        context = {
            "state": request.app.state,
            "actor": request.state.actor,
            "origin": request.app.state.settings.base_url or request.state.origin,
            "scope": request.scope,
        }
        status, answer, headers = await run_in_threadpool(self._answer, body, context)
        return Response(answer, status, headers, media_type="application/json")

    def _answer(self, body: bytes, context: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
        try:
            text, variables, name = read_request(body)
            document = self._documents.read(text)
        except (InvalidValue, DocumentRefused) as error:
            return 400, _errors(str(error)), {}
        if not _has_operation(document, name):
            return 400, _errors("the body must say by operationName which operation is meant"), {}
        result = execute_sync(
            self._schema, document, context_value=context, variable_values=variables, operation_name=name
        )
        assert isinstance(result, ExecutionResult)
        return _encode(result, context, may_be_null=not _is_mutation(document, name))


def read_request(body: bytes) -> tuple[str, dict[str, Any], str | None]:
    """Take a request body apart.

    Returns:
        Document text, variables, operation name.

    Raises:
        InvalidValue: it is not one GraphQL request.
    """
    request = decode_extended(body)
    if not isinstance(request, dict):
        raise InvalidValue("the body must be one GraphQL request; batches are not taken")
    text, variables, name = request.get("query"), request.get("variables"), request.get("operationName")
    if not isinstance(text, str) or not text.strip():
        raise InvalidValue("the body has no query")
    if variables is not None and not isinstance(variables, dict):
        raise InvalidValue(f"variables must be an object, not {shorten(variables)}")
    if name is not None and not isinstance(name, str):
        raise InvalidValue("operationName must be text")
    if b"\\u" not in body:
        return text, variables or {}, name or None
    # Half a character, as JSON can write it, is no text that a database takes.
    return replace_surrogates(text), _whole(variables or {}), name or None


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, dict):
        return {replace_surrogates(key): _whole(inner) for key, inner in value.items()}
    return [_whole(inner) for inner in value] if isinstance(value, list) else value


def _has_operation(document: DocumentNode, name: str | None) -> bool:
    found = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    chosen = [node for node in found if name is None or (node.name is not None and node.name.value == name)]
    return len(chosen) == 1 and chosen[0].operation is not OperationType.SUBSCRIPTION


def _is_mutation(document: DocumentNode, name: str | None) -> bool:
    return any(
        isinstance(node, OperationDefinitionNode)
        and node.operation is OperationType.MUTATION
        and (name is None or (node.name is not None and node.name.value == name))
        for node in document.definitions
    )


def _encode(result: ExecutionResult, context: dict[str, Any], may_be_null: bool) -> tuple[int, bytes, dict[str, str]]:
    messages: list[dict[str, Any]] = []
    for error in result.errors or ():
        cause = _cause(error)
        if cause is None or (error.path is None and isinstance(cause, InvalidValue)):
            # The engine's own words; of a variable that isn't what it should be they say which one it is.
            messages.append({"message": error.message[:MAX_MESSAGE_CHARS], "path": error.path})
            continue
        known = refusal_of(cause)
        if known is None:
            error_id = log_defect(context["scope"], cause)
            known = Refusal(500, f"the server failed; its log has the details under {error_id}")
        elif known.status in (503, 507):
            return known.status, _errors(known.message), known.headers
        messages.append({"message": known.message[:MAX_MESSAGE_CHARS], "path": error.path})
    if not messages and not may_be_null and any(payload is None for payload in (result.data or {}).values()):
        # The official client's core ends at a payload that is null without an error.
        messages.append({"message": "the server has no answer to this", "path": None})
    answer: dict[str, Any] = {"data": result.data}
    if messages:
        answer["errors"] = messages
    return 200, orjson.dumps(answer), {}


def _cause(error: GraphQLError) -> Exception | None:
    """Give what a resolver or scalar raised; None: the engine found the fault itself."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _errors(message: str) -> bytes:
    return orjson.dumps({"data": None, "errors": [{"message": message[:MAX_MESSAGE_CHARS]}], "error": message[:200]})
