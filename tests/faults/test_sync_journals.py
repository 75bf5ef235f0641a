"""F6, F12: rotten journals, and chunks that come twice, overlapping, reordered, or from two senders."""

from __future__ import annotations

import json
import os
import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from runwell.client.connection import Connection
from runwell.client.documents import UPSERT_BUCKET
from runwell.sync.lock import Lock
from runwell.wire.journal import encode_record, scan
from tests.faults.delivery import SEED, assert_same_rows, new_journal, run_on, sync
from tests.serving import ServerProcess

SEEDS = int(os.environ.get("RUNWELL_SEEDS", "500"))


def rot(data: bytearray, chance: random.Random) -> bytearray:
    """Damage a random range of 1 to 4,096 bytes in one of five ways."""
    size = min(len(data), chance.choice([1, 2, 7, 64, 512, 4096]))
    start = chance.randrange(len(data) - size + 1)
    end = start + size
    how = chance.choice(["flip", "zero", "cut", "double", "swap"])
    if how == "flip":
        for index in range(start, end):
            data[index] ^= 1 << chance.randrange(8)
    elif how == "zero":
        data[start:end] = bytes(size)
    elif how == "cut":
        del data[start:end]
    elif how == "double":
        data[end:end] = data[start:end]
    else:
        other = chance.randrange(len(data) - size + 1)
        data[start:end], data[other : other + size] = data[other : other + size], data[start:end]
    return data


def test_f6_a_rotten_journal_gives_only_what_was_written_and_loses_only_what_was_touched() -> None:
    for seed in range(SEED, SEED + SEEDS):
        chance = random.Random(seed)
        lines = [
            encode_record("row", {"_step": i, "x": chance.random(), "t": "é" * chance.randrange(9)}) for i in range(300)
        ]
        written = set(lines)
        data = rot(bytearray(b"".join(lines)), chance)
        found = scan(bytes(data))
        texts = [bytes(data[entry.start : entry.end]) for entry in found.entries]
        assert set(texts) <= written, f"seed {seed}: a row that was not written"
        intact = written & {line[at:] for line in bytes(data).splitlines(True) for at in range(len(line))}
        assert set(intact) <= set(texts), f"seed {seed}: an untouched row was lost"
        complete = bytes(data).count(b"\n")
        assert found.damaged_lines >= complete - len(found.entries), f"seed {seed}: damage is counted"
        assert sum(map(len, texts)) + found.damaged_bytes + found.torn_bytes == len(data), f"seed {seed}"


def test_f6_the_intact_rows_of_a_rotten_journal_arrive_and_the_damage_is_shown(
    tmp_path: Path, server: ServerProcess
) -> None:
    journal = new_journal(tmp_path, server.url, "f6rot")
    for step in range(1000):
        journal.row(x=step)
    journal.exit()
    data = bytearray(journal.path.read_bytes())
    at = data.index(b'"x":500')
    data[at : at + 1000] = bytes(b ^ 0x55 for b in data[at : at + 1000])
    journal.path.write_bytes(data)
    survived = [entry.payload for entry in scan(bytes(data)).entries if entry.kind == "row"]
    assert 900 < len(survived) < 1000
    ended = sync(journal.run_dir, server)
    assert ended.returncode == 0, ended.stderr
    run = run_on(server, "f6rot")
    assert_same_rows(run, survived)
    assert run.record["damaged_lines"] >= 1
    assert run.record["damaged_bytes"] >= 1000


@pytest.mark.parametrize("seed", range(8))
def test_f12_chunks_in_any_order_make_the_same_history(server: ServerProcess, seed: int) -> None:
    chance = random.Random(SEED + seed)
    rows = [{"_step": i, "_runtime": i / 10, "_timestamp": 1e9 + i, "x": chance.random()} for i in range(200)]
    events = [{"system.cpu": i, "_runtime": i, "_timestamp": 1e9 + i} for i in range(50)]
    run_id = f"f12-{seed}"
    chunks: list[tuple[str, int, int]] = []
    for file, count in (("wandb-history.jsonl", len(rows)), ("wandb-events.jsonl", len(events))):
        cuts = sorted({0, count, *(chance.randrange(count) for _ in range(12))})
        chunks += [(file, a, b) for a, b in pairwise(cuts)]
        for _ in range(12):  # overlaps and repeats
            a = chance.randrange(count)
            chunks.append((file, a, min(count, a + chance.randrange(1, 40))))
    chance.shuffle(chunks)
    source = {"wandb-history.jsonl": rows, "wandb-events.jsonl": events}
    with Connection(server.url, server.key) as connection:
        connection.graphql(UPSERT_BUCKET, {"name": run_id, "project": "digits"})
        for file, a, b in chunks:
            lines = [json.dumps(row) for row in source[file][a:b]]
            connection.file_stream(
                "local", "digits", run_id, {"files": {file: {"offset": a, "content": lines}}}, "5e" * 16
            )
    run = run_on(server, run_id)
    assert_same_rows(run, rows)
    assert len(list(run.scan_history(stream="system"))) == len(events)


def test_f12_two_copies_of_a_run_directory_sent_at_once_make_one_run(tmp_path: Path, server: ServerProcess) -> None:
    journal = new_journal(tmp_path / "a", server.url, "f12twice")
    for step in range(20_000):
        journal.rows.append({"_step": step, "x": step / 3})
    journal.raw(b"".join(encode_record("row", row) for row in journal.rows))
    journal.exit()
    copies = [journal.run_dir]
    for name in "bc":
        copies.append(tmp_path / name / journal.run_dir.name)
        shutil.copytree(journal.run_dir, copies[-1])
    with ThreadPoolExecutor(len(copies)) as pool:
        for ended in pool.map(lambda copy: sync(copy, server), copies):
            assert ended.returncode == 0, ended.stderr
    run = run_on(server, "f12twice")
    assert run.state == "finished"
    assert_same_rows(run, journal.rows)


def test_f12_a_second_sync_of_a_directory_leaves_politely(tmp_path: Path, server: ServerProcess) -> None:
    journal = new_journal(tmp_path, server.url, "f12lock")
    journal.row(a=1)
    journal.exit()
    mine = Lock(journal.run_dir / "sync" / "lock")
    assert mine.take()
    ended = sync(journal.run_dir, server)
    assert ended.returncode == 1, "something is left to send"
    assert f"is being sent by process {os.getpid()}" in ended.stdout
    mine.release()
    assert "sent to" in sync(journal.run_dir, server).stdout
    assert "there already" in sync(journal.run_dir, server).stdout
