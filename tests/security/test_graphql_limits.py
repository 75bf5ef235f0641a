"""Q2-Q4: documents that cost more than they are worth are refused, quickly."""

from __future__ import annotations

import time

import pytest

from tests.serving import ServerProcess

from .raw import is_refused, send


def _ask(server: ServerProcess, document: str, **more: object) -> tuple[int, bytes, float]:
    begun = time.monotonic()
    status, _, body = server.request("POST", "/graphql", {"query": document, **more})
    return status, body, time.monotonic() - begun


DEEP = '{ project { run(name: "a") ' + '{ project { run(name: "a") ' * 30 + "{ id }" + "} }" * 30 + " } }"
HEAVY = {
    "comments": "#" + "x" * 38_000_000 + "\n{ viewer { id } }",
    "many comments": "# a\n" * 500_000 + "{ viewer { id } }",
    "inline fragments": "{ " + "... on Query { viewer { id } } " * 100_000 + "}",
    "fewer inline fragments": "{ " + "... { viewer { id } } " * 700 + "}",
    "few inline fragments": "{ " + "... on Query { viewer { id name email } } " * 290 + "}",
    "one name again and again": "{ viewer {" + " id" * 1400 + "} }",
    "circle": "{ viewer { ...a } } fragment a on User { ...b } fragment b on User { ...a }",
    "itself": "{ viewer { ...a } } fragment a on User { id ...a }",
    "aliases": "{ " + " ".join(f"a{n}: viewer {{ id }}" for n in range(1000)) + " }",
    "aliases by spread": "{ "
    + " ".join(f"x{n}: viewer {{ ...f }}" for n in range(40))
    + " } fragment f on User { "
    + " ".join(f"a{n}: id" for n in range(25))
    + " }",
    "doubling fragments": "{ viewer { ...f0 } } "
    + " ".join(f"fragment f{n} on User {{ ...f{n + 1} ...f{n + 1} }}" for n in range(20))
    + " fragment f20 on User { id }",
    "depth": DEEP,
    "brackets": "{" * 50_000,
    "list literal": "{ project(name: " + "[" * 4000 + "]" * 4000 + ") { id } }",
    "directives": "{ viewer { id " + "@a " * 4900 + "} }",
    "arguments": "{ project(" + " ".join(f"a{n}: 1" for n in range(1500)) + ") { id } }",
}


@pytest.mark.parametrize("name", sorted(HEAVY))
def test_heavy_documents_are_refused_at_once(server: ServerProcess, name: str) -> None:
    _ask(server, "{ viewer { id } }")  # warm
    status, body, seconds = _ask(server, HEAVY[name])
    assert status in (400, 413), body[:300]
    assert len(body) <= 1024
    assert seconds < 2.0, seconds  # of which most is sending; the limit itself is measured below
    assert server.is_ready()


def test_checking_a_document_takes_less_than_a_tenth_of_a_second() -> None:
    from runwell.server.routes.wandb.graphql.documents import DocumentRefused, Documents
    from runwell.server.routes.wandb.graphql.schema import make_schema

    documents = Documents(make_schema())
    for name, text in HEAVY.items():
        taken = []
        for _ in range(3):  # the best of three: other processes' work slows ours down, never up
            begun = time.process_time()
            with pytest.raises(DocumentRefused):
                documents.read(text)
            taken.append(time.process_time() - begun)
        assert min(taken) < 0.1, (name, taken)


@pytest.mark.parametrize(
    "body",
    [
        [{"query": "{ viewer { id } }"}] * 2,
        [],
        {"query": 1},
        {"query": ""},
        {},
        {"query": "{ viewer { nothing } }"},
        {"query": "{ nothing }"},
        {"query": "{ viewer { id } } { serverInfo { cliVersionInfo } }"},
        {"query": "{ viewer { id } }", "operationName": "Other"},
        {"query": "{ viewer { id } }", "variables": []},
        {"query": "subscription { viewer { id } }"},
        {"query": "{ __schema { types { name } } }"},
        {"query": '{ __type(name: "User") { fields { type { name } } } }'},
        {"query": '{ __type(name: "User") { ...f } } fragment f on __Type { possibleTypes { name } }'},
        {"query": '{ __type(name: "User") { fields { args { type { ofType { name } } } } } }'},
        {"query": "fragment f on User { id }"},
    ],
)
def test_what_is_not_one_known_query_is_refused(server: ServerProcess, body: object) -> None:
    status, _, answer = server.request("POST", "/graphql", body)
    assert status == 400, answer
    assert len(answer) <= 1024


def test_a_type_is_asked_for_the_names_of_its_fields_as_older_clients_do(server: ServerProcess) -> None:
    asked = server.graphql(
        'query Probe { Run: __type(name: "Run") { ...fieldData } Other: __type(name: "NoSuchType") { ...fieldData } '
        'Input: __type(name: "UpsertBucketInput") { name inputFields { name } } } '
        "fragment fieldData on __Type { fields { name args { name } } }"
    )["data"]
    by_name = {field["name"]: [a["name"] for a in field["args"]] for field in asked["Run"]["fields"]}
    assert by_name["projectId"] == [] and by_name["wandbConfig"] == ["keys"]
    assert asked["Other"] is None
    assert {"name": "summaryMetrics"} in asked["Input"]["inputFields"]


def test_get_is_no_way_to_ask(server: ServerProcess) -> None:
    key = b"Authorization: Bearer " + server.key.encode()
    for target in (b"/graphql", b"/graphql?query=%7Bviewer%7Bid%7D%7D", b"/graphql?query=mutation%7B%7D"):
        answer = send(server.port, b"GET " + target, [key])
        assert answer.status == 405 and is_refused(answer)


def test_type_names_are_exact(server: ServerProcess) -> None:
    server.graphql('mutation { upsertBucket(input: {modelName: "limits", name: "a"}) { inserted } }')
    answer = server.graphql(
        '{ viewer { __typename } project(name: "limits") { __typename entity { __typename } '
        'run(name: "a") { __typename } runs(first: 1) { pageInfo { __typename } } } }'
    )["data"]
    assert answer["viewer"]["__typename"] == "User"
    assert answer["project"]["__typename"] == "Project"
    assert answer["project"]["entity"]["__typename"] == "Entity"
    assert answer["project"]["run"]["__typename"] == "Run"
    assert answer["project"]["runs"]["pageInfo"]["__typename"] == "PageInfo"


@pytest.mark.parametrize(
    ("arguments", "works"),
    [
        ("first: 1000000000", True),
        ("first: -1", False),
        ('after: "x"', False),
        ('after: "-1"', False),
        ('after: "99999999999999999999"', False),
        ('filters: "{"', False),
        ('filters: "[]"', False),
        ('order: "config.x; drop table run"', True),
        ('filters: "{\\"config.x\' or 1=1 --\\": 1}"', True),
        ('filters: "{\\"$where\\": \\"1\\"}"', False),
    ],
)
def test_pages_and_filters_are_clamped_or_refused(server: ServerProcess, arguments: str, works: bool) -> None:
    server.graphql('mutation { upsertBucket(input: {modelName: "limits", name: "a"}) { inserted } }')
    answer = server.graphql(f'{{ project(name: "limits") {{ runs({arguments}) {{ edges {{ node {{ name }} }} }} }} }}')
    assert bool(answer.get("errors")) is not works, answer
    assert "internal" not in str(answer)


def test_a_mutation_that_fails_says_so(server: ServerProcess) -> None:
    for mutation in (
        'upsertBucket(input: {entityName: "nobody", name: "x"}) { inserted }',
        'upsertBucket(input: {name: "a/b"}) { inserted }',
        'upsertBucket(input: {name: "x", config: "["}) { inserted }',
        'upsertBucket(input: {name: "x", config: "[]"}) { inserted }',
        'upsertBucket(input: {name: "x", summaryMetrics: "1"}) { inserted }',
        'upsertBucket(input: {id: "x"}) { inserted }',
        'upsertBucket(input: {name: "x", state: "flying"}) { inserted }',
        'createRunFiles(input: {entityName: "local", projectName: "no", runName: "no", files: []}) { runID }',
        'stopRun(input: {id: "UnVuOjk5OTk5OQ=="}) { success }',
    ):
        answer = server.graphql("mutation { " + mutation + " }")
        assert answer["errors"][0]["message"], mutation
        assert answer["data"] is None or not any(answer["data"].values())
        assert "log has the details" not in answer["errors"][0]["message"], answer
