"""Artifacts through faults: a server that dies between two steps, bytes that are others, two writers at once."""

from __future__ import annotations

import http.client
import os
import sqlite3
import threading
import time
from typing import Any

import pytest

from runwell.server import failpoints
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

FILES = {"a.bin": b"a" * 100_000, "sub/b.bin": b"b" * 5}


def versions(server: ServerProcess, project: str, name: str) -> list[str]:
    """Give the versions that anybody sees."""
    status, _, body = server.request("GET", f"/api/projects/local/{project}/artifacts/{name}")
    assert status == 200, body
    import json

    return [one["version"] for one in json.loads(body)["items"]]


def read(server: ServerProcess, project: str, name: str, version: str, path: str) -> bytes:
    """Give the bytes of a file of a version."""
    base = f"/api/projects/local/{project}/artifacts/{name}/{version}/files"
    found = {one["path"]: one for one in server.get_json(base)["files"]}
    status, _, body = server.request("GET", found[path]["url"])
    assert status == 200
    return body


def fails(server: ServerProcess, work: Any) -> None:
    """Do what kills the server, and wait for its end."""
    with pytest.raises((OSError, http.client.HTTPException, AssertionError)):
        work()
    assert server.process is not None
    assert server.process.wait(20) == failpoints.EXIT_CODE, "the place was never come to"


@pytest.mark.slow
def test_a_server_that_dies_between_any_two_steps_shows_a_version_whole_or_not_at_all(new_server: Any) -> None:
    server: ServerProcess = new_server().start(environment={"RUNWELL_FAIL_AT": "artifact.kept"})
    version = create(server, "p", "data", digest_text(FILES), clientID="mine")
    paths = announce(server, version["id"], FILES)
    first = paths["a.bin"]
    assert first is not None
    fails(server, lambda: put(server, first, FILES["a.bin"]))

    server.start(environment={"RUNWELL_FAIL_AT": "artifact.written"})
    assert "haven't come" not in str(versions(server, "p", "data")) and versions(server, "p", "data") == []
    answer = commit(server, version["id"])
    assert "hasn't come" in answer["errors"][0]["message"] and answer["data"]["commitArtifact"] is None
    for name, path in announce(server, version["id"], FILES).items():
        assert path is not None, "bytes that the catalog doesn't know are asked for again"
        assert put(server, path, FILES[name]) == 200
    assert put_manifest(server, version["id"], manifest_text(FILES)) == 200
    fails(server, lambda: commit(server, version["id"]))

    server.start(environment={"RUNWELL_FAIL_AT": "artifact.committed"})
    assert versions(server, "p", "data") == [], "a commit that didn't happen shows nothing"
    with sqlite3.connect(server.data_dir / "catalog.db") as catalog:
        assert catalog.execute("SELECT count(*) FROM artifact_file").fetchone() == (0,)
    fails(server, lambda: commit(server, version["id"]))

    server.start()
    assert versions(server, "p", "data") == ["v0"]
    again = data_of(commit(server, version["id"]))["commitArtifact"]["artifact"]
    assert again["versionIndex"] == 0, "a commit repeated is the same commit"
    assert create(server, "p", "data", "0" * 32, clientID="mine") == {
        **version,
        "state": "COMMITTED",
        "versionIndex": 0,
    }
    assert versions(server, "p", "data") == ["v0"]
    for name, data in FILES.items():
        assert read(server, "p", "data", "latest", name) == data
    server.stop()


def test_bytes_that_are_not_those_announced_are_refused_for_good_and_nothing_is_kept(server: ServerProcess) -> None:
    blobs = server.data_dir / "blobs"
    version = create(server, "wrong", "data", digest_text(FILES))
    path = announce(server, version["id"], FILES)["a.bin"]
    assert path is not None
    before = sum(1 for one in blobs.rglob("*") if one.is_file())
    assert put(server, path, b"x" * 100_000) == 400
    assert put(server, path, FILES["a.bin"] + b"more") == 400
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("PUT", path)
    connection.putheader("Content-Length", "100000")
    connection.endheaders()
    connection.send(b"a" * 500)
    connection.close()  # the client died within its upload
    assert sum(1 for one in blobs.rglob("*") if one.is_file()) - before <= 1
    assert put_manifest(server, version["id"], manifest_text(FILES)) == 200
    message = commit(server, version["id"])["errors"][0]["message"]
    assert "'a.bin' haven't come" in message
    assert put(server, path, FILES["a.bin"]) == 200
    assert "'sub/b.bin' haven't come" in commit(server, version["id"])["errors"][0]["message"]
    assert versions(server, "wrong", "data") == []


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (b"{", "not JSON"),
        (b'{"version": 2, "contents": {}}', "version 2"),
        (
            b'{"version": 1, "contents": {"a": {"digest": "x", "size": 1}, "a": {"digest": "x", "size": 1}}}',
            "'a' twice",
        ),
        (b'{"version": 1, "contents": {"../a": {"digest": "x", "size": 1}}}', "'..'"),
        (b'{"version": 1, "contents": {"a": {"digest": "x", "size": -1}}}', "size -1"),
        (b'{"version": 1, "contents": {"r": {"digest": "x", "size": 1, "ref": "/etc/passwd"}}}', "no address"),
        (manifest_text({"a": b"1", "a/b": b"2"}), "a folder of"),
        (manifest_text({"A": b"1", "a": b"2"}), "letter case"),
        (manifest_text({"\u00e9": b"1", "e\u0301": b"2"}), "Unicode form"),
    ],
)
def test_a_manifest_that_can_not_be_is_refused_at_the_commit(server: ServerProcess, manifest: bytes, said: str) -> None:
    version = create(server, "manifests", "data", "1" * 32, enableDigestDeduplication=False)
    assert put_manifest(server, version["id"], manifest) == 200
    assert said in commit(server, version["id"])["errors"][0]["message"]


def test_two_writers_of_the_same_bytes_make_two_versions_of_them_at_once(server: ServerProcess) -> None:
    data = {"same.bin": b"s" * 2_000_000}
    made: dict[int, Any] = {}

    def write(n: int) -> None:
        made[n] = log_artifact(server, "twins", f"data{n}", data)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(made) == [0, 1, 2, 3] and {one["versionIndex"] for one in made.values()} == {0}
    for n in range(4):
        assert read(server, "twins", f"data{n}", "v0", "same.bin") == data["same.bin"]


def test_versions_logged_to_one_name_at_once_have_each_a_number_of_their_own(server: ServerProcess) -> None:
    numbers: list[int] = []

    def write(n: int) -> None:
        numbers.append(log_artifact(server, "race", "data", {"f": b"%d" % n})["versionIndex"])

    threads = [threading.Thread(target=write, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(numbers) == [0, 1, 2, 3, 4, 5]
    latest = server.get_json("/api/projects/local/race/artifacts/data/latest")
    assert latest["aliases"] == ["latest"]


def test_a_committed_version_takes_no_more_bytes(server: ServerProcess) -> None:
    version = create(server, "closed", "data", digest_text({"f": b"closed"}))
    path = announce(server, version["id"], {"f": b"closed"})["f"]
    assert path is not None and put(server, path, b"closed") == 200
    assert put_manifest(server, version["id"], manifest_text({"f": b"closed"})) == 200
    data_of(commit(server, version["id"]))
    assert put(server, path, b"closed") == 409
    assert server.request("GET", path, key=None)[0] in (401, 403, 405), "an address to put to reads nothing"
    other = path.replace("/artifacts/uploads/", "/artifacts/uploads/9")
    assert put(server, other, b"closed") in (401, 403)


def test_what_uploads_left_behind_goes_at_the_next_start(new_server: Any) -> None:
    server: ServerProcess = new_server().start()
    assert server.stop() == 0
    incoming = server.data_dir / "blobs" / "incoming"
    torn, young = incoming / "torn", incoming / "young"
    for one in (torn, young):
        one.write_bytes(b"half of a file")
    days_ago = time.time() - 3 * 86_400
    os.utime(torn, (days_ago, days_ago))
    server.start()
    deadline = time.monotonic() + 20
    while torn.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (torn.exists(), young.exists()) == (False, True)
