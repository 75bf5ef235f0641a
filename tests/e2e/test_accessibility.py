"""Every page in both themes, as axe sees it: no violation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .looking import chart
from .training import Project

AXE = Path(__file__).resolve().parents[2] / "ui/node_modules/axe-core/axe.min.js"
THEMES = ("light", "dark")


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe."""
    if not AXE.exists():
        pytest.fail("The UI's packages aren't installed: run `make ui-build`.", pytrace=False)
    return AXE.read_text("utf-8")


# Base UI's guards around an open menu take the focus only to pass it on.
RUN = """async (landmarks) => {
  const options = { resultTypes: ["violations"], rules: { region: { enabled: landmarks } } };
  return (await axe.run({ exclude: ["[data-base-ui-focus-guard]"] }, options)).violations;
}"""


def assert_nothing_found(page: Page, axe: str, landmarks: bool = True) -> None:
    """Assert that axe finds nothing wrong on the page; else tell rule, element and reason.

    Args:
        landmarks: whether everything must lie in one; a menu lies beside them, and belongs to its button.
    """
    page.evaluate(axe)
    rules: list[dict[str, Any]] = page.evaluate(RUN, landmarks)
    found = [f"{rule['id']}: {node['target']}: {node['failureSummary']}" for rule in rules for node in rule["nodes"]]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("where", ["home", "workspace", "table", "settings", "authorize"])
def test_pages_of_the_project(open_page: OpenPage, vision: Project, axe: str, where: str, theme: str):
    paths = {"home": "/", "workspace": vision.path, "table": f"{vision.path}/table"}
    page = open_page(color_scheme=theme)
    page.goto(paths.get(where, f"/{where}"))
    expect(page.get_by_role("banner")).to_be_visible()
    if where == "workspace":
        expect(chart(page, "train/loss")).to_be_visible()
    elif where == "table":
        expect(page.get_by_title("swift-vit", exact=True)).to_be_visible()
    else:
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_nothing_found(page, axe)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("tab", ["", "charts", "system", "logs", "files"])
def test_pages_of_a_run(open_page: OpenPage, vision: Project, axe: str, tab: str, theme: str):
    page = open_page(color_scheme=theme)
    page.goto(vision.page_of("broken-rnn" if tab == "" else "swift-vit", tab))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    if tab == "charts":
        expect(chart(page, "train/loss")).to_be_visible()
    page.wait_for_timeout(300)
    assert_nothing_found(page, axe)


@pytest.mark.parametrize("theme", THEMES)
def test_pages_before_anything_is_there(open_page: OpenPage, vision: Project, axe: str, theme: str):
    page = open_page(logged_in=False, color_scheme=theme)
    page.goto("/login")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert_nothing_found(page, axe)
    page = open_page(color_scheme=theme)
    page.goto("/local/vision/what/is/this")
    expect(page.get_by_text("There is nothing at this address")).to_be_visible()
    assert_nothing_found(page, axe)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("layer", ["theme menu", "shortcuts", "palette", "sort menu", "zoomed", "selection"])
def test_what_opens_over_a_page(open_page: OpenPage, vision: Project, axe: str, theme: str, layer: str):
    page = open_page(color_scheme=theme)
    page.goto(f"{vision.path}/table" if layer == "selection" else vision.path)
    expect(page.get_by_title("swift-vit", exact=True)).to_be_visible()
    if layer == "theme menu":
        page.get_by_role("button", name="Theme:").click()
        expect(page.get_by_role("menuitem", name="Dark")).to_be_visible()
    elif layer == "shortcuts":
        page.get_by_role("button", name="Keyboard shortcuts").click()
        expect(page.get_by_role("dialog")).to_be_visible()
    elif layer == "palette":
        page.keyboard.press("Control+k")
        expect(page.get_by_role("option").first).to_be_visible()
    elif layer == "sort menu":
        page.get_by_role("button", name="Sort ").first.click()
        expect(page.get_by_label("Find a key")).to_be_visible()
    elif layer == "zoomed":
        page.get_by_role("region", name="train/loss").hover()
        page.get_by_role("button", name="Show train/loss full screen").click()
        expect(page.get_by_role("button", name="Leave full screen")).to_be_visible()
    else:
        page.get_by_role("checkbox", name="Select swift-vit").click()
        expect(page.get_by_text("1 selected")).to_be_visible()
    page.wait_for_timeout(250)
    assert_nothing_found(page, axe, landmarks=layer != "theme menu")
