"""F19: signals, Ctrl-C and notebooks: the script's handlers are its own, the run's state is right."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from runwell.wire.journal import scan

from .trainers import Trainer

WAITS = """
import os, signal, sys, time, runwell
run = runwell.init(settings={"silent": True})
run.log({"i": 0})
print("ready", flush=True)
while True:
    time.sleep(0.01)
    run.log({"i": 1})
"""


_started: list[subprocess.Popen[str]] = []


@pytest.fixture(autouse=True)
def no_trainer_outlives_its_test() -> Iterator[None]:
    yield
    while _started:
        _started.pop().kill()  # nothing, where it has ended


def start_and_wait(trainer: Trainer, **options: object) -> subprocess.Popen[str]:
    process = trainer.start(**options)
    _started.append(process)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_f19_ctrl_c_interrupts_the_script_as_ever_and_the_run_says_so(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, WAITS)
    process = start_and_wait(trainer)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGINT
    assert err.rstrip().endswith("KeyboardInterrupt")
    ended = trainer.exit_record()
    assert ended is not None
    assert (ended["state"], ended["code"]) == ("interrupted", 130)


def test_f19_a_second_ctrl_c_leaves_at_once(tmp_path: Path) -> None:
    # An address that takes connections and never answers keeps finish() waiting.
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        environment = {
            "RUNWELL_MODE": "online",
            "RUNWELL_BASE_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "RUNWELL_API_KEY": "local-" + "k" * 40,
            "RUNWELL_FINISH_TIMEOUT": "30",
        }
        status = """open(run.sync_dir + "/sync/status.json", "w").write('{"state": "sending"}')\n"""
        code = WAITS.replace('"silent": True', '"silent": False').replace("while True:", f"{status}while True:")
        code = f"_c.start = lambda *_: True\n{code}"
        trainer = Trainer(tmp_path, code, environment=environment)
        process = start_and_wait(trainer)
        process.send_signal(signal.SIGINT)
        deadline = time.monotonic() + 10
        while trainer.exit_record() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)
        assert process.poll() is None  # it waits for delivery
        pressed = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert time.monotonic() - pressed < 2
    assert process.returncode == -signal.SIGINT
    assert "runwell sync" in err
    assert err.count("Traceback") == 1


def test_f19_sigterm_kills_as_ever_and_leaves_the_end_to_the_companion(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, WAITS)
    process = start_and_wait(trainer)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == -signal.SIGTERM
    assert trainer.exit_record() is None


HANDLES = """
import os, signal, sys, time, runwell
def on_term(number, frame):
    run.log({"terminated": 1})
    os.write(1, b"handler called\\n")  # print() may not be entered twice, and this may come within the other's
    sys.exit(9)
def on_usr1(number, frame):
    run.log({"preempted": 1})
    run.mark_preempting()
    os.write(1, b"usr1\\n")
signal.signal(signal.SIGTERM, on_term)
signal.signal(signal.SIGUSR1, on_usr1)
before = [signal.getsignal(n) for n in range(1, 32)]
run = runwell.init(settings={"silent": True})
assert [signal.getsignal(n) for n in range(1, 32)] == before
print("ready", flush=True)
while True:
    run.log({"i": 1})
    time.sleep(0.001)
"""


def test_f19_the_scripts_handlers_are_untouched_and_called(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, HANDLES)
    process = start_and_wait(trainer)
    process.send_signal(signal.SIGUSR1)
    assert process.stdout is not None
    assert process.stdout.readline() == "usr1\n"
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (9, "handler called\n", "")
    logged = [e.payload for e in trainer.main().entries if e.kind == "row"]
    assert any("terminated" in row for row in logged)
    ended = trainer.exit_record()
    assert ended is not None
    assert (ended["code"], ended["state"]) == (9, "preempted")


def test_f19_the_terminals_ctrl_c_does_not_reach_the_companion(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, WAITS, alone=False)
    process = start_and_wait(trainer, start_new_session=True)
    companions: list[psutil.Process] = []
    deadline = time.monotonic() + 15
    while not companions and time.monotonic() < deadline:
        command = ["runwell.companion", str(trainer.run_dir)]
        companions = [p for p in psutil.process_iter(["cmdline"]) if (p.info["cmdline"] or [])[-2:] == command]
        time.sleep(0.1)
    assert len(companions) == 1
    companion = companions[0]
    assert os.getpgid(companion.pid) != os.getpgid(process.pid)
    assert os.getsid(companion.pid) != os.getsid(process.pid)
    assert companion.ppid() != process.pid
    os.killpg(process.pid, signal.SIGINT)  # what a terminal does
    process.communicate(timeout=20)
    assert process.returncode == -signal.SIGINT
    companion.wait(timeout=30)  # it saw the exit record, and left by itself


NOTEBOOK = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("import runwell; run = runwell.init(settings={'silent': True}); run.log({'a': 1})")
shell.run_cell("print('in a cell')")
if sys.argv[1] == "fails":
    shell.run_cell("1 / 0")
if sys.argv[1] == "interrupted":
    shell.run_cell("raise KeyboardInterrupt")
if sys.argv[1] == "recovers":
    shell.run_cell("1 / 0")
    shell.run_cell("run.log({'a': 2})")
"""


@pytest.mark.parametrize(
    ("how", "state"),
    [("ends", "finished"), ("fails", "failed"), ("interrupted", "interrupted"), ("recovers", "finished")],
)
def test_f19_a_kernel_that_goes_down_ends_the_run_as_its_last_cell_ended(tmp_path: Path, how: str, state: str) -> None:
    pytest.importorskip("IPython")
    trainer = Trainer(tmp_path, NOTEBOOK, environment={"IPYTHONDIR": str(tmp_path / "ipython")})
    done = trainer.run(how)
    assert done.returncode == 0, done.stderr
    ended = trainer.exit_record()
    assert ended is not None
    assert ended["state"] == state


def test_f19_cells_of_a_kernel_run_again_fail_and_are_interrupted_and_the_run_follows(tmp_path: Path) -> None:
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    begin = f"""
import os
os.environ.update({{"RUNWELL_MODE": "offline", "RUNWELL_DIR": {str(tmp_path)!r}}})
import runwell.sdk.companion_start as c
c.start = lambda *_: False
import runwell
run = runwell.init(config={{"lr": 1}})
run.config.lr = 2
"""
    cells = [
        begin,
        "for i in range(3):\n    runwell.log({'i': i})\n    print('row', i)",
        "import os, signal, threading\nthreading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()\n"
        "import time\nwhile True:\n    time.sleep(0.01)",
        "runwell.log({'i': 'after the interrupt'})",
        begin,
        "runwell.log({'i': 'again'})",
        "1 / 0",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = nbclient.NotebookClient(
        notebook, timeout=60, allow_errors=True, resources={"metadata": {"path": tmp_path}}
    )
    client.execute()  # the kernel is shut down at its end, as by "restart"

    assert notebook.cells[1].outputs[0].text == "row 0\nrow 1\nrow 2\n"
    assert notebook.cells[2].outputs[-1].ename == "KeyboardInterrupt"
    assert notebook.cells[6].outputs[-1].ename == "ZeroDivisionError"
    runs = sorted((tmp_path / "runwell").glob("offline-run-*"), key=_began)
    session = nbformat.read(runs[1] / "session.ipynb", as_version=4)
    assert [cell.source for cell in session.cells] == [cell.strip() for cell in cells], (
        "the cells in the order in which they ran"
    )
    first, second = ([*scan((path / "journal/main.jsonl").read_bytes()).entries] for path in runs)
    assert [e.payload["i"] for e in first if e.kind == "row"] == [0, 1, 2, "after the interrupt"]
    assert {"row 0", "row 1", "row 2"} <= {e.payload["x"] for e in first if e.kind == "out"}
    assert first[-1].payload["state"] == "finished"
    assert [e.payload["i"] for e in second if e.kind == "row"] == ["again"]
    assert second[-1].payload["state"] == "failed"


def _began(run_dir: Path) -> float:
    return scan((run_dir / "journal/main.jsonl").read_bytes()).entries[0].payload["created_at"]
