"""The web UI's budgets in headless Chromium.

    python -m benchmarks.ui.budgets [--rounds 5] [--quick]

Real servers with seeded projects (30 runs, one of them 50,000 steps long; 1,000 runs; 10,000 runs × 60 columns; 20 runs
× 1,000 steps × 12 metrics; 500 metrics), a fresh browser profile for each cold figure. Median, with range.
``--quick`` makes small projects and one round, to see that it works.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from tests.serving import ServerProcess

from .seed import Seeder

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--enable-precise-memory-info"]
SIZE: ViewportSize = {"width": 1440, "height": 900}
PATIENCE_MS = 60_000

# The first moment at which a chart's canvas holds a coloured pixel, as milliseconds since the navigation began.
_FIRST_CHART = """() => new Promise((done) => {
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

_TRAINER = """
import sys, time, runwell
run = runwell.init(project="live", name="live")
print(run.id, flush=True)
step = 0
for line in sys.stdin:
    run.log({"loss": 1.0 / (step + 1)})
    step += 1
    print(time.time(), flush=True)
run.finish()
"""


@contextmanager
def page_of(browser: Browser, server: ServerProcess) -> Iterator[Page]:
    """Open a page in a profile that knows nothing but its session."""
    context = browser.new_context(viewport=SIZE, base_url=server.url)
    context.set_default_timeout(PATIENCE_MS)
    context.request.post(
        "/api/session", data={"api_key": server.key}, headers={"Origin": server.url}, fail_on_status_code=True
    ).dispose()
    try:
        yield context.new_page()
    finally:
        context.close()


class Figures:
    """Takes figures and prints rows of a table."""

    def __init__(self, browser: Browser, server: ServerProcess, rounds: int) -> None:
        self.browser = browser
        self.server = server
        self.rounds = rounds
        print("| figure | goal | median | range |\n|---|---|---|---|", flush=True)

    def row(self, name: str, goal: str, unit: str, take: Callable[[], float], rounds: int | None = None) -> None:
        """Take a figure so many times; one that can't be taken says so instead of ending the others."""
        try:
            values = [take() for _ in range(rounds or self.rounds)]
        except Exception as error:
            print(
                f"| {name} | {goal} | not taken: {type(error).__name__} {str(error).splitlines()[0][:80]} | |",
                flush=True,
            )
            return
        low, high = min(values), max(values)
        spread = "" if low == high else f"{low:,.0f}–{high:,.0f}"
        print(f"| {name} | {goal} | {statistics.median(values):,.0f} {unit} | {spread} |", flush=True)

    def first_chart(self, project: str) -> Callable[[], float]:
        """Milliseconds from the navigation to the first coloured pixel, in a cold profile."""

        def take() -> float:
            with page_of(self.browser, self.server) as page:
                page.goto(f"/local/{project}", wait_until="commit")
                return page.evaluate(_FIRST_CHART)

        return take

    def transfer(self, kinds: set[str]) -> Callable[[], float]:
        """Kilobytes of these kinds (or number of requests, for none) until the first chart."""

        def take() -> float:
            with page_of(self.browser, self.server) as page:
                session = page.context.new_cdp_session(page)
                session.send("Network.enable")
                types: dict[str, str] = {}
                sizes: dict[str, float] = {}
                session.on("Network.responseReceived", lambda e: types.update({e["requestId"]: e["type"]}))
                session.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
                page.goto("/local/small30", wait_until="commit")
                page.evaluate(_FIRST_CHART)
                if not kinds:
                    return len([kind for kind in types.values() if kind not in {"EventSource", "Ping"}])
                page.wait_for_timeout(300)
                return sum(size for request, size in sizes.items() if types.get(request) in kinds) / 1024

        return take

    def first_rows(self, project: str) -> Callable[[], float]:
        """Milliseconds to the first rows of the table, all of them counted."""

        def take() -> float:
            with page_of(self.browser, self.server) as page:
                page.goto(f"/local/{project}/table", wait_until="commit")
                return page.evaluate(
                    """() => new Promise((done) => {
                      const look = () => document.querySelector('[role=row] [role=gridcell]')
                        && Number(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount')) > 100
                        ? done(performance.now()) : requestAnimationFrame(look);
                      look();
                    })"""
                )

        return take

    @contextmanager
    def charts(self, project: str) -> Iterator[Page]:
        """A page whose charts are drawn and at rest."""
        with page_of(self.browser, self.server) as page:
            page.goto(f"/local/{project}")
            page.evaluate(_FIRST_CHART)
            page.wait_for_timeout(1500)
            yield page

    def frames(self, page: Page, work: Callable[[], None]) -> list[float]:
        """Frame times, in ms, while something is done."""
        page.evaluate(_FRAMES)
        work()
        return sorted(page.evaluate(_FRAMES_END))


def p95(values: list[float]) -> float:
    return values[min(int(len(values) * 0.95), len(values) - 1)]


def table_scroll(figures: Figures, project: str) -> float:
    """p95 of a frame while the table is scrolled by the wheel."""
    with page_of(figures.browser, figures.server) as page:
        page.goto(f"/local/{project}/table")
        page.locator("[role=row] [role=gridcell]").first.wait_for()
        page.wait_for_timeout(1000)
        page.mouse.move(900, 500)

        def scroll() -> None:
            for _ in range(60):
                page.mouse.wheel(0, 180)
                page.wait_for_timeout(16)

        return p95(figures.frames(page, scroll))


def hover(figures: Figures) -> float:
    """p95 of a frame while the pointer moves over twelve synced panels."""
    with figures.charts("twelve") as page:
        box = page.locator("canvas").first.bounding_box()
        assert box

        def move() -> None:
            for i in range(80):
                page.mouse.move(box["x"] + 10 + (box["width"] - 20) * i / 80, box["y"] + 60)
                page.wait_for_timeout(8)

        return p95(figures.frames(page, move))


def zoom(figures: Figures, project: str, share: float) -> float:
    """The share's quantile of a frame while all panels are zoomed with the keyboard."""
    with figures.charts(project) as page:
        page.mouse.move(800, 300)

        def keys() -> None:
            for key in "wwwddaass" * 3:
                page.keyboard.press(key)
                page.wait_for_timeout(60)

        times = figures.frames(page, keys)
        return times[min(int(len(times) * share), len(times) - 1)]


def nodes(figures: Figures) -> float:
    with figures.charts("wide500") as page:
        return page.evaluate("document.querySelectorAll('*').length")


def heap(figures: Figures) -> float:
    with figures.charts("wide500") as page:
        page.evaluate("document.querySelector('[data-scroller]').scrollTo(0, 1e6)")
        page.wait_for_timeout(1000)
        return page.evaluate("performance.memory.usedJSHeapSize") / 2**20


def key_press(figures: Figures, project: str) -> float:
    """Milliseconds from a press to its effect in the list of 10,000 runs: a run's eye."""
    with page_of(figures.browser, figures.server) as page:
        page.goto(f"/local/{project}")
        page.locator("[role=row] [role=gridcell]").first.wait_for()
        page.wait_for_timeout(1500)
        eye = page.locator("[data-run] [aria-pressed]").first
        eye.wait_for()
        return page.evaluate(
            """(eye) => new Promise((done) => {
              const before = eye.getAttribute("aria-pressed");
              const start = performance.now();
              const look = () => eye.isConnected && eye.getAttribute("aria-pressed") === before
                ? requestAnimationFrame(look) : done(performance.now() - start);
              eye.click();
              look();
            })""",
            eye.element_handle(),
        )


def log_to_pixel(figures: Figures, points: int) -> float:
    """p95, in ms, from ``log()`` to a changed canvas."""
    with tempfile.TemporaryDirectory() as folder:
        trainer = subprocess.Popen(
            [sys.executable, "-c", _TRAINER],
            cwd=folder,
            env=figures.server.client_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert trainer.stdin and trainer.stdout

        def log() -> float:
            assert trainer.stdin and trainer.stdout
            trainer.stdin.write("\n")
            trainer.stdin.flush()
            return float(trainer.stdout.readline())

        try:
            trainer.stdout.readline()
            for _ in range(3):
                log()
            time.sleep(3)
            times = []
            with figures.charts("live") as page:
                picture = "() => document.querySelector('canvas').toDataURL()"
                for _ in range(points):
                    before = page.evaluate(picture)
                    begun = log()
                    page.wait_for_function(f"(before) => ({picture})() !== before", arg=before, polling=20)
                    times.append((time.time() - begun) * 1000)
                    page.wait_for_timeout(400)
            return p95(sorted(times))
        finally:
            trainer.stdin.close()
            trainer.wait(60)


def seven_tabs(figures: Figures) -> float:
    """Milliseconds until the seventh live tab has its chart."""
    context = figures.browser.new_context(viewport=SIZE, base_url=figures.server.url)
    context.set_default_timeout(PATIENCE_MS)
    try:
        session = {"api_key": figures.server.key}
        context.request.post("/api/session", data=session, headers={"Origin": figures.server.url}).dispose()
        took = 0.0
        for _ in range(7):
            page = context.new_page()
            page.goto("/local/small30", wait_until="commit")
            took = page.evaluate(_FIRST_CHART)
        return took
    finally:
        context.close()


def main() -> None:
    """Seed, open, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    small = asked.quick
    rounds = 1 if small else asked.rounds
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise SystemExit("Chromium is missing. Debian, Ubuntu: sudo apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = ServerProcess(Path(folder) / "server").start()
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            seeder = Seeder(server)
            many = 200 if small else 1000
            most = 500 if small else 10_000
            seeder.project("small30", 30, 6, 200, long=2_000 if small else 50_000)
            seeder.project("big1000", many, 6, 50)
            seeder.project("big10000", most, 20, 0, config_keys=40)
            seeder.project("twelve", 20, 12, 1000)
            seeder.project("hundred", 100, 1, 2000)
            seeder.project("wide500", 3, 500, 20)
            seeder.close()
            figures = Figures(browser, server, rounds)
            figures.row("JS and CSS of the first load", "≤ 250 KB", "KB", figures.transfer({"Script", "Stylesheet"}))
            figures.row("requests to the first chart", "≤ 8", "", figures.transfer(set()))
            figures.row("first chart, cold, 30 runs", "≤ 1,000 ms", "ms", figures.first_chart("small30"))
            figures.row(f"first chart, project of {many:,}", "≤ 1,500 ms", "ms", figures.first_chart("big1000"))
            figures.row(f"first rows, {many:,} runs", "≤ 800 ms", "ms", figures.first_rows("big1000"))
            figures.row(f"first rows, {most:,} runs × 60", "≤ 1,200 ms", "ms", figures.first_rows("big10000"))
            figures.row(
                f"table scroll, {most:,} × 60, frame p95", "≤ 33 ms", "ms", lambda: table_scroll(figures, "big10000")
            )
            figures.row("hover, 12 panels synced, frame p95", "≤ 17 ms", "ms", lambda: hover(figures))
            figures.row("zoom, 12 × 20 × 1,000, frame p50", "≤ 33 ms", "ms", lambda: zoom(figures, "twelve", 0.5))
            figures.row("zoom, 12 × 20 × 1,000, frame p95", "≤ 50 ms", "ms", lambda: zoom(figures, "twelve", 0.95))
            figures.row(
                "100 runs × 2,000 in one panel, zoom p50", "≤ 33 ms", "ms", lambda: zoom(figures, "hundred", 0.5)
            )
            figures.row("500 panels: DOM nodes", "< 6,000", "", lambda: nodes(figures), 1)
            figures.row("500 panels, scrolled: JS heap", "< 150 MB", "MB", lambda: heap(figures))
            figures.row(f"a run's eye at {most:,} runs", "≤ 100 ms", "ms", lambda: key_press(figures, "big10000"))
            figures.row("log() to pixel, p95", "≤ 1,500 ms", "ms", lambda: log_to_pixel(figures, 3 if small else 12), 1)
            figures.row("the seventh live tab's first chart", "loads", "ms", lambda: seven_tabs(figures), 1)
        finally:
            browser.close()
            server.stop()


if __name__ == "__main__":
    main()
