"""The workspace as its reader arranges it: panels and sections, groups, other kinds of panels, saved views."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.serving import ServerProcess

from .conftest import OpenPage
from .looking import chart, coloured_pixels, drawing, eventually, line_colour, plot, steady_drawing, token
from .training import Project

RUNS = 8
STEPS = 60
# Losses that a formula and a group's mean can be reckoned from: 10 / (step + 1) + the run's number.
SCRIPT = f"""
import runwell
for i in range({RUNS}):
    config = {{"opt": ["adam", "sgd"][i % 2], "lr": 10.0 ** (-1 - i / 4), "depth": i % 4}}
    run = runwell.init(project="arranged", name=f"run-{{i}}", config=config)
    for step in range({STEPS}):
        loss = 10 / (step + 1) + i
        run.log({{"train/loss": loss, "val/loss": loss + 1, "val/acc": step / {STEPS} + i / 100, "lr": config["lr"]}})
    run.finish()
"""

PICTURES = """
import numpy, runwell
run = runwell.init(project="pictured", name="painter")
for step in range(3):
    pixels = numpy.full((40, 60, 3), 80 * step, dtype="uint8")
    run.log({"val/picture": runwell.Image(pixels), "val/loss": 1 / (step + 1), "rows": runwell.Table(["n"], [[step]])})
run.finish()
"""


def train(server: ServerProcess, folder: Path, script: str) -> None:
    """Run a script that trains."""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=server.client_environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def arranged(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Eight runs of two optimizers, four metrics each."""
    train(server, tmp_path_factory.mktemp("arranged"), SCRIPT)
    project = Project(server, "arranged")
    return project.wait_for({f"run-{i}": "finished" for i in range(RUNS)}, {f"run-{i}": STEPS - 1 for i in range(RUNS)})


@pytest.fixture
def workspace(page: Page, arranged: Project) -> Page:
    """The workspace with its charts drawn."""
    page.goto(arranged.path)
    expect(chart(page, "train/loss")).to_be_visible()
    return page


def panel(page: Page, title: str) -> Locator:
    return page.locator(f'[data-panel="{title}"]')


def in_menu(page: Page, title: str, *items: str) -> None:
    """Open a panel's menu and choose, one after the other; what changes sizes leaves it open."""
    page.get_by_role("button", name=f"More about {title}", exact=True).click()
    for item in items:
        page.get_by_role("menuitem", name=item, exact=True).click()
    page.keyboard.press("Escape")


def sections(page: Page) -> dict[str, list[str]]:
    """Tell which panels stand in which section, in their order."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("section")]
          .filter((one) => one.querySelector(":scope > [class*=sectionHead]"))
          .map((one) => [one.getAttribute("aria-label"),
            [...one.querySelectorAll(":scope > [data-panel]")].map((panel) => panel.dataset.panel)]))"""
    )


def line_colours(page: Page) -> set[tuple[int, ...]]:
    """Give the colours that the runs' pieces of line have."""
    return {tuple(line_colour(page, f"run-{i}")) for i in range(RUNS)}


def kept(page: Page, arranged: Project) -> None:
    """Wait until the server keeps what was arranged last."""
    now = page.evaluate("location.search")
    place = f"/api/projects{arranged.path}/views/draft"

    def same() -> bool:
        answer = page.request.get(place)
        return answer.status == 200 and answer.json()["spec"]["query"] == now

    eventually(page, same, "the draft is kept")
    page.wait_for_timeout(1000)


def test_panels_are_pinned_widened_moved_and_removed_and_a_reload_keeps_it(workspace: Page, arranged: Project):
    page = workspace
    assert sections(page) == {"Charts": ["lr"], "train": ["train/loss"], "val": ["val/acc", "val/loss"]}
    narrow = panel(page, "val/acc").bounding_box()
    in_menu(page, "val/acc", "Pin on top")
    in_menu(page, "val/acc", "Wider")
    in_menu(page, "lr", "Remove")
    panel(page, "train/loss").locator("header").drag_to(panel(page, "val/loss").locator("header"))
    arrangement = {"Pinned": ["val/acc"], "val": ["train/loss", "val/loss"]}
    eventually(page, lambda: sections(page) == arrangement, "the arrangement")
    wide = panel(page, "val/acc").bounding_box()
    assert narrow and wide and wide["width"] > narrow["width"] * 1.5
    expect(page.get_by_text("3 of 3 panels shown · 1 removed")).to_be_visible()
    kept(page, arranged)
    page.reload()
    eventually(page, lambda: sections(page) == arrangement, "the arrangement after a reload")
    page.get_by_role("button", name="Bring them back").click()
    eventually(page, lambda: "Charts" in sections(page), "the removed panel")
    page.keyboard.press("Control+z")
    eventually(page, lambda: sections(page) == arrangement, "the arrangement again")
    page.keyboard.press("Control+Shift+z")
    eventually(page, lambda: "Charts" in sections(page), "the removed panel again")


def test_a_section_is_made_named_filled_and_its_charts_look_as_it_says(workspace: Page):
    page = workspace
    page.get_by_role("button", name="New section").click()
    page.get_by_role("button", name="More about section New section").click()
    page.get_by_role("menuitem", name="Rename section…").click()
    page.get_by_label("Name of the section").fill("Losses")
    page.keyboard.press("Enter")
    for title in ("train/loss", "val/loss"):
        in_menu(page, title, "Losses")
    eventually(page, lambda: sections(page).get("Losses") == ["train/loss", "val/loss"], "both losses in it")
    others = steady_drawing(page, "val/acc")
    before = steady_drawing(page, "train/loss")
    page.get_by_role("button", name="More about section Losses").click()
    page.get_by_role("menuitem", name="Settings of its charts…").click()
    page.get_by_role("dialog").get_by_label("Log y").check()
    eventually(page, lambda: drawing(page, "train/loss") != before, "a log axis in the section")
    expect(panel(page, "train/loss").get_by_text("log", exact=True)).to_be_visible()
    assert drawing(page, "val/acc") == others
    in_menu(page, "val/loss", "Edit panel…")
    page.get_by_role("dialog").get_by_label("Log y").uncheck()
    expect(panel(page, "val/loss").get_by_text("log", exact=True)).to_have_count(0)


def test_a_chart_of_a_pattern_and_a_formula_is_drawn_and_saved(workspace: Page, tmp_path: Path):
    page = workspace
    page.get_by_role("button", name="Add panel").click()
    page.get_by_role("dialog").get_by_role("button", name="val/loss", exact=True).click()
    editor = page.get_by_role("dialog")
    editor.get_by_label("Title", exact=True).fill("Gap")
    editor.get_by_role("button", name="Remove val/loss").click()
    editor.get_by_label("Formulas").fill("${val/loss} - train/loss")
    editor.get_by_role("button", name="Close").click()
    expect(page.locator('[aria-label^="Gap over step, 8 lines"]')).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="More about Gap", exact=True).click()
        page.get_by_role("menuitem", name="Save as CSV").click()
    rows = list(csv.DictReader(Path(saved.value.path()).read_text().splitlines()))
    assert len(rows) == RUNS * STEPS
    assert {row["run"] for row in rows} == {f"run-{i}" for i in range(RUNS)}
    assert all(abs(float(row["value"]) - 1) < 1e-9 for row in rows)
    with page.expect_download() as saved:
        page.get_by_role("button", name="More about Gap", exact=True).click()
        page.get_by_role("menuitem", name="Save as PNG").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")


def test_axes_have_the_titles_that_the_reader_gives_them_on_the_page_and_in_the_picture(workspace: Page):
    page = workspace
    before = plot(page, "val/acc").bounding_box()
    in_menu(page, "val/acc", "Edit panel…")
    editor = page.get_by_role("dialog")
    editor.get_by_label("x axis title").fill("update")
    editor.get_by_label("y axis title").fill("share of right answers")
    editor.get_by_role("button", name="Close").click()
    box = panel(page, "val/acc")
    across = box.get_by_text("update", exact=True).bounding_box()
    up = box.get_by_text("share of right answers", exact=True).bounding_box()
    after = plot(page, "val/acc").bounding_box()
    assert before and across and up and after
    assert up["x"] + up["width"] <= after["x"] and up["height"] > up["width"], "upright, at the left of the chart"
    assert after["y"] + after["height"] <= across["y"], "below the chart"
    assert after["height"] < before["height"]
    with page.expect_download() as saved:
        in_menu(page, "val/acc", "Save as SVG")
    picture = Path(saved.value.path()).read_text()
    assert ">update</text>" in picture
    assert ">share of right answers</text>" in picture


def test_escape_closes_the_editor_of_every_panel_that_is_added(workspace: Page):
    page = workspace
    for kind in ("Scatter plot", "Bar chart"):
        page.get_by_role("button", name="Add panel").click()
        page.get_by_role("dialog").get_by_role("button", name=kind).click()
        editor = page.get_by_role("dialog", name=f"Edit {kind}")
        expect(editor).to_be_focused()
        page.keyboard.press("Escape")
        expect(editor).to_have_count(0)


def test_a_section_is_added_above_another(workspace: Page):
    page = workspace
    page.get_by_role("button", name="More about section val").click()
    page.get_by_role("menuitem", name="Add section above").click()
    eventually(page, lambda: list(sections(page)) == ["Charts", "train", "New section", "val"], "it stands before val")


def run_script(server: ServerProcess, folder: Path, script: str) -> str:
    """Run a script that was copied from a page; give what it printed."""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=folder, env=server.client_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_panels_link_opens_it_and_its_script_reads_what_it_draws(
    workspace: Page, server: ServerProcess, tmp_path: Path
):
    page = workspace
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="More about train/loss", exact=True).click()
    page.get_by_role("menuitem", name="Copy the link").click()
    expect(page.get_by_text("Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("button", name="More about train/loss", exact=True).click()
    page.get_by_role("menuitem", name="Copy as Python").click()
    eventually(page, lambda: "import runwell" in page.evaluate("navigator.clipboard.readText()"), "it is copied")
    script = page.evaluate("navigator.clipboard.readText()")
    told = run_script(server, tmp_path, script + "for key in sorted(lines): print(*key, float(lines[key][1][-1]))")
    wanted = [["run-" + str(i), "train/loss", 10 / STEPS + i] for i in range(RUNS)]
    got = [line.split() for line in told.splitlines()]
    assert [[name, key, pytest.approx(float(value))] for name, key, value in got] == wanted
    page.goto(link)
    expect(page.get_by_role("button", name="Leave full screen")).to_be_visible()
    expect(plot(page, "train/loss").last).to_be_visible()


def test_the_tables_script_reads_the_same_runs_and_columns(
    page: Page, arranged: Project, server: ServerProcess, tmp_path: Path
):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{arranged.path}/table?filter=config.opt%20%3D%20%22sgd%22&sort=name&cols=config.lr,config.opt")
    expect(page.get_by_text("4 of 8 runs match")).to_be_visible()
    page.get_by_role("button", name="Export").click()
    page.get_by_role("menuitem", name="Copy as Python").click()
    eventually(page, lambda: "import runwell" in page.evaluate("navigator.clipboard.readText()"), "it is copied")
    told = run_script(server, tmp_path, page.evaluate("navigator.clipboard.readText()")).splitlines()
    assert [line.split()[0] for line in told] == ["run-1", "run-3", "run-5", "run-7"]
    assert all("'config.opt': 'sgd'" in line for line in told)


def test_groups_are_one_line_each_and_hidden_as_one(workspace: Page):
    page = workspace
    page.get_by_role("button", name=re.compile("^Group")).click()
    page.get_by_role("option", name="opt", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.locator('[aria-label="train/loss over step, 2 lines"]')).to_be_visible()
    expect(page.get_by_text("2 of 2 groups drawn")).to_be_visible()
    # Runs 0, 2, 4, 6 and 1, 3, 5, 7: the means at the last step differ by one.
    table = page.get_by_role("table", name="Last values of train/loss")
    means = [float(text) for text in table.locator("td").all_inner_texts()]
    assert sorted(means) == pytest.approx([10 / STEPS + 3, 10 / STEPS + 4], abs=0.01)
    page.get_by_role("button", name="Stop drawing opt sgd").click()
    expect(page.locator('[aria-label="train/loss over step, 1 line"]')).to_be_visible()
    page.get_by_role("button", name="opt adam", exact=True).click()
    expect(page.get_by_role("link", name="run-6")).to_be_visible()


def add(page: Page, kind: str) -> None:
    page.get_by_role("button", name="Add panel").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile(f"^{kind}")).click()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()


def test_other_kinds_of_panels_show_runs_and_a_brush_filters_them(workspace: Page):
    page = workspace
    for kind in ("Scatter plot", "Bar chart", "Parameter importance", "Run comparer", "Parallel coordinates"):
        add(page, kind)
    scatter = page.locator('[data-kind="scatter"]')
    expect(scatter.get_by_role("img")).to_have_attribute("aria-label", re.compile("8 runs"))
    bars = page.locator('[data-kind="bar"] tr')
    expect(bars).to_have_count(RUNS)
    expect(page.locator('[data-kind="importance"]')).to_contain_text("depth")
    comparer = page.locator('[data-kind="comparer"]')
    expect(comparer.get_by_role("row", name=re.compile("opt"))).to_contain_text("adam")
    axes = page.locator('[data-kind="parallel"]').get_by_role("img")
    expect(axes).to_have_attribute("aria-label", re.compile("8 runs over depth, lr, opt"))
    axes.scroll_into_view_if_needed()
    box = axes.bounding_box()
    assert box
    # The first axis is depth, 0 to 3: its upper half holds runs 2, 3, 6 and 7.
    page.mouse.move(box["x"] + 34, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 34, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    expect(page.get_by_text("4 of 8 match")).to_be_visible()
    expect(page.get_by_label("Filter expression", exact=True)).to_have_value(re.compile(r"config\.depth >= 1\.\d+ and"))
    expect(bars).to_have_count(4)


def test_a_view_is_saved_changed_shared_and_opened_by_its_address(
    workspace: Page, arranged: Project, open_page: OpenPage
):
    page = workspace
    plain = steady_drawing(page, "train/loss")
    page.keyboard.press("l")
    in_menu(page, "lr", "Remove")
    page.get_by_role("button", name="My workspace").click()
    page.get_by_role("button", name="Save as a new view…").click()
    page.get_by_label("Name of the view").fill("Losses by power")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?view=[\w-]+&log=1"))
    page.get_by_role("button", name="Share with everybody").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Save as a new view…")).to_have_count(0)  # keys are the menu's till then
    address = page.url
    page.keyboard.press("]")
    expect(page.get_by_role("img", name="Changed since it was saved")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Losses by power")).click()
    page.get_by_role("button", name="Discard changes").click()
    expect(page.get_by_role("img", name="Changed since it was saved")).to_have_count(0)

    other = open_page()
    other.goto(re.sub(r"&.*", "", address))
    expect(other.get_by_role("button", name=re.compile("^Losses by power"))).to_be_visible()
    eventually(
        other, lambda: sections(other) == {"train": ["train/loss"], "val": ["val/acc", "val/loss"]}, "its layout"
    )
    expect(other.get_by_role("button", name="Log y")).to_have_attribute("aria-pressed", "true")
    other.get_by_role("button", name=re.compile("^Losses by power")).click()
    other.get_by_role("button", name=re.compile("^My workspace")).click()
    expect(other.get_by_role("button", name="Log y")).to_have_attribute("aria-pressed", "false")
    eventually(other, lambda: drawing(other, "train/loss") == plain or "Charts" in sections(other), "my own again")


def test_the_baseline_stands_on_top_with_how_far_others_are_from_it(workspace: Page):
    page = workspace
    page.goto(page.url.split("?")[0] + "?sort=-summary.val/loss")
    rows = page.get_by_role("grid", name="Runs").get_by_role("row")
    expect(rows.first).to_contain_text("run-7")
    rows.filter(has_text="run-2").focus()
    page.keyboard.press("b")
    expect(rows.first).to_contain_text("run-2")
    expect(rows.first).to_contain_text("baseline")
    expect(rows.filter(has_text="run-7")).to_contain_text("+5")
    box = plot(page, "val/loss").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    eventually(
        page, lambda: "baseline" in page.locator("[class*=tooltip]").inner_text(), "it is named under the pointer"
    )
    assert coloured_pixels(page, "val/loss") > 0


def test_a_panel_of_pictures_is_moved_resized_copied_and_removed_as_charts_are(
    page: Page, server: ServerProcess, tmp_path: Path
):
    train(server, tmp_path, PICTURES)
    project = Project(server, "pictured").wait_for({"painter": "finished"}, {"painter": 2})
    page.goto(project.path)
    picture = panel(page, "val/picture")
    expect(picture.get_by_role("slider", name="Step of val/picture")).to_have_attribute("aria-valuetext", "step 2")
    assert sections(page) == {"val": ["val/loss", "val/picture"], "Media": ["rows"]}
    page.get_by_label("Filter panels").fill("pict")
    assert sections(page) == {"val": ["val/picture"]}
    page.get_by_label("Filter panels").fill("")
    in_menu(page, "val/picture", "Taller")
    in_menu(page, "val/picture", "Media")
    arrangement = {"val": ["val/loss"], "Media": ["rows", "val/picture"]}
    eventually(page, lambda: sections(page) == arrangement, "the picture in the other section")
    tall, low = picture.bounding_box(), panel(page, "val/loss").bounding_box()
    assert low and tall and tall["height"] > low["height"] * 1.8
    page.wait_for_timeout(1200)
    page.reload()
    eventually(page, lambda: sections(page) == arrangement, "the arrangement after a reload")
    expect(picture.locator("article img")).to_have_count(1)
    in_menu(page, "val/picture", "Duplicate")
    expect(picture).to_have_count(2)
    in_menu(page, "rows", "Remove")
    eventually(page, lambda: sections(page)["Media"] == ["val/picture", "val/picture"], "the table is gone")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    eventually(page, lambda: sections(page) == arrangement, "the table again, the copy gone")
    page.get_by_role("slider", name="Step cursor").press("Home")
    expect(picture.get_by_role("slider", name="Step of val/picture")).to_have_attribute("aria-valuetext", "step 0")
    picture.hover()
    picture.get_by_role("button", name="Show val/picture full screen").click()
    full = page.get_by_role("region", name="Show val/picture full screen")
    full.get_by_role("button", name="Wipe").click()
    expect(page).to_have_url(re.compile(r"focus=media%3Aval/picture.*wipe"))
    page.keyboard.press("Escape")
    expect(full).to_have_count(0)


def test_lines_are_named_coloured_and_marked_as_the_reader_likes(workspace: Page, arranged: Project):
    page = workspace
    in_menu(page, "train/loss", "Edit panel…")
    editor = page.get_by_role("dialog")
    editor.get_by_label("Legend", exact=True).select_option("Below")
    names = editor.get_by_label("Names in the legend", exact=True)
    names.fill("${run.name} by ${config.nothing} ${lr}")
    expect(editor.get_by_text("No such field: ${lr}")).to_be_visible()
    legend = page.get_by_role("list", name="Legend of train/loss").get_by_role("listitem")
    expect(legend.filter(has_text="run-3 by")).to_have_text("run-3 by \u2013 ${lr}")
    names.fill("${run.name} by ${config.opt}: ${y}")
    expect(legend.filter(has_text="run-3 by")).to_have_text(re.compile(r"^run-3 by sgd: 3\.1"))
    editor.get_by_label("Runs grouped").select_option("By keys")
    # Of the config's keys the first is offered: depth, 0 to 3.
    expect(legend).to_have_count(4)
    expect(legend.first).to_contain_text("depth")
    expect(page.locator('[aria-label="val/loss over step, 8 lines"]')).to_be_visible()
    editor.get_by_role("button", name="Close").click()

    chosen = token(page, "--run-12")
    steady_drawing(page, "val/loss")
    assert coloured_pixels(page, "val/loss", chosen) == 0
    page.get_by_role("button", name="Choose the colour of run-3").click()
    page.get_by_role("button", name="Colour 12", exact=True).click()
    eventually(page, lambda: coloured_pixels(page, "val/loss", chosen) > 50, "the line in its new colour")
    assert line_colour(page, "run-3") == chosen
    page.keyboard.press("Escape")

    before = steady_drawing(page, "val/loss")
    plot(page, "val/loss").locator(".u-over").click(button="right", position={"x": 60, "y": 60})
    page.get_by_label("Text", exact=True).fill("warm-up ends")
    page.get_by_label("At x").fill("20")
    page.keyboard.press("Enter")
    spoken = page.get_by_role("table", name="Last values of val/loss")
    expect(spoken.get_by_role("row", name=re.compile("warm-up ends"))).to_contain_text("marked at step 20")
    eventually(page, lambda: drawing(page, "val/loss") != before, "the mark")
    page.wait_for_timeout(1200)
    page.reload()
    expect(spoken.get_by_role("row", name=re.compile("warm-up ends"))).to_have_count(1)
    eventually(page, lambda: coloured_pixels(page, "val/loss", chosen) > 50, "the colour after a reload")
    page.get_by_role("button", name="How charts are drawn").click()
    page.get_by_role("menuitem", name="Reset all colours").click()
    eventually(page, lambda: coloured_pixels(page, "val/loss", chosen) == 0, "the colours as they were")
    page.keyboard.press("Escape")

    # Coloured by a value: two optimizers, two colours; the learning rates from less to more.
    page.get_by_role("button", name="Draw first 20").click()
    page.get_by_role("menuitem", name="Colour by…").click()
    page.get_by_role("dialog", name="Colour by").get_by_role("option", name="opt", exact=True).click()
    legend = page.get_by_role("region", name="Colours by opt").get_by_role("listitem")
    expect(legend).to_have_text(["adam4", "sgd4"])
    eventually(page, lambda: len(line_colours(page)) == 2, "a colour for each value")
    assert line_colour(page, "run-1") == line_colour(page, "run-7") == token(page, "--run-2")
    page.mouse.move(700, 4)
    second = token(page, "--run-2")
    eventually(page, lambda: coloured_pixels(page, "val/loss", second) > 50, "lines in the value's colour")
    assert coloured_pixels(page, "val/loss", token(page, "--run-5")) == 0
    # A scale has colours of its own, which come when the first one is asked for; charts draw with them at once.
    page.get_by_role("button", name="Colour by opt").click()
    page.get_by_role("dialog", name="Colour by").get_by_role("option", name="lr", exact=True).first.click()
    page.mouse.move(700, 4)
    eventually(page, lambda: coloured_pixels(page, "val/loss", token(page, "--run-67")) > 50, "the most, in its colour")
    page.goto(f"{arranged.path}/table?colour=config.lr")
    eventually(page, lambda: len(line_colours(page)) == 7, "the scale, in the table")
