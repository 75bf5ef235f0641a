"""Chart specifications: the built-in ones hold what they declare, placeholders are filled in without breaking out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runwell.server.domain.access import InvalidValue
from runwell.server.domain.chart_spec import ChartSpec, built_in_charts, fill_in, placeholders, read_spec
from runwell.server.domain.charts import drawn_charts

BUILT_IN = built_in_charts()


def chart(spec: dict[str, Any], strings: dict[str, str] | None = None) -> ChartSpec:
    fields, found = placeholders(spec)
    return ChartSpec("e/n", "t", "vega2", dict.fromkeys(fields), strings or dict.fromkeys(found, ""), spec)


@pytest.mark.parametrize("built_in", BUILT_IN.values(), ids=list(BUILT_IN))
def test_a_built_in_spec_draws_what_it_declares_and_nothing_else(built_in: ChartSpec) -> None:
    fields, strings = placeholders(built_in.spec)
    assert set(fields) == set(built_in.fields) and set(strings) <= set(built_in.strings)
    assert "title" in built_in.strings and built_in.title
    assert built_in.spec["data"] == {"name": "wandb"}
    assert built_in.spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
    filled = json.dumps(fill_in(built_in, {}, {}))
    assert "${" not in filled and "url" not in json.loads(filled)["data"]


def test_ids_are_file_names(tmp_path) -> None:
    assert len(BUILT_IN) == 21
    assert all(id_ == built_in.id and id_.count("/") == 2 for id_, built_in in BUILT_IN.items())


@pytest.mark.parametrize(
    ("column", "path", "quoted"),
    [
        ("x", "x", "x"),
        ("a.b", r"a\.b", "a.b"),
        ("a[0]", r"a\[0\]", "a[0]"),
        ("it's", r"it\'s", r"it\'s"),
        ('"q"', r"\"q\"", r"\"q\""),
        ("back\\slash", r"back\\slash", r"back\\slash"),
        ("한국어", "한국어", "한국어"),
        ("${field:y}", "${field:y}", "${field:y}"),
    ],
)
def test_a_column_is_escaped_where_vega_reads_a_path_or_an_expression(column: str, path: str, quoted: str) -> None:
    spec = {
        "title": "of ${field:x}",
        "encoding": {"x": {"field": "${field:x}", "title": "${field:x}"}},
        "transform": [{"calculate": "datum['${field:x}'] * 2", "as": "y"}],
        "groupby": ["${field:x}"],
    }
    assert fill_in(chart(spec), {"x": column}, {}) == {
        "title": f"of {column}",
        "encoding": {"x": {"field": path, "title": column}},
        "transform": [{"calculate": f"datum['{quoted}'] * 2", "as": "y"}],
        "groupby": [path],
    }


def test_a_text_cannot_leave_its_expression() -> None:
    spec = {"transform": [{"filter": "datum.a == '${string:s}'"}], "title": "${string:s}"}
    filled = fill_in(chart(spec), {}, {"s": "' || true || '"})
    assert filled["transform"][0]["filter"] == r"datum.a == '\' || true || \''"
    assert filled["title"] == "' || true || '"


def test_what_no_column_was_named_for_is_left_out() -> None:
    spec = {
        "encoding": {
            "x": {"field": "${field:x}"},
            "color": {"field": "${field:c}"},
            "tooltip": [{"field": "${field:c}"}, {"field": "${field:x}"}],
        },
        "groupby": ["${field:x}", "${field:c}"],
    }
    assert fill_in(chart(spec), {"x": "a", "c": ""}, {}) == {
        "encoding": {"x": {"field": "a"}, "tooltip": [{"field": "a"}]},
        "groupby": ["a"],
    }


@pytest.mark.parametrize("text", ["", "[]", "3", "{", '"x"', "null", '{"a":' * 5000, '{"a": "' + "x" * 300_000 + '"}'])
def test_what_is_no_spec_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        read_spec(text)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"visualize": 3, "viz": []},
        {"visualize": {"a": None, "b": {}, "c": {"panel_config": 3}, "d": {"panel_config": {"panelDefId": 1}}}},
        {"viz": {"a": {"id": 3}, "b": "x"}},
    ],
)
def test_what_names_no_chart_is_none(config: dict[str, Any]) -> None:
    assert drawn_charts(config) == []


def test_a_chart_without_a_query_has_its_table_beside_it() -> None:
    panel = {"panelDefId": "wandb/line/v0", "fieldSettings": {"x": "a", "y": None, "z": [1]}, "stringSettings": None}
    [drawn] = drawn_charts({"visualize": {"k": {"panel_config": panel}}})
    assert drawn["table_key"] == "k_table" and drawn["fields"] == {"x": "a"} and drawn["strings"] == {}
    [drawn] = drawn_charts({"viz": {"k": {"id": "wandb/roc/v1", "historyFieldSettings": {"key": "other"}}}})
    assert drawn["table_key"] == "other"
