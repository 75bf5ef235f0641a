"""F14: bytes of artifacts that break off anywhere, servers and clients that die midway, two that send the same."""

from __future__ import annotations

import hashlib
import http.client
import os
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from runwell.artifacts.artifact import Artifact
from runwell.artifacts.server import ArtifactServer
from runwell.client.connection import Connection
from tests.faults.delivery import wait_for
from tests.faults.proxy import CutAnswer, CutRequest, Pass, Proxy
from tests.logging_artifacts import (
    announce,
    commit,
    create,
    data_of,
    digest_text,
    log_artifact,
    manifest_text,
    put,
    put_manifest,
)
from tests.serving import ServerProcess

SIZE = 300_000
DATA = hashlib.shake_128(b"bytes").digest(SIZE)
TWIN = hashlib.shake_128(b"twin").digest(SIZE)  # which no other test has sent before


def blobs(server: ServerProcess) -> set[str]:
    """Give everything that lies in the blob store, unfinished files too."""
    return {one.name for one in (server.data_dir / "blobs").rglob("*") if one.is_file()}


def half_put(server: ServerProcess, path: str, first: int, data: bytes = DATA) -> socket.socket:
    """Send the head of a PUT and its first bytes; give the open connection."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: {SIZE}\r\n\r\n"
    connection.sendall(head.encode() + data[:first])
    return connection


def begun(server: ServerProcess, project: str, data: bytes = DATA) -> tuple[dict[str, Any], str]:
    """Begin a version of one file; give it and the address of the file's bytes."""
    files = {"f.bin": data}
    version = create(server, project, "data", digest_text(files))
    path = announce(server, version["id"], files)["f.bin"]
    assert path is not None
    assert put_manifest(server, version["id"], manifest_text(files)) == 200
    return version, path


def test_an_upload_that_breaks_off_anywhere_leaves_nothing_and_may_be_repeated(server: ServerProcess) -> None:
    version, path = begun(server, "cuts")
    before = blobs(server)
    for first in (0, 1, 65_535, 65_536, SIZE // 2, SIZE - 1):
        connection = half_put(server, path, first)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(4096)
        assert b" 200 " not in answer.split(b"\r\n")[0], first
        connection.close()
        assert "haven't come" in commit(server, version["id"])["errors"][0]["message"]
    wait_for("the end of what broke off", lambda: blobs(server) <= before)
    with Proxy(server.url) as proxy:
        for after in (1, 500, 70_000, SIZE):
            proxy.plan = lambda request, after=after: CutRequest(after)
            sent = http.client.HTTPConnection("127.0.0.1", int(proxy.url.rpartition(":")[2]), timeout=20)
            with pytest.raises((OSError, http.client.HTTPException)):
                sent.request("PUT", path, DATA)
                sent.getresponse()
            sent.close()
        proxy.plan = lambda request: CutAnswer(0)
        sent = http.client.HTTPConnection("127.0.0.1", int(proxy.url.rpartition(":")[2]), timeout=20)
        with pytest.raises((OSError, http.client.HTTPException)):
            sent.request("PUT", path, DATA)
            sent.getresponse()
    assert put(server, path, DATA) == 200, "what nobody heard an answer to may be sent again"
    data_of(commit(server, version["id"]))
    url = server.get_json("/api/projects/local/cuts/artifacts/data/v0/files")["files"][0]["url"]
    assert server.request("GET", url)[2] == DATA


def test_a_server_killed_in_mid_upload_shows_nothing_and_takes_it_again(new_server: Any) -> None:
    server: ServerProcess = new_server().start()
    version, path = begun(server, "p")
    open_ones = [half_put(server, path, SIZE // 2) for _ in range(2)]
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/ready")
    assert connection.getresponse().status == 200
    server.kill()
    for one in open_ones:
        one.close()
    server.start()
    assert server.get_json("/api/projects/local/p/artifacts/data")["items"] == []
    assert "haven't come" in commit(server, version["id"])["errors"][0]["message"]
    assert put(server, path, DATA) == 200, "the address is good for the server that came back"
    data_of(commit(server, version["id"]))
    assert hashlib.sha256(DATA).hexdigest() in blobs(server)
    server.stop()


def test_many_slow_uploads_hold_nobody_up_and_their_ends_are_no_failures_of_the_server(new_server: Any) -> None:
    server: ServerProcess = new_server().start()
    version, path = begun(server, "p")
    before = blobs(server)
    slow = [half_put(server, path, first % SIZE) for first in range(0, 60 * 9_000, 9_000)]
    wait_for("uploads under way", lambda: len(blobs(server) - before) >= 60)
    asked = time.monotonic()
    assert server.get_json("/api/projects")["projects"] and time.monotonic() - asked < 5
    for one in slow:
        one.close()
    wait_for("the end of those that left", lambda: blobs(server) == before)
    assert put(server, path, DATA) == 200
    data_of(commit(server, version["id"]))
    _, path = begun(server, "q", TWIN)
    stopped = [half_put(server, path, SIZE // 2) for _ in range(2)]
    wait_for("uploads under way", lambda: len(list((server.data_dir / "blobs" / "incoming").iterdir())) == 2)
    server.stop()
    for one in stopped:
        answer = one.recv(4096)
        assert b" 503 " in answer and b"the server is stopping" in answer
        one.close()
    assert "Traceback" not in server.log() and "never retrieved" not in server.log(), server.log()


def test_two_clients_send_the_same_bytes_at_once_and_one_of_them_dies(server: ServerProcess) -> None:
    first, path = begun(server, "both-clients", TWIN)
    second = create(server, "both-clients", "twin", digest_text({"f.bin": TWIN}))
    other = announce(server, second["id"], {"f.bin": TWIN})["f.bin"]
    assert other is not None and put_manifest(server, second["id"], manifest_text({"f.bin": TWIN})) == 200
    dying = half_put(server, path, SIZE // 3, TWIN)
    answers: list[int] = []
    threads = [threading.Thread(target=lambda to=to: answers.append(put(server, to, TWIN))) for to in (path, other) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    dying.close()
    assert answers == [200] * 6
    for one in (first, second):
        data_of(commit(server, one["id"]))
    for name in ("data", "twin"):
        url = server.get_json(f"/api/projects/local/both-clients/artifacts/{name}/v0/files")["files"][0]["url"]
        assert server.request("GET", url)[2] == TWIN


def test_the_same_bytes_under_many_paths_are_fetched_once(
    server: ServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNWELL_CACHE_DIR", str(tmp_path / "cache"))
    files = {f"part-{n % 3}/{n}.bin": DATA[:70_000] for n in range(60)}
    log_artifact(server, "same", "data", files)
    md5 = hashlib.md5(DATA[:70_000]).hexdigest()
    with Proxy(server.url) as proxy:
        asked = ArtifactServer(proxy.url, Connection(proxy.url, server.key))
        artifact = Artifact.of_server(asked, asked.find("local", "same", "data", "latest"))
        root = artifact.download(str(tmp_path / "out"))
        assert sum(md5 in one.path for one in proxy.seen) == 1
        assert {name: Path(root, name).read_bytes() for name in files} == files
        other = artifact.download(str(tmp_path / "uncached"), skip_cache=True)
        assert {name: Path(other, name).read_bytes() for name in files} == files
    assert not list((tmp_path / "cache").rglob("get-*")), "no part and no lock is left"


def test_a_download_cut_at_any_byte_goes_on_there(
    server: ServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNWELL_CACHE_DIR", str(tmp_path / "cache"))
    log_artifact(server, "downs", "data", {"f.bin": DATA})
    md5 = hashlib.md5(DATA).hexdigest()
    with Proxy(server.url) as proxy:
        asked = ArtifactServer(proxy.url, Connection(proxy.url, server.key))
        artifact = Artifact.of_server(asked, asked.find("local", "downs", "data", "latest"))
        cuts = [400, 90_000, SIZE // 2]  # of answers with a head of some hundred bytes

        def plan(request: Any) -> Any:
            return CutAnswer(cuts.pop(0)) if md5 in request.path and cuts else Pass()

        proxy.plan = plan
        root = artifact.download(str(tmp_path / "out"))
        assert Path(root, "f.bin").read_bytes() == DATA and not cuts
        ranges = [value for one in proxy.seen for name, value in one.headers.items() if name.lower() == "range"]
        assert len(ranges) >= 2 and len(set(ranges)) == len(ranges), "each went on where the one before ended"
    assert os.listdir(root) == ["f.bin"]
