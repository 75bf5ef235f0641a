"""The built UI as the server gives it: compressed once, when it was built."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from runwell.server.refusals import Refusal
from runwell.server.routes.pages import Pages

SCRIPT = b"export const answer = 42;\n" * 50


@pytest.fixture
def browser(tmp_path: Path) -> TestClient:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<h1>the page</h1>")
    (tmp_path / "assets/a-1.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "assets/a-1.js.br").write_bytes(b"as brotli")
    (tmp_path / "assets/b-2.woff2").write_bytes(b"letters")
    pages = Pages(tmp_path)
    routes = [Route("/assets/{path:path}", pages.asset), Route("/{path:path}", pages.page)]
    return TestClient(Starlette(routes=routes))


def test_a_script_comes_in_the_form_that_is_taken_and_plain_where_none_is(browser: TestClient) -> None:
    plain = browser.get("/assets/a-1.js", headers={"Accept-Encoding": "identity"})
    assert plain.content == SCRIPT
    assert "Content-Encoding" not in plain.headers
    packed = browser.get("/assets/a-1.js", headers={"Accept-Encoding": "gzip, deflate"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content == SCRIPT
    with browser.stream("GET", "/assets/a-1.js", headers={"Accept-Encoding": "gzip, br"}) as small:
        assert small.headers["Content-Encoding"] == "br"
        assert b"".join(small.iter_raw()) == b"as brotli"
    assert {plain.headers["Content-Type"], packed.headers["Content-Type"]} == {"text/javascript; charset=utf-8"}
    assert plain.headers["ETag"] != packed.headers["ETag"]
    again = {"Accept-Encoding": "identity", "If-None-Match": plain.headers["ETag"]}
    assert browser.get("/assets/a-1.js", headers=again).status_code == 304


def test_what_has_one_form_comes_in_it_and_a_compressed_form_has_no_address(browser: TestClient) -> None:
    letters = browser.get("/assets/b-2.woff2", headers={"Accept-Encoding": "gzip, br"})
    assert (letters.content, letters.headers.get("Content-Encoding")) == (b"letters", None)
    assert browser.get("/any/page").text == "<h1>the page</h1>"
    for name in ("a-1.js.gz", "a-1.js.br", "none.js"):
        with pytest.raises(Refusal):
            browser.get(f"/assets/{name}")
