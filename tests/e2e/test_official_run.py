"""A run of the unmodified official client, shown as one of ours: axes, values, alerts, files, log, artifacts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.protocol import official
from tests.serving import ServerProcess

from .conftest import Complaints, OpenPage
from .looking import coloured_pixels, eventually, plot, run_row
from .test_accessibility import THEMES, assert_nothing_found, axe  # noqa: F401
from .training import Project

SCRIPT = """
    import sys, wave
    import numpy as np
    import wandb

    with wave.open("beep.wav", "wb") as sound:
        sound.setnchannels(1); sound.setsampwidth(2); sound.setframerate(8000); sound.writeframes(bytes(1600))
    run = wandb.init(
        project="theirs", name="official", id="theirs1", group="ablation", job_type="train", notes="plain",
        config={"model": {"name": "vit", "heads": {"n": 6}}, "lr": 3e-4},
    )
    run.define_metric("epoch", hidden=True)
    run.define_metric("val/*", step_metric="epoch")
    for step in range(40):
        row = {"train/loss": float("nan") if step == 3 else 1 / (step + 1), "status": "warm", "optim": {"lr": 0.1}}
        if step % 10 == 9:
            row |= {"epoch": step // 10, "val/acc": step / 40}
        run.log(row)
    run.log({
        "sample": wandb.Image(np.zeros((8, 6, 3), np.uint8)),
        "spread": wandb.Histogram([1, 2, 2, 3]),
        "sound": wandb.Audio("beep.wav"),
        "page": wandb.Html("<script>document.title = 'ran'; document.write('seen')</script>", inject=False),
        "rows": wandb.Table(columns=["name", "score"], data=[["x", 0.5], ["y", 0.25]]),
    })
    run.alert("Loss spiked", "over 9 at step 3", level=wandb.AlertLevel.WARN)
    print("\\x1b[31mred words\\x1b[0m")
    print("a word on stderr", file=sys.stderr)
    for n in range(5):
        print(f"\\rprogress {n + 1}/5", end="", flush=True)
    print()
    for name, text in {
        "report.md": "# Report\\n\\n*fine*",
        "diff.patch": "--- a/x\\n+++ b/x\\n@@ -1 +1 @@\\n-old\\n+new\\n",
        "data.csv": "a,b\\n1,two\\n",
        "train.py": "def f():\\n    return 1\\n",
    }.items():
        with open(name, "w") as file:
            file.write(text)
        run.save(name, policy="now")
    weights = wandb.Artifact("weights", type="model")
    with weights.new_file("w.txt") as file:
        file.write("heavy")
    run.log_artifact(weights, aliases=["best"])
    run.finish()

    notes = "# Plan\\n\\nTry **cosine**. <img src=x onerror=alert(1)><script>alert(2)</script>"
    run = wandb.init(project="theirs", name="forked", id="theirs2", fork_from="theirs1?_step=9", notes=notes)
    run.log({"train/loss": 0.5})
    run.finish()
"""


@pytest.fixture(scope="module")
def theirs(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with a run of the official client that logged everything, and a fork of it."""
    home = tmp_path_factory.mktemp("official")
    official.run(server, home, SCRIPT)
    return Project(server, "theirs").wait_for({"official": "finished", "forked": "finished"})


def card(page: Page, title: str) -> Locator:
    """Find a card or a preview by its name."""
    return page.get_by_role("region", name=title, exact=True)


def test_charts_run_over_the_step_metric_that_the_script_named(page: Page, theirs: Project):
    page.goto(f"{theirs.path}?show=theirs1")
    expect(plot(page, "val/acc")).to_have_attribute("aria-label", re.compile("^val/acc over epoch, "))
    expect(plot(page, "train/loss")).to_have_attribute("aria-label", re.compile("^train/loss over step, "))
    eventually(page, lambda: coloured_pixels(page, "val/acc") > 100, "a line over epochs")
    drawn = page.locator("[data-panel]").filter(has=page.locator("[role=img][aria-label*=' over ']"))
    charts = [panel.get_attribute("data-panel") for panel in drawn.all()]
    assert sorted(filter(None, charts)) == ["optim.lr", "train/loss", "val/acc"]
    expect(
        page.get_by_text("8 of 9 panels shown · 1 hidden by the script, found by name · 1 key holds text")
    ).to_be_visible()
    page.get_by_label("Filter panels").fill("epoch")
    expect(plot(page, "epoch")).to_be_visible()


def test_the_reader_chooses_another_axis_for_one_chart_and_for_all(page: Page, theirs: Project):
    page.goto(theirs.path)
    page.locator("[data-panel='val/acc']").hover()
    page.get_by_role("button", name="x axis of val/acc").click()
    page.get_by_role("option", name="step", exact=True).click()
    expect(plot(page, "val/acc")).to_have_attribute("aria-label", re.compile("over step"))
    draft = f"/api/projects{theirs.path}/views/draft"
    eventually(page, lambda: page.request.get(draft).status == 200, "the server keeps it")
    page.reload()
    expect(plot(page, "val/acc")).to_have_attribute("aria-label", re.compile("over step"))
    page.get_by_role("button", name="x own step metric").click()
    page.get_by_role("dialog").get_by_role("option", name="epoch").click()
    expect(plot(page, "train/loss")).to_have_attribute("aria-label", re.compile("over epoch"))
    expect(plot(page, "val/acc")).to_have_attribute("aria-label", re.compile("over step"))
    page.locator("[data-panel='val/acc']").hover()
    page.get_by_role("button", name="x axis of val/acc").click()
    page.get_by_role("option", name="like the others").click()
    expect(plot(page, "val/acc")).to_have_attribute("aria-label", re.compile("over epoch"))


def test_a_range_zooms_the_charts_of_its_axis_alone(page: Page, theirs: Project):
    page.goto(f"{theirs.path}?zoom=0~2&over=epoch")
    expect(plot(page, "val/acc")).to_be_visible()
    eventually(page, lambda: coloured_pixels(page, "train/loss") > 100, "the whole line over steps")
    page.goto(f"{theirs.path}?zoom=1000~2000&over=epoch")
    expect(page.locator("[data-panel='val/acc']")).to_contain_text("No value in the shown range")
    expect(plot(page, "train/loss")).to_be_visible()


def test_the_overview_shows_what_the_official_client_recorded(page: Page, theirs: Project):
    page.goto(theirs.page_of("official"))
    expect(card(page, "Alerts")).to_contain_text(re.compile(r"Warning\s*Loss spiked\s*over 9 at step 3"))
    config = card(page, "Config")
    expect(config).to_contain_text(re.compile(r"heads\s*1\s*n\s*6"))
    config.get_by_role("button", name="model").click()
    expect(config).not_to_contain_text("vit")
    config.get_by_label("Search keys and values").fill("vit")
    expect(config).to_contain_text(re.compile(r"name\s*vit"))
    summary = card(page, "Summary")
    expect(summary).to_contain_text("histogram, 64 bins")
    expect(summary).not_to_contain_text("_type")
    expect(card(page, "Environment")).to_contain_text("wandb ")
    expect(card(page, "Run")).to_contain_text(re.compile(r"Group\s*ablation\s*Job type\s*train"))
    expect(card(page, "Artifacts")).to_contain_text(re.compile(r"out\s*model\s*weights\s*v0\s*5"))
    summary.get_by_role("link", name="image").click()
    picture = page.locator("img[src*='media/images/sample']")
    size = "image => [image.naturalWidth, image.naturalHeight]"
    eventually(page, lambda: picture.evaluate(size) == [6, 8], "the picture")


def test_notes_are_markdown_that_runs_nothing(page: Page, theirs: Project, complaints: Complaints):
    complaints.expect("inline event handler")
    page.goto(theirs.page_of("forked"))
    notes = card(page, "Notes")
    expect(notes.get_by_role("heading", name="Plan")).to_be_visible()
    expect(notes.locator("strong")).to_have_text("cosine")
    expect(notes.locator("img")).to_have_count(1)
    expect(notes.locator("script, [onerror]")).to_have_count(0)


def test_every_kind_of_file_has_its_preview(page: Page, theirs: Project):
    page.goto(theirs.page_of("official", "files"))

    def show(name: str) -> None:
        page.get_by_role("button", name=re.compile(f"^{name}")).click()

    show("report.md")
    expect(page.get_by_role("heading", name="Report", exact=True)).to_be_visible()
    page.get_by_role("button", name="Text", exact=True).click()
    expect(card(page, "report.md")).to_contain_text("*fine*")
    show("data.csv")
    expect(page.get_by_role("cell", name="two")).to_be_visible()
    show("train.py")
    expect(page.locator("[data-token=word]").first).to_have_text("def")
    show("diff.patch")
    expect(page.locator("[data-diff=added]")).to_have_text("+new")
    expect(page.locator("[data-diff=removed]")).to_have_text("-old")
    show("page_")
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("seen")
    assert "ran" not in page.title()
    show("sound_")
    expect(page.locator("audio")).to_be_visible()
    show("rows_")
    expect(page.get_by_role("cell", name="0.25")).to_be_visible()
    expect(page.get_by_text("2 rows.")).to_be_visible()


def test_a_file_is_deleted_after_a_question(page: Page, theirs: Project):
    page.goto(theirs.page_of("official", "files") + "?file=report.md")
    page.get_by_role("button", name="Delete report.md").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete the file").click()
    expect(page.get_by_role("button", name=re.compile("^report.md"))).to_have_count(0)
    status, _, _ = theirs.server.request("GET", f"/files{theirs.path}/theirs1/report.md")
    assert status == 404


def test_the_log_keeps_colours_levels_and_the_last_state_of_a_progress_bar(page: Page, theirs: Project):
    page.goto(theirs.page_of("official", "logs"))
    log = page.get_by_role("region", name="Log")
    expect(log.get_by_text("red words", exact=True)).to_have_css("color", "rgb(179, 38, 30)")
    stderr = log.locator("[data-line]").filter(has_text="a word on stderr")
    expect(stderr).to_have_attribute("data-tone", "err")
    expect(stderr).to_contain_text("err")
    expect(log.get_by_text("progress 5/5")).to_be_visible()
    expect(log).not_to_contain_text("progress 4/5")


def test_a_fork_names_its_parent(page: Page, theirs: Project, complaints: Complaints):
    complaints.expect("inline event handler")
    page.goto(theirs.page_of("forked"))
    origin = card(page, "Run")
    expect(origin).to_contain_text(re.compile(r"Forked from\s*official\s*at step 9"))
    origin.get_by_role("link", name="official").click()
    expect(page.get_by_role("heading", name="official")).to_be_visible()


def test_an_artifact_shows_its_files(page: Page, theirs: Project):
    page.goto(theirs.page_of("official", "artifacts"))
    page.get_by_role("button", name=re.compile("^weights")).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download w.txt").click()
    assert Path(download.value.path()).read_text() == "heavy"


def test_media_make_no_columns_of_their_own_and_no_raw_text(page: Page, theirs: Project):
    page.goto(f"{theirs.path}/table")
    expect(run_row(page, "official")).to_contain_text("Finished")
    expect(page.get_by_role("columnheader", name="val/acc")).to_be_visible()
    expect(page.get_by_role("columnheader", name="sample")).to_have_count(0)
    page.get_by_role("switch", name="Only what differs").click()
    expect(page.get_by_role("columnheader", name="sample")).to_be_visible()
    expect(run_row(page, "official")).to_contain_text("image, 6")
    expect(run_row(page, "official")).not_to_contain_text("_type")


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_on_any_screen(open_page: OpenPage, theirs: Project, axe: str, theme: str):  # noqa: F811
    page = open_page(color_scheme=theme)
    page.goto(theirs.path)
    page.locator("[data-panel='val/acc']").hover()
    page.get_by_role("button", name="x axis of val/acc").click()
    expect(page.get_by_role("dialog").get_by_role("option", name="epoch")).to_be_visible()
    assert_nothing_found(page, axe)
    page.goto(theirs.page_of("official"))
    expect(card(page, "Alerts")).to_be_visible()
    expect(card(page, "Artifacts")).to_be_visible()
    assert_nothing_found(page, axe)
    page.goto(theirs.page_of("official", "files"))
    for name, shown in {"diff.patch": "[data-diff]", "data.csv": "td", "train.py": "[data-token]"}.items():
        page.get_by_role("button", name=re.compile(f"^{name}")).click()
        expect(page.locator(shown).first).to_be_visible()
        assert_nothing_found(page, axe)
    page.goto(theirs.page_of("official", "artifacts"))
    page.get_by_role("button", name=re.compile("^weights")).click()
    expect(page.get_by_role("link", name="Download w.txt")).to_be_visible()
    assert_nothing_found(page, axe)
