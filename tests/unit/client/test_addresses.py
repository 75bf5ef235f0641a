"""Which addresses are one server, and which are this machine."""

import pytest

from runwell.client.addresses import is_loopback, origin, reachable_url
from runwell.wire.errors import InvalidValue


def test_an_origin_is_written_one_way() -> None:
    assert origin("HTTP://LocalHost:8080/x?y") == "http://localhost:8080"
    assert origin("https://h:443/") == "https://h"
    assert origin("http://[::1]:80") == "http://[::1]"


@pytest.mark.parametrize("text", ["", "localhost:8080", "ftp://h", "http://", "http://h:99999", "http://h:x"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        origin(text)


def test_loopback_is_told_by_name_alone() -> None:
    assert all(is_loopback(f"http://{h}:1") for h in ("127.0.0.1", "127.9.9.9", "localhost", "a.localhost", "[::1]"))
    assert not any(is_loopback(f"http://{h}") for h in ("127.0.0.1.nip.io", "localhost.evil", "10.0.0.1", "0x7f.1"))


def test_a_server_that_calls_itself_loopback_is_reached_as_we_reach_it() -> None:
    assert reachable_url("http://127.0.0.1:8080/put/a?sig=1", "https://gpu.lab:9/") == "https://gpu.lab:9/put/a?sig=1"
    assert reachable_url("https://bucket.s3/x", "http://127.0.0.1:1") == "https://bucket.s3/x"
    assert reachable_url("http://127.0.0.1:1/x", "http://127.0.0.1:1") == "http://127.0.0.1:1/x"
