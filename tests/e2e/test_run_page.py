"""One run's page: what it was given and what came out, its charts, its log while it grows, its files."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.serving import ServerProcess

from .looking import coloured_pixels, drawing, eventually, is_marked, mark, query, steady_drawing
from .training import Project


def card(page: Page, title: str) -> Locator:
    """Find a card of the overview by its heading."""
    return page.get_by_role("region", name=title, exact=True)


def open_tab(page: Page, name: str) -> None:
    """Go to another tab of the run's page."""
    page.get_by_role("navigation").last.get_by_role("link", name=re.compile(f"^{name}")).click()


def test_the_overview_shows_config_summary_and_where_it_ran(page: Page, vision: Project):
    page.goto(vision.page_of("steady-cnn"))
    expect(page.get_by_role("heading", name="steady-cnn")).to_be_visible()
    expect(page.get_by_text("Finished", exact=True)).to_be_visible()
    expect(page.get_by_title("baseline", exact=True)).to_be_visible()
    config = card(page, "Config")
    expect(config).to_contain_text(re.compile(r"lr\s*0\.1"))
    expect(config).to_contain_text(re.compile(r"name\s*sgd"))
    expect(card(page, "Summary")).to_contain_text("train/loss")
    run = vision.run("steady-cnn")
    environment = card(page, "Environment")
    expect(card(page, "Run")).to_contain_text(f"local/vision/{run['id']}")
    expect(environment).to_contain_text(run["meta"]["host"])
    expect(card(page, "Record")).to_contain_text("200")
    # Two metrics in each of 200 rows and one in every 10th: our own columns are none of the run's values.
    expect(card(page, "Record")).to_contain_text(re.compile(r"Values\s*420\s*of the run's metrics"))
    expect(card(page, "Notes")).to_contain_text("the first try")
    config.get_by_label("Search keys and values").fill("optim")
    expect(config).to_contain_text("1 of 3 keys")
    expect(config).not_to_contain_text("seed")


def test_values_that_are_not_finite_are_counted_in_the_record(page: Page, vision: Project):
    page.goto(vision.page_of("wild-mlp"))
    expect(card(page, "Record")).to_contain_text(re.compile(r"Not finite\s*40"))


def test_a_failed_run_says_what_happened_first(page: Page, vision: Project):
    page.goto(vision.page_of("broken-rnn"))
    expect(page.get_by_text("Failed, exit code 1")).to_be_visible()
    failure = page.get_by_role("region", name=re.compile("the labels are out of range"))
    expect(failure).to_contain_text("ValueError: the labels are out of range")
    expect(failure).to_contain_text("labels.csv has a line too many")
    failure.get_by_role("link", name="Open log at line 101").click()
    expect(page).to_have_url(re.compile(r"/logs#L101$"))
    expect(page.get_by_role("region", name="Log").get_by_text("labels.csv has a line too many")).to_be_in_viewport()


def test_notes_are_written_on_the_page(page: Page, edited: Project):
    page.goto(edited.page_of("fifth"))
    notes = card(page, "Notes")
    notes.get_by_role("button", name="Edit the notes").click()
    notes.get_by_label("Notes on this run").fill("line one\nline two")
    notes.get_by_role("button", name="Save").click()
    expect(notes).to_contain_text("line two")
    eventually(page, lambda: edited.run("fifth")["notes"] == "line one\nline two", "the server knows the notes")
    page.reload()
    expect(card(page, "Notes")).to_contain_text("line one")
    card(page, "Notes").get_by_role("button", name="Edit the notes").click()
    card(page, "Notes").get_by_label("Notes on this run").fill("a slip")
    card(page, "Notes").get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Undo").click()
    expect(card(page, "Notes")).to_contain_text("line two")
    eventually(page, lambda: edited.run("fifth")["notes"] == "line one\nline two", "the notes as they were")


def test_name_and_tags_are_changed_at_the_head(page: Page, edited: Project):
    page.goto(edited.page_of("sixth"))
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Run name").fill("the sixth")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="the sixth")).to_be_visible()
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_label("Find or create a tag").fill("head")
    page.keyboard.press("Enter")
    eventually(page, lambda: edited.run("sixth")["tags"] == ["head"], "the server knows the tag")
    assert edited.run("sixth")["name"] == "the sixth"
    page.reload()
    expect(page.get_by_role("heading", name="the sixth")).to_be_visible()
    expect(page.get_by_title("head", exact=True)).to_be_visible()
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Run name").fill("sixth")
    page.keyboard.press("Enter")
    eventually(page, lambda: edited.run("sixth")["name"] == "sixth", "the new name at the server")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="the sixth")).to_be_visible()
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Run name").fill("sixth")
    page.keyboard.press("Enter")
    eventually(page, lambda: edited.run("sixth")["name"] == "sixth", "its old name again, for those that come after")


def test_a_run_deleted_on_its_page_comes_back_by_undo(page: Page, edited: Project):
    # The table's code comes late; until then the run's page is still behind it, and notices of the project arrive.
    code: list[Route] = []
    page.route(re.compile("/RunsTable-.*js"), lambda route: code.append(route))
    page.goto(edited.page_of("second"))
    page.get_by_role("button", name="More about this run").click()
    page.get_by_role("menuitem", name="Delete the run").click()
    expect(page.get_by_text("Deleted 1 run")).to_be_visible()
    expect(page).to_have_url(f"{edited.server.url}{edited.path}/table")
    assert "second" not in edited.runs()
    first = edited.runs()["first"]
    edited.server.post_json(f"/api/projects{edited.path}/runs/edit", {"ids": [first["id"]], "set": {"notes": "seen"}})
    page.wait_for_timeout(1_500)
    for route in code:
        route.continue_()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_title("second", exact=True)).to_be_visible()


def test_charts_show_this_run_alone(page: Page, vision: Project):
    page.goto(vision.page_of("swift-vit"))
    open_tab(page, "Charts")
    expect(page).to_have_url(re.compile(r"/charts$"))
    for key in ("train/accuracy", "train/loss", "val/loss"):
        expect(page.get_by_role("img", name=f"{key} over step, 1 line")).to_be_visible()
        eventually(page, lambda k=key: coloured_pixels(page, k) > 100, f"a line in {key}")
    before = steady_drawing(page, "train/loss")
    page.get_by_label("Smoothing").fill("0.9")
    eventually(page, lambda: drawing(page, "train/loss") != before, "a smoother line")
    assert float(query(page)["smooth"]) == 0.9


def test_the_log_is_there_and_searched(page: Page, vision: Project):
    page.goto(vision.page_of("swift-vit", "logs"))
    log = page.get_by_role("region", name="Log")
    expect(log).to_contain_text("step 0 of swift-vit")
    expect(log.get_by_text("step 199 of swift-vit")).to_have_count(0)
    search = page.get_by_label("Search the log")
    search.fill("needle")
    expect(page.get_by_text("1 of 2 lines")).to_be_visible()
    expect(log.locator("mark").first).to_have_text("needle")
    expect(log.get_by_text("step 30 of swift-vit")).to_be_visible()
    page.get_by_role("button", name="Next hit").click()
    expect(page.get_by_text("2 of 2 lines")).to_be_visible()
    expect(log.get_by_text("step 150 of swift-vit")).to_be_visible()
    search.fill("no such thing")
    expect(page.get_by_text("no line", exact=True)).to_be_visible()
    search.fill("")
    page.get_by_role("button", name="Follow").click()
    expect(log.get_by_text("step 199 of swift-vit")).to_be_visible()


def test_a_line_of_the_log_has_an_address(page: Page, vision: Project):
    page.goto(vision.page_of("swift-vit", "logs"))
    page.get_by_role("button", name="Line 5", exact=True).click()
    expect(page.get_by_text("Line 5 selected")).to_be_visible()
    address = page.url
    assert address.endswith("#L5")
    page.goto("about:blank")
    page.goto(address.replace("#L5", "#L180"))
    expect(page.get_by_text("Line 180 selected")).to_be_visible()
    expect(page.get_by_role("button", name="Line 180", exact=True)).to_be_in_viewport()


def test_the_log_of_a_live_run_is_followed(page: Page, vision: Project):
    live = vision.live
    assert live
    page.goto(vision.page_of("live-gru", "logs"))
    log = page.get_by_role("region", name="Log")
    expect(log.get_by_text(f"live step {live.steps - 1}", exact=True)).to_be_in_viewport()
    expect(page.get_by_role("button", name="Follow")).to_have_attribute("aria-pressed", "true")
    mark(page)
    steps = live.more(60)
    expect(log.get_by_text(f"live step {steps - 1}", exact=True)).to_be_in_viewport()
    log.hover()
    page.mouse.wheel(0, -4000)
    expect(page.get_by_role("button", name="Follow")).to_have_attribute("aria-pressed", "false")
    expect(log.get_by_text(f"live step {steps - 1}", exact=True)).to_have_count(0)
    page.keyboard.press("Shift+G")
    expect(log.get_by_text(f"live step {steps - 1}", exact=True)).to_be_in_viewport()
    assert is_marked(page)


@pytest.fixture(scope="module")
def long_lines(server: ServerProcess) -> str:
    """The log of a run whose every line is longer than a window is wide."""
    made = '{modelName: "logs", name: "wide"}'
    server.graphql(f"mutation {{ upsertBucket(input: {made}) {{ inserted }} }}")
    content = [f"{n} " + "x" * 1000 + f" end of {n}" for n in range(3_000)]
    body = {"files": {"output.log": {"offset": 0, "content": content}}, "complete": True, "exitcode": 0}
    server.post_json("/files/local/logs/wide/file_stream", body)
    return "/local/logs/runs/wide/logs"


def test_long_lines_of_the_log_wrap_on_request(page: Page, long_lines: str):
    page.goto(long_lines)
    log = page.get_by_role("region", name="Log")
    expect(log.get_by_text("end of 0", exact=False)).to_be_visible()
    is_wide = "e => e.scrollWidth > e.clientWidth"
    eventually(page, lambda: log.evaluate(is_wide), "text beyond the window's edge")
    page.get_by_role("button", name="Wrap").click()
    eventually(page, lambda: not log.evaluate(is_wide), "text within the window")
    first = log.locator("[data-line='1']").bounding_box()
    second = log.locator("[data-line='2']").bounding_box()
    assert first and second
    assert first["height"] >= 5 * 18
    assert second["y"] == pytest.approx(first["y"] + first["height"], abs=1)
    page.get_by_role("button", name="Follow").click()
    expect(log.locator("[data-line='3000']")).to_be_in_viewport(ratio=1)
    page.get_by_label("Search the log").fill("1500 x")
    expect(log.locator("[data-line='1501'] mark").first).to_be_in_viewport()
    page.reload()
    expect(page.get_by_role("button", name="Wrap")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Wrap").click()
    eventually(page, lambda: log.evaluate(is_wide), "lines of one row again")
    assert log.locator("[data-line='1']").bounding_box()["height"] == 18


def test_saved_files_are_listed_and_shown(page: Page, vision: Project):
    page.goto(vision.page_of("swift-vit", "files"))
    page.get_by_role("button", name=re.compile("^report.txt")).click()
    shown = page.get_by_role("region", name="report.txt")
    expect(shown).to_contain_text("swift-vit is trained")
    page.reload()
    expect(shown).to_contain_text("swift-vit is trained")
    with page.context.expect_page() as opened:
        shown.get_by_role("link", name="Open").click()
    expect(opened.value.locator("body")).to_contain_text("swift-vit is trained")
    with page.expect_download() as download:
        shown.get_by_role("link", name="Download report.txt").click()
    assert download.value.path().read_text() == "swift-vit is trained\n"


def test_a_run_is_stopped_from_its_page(page: Page, vision: Project, live_trainer):
    trainer = live_trainer(vision.server, "stopping", "to-stop", 5)
    project = Project(vision.server, "stopping").wait_for({"to-stop": "running"})
    page.goto(project.page_of("to-stop"))
    page.get_by_role("button", name="Stop…").click()
    page.get_by_role("button", name="Stop the run").click()
    expect(page.get_by_text("Asked to stop").first).to_be_visible()
    assert project.run("to-stop")["stop_requested"]
    trainer.more(1)
    trainer.be_stopped()
    project.wait_for({"to-stop": "interrupted"})
