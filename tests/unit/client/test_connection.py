"""The connection, over real sockets, against a server that misbehaves by script."""

from __future__ import annotations

import socket
import time
import traceback

import pytest

from runwell.client.connection import Connection, _proxy_for
from runwell.wire.errors import AuthenticationError, CommunicationError, ServerUnreachable
from tests.faults.proxy import Answer, Drop, Fate, Hang, Proxy, Request, json_body


@pytest.fixture
def portal() -> Proxy:
    """A listener without a server behind it: every request is answered by script."""
    return Proxy("http://127.0.0.1:1")


def ask(portal: Proxy, fate: Fate, **arguments: float) -> dict[str, object]:
    portal.plan = lambda request: fate
    with Connection(portal.url, "local-key", **arguments) as connection:
        return connection.file_stream("e", "p", "r", {"files": {}}, "w1")


def test_a_request_carries_key_and_writer(portal: Proxy) -> None:
    assert ask(portal, Answer(200, body=b'{"ok": 1}')) == {"ok": 1}
    (request,) = portal.seen
    assert request.path == "/files/e/p/r/file_stream"
    assert request.headers["x-wandb-async-client-id"] == "w1"
    assert request.headers["authorization"].startswith("Basic ")


def test_names_are_quoted_in_paths(portal: Proxy) -> None:
    portal.plan = lambda request: Answer(200, body=b"{}")
    with Connection(portal.url, "k") as connection:
        connection.file_stream("é/..", "a?b", "한글 #", {}, "w")
    assert portal.seen[0].path == "/files/%C3%A9%2F../a%3Fb/%ED%95%9C%EA%B8%80%20%23/file_stream"


@pytest.mark.parametrize(
    "fate",
    [
        Drop(),
        Answer(200, {"content-type": "text/html"}, b"<html>Welcome to the airport</html>"),
        Answer(200, body=b'{"trunc'),
        Answer(200, body=b'{"a": 1}', length=400, cut=8),
        Answer(200, {"content-encoding": "gzip"}, b"not gzip"),
        Answer(302, {"location": "https://portal.example/login"}, b""),
        Answer(503, {"retry-after": "7"}),
    ],
)
def test_what_is_no_answer_of_ours_is_no_acknowledgement(portal: Proxy, fate: Fate) -> None:
    with pytest.raises(CommunicationError) as caught:
        ask(portal, fate)
    assert caught.value.retryable


def test_silence_and_dripping_end(portal: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    start = time.monotonic()
    with pytest.raises(CommunicationError, match="silent"):
        ask(portal, Hang(), idle_s=0.3)
    monkeypatch.setattr("runwell.client.connection.ANSWER_TOTAL_S", 0.5)
    with pytest.raises(CommunicationError, match="took over"):
        ask(portal, Answer(200, body=b" " * 1000 + b"{}", drip_s=0.05), idle_s=0.3)
    assert time.monotonic() - start < 5


def test_credentials_are_not_carried_to_where_a_redirect_points(portal: Proxy) -> None:
    other = Proxy("http://127.0.0.1:1", lambda request: Answer(200, body=b"{}"))
    with pytest.raises(CommunicationError, match="redirects"):
        ask(portal, Answer(307, {"location": f"{other.url}/files/e/p/r/file_stream"}, b""))
    assert other.seen == []


def test_nobody_listening_says_so() -> None:
    with socket.socket() as silent:  # bound, so that nobody else gets the port, and not listening
        silent.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ServerUnreachable, match="nothing answers") as caught, Connection(url, "k") as connection:
            connection.get_json("/ready")
    shown = traceback.format_exception(caught.value)
    assert "httpcore" not in "".join(shown), "a user sees one error, not the HTTP client's"


def test_a_refused_key_is_an_authentication_error(portal: Proxy) -> None:
    with pytest.raises(AuthenticationError):
        ask(portal, Answer(401))


def test_put_carries_no_credentials(portal: Proxy) -> None:
    portal.plan = lambda request: Answer(200, body=b"")
    with Connection(portal.url, "k") as connection:
        connection.put(f"{portal.url}/put/x?sig=1", iter([b"ab", b"c"]), 3, {"X-Given": "1"})
    (request,) = portal.seen
    assert (request.body, request.headers["content-length"], request.headers["x-given"]) == (b"abc", "3", "1")
    assert "authorization" not in request.headers


def test_a_long_answer_is_bounded(portal: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runwell.client.connection.MAX_ANSWER_BYTES", 1000)
    with pytest.raises(CommunicationError, match="over 1,000 bytes"):
        ask(portal, Answer(200, body=json_body({"a": "x" * 5000})))


def test_proxies_of_the_environment_are_for_other_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy:3128")
    monkeypatch.setenv("https_proxy", "proxy:3128")
    monkeypatch.setenv("no_proxy", "inside.example")
    assert _proxy_for("http://gpu.lab:8080") == "http://proxy:3128"
    assert _proxy_for("https://gpu.lab") == "http://proxy:3128"
    assert _proxy_for("http://inside.example") is None
    assert _proxy_for("http://127.0.0.1:8080") is None
    assert _proxy_for("http://localhost:8080") is None


def test_an_answers_stream_is_read_piece_by_piece(portal: Proxy) -> None:
    def plan(request: Request) -> Fate:
        return Answer(200, body=b"x" * 100_000) if request.path.startswith("/good") else Answer(200, length=9, cut=3)

    portal.plan = plan
    with Connection(portal.url, "k") as connection:
        assert b"".join(connection.stream("/good", {"keys": "a,b"})) == b"x" * 100_000
        with pytest.raises(CommunicationError):
            list(connection.stream("/cut"))
    assert portal.seen[0].path == "/good?keys=a%2Cb"
