"""The sender: what reaches a server, in which order, and what happens when answers fail or get lost."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest

from runwell.sync.send import Sender
from runwell.wire.errors import CommunicationError
from tests.unit.sync.journal_writer import JournalWriter
from tests.unit.sync.ledger import Ledger, refusal


def deliver(run_dir: Path, ledger: Ledger, *, over: bool = True, tries: int = 200, **arguments: Any) -> Sender:
    """Step until everything is there, meeting failures as the loop in ``deliver`` does."""
    sender = Sender(run_dir, ledger, **arguments)  # type: ignore[arg-type]
    try:
        for _ in range(tries):
            try:
                if sender.step(over=over) or (not over and sender.caught_up()):
                    return sender
            except CommunicationError as error:
                if not error.retryable:
                    raise
            time.sleep(0.002)
        raise AssertionError("not delivered")
    finally:
        sender.close()


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runwell.sync.retry.RETRY_FIRST_S", 0.0)
    monkeypatch.setattr("runwell.sync.retry._SHORTEST_S", 0.0)


@pytest.fixture
def journal(tmp_path: Path) -> JournalWriter:
    return JournalWriter(tmp_path / "run-20261123_101500-abc12345")


def test_a_whole_run_arrives_once_and_in_order(journal: JournalWriter) -> None:
    journal.record("run", {"display_name": "glowing-sun-1", "tags": ["a", "b"], "notes": "n", "group": "g"})
    journal.record("config", {"set": {"lr": 0.1, "nested": {"a": [1, 2]}}})
    journal.record("metric", {"name": "loss", "summary": ["min"], "step_metric": "epoch", "goal": "minimize"})
    for step in range(500):
        journal.row(loss=1.0 / (step + 1), epoch=step // 10)
    journal.out(0, "hello")
    journal.out(1, "oh no", "stderr")
    journal.record("count", {"coerced_values": 3})
    journal.exit()
    ledger = Ledger()
    sender = deliver(journal.run_dir, ledger)

    assert ledger.rows(journal.id) == journal.rows
    assert ledger.console(journal.id) == ["hello", "oh no"]
    assert json.loads(ledger.lines[journal.id, "output.log"][1])["level"] == "error"
    assert ledger.completes == [(journal.id, 0)]
    assert ledger.run["displayName"] == "glowing-sun-1"
    assert ledger.run["tags"] == ["a", "b"]
    config = json.loads(ledger.run["config"])
    assert config["lr"] == {"value": 0.1}
    assert config["nested"] == {"value": {"a": [1, 2]}}
    assert config["_runwell"]["value"]["coerced_values"] == 3
    assert config["_wandb"]["value"]["m"] == [
        {"1": "loss", "5": 2, "6": [3], "7": [1], "8": 1},
        {"1": "epoch", "6": []},
    ]
    summary = ledger.summary[journal.id]
    assert summary["loss.min"] == pytest.approx(1 / 500)
    assert summary["_wandb.runtime"] == 1.5
    assert sender.run_url == "http://ledger.test/local/digits/runs/abc12345"


def test_the_first_word_about_a_run_is_a_full_one_and_the_last_is_complete(journal: JournalWriter) -> None:
    journal.record("run", {"display_name": "x", "notes": "y", "job_type": "train"})
    journal.record("config", {"set": {"lr": 1}})
    journal.row(a=1)
    journal.exit()
    ledger = Ledger()
    deliver(journal.run_dir, ledger)
    kind, (_, variables) = next((k, w) for k, w in ledger.requests if "upsertBucket" in w[0])
    assert kind == "graphql"
    assert variables["notes"] == "y"
    assert variables["jobType"] == "train"
    assert "lr" in variables["config"]
    kind, (_, body) = ledger.requests[-1]
    assert kind == "file_stream"
    assert body["complete"]


def test_syncing_a_delivered_run_again_asks_only_whether_it_is_there(journal: JournalWriter) -> None:
    journal.row(a=1)
    journal.exit()
    ledger = Ledger()
    deliver(journal.run_dir, ledger)
    ledger.requests.clear()
    deliver(journal.run_dir, ledger)
    assert [kind for kind, _ in ledger.requests] == ["get"]


def test_a_delivered_run_that_the_server_lost_is_sent_again(journal: JournalWriter) -> None:
    journal.row(a=1)
    journal.exit()
    deliver(journal.run_dir, Ledger())
    replaced = Ledger()
    deliver(journal.run_dir, replaced)
    assert replaced.rows(journal.id) == journal.rows
    assert replaced.completes == [(journal.id, 0)]


@pytest.mark.parametrize("seed", range(12))
def test_lost_answers_failures_and_restarts_change_nothing(
    journal: JournalWriter, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runwell.sync.files.MAX_TRIES", 1_000)
    chance = random.Random(seed)

    def trouble(kind: str, what: Any) -> None:
        if chance.random() < 0.4:
            raise CommunicationError("trouble", retryable=True)

    ledger = Ledger(fail=trouble, lose=trouble)
    (journal.run_dir / "files" / "a.txt").write_text("abc")
    journal.record("file", {"path": "a.txt", "policy": "now"})
    journal.record("metric", {"name": "x", "summary": ["mean", "max"]})
    for part in range(10):
        for _ in range(chance.randrange(40)):
            journal.row(x=chance.random(), pad="p" * chance.randrange(5_000))
        for number in range(chance.randrange(10)):
            journal.out(number, f"{part}:{number}")
        cursor = journal.run_dir / "sync" / "cursor.json"
        older = cursor.read_bytes() if cursor.exists() else None
        deliver(journal.run_dir, ledger, over=False)  # a sender of its own each time: a restart
        choice = chance.random()
        if choice < 0.2:
            cursor.unlink()
        elif choice < 0.4 and older:
            cursor.write_bytes(older)
    journal.exit(3, "failed")
    sender = deliver(journal.run_dir, ledger)
    assert ledger.rows(journal.id) == journal.rows
    assert sender.caught_up()
    assert {code for _, code in ledger.completes} == {3}
    assert ledger.files == {"a.txt": b"abc"}
    assert set(ledger.uploaded) == {"a.txt"}
    if journal.rows:
        values = [row["x"] for row in journal.rows]
        assert ledger.summary[journal.id]["x.mean"] == pytest.approx(sum(values) / len(values))
        assert ledger.summary[journal.id]["x.max"] == max(values)


@pytest.mark.parametrize("restart_every", [1, 7, 1_000])
def test_the_summary_is_one_fold_over_all_writers(journal: JournalWriter, restart_every: int) -> None:
    """Main logs in rounds, its child beside it, and late: rules are main's, and the latest row of a key wins."""
    ledger = Ledger()
    child = JournalWriter(journal.run_dir, "4242-1.jsonl", pid=2**22 - 1, process_started=1.0)
    journal.record("metric", {"name": "loss", "summary": ["max", "mean", "last"]})
    losses: list[float] = []
    for number in range(30):
        at = 1e9 + 10 * number
        journal.record("row", {"_step": number, "_timestamp": at + 5, "loss": float(number), "main": number})
        losses.append(float(number))
        if number % 3 == 0:
            child.record("row", {"_step": number, "_timestamp": at, "loss": 100.0 - number, "in": {"child": number}})
            losses.append(100.0 - number)
        if number % restart_every == 0:
            deliver(journal.run_dir, ledger, over=False)
    child.record("row", {"_step": 30, "_timestamp": 1e9 + 10, "loss": 1000.0, "main": -1})
    losses.append(1000.0)
    journal.exit()
    deliver(journal.run_dir, ledger)
    assert set(ledger.summary) == {journal.id}
    summary = ledger.summary[journal.id]
    assert summary["loss.max"] == 1000.0
    assert summary["loss.mean"] == pytest.approx(sum(losses) / len(losses))
    assert summary["loss"] == summary["loss.last"] == 29.0
    assert (summary["main"], summary["in.child"]) == (29, 27)
    assert summary["_timestamp"] == 1e9 + 295


def test_a_clock_set_back_does_not_stop_the_last_values(journal: JournalWriter) -> None:
    for number, at in enumerate((2e9, 1e9, 1e9 + 1)):
        journal.record("row", {"_step": number, "_timestamp": at, "a": number})
    journal.exit()
    ledger = Ledger()
    deliver(journal.run_dir, ledger)
    assert ledger.summary[journal.id]["a"] == 2


def test_a_torn_tail_is_held_back_until_it_is_whole(journal: JournalWriter) -> None:
    journal.row(a=1)
    whole = journal.record("row", {"_step": 1, "a": 2})
    data = journal.path.read_bytes()
    journal.path.write_bytes(data[:-7])
    ledger = Ledger()
    sender = Sender(journal.run_dir, ledger)  # type: ignore[arg-type]
    sender.step(over=False)
    assert len(ledger.rows(journal.id)) == 1
    journal.raw(whole[-7:])
    sender.step(over=False)
    assert len(ledger.rows(journal.id)) == 2


def test_a_death_without_exit_record_ends_as_crashed_with_its_torn_bytes_counted(journal: JournalWriter) -> None:
    journal.row(a=1)
    journal.raw(b'deadbeef {"row":{"_st')
    ledger = Ledger()
    deliver(journal.run_dir, ledger)
    assert ledger.run["state"] == "crashed"
    assert ledger.completes == []
    assert json.loads(ledger.run["config"])["_runwell"]["value"]["torn_bytes"] == 21


@pytest.mark.parametrize("state", ["interrupted", "preempted"])
def test_an_interruption_is_said_after_the_exit_code(journal: JournalWriter, state: str) -> None:
    journal.row(a=1)
    journal.exit(130, state)
    ledger = Ledger()
    deliver(journal.run_dir, ledger)
    assert ledger.completes == [(journal.id, 130)]
    assert ledger.run["state"] == state


def test_complete_waits_for_every_journals_rows(journal: JournalWriter) -> None:
    journal.row(a=1)
    child = JournalWriter(journal.run_dir, "77-1.jsonl")
    system = JournalWriter(journal.run_dir, "system.jsonl", role="system")
    for index in range(100):
        child.row(b=index)
        system.record("event", {"system.cpu": index, "_runtime": index})
    journal.exit()
    fail = {"left": 3}

    def refuse_child(kind: str, what: Any) -> None:
        if kind == "file_stream" and what[0] == child.id and fail["left"]:
            fail["left"] -= 1
            raise CommunicationError("later", retryable=True)

    ledger = Ledger(fail=refuse_child)
    deliver(journal.run_dir, ledger)
    assert ledger.rows(journal.id) == journal.rows
    assert ledger.rows(child.id) == child.rows
    assert len(ledger.rows(system.id, "wandb-events.jsonl")) == 100
    order = [what for kind, what in ledger.requests if kind == "file_stream"]
    assert order[-1][1].get("complete")
    assert all(not body.get("complete") for _, body in order[:-1])


def test_a_poison_row_is_put_aside_and_the_others_arrive_at_their_numbers(journal: JournalWriter) -> None:
    for step in range(300):
        journal.row(x="poison" if step == 137 else step)

    def refuse_poison(kind: str, what: Any) -> None:
        if kind == "file_stream" and "poison" in json.dumps(what[1].get("files", {})):
            lines = what[1]["files"].get("wandb-history.jsonl", {"content": []})["content"]
            if any("poison" in line for line in lines):
                raise refusal(413)

    ledger = Ledger(fail=refuse_poison)
    journal.exit()
    deliver(journal.run_dir, ledger)
    rows = ledger.rows(journal.id)
    assert rows[137] == {}
    assert [row for n, row in enumerate(rows) if n != 137] == [row for n, row in enumerate(journal.rows) if n != 137]
    assert json.loads(ledger.run["config"])["_runwell"]["value"]["quarantined_lines"] == 1
    kept = (journal.run_dir / "sync" / "quarantine.jsonl").read_text()
    assert "line 137" in kept
    assert ledger.completes


def test_a_server_that_refuses_everything_is_not_taken_for_poison(journal: JournalWriter) -> None:
    journal.row(a=1)

    def refuse(kind: str, what: Any) -> None:
        if kind == "file_stream":
            raise refusal(400)

    ledger = Ledger(fail=refuse)
    sender = Sender(journal.run_dir, ledger)  # type: ignore[arg-type]
    with pytest.raises(CommunicationError) as caught:
        sender.step(over=False)
    assert caught.value.retryable
    assert sender.cursor.progress.quarantined == 0


def test_one_refused_fact_does_not_keep_the_others_away(journal: JournalWriter) -> None:
    journal.record("run", {"display_name": "good", "tags": ["bad"]})
    journal.row(a=1)
    journal.exit()

    def refuse_tags(kind: str, what: Any) -> None:
        if kind == "graphql" and "tags" in what[1]:
            raise refusal(200)

    ledger = Ledger(fail=refuse_tags)
    deliver(journal.run_dir, ledger)
    assert ledger.run["displayName"] == "good"
    assert "tags" not in ledger.run
    assert ledger.completes


def test_a_server_that_lost_the_run_gets_it_again_from_the_start(journal: JournalWriter) -> None:
    for _ in range(10):
        journal.row(a=1)
    deliver(journal.run_dir, Ledger(), over=False)
    journal.row(a=2)
    journal.exit()
    replaced = Ledger()

    def forgot(kind: str, what: Any) -> None:
        if kind == "file_stream" and not replaced.run:
            raise refusal(404)

    replaced.fail = forgot
    deliver(journal.run_dir, replaced)
    assert replaced.rows(journal.id) == journal.rows


def test_stop_is_obeyed_once(journal: JournalWriter) -> None:
    stops: list[int] = []
    ledger = Ledger(stopped=True)
    for _ in range(3):
        journal.row(a=1)
        deliver(journal.run_dir, ledger, over=False, on_stop=lambda: stops.append(1))
    assert stops == [1]


def test_rewritten_console_lines_end_with_their_last_text(journal: JournalWriter) -> None:
    for number in (0, 1, 2, 1, 5, 6, 1):
        journal.out(number, f"{number}-{journal.path.stat().st_size}")
    last = f"1-{journal.path.stat().st_size}"
    journal.out(1, last)
    journal.exit()
    ledger = Ledger()
    deliver(journal.run_dir, ledger)
    assert ledger.console(journal.id)[1] == last
    assert sorted(ledger.lines[journal.id, "output.log"]) == [0, 1, 2, 5, 6]


def test_changed_facts_travel_alone(journal: JournalWriter) -> None:
    journal.record("run", {"display_name": "one", "notes": "keep"})
    journal.row(a=1)
    deliver(journal.run_dir, Ledger(), over=False)
    journal.record("run", {"notes": "changed"})
    journal.exit()
    ledger = Ledger()
    ledger.run["name"] = "abc12345"
    deliver(journal.run_dir, ledger)
    upserts = [what[1] for kind, what in ledger.requests if "upsertBucket" in what[0]]
    assert [sorted(set(u) - {"entity", "project", "name"}) for u in upserts] == [["notes"]]


def test_config_is_laid_over_what_another_writer_of_the_run_left(journal: JournalWriter) -> None:
    ledger = Ledger()
    journal.record("config", {"set": {"lr": 0.1, "gone": 1, "mine": {"a": 1}}})
    journal.row(a=1)
    deliver(journal.run_dir, ledger, over=False)
    later = JournalWriter(journal.run_dir.with_name("run-20261124_101500-abc12345"))
    later.record("config", {"set": {"lr": 0.2, "new": 5}, "del": ["gone"]})
    later.exit()
    deliver(later.run_dir, ledger)
    config = json.loads(ledger.run["config"])
    values = {key: cell["value"] for key, cell in config.items() if not key.startswith("_")}
    assert values == {"lr": 0.2, "mine": {"a": 1}, "new": 5}


def test_files_follow_their_policies(journal: JournalWriter) -> None:
    files = journal.run_dir / "files"
    for name in ("now.txt", "end.txt"):
        (files / name).write_text("1")
        journal.record("file", {"path": name, "policy": name[:3]})
    journal.record("file", {"path": "../journal/main.jsonl", "policy": "now"})
    journal.record("file", {"path": "missing.txt", "policy": "now"})
    ledger = Ledger()
    sender = Sender(journal.run_dir, ledger)  # type: ignore[arg-type]
    for _ in range(50):
        sender.step(over=False)
        time.sleep(0.002)
    assert ledger.files == {"now.txt": b"1"}
    (files / "now.txt").write_text("22")
    journal.exit()
    for _ in range(500):
        if sender.step(over=True):
            break
        time.sleep(0.002)
    assert ledger.files == {"now.txt": b"22", "end.txt": b"1"}
    assert set(ledger.uploaded) == {"now.txt", "end.txt"}
    assert ledger.completes


def test_a_file_that_cannot_be_sent_does_not_keep_the_run_open_and_a_later_sync_sends_it(
    journal: JournalWriter,
) -> None:
    (journal.run_dir / "files" / "a.bin").write_bytes(b"x" * 10)
    journal.record("file", {"path": "a.bin", "policy": "end"})
    journal.row(a=1)
    journal.exit()

    def refuse_put(kind: str, what: Any) -> None:
        if kind == "put":
            raise refusal(500, retryable=True)

    ledger = Ledger(fail=refuse_put)
    deliver(journal.run_dir, ledger)
    assert ledger.completes == [(journal.id, 0)]
    assert json.loads(ledger.run["config"])["_runwell"]["value"]["files_left_out"] == 1
    ledger.fail = lambda kind, what: None
    deliver(journal.run_dir, ledger)
    assert ledger.files == {"a.bin": b"x" * 10}
    requests = len(ledger.requests)
    deliver(journal.run_dir, ledger)
    assert [kind for kind, _ in ledger.requests[requests:]] == ["get"]


def test_a_disk_that_refuses_the_cursor_does_not_stop_delivery(
    journal: JournalWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("runwell.sync.cursor.replace_file", full)
    for _ in range(5):
        journal.row(a=1)
    journal.exit()
    ledger = Ledger()
    deliver(journal.run_dir, ledger)
    assert ledger.rows(journal.id) == journal.rows
    assert ledger.completes
