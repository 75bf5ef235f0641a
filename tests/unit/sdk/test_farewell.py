"""The end of an online run: a bounded wait, and a word on where everything is."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from runwell.sdk import farewell


def put(run_dir: Path, **status: Any) -> None:
    (run_dir / "sync").mkdir(exist_ok=True)
    (run_dir / "sync/status.json").write_text(json.dumps(status))


def test_waiting_ends_when_everything_is_sent(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, state="sending", sent_bytes=1, total_bytes=10)
    threading.Timer(0.2, lambda: put(tmp_path, state="done", run_url="http://h/u", display_name="new")).start()
    started = time.monotonic()
    status = farewell.wait_for_delivery(str(tmp_path), 5.0)
    assert time.monotonic() - started < 2
    farewell.say_kept(str(tmp_path), "n", "http://h", "http://h/old", status, True)
    assert capfd.readouterr().err == "runwell: run new is complete at http://h/u\n"


@pytest.mark.parametrize("status", [{"state": "sending", "sent_bytes": 0, "total_bytes": 2_500_000}, {}])
def test_waiting_is_bounded_and_says_what_is_left_and_how_to_send_it(
    tmp_path: Path, status: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    if status:
        put(tmp_path, **status)
    started = time.monotonic()
    last = farewell.wait_for_delivery(str(tmp_path), 0.3)
    assert time.monotonic() - started < 2
    farewell.say_kept(str(tmp_path), "n", "http://h", "http://h/u", last, True)
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert f"runwell sync {tmp_path}" in said
    assert ("2.5 MB still on the way" in said) == bool(status)


def test_a_missing_server_is_not_waited_for_long_and_one_line_says_what_to_do(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, state="waiting", message="nothing answers at http://h")
    started = time.monotonic()
    status = farewell.wait_for_delivery(str(tmp_path), 30.0)
    assert time.monotonic() - started < 3
    farewell.say_kept(str(tmp_path), "n", "http://h", "http://h/u", status, True)
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "nothing answers at http://h; nothing is lost" in said
    assert "check RUNWELL_BASE_URL" in said
    assert "runwell server" not in said
    assert f"runwell sync {tmp_path}" in said


def test_a_refusal_is_said_with_its_reason(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, state="refused", message="the key is not known")
    farewell.say_kept(str(tmp_path), "n", "http://h", "u", farewell.wait_for_delivery(str(tmp_path), 5.0), True)
    assert "the key is not known. It is kept" in capfd.readouterr().err


def test_nothing_is_in_the_background_without_a_companion(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for status in ({"state": "sending", "sent_bytes": 0, "total_bytes": 9}, {"state": "waiting"}, {}):
        farewell.say_kept(str(tmp_path), "n", "http://h", "http://h/u", status, False)
        said = capfd.readouterr().err
        assert "in the background" not in said
        assert "within" not in said
        assert f"send it: runwell sync {tmp_path}" in said
    put(tmp_path, state="done", run_url="http://h/u")  # it ended because it was done
    farewell.say_kept(str(tmp_path), "n", "http://h", "http://h/u", {"state": "sending"}, False)
    assert "is complete at http://h/u" in capfd.readouterr().err


def test_a_broken_status_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "sync").mkdir()
    (tmp_path / "sync/status.json").write_text('{"state": "do')
    assert farewell.read_status(str(tmp_path)) == {}


def test_ctrl_c_ends_the_waiting_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    put(tmp_path, state="sending")
    monkeypatch.setattr(farewell.time, "sleep", interrupt)
    assert farewell.wait_for_delivery(str(tmp_path), 30.0)["state"] == "sending"


@pytest.mark.parametrize(
    ("base_url", "told"),
    [
        ("http://127.0.0.1:8080", "start a server: runwell server"),
        ("http://localhost:18799", "start a server: runwell server --port 18799"),
        ("http://[::1]:9", "start a server: runwell server --port 9"),
        ("https://runs.example", "check RUNWELL_BASE_URL (https://runs.example) and that server"),
        ("http://h:xyz", "check RUNWELL_BASE_URL"),
    ],
)
def test_the_next_step_fits_the_address(base_url: str, told: str) -> None:
    assert farewell.how_to_reach(base_url) == told
