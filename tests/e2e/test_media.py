"""Media in the workspace: pictures at the step that a slider chose, their boxes by class, and new ones as they come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.serving import ServerProcess

from .looking import eventually
from .trainer import COLOURS
from .training import Project, Trainer

_PIXEL = """(image) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d");
  context.drawImage(image, image.naturalWidth - 1, image.naturalHeight - 1, 1, 1, 0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that makes the second run log its last picture, once it is there."""
    return tmp_path_factory.mktemp("media") / "orders"


@pytest.fixture(scope="module")
def seen(server: ServerProcess, orders: Path) -> Iterator[Project]:
    """A project with pictures: one finished run, and one that waits for orders."""
    trainer = Trainer(server, orders.parent / "trainer", "media", "seen", str(orders))
    yield Project(server, "seen").wait_for({"early": "finished", "late": "running"}, {"late": 20})
    orders.touch()
    trainer.wait()


@pytest.fixture
def panel(page: Page, seen: Project) -> Locator:
    """The panel of the pictures, with those of both runs in it."""
    page.goto(seen.path)
    panel = page.get_by_role("region", name="seen/picture", exact=True)
    expect(panel.locator("article img")).to_have_count(2)
    return panel


def picture_of(panel: Locator, run: str) -> Locator:
    """Find the cell of a run."""
    return panel.locator("article").filter(has_text=run)


def colour_of(panel: Locator, run: str) -> tuple[int, ...]:
    """Give the colour of the picture that is shown of a run."""
    return tuple(picture_of(panel, run).locator("img").evaluate(_PIXEL))


def test_the_slider_goes_through_the_steps_of_all_runs_and_each_shows_its_newest(page: Page, panel: Locator):
    slider = panel.get_by_role("slider", name="Step of seen/picture")
    expect(slider).to_have_attribute("aria-valuetext", "step 20")
    assert colour_of(panel, "late") == COLOURS[2]
    assert colour_of(panel, "early") == COLOURS[1]
    slider.focus()
    slider.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "step 10")
    eventually(page, lambda: colour_of(panel, "late") == COLOURS[1], "the picture of step 10")
    slider.press("Home")
    eventually(page, lambda: colour_of(panel, "late") == colour_of(panel, "early") == COLOURS[0], "those of step 0")
    expect(picture_of(panel, "early")).to_contain_text("number 0")
    page.get_by_role("slider", name="Step of all panels in seen").press("End")
    eventually(page, lambda: colour_of(panel, "late") == COLOURS[2], "the section's slider moves its panels")
    page.get_by_role("slider", name="Step cursor").press("ArrowLeft")
    expect(picture_of(panel, "late")).to_contain_text("step 10 (newest ≤ 19)")
    eventually(page, lambda: colour_of(panel, "late") == COLOURS[1], "the page's cursor moves all panels")


def test_a_class_that_is_switched_off_takes_its_boxes_away(page: Page, panel: Locator):
    cats, dogs = (panel.locator(f'[data-box="{name}"]') for name in ("cat", "dog"))
    expect(cats).to_have_count(2)
    expect(dogs).to_have_count(2)
    panel.get_by_role("button", name="Overlays and classes of seen/picture").click()
    page.get_by_role("checkbox", name="cat").click()
    expect(cats).to_have_count(0)
    expect(dogs).to_have_count(2)
    page.get_by_role("slider", name="Score ≥").fill("0.5")
    expect(dogs).to_have_count(0)
    page.get_by_role("checkbox", name="cat").click()
    expect(cats).to_have_count(2)
    page.keyboard.press("Escape")
    panel.get_by_role("button", name="Enlarge number 2 of late").click()
    large = page.get_by_role("dialog", name="seen/picture")
    expect(large.locator("[data-box]")).to_have_count(1)
    page.keyboard.press(",")
    expect(large).to_contain_text("late · step 10")
    expect(large).to_contain_text("number 1")


def test_a_picture_that_is_logged_meanwhile_appears(page: Page, panel: Locator, orders: Path):
    assert colour_of(panel, "late") == COLOURS[2]
    orders.touch()
    eventually(page, lambda: colour_of(panel, "late") == COLOURS[3], "the picture of step 30")
    assert colour_of(panel, "early") == COLOURS[1]
