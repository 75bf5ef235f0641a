"""The server's disk fills up within uploads of artifacts: said clearly, nothing half, all of it taken later."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import runwell
from runwell.wire.limits import DISK_RESERVE_BYTES, MAX_SMALL_FILE_BYTES, MIB
from tests.faults.delivery import sync, wait_for
from tests.faults.test_artifact_bundles import begun, blobs, bundled
from tests.faults.test_sdk_artifacts import data_of, found
from tests.logging_artifacts import announce, commit, put
from tests.logging_artifacts import data_of as answer_of
from tests.serving import ServerProcess

ROOM = 24 * MIB  # above the reserve, on a disk of its own


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a small disk in memory; it takes as much memory as is written to it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_RESERVE_BYTES + ROOM}", "tmpfs", str(folder)], capture_output=True
    )
    if not mounted or mounted.returncode != 0:
        pytest.skip("a disk of a few megabytes can be mounted by root alone")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@contextlib.contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Take all the room that the server leaves itself, while this lasts."""
    filler = disk / "filler"
    used = os.statvfs(disk)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, used.f_bavail * used.f_frsize - DISK_RESERVE_BYTES + 64 * 1024)
    try:
        yield
    finally:
        filler.unlink()


@pytest.mark.slow
def test_uploads_to_a_full_disk_are_refused_whole_and_taken_when_there_is_space(
    disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ServerProcess(disk / "server").start()
    try:
        files = {f"{n}.bin": b"%d" % n * 100 for n in range(40)}
        large = {"large.bin": os.urandom(ROOM)}
        single = {"single.bin": os.urandom(MAX_SMALL_FILE_BYTES)}
        version, bundle = begun(server, "full", {**files, **large, **single})
        paths = announce(server, version, {**large, **single})
        to_large, to_single = paths["large.bin"], paths["single.bin"]
        assert to_large is not None and to_single is not None
        before = blobs(server)
        status, _, body = server.request("PUT", to_large, large["large.bin"], key=None)
        assert status == 507 and b"free some space" in body, "it doesn't fit, and that is said before it is read"
        with filled(disk):
            for to, data in ((bundle, bundled(files)), (to_single, single["single.bin"])):
                status, _, body = server.request("PUT", to, data, key=None)
                assert status == 507 and b'"code":"disk_full"' in body
            assert blobs(server) == before, "nothing is left of what was refused"
            assert "haven't come" in commit(server, version)["errors"][0]["message"]
            assert server.get_json("/api/projects/local/full/artifacts/data")["items"] == [], "reads go on"
        assert put(server, bundle, bundled(files)) == 200
        assert put(server, to_single, single["single.bin"]) == 200
        subprocess.run(["mount", "-o", f"remount,size={DISK_RESERVE_BYTES + 4 * ROOM}", str(disk)], check=True)
        assert put(server, to_large, large["large.bin"]) == 200
        answer_of(commit(server, version))
        assert {hashlib.sha256(data).hexdigest() for data in [*files.values(), *large.values()]} <= blobs(server)

        monkeypatch.setenv("RUNWELL_CACHE_DIR", str(tmp_path / "cache"))
        monkeypatch.chdir(tmp_path)
        run = runwell.init(project="full", id="full", mode="offline")
        run.log_artifact(data_of(tmp_path / "data", **{f"f{n}": b"%d" % n * 99 for n in range(600)}), "ds", "dataset")
        run.finish()
        with filled(disk):
            failed = sync(Path(run.sync_dir), server)
            assert failed.returncode != 0 and "disk" in failed.stdout + failed.stderr, failed.stdout + failed.stderr
            assert server.request("GET", "/api/projects/local/full/artifacts/ds/v0")[0] == 404, "no version is seen"
        done = sync(Path(run.sync_dir), server)
        assert done.returncode == 0, done.stdout + done.stderr
        assert found(server, "full/ds:v0").file_count == 600
    finally:
        server.kill()
        wait_for("the server's end", lambda: server.process is None or server.process.poll() is not None)
