"""F9, F10, F11: statuses, silence, portals, half answers, and answers that never come back."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from runwell.client.connection import Connection
from runwell.client.credentials import store_key
from runwell.sync.deliver import Delivery
from runwell.sync.status import read_status
from tests.faults.delivery import SEED, Hurried, assert_same_rows, console_of, new_journal, run_on, sync
from tests.faults.proxy import (
    Answer,
    CutAnswer,
    CutRequest,
    Delay,
    Drop,
    Fate,
    Hang,
    Pass,
    Proxy,
    Request,
    everything_passes,
)
from tests.serving import ServerProcess
from tests.unit.sync.journal_writer import JournalWriter


@pytest.fixture(autouse=True)
def _short_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runwell.sync.deliver.Connection", partial(Connection, idle_s=1.0))


@pytest.fixture(autouse=True)
def _own_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNWELL_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.delenv("RUNWELL_API_KEY", raising=False)


def first(count: int, fate: Fate | Callable[[], Fate]) -> Callable[[Request], Fate]:
    """Plan: the first requests meet a fate, the others pass."""
    left = count

    def plan(request: Request) -> Fate:
        nonlocal left
        if left <= 0:
            return Pass()
        left -= 1
        return fate() if callable(fate) else fate

    return plan


def journal_of(tmp_path: Path, url: str, run_id: str) -> JournalWriter:
    """Make a run with something of everything."""
    journal = new_journal(tmp_path, url, run_id)
    journal.record("run", {"display_name": f"name of {run_id}", "tags": ["a"]})
    journal.record("config", {"set": {"lr": 0.1}})
    for step in range(300):
        journal.row(loss=step / 3, nested={"a": {"b": step}}, odd=float("inf"))
        journal.out(step, f"line {step}")
    (journal.run_dir / "files" / "media").mkdir()
    (journal.run_dir / "files" / "media" / "a.txt").write_text("bytes")
    journal.record("file", {"path": "media/a.txt", "policy": "now"})
    journal.exit()
    return journal


def check(server: ServerProcess, journal: JournalWriter, run_id: str) -> None:
    """The server has all of it, once."""
    run = run_on(server, run_id)
    assert run.state == "finished"
    assert run.name == f"name of {run_id}"
    assert run.config["lr"] == 0.1
    assert run.summary["nested"]["a"]["b"] == 299
    assert_same_rows(run, journal.rows)
    assert console_of(server, run_id) == [f"line {step}" for step in range(300)]
    files = server.get_json(f"/api/projects/local/digits/runs/{run_id}/files")["files"]
    assert [(f["path"], f["size_bytes"]) for f in files if f["path"].startswith("media")] == [("media/a.txt", 5)]


@pytest.mark.parametrize(
    ("name", "fate", "longest"),
    [
        ("s429", Answer(429, {"retry-after": "2"}), 2.0),
        ("s503", Answer(503, {"retry-after": "1000000000"}), 300.0),
        ("s502", Answer(502, {"content-type": "text/html"}, b"<h1>Bad gateway</h1>"), 60.0),
        ("s500", Answer(500, {"retry-after": "-1"}), 60.0),
        ("s408", Answer(408, {"retry-after": "abc"}), 60.0),
        ("past", Answer(503, {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}), 60.0),
        ("zero", Answer(429, {"retry-after": "0"}), 60.0),
        ("proxy407", Answer(407, {"content-type": "text/html"}, b"auth"), 60.0),
        ("portal", Answer(200, {"content-type": "text/html"}, b"<html>Accept the terms</html>"), 60.0),
        ("portal302", Answer(302, {"location": "http://portal.example/"}, b""), 60.0),
        ("portal404", Answer(404, {"content-type": "text/html"}, b"<html>gone</html>"), 60.0),
        ("truncated", Answer(200, body=b'{"data": {"upsertBuc'), 60.0),
        ("wrong-length", Answer(200, body=b"{}", length=500, cut=2), 60.0),
        ("drop", Drop(), 60.0),
        ("silence", Hang(), 60.0),
    ],
)
def test_f9_f10_trouble_is_waited_out(
    tmp_path: Path, server: ServerProcess, name: str, fate: Fate, longest: float
) -> None:
    run_id = f"f9-{name}"
    count = 2 if isinstance(fate, Hang) else 6
    with Proxy(server.url, first(count, fate)) as proxy:
        store_key(proxy.url, server.key)
        journal = journal_of(tmp_path, proxy.url, run_id)
        follow = Hurried()
        delivered = Delivery(journal.run_dir, proxy.url, follow).run(wait_for_lock=False)
        assert delivered.status.state == "done"
        trouble = follow.waits[:count]
        assert all(wait <= longest for wait in trouble)
        if isinstance(fate, Answer) and fate.headers.get("retry-after") in ("2", "1000000000"):
            assert trouble[0] == longest
    check(server, journal, run_id)


@pytest.mark.parametrize("status", [401, 403])
def test_f9_a_refused_key_stops_delivery_with_one_message_and_another_key_completes_it(
    tmp_path: Path, server: ServerProcess, status: int
) -> None:
    run_id = f"f9-{status}"
    with Proxy(server.url) as proxy:
        store_key(proxy.url, "local-" + "x" * 40)
        proxy.plan = lambda request: Pass() if _may_pass(request, server.key) else Answer(status)
        journal = journal_of(tmp_path, proxy.url, run_id)

        def at_wait(number: int) -> None:
            if number == 20:
                said = read_status(journal.run_dir) or {}
                assert said["state"] == "refused"
                assert "runwell login" in said["message"]
                assert len(proxy.seen) == 1, "a refused key is not tried again and again"
                store_key(proxy.url, server.key)

        follow = Hurried(over=False, at_wait=at_wait)
        follow.trainer_ended()
        follow.writers_gone()
        assert Delivery(journal.run_dir, proxy.url, follow).run(wait_for_lock=False).status.state == "done"
    check(server, journal, run_id)


def test_f9_after_a_refusal_a_later_sync_completes_the_run(tmp_path: Path, server: ServerProcess) -> None:
    with Proxy(server.url, lambda request: Answer(401)) as proxy:
        store_key(proxy.url, server.key)
        journal = journal_of(tmp_path, proxy.url, "f9-later")
        status = Delivery(journal.run_dir, proxy.url, Hurried(), once=True).run(wait_for_lock=False).status
        assert status.state == "refused"
        assert status.unsent_rows == 300
    ended = sync(journal.run_dir, server)
    assert ended.returncode == 0, ended.stderr
    check(server, journal, "f9-later")


def test_f10_credentials_never_reach_another_host(tmp_path: Path, server: ServerProcess) -> None:
    with Proxy(server.url) as other, Proxy(server.url) as proxy:
        proxy.plan = first(4, Answer(307, {"location": f"{other.url}/graphql"}, b""))
        store_key(proxy.url, server.key)
        journal = journal_of(tmp_path, proxy.url, "f10-redirect")
        assert Delivery(journal.run_dir, proxy.url, Hurried()).run(wait_for_lock=False).status.state == "done"
        assert other.seen == []
    check(server, journal, "f10-redirect")


@pytest.mark.parametrize("seed", range(4))
def test_f11_answers_lost_after_the_server_committed_double_nothing(
    tmp_path: Path, server: ServerProcess, seed: int
) -> None:
    chance = random.Random(SEED + seed)
    run_id = f"f11-{seed}"

    streams = 0

    def plan(request: Request) -> Fate:
        nonlocal streams
        streams += request.is_stream
        if (request.is_stream and streams <= 2) or (request.is_complete and chance.random() < 0.5):
            return CutAnswer(chance.randrange(100))
        if chance.random() < 0.5:
            return Pass()
        part = chance.randrange(len(request.body) + 200)
        return chance.choice([CutAnswer(0), CutAnswer(chance.randrange(200)), CutRequest(part), Delay(0.05)])

    with Proxy(server.url, plan) as proxy:
        store_key(proxy.url, server.key)
        journal = journal_of(tmp_path, proxy.url, run_id)
        # Each delivery is a sync of its own: the cursor is all that connects them.
        for _ in range(3):
            Delivery(journal.run_dir, proxy.url, Hurried(leave_after=20)).run(wait_for_lock=False)
        proxy.plan = everything_passes
        assert Delivery(journal.run_dir, proxy.url, Hurried()).run(wait_for_lock=False).status.state == "done"
        cut = [r for r, fate in zip(proxy.seen, proxy.fates, strict=True) if isinstance(fate, CutAnswer)]
        assert sum(request.is_stream for request in cut) >= 2
    check(server, journal, run_id)


def _may_pass(request: Request, key: str) -> bool:
    """Tell whether a request has that key; issued addresses carry their own authority."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return request.method == "PUT" or (scheme == "Basic" and key in base64.b64decode(token).decode())
