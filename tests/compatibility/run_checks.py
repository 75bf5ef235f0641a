"""What must be true of the runs that a version wrote; each check is one line of the table."""

from __future__ import annotations

import math
import time
from typing import Any

from tests.protocol.official import same
from tests.serving import ServerProcess

from .session import Session

BIG = 2**60 + 1
# These ask where the console of a resumed run stood and don't use it: the oldest never do, the others forget it when
# they are told how many rows there are, as every resume is.
CONSOLE_FROM_ZERO = ("0.15.12", "0.22.3", "0.25.1")
INFINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def equal(found: Any, expected: Any, what: str = "") -> None:
    """Compare two values, NaN with NaN; say where they first differ."""
    if same(found, expected):
        return
    if isinstance(found, list) and isinstance(expected, list):
        if len(found) != len(expected):
            raise AssertionError(f"{what}: {len(found)} instead of {len(expected)}: {found!r}"[:300])
        where = next(i for i, (a, b) in enumerate(zip(found, expected, strict=True)) if not same(a, b))
        equal(found[where], expected[where], f"{what}, number {where}")
    raise AssertionError(f"{what}: {found!r} instead of {expected!r}"[:300])


def a_run(session: Session) -> None:
    """Log a run: history, config, summary"""
    session.value("log_a_run")
    rows = session.rows("a-run")
    equal(rows, [{"_step": i, "loss": 1 / (i + 1), "i": i, "word": f"w{i}"} for i in range(100)], "rows")
    run = session.described("a-run")
    config = {"lr": 0.003, "layers": [64, 32], "text": "한국어 🚀", "on": True, "nothing": None, "late": "added"}
    equal(run["config"], config, "config")
    summary = {"loss": 0.01, "i": 99, "word": "w99", "best": {"acc": 0.75, "at": 7}}
    equal({key: run["summary"].get(key) for key in summary}, summary, "summary")
    read = session.value("read_a_run")
    equal(read["config"], config, "config by the Api")
    equal({**read["summary"], "best": read["best"]}, summary, "summary by the Api")
    equal(read["losses"], [1 / (i + 1) for i in range(100)], "history by the Api")
    equal(read["last"], 99, "last step by the Api")
    equal(run["meta"]["sdk"], f"wandb {session.client.version}", "sdk")


def names(session: Session) -> None:
    """Name, tags, notes, group, job type"""
    session.value("log_a_run")
    run = session.described("a-run")
    found = [run["name"], sorted(run["tags"]), run["notes"], run["group"], run["job_type"], run["state"]]
    equal(found, ["a run", ["baseline", "paper"], "the notes", "g1", "train", "finished"])
    equal(session.value("read_a_run")["names"], found, "by the Api")


def numbers(session: Session) -> str:
    """NaN, infinities, big integers"""
    sent = session.value("numbers")
    expected = [math.nan, math.inf, -math.inf, BIG, -BIG, 1e308, 5e-324]
    equal([value for _, value in session.column("numbers", "x")], expected, "rows")
    run = session.described("numbers")
    equal(run["config"]["big"], {"_type": "number", "value": str(BIG), "float": float(BIG)}, "config")
    # What the client's own file of the summary has is all that it can have sent.
    kept = {"_type": "number", "value": "NaN"} if isinstance(sent, float) else None
    equal(run["summary"].get("ended"), kept, "summary")
    read = [INFINITE.get(value, value) if isinstance(value, str) else value for value in session.value("read_numbers")]
    equal(read, expected, "rows by the Api")
    own = {None: "writes NaN that is set in a summary as null", "dropped": "doesn't send NaN that is set in a summary"}
    return f"this version itself {own[sent]}" if kept is None else ""


def nested(session: Session) -> None:
    """Nested values, keys with dots and slashes"""
    session.value("nested")
    config = {"optim": {"name": "adam", "betas": [0.9, 0.999]}, "a/b": 1, "dotted.key": 2}
    equal(session.described("nested")["config"], config, "config")
    found = [
        {"loss": row.get("train.loss"), "x": row.get("train.deep.x"), "acc": row.get("val/acc")}
        for row in session.rows("nested")
    ]
    equal(found, [{"loss": i, "x": -i, "acc": i / 2} for i in range(3)], "rows")
    own = [
        value for row in session.rows("nested") for key, value in row.items() if key.replace("\\", "") == "of.its.own"
    ]
    equal(own, [0, 10, 20], "a key with dots")
    read = session.value("read_nested")
    equal(read["config"], config, "config by the Api")
    equal([row["val/acc"] for row in read["rows"]], [0.0, 0.5, 1.0], "rows by the Api")
    equal([row["of.its.own"] for row in read["rows"]], [0, 10, 20], "a key with dots by the Api")
    inner = [row["train"]["loss"] if "train" in row else row["train.loss"] for row in read["rows"]]
    equal(inner, [0, 1, 2], "nested values by the Api")


def metric_rules(session: Session) -> None:
    """define_metric"""
    session.value("metric_rules")
    equal([row["_step"] for row in session.rows("metric-rules")], [0, 10, 20], "steps")
    by_key = {metric["key"]: metric for metric in session.get("/metrics?runs=metric-rules")["metrics"]}
    equal(by_key["val/loss"].get("step_metric"), "epoch", "step metric")
    equal(session.described("metric-rules")["summary"]["acc"], {"max": 0.9}, "summary")


def console(session: Session) -> None:
    """Console output"""
    session.value("console")
    lines = session.console("console")
    for words in ("first words 한국어", "an error's words", "last words", "bar 4 of 4"):
        assert words in lines, f"{words!r} isn't among {lines}"[:300]
    assert "bar 1 of 4" not in lines, "a progress bar isn't one line"
    errors = [line for line in session.get("/runs/console/console")["lines"] if line["level"] == "error"]
    assert [line["text"] for line in errors] == ["an error's words"], errors
    read = session.value("read_console")
    assert "first words 한국어" in read and "last words" in read, read


def system_metrics(session: Session) -> None:
    """System metrics"""
    session.value("system_metrics")
    keys = {key for row in session.rows("system", "system") for key in row}
    assert any(key.startswith("system.cpu") for key in keys), f"keys: {sorted(keys)}"
    read = {key for row in session.value("read_system") for key in row}
    assert any(key.startswith("system.cpu") for key in read), f"keys by the Api: {sorted(read)}"


def endings(session: Session) -> None:
    """State and exit code: ends well, raises, sys.exit(3)"""
    found = {}
    for run_id, status in (
        ("ends-well", session.status["finishes"]),
        ("raises", session.status["raises"]),
        ("exits", session.status["exits"]),
    ):
        run = session.described(run_id)
        found[run_id] = [status, run["state"], run["exit_code"]]
    equal(found, {"ends-well": [0, "finished", 0], "raises": [1, "failed", 1], "exits": [3, "failed", 3]})


def resume(session: Session) -> str:
    """resume: allow, must, never"""
    session.value("resume")
    equal(session.column("resumed", "x"), [(p * 5 + i, p * 100 + i) for p in range(3) for i in range(5)], "rows")
    run = session.described("resumed")
    equal(run["config"], {"part0": None, "part1": "allow", "part2": "must"}, "config")
    lines = [line for line in session.console("resumed") if line.startswith("part")]
    from_zero = session.client.version in CONSOLE_FROM_ZERO
    equal(lines, ["part 2"] if from_zero else ["part 0", "part 1", "part 2"], "console lines")
    for mode in ("never", "must"):
        assert session.value(mode), f"resume={mode!r} wasn't refused"
    return "this version itself writes a resumed run's console from its first line on" if from_zero else ""


def auto(session: Session) -> None:
    """resume: auto"""
    [run_id] = [line[7:] for line in session.output["auto"].splitlines() if line.startswith("RUN_ID=")]
    session.value("auto")
    equal(session.column(run_id, "x"), [(i, i % 5) for i in range(10)], "rows")
    equal([value for _, value in session.column(run_id, "resumed")], [False] * 5 + [True] * 5, "resumed")
    equal(session.described(run_id)["state"], "finished", "state")


def fork(session: Session) -> None:
    """Fork"""
    session.value("fork")
    equal(session.column("fork-child", "x"), [(i, i if i <= 4 else 95 + i) for i in range(8)], "rows")
    equal(session.described("fork-child")["config"], {"lr": 0.1, "child": True}, "config")
    equal(len(session.rows("fork-parent")), 10, "the parent's rows")


def rewind(session: Session) -> None:
    """Rewind"""
    session.value("rewind")
    equal(session.column("rewound", "x"), [(i, i if i <= 4 else 95 + i) for i in range(8)], "rows")


def shared(session: Session) -> None:
    """Shared mode: two processes, one run"""
    session.value("shares")
    rows = session.rows("shared")
    for who in ("primary", "worker"):
        equal(sorted(row[f"{who}/x"] for row in rows if f"{who}/x" in row), list(range(100)), f"rows of the {who}")
    run = session.described("shared")
    equal([run["config"], run["state"]], [{"lr": 1}, "finished"])


def offline(session: Session) -> None:
    """Offline, then `wandb sync`"""
    session.value("offline")
    assert session.status["sync"] == 0, session.output["sync"][-300:]
    equal(session.rows_after_first_sync, 20, "rows after the first sync")
    rows = session.rows("offline")[:20]
    equal(rows, [{"_step": i, "x": i, "y": math.nan if i == 3 else i / 2} for i in range(20)], "rows")
    run = session.described("offline")
    equal([run["config"], run["name"], run["state"]], [{"lr": 0.1}, "was offline", "finished"])
    equal(session.file("offline", "kept.txt"), b"saved offline", "file")
    equal(session.console("offline").count("said offline"), 1, "console lines")


def synced_again(session: Session) -> None:
    """`wandb sync --include-synced` of a run that is there"""
    session.value("offline")
    assert session.status["sync-again"] == 0, session.output["sync-again"][-300:]
    equal(len(session.rows("offline")), 20, "rows after the second sync")
    equal(session.described("offline")["state"], "finished", "state")


def stopped(session: Session) -> None:
    """Stop from the server"""
    equal(session.value("stopped"), "interrupted")
    assert 0 < len(session.rows("stopped")) < 600
    assert session.described("stopped")["state"] != "running"


def alert(session: Session) -> None:
    """Alerts"""
    session.value("alert")
    [found] = session.get("/runs/alert/alerts")["alerts"]
    equal([found["title"], found["text"], found["level"].upper()], ["loss is high", "above 3", "WARN"])


def verify(session: Session) -> None:
    """login(verify=True): right and wrong key"""
    found = session.value("verify")
    assert found["right"] is True and found["wrong"], found


def killed(session: Session) -> None:
    """kill -9: rows are kept, the run is called crashed"""
    equal(session.column("killed", "x"), [(i, i) for i in range(10)], "rows")
    equal(session.described("killed")["state"], "crashed", "state")


def wait_for_silence(server: ServerProcess, sessions: list[Session], within_s: float) -> None:
    """Wait until the server misses the runs whose scripts were killed."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        states = []
        for session in sessions:
            try:
                states.append(session.described("killed")["state"])
            except AssertionError:
                states.append("absent")
        if "running" not in states:
            return
        time.sleep(2)
