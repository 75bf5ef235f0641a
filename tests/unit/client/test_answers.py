"""What counts as an acknowledgement, what is tried again, and how long a client waits."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from runwell.client.answers import parse_retry_after, read_answer, read_graphql
from runwell.wire.errors import AuthenticationError, CommunicationError

NOW = 1_795_000_000.0


def answer(status: int, body: bytes = b"{}", **headers: str) -> dict[str, object]:
    return read_answer(status, headers, body, server="http://s", now=NOW)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("2", 2.0),
        ("1.5", 1.5),
        ("1000000000", 300.0),
        ("1e9", 300.0),
        ("inf", 300.0),
        ("-1", None),
        ("nan", None),
        ("abc", None),
        ("", None),
        (None, None),
        (formatdate(NOW + 20, usegmt=True), 20.0),
        (formatdate(NOW - 3600, usegmt=True), 0.0),
        (formatdate(NOW + 1e8, usegmt=True), 300.0),
        ("Mon, 99 Xyz 2026", None),
    ],
)
def test_retry_after_is_read_in_every_form_and_bounded(text: str | None, seconds: float | None) -> None:
    assert parse_retry_after(text, NOW) == seconds


def test_only_a_json_object_in_a_2xx_is_an_acknowledgement() -> None:
    assert answer(200, b'{"stopped": true}') == {"stopped": True}
    for body in (b"", b"<html>login</html>", b'{"a": 1', b"[]", b"null", b'"ok"', b"\xff\xfe"):
        with pytest.raises(CommunicationError) as caught:
            answer(200, body)
        assert caught.value.retryable


@pytest.mark.parametrize("status", [301, 302, 307, 308, 408, 425, 429, 500, 502, 503, 504, 507, 599])
def test_weather_is_tried_again(status: int) -> None:
    with pytest.raises(CommunicationError) as caught:
        answer(status, b'{"error": "x"}')
    assert caught.value.retryable
    assert caught.value.status == status


@pytest.mark.parametrize("status", [400, 402, 404, 409, 410, 413, 415, 421, 422, 501])
def test_the_servers_own_refusal_is_final_and_an_intermediarys_is_not(status: int) -> None:
    with pytest.raises(CommunicationError) as ours:
        answer(status, b'{"error": "no"}')
    assert not ours.value.retryable
    with pytest.raises(CommunicationError) as portal:
        answer(status, b"<html>blocked</html>")
    assert portal.value.retryable


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_says_how_to_get_another(status: int) -> None:
    with pytest.raises(AuthenticationError, match="runwell login http://s") as caught:
        answer(status, b"whatever")
    assert not caught.value.retryable


def test_graphql_errors_are_final_and_answers_without_data_are_not_answers() -> None:
    assert read_graphql({"data": {"a": 1}}, "s") == {"a": 1}
    with pytest.raises(CommunicationError, match="no such run") as said:
        read_graphql({"data": None, "errors": [{"message": "no such run"}]}, "s")
    assert not said.value.retryable
    with pytest.raises(CommunicationError) as other:
        read_graphql({"ok": True}, "s")
    assert other.value.retryable
