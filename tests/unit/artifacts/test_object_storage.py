"""References to object storage, against servers that speak S3's and Google's protocols, through their own libraries.

Tried where these are installed: ``pip install "moto[server]" boto3 gcp-storage-emulator google-cloud-storage``.
"""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runwell.artifacts import object_storage
from runwell.artifacts.artifact import Artifact
from runwell.artifacts.references import fetch_reference
from runwell.wire.errors import CommunicationError, InvalidValue
from tests.serving import free_port

pytestmark = pytest.mark.slow
ODD_KEY = "data/a%20b c#1?x.bin"


def answers(url: str) -> None:
    """Wait until a server answers."""
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}")


@pytest.fixture(autouse=True)
def no_clients() -> Iterator[None]:
    object_storage._clients.clear()
    yield
    object_storage._clients.clear()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A server that speaks S3, with a bucket; the library's own client of it."""
    boto3 = pytest.importorskip("boto3")
    pytest.importorskip("moto.server")
    url = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", url.rpartition(":")[2]]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            answers(url)
            for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "y"), ("DEFAULT_REGION", "us-east-1")):
                monkeypatch.setenv(f"AWS_{name}", value)
            monkeypatch.setenv("AWS_S3_ENDPOINT_URL", url)
            client = boto3.client("s3", endpoint_url=url)
            client.create_bucket(Bucket="lake")
            yield client
        finally:
            process.kill()


def test_objects_below_a_prefix_are_referred_to_one_by_one_and_fetched(s3: Any, tmp_path: Path) -> None:
    bodies = {f"data/train/{n}.bin": os.urandom(1_000 + n) for n in range(1_005)}  # more than one page
    bodies |= {"data/train/sub/x": b"x", "data/train2/no": b"no", ODD_KEY: b"odd"}
    for key, body in bodies.items():
        s3.put_object(Bucket="lake", Key=key, Body=body)
    s3.put_object(Bucket="lake", Key="data/train/", Body=b"")  # what consoles make of a folder
    artifact = Artifact("refs", "dataset")
    artifact.add_reference("s3://lake/data/train", name="in")
    entries = artifact.entries()
    assert len(entries) == 1_006 and "in/sub/x" in entries
    one = entries["in/7.bin"]
    assert (one.ref, one.size) == ("s3://lake/data/train/7.bin", 1_007)
    assert one.digest == hashlib.md5(bodies["data/train/7.bin"]).hexdigest() == one.extra["etag"]
    for path in ("in/7.bin", "in/1004.bin", "in/sub/x"):
        fetch_reference(entries[path], str(tmp_path / path))
        assert (tmp_path / path).read_bytes() == bodies[path.replace("in/", "data/train/")]
    (odd,) = artifact.add_reference(f"s3://lake/{ODD_KEY}", name="odd")
    fetch_reference(odd, str(tmp_path / "odd"))
    assert (tmp_path / "odd").read_bytes() == b"odd", "a key is taken as it is"
    with pytest.raises(InvalidValue, match="more than 10 objects"):
        Artifact("refs", "dataset").add_reference("s3://lake/data/train", max_objects=10)
    for uri in ("s3://lake/nothing", "s3://lake/data/tra", "s3://nobody/x"):
        with pytest.raises(InvalidValue, match=r"points to nothing|can't be looked at"):
            artifact.add_reference(uri)


def test_other_contents_are_never_given_for_those_that_were_referred_to(s3: Any, tmp_path: Path) -> None:
    s3.put_object(Bucket="lake", Key="one.bin", Body=b"first")
    (entry,) = Artifact("refs", "dataset").add_reference("s3://lake/one.bin")
    assert entry.extra == {"etag": hashlib.md5(b"first").hexdigest()}
    s3.put_object(Bucket="lake", Key="one.bin", Body=b"second")
    with pytest.raises(CommunicationError, match="other contents now"):
        fetch_reference(entry, str(tmp_path / "one"))
    s3.delete_object(Bucket="lake", Key="one.bin")
    with pytest.raises(CommunicationError, match="isn't there any more"):
        fetch_reference(entry, str(tmp_path / "one"))
    assert not os.listdir(tmp_path)

    s3.create_bucket(Bucket="kept")
    s3.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket="kept", Key="v.bin", Body=b"first")["VersionId"]
    (old,) = Artifact("refs", "dataset").add_reference("s3://kept/v.bin")
    assert old.extra["versionID"] == first
    s3.put_object(Bucket="kept", Key="v.bin", Body=b"second")
    fetch_reference(old, str(tmp_path / "v"))
    assert (tmp_path / "v").read_bytes() == b"first", "the version that was seen is fetched"
    (named,) = Artifact("refs", "dataset").add_reference(f"s3://kept/v.bin?versionId={first}")
    assert (named.path, named.digest, named.ref) == ("v.bin", old.digest, f"s3://kept/v.bin?versionId={first}")
    fetch_reference(named, str(tmp_path / "named"))
    assert (tmp_path / "named").read_bytes() == b"first"
    s3.put_object(Bucket="kept", Key="below/one.bin", Body=b"first")
    (below,) = Artifact("refs", "dataset").add_reference("s3://kept/below/")
    assert "versionID" not in below.extra, "a listing names no versions"
    s3.put_object(Bucket="kept", Key="below/one.bin", Body=b"second")
    fetch_reference(below, str(tmp_path / "below"))
    s3.delete_object(Bucket="kept", Key="below/one.bin")
    fetch_reference(below, str(tmp_path / "deleted"))
    assert {(tmp_path / name).read_bytes() for name in ("below", "deleted")} == {b"first"}, "found by its ETag"
    s3.delete_object(Bucket="kept", Key="v.bin", VersionId=first)
    with pytest.raises(CommunicationError, match="isn't there any more"):
        fetch_reference(old, str(tmp_path / "gone"))


def test_a_storage_that_does_not_answer_is_said(s3: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    s3.put_object(Bucket="lake", Key="one.bin", Body=b"first")
    (entry,) = Artifact("refs", "dataset").add_reference("s3://lake/one.bin")
    monkeypatch.setenv("AWS_S3_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(InvalidValue, match="can't be looked at"):
        Artifact("refs", "dataset").add_reference("s3://lake/one.bin")
    with pytest.raises(CommunicationError, match="can't be fetched"):
        fetch_reference(entry, str(tmp_path / "one"))


def test_objects_of_google_are_pinned_by_their_generation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    storage = pytest.importorskip("google.cloud.storage")
    emulator = pytest.importorskip("gcp_storage_emulator.server")
    port = free_port()
    server = emulator.create_server("127.0.0.1", port, in_memory=True)
    server.start()
    try:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "tests")
        bucket = storage.Client().create_bucket("lake")
        for key, body in {"d/a": b"1", "d/sub/b": b"22", "d2/c": b"no", ODD_KEY: b"odd"}.items():
            bucket.blob(key).upload_from_string(body)
        artifact = Artifact("refs", "dataset")
        artifact.add_reference("gs://lake/d", name="in")
        assert {path: one.size for path, one in artifact.entries().items()} == {"in/a": 1, "in/sub/b": 2}
        one = artifact.entries()["in/sub/b"]
        assert one.digest == base64.b64encode(hashlib.md5(b"22").digest()).decode()
        fetch_reference(one, str(tmp_path / "b"))
        assert (tmp_path / "b").read_bytes() == b"22"
        (single,) = artifact.add_reference("gs://lake/d/a", name="single")
        fetch_reference(single, str(tmp_path / "a"))
        assert (tmp_path / "a").read_bytes() == b"1"
        with pytest.raises(InvalidValue, match="points to nothing"):
            artifact.add_reference("gs://lake/nothing")
        bucket.blob("d/a").delete()
        with pytest.raises(CommunicationError, match="isn't there any more"):
            fetch_reference(single, str(tmp_path / "gone"))
    finally:
        server.stop()
