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
COLOURS = ("color-contrast", "link-in-text-block")
# Half-way from one theme to the other no colour has its contrast.
STILL = """() => document.getAnimations().every((one) =>
  one.playState !== "running" || one.effect.getComputedTiming().iterations === Infinity)"""
RUN = """async ([landmarks, only]) => {
  const options = { resultTypes: ["violations"], rules: { region: { enabled: landmarks } } };
  if (only.length) Object.assign(options, { runOnly: only, rules: {} });
  return (await axe.run({ exclude: ["[data-base-ui-focus-guard]"] }, options)).violations;
}"""


def violations(page: Page, axe: str, landmarks: bool = True, rules: tuple[str, ...] = ()) -> list[str]:
    """Tell what axe finds wrong on the page: rule, element and reason; without ``rules``, by all of its rules."""
    page.wait_for_function(STILL)
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate(RUN, [landmarks, list(rules)])
    return [f"{rule['id']}: {node['target']}: {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def assert_nothing_found(page: Page, axe: str, landmarks: bool = True) -> None:
    """Assert that axe finds nothing wrong on the page.

    Args:
        landmarks: whether everything must lie in one; a menu lies beside them, and belongs to its button.
    """
    found = violations(page, axe, landmarks)
    assert not found, "\n".join(found)


SETTINGS = ("", "/profile", "/keyboard", "/users", "/storage", "/server")


@pytest.mark.parametrize("pages", ["project", "settings", "run"])
def test_every_page_in_both_themes(open_page: OpenPage, vision: Project, axe: str, pages: str):
    page = open_page(color_scheme="light")
    heading = page.get_by_role("heading", level=1)
    run = vision.page_of("swift-vit")
    places = {
        "project": {
            "/": heading,
            vision.path: chart(page, "train/loss"),
            f"{vision.path}/overview": page.get_by_role("region", name="Newest runs").get_by_role("link").nth(1),
            f"{vision.path}/table": page.get_by_title("swift-vit", exact=True),
            f"{vision.path}/artifacts": page.get_by_text("No artifacts yet."),
            f"{vision.path}/storage": heading,
            "/registry": heading,
            "/authorize": heading,
        },
        "settings": {
            **{f"/settings{section}": page.get_by_role("heading", level=2).first for section in SETTINGS},
            "/settings/storage": heading,
        },
        "run": {
            vision.page_of("broken-rnn"): heading,
            f"{run}/charts": chart(page, "train/loss"),
            f"{run}/system": heading,
            f"{run}/logs": page.get_by_text("found the needle").first,
            f"{run}/files": page.get_by_text("report.txt").first,
            f"{run}/artifacts": heading,
        },
    }[pages]
    found: list[str] = []
    for path, shown in places.items():
        page.goto(path)
        expect(shown).to_be_visible()
        page.wait_for_timeout(100)
        found += [f"{path}: {text}" for text in violations(page, axe)]
        # The page follows the system's theme; of what axe knows, only colours change with it.
        page.emulate_media(color_scheme="dark")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        found += [f"{path}, dark: {text}" for text in violations(page, axe, rules=COLOURS)]
        page.emulate_media(color_scheme="light")
    assert not found, "\n".join(found)


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
