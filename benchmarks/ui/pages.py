"""Pages in headless Chromium, and what is looked at in them from the moment on which the navigation begins."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize
from tests.serving import ServerProcess

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--enable-precise-memory-info"]
SIZE: ViewportSize = {"width": 1440, "height": 900}
PATIENCE_MS = 60_000

# The first moment at which a chart's canvas holds a coloured pixel, as milliseconds since the navigation began.
FIRST_CHART = """() => new Promise((done, fail) => {
  setTimeout(() => fail(new Error("no chart within a minute")), 60000);
  const inked = (canvas) => {
    const { width, height } = canvas;
    if (!width || !height) return false;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    for (let i = 0; i < data.length; i += 16) {
      const [r, g, b, a] = data.subarray(i, i + 4);
      if (a > 80 && Math.max(r, g, b) - Math.min(r, g, b) > 40) return true;
    }
    return false;
  };
  const drawn = () => [...document.querySelectorAll("canvas")].some(inked);
  const look = () => drawn() ? done(performance.now()) : requestAnimationFrame(look);
  look();
})"""

_FRAMES = """() => {
  window.__frames = [];
  let last = performance.now();
  const tick = (now) => {
    window.__frames.push(now - last);
    last = now;
    window.__ticking = requestAnimationFrame(tick);
  };
  window.__ticking = requestAnimationFrame(tick);
}"""
_FRAMES_END = "() => { cancelAnimationFrame(window.__ticking); return window.__frames.slice(2); }"


def launch(playwright: Playwright) -> Browser:
    """Start the system's Chromium."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise SystemExit("Chromium is missing. Debian, Ubuntu: sudo apt-get install chromium")
    return playwright.chromium.launch(executable_path=program, args=FLAGS)


def forget_workspaces(context: BrowserContext, server: ServerProcess) -> None:
    """Forget what an earlier figure sorted, filtered or hid: the server keeps that for its reader."""
    for project in server.get_json("/api/projects")["projects"]:
        draft = f"/api/projects/local/{project['name']}/views/draft"
        context.request.delete(draft, headers={"Origin": server.url}).dispose()


@contextmanager
def page_of(browser: Browser, server: ServerProcess, theme: str = "light") -> Iterator[Page]:
    """Open a page in a profile that knows nothing but its session."""
    context = browser.new_context(
        viewport=SIZE, base_url=server.url, color_scheme="dark" if theme == "dark" else "light"
    )
    context.set_default_timeout(PATIENCE_MS)
    session = {"api_key": server.key}
    headers = {"Origin": server.url}
    context.request.post("/api/session", data=session, headers=headers, fail_on_status_code=True).dispose()
    forget_workspaces(context, server)
    try:
        yield context.new_page()
    finally:
        context.close()


@contextmanager
def charts(browser: Browser, server: ServerProcess, project: str) -> Iterator[Page]:
    """Open a workspace whose charts are drawn and at rest."""
    with page_of(browser, server) as page:
        page.goto(f"/local/{project}")
        page.evaluate(FIRST_CHART)
        page.wait_for_timeout(1500)
        yield page


def frames(page: Page, work: Callable[[], None]) -> list[float]:
    """Give frame times, in ms and ascending, while something is done."""
    page.evaluate(_FRAMES)
    work()
    return sorted(page.evaluate(_FRAMES_END))


def quantile(ascending: list[float], share: float) -> float:
    """Give the value below which this share of the values lies."""
    return ascending[min(int(len(ascending) * share), len(ascending) - 1)]
