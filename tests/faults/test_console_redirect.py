"""Output at descriptor level: what is shown stays what it was, what is written is recorded, nobody waits for us."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from runwell.wire.journal import scan

from .terminals import COLUMNS, Terminal, recorded, relay_of, relays_of, start_at, wait_until
from .trainers import Trainer

BEGIN = """\
import ctypes, os, subprocess, sys, time
import runwell
libc = ctypes.CDLL(None)
run = runwell.init(project="console", settings={"silent": True})
"""

EVERYBODY = (
    BEGIN
    + """
print("python", sys.stdout.isatty(), sys.stderr.isatty(), os.get_terminal_size(1).columns, flush=True)
libc.printf(b"c\\tcode %d\\n", 1)
libc.fflush(None)
subprocess.run(["sh", "-c", "echo a child; stty size <&1; echo its error >&2"])
os.system("echo the system")
os.write(1, bytes(range(256)) * 3 + b"\\n\\xff\\xfe\\xed\\xa0\\x80\\n")
os.write(1, "한국어 \\x1b[31mred\\x1b[0m\\r\\n".encode())
for i in range(50):
    print(f"\\r{i:3d}% ", end="", file=sys.stderr)
print(file=sys.stderr)
print("x" * 100_000)
run.log({"loss": 1})
print("no end", end="")
run.finish()
print(" of it")
"""
)


def redirecting(place: Path, code: str, *, alone: bool = True, how: str = "redirect") -> Trainer:
    # Buffered as scripts are, C's stdout too: some places where tests run have it otherwise.
    return Trainer(place, code, alone=alone, environment={"RUNWELL_CONSOLE": how, "PYTHONUNBUFFERED": ""})


def show(trainer: Trainer) -> tuple[bytes, bytes, int]:
    """Run a script with a terminal for each of its streams; give what they showed, and its exit code."""
    with Terminal() as out, Terminal() as err:
        process = start_at(trainer, out.fd, err.fd)
        code = process.wait(30.0)
        return out.leave(), err.leave(), code


def test_what_a_terminal_shows_is_the_same_to_the_byte_and_all_of_it_is_recorded(tmp_path: Path) -> None:
    trainer = redirecting(tmp_path / "with", EVERYBODY)
    shown = show(trainer)
    assert shown == show(redirecting(tmp_path / "without", EVERYBODY, how="off"))
    assert f"python True True {COLUMNS}\r\n".encode() in shown[0]

    lines = recorded(trainer.run_dir)
    out = [text for stream, text in lines if stream == "stdout"]
    assert out[:5] == [f"python True True {COLUMNS}", "c\tcode 1", "a child", f"45 {COLUMNS}", "the system"]
    assert "���" in "".join(out)
    assert out[-3:] == ["한국어 \x1b[31mred\x1b[0m", "x" * 100_000, "no end"]
    assert [text for stream, text in lines if stream == "stderr"] == ["its error", " 49% "]


def test_streams_that_lead_to_one_place_keep_their_common_order(tmp_path: Path) -> None:
    code = BEGIN + "for i in range(2_000):\n    os.write(1, b'out %d\\n' % i)\n    libc.dprintf(2, b'err %d\\n', i)\n"
    expected = [f"{stream} {i}" for i in range(2_000) for stream in ("out", "err")]
    trainer = redirecting(tmp_path, code)
    with Terminal() as terminal:
        assert start_at(trainer, terminal.fd, terminal.fd).wait(30.0) == 0
        assert terminal.leave().decode().splitlines() == expected
    assert [text for _, text in recorded(trainer.run_dir)] == expected

    trainer = redirecting(tmp_path / "file", code, how="auto")
    with (tmp_path / "log").open("w") as log:
        assert start_at(trainer, log.fileno(), log.fileno()).wait(30.0) == 0
    assert (tmp_path / "log").read_text().splitlines() == expected
    assert [text for _, text in recorded(trainer.run_dir)] == expected


def test_unasked_c_code_is_heard_where_nobody_sits_at_the_streams_and_a_terminal_stays_the_users(
    tmp_path: Path,
) -> None:
    code = BEGIN + "libc.dprintf(1, b'c %d\\n', os.isatty(2))\nprint('python')\n"
    trainer = redirecting(tmp_path, code, how="auto")
    assert trainer.run().stdout == "c 0\npython\n"
    assert recorded(trainer.run_dir) == [("stdout", "c 0"), ("stdout", "python")]

    trainer = redirecting(tmp_path / "terminal", code, how="auto")
    assert show(trainer)[0] == b"c 1\r\npython\r\n"
    assert recorded(trainer.run_dir) == [("stdout", "python")]


@pytest.mark.slow
def test_pipes_and_files_get_every_byte_and_the_order_of_a_stream_is_kept(tmp_path: Path) -> None:
    code = BEGIN + (
        "for i in range(3_000):\n    print('python', i, flush=True)\n    libc.dprintf(1, b'c %d\\n', i)\n"
        "libc.printf(b'what c keeps back\\n')\nrun.finish()\nprint('the end')\n"
    )
    trainer = redirecting(tmp_path, code)
    done = trainer.run()
    expected = [*(f"{who} {i}" for i in range(3_000) for who in ("python", "c")), "what c keeps back"]
    assert done.stdout.splitlines() == [*expected, "the end"]
    assert [text for _, text in recorded(trainer.run_dir)] == expected

    with (tmp_path / "output").open("w") as file:
        process = subprocess.Popen(
            [sys.executable, str(trainer.script)], cwd=tmp_path, env=trainer.environment, stdout=file, stderr=file
        )
        assert process.wait(30.0) == 0
    assert (tmp_path / "output").read_text() == done.stdout


def test_a_reader_learns_of_the_scripts_end_while_the_companion_goes_on(tmp_path: Path) -> None:
    code = 'import runwell\nrun = runwell.init(settings={"finish_timeout": 0.1})\nprint("all")\n'
    nobody = {"RUNWELL_MODE": "online", "RUNWELL_BASE_URL": "http://127.0.0.1:9"}
    trainer = Trainer(tmp_path, code, alone=False, environment=nobody)
    process = trainer.start()
    process.wait(20.0)
    companion = psutil.Process(int((trainer.run_dir / "companion.lock").read_text()))
    try:
        assert process.communicate(timeout=10.0)[0] == "all\n"
        assert companion.is_running()
        assert str(trainer.run_dir) in companion.cmdline()
        assert [line for _, line in recorded(trainer.run_dir)] == ["all"]
    finally:
        companion.kill()


def test_what_a_segfault_says_is_shown_and_recorded(tmp_path: Path) -> None:
    code = BEGIN + (
        "import faulthandler; faulthandler.enable()\nprint('before', flush=True)\nctypes.string_at(0)\nprint('never')\n"
    )
    trainer = redirecting(tmp_path, code)
    done = trainer.run()
    assert done.returncode == -signal.SIGSEGV
    assert "Segmentation fault" in done.stderr
    wait_until(lambda: len(recorded(trainer.run_dir)) > done.stderr.count("\n"))
    lines = recorded(trainer.run_dir)
    for stream, shown in (("stdout", "before\n"), ("stderr", done.stderr)):
        assert [text for one, text in lines if one == stream] == shown.splitlines()


def test_a_killed_relay_is_replaced_and_nobody_waits_for_it(tmp_path: Path) -> None:
    code = BEGIN + (
        "print('first', flush=True)\nsys.stdin.readline()\n"
        "for i in range(2_000):\n    print('line', i)\nsys.stdout.flush()\nsys.stdin.readline()\n"
        "for i in range(2_000):\n    libc.dprintf(1, b'more %d\\n', i)\nrun.finish()\n"
    )
    trainer = redirecting(tmp_path, code)
    process = trainer.start(stdin=subprocess.PIPE)
    assert process.stdout is not None and process.stdin is not None
    assert process.stdout.readline() == "first\n"
    first = relay_of(trainer)
    wait_until(lambda: recorded(trainer.run_dir) == [("stdout", "first")])
    first.kill()
    process.stdin.write("go on\n")
    process.stdin.flush()
    lines = [process.stdout.readline() for _ in range(2_000)]
    assert lines == [f"line {i}\n" for i in range(2_000)]
    assert relay_of(trainer, other_than=first.pid).pid != first.pid
    out, err = process.communicate("go on\n", timeout=30)
    assert out.splitlines() == [f"more {i}" for i in range(2_000)]
    assert (process.returncode, err) == (0, "")
    shown = ["first", *(f"line {i}" for i in range(2_000)), *(f"more {i}" for i in range(2_000))]
    assert [text for _, text in recorded(trainer.run_dir)] == shown


@pytest.mark.slow
def test_where_every_relay_is_killed_the_script_goes_on_at_its_own_streams(tmp_path: Path) -> None:
    code = BEGIN + (
        "for i in range(150):\n    print('line', i, flush=True)\n    time.sleep(0.01)\n"
        "libc.dprintf(1, b'c at the end\\n')\nrun.finish()\n"
    )
    trainer = redirecting(tmp_path, code)
    process = trainer.start()
    killed = 0
    for _ in range(3):
        relay, behind = relays_of(trainer, other_than=killed)
        killed = relay.pid
        behind.kill()
        relay.kill()
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    # What a relay had in its hands when it was killed is all that can be missing.
    lines = out.splitlines()
    assert lines[-1] == "c at the end"
    assert len(lines) >= 148
    assert "line 149" in [text for _, text in recorded(trainer.run_dir)]


@pytest.mark.slow
def test_a_relay_that_stands_still_stops_neither_script_nor_output(tmp_path: Path) -> None:
    code = BEGIN + (
        "print('first', flush=True)\nsys.stdin.readline()\n"
        "for i in range(3_000):\n    print('line', i, 'x' * 600)\nprint('done', flush=True)\nrun.finish()\n"
    )
    trainer = redirecting(tmp_path, code)
    process = trainer.start(stdin=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == "first\n"
    relay = relay_of(trainer)
    wait_until(lambda: recorded(trainer.run_dir) == [("stdout", "first")])
    relay.suspend()
    started = time.monotonic()
    out, err = process.communicate("go on\n", timeout=30)
    assert (process.returncode, err) == (0, "")
    written = [*(f"line {i} {'x' * 600}" for i in range(3_000)), "done"]
    assert out.splitlines() == written
    assert time.monotonic() - started < 10.0
    assert [text for _, text in recorded(trainer.run_dir)] == ["first", *written]


@pytest.mark.slow
def test_what_children_write_after_the_end_is_shown_and_recorded_too(tmp_path: Path) -> None:
    waits = "while [ ! -e go ]; do sleep 0.05; done; echo late; echo late error >&2"
    code = BEGIN + f"subprocess.Popen(['sh', '-c', {waits!r}])\nprint('early')\nrun.finish()\nprint('after')\n"
    trainer = redirecting(tmp_path, code)
    with Terminal() as terminal:
        process = start_at(trainer, terminal.fd, terminal.fd)
        assert process.wait(20.0) == 0
        wait_until(lambda: terminal.shown == b"early\r\nafter\r\n")
        relay = relay_of(trainer)
        (tmp_path / "go").touch()
        shown = terminal.leave()
    assert shown.startswith(b"early\r\nafter\r\n")
    assert shown.split(b"\r\n")[2:] == [b"late", b"late error", b""]
    relay.wait(5.0)
    assert recorded(trainer.run_dir) == [("stdout", "early"), ("stdout", "late"), ("stdout", "late error")]


@pytest.mark.parametrize("of_a_terminal", [pytest.param(True, marks=pytest.mark.slow), False])
def test_kill_9_of_the_script_loses_nothing_that_it_wrote(tmp_path: Path, of_a_terminal: bool) -> None:
    code = BEGIN + "for i in range(5_000):\n    libc.dprintf(1, b'line %d\\n', i)\nos.kill(os.getpid(), 9)\n"
    trainer = redirecting(tmp_path, code)
    expected = [f"line {i}" for i in range(5_000)]
    if of_a_terminal:
        out, _, exit_code = show(trainer)
    else:
        done = trainer.run()
        out, exit_code = done.stdout.encode(), done.returncode
    assert exit_code == -signal.SIGKILL
    assert out.decode().splitlines() == expected
    wait_until(lambda: len(recorded(trainer.run_dir)) >= 5_000)
    assert [text for _, text in recorded(trainer.run_dir)] == expected


def test_forks_and_workers_are_heard_once(tmp_path: Path) -> None:
    code = """\
import multiprocessing, os, sys
import runwell

def work(i):
    print("worker", i, flush=True)

if __name__ == "__main__":
    run = runwell.init(project="console", settings={"silent": True})
    for i, method in enumerate(("fork", "spawn")):
        worker = multiprocessing.get_context(method).Process(target=work, args=(i,))
        worker.start()
        worker.join()
    if os.fork() == 0:
        run.log({"child": 1})
        print("forked", flush=True)
        run.finish()
        os._exit(0)
    os.wait()
    print("parent")
    run.finish()
"""
    trainer = redirecting(tmp_path, code)
    done = trainer.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("\n") == ["worker 0", "worker 1", "forked", "parent", ""]
    assert recorded(trainer.run_dir) == [("stdout", text) for text in done.stdout.splitlines()]


def test_a_reader_that_leaves_ends_the_script_as_it_would_without_us(tmp_path: Path) -> None:
    code = BEGIN + "for i in range(10**9):\n    print('line', i, flush=True)\n    time.sleep(0.001)\n"
    trainer = redirecting(tmp_path, code)
    process = trainer.start()
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(20.0) in (1, 120)
    assert process.stderr is not None
    assert "BrokenPipeError" in process.stderr.read()


def test_a_stream_that_is_not_the_processs_own_is_wrapped_and_says_so(tmp_path: Path) -> None:
    code = "import io, sys\nsys.stdout = io.StringIO()\n" + BEGIN.replace("silent", "quiet") + "print('heard')\n"
    trainer = redirecting(tmp_path, code)
    done = trainer.run()
    assert done.stderr.count("console='redirect' isn't possible here (sys.stdout isn't this process's own stream") == 1
    assert recorded(trainer.run_dir) == [("stdout", "heard")]


@pytest.mark.slow
def test_a_second_run_beside_the_first_hears_what_python_prints(tmp_path: Path) -> None:
    code = BEGIN + (
        "other = runwell.init(reinit='create_new', project='other', settings={'quiet': True})\n"
        "print('both', flush=True)\nlibc.dprintf(1, b'c\\n')\nother.finish()\nprint(other.sync_dir)\nrun.finish()\n"
        "again = runwell.init(project='third', settings={'silent': True})\nlibc.dprintf(1, b'new\\n')\n"
    )
    trainer = redirecting(tmp_path, code)
    done = trainer.run()
    assert "another run of this process has the streams" in done.stderr
    both, c, other, new = done.stdout.splitlines()
    assert (both, c, new) == ("both", "c", "new")
    assert recorded(Path(other)) == [("stdout", "both")]
    assert recorded(trainer.run_dir) == [("stdout", "new")]


@pytest.mark.slow
def test_a_resized_terminal_is_seen_by_the_script(tmp_path: Path) -> None:
    code = BEGIN + (
        "print('ready', flush=True)\n"
        "while os.get_terminal_size(1).columns != 77:\n    time.sleep(0.01)\nprint('seen')\n"
    )
    trainer = redirecting(tmp_path, code)
    with Terminal() as terminal:
        process = start_at(trainer, terminal.fd, terminal.fd)
        wait_until(lambda: b"ready" in terminal.shown)
        terminal.resize(77)
        assert process.wait(10.0) == 0
        assert terminal.leave() == b"ready\r\nseen\r\n"


@pytest.mark.slow
def test_ten_megabytes_a_second_are_shown_whole_and_recorded_as_far_as_lines_go(tmp_path: Path) -> None:
    code = BEGIN + (
        "started = time.monotonic()\nline = b'x' * 99 + b'\\n'\n"
        "for i in range(500):\n    os.write(1, line * 1_000)\n"
        "    time.sleep(max(0, started + i / 100 - time.monotonic()))\n"
        "sys.stderr.write(str(time.monotonic() - started))\nrun.finish()\n"
    )
    trainer = redirecting(tmp_path, code)
    done = trainer.run()
    assert len(done.stdout) == 50_000_000
    assert float(done.stderr) < 10.0
    journals = [scan(path.read_bytes()) for path in trainer.run_dir.glob("journal/console-*.jsonl")]
    counted = [entry.payload for journal in journals for entry in journal.entries]
    omitted = max(payload.get("omitted_lines", 0) for payload in counted)
    lines = [text for _, text in recorded(trainer.run_dir) if text == "x" * 99]
    assert len(lines) >= 10_000
    assert abs(len(lines) + omitted - 500_000) < 100


@pytest.mark.slow
def test_relays_killed_in_loops_lose_no_line_but_those_in_their_hands(tmp_path: Path) -> None:
    code = BEGIN + "for i in range(1_000):\n    libc.dprintf(1, b'line %d\\n', i)\n    time.sleep(0.001)\n"
    for loop in range(5):
        trainer = redirecting(tmp_path / str(loop), code)
        process = trainer.start()
        relay_of(trainer).kill()
        out, err = process.communicate(timeout=30)
        assert (process.returncode, err) == (0, "")
        lines = out.splitlines()
        assert lines[-1] == "line 999"
        assert len(lines) >= 998


@pytest.mark.slow
def test_a_disk_that_is_full_costs_the_terminal_nothing(tmp_path: Path) -> None:
    code = BEGIN + (
        "import resource, glob\nprint('before', flush=True)\ntime.sleep(0.7)\n"
        "for path in glob.glob(run.sync_dir + '/journal/console-*'):\n"
        "    pid = int(path.split('console-')[1].split('-')[0])\n"
        "    resource.prlimit(pid, resource.RLIMIT_FSIZE, (os.path.getsize(path) + 100,) * 2)\n"
        "for i in range(1_000):\n    print('line', i)\nstarted = time.monotonic()\nrun.finish()\n"
        "print(time.monotonic() - started < 4.0)\n"
    )
    trainer = redirecting(tmp_path, code)
    started = time.monotonic()
    done = trainer.run()
    assert done.stdout.splitlines() == ["before", *(f"line {i}" for i in range(1_000)), "True"]
    assert time.monotonic() - started < 8.0  # the relay asks the disk for longer, the terminal is free
    assert recorded(trainer.run_dir)[0] == ("stdout", "before")


@pytest.mark.slow
@pytest.mark.parametrize("sign", [0, signal.SIGKILL, signal.SIGSTOP])
def test_a_held_interpreter_lock_does_not_stop_the_output_whatever_the_relay_meets(tmp_path: Path, sign: int) -> None:
    code = BEGIN + (
        "import glob\nprint(end='first ', flush=True)\nfound = []\n"
        "while not found:\n    found = glob.glob(run.sync_dir + '/journal/console-*')\n"
        f"os.kill(int(found[0].split('console-')[1].split('-')[0]), {int(sign)})\n"
        "held = ctypes.PyDLL(None)\n"  # calls keep the interpreter's lock, as C extensions do
        "data = b'x' * 5_000_000\nwritten = 0\n"
        "while written < len(data):\n    written += held.write(1, data[written:], len(data) - written)\n"
        "run.finish()\n"
    )
    done = redirecting(tmp_path, code).run()
    assert done.stdout == "first " + "x" * 5_000_000


@pytest.mark.slow
def test_a_user_who_stops_reading_holds_the_script_up_as_ever_and_gets_everything_later(tmp_path: Path) -> None:
    code = BEGIN + "for i in range(40_000):\n    libc.dprintf(1, b'line %06d%050d\\n', i, 0)\nrun.finish()\n"
    trainer = redirecting(tmp_path, code)
    process = trainer.start()
    relay = relay_of(trainer)
    time.sleep(6.0)  # longer than a relay may stand still of its own accord
    assert process.poll() is None
    assert relay_of(trainer).pid == relay.pid
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert out.splitlines() == [f"line {i:06d}{0:050d}" for i in range(40_000)]
