"""References: what names their content, and that another content is noticed."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from runwell.artifacts.artifact import Artifact
from runwell.artifacts.references import fetch_reference
from runwell.wire.errors import CommunicationError, InvalidValue, UsageError
from runwell.wire.manifest import md5_base64


class _Page(BaseHTTPRequestHandler):
    etag = '"v1"'
    body = b"bytes"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/f.bin" else 404)
        self.send_header("ETag", self.etag)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    """A web server with one file."""
    _Page.etag = '"v1"'
    with HTTPServer(("127.0.0.1", 0), _Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_directory_is_referred_to_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "d/sub").mkdir(parents=True)
    (tmp_path / "d/a").write_bytes(b"1")
    (tmp_path / "d/sub/b").write_bytes(b"22")
    artifact = Artifact("refs", "dataset")
    artifact.add_reference(f"file://{tmp_path}/d", name="in")
    found = {path: (one.ref, one.size) for path, one in artifact.entries().items()}
    assert found == {"in/a": (f"file://{tmp_path}/d/a", 1), "in/sub/b": (f"file://{tmp_path}/d/sub/b", 2)}
    artifact.stage(str(tmp_path / "staged"))
    assert not (tmp_path / "staged").exists(), "the bytes of references stay where they are"
    with pytest.raises(InvalidValue, match="more than 1 objects"):
        Artifact("refs", "dataset").add_reference(f"file://{tmp_path}/d", max_objects=1)
    with pytest.raises(InvalidValue, match="no file or directory"):
        Artifact("refs", "dataset").add_reference(f"file://{tmp_path}/nothing")


def test_another_content_of_a_referred_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    artifact = Artifact("refs", "dataset")
    (entry,) = artifact.add_reference(f"file://{tmp_path}/a")
    fetch_reference(entry, str(tmp_path / "out/a"))
    assert (tmp_path / "out/a").read_bytes() == b"1"
    (tmp_path / "a").write_bytes(b"2")
    with pytest.raises(CommunicationError, match="other contents now"):
        fetch_reference(entry, str(tmp_path / "out/b"))
    assert not (tmp_path / "out/b").exists()


def test_an_address_of_the_web_is_named_by_its_etag(site: str, tmp_path: Path) -> None:
    artifact = Artifact("refs", "dataset")
    (entry,) = artifact.add_reference(f"{site}/f.bin")
    assert (entry.path, entry.digest, entry.size, entry.extra) == ("f.bin", "v1", 5, {"etag": '"v1"'})
    fetch_reference(entry, str(tmp_path / "f"))
    assert (tmp_path / "f").read_bytes() == b"bytes"
    _Page.etag = '"v2"'
    with pytest.raises(CommunicationError, match="other contents now"):
        fetch_reference(entry, str(tmp_path / "g"))
    with pytest.raises(InvalidValue, match="checksum=False"):
        artifact.add_reference(f"{site}/missing")


def test_what_nobody_looked_at_is_named_by_its_address(tmp_path: Path) -> None:
    artifact = Artifact("refs", "dataset")
    (entry,) = artifact.add_reference("s3://bucket/key.bin", checksum=False)
    named = md5_base64(hashlib.md5(b"s3://bucket/key.bin").hexdigest())
    assert (entry.path, entry.digest, entry.ref) == ("key.bin", named, "s3://bucket/key.bin")
    (odd,) = artifact.add_reference("myscheme://x/y", name="y")
    with pytest.raises(UsageError, match="ref_target"):
        fetch_reference(odd, str(tmp_path / "y"))
    with pytest.raises(InvalidValue, match="no address with a scheme"):
        artifact.add_reference("just/a/path")
