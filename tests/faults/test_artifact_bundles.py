"""Small files that travel together: each verified, all of a bundle or none, through faults of either side."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from runwell.artifacts.artifact import Artifact
from runwell.artifacts.server import ArtifactServer
from runwell.client.connection import Connection
from runwell.server import failpoints
from runwell.wire.bundle import SmallFile, decode_bundle, encode_bundle
from runwell.wire.limits import MAX_BUNDLE_BYTES, MAX_BUNDLE_FILES, MAX_SMALL_FILE_BYTES
from tests.faults.delivery import wait_for
from tests.faults.proxy import Answer, CutAnswer, Pass, Proxy
from tests.logging_artifacts import (
    announce,
    announce_bundle,
    commit,
    create,
    data_of,
    digest_text,
    manifest_text,
    put,
    put_manifest,
)
from tests.serving import ServerProcess

FILES = {f"part/{n:03d}.bin": b"%d of the small ones " % n * (n % 40) for n in range(300)}


def bundled(files: dict[str, bytes]) -> bytes:
    """Give a bundle of files, each under its true MD5."""
    return encode_bundle([SmallFile(hashlib.md5(data).hexdigest(), data) for data in files.values()])


def blobs(server: ServerProcess) -> set[str]:
    """Give everything that lies in the blob store, unfinished files too."""
    return {one.name for one in (server.data_dir / "blobs").rglob("*") if one.is_file()}


def begun(server: ServerProcess, project: str, files: dict[str, bytes]) -> tuple[str, str]:
    """Begin a version of files; give its id and where bundles of it are put."""
    version = create(server, project, "data", digest_text(files))
    missing, path = announce_bundle(server, version["id"], files)
    assert len(missing) == len(set(files.values())) and path is not None
    assert put_manifest(server, version["id"], manifest_text(files)) == 200
    return version["id"], path


def logged(server: ServerProcess, project: str, files: dict[str, bytes]) -> None:
    """Log a version of files by bundles of 15, those that are too large for one by themselves."""
    version, path = begun(server, project, files)
    singles = announce(
        server, version, {name: data for name, data in files.items() if len(data) > MAX_SMALL_FILE_BYTES}
    )
    small = [(name, data) for name, data in files.items() if name not in singles]
    for n in range(0, len(small), 15):
        assert put(server, path, bundled(dict(small[n : n + 15]))) == 200
    for name, to in singles.items():
        assert to is not None and put(server, to, files[name]) == 200
    data_of(commit(server, version))


def assert_whole(server: ServerProcess, project: str, files: dict[str, bytes]) -> None:
    """Every file of the version has its bytes."""
    found = server.get_json(f"/api/projects/local/{project}/artifacts/data/v0/files?limit=1000")["files"]
    assert {one["path"] for one in found} == set(files)
    for one in found[::37]:
        assert server.request("GET", one["url"])[2] == files[one["path"]]


def test_a_bundle_is_kept_whole_and_only_what_is_missing_is_asked_for(server: ServerProcess) -> None:
    files = {name: b"kept " + data for name, data in FILES.items()}
    version, path = begun(server, "bundle", files)
    assert put(server, path, bundled(files)) == 200
    assert {hashlib.sha256(data).hexdigest() for data in files.values()} <= blobs(server)
    assert announce_bundle(server, version, files) == ([], None)
    data_of(commit(server, version))
    assert_whole(server, "bundle", files)
    assert put(server, path, bundled(files)) == 409, "a committed version takes no more bytes"
    more = {**files, "one.more": b"one more"}
    other = create(server, "bundle", "more", digest_text(more))
    missing, path = announce_bundle(server, other["id"], more)
    assert missing == [len(files)] and path is not None


def test_one_wrong_file_refuses_its_bundle_and_nothing_of_it_is_kept(server: ServerProcess) -> None:
    files = {name: b"refused " + data for name, data in FILES.items()}
    version, path = begun(server, "wrong-bundle", files)
    before = blobs(server)
    whole = bundled(files)
    head = bundled({"a": b"nobody announced this"})
    evil = encode_bundle([SmallFile(hashlib.md5(b"said").hexdigest(), b"sent")])
    for body, status in (
        (whole[:-1], 400),
        (whole + b"x", 400),
        (whole[:200] + b"X" + whole[201:], 400),
        (b"", 400),
        (b"PK" + whole, 400),
        (whole + head[4:], 404),
        (whole + evil[4:], 404),
        (encode_bundle([SmallFile("0" * 32, b"")] * (MAX_BUNDLE_FILES + 1)), 400),
        (whole + bytes(MAX_BUNDLE_BYTES + 100_000), 413),
    ):
        assert put(server, path, body) == status, len(body)
        assert blobs(server) <= before
        assert "haven't come" in commit(server, version)["errors"][0]["message"]
    assert put(server, path.replace("/bundles/", "/bundles/9"), whole) in (401, 403), "an address is of one version"
    assert put(server, path, whole) == 200
    data_of(commit(server, version))
    assert_whole(server, "wrong-bundle", files)


def test_a_bundle_that_breaks_off_anywhere_leaves_nothing(server: ServerProcess) -> None:
    files = {name: b"broken " + data for name, data in FILES.items()}
    version, path = begun(server, "cut-bundle", files)
    before, body = blobs(server), bundled(files)
    for first in (0, 4, 27, len(body) // 2, len(body) - 1):
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body[:first])
        connection.shutdown(socket.SHUT_WR)
        assert b" 200 " not in connection.recv(4096).split(b"\r\n")[0], first
        connection.close()
    wait_for("the end of what broke off", lambda: blobs(server) <= before)
    assert "haven't come" in commit(server, version)["errors"][0]["message"]
    assert put(server, path, body) == 200
    data_of(commit(server, version))


def test_bundles_and_single_files_come_at_once_and_the_wrong_ones_fail_alone(server: ServerProcess) -> None:
    files = {name: b"at once " + data for name, data in FILES.items()}
    version, path = begun(server, "at-once", files)
    single = announce(server, version, files)
    answers: list[int] = []
    names = list(files)

    def send(to: str, body: bytes) -> None:
        answers.append(put(server, to, body))

    threads = [threading.Thread(target=send, args=(path, bundled(dict(list(files.items())[n::4])))) for n in range(4)]
    threads += [threading.Thread(target=send, args=(single[name] or path, files[name])) for name in names[:20]]
    threads += [threading.Thread(target=send, args=(single[name] or path, b"evil")) for name in names[20:30]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [200] * 24 + [400] * 10
    assert hashlib.sha256(b"evil").hexdigest() not in blobs(server)
    data_of(commit(server, version))
    assert_whole(server, "at-once", files)


def test_small_files_are_given_together_as_far_as_they_are_there(server: ServerProcess) -> None:
    large = {"large.bin": b"L" * (MAX_SMALL_FILE_BYTES + 1)}
    half = {f"{n}.half": bytes([n]) * (MAX_SMALL_FILE_BYTES - 1) for n in range(20)}
    few = {name: b"given " + data for name, data in FILES.items()}
    files = {**few, **large, **half}
    logged(server, "given", files)
    pending = create(server, "given", "pending", "1" * 32)
    path = announce(server, pending["id"], {"p": b"not committed"})["p"]
    assert path is not None and put(server, path, b"not committed") == 200
    by_md5 = {hashlib.md5(data).hexdigest(): data for data in files.values()}

    def given(data: list[bytes]) -> dict[str, bytes]:
        asked = {"md5s": [hashlib.md5(one).hexdigest() for one in data]}
        status, _, body = server.request("POST", "/artifacts/local/bundle", asked)
        assert status == 200, body
        return {one.md5: bytes(one.data) for one in decode_bundle(body)}

    small = {md5: data for md5, data in by_md5.items() if data in set(few.values())}
    assert given([*few.values(), *large.values(), b"never seen", b"not committed"]) == small
    some = given(list(half.values()))
    assert 10 <= len(some) < 20 and all(by_md5[md5] == data for md5, data in some.items()), "as many as fit"
    for body in ({"md5s": ["0" * 32] * (MAX_BUNDLE_FILES + 1)}, {"md5s": ["x"]}, {"md5s": [1]}, {}, [], {"md5s": "0"}):
        assert server.request("POST", "/artifacts/local/bundle", body)[0] == 400, body
    assert server.request("POST", "/artifacts/nobody/bundle", {"md5s": []})[0] == 404


def test_small_files_come_in_few_requests_and_wrong_or_missing_ones_are_fetched_one_by_one(
    server: ServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNWELL_CACHE_DIR", str(tmp_path / "cache"))
    logged(server, "together", FILES)

    def download(proxy: Proxy, name: str) -> int:
        """Give how many files were asked for one by one."""
        asked = ArtifactServer(proxy.url, Connection(proxy.url, server.key))
        before = len(proxy.seen)
        artifact = Artifact.of_server(asked, asked.find("local", "together", "data", "latest"))
        root = Path(artifact.download(str(tmp_path / name)))
        assert {path: (root / path).read_bytes() for path in FILES} == FILES
        return sum(one.path.startswith("/artifacts/local/") and one.method == "GET" for one in proxy.seen[before:])

    with Proxy(server.url) as proxy:
        assert download(proxy, "whole") == 0
        several = [SmallFile(hashlib.md5(data).hexdigest(), data) for data in sorted(set(FILES.values()))]
        changed = [SmallFile(one.md5, b"evil") for one in several[:3]]
        for name, body, singles in (
            ("evil", encode_bundle([*changed, *several[3:], SmallFile("0" * 32, b"not asked for")]), 3),
            ("partial", encode_bundle(several[:-9]), 9),
            ("torn", encode_bundle(several)[:-1], len(several)),
        ):
            shutil.rmtree(tmp_path / "cache")
            proxy.plan = lambda request, body=body: (
                Answer(200, body=body) if request.path.endswith("/bundle") else Pass()
            )
            assert download(proxy, name) == singles
        shutil.rmtree(tmp_path / "cache")
        proxy.plan = lambda request: CutAnswer(5_000) if request.path.endswith("/bundle") else Pass()
        assert download(proxy, "cut") == len(several)


@pytest.mark.slow
def test_a_server_killed_between_the_bytes_and_the_catalog_takes_the_bundle_again(new_server: Any) -> None:
    server: ServerProcess = new_server().start(environment={"RUNWELL_FAIL_AT": "artifact.kept"})
    version, path = begun(server, "p", FILES)
    with pytest.raises((OSError, http.client.HTTPException)):
        put(server, path, bundled(FILES))
    assert server.process is not None and server.process.wait(20) == failpoints.EXIT_CODE
    server.start()
    for one in (server.data_dir / "blobs").glob("???/*"):
        assert hashlib.sha256(one.read_bytes()).hexdigest() == one.name, "what is visible is whole"
    assert "haven't come" in commit(server, version)["errors"][0]["message"]
    assert len(announce_bundle(server, version, FILES)[0]) == len(set(FILES.values()))
    assert put(server, path, bundled(FILES)) == 200, "the address is good for the server that came back"
    data_of(commit(server, version))
    assert_whole(server, "p", FILES)
    server.stop()
