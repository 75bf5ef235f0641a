"""Light and dark: as the system says, or as the reader chose, on page and canvas alike."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .looking import chart, coloured_pixels, eventually, line_colour, parse_colour
from .training import Project


def brightness(page: Page) -> float:
    """Give how bright the page's ground is, 0 to 255."""
    colour = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    return sum(parse_colour(colour)) / 3


def choose(page: Page, theme: str) -> None:
    """Choose a theme in the bar's menu."""
    page.get_by_role("button", name="Theme:").click()
    page.get_by_role("menuitem", name=theme).click()


def test_the_page_follows_the_system(open_page: OpenPage, vision: Project):
    page = open_page(color_scheme="dark")
    page.goto(vision.path)
    expect(chart(page, "train/loss")).to_be_visible()
    assert brightness(page) < 60
    dark = line_colour(page, "swift-vit")
    eventually(page, lambda: coloured_pixels(page, "train/loss", dark) > 50, "a line in the dark palette")
    page.emulate_media(color_scheme="light")
    eventually(page, lambda: brightness(page) > 200, "the page is light")
    light = line_colour(page, "swift-vit")
    assert light != dark
    eventually(page, lambda: coloured_pixels(page, "train/loss", light) > 50, "a line in the light palette")
    assert coloured_pixels(page, "train/loss", dark) < 5


def test_a_chosen_theme_stays(open_page: OpenPage, vision: Project):
    page = open_page(color_scheme="light")
    page.goto(vision.path)
    expect(chart(page, "train/loss")).to_be_visible()
    assert brightness(page) > 200
    choose(page, "Dark")
    eventually(page, lambda: brightness(page) < 60, "the page is dark")
    page.reload()
    expect(chart(page, "train/loss")).to_be_visible()
    assert brightness(page) < 60
    choose(page, "System")
    eventually(page, lambda: brightness(page) > 200, "the page is as the system says")
