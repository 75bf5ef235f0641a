"""F20: every way a process ends: its exit code and traceback unchanged, the run's state right."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from .trainers import Trainer, rows

BEFORE = """
import atexit, os, sys, threading, time
"""
BEGIN = """
import runwell
run = runwell.init(settings={"silent": True})
run.log({"i": 0})
"""

# name: (the script's end, state that the journal must say; None: no exit record, the companion decides)
ENDS: dict[str, tuple[str, str | None]] = {
    "end of file": ("", "finished"),
    "sys.exit()": ("sys.exit()", "finished"),
    "sys.exit(0)": ("sys.exit(0)", "finished"),
    "sys.exit(3)": ("sys.exit(3)", "failed"),
    "sys.exit(True)": ("sys.exit(True)", "failed"),
    "sys.exit(text)": ("sys.exit('went wrong')", "failed"),
    "exit(4)": ("exit(4)", "failed"),
    "exit in a function with finally": (
        "def main():\n    try:\n        sys.exit(5)\n    finally:\n        print('x')\nmain()",
        "failed",
    ),
    "raise SystemExit(3)": ("raise SystemExit(3)", "failed"),
    "raise SystemExit(text)": ("raise SystemExit('went wrong')", "failed"),
    "raise SystemExit": ("raise SystemExit", "finished"),
    "raise SystemExit of a main that returns None": (
        "def main():\n    return None\nraise SystemExit(main())",
        "finished",
    ),
    "raise SystemExit of a main that returns 2": ("def main():\n    return 2\nraise SystemExit(main())", "failed"),
    "raise SystemExit through a finally": (
        "def main():\n    try:\n        raise SystemExit(5)\n    finally:\n        print('x')\nmain()",
        "failed",
    ),
    "raise SystemExit after one that was caught and kept": (
        "try:\n    raise SystemExit(3)\nexcept SystemExit as error:\n    kept = error\nraise SystemExit(0)",
        "finished",
    ),
    "raise SystemExit caught and kept": (
        "try:\n    raise SystemExit(3)\nexcept SystemExit as error:\n    kept = error",
        "finished",
    ),
    "exit caught": ("try:\n    sys.exit(5)\nexcept SystemExit:\n    pass\nprint('goes on')", "finished"),
    "exit caught in a function": (
        "def main():\n    try:\n        sys.exit(5)\n    except SystemExit:\n        pass\nmain()",
        "finished",
    ),
    "exit in a thread": ("t = threading.Thread(target=lambda: sys.exit(6)); t.start(); t.join()", "finished"),
    "exception": ("def f():\n    raise ValueError('boom')\nf()", "failed"),
    "exception in a thread": ("t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()", "finished"),
    "exception caught": ("try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass", "finished"),
    "own excepthook": (
        "sys.excepthook = lambda *a: print('mine', a[0].__name__, file=sys.stderr)\n1 / 0",
        "failed",
    ),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "interrupted"),
    "syntax of a later import": ("open('bad.py', 'w').write('(')\nimport bad", "failed"),
    "finish then exception": ("run.finish()\n1 / 0", "finished"),
    "finish(1)": ("run.finish(exit_code=1)", "failed"),
    "os._exit": ("os._exit(7)", None),
    "os.abort": ("import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.abort()", None),
    "execv": ("os.execv(sys.executable, [sys.executable, '-c', 'import sys; sys.exit(8)'])", None),
    "daemon thread that logs on": (
        "def work():\n    while True: run.log({'i': 1})\n"
        "threading.Thread(target=work, daemon=True).start()\ntime.sleep(0.05)",
        "finished",
    ),
    "thread that outlives main": (
        "def work():\n    time.sleep(0.3)\n    run.log({'i': 'late'})\nthreading.Thread(target=work).start()",
        "finished",
    ),
    "atexit of the script logs": ("atexit.register(lambda: run.log({'i': 'last'}))", "finished"),
    "never used again": ("del run", "finished"),
    "closed streams": ("sys.stdout.close(); sys.stderr.close()", "finished"),
}


@pytest.mark.parametrize("name", ENDS)
def test_f20_a_process_ends_as_it_would_without_us(tmp_path: Path, name: str) -> None:
    end, state = ENDS[name]
    without = Trainer(tmp_path / "without", BEFORE + _without_run(end)).run()
    trainer = Trainer(tmp_path / "with", BEFORE + BEGIN + end)
    started = time.monotonic()
    done = trainer.run(timeout_s=30)
    assert time.monotonic() - started < 10
    assert done.returncode == without.returncode
    assert done.stdout == without.stdout
    assert _shape(done.stderr) == _shape(without.stderr)
    ended = trainer.exit_record()
    assert (ended and ended["state"]) == state
    found = trainer.main()
    assert (found.damaged_lines, found.torn_bytes) == (0, 0)
    assert rows(found)[0]["i"] == 0
    if ended and name != "finish(1)":
        assert ended["code"] == (done.returncode if done.returncode >= 0 else 128 - done.returncode) or name.startswith(
            "finish"
        )
    if "thread that outlives" in name or "atexit" in name:
        assert rows(found)[-1]["i"] in ("late", "last")


def test_f20_the_runs_error_is_the_scripts_traceback(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, BEFORE + BEGIN + ENDS["exception"][0])
    done = trainer.run()
    ended = trainer.exit_record()
    assert ended is not None
    assert ended["error"].strip() == done.stderr.strip()


def test_f20_two_hundred_runs_in_one_process_leave_no_descriptor_and_no_thread(tmp_path: Path) -> None:
    code = """
import os, threading, runwell
for i in range(200):
    console = "wrap" if i % 10 else "redirect"
    with runwell.init(reinit=True, settings={"silent": True, "console": console}) as run:
        run.log({"i": i})
    if i == 5: before = len(os.listdir("/proc/self/fd"))
assert len(os.listdir("/proc/self/fd")) == before, os.listdir("/proc/self/fd")
assert threading.active_count() == 1
"""
    done = Trainer(tmp_path, code).run()
    assert (done.returncode, done.stderr) == (0, "")


TEN_LINES = """
import runwell as wandb
config = dict(learning_rate=0.01, momentum=0.2, architecture="CNN", dataset_id="peds-0192", infra="AWS")
wandb.init(project="detect-pedestrians", notes="tweak baseline", tags=["baseline", "paper1"], config=config)
"""


def test_the_issues_script_runs_as_it_stands_without_a_server_and_says_one_line(tmp_path: Path) -> None:
    environment = {"RUNWELL_MODE": "online", "RUNWELL_BASE_URL": "http://127.0.0.1:9"}
    trainer = Trainer(tmp_path, TEN_LINES, environment=environment)
    started = time.monotonic()
    done = trainer.run(stdin=-3)
    assert time.monotonic() - started < 10
    assert (done.returncode, done.stdout) == (0, "")
    said = done.stderr.splitlines()
    assert len(said) == 2  # one at the start, one at the end
    assert f"runwell sync {trainer.run_dir.relative_to(tmp_path)}" in said[-1]
    kinds = [e.kind for e in trainer.main().entries]
    assert kinds == ["open", "run", "config", "exit"]


def _without_run(end: str) -> str:
    log = "log = staticmethod(lambda row: time.sleep(0.001))"
    finish = "finish = staticmethod(lambda **a: None)"
    return f"class run:\n    {log}\n    {finish}\n{end}\n"


def _shape(text: str) -> list[str]:
    """Give stderr without what differs by nature: line numbers, paths."""
    import re

    return [re.sub(r'(line \d+|".*?/(with|without)/)', "", line) for line in text.splitlines()]
