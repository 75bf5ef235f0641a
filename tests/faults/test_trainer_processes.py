"""F17: forks, worker pools, spawned processes: own journals, whole rows, and one end of the run."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from runwell.wire.journal import scan

from .terminals import recorded
from .trainers import Trainer, rows

FORKED = """
import os, sys, runwell
run = runwell.init(settings={"silent": True})
run.log({"who": "parent", "i": 0})
run.log({"never": "committed"}, commit=False)
pids = []
for worker in range(4):
    pid = os.fork()
    if pid == 0:
        for i in range(500):
            runwell.log({"who": worker, "i": i})
        print("from worker", worker)
        sys.exit(worker)  # a fork that leaves by the door, with every exit handler
    pids.append(pid)
codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
run.log({"who": "parent", "i": 1})
print("codes", codes)
try:
    os.waitpid(-1, os.WNOHANG)
    print("a child that isn't the script's")
except ChildProcessError:
    print("no children left")
"""


def test_f17_a_forked_child_writes_a_journal_of_its_own_and_does_not_end_the_run(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, FORKED, alone=False)
    done = trainer.run()
    assert done.returncode == 0, done.stderr
    assert "codes [0, 1, 2, 3]" in done.stdout
    assert "no children left" in done.stdout
    journals = trainer.journals()
    journals.pop("system.jsonl", None)
    main = journals.pop("main.jsonl")
    assert [row["i"] for row in rows(main)] == [0, 1]
    assert [e.kind for e in main.entries].count("exit") == 1
    assert len(journals) == 4
    workers = set()
    for name, found in journals.items():
        assert re.fullmatch(r"\d+-\d+\.jsonl", name)
        assert (found.damaged_lines, found.torn_bytes) == (0, 0)
        assert found.entries[0].kind == "open"
        assert found.entries[0].payload["role"] == "child"
        assert f"{found.entries[0].payload['pid']}-" in name
        assert "exit" not in [e.kind for e in found.entries]
        assert [row["i"] for row in rows(found)] == list(range(500))
        workers |= {row["who"] for row in rows(found)}
        assert all("never" not in row for row in rows(found))
    assert workers == {0, 1, 2, 3}
    assert len({e.entries[0].payload["journal"] for e in [main, *journals.values()]}) == 5


FORK_IN_LOG = """
import os, threading, runwell
run = runwell.init(settings={"silent": True, "console": "off"})
going = True
def work(thread):
    i = 0
    while going:
        run.log({"thread": thread, "i": i})
        i += 1
threads = [threading.Thread(target=work, args=(t,)) for t in range(4)]
for t in threads: t.start()
for n in range(30):
    pid = os.fork()
    if pid == 0:
        run.log({"child": n})
        os._exit(0)
    os.waitpid(pid, 0)
going = False
for t in threads: t.join()
"""


def test_f17_a_fork_in_the_middle_of_log_deadlocks_nobody(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, FORK_IN_LOG)
    done = trainer.run(timeout_s=60)
    assert done.returncode == 0, done.stderr
    journals = trainer.journals()
    main = journals.pop("main.jsonl")
    assert main.damaged_lines == 0
    for thread in range(4):
        own = [row["i"] for row in rows(main) if row.get("thread") == thread]
        assert own == list(range(len(own)))
    assert sorted(row["child"] for found in journals.values() for row in rows(found)) == list(range(30))


POOL = """
import multiprocessing, sys, runwell
def work(run, worker):
    for i in range(200):
        run.log({"worker": worker, "i": i})
if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    run = runwell.init(settings={"silent": True, "console": "off"})
    run.log({"i": -1})
    workers = [multiprocessing.Process(target=work, args=(run, w)) for w in range(3)]
    for w in workers: w.start()
    for w in workers: w.join()
    assert [w.exitcode for w in workers] == [0, 0, 0]
    run.log({"i": -2})
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_f17_workers_log_to_the_run_however_they_are_started(tmp_path: Path, method: str) -> None:
    trainer = Trainer(tmp_path, POOL)
    done = trainer.run(method)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "runwell").glob("*run-*-*"))) == 1
    journals = trainer.journals()
    main = journals.pop("main.jsonl")
    assert [row["i"] for row in rows(main)] == [-1, -2]
    assert main.entries[-1].payload["state"] == "finished"
    found = {row["worker"]: 0 for j in journals.values() for row in rows(j)}
    for journal in journals.values():
        assert journal.damaged_lines == 0
        assert [row["i"] for row in rows(journal)] == list(range(200))
        assert all(abs(row["_timestamp"] - time.time()) < 60 for row in rows(journal))
    assert set(found) == {0, 1, 2}


def test_f17_a_child_that_never_logs_leaves_no_journal(tmp_path: Path) -> None:
    code = """
import os, runwell
run = runwell.init(settings={"silent": True})
if os.fork() == 0:
    os._exit(0)
os.wait()
"""
    trainer = Trainer(tmp_path, code)
    assert trainer.run().returncode == 0
    assert list(trainer.journals()) == ["main.jsonl"]


OWN_RUN = """
import os, runwell
parent = runwell.init(id="parent", settings={"silent": True})
if os.fork() == 0:
    with runwell.init(id="child", settings={"silent": True}) as run:
        runwell.log({"who": "child"})
        print("said by the child", flush=True)  # os._exit flushes nothing
    os._exit(0)
os.wait()
runwell.log({"who": "parent"})
"""


def test_f17_a_forked_child_may_begin_a_run_of_its_own(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, OWN_RUN)
    done = trainer.run()
    assert (done.returncode, done.stdout) == (0, "said by the child\n"), done.stderr
    for who in ("parent", "child"):
        (run_dir,) = (tmp_path / "runwell").glob(f"*-{who}")
        journals = [path.name for path in (run_dir / "journal").iterdir()]
        assert [name for name in journals if not name.startswith("console-")] == ["main.jsonl"]
        found = scan((run_dir / "journal/main.jsonl").read_bytes())
        assert [row["who"] for row in rows(found)] == [who]
        assert found.entries[-1].payload["state"] == "finished"
        # The parent's too: its streams are redirected, and what children write to them is its output.
        assert recorded(run_dir) == [("stdout", "said by the child")]
