"""Every question of the schema, asked with nonsense: an answer or an error, never a failure, never nothing.

The official client's core crashes at a payload that is null without ``errors``, and asks for minutes again at a 5xx.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    is_leaf_type,
)
from graphql.type import get_named_type

from runwell.server.domain.access import Busy
from runwell.server.refusals import refusal_of
from runwell.server.routes.wandb.graphql.schema import make_schema
from runwell.wire.limits import MAX_RETRY_AFTER_S
from tests.serving import ServerProcess

from . import official

SCHEMA = make_schema()
assert SCHEMA.mutation_type and SCHEMA.query_type
MUTATIONS = sorted(SCHEMA.mutation_type.fields)


def _id(kind: str, number: object) -> str:
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


# What is put where a text is asked for.
TEXTS: dict[str, Any] = {
    "empty": "",
    "blank": " \t\n",
    "another's": "nobody-is-called-so",
    "huge": "x" * 200_000,
    "path": "../../../etc/passwd\x00",
    "surrogate": "\ud800\udfff\ud83d",
    "sql": "'; DROP TABLE run; --",
    "json list": "[]",
    "json deep": "[" * 5_000 + "]" * 5_000,
    "foreign id": _id("Run", 999_999_999),
    "huge id": _id("Project", "9" * 30),
    "wrong id": _id("Sandwich", 1),
    "number": 7,
    "truth": True,
    "object": {"a": {"b": []}},
    "null": None,
}
NUMBERS = {"empty": 0, "blank": -1, "another's": 2**31 - 1, "huge": 2**53, "json list": -(2**31), "sql": 1}


def nonsense(kind: Any, what: str, optional: bool = True) -> Any:
    """Make a value of a type of the schema, or one that only looks like it."""
    if isinstance(kind, GraphQLNonNull):
        return nonsense(kind.of_type, what, optional=False)
    if isinstance(kind, GraphQLList):
        return [nonsense(kind.of_type, what)]
    if isinstance(kind, GraphQLInputObjectType):
        given = {name: nonsense(one.type, what) for name, one in kind.fields.items()}
        return {name: value for name, value in given.items() if value is not None}
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values)) if what != "number" else 7
    if isinstance(kind, GraphQLScalarType) and kind.name == "Boolean":
        return True
    if isinstance(kind, GraphQLScalarType) and kind.name in ("Int", "Int64", "Float", "Duration"):
        return NUMBERS.get(what, TEXTS[what])
    return TEXTS[what]


def document(root: str, name: str, field: GraphQLField, what: str) -> dict[str, Any]:
    """Make a request for one field of a root type, all its arguments nonsense."""
    given = {arg: nonsense(one.type, what) for arg, one in field.args.items()}
    declared = ", ".join(f"${arg}: {one.type}" for arg, one in field.args.items())
    passed = ", ".join(f"{arg}: ${arg}" for arg in field.args)
    inner = get_named_type(field.type)
    asked = "" if is_leaf_type(inner) else " { " + " ".join(_leaves(inner)) + " }"
    text = f"{root} Nonsense{f'({declared})' if declared else ''} {{ {name}{f'({passed})' if passed else ''}{asked} }}"
    return {"query": text, "variables": given}


def _leaves(kind: Any) -> list[str]:
    names = ["__typename"]
    if isinstance(kind, GraphQLObjectType):
        names += [name for name, one in kind.fields.items() if is_leaf_type(get_named_type(one.type)) and not one.args]
    return names


def ask(server: ServerProcess, request: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps(request).encode()
    status, _, answer = server.request("POST", "/graphql", body)
    shown = (request["query"], {k: str(v)[:80] for k, v in request["variables"].items()}, answer[:500])
    assert status == 200, shown
    said = json.loads(answer)
    messages = [error["message"] for error in said.get("errors", [])]
    assert all(messages), shown
    assert not any("the server failed" in message for message in messages), shown
    return said


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_with_nonsense_has_a_payload_or_an_error(server: ServerProcess, name: str) -> None:
    assert SCHEMA.mutation_type
    field = SCHEMA.mutation_type.fields[name]
    for what in TEXTS:
        answer = ask(server, document("mutation", name, field, what))
        payload = (answer.get("data") or {}).get(name)
        assert (payload is None) == bool(answer.get("errors")), (name, what, answer)


def test_every_mutation_has_a_resolver() -> None:
    assert SCHEMA.mutation_type
    assert [name for name, field in SCHEMA.mutation_type.fields.items() if field.resolve is None] == []


def test_a_query_with_nonsense_is_answered(server: ServerProcess) -> None:
    assert SCHEMA.query_type
    for name, field in SCHEMA.query_type.fields.items():
        for what in TEXTS:
            ask(server, document("query", name, field, what))


def test_fields_of_a_run_and_a_project_take_nonsense(server: ServerProcess) -> None:
    server.graphql('mutation { upsertBucket(input: {modelName: "nonsense", name: "r"}) { inserted } }')
    for kind, place in (
        ("Project", 'project(name: "nonsense", entityName: "local")'),
        ("Run", 'project(name: "nonsense", entityName: "local") { run(name: "r")'),
        ("Entity", 'entity(name: "local")'),
        ("User", "viewer"),
    ):
        found = SCHEMA.type_map[kind]
        assert isinstance(found, GraphQLObjectType)
        for name, field in found.fields.items():
            for what in TEXTS if field.args else ():
                request = document("query", name, field, what)
                head, _, rest = request["query"].partition("{")
                request["query"] = f"{head}{{ {place} {{{rest} {'} }' if '{' in place else '}'}"
                ask(server, request)


ROW = '{"_step": 0, "a": 1}'
LINES = {
    "no json": ["{not json"],
    "a list": ["[1, 2]"],
    "empty": [""],
    "a number": ["7"],
    "no step": ['{"a": 1}'],
    "step of text": ['{"_step": "x"}'],
    "step below zero": ['{"_step": -5}'],
    "huge step": ['{"_step": 1e300}'],
    "deep": ["[" * 5_000],
    "half a character": ['{"_step": 3, "\ud800": "\udfff"}'],
    "good among bad": ["{", ROW, "nope"],
}
NO_CHUNKS: dict[str, Any] = {
    "a list": [],
    "files of text": {"files": "x"},
    "lines that are numbers": {"files": {"wandb-history.jsonl": {"offset": 0, "content": [7, None]}}},
    "a line for lines": {"files": {"output.log": {"offset": 0, "content": ROW}}},
    "an offset below zero": {"files": {"wandb-history.jsonl": {"offset": -1, "content": [ROW]}}},
    "an offset beyond all": {"files": {"wandb-history.jsonl": {"offset": 2**70, "content": [ROW]}}},
}


def test_a_bad_row_is_set_aside_and_never_refused(server: ServerProcess) -> None:
    """A 4xx would make the client give up the whole run, a 5xx ask again for days."""
    refused = {}
    for number, (name, content) in enumerate(LINES.items()):
        run = f"rows-{number}"
        server.graphql(f'mutation {{ upsertBucket(input: {{modelName: "nonsense", name: "{run}"}}) {{ inserted }} }}')
        for file in ("wandb-history.jsonl", "wandb-events.jsonl", "output.log", "wandb-summary.json"):
            body = {"files": {file: {"offset": 0, "content": content}}, "uploaded": ["a", 7, None], "exitcode": "many"}
            status, _, answer = server.request("POST", f"/files/local/nonsense/{run}/file_stream", body)
            if (status, answer) != (200, b"{}"):
                refused[f"{name} in {file}"] = (status, answer[:200])
    assert refused == {}
    last = official.described(server, "nonsense", f"rows-{len(LINES) - 1}")
    assert [row["a"] for row in official.history(server, "nonsense", last["id"])] == [1]
    assert last["record"]["rejected"] >= 2


def test_what_is_no_chunk_is_refused_for_good(server: ServerProcess) -> None:
    server.graphql('mutation { upsertBucket(input: {modelName: "nonsense", name: "chunks"}) { inserted } }')
    for name, body in NO_CHUNKS.items():
        status, _, answer = server.request("POST", "/files/local/nonsense/chunks/file_stream", body)
        assert status == 400 and json.loads(answer)["error"], (name, status, answer)


def test_who_is_asked_to_come_again_is_asked_soon() -> None:
    refusal = refusal_of(Busy("the catalog is busy", retry_after_s=10_000))
    assert refusal is not None and refusal.status == 503
    assert 1 <= int(refusal.headers["Retry-After"]) <= MAX_RETRY_AFTER_S
