"""Two versions of a prediction table row by row, and pictures of two runs against one another, in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.protocol import official
from tests.serving import ServerProcess

from .looking import eventually
from .test_accessibility import assert_nothing_found, axe  # noqa: F401

SCRIPT = """
    import numpy as np, wandb

    def picture(seed, size=24):
        return wandb.Image(np.random.default_rng(seed).integers(0, 255, (size, size, 3), dtype=np.uint8))

    LOSSES = {"old": [0.5, 0.25, 0.75], "new": [0.5, 1.25, 0.25]}
    for name, losses in LOSSES.items():
        with wandb.init(project="compared", id=name, name=name) as run:
            for step in (0, 5):
                # At step 0 both have the same picture.
                run.log({"seen": picture(0 if step == 0 else len(name) + losses[2])}, step=step)
            table = wandb.Table(columns=["id", "image", "loss", "word"])
            for i, loss in enumerate(losses):
                table.add_data(f"row-{i}", picture(10 + i), loss, "cat" if loss < 0.6 else "dog")
            if name == "new":
                table.add_data("row-3", picture(13), 0.125, "emu")
            run.log({"predictions": table}, step=6)
            made = wandb.Artifact("guesses", "predictions")
            made.add(table, "rows")
            run.log_artifact(made).wait()
""".replace("len(name) + losses[2]", "0 if name == 'old' else 1")
PAGE = "/local/compared/artifacts/predictions/guesses"


@pytest.fixture(scope="module")
def logged(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two runs of the official client with pictures, a table, and a version of an artifact each."""
    official.run(server, tmp_path_factory.mktemp("compared"), SCRIPT)


def _row(page: Page, name: str):
    return page.get_by_role("row").filter(has=page.get_by_role("gridcell", name=name, exact=True))


def test_tables_of_two_versions_are_compared_row_by_row(page: Page, logged: None, axe: str):  # noqa: F811
    page.goto(f"{PAGE}/v1/compare?with=v0")
    page.get_by_role("button", name=re.compile("^Tables")).click()
    expect(page).to_have_url(re.compile("show=tables"))
    expect(page.get_by_role("button", name=re.compile("^Rows paired by"))).to_contain_text("id")
    shown = page.get_by_role("group", name="Rows shown")
    expect(shown).to_contain_text(re.compile("± 2 changed.*[+] 1 added.*− 0 removed.*= 1 same", re.DOTALL))
    expect(page.get_by_role("status").filter(has_text="rows")).to_have_text("3 of 4 rows")
    expect(_row(page, "row-1").get_by_role("gridcell").nth(2)).to_have_text("0.2500+1 1.250")
    expect(_row(page, "row-1").get_by_role("gridcell").nth(3)).to_have_text("catdog")
    expect(_row(page, "row-3").get_by_role("rowheader")).to_have_text("+ added")
    expect(_row(page, "row-1").get_by_role("img")).to_have_count(0)  # pictures are decoration of their buttons
    assert _row(page, "row-1").locator("img").count() == 2
    page.get_by_role("button", name="Order and filter by loss").click()
    page.get_by_role("menuitem", name="Fell most first").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("row-2")
    page.get_by_role("button", name="Order and filter by word").click()
    page.get_by_role("menuitem", name="Only rows that differ here").click()
    expect(page.get_by_role("status").filter(has_text="rows")).to_have_text("2 of 4 rows")
    shown.get_by_role("button", name=re.compile("changed")).click()
    page.get_by_role("button", name="Show every row").click()
    expect(page.get_by_role("status").filter(has_text="rows")).to_have_text("4 of 4 rows")
    assert_nothing_found(page, axe)
    page.get_by_role("button", name=re.compile("^Rows paired by")).click()
    page.get_by_role("menuitem", name="row number").click()
    expect(page.get_by_role("button", name=re.compile("^Rows paired by"))).to_contain_text("row number")


def test_cells_of_both_sides_open_by_keys(page: Page, logged: None):
    page.goto(f"{PAGE}/v1/compare?with=v0&show=tables")
    grid = page.get_by_role("grid", name="Rows of v0 beside those of v1")
    grid.press("ArrowDown")
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Enter"):
        grid.press(key)
    dialog = page.get_by_role("dialog", name="word of row-1")
    expect(dialog).to_contain_text(re.compile("cat.*dog", re.DOTALL))
    page.keyboard.press("Escape")
    for key in ("ArrowLeft", "ArrowLeft", "Enter"):
        grid.press(key)
    dialog = page.get_by_role("dialog", name="image of row-1")
    expect(dialog.get_by_role("img")).to_have_count(2)
    dialog.get_by_role("button", name="Difference").click()
    expect(dialog.get_by_role("status")).to_have_text("Every pixel is equal.")


def test_pictures_of_two_runs_are_wiped_over_one_another_and_subtracted(page: Page, logged: None, axe: str):  # noqa: F811
    page.goto("/local/compared?focus=media:seen")
    modes = page.get_by_role("group", name="Layout")
    modes.get_by_role("button", name="Side by side").click()
    stages = page.get_by_role("group", name=re.compile("arrows move"))
    expect(stages).to_have_count(2)
    scales = "stages => stages.map(one => one.firstElementChild.style.transform)"
    stages.first.press("+")
    both = stages.evaluate_all(scales)
    assert both[0] == both[1] and "scale(1.5)" in both[0]
    page.get_by_role("switch", name="Zoom and pan locked").click()
    stages.first.press("ArrowLeft")
    both = stages.evaluate_all(scales)
    assert both[0] != both[1] and "translate(40px, 0px)" in both[0]
    modes.get_by_role("button", name="Wipe").click()
    divider = page.get_by_role("slider", name="Where the second picture begins")
    expect(divider).to_have_attribute("aria-valuenow", "50")
    divider.press("ArrowLeft")
    expect(divider).to_have_attribute("aria-valuenow", "48")
    assert_nothing_found(page, axe)
    modes.get_by_role("button", name="Difference").click()
    said = page.get_by_role("status").filter(has_text="pixel")
    expect(said).to_have_text(re.compile(r"^\d[\d.]+\s% of pixels differ, by \d\d[\d.]* of 255 on average$"))
    # The same picture was logged at the first step; the address keeps what is compared.
    page.get_by_role("button", name="Run and step: new").click()
    page.get_by_role("menuitem", name="Stay at step 0").click()
    page.get_by_role("button", name="Run and step: old").click()
    page.get_by_role("menuitem", name="Stay at step 0").click()
    expect(said).to_have_text("Every pixel is equal.")
    eventually(page, lambda: "difference" in page.url and "with,old,0" in page.url, "the address has what is compared")
    page.reload()
    expect(said).to_have_text("Every pixel is equal.")


def test_tables_of_two_runs_are_compared_with_their_pictures(page: Page, logged: None):
    page.goto("/local/compared")
    page.get_by_role("button", name="Compare predictions of two runs").click()
    expect(page.get_by_role("group", name="Rows shown")).to_contain_text("2 changed")
    pictures = page.get_by_role("grid", name="Rows of new beside those of old").locator("img")
    # Of the removed row there is one side only.
    assert eventually(page, lambda: pictures.count() == 5, "pictures of both sides")
    page.get_by_role("button", name="Swap").click()
    expect(page.get_by_role("grid", name="Rows of old beside those of new")).to_be_visible()
    expect(page.get_by_role("group", name="Rows shown")).to_contain_text("+ 1 added")
