"""Two runs of a script that changed between them, and a fork: their code and logs compared, the fork on its chart."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.serving import ServerProcess

from .conftest import Complaints
from .looking import chart, coloured_pixels, eventually, parse_colour, plot
from .test_accessibility import assert_nothing_found, axe  # noqa: F401

SCRIPT = """
import sys
import runwell

OPTIM = "# one\\n# two\\n# three\\n# four\\nlr = {}\\n"

def train(name, lr, first=0, **more):
    open("optim.py", "w").write(OPTIM.format(lr))
    config = None if more else {"lr": lr, "seed": 7}
    with runwell.init(project="forked", id=name, name=name, config=config, **more) as run:
        run.define_metric("loss", goal="minimize", summary="min")
        run.log_code(".")
        print("the same line")
        for step in range(first, 100):
            run.log({"loss": lr + 1 / (1 + step)}, step=step)
        print(f"trained with {lr} in 3.2s")
        print("odd", file=sys.stderr)

train("first", 0.1)
train("second", 0.2)
train("branch", 0.4, 51, fork_from="first?_step=50")
"""
PAIR = "/local/forked/compare?runs=first,second"


@pytest.fixture(scope="module")
def forked(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A project with two runs, and a fork of the first."""
    folder: Path = tmp_path_factory.mktemp("forked")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=folder, env=server.client_environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    yield


def test_code_and_logs_of_two_runs_are_compared(page: Page, forked: None, complaints: Complaints, axe: str):  # noqa: F811
    page.goto(PAIR)
    code = page.get_by_role("region", name="Code")
    expect(code.get_by_role("status")).to_contain_text("1 of 1 file differs")
    expect(code.get_by_role("button", name=re.compile("optim.py"))).to_contain_text("+1 −1")
    expect(code.locator("[data-diff=removed]")).to_contain_text("lr = 0.1")
    expect(code.locator("[data-diff=added]")).to_contain_text("lr = 0.2")
    log = page.get_by_role("region", name="Log")
    expect(log.get_by_role("status")).to_have_text(re.compile("^first line that differs: [12] of 3$"))
    log.get_by_role("button", name="Log", exact=True).click()
    # What came on stderr may stand anywhere among the lines.
    expect(log.locator("[data-diff=removed]").filter(has_text="trained with 0.1")).to_be_visible()
    expect(log.locator("[data-diff=added]").filter(has_text="trained with 0.2")).to_be_visible()
    expect(log.locator("[data-diff=same]").filter(has_text="the same line")).to_be_visible()
    # The address opens what is open.
    code.get_by_role("button", name=re.compile("optim.py")).click()
    expect(page).to_have_url(re.compile("open=log,file:optim.py|open=log%2Cfile%3Aoptim.py|open=log,file%3Aoptim.py"))
    page.reload()
    expect(log.locator("[data-diff=same]").filter(has_text="the same line")).to_be_visible()
    expect(code.get_by_role("button", name=re.compile("optim.py"))).to_have_attribute("aria-expanded", "false")
    code.get_by_role("button", name=re.compile("optim.py")).click()
    # What is measured is better or worse as its script said, in colour and sign.
    low = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(r"loss.min\s*↓")))
    expect(low.locator("small")).to_have_text("+.100")
    expect(low.locator("small")).to_have_attribute("title", "worse")
    expect(page.get_by_role("button", name=re.compile("^Packages 0 of"))).to_be_visible()
    assert_nothing_found(page, axe)
    # A run that is gone is named, and can be left out.
    complaints.expect("404.*runs/gone")
    page.goto(PAIR + ",gone")
    expect(page.get_by_role("alert")).to_contain_text("not there any more: gone")
    page.get_by_role("button", name="Leave out", exact=True).click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_fork_is_marked_on_its_chart_and_held_against_its_baseline(page: Page, forked: None, axe: str):  # noqa: F811
    page.goto("/local/forked/runs/branch/charts")
    spoken = page.get_by_role("table", name="Last values of").first
    expect(spoken.get_by_role("row", name=re.compile("^branch"))).to_contain_text("Forked from first at step 50")
    expect(chart(page, "loss")).to_be_visible()
    swatch = page.locator("header svg line").first
    colour = parse_colour(swatch.evaluate("line => getComputedStyle(line).stroke"))
    whole = chart(page, "loss").evaluate("canvas => canvas.width")

    def inked(left: float, right: float) -> int:
        return chart(page, "loss").evaluate(
            """(canvas, [from, to, wanted]) => {
              const x = Math.round(from), width = Math.round(to - from);
              const { data } = canvas.getContext("2d").getImageData(x, 0, width, canvas.height);
              let n = 0;
              for (let i = 0; i < data.length; i += 4)
                if (data[i + 3] > 200 && [0, 1, 2].every((c) => Math.abs(data[i + c] - wanted[c]) < 9)) n++;
              return n;
            }""",
            [left, right, colour],
        )

    eventually(page, lambda: coloured_pixels(page, "loss", colour) > 100, "the line is drawn")
    # Its own part has its whole colour; what it took over is paler.
    assert inked(whole * 0.6, whole * 0.9) > 5 * max(inked(whole * 0.15, whole * 0.4), 1)
    box = plot(page, "loss").locator(".u-over").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 50 / 99, box["y"] + box["height"] / 2)
    expect(page.get_by_text("Forked from first at step 50", exact=True)).to_be_visible()

    page.goto("/local/forked/runs/second?base=first")
    config = page.get_by_role("region", name="Config")
    expect(config.get_by_role("button", name="Differs from baseline 1")).to_have_attribute("aria-pressed", "true")
    expect(config.get_by_role("row").nth(1)).to_contain_text(re.compile("lr.*0.2.*0.1"))
    summary = page.get_by_role("region", name="Summary")
    summary.get_by_role("button", name="Best", exact=True).click()
    expect(summary.get_by_role("row").nth(1).get_by_role("cell")).to_have_text(["99", "0.2100", "+.100"])
    assert_nothing_found(page, axe)


def test_a_log_shows_one_stream_alone(page: Page, forked: None):
    page.goto("/local/forked/runs/first/logs")
    lines = page.locator("[data-line]")
    expect(lines).to_have_count(3)
    page.get_by_role("button", name="stderr").click()
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("odd")
    expect(page.get_by_text("1 of 3 lines")).to_be_visible()
    page.get_by_role("button", name="stdout").click()
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
    page.get_by_role("button", name="Times").click()
    expect(lines.first).not_to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
