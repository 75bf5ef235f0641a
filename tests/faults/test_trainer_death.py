"""F1, F4, F5: what a trainer's death, a full disk and a deleted directory do to rows whose log() returned."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from .trainers import LOOPS, Trainer, next_line, rows

ACKED = """
import faulthandler, os, sys, runwell
faulthandler.enable()
ack = os.open("ack", os.O_WRONLY | os.O_CREAT)
run = runwell.init(id="same", resume="allow", settings={"silent": True})
print("ready", run.starting_step, flush=True)
i = run.starting_step
while True:
    run.log({"i": i, "text": "x" * (i % 50), "loss": 1 / (i + 1)})
    os.pwrite(ack, b"%020d" % i, 0)
    i += 1
"""


def test_f1_a_killed_trainer_loses_no_row_whose_log_returned(tmp_path: Path) -> None:
    seed = random.randrange(10**9)
    print("seed", seed)
    chance = random.Random(seed)
    trainer = Trainer(tmp_path, ACKED)
    kept = -1  # the last row that an earlier loop left on disk
    for loop in range(LOOPS):
        if loop % 10 == 0:  # a fresh run now and then, or each resume reads all before it
            for path in (tmp_path / "runwell").glob("*run*"):
                path.rename(tmp_path / f"old-{loop}-{path.name}")
            kept = -1
        process = trainer.start()
        said = next_line(process)
        time.sleep(chance.uniform(0.0, 0.03))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert said == f"ready {kept + 1}\n"
        found = trainer.main()
        written = [row["i"] for row in rows(found)]
        acked = int((tmp_path / "ack").read_bytes() or b"-1")
        assert found.damaged_lines == 0
        assert found.torn_bytes < 500
        assert written == list(range(kept + 1, kept + 1 + len(written)))
        if acked > kept:
            assert written[-1] >= acked
        kept = written[-1] if written else kept


LIMITED = """
import os, resource, sys, runwell
run = runwell.init(id="full", settings={"silent": False, "console": "off"})
row = {"note": "as long as most rows are, and then a little bit"}
run.log({"i": 0, **row})
size = os.path.getsize(run.sync_dir + "/journal/main.jsonl")
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (size + int(sys.argv[1]), hard))
for i in range(1, 11):
    run.log({"i": i, **row})
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
for i in range(11, 21):
    run.log({"i": i, **row})
"""


@pytest.mark.parametrize("offset", [0, 1, 8, 9, 40, 90, 91, 120, 400, 900])
def test_f4_a_disk_that_fills_up_anywhere_in_a_line_costs_no_row(tmp_path: Path, offset: int) -> None:
    trainer = Trainer(tmp_path, LIMITED)
    done = trainer.run(str(offset))
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert done.stderr.count("refuses rows") == 1
    found = trainer.main()
    assert (found.damaged_lines, found.torn_bytes) == (0, 0)
    assert [row["i"] for row in rows(found)] == list(range(21))
    counted = [e.payload for e in found.entries if e.kind == "count"][-1]
    assert 1 <= counted["deferred_rows"] <= 10
    assert "lost_rows" not in counted


FOREVER_FULL = """
import os, resource, sys, runwell
run = runwell.init(settings={"console": "off"})
size = os.path.getsize(run.sync_dir + "/journal/main.jsonl")
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
for i in range(10):
    run.log({"i": i})
sys.exit(7)
"""


def test_f4_a_disk_that_stays_full_changes_neither_exit_code_nor_output_and_is_said(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, FOREVER_FULL)
    started = time.monotonic()
    done = trainer.run()
    assert done.returncode == 7
    assert time.monotonic() - started < 10
    assert "are lost" in done.stderr
    assert "Traceback" not in done.stderr
    assert rows(trainer.main()) == []


DELETED = """
import os, shutil, sys, time, runwell
run = runwell.init(settings={"console": "off", "silent": True})
for i in range(10):
    run.log({"i": i})
shutil.rmtree(run.sync_dir)
for i in range(10, 20):
    run.log({"i": i})
time.sleep(1.1)
run.log({"i": 20})
print(os.path.getsize(run.sync_dir + "/journal/main.jsonl"), flush=True)
os.kill(os.getpid(), 9)
"""


def test_f5_a_deleted_run_directory_is_made_again_with_every_row(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, DELETED)
    done = trainer.run()
    assert done.returncode == -9
    assert done.stdout
    assert [row["i"] for row in rows(trainer.main())] == list(range(21))


NO_DESCRIPTORS = """
import os, resource, sys, runwell
run = runwell.init(settings={"console": "off", "silent": True})
run.log({"i": 0})
os.closerange(3, 64)  # what a daemon does to its descriptors
resource.setrlimit(resource.RLIMIT_NOFILE, (3, 64))
for i in range(1, 5):
    run.log({"i": i})
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
for i in range(5, 10):
    run.log({"i": i})
"""


def test_f5_closed_descriptors_and_none_to_be_had_cost_no_row(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, NO_DESCRIPTORS)
    done = trainer.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert [row["i"] for row in rows(trainer.main())] == list(range(10))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_f5_a_directory_that_turns_read_only_costs_no_row(tmp_path: Path) -> None:
    code = """
import os, runwell
run = runwell.init(settings={"console": "off", "silent": True})
os.chmod(run.sync_dir + "/journal", 0o500)
run.log({"i": 0})
"""
    trainer = Trainer(tmp_path, code)
    assert trainer.run().returncode == 0
    assert len(rows(trainer.main())) == 1
