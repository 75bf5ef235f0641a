"""What a person sees on a page: how charts are inked, what changes, which rows are listed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page

WITHIN_S = 20.0  # other suites run beside these, on two cores

# What a person sees of a chart: its canvas, and over it the layer with the highlighted line, if there is one.
_SEEN = """(canvas) => {
  const over = canvas.parentElement.querySelector("canvas.plot-overlay:not([hidden])");
  const seen = over ? new OffscreenCanvas(canvas.width, canvas.height) : canvas;
  const paper = seen.getContext("2d");
  if (over) for (const layer of [canvas, over]) paper.drawImage(layer, 0, 0);
  return paper.getImageData(0, 0, canvas.width, canvas.height).data;
}"""

# A canvas is transparent where nothing is drawn, so a line's pixels keep its colour whatever their alpha.
_COUNT = f"""(canvas, wanted) => {{
  const data = ({_SEEN})(canvas);
  let n = 0;
  for (let i = 0; i < data.length; i += 4) {{
    if (data[i + 3] < 80) continue;
    const [r, g, b] = [data[i], data[i + 1], data[i + 2]];
    n += wanted
      ? Math.abs(r - wanted[0]) < 9 && Math.abs(g - wanted[1]) < 9 && Math.abs(b - wanted[2]) < 9
      : Math.max(r, g, b) - Math.min(r, g, b) > 40;
  }}
  return n;
}}"""

# Only what is drawn, as one short text to compare.
_FINGERPRINT = f"""async (canvas) => {{
  const data = ({_SEEN})(canvas);
  let hash = 2166136261;
  for (let i = 0; i < data.length; i++) hash = Math.imul(hash ^ data[i], 16777619);
  return `${{canvas.width}}x${{canvas.height}}:${{hash >>> 0}}`;
}}"""

Colour = list[int]


def eventually(page: Page, question: Callable[[], Any], what: str, within_s: float = WITHIN_S) -> Any:
    """Ask until the answer is true, letting the page live meanwhile; give it."""
    deadline = time.monotonic() + within_s
    while not (answer := question()):
        assert time.monotonic() < deadline, f"not within {within_s} s: {what}"
        page.wait_for_timeout(60)
    return answer


def plot(page: Page, key: str) -> Locator:
    """Find the area of a metric's chart, to point at."""
    return page.locator(f'[role=img][aria-label^="{key} over "]')


def chart(page: Page, key: str) -> Locator:
    """Find the canvas of a metric's chart, to look at."""
    return plot(page, key).locator("canvas:not(.plot-overlay)")


def coloured_pixels(page: Page, key: str, colour: Colour | None = None) -> int:
    """Count a chart's pixels of one colour, or of any that is no grey."""
    return chart(page, key).evaluate(_COUNT, colour)


def drawing(page: Page, key: str) -> str:
    """Give a text that is the same as long as the chart's picture is."""
    return chart(page, key).evaluate(_FINGERPRINT)


def steady_drawing(page: Page, key: str) -> str:
    """Give a chart's drawing once it has stopped changing."""
    before = ""
    since = time.monotonic()

    def still() -> bool:
        nonlocal before, since
        now = drawing(page, key)
        if now != before:
            before, since = now, time.monotonic()
        return time.monotonic() - since > 0.3

    eventually(page, still, f"the chart of {key} is still")
    return before


def token(page: Page, name: str) -> Colour:
    """Give a colour of the page's palette as red, green and blue."""
    text = page.evaluate("name => getComputedStyle(document.documentElement).getPropertyValue(name)", name)
    return parse_colour(text)


def parse_colour(text: str) -> Colour:
    """Read ``#rrggbb`` or ``rgb(r, g, b)``."""
    if "#" in text:
        digits = text.strip().lstrip("#")
        return [int(digits[at : at + 2], 16) for at in (0, 2, 4)]
    return [int(float(part)) for part in re.findall(r"[\d.]+", text)[:3]]


def run_row(page: Page, name: str) -> Locator:
    """Find a run's row in the list or the table, which show every name in full as a title."""
    return page.locator("[role=row]").filter(has=page.get_by_title(name, exact=True))


def run_names(page: Page) -> list[str]:
    """Give the names of the listed runs from top to bottom."""
    rows = page.locator("[role=row][data-index]").evaluate_all(
        """rows => rows.map((row) => [Number(row.dataset.index), row.querySelector("a")?.title])"""
    )
    return [name for _, name in sorted(rows)]


def line_colour(page: Page, name: str) -> Colour:
    """Give the colour of the piece of line in a run's row."""
    line = run_row(page, name).locator("svg line").first
    return parse_colour(line.evaluate("line => getComputedStyle(line).stroke"))


def query(page: Page) -> dict[str, str]:
    """Give the query of the page's address."""
    return dict(page.evaluate("() => [...new URLSearchParams(location.search)]"))


def mark(page: Page) -> None:
    """Leave a mark that a reload would wipe away."""
    page.evaluate("() => { window.notReloaded = true; }")


def is_marked(page: Page) -> bool:
    """Tell whether the page was not reloaded since it was marked."""
    return page.evaluate("() => window.notReloaded === true")
