"""P1-P15: names that climb, lie or break, over a raw socket, on every route that takes a name.

A canary lies outside every directory of the server: no answer may ever hold it, and it must be there unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.serving import ServerProcess

from .raw import is_refused, send

CANARY = b"CANARY-that-no-answer-may-hold"

CLIMBING = {
    "P1": [b"/../../etc/passwd", b"../../../../canary.txt", b"a/../../../canary.txt"],
    "P2": [
        b"%2e%2e/canary.txt",
        b"..%2fcanary.txt",
        b"%2e%2e%2fcanary.txt",
        b"%2E%2E%2F%2E%2E%2Fcanary.txt",
        b".%2e/x",
    ],
    "P3": [b"%252e%252e%252fcanary.txt", b"%25252e%25252e%25252fcanary.txt"],
    "P4": [b"..\\..\\win.ini", b"..%5ccanary.txt", b"..%255ccanary.txt", b"a%5cb"],
    "P5": [
        b"/etc/passwd",
        b"//etc/passwd",
        b"C:%5cx",
        b"%5cwindows%5cwin.ini",
        b"%5c%5chost%5cshare",
        b"%2fetc%2fpasswd",
    ],
    "P6": [b"a/..;/canary.txt", b"a#/../canary.txt", b"a%23/../canary.txt", b"a%3f/../canary.txt", b"....//canary.txt"],
    "P7": [
        b"a%00.png",
        b"..%c0%afcanary.txt",
        b"%ed%a0%80",
        b"%ef%bc%8e%ef%bc%8e%ef%bc%8fcanary.txt",
        b"..%e2%88%95canary.txt",
        b"a%0d%0ab",
        b"a%01b",
        b"%",
        b"%zz",
        b"\xff\xfe",
    ],
    "P9": [b"../data-evil/canary.txt", b"..%2fdata-evil%2fcanary.txt"],
    "P11": [b"*", b"%2a", b"[a]", b"run%3f"],
    "P13": [b"a" * 256, b"a/" * 2000 + b"a", b"a" * 5000, b"/".join([b"a"] * 100)],
    "P15": [b"..", b".", b"%2e", b"%2e%2e", b"a%2fb"],
}


@pytest.fixture(scope="module")
def canary(server: ServerProcess) -> Iterator[None]:
    places = [server.folder / "canary.txt", server.folder.parent / "canary.txt"]
    evil = server.folder / "data-evil"
    evil.mkdir(exist_ok=True)
    places.append(evil / "canary.txt")
    for place in places:
        place.write_bytes(CANARY)
    yield
    for place in places:
        assert place.read_bytes() == CANARY


@pytest.fixture(scope="module")
def run(server: ServerProcess) -> str:
    answer = server.graphql(
        'mutation { upsertBucket(input: {name: "paths", modelName: "security"}) { bucket { name } } }'
    )
    assert answer["data"]["upsertBucket"]["bucket"]["name"] == "paths", answer
    return "/files/local/security/paths/"


def _targets(run: str, payload: bytes) -> list[bytes]:
    """Put a payload into every place of every route that takes a name."""
    begin = run.encode()
    return [
        begin + payload,
        b"/files/local/security/" + payload + b"/x.txt",
        b"/files/local/" + payload + b"/paths/x.txt",
        b"/files/" + payload + b"/security/paths/x.txt",
        b"/files/local/security/" + payload + b"/file_stream",
        b"/api/projects/local/" + payload,
        b"/api/projects/" + payload + b"/security",
        b"/api/projects/local/security/runs/" + payload,
        b"/api/projects/local/security/runs/" + payload + b"/files",
        b"/api/projects/local/security/runs/" + payload + b"/console.txt",
        b"/api/keys/" + payload,
        b"/assets/" + payload,
    ]


@pytest.mark.parametrize("method", [b"GET", b"PUT", b"DELETE"])
@pytest.mark.parametrize("name", sorted(CLIMBING))
def test_names_that_climb_are_refused_on_every_route(
    server: ServerProcess, canary: None, run: str, name: str, method: bytes
) -> None:
    key = b"Authorization: Bearer " + server.key.encode()
    for payload in CLIMBING[name]:
        for target in _targets(run, payload):
            answer = send(server.port, method + b" " + target, [key], b"x" if method == b"PUT" else b"")
            assert CANARY not in answer.body
            assert is_refused(answer), (method, target[:120], answer.status, answer.body[:200])
            assert answer.seconds < 5


@pytest.mark.parametrize("payload", [p for n in ("P1", "P2", "P4", "P6") for p in CLIMBING[n]])
def test_page_addresses_that_climb_never_leave_the_package(server: ServerProcess, canary: None, payload: bytes) -> None:
    answer = send(server.port, b"GET /" + payload)
    assert CANARY not in answer.body
    assert answer.status in (200, 400, 404, 421)
    assert b"root:" not in answer.body


@pytest.mark.parametrize(
    "name", ["CON", "aux.txt", "a.", "a ", "x%y.txt", "보고서.txt", "semi;colon", "a&b=c", "q?mark"]
)
def test_odd_names_are_ordinary_names(server: ServerProcess, run: str, name: str) -> None:
    status, headers = _put(server, name, name.encode())
    assert status == 200
    status, headers, body = server.request("GET", run + quote(name))
    assert (status, body) == (200, name.encode())
    assert headers["content-disposition"].endswith(f"filename*=UTF-8''{quote(name, safe='')}")
    assert "\r" not in headers["content-disposition"]


def _put(server: ServerProcess, name: str, data: bytes) -> tuple[int, dict[str, str]]:
    answer = server.graphql(
        'mutation ($files: [String!]!) { createRunFiles(input: {entityName: "local", projectName: "security", '
        'runName: "paths", files: $files}) { files { name uploadUrl } } }',
        {"files": [name]},
    )
    [file] = answer["data"]["createRunFiles"]["files"]
    assert file["name"] == name
    path = file["uploadUrl"].removeprefix(server.url)
    status, headers, _ = server.request(
        "PUT", path, data, key=None, headers={"Content-Type": "application/octet-stream"}
    )
    return status, headers


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/passwd", "a/../b", "C:\\x", "a\\b", "a\x00b", "", ".", "a//b", "a" * 300, "\u2215etc", "a\nb"],
)
def test_files_are_not_announced_under_names_that_climb(server: ServerProcess, run: str, name: str) -> None:
    answer = server.graphql(
        'mutation ($f: [String!]!) { createRunFiles(input: {entityName: "local", projectName: "security", '
        'runName: "paths", files: $f}) { files { uploadUrl } } }',
        {"f": [name]},
    )
    assert answer["errors"]
    assert answer["data"]["createRunFiles"] is None


@pytest.mark.parametrize("name", ["..", ".", "a/b", "a%2e", "a\\b", "a:b", "a" * 129, "\x01", "api"])
def test_names_of_runs_and_projects_obey_the_grammar(server: ServerProcess, name: str) -> None:
    document = (
        "mutation ($p: String, $e: String, $n: String) "
        "{ upsertBucket(input: {modelName: $p, entityName: $e, name: $n}) { bucket { id } } }"
    )
    chosen = [{"e": name, "p": "security", "n": "x"}]
    if name != "api":  # reserved for entities alone
        chosen += [{"p": name, "n": "x"}, {"p": "security", "n": name}]
    for variables in chosen:
        answer = server.graphql(document, variables)
        assert answer.get("errors"), variables
        assert answer["data"]["upsertBucket"] is None


def test_a_percent_encoded_twin_of_a_name_is_not_that_name(server: ServerProcess, run: str) -> None:
    for twin in ("/api/projects/local/security/runs/%2570aths", "/files/local/security/p%2561ths/x"):
        assert server.request("GET", twin)[0] == 404


def test_existing_and_missing_files_outside_are_answered_alike(server: ServerProcess, canary: None, run: str) -> None:
    key = b"Authorization: Bearer " + server.key.encode()
    there = send(server.port, b"GET " + run.encode() + b"..%2f..%2fcanary.txt", [key])
    missing = send(server.port, b"GET " + run.encode() + b"..%2f..%2fmissing.txt", [key])
    assert (there.status, there.body) == (missing.status, missing.body)


def test_a_link_in_the_blob_store_is_not_followed(server: ServerProcess, canary: None, run: str) -> None:
    assert _put(server, "linked.txt", b"its own bytes")[0] == 200
    [row] = [
        f
        for f in server.get_json("/api/projects/local/security/runs/paths/files")["files"]
        if f["path"] == "linked.txt"
    ]
    [blob] = [path for path in (server.data_dir / "blobs").rglob(f"*{row['digest'][4:]}*") if path.is_file()]
    kept = blob.with_name(blob.name + ".kept")
    blob.rename(kept)
    blob.symlink_to(server.folder / "canary.txt")
    try:
        status, _, body = server.request("GET", run + "linked.txt")
        assert CANARY not in body
        assert status == 404
    finally:
        blob.unlink()
        kept.rename(blob)
