"""What a person waits for in the browser: first charts and rows, keys, live points, logs; each gives milliseconds."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page
from tests.serving import ServerProcess

from .pages import FIRST_CHART, SIZE, charts, page_of, quantile

AXE = Path(__file__).resolve().parents[2] / "ui/node_modules/axe-core/axe.min.js"

_FIRST_ROWS = """(runs) => new Promise((done, fail) => {
  setTimeout(() => fail(new Error("no rows within a minute")), 60000);
  const look = () => document.querySelector('[role=row] [role=gridcell]')
    && Number(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount')) === runs + 1
    ? done(performance.now()) : requestAnimationFrame(look);
  look();
})"""

# From a press or a click to the frame in which something on the page reads otherwise.
_EFFECT = """([selector, name]) => {
  const read = () => {
    const one = document.querySelector(selector);
    return one && (name ? one.getAttribute(name) : one.textContent);
  };
  const before = read();
  window.__effect = new Promise((done, fail) => {
    setTimeout(() => fail(new Error("no effect within a minute")), 60000);
    let begun = 0;
    const begin = (event) => { begun ||= event.timeStamp; };
    addEventListener("keydown", begin, true);
    addEventListener("pointerdown", begin, true);
    const look = () => begun && read() !== before
      ? done(performance.now() - begun) : requestAnimationFrame(look);
    look();
  });
}"""

_TEXT = """(wanted) => new Promise((done, fail) => {
  setTimeout(() => fail(new Error("not on the page within a minute")), 60000);
  const look = () => document.body.textContent.includes(wanted)
    ? done(performance.now()) : requestAnimationFrame(look);
  look();
})"""

_TRAINER = """
import sys, time, runwell
run = runwell.init(project=sys.argv[1], name="live")
print(run.id, flush=True)
step = 0
for line in sys.stdin:
    run.log({"loss": 1.0 / (step + 1)})
    step += 1
    print(time.time(), flush=True)
run.finish()
"""


class Moments:
    """Takes one figure at a time from a server with the seeded projects."""

    def __init__(self, browser: Browser, server: ServerProcess) -> None:
        self.browser = browser
        self.server = server

    def first_chart(self, project: str, text: str = "") -> float:
        """From the navigation to the first coloured pixel, in a cold profile; ``text`` must stand on the page then."""
        with page_of(self.browser, self.server) as page:
            page.goto(f"/local/{project}", wait_until="commit")
            took = page.evaluate(FIRST_CHART)
            if text not in page.locator("body").inner_text():
                raise AssertionError(f"the page doesn't say {text!r}")
            return took

    def first_rows(self, project: str, runs: int) -> float:
        """To the first rows of the table, which says how many there are."""
        with page_of(self.browser, self.server) as page:
            page.goto(f"/local/{project}/table", wait_until="commit")
            return page.evaluate(_FIRST_ROWS, runs)

    def table(self, page: Page, project: str) -> None:
        """Open a table at rest."""
        page.goto(f"/local/{project}/table")
        page.locator("[role=row] [role=gridcell]").first.wait_for()
        page.wait_for_timeout(1500)

    def eye(self, project: str) -> float:
        """From a click on a run's eye to the closed eye."""
        with page_of(self.browser, self.server) as page:
            self.table(page, project)
            page.evaluate(_EFFECT, ["[data-run] [aria-pressed]", "aria-pressed"])
            page.locator("[data-run] [aria-pressed]").first.click()
            return page.evaluate("window.__effect")

    def sort(self, project: str) -> float:
        """From a click on a column's head to another first row."""
        with page_of(self.browser, self.server) as page:
            self.table(page, project)
            page.evaluate(_EFFECT, ["[role=row][data-line='0']", "data-run"])
            page.locator("[role=columnheader]").nth(3).get_by_role("button").first.click()
            return page.evaluate("window.__effect")

    def filter(self, project: str) -> float:
        """From the key that ends an expression to another count of matching runs."""
        with page_of(self.browser, self.server) as page:
            self.table(page, project)
            line = page.get_by_label("Filter expression", exact=True)
            line.click()
            line.type("config.seed <")
            page.wait_for_timeout(1000)
            page.evaluate(_EFFECT, ["[role=grid]", "aria-rowcount"])
            line.press("9")
            return page.evaluate("window.__effect")

    def typing(self, project: str) -> float:
        """p95 of the time from a typed key to the next paint, as the browser's Event Timing tells it."""
        with page_of(self.browser, self.server) as page:
            self.table(page, project)
            page.evaluate(
                """() => {
                  window.__keys = [];
                  new PerformanceObserver((list) => list.getEntries().forEach(({ name, duration }) =>
                    name === "keydown" && window.__keys.push(duration)
                  )).observe({ type: "event", durationThreshold: 16 });
                }"""
            )
            line = page.get_by_label("Filter expression", exact=True)
            line.click()
            line.type("config.lr < 0.01 and summary.part0/metric1 > 0.5", delay=60)
            page.wait_for_timeout(500)
            slow = page.evaluate("window.__keys")
            # Keys that took less than a frame aren't told.
            return quantile(sorted([*slow, *[8.0] * max(48 - len(slow), 0)]), 0.95)

    def log_to_pixel(self, points: int) -> float:
        """p95 from ``log()`` to a changed canvas."""
        project = f"live{time.time_ns()}"
        with tempfile.TemporaryDirectory() as folder:
            trainer = subprocess.Popen(
                [sys.executable, "-c", _TRAINER, project],
                cwd=folder,
                env=self.server.client_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            stdin, stdout = trainer.stdin, trainer.stdout
            assert stdin and stdout

            def log() -> float:
                stdin.write("\n")
                stdin.flush()
                return float(stdout.readline())

            try:
                stdout.readline()
                for _ in range(3):
                    log()
                time.sleep(3)
                times: list[float] = []
                with charts(self.browser, self.server, project) as page:
                    page.wait_for_timeout(1500)
                    picture = "() => document.querySelector('canvas').toDataURL()"
                    for _ in range(points):
                        before = page.evaluate(picture)
                        begun = log()
                        page.wait_for_function(f"(before) => ({picture})() !== before", arg=before, polling=20)
                        times.append((time.time() - begun) * 1000)
                        page.wait_for_timeout(400)
                return quantile(sorted(times), 0.95)
            finally:
                stdin.close()
                trainer.wait(60)
                self.server.request("DELETE", f"/api/projects/local/{project}")

    def seven_tabs(self, project: str) -> float:
        """To the chart of the seventh live tab."""
        context = self.browser.new_context(viewport=SIZE, base_url=self.server.url)
        try:
            session = {"api_key": self.server.key}
            context.request.post("/api/session", data=session, headers={"Origin": self.server.url}).dispose()
            took = 0.0
            for _ in range(7):
                page = context.new_page()
                page.goto(f"/local/{project}", wait_until="commit")
                took = page.evaluate(FIRST_CHART)
            return took
        finally:
            context.close()

    def log_opened(self) -> float:
        """From a click on the run's Log tab to the first lines of the long log."""
        with page_of(self.browser, self.server) as page:
            page.goto("/local/log/runs/printed")
            tab = page.locator('a[href*="/printed/logs"]').first
            tab.wait_for()
            page.wait_for_timeout(1500)
            begun = page.evaluate("performance.now()")
            tab.click()
            return page.evaluate(_TEXT, "step 0 loss") - begun

    def log_end(self, lines: int) -> float:
        """From the key to the last line of the long log."""
        with page_of(self.browser, self.server) as page:
            page.goto("/local/log/runs/printed/logs")
            page.evaluate(_TEXT, "step 0 loss")
            page.wait_for_timeout(1500)
            begun = page.evaluate("performance.now()")
            page.keyboard.press("End")
            return page.evaluate(_TEXT, f"step {lines - 1} loss") - begun

    def violations(self) -> float:
        """Count what axe finds wrong: workspace, table, run and home, in both themes."""
        source, found = AXE.read_text("utf-8"), 0
        for theme in ("light", "dark"):
            with page_of(self.browser, self.server, theme) as page:
                run = "/local/small30/runs/run-00000"
                for path in (
                    "/",
                    "/local/small30",
                    "/local/small30/table",
                    run,
                    f"{run}/logs",
                    f"{run}/files",
                    "/settings",
                ):
                    page.goto(path)
                    page.locator("h1").first.wait_for(state="attached")
                    page.wait_for_timeout(1000)
                    page.evaluate(source)
                    options = '{ exclude: ["[data-base-ui-focus-guard]"] }, { resultTypes: ["violations"] }'
                    found += page.evaluate(f"async () => (await axe.run({options})).violations.length")
        return found
