"""C1-C9: what a foreign page can make a browser send, and what it gets for it."""

from __future__ import annotations

import re

import pytest

from tests.serving import ServerProcess

from .raw import Answer, is_refused, send


def _key(server: ServerProcess) -> bytes:
    return b"Authorization: Bearer " + server.key.encode()


def _graphql(server: ServerProcess, *headers: bytes, kind: bytes = b"application/json") -> Answer:
    body = b'{"query": "{ viewer { entity } }"}'
    return send(server.port, b"POST /graphql", [_key(server), b"Content-Type: " + kind, *headers], body)


@pytest.mark.parametrize(
    "host",
    [
        b"evil.com",
        b"10.evil.com",
        b"127.0.0.1.nip.io",
        b"localhost.evil",
        b"192.168.1.5",
        b"0x7f.1",
        b"2130706433",
        b"[::2]",
        b"localhost:notaport",
        b"localhost:99999",
        b"a@localhost",
        b"localhost/",
        b" ",
    ],
)
def test_requests_to_foreign_hosts_are_refused(server: ServerProcess, host: bytes) -> None:
    for target in (b"GET /ready", b"GET /", b"GET /api/server"):
        answer = send(server.port, target, host=host)
        assert answer.status in (400, 421) and is_refused(answer), (host, answer.status)


def test_a_request_names_exactly_one_host(server: ServerProcess) -> None:
    assert send(server.port, b"GET /ready", host=None).status in (400, 421)
    assert send(server.port, b"GET /ready", [b"Host: localhost"]).status in (400, 421)
    for target in (b"GET http://127.0.0.1/ready", b"GET http://evil.com/ready", b"GET *", b"OPTIONS *"):
        answer = send(server.port, target)
        assert answer.status in (400, 405, 421) and is_refused(answer), target


@pytest.mark.parametrize("host", [b"localhost:1", b"127.0.0.1", b"[::1]:8080", b"LOCALHOST:9999", b"127.1.2.3:80"])
def test_loopback_names_pass_with_any_port(server: ServerProcess, host: bytes) -> None:
    assert send(server.port, b"GET /ready", host=host).status == 200


@pytest.mark.parametrize(
    "origin", ["https://evil", "null", "http://localhost:1", "http://127.0.0.1", "https://127.0.0.1:{}"]
)
def test_pages_of_other_origins_change_nothing(server: ServerProcess, origin: str) -> None:
    line = b"Origin: " + origin.format(server.port).encode()
    assert _graphql(server, line).status == 403
    for method, target in ((b"POST", b"/api/session"), (b"DELETE", b"/api/session"), (b"PATCH", b"/api/settings")):
        answer = send(
            server.port, method + b" " + target, [_key(server), line, b"Content-Type: application/json"], b"{}"
        )
        assert answer.status == 403, target
        assert "access-control-allow-origin" not in answer.headers


def test_our_own_pages_may(server: ServerProcess) -> None:
    assert _graphql(server, b"Origin: http://127.0.0.1:%d" % server.port, b"Sec-Fetch-Site: same-origin").status == 200


def test_cross_site_and_same_site_fetches_are_refused(server: ServerProcess) -> None:
    assert _graphql(server, b"Sec-Fetch-Site: cross-site").status == 403
    assert _graphql(server, b"Sec-Fetch-Site: same-site").status == 403


@pytest.mark.parametrize(
    "kind",
    [b"text/plain", b"multipart/form-data; boundary=x", b"application/x-www-form-urlencoded", b"application/jsonp"],
)
def test_only_json_bodies_are_read(server: ServerProcess, kind: bytes) -> None:
    assert _graphql(server, kind=kind).status == 415
    for target in (b"POST /api/session", b"POST /api/login-links", b"PATCH /api/settings"):
        answer = send(server.port, target, [_key(server), b"Content-Type: " + kind], b'{"token": "x"}')
        assert answer.status == 415, target


def test_a_preflight_gets_no_permission(server: ServerProcess) -> None:
    headers = [b"Origin: https://evil", b"Access-Control-Request-Method: POST"]
    for target in (b"/graphql", b"/api/session", b"/files/a/b/c/file_stream"):
        answer = send(server.port, b"OPTIONS " + target, headers)
        assert is_refused(answer)
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_live_notices_are_refused_to_foreign_pages(server: ServerProcess) -> None:
    assert send(server.port, b"GET /api/live", [_key(server), b"Origin: https://evil"]).status == 403
    assert send(server.port, b"GET /api/live", [_key(server), b"Origin: null"]).status == 403


def test_no_route_speaks_websocket(server: ServerProcess) -> None:
    upgrade = [b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Key: AAAA", b"Sec-WebSocket-Version: 13"]
    assert send(server.port, b"GET /api/live", upgrade).status == 401


def test_answers_are_objects_with_headers_that_keep_them_ours(server: ServerProcess) -> None:
    for target in ("/api/projects", "/api/server", "/ready", "/", "/api/nothing"):
        _, headers, body = server.request("GET", target)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers
        assert not [name for name in headers if name.startswith("access-control")]
        policy = headers["content-security-policy"]
        scripts = re.search(r"script-src ([^;]*)", policy)
        assert scripts and "unsafe" not in scripts[1]
        assert "frame-ancestors 'self'" in policy
        if headers["content-type"].startswith("application/json"):
            assert body.startswith(b"{")


def test_frames_are_for_loopback_notebooks_only_on_a_loopback_server(server: ServerProcess) -> None:
    policy = server.request("GET", "/")[1]["content-security-policy"]
    ancestors = policy.split("frame-ancestors ")[1]
    assert set(ancestors.split()) == {"'self'", "http://localhost:*", "http://127.0.0.1:*"}


def test_what_tells_scripts_that_somebody_is_logged_in_opens_nothing(server: ServerProcess) -> None:
    mark = {"Cookie": "runwell_known=1"}
    assert server.get_json("/api/server", key=None, headers=mark)["user"] is None
    assert server.request("GET", "/api/projects", key=None, headers=mark)[0] == 401


def test_a_page_whose_session_ended_gets_no_window_of_the_browser_over_it(server: ServerProcess) -> None:
    asked_by = {
        "a client": {},
        "an address typed in": {"Sec-Fetch-Mode": "navigate"},
        "a page": {"Sec-Fetch-Mode": "cors"},
    }
    challenges = {who: server.request("GET", "/api/projects", key=None, headers=h)[1] for who, h in asked_by.items()}
    schemes = {who: headers["www-authenticate"].split()[0] for who, headers in challenges.items()}
    assert schemes == {"a client": "Basic", "an address typed in": "Basic", "a page": "Session"}


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(server: ServerProcess) -> None:
    status, headers, _ = server.request("POST", "/api/session", {"api_key": server.key}, key=None)
    assert status == 200
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie  # plain http on loopback
    pair = cookie.split(";")[0]
    assert server.get_json("/api/server", key=None, headers={"Cookie": pair})["user"] == "local"
    tampered = pair[:-2] + ("AA" if not pair.endswith("AA") else "BB")
    assert server.get_json("/api/server", key=None, headers={"Cookie": tampered})["user"] is None
    status, headers, _ = server.request("DELETE", "/api/session", key=None, headers={"Cookie": pair})
    assert status == 204 and "Max-Age=0" in headers["set-cookie"]


def test_the_cookie_is_secure_behind_https(new_server) -> None:
    server = new_server(options=("--base-url", "https://runs.example.org")).start()
    key = server.request("GET", "/api/server")[0]
    assert key == 200
    body = b'{"api_key": "%s"}' % _stored_key(server).encode()
    headers = [b"Content-Type: application/json", b"Origin: https://runs.example.org"]
    answer = send(server.port, b"POST /api/session", headers, body, host=b"runs.example.org")
    assert answer.status == 200, answer.body
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.json()["base_url"] == "https://runs.example.org"
    assert send(server.port, b"GET /ready", host=b"other.example.org").status == 421


def _stored_key(server: ServerProcess) -> str:
    return server.key


def test_a_login_link_works_once(server: ServerProcess) -> None:
    url = server.post_json("/api/login-links", {})["url"]
    token = url.split("token=")[1]
    page = server.request("GET", url.removeprefix(server.url), key=None)
    assert page[0] == 200 and "set-cookie" not in page[1]  # looking at the link uses nothing up
    assert server.request("POST", "/api/session", {"token": token}, key=None)[0] == 200
    assert server.request("POST", "/api/session", {"token": token}, key=None)[0] == 401
