"""F18: threads, asyncio, signal handlers, destructors and the garbage collector log at once."""

from __future__ import annotations

from pathlib import Path

from .trainers import Trainer, rows

THREADS = """
import threading, runwell
run = runwell.init(settings={"silent": True, "console": "off"})
returned = [0] * 32
def work(thread):
    try:
        for i in range(400):
            run.log({"thread": thread, "i": i})
            returned[thread] = i + 1
            if thread == 7 and i == 399:
                run.finish()
    except runwell.UsageError:
        pass
threads = [threading.Thread(target=work, args=(t,)) for t in range(32)]
for t in threads: t.start()
for t in threads: t.join()
print(returned)
"""


def test_f18_32_threads_log_and_one_finishes(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, THREADS)
    done = trainer.run()
    assert done.returncode == 0, done.stderr
    returned = eval(done.stdout)
    found = trainer.main()
    assert found.damaged_lines == 0
    for thread in range(32):
        own = [row["i"] for row in rows(found) if row["thread"] == thread]
        assert own == list(range(returned[thread]))
    assert found.entries[-1].kind == "exit"


NESTED = """
import asyncio, gc, itertools, os, signal, sys, threading, time, runwell
run = runwell.init(settings={"silent": True, "console": "off"})
signals, deaths = itertools.count(), itertools.count()
def handler(number, frame):  # may interrupt itself
    run.log({"signal": next(signals)})
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0005)
class Dying:
    def __init__(self): self.me = self
    def __del__(self):
        run.log({"del": next(deaths)})
gc.set_threshold(50)
async def task(n):
    for i in range(300):
        run.log({"task": n, "i": i, "nested": {"x": [1, 2]}})
        await asyncio.sleep(0)
async def main():
    await asyncio.gather(*(task(n) for n in range(4)))
for i in range(3_000):
    if i % 10 == 0: Dying()
    run.log({"i": i})
asyncio.run(main())
signal.setitimer(signal.ITIMER_REAL, 0)
gc.collect()
print(next(signals), next(deaths))
"""


def test_f18_log_inside_a_signal_handler_and_a_destructor_neither_deadlocks_nor_tears(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, NESTED)
    done = trainer.run()
    assert done.returncode == 0, done.stderr
    signals, deaths = map(int, done.stdout.split())
    found = trainer.main()
    assert (found.damaged_lines, found.torn_bytes) == (0, 0)
    kept = rows(found)
    assert sorted(row["i"] for row in kept if "i" in row and "task" not in row) == list(range(3_000))
    assert sorted(row["signal"] for row in kept if "signal" in row) == list(range(signals))
    assert sorted(row["del"] for row in kept if "del" in row) == list(range(deaths))
    assert signals > 10
    assert deaths == 300
    for n in range(4):
        assert [row["i"] for row in kept if row.get("task") == n] == list(range(300))
    steps = [row["_step"] for row in kept]
    assert sorted(steps) == list(range(len(steps)))
