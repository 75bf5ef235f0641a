"""Blobs in a directory: whole or not at all, and nothing outside."""

from __future__ import annotations

import hashlib
import itertools
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from runwell.server.stores.blobs import DirectoryBlobs
from runwell.server.stores.failures import DiskFull
from runwell.wire.errors import InvalidValue
from runwell.wire.limits import DISK_RESERVE_BYTES

PLENTY = (10**13, 10**13)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def everything(root: Path) -> list[str]:
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if not p.is_dir())


@pytest.fixture
def blobs(tmp_path: Path) -> DirectoryBlobs:
    return DirectoryBlobs(tmp_path / "blobs", free_bytes=lambda: PLENTY)


def test_what_is_put_is_got(blobs, tmp_path):
    blob = blobs.put([b"hello ", b"", b"world"], 11)
    assert (blob.digest, blob.size_bytes) == (sha(b"hello world"), 11)
    with blobs.open(blob.digest) as file:
        file.seek(6)
        assert file.read() == b"world"
    assert blobs.size_bytes(blob.digest) == 11 and blobs.size_bytes("0" * 64) is None
    assert everything(tmp_path / "blobs") == [f"{blob.digest[:3]}/{blob.digest}"]
    assert blobs.put([b"hello world"]) == blob, "the same bytes are one blob"
    assert len(everything(tmp_path / "blobs")) == 1
    assert blobs.delete(blob.digest) and not blobs.delete(blob.digest)
    with pytest.raises(FileNotFoundError):
        blobs.open(blob.digest)
    assert blobs.put([]).size_bytes == 0


def test_many_bodies_are_kept_together_each_under_its_digest(blobs, tmp_path):
    bodies = [b"%d" % (n % 30) * 1_000 for n in range(50)]
    kept = blobs.put_many([*bodies, memoryview(b"")])
    assert [(one.digest, one.size_bytes) for one in kept] == [(sha(body), len(body)) for body in [*bodies, b""]]
    for body in bodies:
        with blobs.open(sha(body)) as file:
            assert file.read() == body
    assert len(everything(tmp_path / "blobs")) == 31, "the same bytes are one blob, and no temporary file is left"
    assert blobs.put_many([]) == []


def test_beside_a_writer_of_much_every_body_and_directory_is_waited_for_by_itself(blobs, tmp_path, monkeypatch):
    waited: set[int] = set()
    monkeypatch.setattr("runwell.server.stores.blobs.waiting_bytes", lambda: 10**12)
    monkeypatch.setattr(os, "fsync", lambda file, fsync=os.fsync: (waited.add(os.fstat(file).st_ino), fsync(file)))
    kept = blobs.put_many([b"%d" % n for n in range(20)])
    for blob in kept:
        place = tmp_path / "blobs" / blob.digest[:3]
        assert {(place / blob.digest).stat().st_ino, place.stat().st_ino, place.parent.stat().st_ino} <= waited


def test_many_bodies_that_meet_a_full_disk_leave_no_torn_ones(blobs, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "write", lambda file, data, write=os.write: write(file, data) if len(data) < 9 else _full())
    with pytest.raises(DiskFull, match="nothing already stored is lost"):
        blobs.put_many([b"short", b"long enough"])
    monkeypatch.undo()
    assert everything(tmp_path / "blobs") == []
    with pytest.raises(DiskFull, match="reserve"):
        DirectoryBlobs(tmp_path / "blobs", free_bytes=lambda: (10**10, DISK_RESERVE_BYTES + 9)).put_many([b"12345"] * 2)


def test_a_file_larger_than_the_filesystem_takes_is_refused_in_words_and_leaves_nothing(blobs, tmp_path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(DiskFull, match="takes no file of this size"):
            blobs.put([b"x" * 60_000] * 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert everything(tmp_path / "blobs") == []


def _full():
    raise OSError(28, "No space left on device")


def test_blobs_of_the_older_layout_are_moved_at_the_start(tmp_path):
    bodies = [b"%d" % n for n in range(40)]
    for body in bodies:
        place = tmp_path / "blobs" / sha(body)[:2] / sha(body)[2:4]
        place.mkdir(parents=True, exist_ok=True)
        (place / sha(body)).write_bytes(body)
    blobs = DirectoryBlobs(tmp_path / "blobs", free_bytes=lambda: PLENTY)
    assert everything(tmp_path / "blobs") == sorted(f"{sha(body)[:3]}/{sha(body)}" for body in bodies)
    assert {one.digest for one in itertools.chain(*blobs.everything())} == {sha(body) for body in bodies}
    assert not any(len(one.name) == 2 for one in (tmp_path / "blobs").iterdir())


@pytest.mark.parametrize(("size", "digest"), [(4, None), (6, None), (0, None), (5, sha(b"other")), (6 * 1024**4, None)])
def test_other_bytes_than_announced_leave_nothing(blobs, tmp_path, size, digest):
    with pytest.raises(InvalidValue):
        blobs.put([b"he", b"llo"], size, digest)
    assert everything(tmp_path / "blobs") == []


def test_a_source_that_breaks_leaves_nothing(blobs, tmp_path):
    def chunks():
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        blobs.put(chunks())
    assert everything(tmp_path / "blobs") == []


def test_the_reserve_of_the_disk_is_never_touched(tmp_path):
    free = [DISK_RESERVE_BYTES + 100]
    blobs = DirectoryBlobs(tmp_path / "blobs", free_bytes=lambda: (10**10, free[0]))
    kept = blobs.put([b"x" * 50], 50)
    with pytest.raises(DiskFull, match="reserve"):
        blobs.put([b"y" * 101], 101)

    def endless():
        while True:
            free[0] -= 1 << 20
            yield b"z" * (1 << 20)

    free[0] = DISK_RESERVE_BYTES + (70 << 20)
    with pytest.raises(DiskFull):
        blobs.put(endless())
    assert everything(tmp_path / "blobs") == [f"{kept.digest[:3]}/{kept.digest}"]
    with blobs.open(kept.digest) as file:
        assert file.read() == b"x" * 50, "reads go on"


def test_memory_stays_flat(blobs):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    blob = blobs.put(b"%07d" % n * 150_000 for n in range(100))
    assert blob.size_bytes == 105_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # KiB


@pytest.mark.parametrize(
    "digest",
    ["", "..", "../../canary", "a" * 63, "A" * 64, "a" * 63 + "/", "/etc/passwd", "a" * 64 + "\n", "\x00" * 64, "*"],
)
def test_only_digests_are_names(blobs, tmp_path, digest):
    (tmp_path / "canary").write_text("secret")
    with pytest.raises(FileNotFoundError):
        blobs.open(digest)
    assert blobs.size_bytes(digest) is None and not blobs.delete(digest)
    assert (tmp_path / "canary").read_text() == "secret"


def test_links_in_the_store_are_not_followed(blobs, tmp_path):
    canary = tmp_path / "blobs-evil"
    canary.mkdir()
    digest = sha(b"secret")
    (canary / digest).write_bytes(b"secret")
    place = tmp_path / "blobs" / digest[:3]
    place.mkdir(parents=True)
    (place / digest).symlink_to(canary / digest)
    with pytest.raises(FileNotFoundError):
        blobs.open(digest)
    place.rename(tmp_path / "moved")
    place.symlink_to(canary)
    with pytest.raises(FileNotFoundError):
        blobs.open(digest)
    with pytest.raises(OSError):
        blobs.put([b"secret"])
    assert not blobs.delete(digest)
    assert os.listdir(canary) == [digest]


def test_a_fifo_in_the_store_hangs_nobody(blobs, tmp_path):
    digest = sha(b"x")
    place = tmp_path / "blobs" / digest[:3]
    place.mkdir(parents=True)
    os.mkfifo(place / digest)
    with pytest.raises(FileNotFoundError):
        blobs.open(digest)


def test_many_put_the_same_at_once(blobs, tmp_path):
    data = os.urandom(300_000)
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.append(blobs.put([data]).digest)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [sha(data)] * 16 and len(everything(tmp_path / "blobs")) == 1


def test_old_blobs_are_listed_and_young_ones_kept(blobs, tmp_path):
    digests = [blobs.put([bytes([n])]).digest for n in range(20)]
    for digest in digests[:5]:
        os.utime(tmp_path / "blobs" / digest[:3] / digest, (1000, 1000))
    listed = {one.digest: one for one in itertools.chain(*blobs.everything())}
    assert sorted(listed) == sorted(digests)
    assert sorted(digest for digest, one in listed.items() if one.put_at < 2000) == sorted(digests[:5])
    assert {one.size_bytes for one in listed.values()} == {1}
    assert not blobs.delete(digests[9], put_before=2000)
    assert blobs.delete(digests[0], put_before=2000)
    blobs.put([bytes([1])])
    assert not blobs.delete(digests[1], put_before=2000), "put again, it is young again"


def test_torn_uploads_are_swept_after_a_day(blobs, tmp_path):
    torn = tmp_path / "blobs" / "incoming" / "torn"
    torn.write_bytes(b"half")
    assert blobs.sweep_torn() == 0
    os.utime(torn, (1000, 1000))
    assert blobs.sweep_torn() == 1 and not torn.exists()


PUTS_UNTIL_KILLED = """
import sys
from pathlib import Path
from runwell.server.stores.blobs import DirectoryBlobs
blobs = DirectoryBlobs(Path(sys.argv[1]), free_bytes=lambda: (10**13, 10**13))
n = 0
while True:
    print(blobs.put(f"{n}-{m}".encode() * 5000 for m in range(20)).digest, flush=True)
    for blob in blobs.put_many([f"many-{n}-{m}".encode() * 500 for m in range(20)]):
        print(blob.digest, flush=True)
    n += 1
"""


def test_a_killed_writer_leaves_only_whole_blobs(tmp_path):
    for _ in range(5):
        writer = subprocess.Popen(
            [sys.executable, "-c", PUTS_UNTIL_KILLED, str(tmp_path / "blobs")], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline().strip() for _ in range(70)]
        writer.kill()
        acknowledged += [line.strip() for line in writer.stdout if len(line) == 65]
        writer.wait()
        blobs = DirectoryBlobs(tmp_path / "blobs", free_bytes=lambda: PLENTY)
        for digest in acknowledged:
            assert blobs.size_bytes(digest) is not None
        found = list((tmp_path / "blobs").glob("???/*"))
        assert len(found) >= 70 and all(sha(path.read_bytes()) == path.name for path in found)
