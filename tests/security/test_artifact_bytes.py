"""P14-P20, A5-A7, B5, B9, D1 for artifacts: addresses, manifests and folders of somebody who means no good."""

from __future__ import annotations

import ast
import hashlib
import http.client
import json
import os
import pickle
from pathlib import Path
from typing import Any

import pytest

import runwell
from runwell.artifacts.artifact import Artifact
from runwell.artifacts.server import ArtifactServer
from runwell.client.connection import Connection
from runwell.wire.errors import InvalidValue, UsageError
from tests.faults.proxy import Answer, Pass, Proxy
from tests.logging_artifacts import (
    announce,
    commit,
    create,
    data_of,
    digest_text,
    log_artifact,
    manifest_text,
    md5_text,
    put,
    put_manifest,
)
from tests.serving import ServerProcess

SOURCE = Path(runwell.__file__).parent


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: ServerProcess) -> Path:
    monkeypatch.setenv("RUNWELL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("RUNWELL_CONFIG_DIR", str(tmp_path / "user"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(server: ServerProcess, url: str, project: str, name: str) -> Artifact:
    asked = ArtifactServer(url, Connection(url, server.key))
    return Artifact.of_server(asked, asked.find("local", project, name, "latest"))


def everything(folder: Path) -> set[str]:
    return {str(one.relative_to(folder)) for one in folder.rglob("*") if not str(one).startswith(str(folder / "cache"))}


# P17: what a server lists


@pytest.mark.parametrize(
    "name", ["../../.bashrc", "/abs", "a/../../b", "..\\..\\x", "C:\\x", "a\x00b", "a//b", "./x", "", "a/" + "n" * 300]
)
def test_a_manifest_that_climbs_is_refused_by_the_reader_and_nothing_is_written(
    server: ServerProcess, place: Path, name: str
) -> None:
    log_artifact(server, "hostile", "data", {"good": b"good"})
    entry = {"digest": md5_text(b"good"), "size": 4}
    evil = json.dumps({"version": 1, "contents": {"good": entry, name: entry}}).encode()
    with Proxy(server.url) as proxy:
        proxy.plan = lambda request: Answer(200, body=evil) if request.path.startswith("/artifacts/files/") else Pass()
        before = everything(place)
        with pytest.raises(InvalidValue):
            found(server, proxy.url, "hostile", "data").download(str(place / "out" / "deep"))
        assert everything(place) - before <= {"out", "out/deep"}


# P18: what lies in the directory that is downloaded to


def test_a_link_below_the_download_directory_is_not_written_through(server: ServerProcess, place: Path) -> None:
    log_artifact(server, "links", "data", {"sub/deep/a": b"new", "b": b"new"})
    outside = place / "outside"
    outside.mkdir()
    (outside / "b").write_bytes(b"mine")
    for link, target in (("sub", outside), ("sub/deep", outside)):
        root = place / link.replace("/", "-")
        (root / link).parent.mkdir(parents=True, exist_ok=True)
        (root / link).symlink_to(target)
        with pytest.raises(UsageError, match="leads out of"):
            found(server, server.url, "links", "data").download(str(root))
        assert os.listdir(outside) == ["b"]
    root = place / "file"
    root.mkdir()
    (root / "b").symlink_to(outside / "b")
    found(server, server.url, "links", "data").download(str(root))
    assert (outside / "b").read_bytes() == b"mine", "a link that is a file's name is replaced, not followed"
    assert (root / "b").read_bytes() == b"new" and not (root / "b").is_symlink()
    (place / "real").mkdir()
    (place / "root").symlink_to(place / "real")
    found(server, server.url, "links", "data").download(str(place / "root"))
    assert (place / "real/sub/deep/a").read_bytes() == b"new", "the directory itself may be a link: the user named it"


# P14-P16: what a writer says


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "a:b", "a\x00", "a\nb", "x" * 300])
def test_names_of_artifacts_aliases_and_types_are_never_paths(server: ServerProcess, name: str) -> None:
    document = """mutation($input: CreateArtifactInput!) { createArtifact(input: $input) { artifact { id } } }"""
    given: dict[str, Any] = {
        "entityName": "local",
        "projectName": "grammar",
        "artifactTypeName": "dataset",
        "artifactCollectionName": "fine",
        "digest": "1" * 32,
        "digestAlgorithm": "MANIFEST_MD5",
    }
    places: list[dict[str, Any]] = [{"artifactCollectionName": name}, {"artifactTypeName": name}]
    places.append({"aliases": [{"artifactCollectionName": "fine", "alias": name}]})
    for place in places:
        answer = server.graphql(document, {"input": {**given, **place}})
        assert answer.get("errors") and not (answer.get("data") or {}).get("createArtifact"), place


def test_a_percent_encoded_twin_of_a_name_is_another_name(server: ServerProcess) -> None:
    log_artifact(server, "twins2", "data", {"a": b"1"})
    base = "/api/projects/local/twins2/artifacts"
    assert server.request("GET", f"{base}/d%61ta/v0")[0] == 200, "decoded once"
    for twin in ("d%2561ta", "%2e%2e", "..%2fdata", "data%00"):
        assert server.request("GET", f"{base}/{twin}/v0")[0] in (400, 404), twin


@pytest.mark.parametrize("ref", ["file:///etc/passwd", "s3://bucket/../x", "http://127.0.0.1:1/", "gopher://x/y"])
def test_the_server_keeps_references_as_text_and_never_opens_one(server: ServerProcess, ref: str) -> None:
    version = create(server, "refs", "data", hashlib.md5(ref.encode()).hexdigest(), enableDigestDeduplication=False)
    assert put_manifest(server, version["id"], manifest_text({}, r={"digest": "x", "ref": ref, "size": 9})) == 200
    data_of(commit(server, version["id"]))
    [file] = server.get_json("/api/projects/local/refs/artifacts/data/latest/files")["files"]
    assert (file["ref"], file["url"], file["size_bytes"]) == (ref, None, 9)
    md5 = hashlib.md5(b"x").hexdigest()
    assert server.request("GET", f"/artifacts/local/{md5}")[0] == 404


@pytest.mark.parametrize("ref", ["/etc/passwd", "etc", "://x", " s3://b/x", "file"])
def test_a_reference_without_a_scheme_is_no_version(server: ServerProcess, ref: str) -> None:
    version = create(server, "refs", "none", "2" * 32, enableDigestDeduplication=False)
    assert put_manifest(server, version["id"], manifest_text({}, r={"digest": "x", "ref": ref})) == 200
    assert "no address" in commit(server, version["id"])["errors"][0]["message"]


# A7, B5, B9: addresses of bytes


def test_an_address_to_put_bytes_to_is_good_for_these_bytes_of_this_version_only(server: ServerProcess) -> None:
    files = {"a": b"a" * 1_000, "b": b"b" * 1_000}
    version = create(server, "signed", "data", digest_text(files))
    paths = announce(server, version["id"], files)
    path = paths["a"]
    assert path is not None
    bare, _, query = path.partition("?")
    other = hashlib.md5(files["b"]).hexdigest()
    number = bare.split("/")[3]
    for wrong in (
        bare,
        f"{bare}?signature=",
        path.replace(bare.rpartition("/")[2], other),
        path.replace(f"/{number}/", f"/{int(number) + 1}/"),
        path.replace("/uploads/", "/manifests/"),
        f"{bare}?{query.replace('expires=1', 'expires=9')}",
        f"{path}&size=1",
    ):
        assert put(server, wrong, files["a"]) in (401, 403), wrong
    for method in ("GET", "DELETE", "POST"):
        assert server.request(method, path, key=None)[0] in (401, 403, 404, 405)
    assert put(server, path, files["a"]) == 200
    assert put(server, path, files["a"]) == 200, "repeated while it isn't committed, it is the same"


def test_more_bytes_than_announced_are_cut_off_and_one_range_is_served(server: ServerProcess) -> None:
    files = {"a": bytes(range(256)) * 40}
    version = create(server, "ranges", "data", digest_text(files))
    path = announce(server, version["id"], files)["a"]
    assert path is not None
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("PUT", path)
    connection.putheader("Content-Length", str(10**15))
    connection.endheaders()
    assert connection.getresponse().status in (400, 413), "a length beyond every limit is refused before it comes"
    connection.close()
    assert put(server, path, files["a"]) == 200
    assert put_manifest(server, version["id"], manifest_text(files)) == 200
    data_of(commit(server, version["id"]))
    url = server.get_json("/api/projects/local/ranges/artifacts/data/v0/files")["files"][0]["url"]
    status, headers, body = server.request("GET", url, headers={"Range": "bytes=256-511"})
    assert (status, body, headers["content-range"]) == (206, bytes(range(256)), "bytes 256-511/10240")
    many = ",".join(f"{n}-{n + 1}" for n in range(0, 8_000, 4))
    status, _, body = server.request("GET", url, headers={"Range": f"bytes={many}"})
    assert status in (200, 416, 431) and (status != 200 or body == files["a"])


# D1, P19, P20: what is never done with bytes


def test_a_pickle_is_only_bytes(server: ServerProcess, place: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(place / "executed"),)

    data = pickle.dumps(Evil())
    log_artifact(server, "pickles", "model", {"model.pkl": data})
    root = found(server, server.url, "pickles", "model").download(str(place / "out"))
    assert Path(root, "model.pkl").read_bytes() == data and not (place / "executed").exists()


BANNED_MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "tarfile", "zipfile"}
BANNED_CALLS = {"eval", "exec", "unpack_archive", "extractall", "load_module"}


def test_nothing_of_ours_executes_or_unpacks_what_it_reads() -> None:
    wrong = []
    for path in SOURCE.rglob("*.py"):
        text = path.read_text("utf-8")
        if not any(word in text for word in (*BANNED_MODULES, *BANNED_CALLS, "yaml.load", "torch.load")):
            continue
        for node in ast.walk(ast.parse(text)):
            where = f"{path.relative_to(SOURCE)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Import):
                wrong += [f"{where} {one.name}" for one in node.names if one.name.split(".")[0] in BANNED_MODULES]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in BANNED_MODULES:
                wrong.append(f"{where} {node.module}")
            elif isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                of = getattr(getattr(node.func, "value", None), "id", "")
                keywords = {one.arg for one in node.keywords}
                if (called in BANNED_CALLS and of not in ("model", "self", "re")) or (of, called) == ("yaml", "load"):
                    wrong.append(f"{where} {of}.{called}")
                if (of, called) == ("torch", "load") and "weights_only" not in keywords:
                    wrong.append(f"{where} torch.load")
    assert wrong == []
