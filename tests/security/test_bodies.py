"""B1-B5: bombs and bodies without end."""

from __future__ import annotations

import gzip
import json
import socket
import time
import zlib

import pytest

from tests.serving import ServerProcess

from .raw import Answer, is_refused, parse, send

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def stream(server: ServerProcess) -> bytes:
    server.graphql('mutation { upsertBucket(input: {name: "bodies", modelName: "security"}) { bucket { name } } }')
    return b"POST /files/local/security/bodies/file_stream"


def _post(server: ServerProcess, line: bytes, body: bytes, *headers: bytes) -> Answer:
    key = b"Authorization: Bearer " + server.key.encode()
    return send(server.port, line, [key, b"Content-Type: application/json", *headers], body, timeout=60)


def _rss(server: ServerProcess) -> int:
    assert server.process is not None
    with open(f"/proc/{server.process.pid}/status") as status:
        [line] = [line for line in status if line.startswith("VmRSS")]
    return int(line.split()[1]) * 1024


def test_compressed_chunks_are_taken(server: ServerProcess, stream: bytes) -> None:
    body = json.dumps({"files": {}}).encode()
    assert _post(server, stream, gzip.compress(body), b"Content-Encoding: gzip").status == 200
    assert _post(server, stream, zlib.compress(body), b"Content-Encoding: deflate").status == 200


def test_bombs_are_refused_without_being_blown_up(server: ServerProcess, stream: bytes) -> None:
    before = _rss(server)
    zeros = gzip.compress(b"\0" * (256 * MIB), 9)
    assert len(zeros) < MIB
    answer = _post(server, stream, zeros, b"Content-Encoding: gzip")
    assert answer.status == 413 and is_refused(answer)
    assert _post(server, stream, zlib.compress(b" " * (64 * MIB)), b"Content-Encoding: deflate").status == 413
    assert _rss(server) - before < 100 * MIB
    assert server.is_ready()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(gzip.compress(b"{}")), b"gzip"),
        (gzip.compress(b'{"files": {}}')[:-6], b"gzip"),
        (gzip.compress(b"{}") + b"garbage", b"gzip"),
        (gzip.compress(b"{") + gzip.compress(b"}"), b"gzip"),
        (gzip.compress(b"") * 1000, b"gzip"),
        (b"not gzip at all", b"gzip"),
        (b"", b"gzip"),
        (gzip.compress(b"{}"), b"gzip, gzip"),
        (b"{}", b"br"),
        (b"{}", b"zstd"),
    ],
)
def test_damaged_nested_and_joined_streams_are_refused(
    server: ServerProcess, stream: bytes, body: bytes, encoding: bytes
) -> None:
    headers = [b"Content-Encoding: " + encoding]
    if not body:
        headers.append(b"Content-Length: 0")
    assert is_refused(_post(server, stream, body, *headers))


def test_a_length_beyond_the_limit_is_refused_at_once(server: ServerProcess, stream: bytes) -> None:
    for line in (stream, b"POST /graphql"):
        answer = _post(server, line, b"{}", b"Content-Length: 1000000000000")
        assert answer.status == 413 and answer.seconds < 2
    assert _post(server, stream, b"{}", b"Content-Length: 10, 12").status == 400
    assert is_refused(_post(server, stream, b"{}", b"Content-Length: -1"))


def test_a_chunked_body_without_end_is_cut_off(server: ServerProcess, stream: bytes) -> None:
    head = [stream + b" HTTP/1.1", b"Host: localhost", b"Authorization: Bearer " + server.key.encode()]
    head += [b"Content-Type: application/json", b"Transfer-Encoding: chunked"]
    piece = b"100000\r\n" + b" " * MIB + b"\r\n"
    before = _rss(server)
    with socket.create_connection(("127.0.0.1", server.port), 30) as connection:
        connection.sendall(b"\r\n".join(head) + b"\r\n\r\n")
        sent = 0
        try:
            while sent < 500:
                connection.sendall(piece)
                sent += 1
        except OSError:
            pass
        assert sent < 200
    assert _rss(server) - before < 150 * MIB


def test_someone_without_a_key_makes_us_read_little(server: ServerProcess) -> None:
    body = b'{"token": "' + b"x" * 200_000 + b'"}'
    assert send(server.port, b"POST /api/session", [b"Content-Type: application/json"], body).status == 413
    assert send(server.port, b"POST /graphql", [b"Content-Type: application/json"], body).status == 401


@pytest.mark.parametrize("nest", ["[", '{"a":', '{"files":{"wandb-history.jsonl":'])
def test_json_nested_without_end_is_no_500(server: ServerProcess, stream: bytes, nest: str) -> None:
    answer = _post(server, stream, (nest * 100_000).encode())
    assert answer.status == 400 and is_refused(answer)
    closed = "[" * 100_000 + "]" * 100_000
    row = json.dumps({"files": {"wandb-history.jsonl": {"offset": 0, "content": ['{"a":' + closed + "}"]}}})
    assert _post(server, stream, row.encode()).status == 200  # a bad row is set aside


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"1",
        b"null",
        b'"x"',
        b"{",
        b'{"files": 1}',
        b'{"files": {"wandb-history.jsonl": 1}}',
        b'{"files": {"wandb-history.jsonl": {"offset": -1, "content": []}}}',
        b'{"files": {"wandb-history.jsonl": {"offset": 1.5, "content": []}}}',
        b'{"files": {"wandb-history.jsonl": {"offset": 0, "content": "x"}}}',
        b'{"files": {"wandb-history.jsonl": {"offset": 0, "content": [1]}}}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_chunk_is_refused(server: ServerProcess, stream: bytes, body: bytes) -> None:
    assert _post(server, stream, body).status == 400


def test_a_million_tiny_rows_and_a_giant_one_are_bounded(server: ServerProcess, stream: bytes) -> None:
    rows = json.dumps({"files": {"wandb-history.jsonl": {"offset": 0, "content": ["{}"] * 1_000_000}}})
    begun = time.monotonic()
    assert _post(server, stream, rows.encode()).status in (200, 413)
    giant = json.dumps({"files": {"wandb-history.jsonl": {"offset": 0, "content": ['{"a":"' + "x" * 11 * MIB + '"}']}}})
    assert _post(server, stream, giant.encode()).status == 200
    assert time.monotonic() - begun < 30
    assert server.is_ready()


def test_headers_are_bounded_too(server: ServerProcess) -> None:
    assert send(server.port, b"GET /ready", [b"X: " + b"a" * 100_000]).status == 431
    assert send(server.port, b"GET /ready", [b"X%d: a" % n for n in range(300)]).status == 431
    assert send(server.port, b"GET /" + b"a" * 100_000).status in (400, 431)
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(b"\x16\x03\x01 not http\r\n\r\n")
        assert parse(connection.recv(65536)).status == 400


def test_one_range_is_served_and_many_are_ignored(server: ServerProcess, stream: bytes) -> None:
    answer = server.graphql(
        'mutation { createRunFiles(input: {entityName: "local", projectName: "security", runName: "bodies", '
        'files: ["range.bin"]}) { files { uploadUrl } } }'
    )
    url = answer["data"]["createRunFiles"]["files"][0]["uploadUrl"].removeprefix(server.url)
    data = bytes(range(256)) * 40
    assert server.request("PUT", url, data, key=None)[0] == 200
    path = "/files/local/security/bodies/range.bin"

    def get(span: str) -> tuple[int, dict[str, str], bytes]:
        return server.request("GET", path, headers={"Range": span})

    status, headers, body = get("bytes=5-9")
    assert (status, body, headers["content-range"]) == (206, data[5:10], f"bytes 5-9/{len(data)}")
    assert get("bytes=10000-")[2] == data[10000:]
    assert get("bytes=-7")[2] == data[-7:]
    assert get("bytes=0-99999999")[2] == data
    assert get(f"bytes={len(data)}-")[0] == 416
    assert get("bytes=" + ",".join(f"{n}-{n + 1}" for n in range(0, 10_000, 3)))[:1] == (200,)
    assert get("bytes=9-5")[0] == 416
    assert get("lines=1-2")[0] == 200
