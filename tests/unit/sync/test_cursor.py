"""The cursor file: what was saved is read back, whatever else is in it, and damage only means a fresh start."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from runwell.sync.cursor import Cursor, Progress


def test_progress_is_kept_by_server(tmp_path: Path) -> None:
    path = tmp_path / "sync" / "cursor.json"
    one = Cursor(path, "http://one")
    place = one.place("main.jsonl", "w1")
    place.offset, place.rows = 100, 7
    one.progress.facts["notes"] = "d"
    one.save()
    two = Cursor(path, "http://two")
    assert two.progress == Progress()
    two.place("main.jsonl", "w1").rows = 3
    two.save()
    again = Cursor(path, "http://one")
    assert again.place("main.jsonl", "w1").offset == 100
    assert again.progress.facts == {"notes": "d"}
    assert Cursor(path, "http://two").place("main.jsonl", "w1").rows == 3


def test_another_journal_of_the_same_name_starts_from_nothing(tmp_path: Path) -> None:
    cursor = Cursor(tmp_path / "cursor.json", "s")
    cursor.place("main.jsonl", "w1").offset = 9
    assert cursor.place("main.jsonl", "w2").offset == 0


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"format": 99, "servers": {}}', '{"format": 1, "servers": {"s": 1}}']
)
def test_a_damaged_cursor_means_from_the_start(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cursor.json"
    path.write_text(text)
    cursor = Cursor(path, "s")
    assert cursor.progress == Progress()
    cursor.save()
    assert orjson.loads(path.read_bytes())["format"] == 1


def test_fields_of_a_newer_version_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "cursor.json"
    mine = {"run": "r", "new": 1, "places": {"main.jsonl": {"writer": "w", "offset": 5, "newer": 2}}}
    path.write_bytes(orjson.dumps({"format": 1, "servers": {"s": mine}}))
    cursor = Cursor(path, "s")
    assert cursor.progress.run == "r"
    assert cursor.place("main.jsonl", "w").offset == 5
