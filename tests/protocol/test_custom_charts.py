"""Custom charts of the official client: their specs are here, filled in, with the table they draw."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.serving import ServerProcess

from . import official

CHARTS = "/api/projects/local/charts/runs/drawn/charts"
SPEC = {
    "data": {"name": "wandb"},
    "mark": "bar",
    "title": "${string:title}",
    "encoding": {
        "x": {"field": "${field:x}", "type": "ordinal"},
        "y": {"field": "${field:y}", "type": "quantitative"},
        "color": {"field": "${field:c}", "type": "nominal"},
    },
}

DRAWING = f"""
    import json, wandb

    table = wandb.Table(columns=["x", "a.b", "s"], data=[[i, i % 7 * 0.5, f"s{{i % 2}}"] for i in range(30)])
    run = wandb.init(project="charts", id="drawn")
    plot = wandb.plot
    run.log({{
        "line": plot.line(table, "x", "a.b", title="A line"),
        "stroked": plot.line(table, "x", "a.b", stroke="s"),
        "scatter": plot.scatter(table, "x", "a.b", title="Points"),
        "bar": plot.bar(table, "s", "x", title="Bars"),
        "histogram": plot.histogram(table, "x", title="Heap"),
        "series": plot.line_series(xs=[0, 1], ys=[[1, 2], [3, 1]], keys=["a", "b"], title="Lines", xname="epoch"),
        "matrix": plot.confusion_matrix(y_true=[0, 1, 1], preds=[0, 1, 0], class_names=["u", "v"]),
        "area": wandb.plot_table("wandb/area-under-curve/v0", table, {{"x": "x", "y": "a.b", "class": "s"}},
                                 {{"title": "AUC", "x-axis-title": "false", "y-axis-title": "true"}}),
        "nested": {{"deep": plot.line(table, "x", "a.b")}},
        "split": plot.line(table, "x", "a.b", split_table=True),
        "older": wandb.visualize("wandb/confusion_matrix/v1",
                                 wandb.Table(columns=["Predicted", "Actual", "Count"], data=[["u", "v", 3]])),
        "unknown": wandb.plot_table("nobody/nothing", table, {{"x": "x"}}),
    }})
    api, spec = wandb.Api(), json.loads({json.dumps(json.dumps(SPEC))})
    made = dict(entity="local", name="my-bar", display_name="My bar", spec_type="vega2", access="private", spec=spec)
    out = {{"ids": [api.create_custom_chart(**made), api.create_custom_chart(**{{**made, "display_name": "Mine"}})]}}
    out["refused"] = []
    for bad in (dict(name="a/b"), dict(spec="[1]"), dict(spec="{{"), dict(spec="x" * 300_000), dict(entity="nobody"),
                dict(spec_type="vega9"), dict(spec="[" * 5000), dict(name="")):
        try:
            api.create_custom_chart(**{{**made, **bad}})
        except Exception as error:
            out["refused"].append(str(error))
    run.log({{"own": wandb.plot_table(out["ids"][0], table, {{"x": "x", "y": "a.b"}}, {{"title": "It's mine"}})}})
    run.finish()
    print("OUT" + json.dumps(out))
"""


@pytest.fixture(scope="module")
def said(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    output = official.run(server, tmp_path_factory.mktemp("charts"), DRAWING)
    [line] = [line for line in output.splitlines() if line.startswith("OUT")]
    return json.loads(line[3:])


@pytest.fixture(scope="module")
def charts(server: ServerProcess, said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {chart["key"]: chart for chart in server.get_json(CHARTS)["charts"]}


def test_every_chart_is_listed_with_its_spec_and_columns(charts: dict[str, dict[str, Any]]) -> None:
    shown = {key: (chart["chart"], chart["table_key"], chart["title"]) for key, chart in charts.items()}
    assert shown == {
        "line": ("wandb/line/v0", "line_table", "A line"),
        "stroked": ("wandb/line/v0", "stroked_table", ""),
        "scatter": ("wandb/scatter/v0", "scatter_table", "Points"),
        "bar": ("wandb/bar/v0", "bar_table", "Bars"),
        "histogram": ("wandb/histogram/v0", "histogram_table", "Heap"),
        "series": ("wandb/lineseries/v0", "series_table", "Lines"),
        "matrix": ("wandb/confusion_matrix/v1", "matrix_table", "Confusion Matrix Curve"),
        "area": ("wandb/area-under-curve/v0", "area_table", "AUC"),
        "nested.deep": ("wandb/line/v0", "nested.deep_table", ""),
        "split": ("wandb/line/v0", "Custom Chart Tables/split_table", ""),
        "older": ("wandb/confusion_matrix/v1", "older", ""),
        "unknown": ("nobody/nothing", "unknown_table", ""),
        "own": ("local/my-bar", "own_table", "It's mine"),
    }
    assert charts["line"]["fields"] == {"x": "x", "y": "a.b", "stroke": "name"}
    assert charts["stroked"]["fields"]["stroke"] == "s"
    assert charts["matrix"]["fields"]["nPredictions"] == "nPredictions"
    assert charts["older"]["fields"]["nPredictions"] == "Count"
    assert charts["area"]["strings"]["x-axis-title"] == "false"
    assert charts["unknown"]["spec"] is None and charts["unknown"]["fields"] == {"x": "x"}


def test_the_table_of_a_chart_is_at_hand(server: ServerProcess, charts: dict[str, dict[str, Any]]) -> None:
    for key, chart in charts.items():
        table = chart["table"]
        assert table is not None and table["value"]["_type"] == "table-file", key
        rows = json.loads(server.request("GET", table["files"][table["value"]["path"]]["address"])[2])
        assert len(rows["data"]) == table["value"]["nrows"]
        columns = {column for column in chart["fields"].values() if column not in (None, "name")}
        assert columns <= set(rows["columns"]), key


def test_specs_are_filled_in(charts: dict[str, dict[str, Any]]) -> None:
    for key, chart in charts.items():
        if chart["spec"] is not None:
            assert "${" not in json.dumps(chart["spec"]), key
            assert chart["spec"]["data"] == {"name": "wandb"}
    line = charts["line"]["spec"]
    assert line["title"] == "A line"
    assert (line["encoding"]["y"]["field"], line["encoding"]["y"]["title"]) == ("a\\.b", "a.b")
    own = charts["own"]["spec"]
    assert own["title"] == "It's mine" and own["encoding"]["y"]["field"] == "a\\.b"
    assert "color" not in own["encoding"]  # no column was named for it


def test_a_users_spec_is_kept_and_replaced(server: ServerProcess, said: dict[str, Any]) -> None:
    assert said["ids"] == ["local/my-bar", "local/my-bar"]
    chart = server.get_json("/api/charts/local/my-bar")
    assert (chart["title"], chart["access"], chart["built_in"]) == ("Mine", "private", False)
    assert chart["spec"] == SPEC
    assert chart["fields"] == {"x": None, "y": None, "c": None} and chart["strings"] == {"title": ""}
    assert [one["id"] for one in server.get_json("/api/charts")["charts"] if not one["built_in"]] == ["local/my-bar"]


def test_a_spec_that_cannot_be_is_refused_with_its_reason(said: dict[str, Any]) -> None:
    reasons = ["has /", "not [1]", "not JSON", "262,144 bytes", "no entity", "vega9", "nested", "empty"]
    assert len(said["refused"]) == len(reasons)
    for reason, refusal in zip(reasons, said["refused"], strict=True):
        assert reason in refusal, (reason, refusal)


def test_there_is_a_spec_for_every_id_that_the_client_names(server: ServerProcess) -> None:
    named = {
        *("wandb/line/v0", "wandb/scatter/v0", "wandb/bar/v0", "wandb/histogram/v0", "wandb/lineseries/v0"),
        *("wandb/confusion_matrix/v1", "wandb/area-under-curve/v0", "wandb/metrics/v1", "wandb/residuals_plot/v1"),
        *("wandb/calibration/v1", "wandb/outliers/v1", "wandb/elbow/v1", "wandb/silhouette_/v1"),
        *("wandb/decision_boundaries/v1", "wandb/feature_importances/v1", "wandb/class_proportions/v1"),
        "wandb/learning_curve/v1",
        *("wandb/heatmap/v1", "wandb/heatmap_no_text/v1", "wandb/roc/v1", "wandb/pr_curve/v1"),  # up to 0.16
    }
    assert {one["id"] for one in server.get_json("/api/charts")["charts"] if one["built_in"]} == named
    for chart_id in named:
        assert server.get_json(f"/api/charts/{quote(chart_id)}")["spec"]["data"] == {"name": "wandb"}
    assert server.request("GET", "/api/charts/wandb/nothing/v0")[0] == 404
