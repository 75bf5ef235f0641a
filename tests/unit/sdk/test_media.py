"""Media in rows: bytes first, then the row; what can't be kept costs its own value alone."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runwell
from runwell.sdk.media.media import Media
from runwell.sdk.media.place import MediaPlace
from runwell.wire.errors import UsageError
from runwell.wire.journal import scan


class Note(Media):
    """The smallest media: a text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def to_row(self, place: MediaPlace) -> dict[str, Any]:
        return {"_type": "note", **place.put("notes", "txt", self.text.encode())}


def _records(run_dir: Path) -> list[tuple[str, Any]]:
    found = scan((run_dir / "journal/main.jsonl").read_bytes())
    return [(entry.kind, entry.payload) for entry in found.entries]


@pytest.fixture
def run(tmp_path: Path):
    with runwell.init(project="media", mode="offline", dir=str(tmp_path), settings={"silent": True}) as made:
        yield made


def test_the_bytes_are_there_before_the_row_that_names_them(run) -> None:
    run.log({"said": Note("hello"), "deep": {"er/said": Note("again")}}, step=7)
    folder = Path(run.dir)
    seen: list[str] = []
    for kind, payload in _records(folder.parent):
        if kind == "file":
            seen.append(payload["path"])
        if kind == "row":
            for value, text in ((payload["said"], b"hello"), (payload["deep"]["er/said"], b"again")):
                assert value["path"] in seen
                assert (folder / value["path"]).read_bytes() == text
                assert value["sha256"] == hashlib.sha256(text).hexdigest() and value["size"] == len(text)
            assert payload["said"]["path"] == f"media/notes/said_7_{hashlib.sha256(b'hello').hexdigest()[:20]}.txt"
    assert len(seen) == 2


@pytest.mark.parametrize("key", ["../../up", "a/../b", "/root", "ключ 키", "x" * 400, "sp ace/%2e%2e", ".", "a\\b"])
def test_no_key_leads_out_of_the_runs_files(run, key: str) -> None:
    run.log({key: Note("inside")})
    value = [payload for kind, payload in _records(Path(run.dir).parent) if kind == "row"][-1][key]
    place = (Path(run.dir) / value["path"]).resolve()
    assert place.is_relative_to(Path(run.dir).resolve() / "media") and place.read_bytes() == b"inside"


def test_a_disk_that_refuses_costs_the_value_not_the_row(run, capsys) -> None:
    (Path(run.dir) / "media").write_text("in the way")
    run.log({"loss": 1.0, "said": Note("lost")})
    row = [payload for kind, payload in _records(Path(run.dir).parent) if kind == "row"][-1]
    assert row["loss"] == 1.0 and "said" not in row
    run.finish()
    counted = [payload for kind, payload in _records(Path(run.dir).parent) if kind == "count"][-1]
    assert counted["rejected_values"] == 1


def test_a_histogram_is_what_numpy_counts(run) -> None:
    values = np.array([0.0, 0.1, 0.5, 1.0, np.nan, np.inf])
    run.log({"h": runwell.Histogram(values, num_bins=4), "given": runwell.Histogram(np_histogram=([1, 2], [0, 1, 2]))})
    row = [payload for kind, payload in _records(Path(run.dir).parent) if kind == "row"][-1]
    counts, edges = np.histogram([0.0, 0.1, 0.5, 1.0], bins=4)
    assert row["h"] == {"_type": "histogram", "values": counts.tolist(), "bins": edges.tolist()}
    assert row["given"] == {"_type": "histogram", "values": [1, 2], "bins": [0, 1, 2]}
    json.dumps(row)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"sequence": [1], "np_histogram": ([1], [0, 1])},
        {"sequence": [1, 2], "num_bins": 513},
        {"sequence": ["a", "b"]},
        {"sequence": [object()]},
        {"np_histogram": ([1, 2], [0, 1])},
        {"np_histogram": ([1] * 600, list(range(601)))},
    ],
)
def test_what_is_no_histogram_is_refused_when_it_is_made(arguments: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        runwell.Histogram(**arguments)


def test_what_is_attached_joins_the_next_row_and_the_end_keeps_the_rest(run) -> None:
    run.log({"loss": 1.0})
    run._rows.attach({"h": runwell.Histogram([1, 2])})
    run.log({"loss": 2.0}, step=9)
    run.log({"loss": 3.0})
    answers = iter([False, True])

    def source() -> bool:
        ready = next(answers)
        if ready:
            run._rows.attach({"late": 1})
        return ready

    run._rows.ask(source)
    run.log({"loss": 4.0})
    run.log({"loss": 5.0})
    run.log({"loss": 6.0})
    run._rows.attach({"last": 1})
    run.finish()
    rows = [payload for kind, payload in _records(Path(run.dir).parent) if kind == "row"]
    assert [(row.get("loss"), "h" in row, "late" in row, "last" in row) for row in rows] == [
        (1.0, False, False, False),
        (2.0, True, False, False),
        (3.0, False, False, False),
        (4.0, False, False, False),
        (5.0, False, True, False),
        (6.0, False, False, False),
        (None, False, False, True),
    ]
    assert rows[1]["_step"] == 9


@pytest.mark.parametrize("wrong", [{"models": 5}, {"models": "model"}, {"models": None}])
def test_only_a_torch_model_can_be_watched(run, wrong) -> None:
    with pytest.raises(UsageError, match="takes a torch"):
        run.watch(**wrong)
