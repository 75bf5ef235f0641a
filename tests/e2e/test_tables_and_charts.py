"""Logged tables, custom charts and pages: sorted, searched, drawn, and shut in."""

from __future__ import annotations

import subprocess
import sys

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.serving import ServerProcess

from .looking import eventually
from .training import Project

SCRIPT = """
import math
import runwell

run = runwell.init(project="logged", name="values", id="values1")
rows = [[n, f"word {n % 7}", math.nan if n == 3 else n * 0.37 % 1, None if n % 50 == 4 else n] for n in range(400)]
page = "<p id=seen>seen</p><script>try { parent.document.title = 'reached' } catch {}</script>"
run.log({
    "rows": runwell.Table(columns=["id", "word", "share", "given"], data=rows),
    "matrix": runwell.plot.confusion_matrix(y_true=[0, 1, 1, 2], preds=[0, 1, 2, 2], class_names=["a", "b", "c"]),
    "report": runwell.Html(page, inject=False),
})
run.finish()
"""


@pytest.fixture(scope="module")
def logged(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A run with a table of 400 rows, a confusion matrix and a page."""
    subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=tmp_path_factory.mktemp("logged"),
        env=server.client_environment(),
        check=True,
        capture_output=True,
        timeout=60,
    )
    return Project(server, "logged").wait_for({"values": "finished"})


def table(page: Page, project: Project) -> Locator:
    """Open the run's charts and give the rows of its table."""
    page.goto(f"{project.path}/runs/values1/charts")
    grid = page.get_by_role("grid", name="Logged table rows")
    expect(grid.get_by_role("row").nth(1)).to_contain_text("word 0")
    return grid


def texts(grid: Locator, column: int, count: int = 3) -> list[str]:
    """Give the cells of a column, from the first row on."""
    return [grid.locator(f'[aria-rowindex="{n + 2}"] [aria-colindex="{column}"]').inner_text() for n in range(count)]


def test_a_table_is_sorted_searched_and_filtered_as_a_whole_and_its_cells_open(page: Page, logged: Project):
    grid = table(page, logged)
    panel = page.get_by_role("region", name="rows", exact=True)
    expect(panel.get_by_role("status").filter(has_text="400 rows")).to_be_visible()
    assert texts(grid, 4, 4)[3] == "NaN"
    assert texts(grid, 5, 5)[4] == "None"

    # The last rows are first, though they were never scrolled to; what has no figure stays last.
    head = grid.get_by_role("columnheader", name="id", exact=True)
    head.get_by_role("button", name="id", exact=True).click()
    head.get_by_role("button", name="id", exact=True).click()
    expect(head).to_have_attribute("aria-sort", "descending")
    eventually(page, lambda: texts(grid, 2) == ["399", "398", "397"], "the last rows first")

    panel.get_by_role("searchbox", name="Search the rows").fill("WORD 3")
    expect(panel.get_by_text("57 of 400 rows")).to_be_visible()
    eventually(page, lambda: set(texts(grid, 3)) == {"word 3"}, "the rows that were searched for")

    grid.get_by_role("columnheader", name="id", exact=True).hover()
    grid.get_by_role("button", name="Filter id").click()
    page.get_by_role("combobox", name="Condition").select_option("is at most")
    page.get_by_role("textbox", name="Value").fill("10")
    page.get_by_role("button", name="Apply").click()
    expect(panel.get_by_text("2 of 400 rows")).to_be_visible()
    eventually(page, lambda: texts(grid, 2, 2) == ["10", "3"], "the rows that hold it")
    panel.get_by_role("button", name="Remove the filter id <= 10").click()
    expect(panel.get_by_text("57 of 400 rows")).to_be_visible()

    grid.locator('[aria-rowindex="3"] [aria-colindex="2"]').click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    opened = page.get_by_role("dialog", name="word, row 388")
    expect(opened).to_contain_text("word 3")
    page.keyboard.press("Escape")
    expect(opened).to_be_hidden()


def test_a_confusion_matrix_is_drawn_with_nothing_evaluated_and_a_logged_page_is_shut_in(page: Page, logged: Project):
    page.goto(f"{logged.path}/runs/values1/charts")
    chart = page.get_by_role("img", name="Chart matrix")
    chart.scroll_into_view_if_needed()
    count = """canvas => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let n = 0;
        for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 0 && data[i + 2] > data[i] + 40) n += 1;
        return n;
    }"""
    # The content security policy of the server forbids eval: a chart that needed it would stay empty.
    eventually(page, lambda: chart.locator("canvas").evaluate(count) > 2000, "blue cells of a matrix")
    # Its table is behind it, not a panel of its own.
    expect(page.get_by_role("region", name="matrix_table", exact=True)).to_have_count(0)

    frame = page.get_by_title("HTML page report")
    frame.scroll_into_view_if_needed()
    expect(frame).to_have_attribute("sandbox", "allow-scripts")
    expect(page.frame_locator('iframe[title="HTML page report"]').locator("#seen")).to_have_text("seen")
    expect(page).not_to_have_title("reached")
