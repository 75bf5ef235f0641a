"""Tables and the charts of them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runwell
from runwell.sdk import notices
from runwell.sdk.media.place import MediaPlace
from runwell.sync.facts import RunFacts
from runwell.wire.errors import UsageError
from runwell.wire.journal import scan
from runwell.wire.numbers import decode_extended


@pytest.fixture
def place(tmp_path: Path) -> MediaPlace:
    return MediaPlace(str(tmp_path), lambda path: None, "t", 0)


@pytest.fixture
def read(tmp_path: Path):
    return lambda row: decode_extended((tmp_path / "files" / row["path"]).read_text())


def test_a_table_keeps_every_cell(place, read) -> None:
    table = runwell.Table(columns=["n", "text", "odd"])
    table.add_data(1, "eins", math.inf)
    table.add_data(2**70, None, [1, {"a": 2}])
    table.add_data(np.float32(0.5), object, math.nan)
    row = table.to_row(place)
    assert (row["_type"], row["ncols"], row["nrows"], row["log_mode"]) == ("table-file", 3, 3, "IMMUTABLE")
    kept = read(row)
    assert kept["columns"] == ["n", "text", "odd"]
    assert kept["data"][:2] == [[1, "eins", math.inf], [2**70, None, [1, {"a": 2}]]]
    assert kept["data"][2][0] == 0.5 and kept["data"][2][1] == str(object) and math.isnan(kept["data"][2][2])


def test_media_in_cells_are_files_of_their_own(place, read, tmp_path: Path) -> None:
    table = runwell.Table(columns=["image", "sound"], data=[[runwell.Image(np.zeros((2, 3))), None]])
    cell = read(table.to_row(place))["data"][0][0]
    assert cell["_type"] == "image-file" and cell["width"] == 3 and (tmp_path / "files" / cell["path"]).exists()


def test_columns_may_be_added_computed_and_read(place) -> None:
    table = runwell.Table(columns=["a"], data=[[1], [2], [3]])
    table.add_column("b", [4, 5, 6])
    table.add_computed_columns(lambda number, row: {"sum": row["a"] + row["b"], "number": number})
    assert table.columns == ["a", "b", "sum", "number"] and table.data[1] == [2, 5, 7, 1]
    assert table.get_column("sum", convert_to="numpy").sum() == 21
    for wrong in (lambda: table.add_data(1), lambda: table.add_column("a", [1]), lambda: table.add_column("c", [1])):
        with pytest.raises(UsageError):
            wrong()
    with pytest.raises(UsageError, match="no column"):
        table.get_column("x")


def test_a_table_that_was_logged_changes_only_if_it_may(place, read) -> None:
    fixed = runwell.Table(columns=["a"], data=[[1]])
    assert fixed.to_row(place) == fixed.to_row(place)
    with pytest.raises(UsageError, match="MUTABLE"):
        fixed.add_data(2)
    whole = runwell.Table(columns=["a"], data=[[1]], log_mode="MUTABLE")
    whole.to_row(place)
    whole.add_data(2)
    assert read(whole.to_row(place))["data"] == [[1], [2]]
    growing = runwell.Table(columns=["a"], data=[[1]], log_mode="INCREMENTAL")
    first = growing.to_row(place)
    growing.add_data(2)
    second = growing.to_row(place)
    assert (second["increment_num"], second["previous_increments_paths"]) == (1, [first["path"]])
    assert second["_type"] == "incremental-table-file" and read(second)["data"] == [[2]] and second["nrows"] == 2


@pytest.mark.parametrize(
    "wrong", [{"columns": ["a", "a"]}, {"columns": ["a"], "data": [[1, 2]]}, {"log_mode": "x"}, {"columns": [[1]]}]
)
def test_what_is_no_table_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        runwell.Table(**wrong)


def test_a_chart_is_its_table_in_the_row_and_its_drawing_in_the_config(tmp_path: Path) -> None:
    with runwell.init(project="t", mode="offline", dir=str(tmp_path), settings={"silent": True}) as run:
        table = runwell.Table(columns=["x", "y"], data=[[1, 2], [3, 4]])
        for _ in range(2):
            run.log({"curve": runwell.plot.line(table, "x", "y", title="A curve"), "in": {"er": _bar(table)}})
        folder = Path(run.dir).parent
    entries = scan((folder / "journal/main.jsonl").read_bytes()).entries
    rows = [entry.payload for entry in entries if entry.kind == "row"]
    assert rows[0]["curve_table"]["_type"] == "table-file" and "curve" not in rows[0]
    assert rows[0]["in"]["er_table"]["nrows"] == 2
    assert [entry.payload["key"] for entry in entries if entry.kind == "chart"] == ["curve", "in.er"]
    facts = RunFacts()
    for entry in entries:
        facts.take("main", entry.kind, entry.payload, is_main=True)
    charts = json.loads(facts.variables()["config"])["_wandb"]["value"]["visualize"]
    panel = charts["curve"]["panel_config"]
    assert charts["curve"]["panel_type"] == "Vega2" and panel["panelDefId"] == "wandb/line/v0"
    assert panel["fieldSettings"] == {"x": "x", "y": "y", "stroke": None}
    assert panel["stringSettings"] == {"title": "A curve"}
    assert panel["userQuery"]["queryFields"][0]["fields"][-1]["args"][0]["value"] == "curve_table"
    assert (
        charts["in.er"]["panel_config"]["userQuery"]["queryFields"][0]["fields"][-1]["args"][0]["value"]
        == "in.er_table"
    )


def _bar(table: runwell.Table) -> Any:
    return runwell.plot.bar(table, label="x", value="y")


def test_a_confusion_matrix_counts_every_pair() -> None:
    chart = runwell.plot.confusion_matrix(y_true=[0, 0, 1, 2], preds=[0, 1, 1, 2], class_names=["a", "b", "c"])
    counts = {(actual, said): n for actual, said, n in chart.table.data}
    assert counts[("a", "a")] == 1 and counts[("a", "b")] == 1 and counts[("c", "c")] == 1 and sum(counts.values()) == 4
    by_probability = runwell.plot.confusion_matrix(probs=np.eye(3), y_true=np.array([0, 1, 1]))
    assert {tuple(row[:2]): row[2] for row in by_probability.table.data}[("Class_2", "Class_3")] == 1
    for wrong in (
        {"y_true": [0]},
        {"y_true": [0], "preds": [0, 1]},
        {"y_true": [5], "preds": [0], "class_names": ["a"]},
    ):
        with pytest.raises(UsageError):
            runwell.plot.confusion_matrix(**wrong)


def test_curves_are_those_of_scikit_learn() -> None:
    from sklearn.metrics import roc_curve

    generator = np.random.default_rng(3)
    truth = generator.integers(0, 3, 200)
    scores = generator.random((200, 3))
    chart = runwell.plot.roc_curve(truth, scores, labels=["a", "b", "c"], classes_to_plot=[1])
    x, y, _ = roc_curve(truth == 1, scores[:, 1])
    assert [row[1:] for row in chart.table.data] == [list(pair) for pair in zip(x, y, strict=True)]
    assert {row[0] for row in chart.table.data} == {"b"}
    curve = runwell.plot.pr_curve(truth, scores)
    assert len(curve.table.data) == 3 * 21 and all(0 <= row[1] <= 1 for row in curve.table.data)
    one = [row[1] for row in curve.table.data if row[0] == 0]
    assert one == sorted(one, reverse=True)  # never better for finding more
    with pytest.raises(UsageError):
        runwell.plot.roc_curve(truth, scores[:, :2])


class Tensor:
    """Refuses to be read while it has gradients, as PyTorch's does."""

    def __init__(self, data: np.ndarray, has_gradients: bool = True) -> None:
        self._data = data
        self._has_gradients = has_gradients
        self.dtype = data.dtype

    def detach(self) -> Tensor:
        return Tensor(self._data, has_gradients=False)

    def cpu(self) -> Tensor:
        return self

    def numpy(self) -> np.ndarray:
        if self._has_gradients:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad")
        return self._data

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return self.numpy()


def test_curves_of_a_model_that_diverged_or_still_has_gradients_are_drawn(capfd: pytest.CaptureFixture[str]) -> None:
    notices.be_quiet(False)
    notices.forget()
    generator = np.random.default_rng(4)
    truth, scores = generator.integers(0, 2, 50), generator.random((50, 2))
    whole = runwell.plot.roc_curve(truth, scores)
    assert runwell.plot.roc_curve(truth, Tensor(scores)).table.data == whole.table.data
    spoilt = np.concatenate([scores, [[np.nan, 0.5], [np.inf, 0.0]]])
    longer = np.concatenate([truth, [0, 1]])
    assert runwell.plot.roc_curve(longer, spoilt).table.data == whole.table.data
    assert "2 of 52 rows of y_probas are NaN or infinite" in capfd.readouterr().err
    assert runwell.plot.pr_curve(truth, scores * np.nan).table.data == []


def test_lines_of_a_series_need_one_y_each() -> None:
    chart = runwell.plot.line_series([0, 1], [[1, 2], [3, 4]], keys=["p", "q"])
    assert chart.table.data == [[0, "p", 1], [1, "p", 2], [0, "q", 3], [1, "q", 4]]
    with pytest.raises(UsageError):
        runwell.plot.line_series([[0], [1], [2]], [[1], [2]])
