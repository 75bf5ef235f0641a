"""The workspace: charts of real runs, the run list as their legend, and a live run that draws itself on."""

from __future__ import annotations

import json
import math
import re
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Page, expect

from tests.serving import ServerProcess

from .conftest import OpenPage
from .looking import (
    chart,
    coloured_pixels,
    drawing,
    eventually,
    is_marked,
    line_colour,
    mark,
    plot,
    query,
    run_names,
    run_row,
    steady_drawing,
    token,
)
from .training import Project

METRICS = ("train/accuracy", "train/loss", "val/loss")
FIVE = ["broken-rnn", "live-gru", "steady-cnn", "swift-vit", "wild-mlp"]


@pytest.fixture
def workspace(page: Page, vision: Project) -> Page:
    """The workspace with its charts drawn."""
    page.goto(vision.path)
    expect(chart(page, "train/loss")).to_be_visible()
    return page


def test_every_metric_has_a_chart_with_a_line_for_every_run(workspace: Page):
    for key in METRICS:
        expect(chart(workspace, key)).to_be_visible()
        for name in FIVE:
            colour = line_colour(workspace, name)
            eventually(workspace, lambda k=key, c=colour: coloured_pixels(workspace, k, c) > 30, f"{name} in {key}")
    assert sorted(run_names(workspace)) == FIVE
    expect(workspace.get_by_text("5 of 5 drawn · 5 of 5 match")).to_be_visible()
    expect(workspace.get_by_text("3 of 3 panels shown")).to_be_visible()
    expect(run_row(workspace, "broken-rnn")).to_contain_text("failed")
    expect(run_row(workspace, "live-gru")).to_contain_text("live")


def test_values_that_are_not_finite_are_marked_on_the_chart(workspace: Page):
    red = token(workspace, "--err")
    workspace.get_by_label("Filter expression", exact=True).fill('name = "wild-mlp"')
    expect(workspace.get_by_text("1 of 5 match")).to_be_visible()
    eventually(workspace, lambda: coloured_pixels(workspace, "train/loss", red) > 20, "red marks for NaN")
    eventually(workspace, lambda: coloured_pixels(workspace, "train/accuracy", red) < 3, "no red where all is finite")


def test_a_logged_point_arrives_without_a_reload(open_page: OpenPage, vision: Project):
    page = open_page()
    page.goto(f"{vision.path}?sort=-last_step")
    live = vision.live
    assert live
    value = run_row(page, "live-gru").get_by_role("gridcell").last
    expect(value).to_have_text(str(live.steps - 1))
    colour = line_colour(page, "live-gru")
    eventually(page, lambda: coloured_pixels(page, "train/loss", colour) > 0, "a line of the live run")
    before, mine = steady_drawing(page, "train/loss"), coloured_pixels(page, "train/loss", colour)
    mark(page)
    steps = live.more(30)
    expect(value).to_have_text(str(steps - 1), timeout=5000)
    eventually(page, lambda: drawing(page, "train/loss") != before, "the chart changes", 5)
    eventually(page, lambda: coloured_pixels(page, "train/loss", colour) > mine, "its line is longer", 5)
    assert is_marked(page)


def test_the_eye_takes_a_run_off_every_chart_and_reload_keeps_it(workspace: Page):
    colour = line_colour(workspace, "swift-vit")
    others = line_colour(workspace, "steady-cnn")
    eventually(workspace, lambda: coloured_pixels(workspace, "train/loss", colour) > 50, "the run is drawn")
    workspace.get_by_role("button", name="Stop drawing swift-vit").click()
    for key in METRICS:
        eventually(workspace, lambda k=key: coloured_pixels(workspace, k, colour) < 5, f"the run leaves {key}")
        assert coloured_pixels(workspace, key, others) > 30
    expect(workspace.get_by_text("4 of 5 drawn")).to_be_visible()
    workspace.reload()
    expect(workspace.get_by_text("4 of 5 drawn")).to_be_visible()
    expect(chart(workspace, "train/loss")).to_be_visible()
    eventually(workspace, lambda: coloured_pixels(workspace, "train/loss", others) > 30, "the others are drawn")
    assert coloured_pixels(workspace, "train/loss", colour) < 5
    assert line_colour(workspace, "steady-cnn") == others, "a run keeps its colour"
    workspace.get_by_role("button", name="Draw swift-vit").click()
    eventually(workspace, lambda: coloured_pixels(workspace, "train/loss", colour) > 50, "the run is back")


def test_search_by_name_changes_list_counts_and_charts(workspace: Page):
    colour = line_colour(workspace, "steady-cnn")
    workspace.get_by_label("Filter runs by name or regex").fill("^(swift|wild)")
    expect(workspace.get_by_text("2 of 2 drawn · 2 of 5 match")).to_be_visible()
    assert sorted(run_names(workspace)) == ["swift-vit", "wild-mlp"]
    eventually(workspace, lambda: coloured_pixels(workspace, "train/loss", colour) < 5, "other runs leave the charts")
    workspace.reload()
    expect(workspace.get_by_label("Filter runs by name or regex")).to_have_value("^(swift|wild)")
    expect(workspace.get_by_text("2 of 5 match")).to_be_visible()
    workspace.get_by_label("Filter runs by name or regex").fill("nothing like it")
    expect(workspace.get_by_text("No run matches.")).to_be_visible()


def test_a_filter_expression_finds_runs_and_a_half_written_one_keeps_them(workspace: Page):
    line = workspace.get_by_label("Filter expression", exact=True)
    line.fill('config.lr >= 0.1 and state = "finished"')
    expect(workspace.get_by_text("2 of 5 match")).to_be_visible()
    eventually(workspace, lambda: sorted(run_names(workspace)) == ["steady-cnn", "wild-mlp"], "two runs are listed")
    line.fill('"baseline" in tags')
    eventually(workspace, lambda: run_names(workspace) == ["steady-cnn"], "one run is listed")
    assert query(workspace)["filter"] == '"baseline" in tags'
    line.fill("")
    eventually(workspace, lambda: len(run_names(workspace)) == 5, "all runs are listed")
    asked: list[str] = []
    workspace.on("request", lambda request: asked.append(unquote_plus(request.url)))
    line.type("config.lr >=")
    hint = workspace.get_by_text("a value should stand at 13")
    expect(hint).to_be_visible()
    assert not [url for url in asked if "filter=config.lr" in url], "only what can be read is asked for"
    assert sorted(run_names(workspace)) == FIVE, "the runs of the filter before stay"
    expect(workspace.get_by_role("alert")).to_have_count(0)
    line.type(" 0.1")
    eventually(workspace, lambda: "wild-mlp" in run_names(workspace) and len(run_names(workspace)) < 5, "it is asked")
    expect(hint).to_have_count(0)
    workspace.get_by_role("button", name="Clear the filter expression").click()
    expect(workspace.get_by_text("5 of 5 match")).to_be_visible()


def test_sorting_orders_the_list_and_survives_a_reload(workspace: Page):
    workspace.get_by_role("button", name=re.compile(r"^Sort ")).click()
    workspace.get_by_label("Find a key").fill("accuracy")
    workspace.get_by_role("option", name="train/accuracy", exact=True).click()
    order = ["steady-cnn", "swift-vit", "wild-mlp", "broken-rnn", "live-gru"]
    eventually(workspace, lambda: run_names(workspace) == order, f"{order} are listed")
    assert query(workspace)["sort"] == "-summary.train/accuracy"
    workspace.reload()
    eventually(workspace, lambda: run_names(workspace) == order, f"{order} are listed after a reload")


def test_a_list_of_keys_is_gone_through_with_the_keyboard_alone(workspace: Page):
    opener = workspace.get_by_role("button", name=re.compile(r"^Sort "))
    opener.focus()
    workspace.keyboard.press("Enter")
    field = workspace.get_by_role("combobox", name="Find a key")
    expect(field).to_be_focused()
    workspace.keyboard.type("loss")
    listed = workspace.get_by_role("listbox", name="Sort").get_by_role("option")
    expect(listed).to_have_count(2)
    at = listed.nth(1)
    workspace.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", at.get_attribute("id") or "")
    chosen = at.get_attribute("title")
    workspace.keyboard.press("Enter")
    eventually(workspace, lambda: query(workspace).get("sort") == f"-summary.{chosen}", "it sorts by the second")
    expect(at).to_have_attribute("aria-selected", "true")
    workspace.keyboard.press("ArrowUp")
    first = listed.first.get_attribute("title")
    workspace.keyboard.press("Shift+Enter")
    both = f"-summary.{chosen},-summary.{first}"
    eventually(workspace, lambda: query(workspace).get("sort") == both, "and then by the first")
    field.fill("no such key")
    expect(workspace.get_by_text("No key has these letters.")).to_be_visible()
    workspace.keyboard.press("Escape")
    expect(field).to_have_count(0)
    expect(opener).to_be_focused()


@pytest.fixture
def odd_values(server: ServerProcess) -> str:
    """A run of forty values: three at or below zero, two NaN, +infinity at the middle, -infinity near the end."""
    values = [1.0 + step / 40 for step in range(40)]
    values[3:6] = [0.0, -1.0, -2.0]
    values[10] = values[11] = math.nan
    values[20], values[35] = math.inf, -math.inf
    names = 'entityName: "local", modelName: "odd", name: "odd", displayName: "odd"'
    made = f"mutation {{ upsertBucket(input: {{{names}}}) {{ bucket {{ name }} }} }}"
    assert "errors" not in server.graphql(made, {})
    lines = [json.dumps({"_step": step, "v": value}) for step, value in enumerate(values)]
    body = {"files": {"wandb-history.jsonl": {"offset": 0, "content": lines}}, "complete": True, "exitcode": 0}
    server.post_json("/files/local/odd/odd/file_stream", body)
    return "/local/odd/workspace"


def test_values_without_a_place_on_the_axes_are_counted_and_marked_where_they_are(page: Page, odd_values: str):
    page.goto(odd_values)
    said = page.locator("footer span[title*=points]")
    expect(said).to_have_text("40 points, 2 NaN, 1 +∞, 1 −∞")
    steady_drawing(page, "v")
    page.get_by_role("button", name="Log y").click()
    expect(said).to_have_text("40 points, 3 values ≤ 0 not on the log axis, 2 NaN, 1 +∞, 1 −∞")
    steady_drawing(page, "v")
    line = line_colour(page, "odd")
    inked = chart(page, "v").evaluate(
        """(canvas, [r, g, b]) => {
          const { width, height } = canvas;
          const data = canvas.getContext("2d").getImageData(0, 0, width, height).data;
          const rows = {};
          for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
            const i = (y * width + x) * 4;
            const near = [r, g, b].every((one, k) => Math.abs(one - data[i + k]) < 9);
            if (data[i + 3] > 200 && near) rows[y] = (rows[y] ?? []).concat(x / width);
          }
          return rows;
        }""",
        line,
    )
    top = min(map(int, inked))
    assert all(0.4 < x < 0.65 for x in inked[str(top)]), "what stands highest is the mark of +infinity"
    lowest = inked[str(max(map(int, inked)))]
    assert any(0.25 < x < 0.4 for x in lowest), "NaN stand at the axis"
    assert any(x > 0.8 for x in lowest) or any(x > 0.8 for x in inked[str(max(map(int, inked)) - 4)]), "-infinity too"


def test_smoothing_changes_the_lines_and_survives_a_reload(workspace: Page):
    before = steady_drawing(workspace, "train/loss")
    workspace.get_by_label("Smoothing").fill("0.8")
    eventually(workspace, lambda: drawing(workspace, "train/loss") != before, "smoother lines")
    assert float(query(workspace)["smooth"]) == 0.8
    workspace.reload()
    expect(workspace.get_by_label("Smoothing")).to_have_value("0.8")
    expect(chart(workspace, "train/loss")).to_be_visible()
    smoothed = steady_drawing(workspace, "train/loss")
    assert smoothed != before
    workspace.get_by_label("Smoothing").fill("0")
    eventually(workspace, lambda: drawing(workspace, "train/loss") == before, "the lines are as before")
    assert "smooth" not in query(workspace)


@pytest.mark.parametrize(("axis", "word"), [("runtime", "relative time"), ("timestamp", "wall time")])
def test_the_x_axis_is_chosen_and_survives_a_reload(workspace: Page, axis: str, word: str):
    before = steady_drawing(workspace, "train/loss")
    workspace.get_by_role("button", name="x step").click()
    workspace.get_by_role("option", name=word, exact=True).click()
    eventually(workspace, lambda: drawing(workspace, "train/loss") != before, f"lines over {word}")
    assert query(workspace)["x"] == axis
    workspace.reload()
    expect(workspace.get_by_role("img", name=f"train/loss over {word}, 5 lines")).to_be_visible()
    assert coloured_pixels(workspace, "train/loss") > 100


def test_log_y_changes_the_scale(workspace: Page):
    before = steady_drawing(workspace, "train/loss")
    workspace.get_by_role("button", name="Log y").click()
    eventually(workspace, lambda: drawing(workspace, "train/loss") != before, "a logarithmic scale")
    assert query(workspace)["log"] == "1"


def test_a_drag_zooms_every_chart_and_a_double_click_shows_all_again(workspace: Page):
    before = {key: steady_drawing(workspace, key) for key in METRICS}
    box = chart(workspace, "train/loss").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    workspace.mouse.move(box["x"] + box["width"] * 0.4, middle)
    workspace.mouse.down()
    workspace.mouse.move(box["x"] + box["width"] * 0.55, middle, steps=4)
    workspace.mouse.move(box["x"] + box["width"] * 0.7, middle, steps=4)
    workspace.mouse.up()
    eventually(workspace, lambda: "zoom" in query(workspace), "the range is in the address")
    start, end = map(float, query(workspace)["zoom"].split("~"))
    assert 40 < start < 100 < end < 170
    for key in METRICS:
        eventually(workspace, lambda k=key: drawing(workspace, k) != before[k], f"{key} is zoomed")
    workspace.reload()
    expect(workspace.get_by_role("button", name="Zoomed")).to_be_visible()
    plot(workspace, "train/loss").dblclick()
    eventually(workspace, lambda: "zoom" not in query(workspace), "the whole range")
    workspace.mouse.move(700, 5)
    for key in METRICS:
        eventually(workspace, lambda k=key: drawing(workspace, k) == before[k], f"{key} shows everything again")


def test_back_undoes_a_zoom(workspace: Page, vision: Project):
    before = steady_drawing(workspace, "train/loss")
    box = chart(workspace, "val/loss").bounding_box()
    assert box
    workspace.mouse.move(box["x"] + 100, box["y"] + 60)
    workspace.mouse.down()
    workspace.mouse.move(box["x"] + 200, box["y"] + 60, steps=5)
    workspace.mouse.up()
    eventually(workspace, lambda: "zoom" in query(workspace), "the range is in the address")
    workspace.mouse.move(700, 5)
    workspace.go_back()
    expect(workspace).to_have_url(f"{vision.server.url}{vision.path}")
    eventually(workspace, lambda: drawing(workspace, "train/loss") == before, "the whole range")


def test_pointing_at_a_chart_names_the_runs_under_the_pointer(workspace: Page):
    steady_drawing(workspace, "train/loss")
    plot(workspace, "train/loss").hover(position={"x": 150, "y": 80})
    tooltip = workspace.get_by_text(re.compile(r"^all \d here$"))
    expect(tooltip).to_have_count(1)
    plot(workspace, "val/loss").hover(position={"x": 150, "y": 80})
    expect(tooltip).to_have_count(1)
    workspace.mouse.move(700, 5)
    expect(tooltip).to_have_count(0)


def test_panels_are_found_folded_and_shown_full_screen(workspace: Page):
    workspace.get_by_label("Filter panels").fill("val")
    expect(chart(workspace, "train/loss")).to_have_count(0)
    expect(workspace.get_by_text("1 of 3 panels shown")).to_be_visible()
    workspace.get_by_label("Filter panels").fill("")
    workspace.get_by_role("button", name="Fold train").click()
    expect(chart(workspace, "train/loss")).to_have_count(0)
    expect(workspace.get_by_text("1 of 3 panels shown")).to_be_visible()
    workspace.get_by_role("button", name="Unfold train").click()
    small = chart(workspace, "train/loss").bounding_box()
    workspace.get_by_role("region", name="train/loss").hover()
    workspace.get_by_role("button", name="Show train/loss full screen").click()
    expect(workspace.get_by_role("button", name="Leave full screen")).to_be_visible()
    assert small

    def is_large() -> bool:
        box = chart(workspace, "train/loss").last.bounding_box()
        return box is not None and box["width"] > 2 * small["width"]

    eventually(workspace, is_large, "the chart fills the page")
    assert query(workspace)["focus"] == "train/loss"
    workspace.keyboard.press("Escape")
    expect(workspace.get_by_role("button", name="Leave full screen")).to_have_count(0)


def test_a_run_opens_from_the_list_and_the_table_keeps_the_filter(workspace: Page, vision: Project):
    workspace.get_by_label("Filter runs by name or regex").fill("swift")
    expect(workspace.get_by_text("1 of 5 match")).to_be_visible()
    workspace.get_by_role("button", name="Open as table").click()
    expect(workspace).to_have_url(f"{vision.server.url}{vision.path}/table?q=swift")
    eventually(workspace, lambda: run_names(workspace) == ["swift-vit"], "one run in the table")
    workspace.go_back()
    run_row(workspace, "swift-vit").get_by_role("link").click()
    expect(workspace).to_have_url(f"{vision.server.url}{vision.page_of('swift-vit')}")


def test_a_narrow_window_has_no_sideways_scrolling(open_page: OpenPage, vision: Project):
    page = open_page(viewport={"width": 1024, "height": 700})
    for path in (vision.path, f"{vision.path}/table", vision.page_of("swift-vit"), "/"):
        page.goto(path)
        expect(page.get_by_role("banner")).to_be_visible()
        page.wait_for_timeout(300)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 1024, path
