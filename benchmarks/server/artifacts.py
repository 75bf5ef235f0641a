"""One artifact of many small files, and one large file: through our SDK and server, with the server's memory beside.

    python -m benchmarks.server.artifacts [--files 100000] [--distinct 100000] [--gib 4]

The server is a process of its own on the same machine. Steps: add (digests), log until committed, log again unchanged,
pages of the files' listing, one folder of them, download into an empty place from a warm cache (by link) and from a
cold one; then one file, up by one PUT and down by ranges. Every PUT is on the disk before it is answered: of many files
a disk's syncs are what takes long (``TMPDIR=/dev/shm`` tells how long). Prints a Markdown section.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from tests.serving import ServerProcess

MIB = 2**20
FOLDERS = 100
Row = tuple[str, float, float, float, float]  # step, seconds, server's MiB and processor seconds, client's MiB


class Watched:
    """The highest memory of a process, and its processor time, since it was last asked."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._highest = 0
        self._used_s = 0.0
        self._over = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            try:
                self._highest = max(self._highest, self._process.memory_info().rss)
            except psutil.NoSuchProcess:
                return

    def take(self) -> tuple[float, float]:
        """Give MiB and seconds, and begin anew."""
        times = self._process.cpu_times()
        used_s = times.user + times.system
        found = max(self._highest, self._process.memory_info().rss) / MIB, used_s - self._used_s
        self._highest, self._used_s = 0, used_s
        return found

    def end(self) -> None:
        """Look no more."""
        self._over.set()


@contextmanager
def timed(rows: list[Row], what: str, server: Watched, own: Watched) -> Iterator[None]:
    """Note what a step took and what the server and this process held meanwhile."""
    _ = server.take(), own.take()
    begun = time.perf_counter()
    yield
    rows.append((what, time.perf_counter() - begun, *server.take(), own.take()[0]))
    print("  {}: {:.1f} s, server {:.0f} MiB {:.1f} s, client {:.0f} MiB".format(*rows[-1]), flush=True)


def small_files(root: Path, count: int, distinct: int) -> Path:
    """Write files of about 200 bytes, so many of them of their own content."""
    for folder in range(FOLDERS):
        (root / f"part-{folder:03d}").mkdir(parents=True)
    for n in range(count):
        (root / f"part-{n % FOLDERS:03d}" / f"{n:06d}.json").write_bytes(
            b'{"n": %d, "pad": "%s"}' % (n % distinct, b"x" * 180)
        )
    return root


def measure(place: Path, files: int, distinct: int, gib: float) -> list[Row]:
    """Do every step; give (step, seconds, server MiB, client MiB)."""
    server = ServerProcess(place / "server").start()
    assert server.process is not None
    os.environ |= {
        "RUNWELL_CONFIG_DIR": str(server.config_dir),
        "RUNWELL_CACHE_DIR": str(place / "cache"),
        "RUNWELL_BASE_URL": server.url,
    }
    os.chdir(place)
    import runwell

    settings = {"console": "off", "silent": True, "base_url": server.url}
    rows: list[Row] = []
    there, own = Watched(server.process.pid), Watched(os.getpid())
    source = small_files(place / "small", files, distinct)
    with runwell.init(project="bench", mode="online", settings=settings) as run:
        artifact = runwell.Artifact("many", "dataset")
        with timed(rows, f"add {files:,} files", there, own):
            artifact.add_dir(str(source))
        with timed(rows, "log them, until committed", there, own):
            run.log_artifact(artifact).wait(3600)
        again = runwell.Artifact("many", "dataset")
        with timed(rows, "add and log them again, unchanged", there, own):
            again.add_dir(str(source))
            run.log_artifact(again).wait(3600)
    base = "/api/projects/local/bench/artifacts/many/v0/files"
    with timed(rows, "first page of 1,000", there, own):
        total = server.get_json(f"{base}?limit=1000")["total"]
    assert total == files, total
    with timed(rows, "last page of 1,000", there, own):
        server.get_json(f"{base}?limit=1000&offset={files - 1000}")
    with timed(rows, "one folder of it", there, own):
        server.get_json(f"{base}?limit=1000&prefix=part-050/")
    with timed(rows, "every page", there, own):
        for offset in range(0, files, 1000):
            server.get_json(f"{base}?limit=1000&offset={offset}")
    fetched = runwell.Api().artifact("bench/many:v0")
    with timed(rows, "download, warm cache", there, own):
        fetched.download(str(place / "warm"))
    shutil.rmtree(place / "cache")
    shutil.rmtree(place / "warm")
    with timed(rows, "download, cold cache", there, own):
        runwell.Api().artifact("bench/many:v0").download(str(place / "cold"))
    with timed(rows, "storage use, counted", there, own):
        server.get_json("/api/storage")
    with timed(rows, "delete the version", there, own):
        status = server.request("DELETE", "/api/projects/local/bench/artifacts/many/v0?delete_aliases=1", timeout=300)[
            0
        ]
    assert status == 204
    for folder in ("small", "cold", "cache"):
        shutil.rmtree(place / folder, ignore_errors=True)
    if gib:
        big = place / "big.bin"
        block = os.urandom(64 * MIB)
        with big.open("wb") as out:
            for n in range(int(gib * 1024 / 64)):
                out.write(n.to_bytes(8, "big") + block[8:])
        with runwell.init(project="bench", mode="online", settings=settings) as run:
            artifact = runwell.Artifact("big", "dataset")
            with timed(rows, f"add one file of {gib:g} GiB", there, own):
                artifact.add_file(str(big))
            with timed(rows, "log it, until committed", there, own):
                run.log_artifact(artifact).wait(3600)
        big.unlink()
        shutil.rmtree(place / "cache", ignore_errors=True)
        with timed(rows, "download it, cold cache", there, own):
            runwell.Api().artifact("bench/big:v0").download(str(place / "down"))
    for one in (there, own):
        one.end()
    server.stop()
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--distinct", type=int, default=0, help="of their own content [all]")
    parser.add_argument("--gib", type=float, default=4.0)
    given = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="runwell-artifacts-"))
    try:
        rows = measure(place, given.files, given.distinct or given.files, given.gib)
    finally:
        os.chdir("/")
        shutil.rmtree(place, ignore_errors=True)
    print("\n| step | seconds | server's memory, MiB | server's processor, s | client's memory, MiB |")
    print("|---|---:|---:|---:|---:|")
    for row in rows:
        print("| {} | {:.2f} | {:.0f} | {:.2f} | {:.0f} |".format(*row))


if __name__ == "__main__":
    main()
