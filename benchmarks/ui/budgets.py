"""The web UI's budgets in headless Chromium.

    python -m benchmarks.ui.budgets [--data DIR] [--rounds 5] [--only TEXT] [--quick]

A real server on seeded projects: 30 runs, one of them 50,000 steps long; 1,000 runs; 10,000 runs × 60 columns; 20 runs
× 1,000 steps × 12 metrics; 100 runs × 2,000 steps; 500 metrics; a run of 1,000,000 steps; a log of 1,000,000 lines.
``--data`` (or RUNWELL_BENCH_UI) is where they are kept: seeded once, in three minutes, used from then on; by default
in the user's caches. A fresh browser profile for each cold figure. Median, with range. Times are the clock's: leave
the machine alone meanwhile. ``--quick`` makes small projects and one round, to see that it works.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from tests.serving import ServerProcess

from .moments import Moments
from .pages import FIRST_CHART, charts, frames, launch, page_of, quantile
from .seed import SMALL, Sizes, seed


def say(text: str) -> None:
    """Tell whoever waits; what is printed is the table."""
    print(text, file=sys.stderr, flush=True)


class Figures:
    """Takes figures and prints rows of a table; remembers what misses its goal."""

    def __init__(self, rounds: int, only: str) -> None:
        self.rounds = rounds
        self.only = only
        self.missed: list[str] = []
        print("| figure | goal | median | range |\n|---|---|---|---|", flush=True)

    def row(
        self, name: str, goal: float | None, unit: str, take: Callable[[], float], rounds: int | None = None
    ) -> None:
        """Take a figure so many times; one that can't be taken says so instead of ending the others."""
        if self.only not in name:
            return
        wanted = "" if goal is None else f"≤ {goal:,.0f} {unit}".strip()
        try:
            values = [take() for _ in range(min(rounds or self.rounds, self.rounds))]
        except Exception as error:
            reason = f"{type(error).__name__} {(str(error).splitlines() or [''])[0][:80]}"
            print(f"| {name} | {wanted} | not taken: {reason} | |", flush=True)
            self.missed.append(f"{name}: not taken")
            return
        low, high, median = min(values), max(values), statistics.median(values)
        spread = "" if f"{low:,.0f}" == f"{high:,.0f}" else f"{low:,.0f}–{high:,.0f}"
        print(f"| {name} | {wanted} | {median:,.0f} {unit} | {spread} |".replace("  ", " "), flush=True)
        if goal is not None and round(median) > goal:
            self.missed.append(f"{name}: {median:,.0f}, the goal is {goal:,.0f}")


def transfer(browser: Browser, server: ServerProcess, kinds: set[str]) -> float:
    """Kilobytes of these kinds (or number of requests, for none) until the first chart."""
    with page_of(browser, server) as page:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        types: dict[str, str] = {}
        sizes: dict[str, float] = {}
        session.on("Network.responseReceived", lambda e: types.update({e["requestId"]: e["type"]}))
        session.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
        page.goto("/local/small30", wait_until="commit")
        page.evaluate(FIRST_CHART)
        if not kinds:
            return len(types)
        page.wait_for_timeout(300)
        return sum(size for request, size in sizes.items() if types.get(request) in kinds) / 1024


def table_scroll(browser: Browser, server: ServerProcess, project: str, by_px: int) -> float:
    """p95 of a frame while the table is scrolled by the wheel."""
    with page_of(browser, server) as page:
        Moments(browser, server).table(page, project)
        page.mouse.move(900, 500)

        def scroll() -> None:
            for _ in range(60):
                page.mouse.wheel(0, by_px)
                page.wait_for_timeout(16)

        return quantile(frames(page, scroll), 0.95)


def hover(browser: Browser, server: ServerProcess) -> float:
    """p95 of a frame while the pointer moves over twelve synced panels."""
    with charts(browser, server, "twelve") as page:
        box = page.locator("canvas").first.bounding_box()
        assert box

        def move() -> None:
            for i in range(80):
                page.mouse.move(box["x"] + 10 + (box["width"] - 20) * i / 80, box["y"] + 60)
                page.wait_for_timeout(8)

        return quantile(frames(page, move), 0.95)


def zoom(browser: Browser, server: ServerProcess, project: str, share: float) -> float:
    """The share's quantile of a frame while all panels are zoomed and moved with the keyboard."""
    with charts(browser, server, project) as page:
        page.mouse.move(800, 300)

        def keys() -> None:
            for key in "wwwddaass" * 3:
                page.keyboard.press(key)
                page.wait_for_timeout(60)

        return quantile(frames(page, keys), share)


def nodes(browser: Browser, server: ServerProcess) -> float:
    """The most elements that a page of 500 panels has, at rest and while it is scrolled through."""
    with charts(browser, server, "wide500") as page:
        most = 0
        for part in range(6):
            page.evaluate(
                "(share) => { const box = document.querySelector('[data-scroller]');"
                " box.scrollTo(0, box.scrollHeight * share); }",
                part / 5,
            )
            page.wait_for_timeout(700)
            most = max(most, page.evaluate("document.querySelectorAll('*').length"))
        return most


def heap(browser: Browser, server: ServerProcess) -> float:
    """Megabytes of JavaScript's objects after a page of 500 panels was scrolled to its end."""
    with charts(browser, server, "wide500") as page:
        page.evaluate("document.querySelector('[data-scroller]').scrollTo(0, 1e6)")
        page.wait_for_timeout(1000)
        return page.evaluate("performance.memory.usedJSHeapSize") / 2**20


def measure(figures: Figures, browser: Browser, server: ServerProcess, sizes: Sizes) -> None:
    """Take every row of the budgets."""
    moments = Moments(browser, server)
    many, most, row = f"{sizes.many:,}", f"{sizes.most:,}", figures.row
    first_load = {"Document", "Script", "Stylesheet"}
    row("JS and CSS of the first load", 250, "KB", lambda: transfer(browser, server, first_load), 1)
    row("requests to the first chart", 8, "", lambda: transfer(browser, server, set()), 3)
    row("first chart, cold, 30 runs", 1000, "ms", lambda: moments.first_chart("small30"))
    row(
        f"first chart, project of {many}, “20 of {many}” shown",
        1500,
        "ms",
        lambda: moments.first_chart("big1000", f"20 of {many}"),
    )
    row(f"first chart, a run of {sizes.long:,} steps", 1500, "ms", lambda: moments.first_chart("million"))
    row(f"first rows, {many} runs", 800, "ms", lambda: moments.first_rows("big1000", sizes.many))
    row(f"first rows, {most} runs × 60", 1200, "ms", lambda: moments.first_rows("big10000", sizes.most))
    row(f"table scroll, {most} × 60, frame p95", 33, "ms", lambda: table_scroll(browser, server, "big10000", 180), 3)
    row("the same, four times as fast", 33, "ms", lambda: table_scroll(browser, server, "big10000", 720), 3)
    row("hover, 12 panels synced, frame p95", 17, "ms", lambda: hover(browser, server), 3)
    row("zoom, 12 × 20 × 1,000, frame p50", 33, "ms", lambda: zoom(browser, server, "twelve", 0.5), 3)
    row("zoom, 12 × 20 × 1,000, frame p95", 50, "ms", lambda: zoom(browser, server, "twelve", 0.95), 3)
    row("100 runs × 2,000 in one panel, zoom, frame p50", 33, "ms", lambda: zoom(browser, server, "hundred", 0.5), 3)
    row("500 panels: DOM nodes", 6000, "", lambda: nodes(browser, server), 1)
    row("500 panels, scrolled: JS heap", 150, "MB", lambda: heap(browser, server), 3)
    row(f"{most} runs: key to next paint, typing a filter, p95", 100, "ms", lambda: moments.typing("big10000"), 3)
    row(f"{most} runs: a run's eye", 100, "ms", lambda: moments.eye("big10000"))
    row(f"{most} runs: sorted by a column", 100, "ms", lambda: moments.sort("big10000"))
    row(f"{most} runs: filtered", 100, "ms", lambda: moments.filter("big10000"))
    row("log() to pixel, p95", 1500, "ms", lambda: moments.log_to_pixel(20 if sizes == Sizes() else 3), 1)
    row("seven live tabs: the seventh's first chart", 1500, "ms", lambda: moments.seven_tabs("small30"), 1)
    row(f"log of {sizes.log:,} lines: open", 500, "ms", lambda: moments.log_opened())
    row(f"log of {sizes.log:,} lines: to its end", 300, "ms", lambda: moments.log_end(sizes.log))
    row("axe: violations on 7 pages, both themes", 0, "", moments.violations, 1)


def main() -> None:
    """Seed, open, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "runwell" / "ui-budgets"
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("RUNWELL_BENCH_UI") or caches))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="rows with this in their name")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    sizes = SMALL if asked.quick else Sizes()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = ServerProcess((Path(folder) if asked.quick else asked.data) / "server").start()
        browser = launch(playwright)
        try:
            seed(server, sizes, say)
            load = os.getloadavg()[0]
            figures = Figures(1 if asked.quick else asked.rounds, asked.only)
            measure(figures, browser, server, sizes)
        finally:
            browser.close()
            server.stop()
    missed = "\n".join(f"- {one}" for one in figures.missed)
    print(f"\nNot reached:\n\n{missed}" if missed else "\nEvery goal of this table is reached.")
    print(f"\nPictures of every page are looked at by hand. Load of the machine before: {load:.1f}.")


if __name__ == "__main__":
    main()
