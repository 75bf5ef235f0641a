"""``runwell storage`` against a real server: counted, planned, done, and gone from the disk."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from runwell.server.domain.clean_up import MAX_ITEMS
from tests.logging_artifacts import log_artifact
from tests.serving import ServerProcess
from tests.unit.cli.test_cli import runwell
from tests.unit.cli.test_reading import deliver


def on_disk(server: ServerProcess) -> int:
    blobs = server.data_dir / "blobs"
    return sum(one.stat().st_size for one in blobs.rglob("*") if one.is_file())


def age(server: ServerProcess) -> None:
    """Make every blob an old one."""
    for one in (server.data_dir / "blobs").rglob("*"):
        if one.is_file():
            os.utime(one, (1, 1))


def sealed(server: ServerProcess) -> list[Path]:
    """Give the segments of the ended run's streams, once nothing waits to be sealed any more."""
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        with sqlite3.connect(server.data_dir / "catalog.db") as catalog:
            (tails,) = catalog.execute("SELECT coalesce(sum(tail_chunks), 0) FROM metric_stream").fetchone()
        found = sorted((server.data_dir / "segments").rglob("*.parquet"))
        if found and tails == 0:
            return found
        time.sleep(0.1)
    raise AssertionError("the run's rows were never sealed")


def storage_counted_since(server: ServerProcess, moment: float) -> dict[str, Any]:
    """Ask what is kept until the answer was counted after a moment: answers are kept for some seconds."""
    deadline = time.monotonic() + 40
    while (found := server.get_json("/api/storage"))["counted_at"] <= moment:
        assert time.monotonic() < deadline, "nothing is counted again"
        time.sleep(0.2)
    return found


def let_first_round_pass(server: ServerProcess) -> None:
    """Wait until the server has looked for bytes that nobody needs: later it would find some that are on their way."""
    first = storage_counted_since(server, 0.0)["waiting"]["seen_at"]
    deadline = time.monotonic() + 40
    while server.get_json("/api/storage")["waiting"]["seen_at"] == first:
        assert time.monotonic() < deadline, "the server never looks"
        time.sleep(0.1)


def test_what_is_not_needed_is_listed_first_and_removed_when_told_to(new_server: Any, tmp_path: Path) -> None:
    server: ServerProcess = new_server().start()
    let_first_round_pass(server)
    env = server.client_environment()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUNWELL_CONFIG_DIR", str(server.config_dir))
        deliver(tmp_path / "runs", server, "gone", 1)
    for n in range(3):
        log_artifact(server, "readtest", "data", {"same.bin": b"s" * 50_000, "own.bin": b"%d" % n * 9_000})
    server.post_json("/api/projects/local/readtest/runs/delete", {"ids": ["gone"]})

    storage_counted_since(server, time.time())
    said = runwell("storage", env=env, cwd=tmp_path)
    head, line = said.stdout.splitlines()[1:3]
    assert head.split()[:3] == ["project", "alone", "frees"], said.stderr
    assert line.startswith("local/readtest") and "of deleted runs" in said.stderr
    one = runwell("storage", "project", "readtest", env=env, cwd=tmp_path)
    assert "dataset data (3 versions)" in one.stdout and "run gone 실험 1 (deleted)" in one.stdout
    whole = server.get_json("/api/storage")
    assert whole["stored"]["blob_bytes"] == on_disk(server) and whole["waiting"]["bytes"] == 0
    segments = sealed(server)

    rules = ("storage", "clean", "readtest", "--versions", "0", "--deleted", "0")
    dry = runwell(*rules, env=env, cwd=tmp_path)
    assert "3 items would go" in dry.stdout and "nothing was removed" in dry.stdout, dry.stderr
    assert "local/readtest/data:v0" in dry.stdout and "everything of run local/readtest/gone" in dry.stdout
    asked = {"project": "readtest", "versions": {"older_than_days": 0}, "deleted": {"older_than_days": 0}}
    plan = server.post_json("/api/storage/plan", asked)
    assert sealed(server) == segments, "nothing was sealed while it was planned"
    files = on_disk(server)
    age(server)
    done = runwell(*rules, "--yes", env=env, cwd=tmp_path)
    assert "removed 3 items" in done.stdout, done.stderr
    removed = plan["freed_bytes"] - sum(file.stat().st_size for file in segments)
    deadline = time.monotonic() + 40
    while on_disk(server) != files - removed and time.monotonic() < deadline:
        time.sleep(0.1)
    assert on_disk(server) == files - removed, "the sweep comes at once, not in an hour"
    assert server.get_json("/api/projects/local/readtest/artifacts/data")["total"] == 1
    with sqlite3.connect(server.data_dir / "catalog.db") as catalog:
        for table in ("segment", "metric_key", "metric_stream", "console_block", "run_file", "writer"):
            assert catalog.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
        assert catalog.execute("SELECT config, purged_at IS NOT NULL FROM run").fetchall() == [("{}", 1)]
    assert server.post_json("/api/storage/plan", asked)["items"] == []
    for body in ({}, {"versions": {"older_than_days": -1}}, {"versions": {"older_than_days": 1, "x": 1}}, {"no": 1}):
        assert server.request("POST", "/api/storage/plan", body)[0] == 400
    many = {"items": ["version:1"] * (MAX_ITEMS + 1)}
    for body in ({"items": ["version:x"]}, {"items": [1]}, many):
        assert server.request("POST", "/api/storage/clean", body)[0] == 400
    server.stop()
