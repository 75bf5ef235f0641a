"""Artifacts of our own SDK on their way to a server: offline, changed files, repeated, killed, cut off."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import runwell
from runwell.artifacts.artifact import Artifact
from runwell.artifacts.server import ArtifactServer
from runwell.client.connection import Connection
from runwell.sdk import current
from runwell.sdk.lifecycle import Ending
from runwell.sync.deliver import Delivered, Delivery
from runwell.wire.errors import CommunicationError, InvalidValue, UsageError
from runwell.wire.limits import MAX_BUNDLE_FILES, MAX_SMALL_FILE_BYTES, SEND_EVERY_S
from tests.faults.delivery import Hurried, wait_for
from tests.faults.proxy import Answer, CutAnswer, Drop, Fate, Hang, Pass, Proxy, Request
from tests.serving import ServerProcess

Begin = Callable[..., runwell.Run]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: ServerProcess) -> Path:
    """A current directory and caches of the test's own; the server's key is known."""
    for name in list(os.environ):
        if name.startswith(("RUNWELL_", "WANDB_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("RUNWELL_CONFIG_DIR", str(tmp_path / "user"))
    monkeypatch.setenv("RUNWELL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("RUNWELL_API_KEY", server.key)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def begin(server: ServerProcess) -> Iterator[Begin]:
    """Begin runs that are kept here, to be sent by the test."""

    def make(run_id: str, project: str) -> runwell.Run:
        settings = {"console": "off", "silent": True, "base_url": server.url}
        return runwell.init(id=run_id, project=project, mode="offline", settings=settings, reinit="create_new")

    yield make
    for run in list(current.live):
        run.end(Ending.by_code(0), quiet=True)


def delivered(run: runwell.Run, url: str, **options: Any) -> Delivered:
    return Delivery(Path(run.sync_dir), url, Hurried(**options)).run(wait_for_lock=False)


def found(server: ServerProcess, name: str) -> Artifact:
    """Give an artifact by ``project/name:alias``, as a reader on another machine does."""
    project, name, alias = name.replace(":", "/").split("/")
    asked = ArtifactServer(server.url, Connection(server.url, server.key))
    return Artifact.of_server(asked, asked.find("local", project, name, alias))


def versions(server: ServerProcess, project: str, name: str) -> dict[str, list[str]]:
    listed = server.get_json(f"/api/projects/local/{project}/artifacts/{name}")["items"]
    return {one["version"]: sorted(one["aliases"]) for one in listed}


def data_of(folder: Path, **files: bytes) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def results(run: runwell.Run) -> list[dict[str, Any]]:
    paths = sorted((Path(run.sync_dir) / "artifacts").glob("*.result.json"))
    return [json.loads(path.read_bytes()) for path in paths]


def test_what_was_logged_offline_is_sent_as_it_was_whatever_became_of_the_files(
    place: Path, begin: Begin, server: ServerProcess
) -> None:
    data = data_of(place / "data", a=b"then", **{"sub/b": b"b" * 300_000, "empty": b""})
    run = begin("aroff", "aroff")
    artifact = runwell.Artifact("ds", "dataset", description="Text", metadata={"n": 3, "nan": float("nan")})
    artifact.add_dir(data)
    run.log({"x": 1})
    logged = run.log_artifact(artifact, aliases=["best", "latest"], tags=["raw"])
    with pytest.raises(UsageError, match="runwell sync"):
        logged.wait(1)
    with pytest.raises(UsageError, match="is offline"):
        run.use_artifact("ds:best")
    with pytest.raises(UsageError, match="new_draft"):
        artifact.add_file(data / "a")
    (data / "a").write_bytes(b"now!")
    shutil.rmtree(data / "sub")

    again = runwell.Artifact("ds", "dataset")
    again.add_dir(data_of(place / "same", a=b"then", **{"sub/b": b"b" * 300_000, "empty": b""}))
    run.log_artifact(again, aliases=["again"])
    run.log_artifact(data / "a", name="ds", type="dataset")
    run.use_artifact(artifact)
    run.link_artifact(artifact, "shelf", aliases=["prod"])
    run.finish()
    shutil.rmtree(place / "cache")

    assert delivered(run, server.url).status.state == "done"
    assert versions(server, "aroff", "ds") == {"v0": ["again", "best"], "v1": ["latest"]}
    read = found(server, "aroff/ds:best")
    assert (read.description, read.tags, read.history_step, read.file_count) == ("Text", ["raw"], 0, 3)
    assert read.metadata["n"] == 3
    assert str(read.metadata["nan"]) == "nan"
    root = Path(read.download(place / "out"))
    assert {path: (root / path).read_bytes() for path in read.entries()} == {
        "a": b"then",
        "sub/b": b"b" * 300_000,
        "empty": b"",
    }
    linked = found(server, "aroff/shelf:prod")
    assert (linked.source_name, linked.is_link) == ("ds:v0", True)
    assert [one.id for one in read.used_by()] == ["aroff"]
    assert read.logged_by().id == "aroff"
    assert not [path for path in (Path(run.sync_dir) / "artifacts").iterdir() if path.is_dir()], "staged bytes are gone"

    assert delivered(run, server.url).status.state == "done"
    assert list(versions(server, "aroff", "ds")) == ["v1", "v0"]


def test_a_download_is_verified_resumed_and_not_repeated(place: Path, begin: Begin, server: ServerProcess) -> None:
    big = os.urandom(3_000_000)
    run = begin("arget", "arget")
    run.log_artifact(data_of(place / "data", big=big, small=b"s"), name="ds", type="dataset")
    run.finish()
    assert delivered(run, server.url).status.state == "done"
    shutil.rmtree(place / "cache")
    with Proxy(server.url) as proxy:

        def cut_once(request: Request) -> Fate:
            ranged = "range" in {name.lower() for name in request.headers}
            is_big = request.path.endswith(found(server, "arget/ds:v0").entries()["big"].md5)
            return CutAnswer(1_500_000) if is_big and not ranged else Pass()

        asked = ArtifactServer(proxy.url, Connection(proxy.url, server.key))
        artifact = Artifact.of_server(asked, asked.find("local", "arget", "ds", "latest"))
        proxy.plan = cut_once
        root = Path(artifact.download(place / "out"))
        assert (root / "big").read_bytes() == big
        ranges = [one.headers for one in proxy.seen if "range" in {name.lower() for name in one.headers}]
        assert len(ranges) == 1

        before = len(proxy.seen)
        assert artifact.download(place / "out") == str(root)
        (root / "small").write_bytes(b"x")
        artifact.download(place / "out")
        artifact.download(place / "other")
        assert len(proxy.seen) == before, "the cache has the bytes"

        shutil.rmtree(place / "cache")
        proxy.plan = lambda request: Answer(200, body=b"x") if request.path.startswith("/artifacts/local/") else Pass()
        with pytest.raises(CommunicationError, match="another digest"):
            artifact.get_entry("small").download(str(place / "third"))
        assert not (place / "third/small").exists(), "bytes that aren't those of the manifest are never placed"
        proxy.plan = lambda request: Pass()
        artifact.get_entry("small").download(str(place / "third"))
    assert (root / "small").read_bytes() == b"s"
    artifact.verify(root)
    (root / "small").write_bytes(b"x")
    with pytest.raises(InvalidValue, match="other contents"):
        artifact.verify(root)
    (root / "small").unlink()
    with pytest.raises(InvalidValue, match="has no 'small'"):
        artifact.verify(root)
    (root / "more").write_bytes(b"")
    with pytest.raises(InvalidValue, match="has 'more'"):
        artifact.verify(root)
    artifact.checkout(root)
    artifact.verify(root)


def test_any_request_may_fail_or_its_answer_be_lost(place: Path, begin: Begin, server: ServerProcess) -> None:
    with Proxy(server.url) as proxy:
        run = begin("arcut", "arcut")
        run.log_artifact(data_of(place / "data", a=b"1", b=b"22"), name="ds", type="dataset")
        run.log_artifact(data_of(place / "data", a=b"other"), name="ds", type="dataset")
        run.use_artifact(runwell.Artifact("empty", "dataset"))
        run.finish()
        seen: dict[tuple[str, bytes], int] = {}

        def each_fails_twice(request: Request) -> Fate:
            if request.is_stream or request.method == "GET":
                return Pass()
            times = seen[(request.path, request.body)] = seen.get((request.path, request.body), 0) + 1
            return {1: Drop(), 2: CutAnswer(0)}.get(times, Pass())

        proxy.plan = each_fails_twice
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("runwell.sync.retry.Backoff.next", lambda self, asked_s=None: 0.001)
            assert delivered(run, proxy.url).status.state == "done"
        assert sum(times > 2 for times in seen.values()) >= 10
    assert versions(server, "arcut", "ds") == {"v0": [], "v1": ["latest"]}
    assert [one.id for one in found(server, "arcut/empty:latest").used_by()] == ["arcut"]


def came(server: ServerProcess, version: int) -> int:
    """Count the files of a pending version whose bytes the server has."""
    asked = "SELECT count(*) FROM artifact_upload WHERE artifact_id = ? AND blob_digest IS NOT NULL"
    with sqlite3.connect(server.data_dir / "catalog.db") as catalog:
        return catalog.execute(asked, [version]).fetchone()[0]


@pytest.mark.parametrize(
    ("name", "count", "size_bytes", "in_one"),
    [("single", 8, MAX_SMALL_FILE_BYTES + 1, 1), ("bundles", 4 * MAX_BUNDLE_FILES, 9, MAX_BUNDLE_FILES)],
)
def test_a_sync_killed_in_the_middle_of_an_upload_is_gone_on_with(
    place: Path, begin: Begin, server: ServerProcess, name: str, count: int, size_bytes: int, in_one: int
) -> None:
    project = f"arkill-{name}"
    run = begin(project, project)
    files = {f"f{n}": (b"%d" % n).ljust(size_bytes) for n in range(count)}
    run.log_artifact(data_of(place / "data", **files), "ds", "dataset")
    run.finish()
    with Proxy(server.url) as proxy:
        puts: list[str] = []

        def third_hangs(request: Request) -> Fate:
            if "/artifacts/uploads/" in request.path or "/artifacts/bundles/" in request.path:
                puts.append(request.path)
                return Hang() if len(puts) >= 3 else Pass()
            return Pass()

        proxy.plan = third_hangs
        command = [sys.executable, "-m", "runwell.cli.main", "sync", "--server", proxy.url, run.sync_dir]
        with contextlib.ExitStack() as stack:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
            wait_for("an upload that hangs", lambda: len(puts) >= 4)
            version = int(puts[0].split("/")[3].partition("?")[0])
            wait_for("what didn't hang", lambda: came(server, version) == 2 * in_one)
        status, _, _ = server.request("GET", f"/api/projects/local/{project}/artifacts/ds/v0")
        assert status == 404, "a version is whole, or isn't there"
        killed = len(puts)
        proxy.plan = lambda request: puts.append(request.path) or Pass()
        assert delivered(run, proxy.url).status.state == "done"
        again = [path for path in puts[killed:] if "/uploads/" in path or "/bundles/" in path]
        assert len(again) == count / in_one - 2, "what the server had isn't sent again"
    assert versions(server, project, "ds") == {"v0": ["latest"]}
    root = Path(found(server, f"{project}/ds:v0").download(place / "out"))
    assert {one.name: one.read_bytes() for one in root.iterdir()} == files


@pytest.mark.parametrize(
    ("size", "left"),
    [(4, 4), (MAX_SMALL_FILE_BYTES + 1, MAX_SMALL_FILE_BYTES + 1), (MAX_SMALL_FILE_BYTES + 1, 4)],
    ids=["bundled", "by itself", "cut short"],
)
def test_staged_bytes_that_the_disk_changed_fail_their_version_alone(
    place: Path, begin: Begin, server: ServerProcess, size: int, left: int
) -> None:
    project, changed = f"arrot-{size}-{left}", b"evil" + bytes(left - 4)
    run = begin(project, project)
    bad = run.log_artifact(data_of(place / "bad", a=b"good" + bytes(size - 4)), name="bad", type="dataset")
    run.log_artifact(data_of(place / "fine", a=b"fine"), name="fine", type="dataset")
    run.log_artifact(data_of(place / "third", a=b"3"), name="fine", type="model")
    run.use_artifact(bad)
    run.finish()
    (staged,) = (Path(run.sync_dir) / "artifacts" / bad.client_id).iterdir()
    staged.write_bytes(changed)
    shutil.rmtree(place / "cache")
    assert delivered(run, server.url).status.state == "done"
    errors = sorted(one["error"] or "" for one in results(run))
    assert len(errors) == 4
    assert errors[0] == ""
    assert any("has the type 'dataset'" in error for error in errors)
    assert any("aren't those that were logged" in error for error in errors)
    assert any("refused" in error for error in errors), "what needs it says why it is refused"
    assert versions(server, project, "fine") == {"v0": ["latest"]}
    record = server.get_json(f"/api/projects/local/{project}/runs/{project}")["record"]
    assert record["artifacts_refused"] == 3


def test_online_a_version_is_there_when_wait_returns(
    place: Path, server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNWELL_BASE_URL", server.url)
    with runwell.init(project="aronline", settings={"console": "off", "silent": True}) as run:
        first = runwell.Artifact("net", "model", metadata={"acc": 0.5})
        with first.new_file("weights.txt") as file:
            file.write("w0")
        table = runwell.Table(columns=["a", "b"], data=[[1, "x"], [2, None]])
        first.add(table, "scores")
        first.tags = ["early"]
        assert first.aliases == []
        assert run.log_artifact(first).aliases == ["latest"]
        assert (first.tags, first.name) == (["early"], "net:v0")
        assert (first.version, first.state, first.size) == ("v0", "COMMITTED", first.size)

        draft = first.new_draft()
        draft.remove("scores.table.json")
        with draft.new_file("more.txt") as file:
            file.write("m")
        assert run.log_artifact(draft, aliases=["two"]).wait(20).version == "v1"

        used = run.use_artifact("net:v0", type="model")
        assert used.get("scores").data == [[1, "x"], [2, None]]
        assert used.get("nothing") is None
        with pytest.raises(UsageError, match="'model', not 'dataset'"):
            run.use_artifact("net:v0", type="dataset")
        with pytest.raises(CommunicationError) as caught:
            run.use_artifact("net:none")
        assert caught.value.status == 404
        second = run.use_artifact("aronline/net:two")
        assert sorted(second.entries()) == ["more.txt", "weights.txt"]
        assert Path(second.get_entry("weights.txt").download()).read_text() == "w0"

        second.description = "better"
        second.metadata["acc"] = 0.75
        second.aliases = ["three"]
        second.tags.append("t")
        second.save()
        fresh = run.use_artifact("net:three")
        assert (fresh.version, fresh.description, fresh.tags) == ("v1", "better", ["t"])
        assert fresh.metadata == {"acc": 0.75}
        fresh.delete(delete_aliases=True)
        with pytest.raises(CommunicationError) as caught:
            run.use_artifact("net:v1")
        assert caught.value.status == 404

        pointing = runwell.Artifact("pointing", "dataset")
        pointing.add_reference(used.get_entry("weights.txt"), name="w")
        pointing.add_reference("custom://nowhere/x", name="x")
        run.log_artifact(pointing).wait(20)
        assert Path(pointing.get_entry("w").download()).read_text() == "w0"
        with pytest.raises(UsageError, match="can't be fetched here"):
            pointing.download()
        assert sorted(os.listdir(pointing.download(allow_missing_references=True))) == ["w"]

        path = place / "m.bin"
        path.write_bytes(b"model")
        run.log_model(path, name="m").wait(20)
        assert Path(run.use_model("m:latest")).read_bytes() == b"model"
        took_s: list[float] = []
        for number in range(4):
            path.write_bytes(b"model %d" % number)
            started = time.monotonic()
            run.log_model(path, name="m").wait(20)
            took_s.append(time.monotonic() - started)
        assert min(took_s) < SEND_EVERY_S, "whoever waits for a version waits for no turn of the rows"
    assert list(versions(server, "aronline", "net")) == ["v0"]


def test_one_version_is_written_by_several_runs_and_another_is_added_to(
    place: Path, begin: Begin, server: ServerProcess
) -> None:
    def part(name: str, **files: str) -> Artifact:
        artifact = runwell.Artifact(name, "dataset")
        for path, text in files.items():
            with artifact.new_file(path) as file:
                file.write(text)
        return artifact

    one, two = begin("arp1", "arparts"), begin("arp2", "arparts")
    with pytest.raises(UsageError, match="distributed_id"):
        one.upsert_artifact(part("d", a="1"))
    one.upsert_artifact(part("d", a="1"), distributed_id="common")
    two.upsert_artifact(part("d", b="2"), distributed_id="common")
    added = runwell.Artifact("base", "dataset", incremental=True)
    with added.new_file("c") as file:
        file.write("3")
    one.log_artifact(part("base", a="1", b="2"))
    one.log_artifact(added)
    one.finish()
    two.finish_artifact(part("d", c="3"), distributed_id="common")
    two.use_artifact(added)
    two.finish()
    assert delivered(one, server.url).status.state == "done"
    with pytest.raises(CommunicationError):
        found(server, "arparts/d:latest")
    assert delivered(two, server.url).status.state == "done"
    assert sorted(found(server, "arparts/d:latest").entries()) == ["a", "b", "c"]
    assert sorted(found(server, "arparts/base:v1").entries()) == ["a", "b", "c"]
    assert [run.id for run in found(server, "arparts/base:v1").used_by()] == ["arp2"]


def test_a_disk_that_refuses_costs_the_version_and_not_the_script(
    place: Path, begin: Begin, server: ServerProcess, capfd: pytest.CaptureFixture[str]
) -> None:
    run = begin("ardisk", "ardisk")
    artifact = runwell.Artifact("lost", "dataset")
    artifact.add_dir(data_of(place / "data", a=b"1"))
    shutil.rmtree(place / "cache")  # as if somebody emptied it in this moment
    run.log_artifact(artifact)
    run.log({"loss": 1})
    with pytest.raises(CommunicationError, match="disk refused"):
        artifact.wait()
    run.finish()
    assert delivered(run, server.url).status.state == "done"
    record = server.get_json("/api/projects/local/ardisk/runs/ardisk")["record"]
    assert record["lost_artifacts"] == 1


def test_a_disabled_run_takes_artifacts_and_keeps_nothing(place: Path) -> None:
    run = runwell.init(mode="disabled")
    artifact = run.log_artifact(data_of(place / "data", a=b"1"), name="x", type="dataset")
    assert artifact.wait() is artifact
    run.use_artifact(artifact)
    with pytest.raises(UsageError, match="disabled"):
        run.use_artifact("x:latest")
    run.finish()
    assert not (place / "runwell").exists()
