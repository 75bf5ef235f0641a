"""The runs table: sorted, filtered and edited in the cell, with what it says read back from the server too."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Complaints
from .looking import eventually, query, run_names, run_row
from .training import Project


def cell(page: Page, name: str, column: str) -> Locator:
    """Find a run's cell by the column's key, as the API names it."""
    return run_row(page, name).locator(f'[role=gridcell][data-column="{column}"]')


@pytest.fixture
def table(page: Page, vision: Project) -> Page:
    """The table of the project that is only looked at."""
    page.goto(f"{vision.path}/table")
    expect(page.get_by_role("columnheader", name="lr", exact=True)).to_be_visible()
    return page


@pytest.fixture
def own_table(page: Page, edited: Project) -> Page:
    """The table of the project that may be changed."""
    page.goto(f"{edited.path}/table")
    expect(page.get_by_role("columnheader", name="number", exact=True)).to_be_visible()
    return page


def test_the_table_shows_config_summary_and_state_of_every_run(table: Page):
    assert sorted(run_names(table)) == ["broken-rnn", "live-gru", "steady-cnn", "swift-vit", "wild-mlp"]
    expect(table.get_by_text("5 of 5 runs match")).to_be_visible()
    expect(cell(table, "swift-vit", "config.lr")).to_have_text("0.01")
    expect(cell(table, "swift-vit", "config.optim.name")).to_have_text("adam")
    expect(cell(table, "broken-rnn", "state")).to_have_text("Failed")
    expect(cell(table, "broken-rnn", "last_step")).to_have_text("99")
    expect(cell(table, "steady-cnn", "tags")).to_contain_text("baseline")
    expect(cell(table, "steady-cnn", "notes")).to_have_text("the first try")
    expect(cell(table, "live-gru", "config.optim.name")).to_have_text("–")


def test_what_is_the_same_in_every_run_is_shown_on_demand(table: Page):
    seed = table.get_by_role("columnheader", name="seed", exact=True)
    expect(seed).to_have_count(0)
    table.get_by_role("switch", name="Only what differs").click()
    expect(seed).to_have_count(1)
    expect(cell(table, "swift-vit", "config.seed")).to_have_text("7")
    table.reload()
    expect(seed).to_have_count(1)


def test_columns_are_chosen_by_name(table: Page):
    table.get_by_role("button", name=re.compile(r"^Columns \d+ of \d+")).click()
    table.get_by_label("Find a column").fill("optim")
    table.get_by_role("checkbox", name="optim.name").click()
    expect(table.get_by_role("columnheader", name="optim.name")).to_have_count(0)
    table.reload()
    expect(table.get_by_role("columnheader", name="lr", exact=True)).to_be_visible()
    expect(table.get_by_role("columnheader", name="optim.name")).to_have_count(0)


def test_a_click_on_a_head_sorts_and_another_one_turns_it_round(table: Page):
    head = table.get_by_role("columnheader", name="lr", exact=True)
    head.get_by_role("button").click()
    down = ["wild-mlp", "broken-rnn", "live-gru", "steady-cnn", "swift-vit"]
    eventually(table, lambda: run_names(table) == down, f"{down} are listed")
    expect(head).to_have_attribute("aria-sort", "descending")
    head.get_by_role("button").click()
    eventually(table, lambda: run_names(table) == down[::-1], f"{down[::-1]} are listed")
    assert query(table)["sort"] == "config.lr"
    table.reload()
    eventually(table, lambda: run_names(table) == down[::-1], "the order survives a reload")


def test_the_filter_narrows_rows_and_count_and_explains_a_mistake(table: Page, complaints: Complaints):
    line = table.get_by_label("Filter expression", exact=True)
    line.fill('config.lr < 1 and state = "finished"')
    expect(table.get_by_text("2 of 5 runs match")).to_be_visible()
    eventually(table, lambda: sorted(run_names(table)) == ["steady-cnn", "swift-vit"], "two runs are listed")
    table.reload()
    expect(line).to_have_value('config.lr < 1 and state = "finished"')
    expect(table.get_by_text("2 of 5 runs match")).to_be_visible()
    complaints.expect("status of 400")
    line.fill("config.lr <")
    expect(table.get_by_role("alert")).to_contain_text("The filter can't be read")


def test_a_name_is_edited_in_its_cell(own_table: Page, edited: Project):
    run_row(own_table, "first").hover()
    own_table.get_by_role("button", name="Edit the name of first").click()
    field = own_table.get_by_role("textbox", name="Edit the name of first")
    field.fill("not this")
    field.press("Escape")
    expect(own_table.get_by_title("first", exact=True)).to_be_visible()
    own_table.get_by_role("button", name="Edit the name of first").click()
    field.fill("renamed <b>&</b> 한국어")
    field.press("Enter")
    expect(own_table.get_by_title("renamed <b>&</b> 한국어", exact=True)).to_be_visible()
    eventually(own_table, lambda: edited.run("first")["name"] == "renamed <b>&</b> 한국어", "the server knows it")
    own_table.reload()
    expect(own_table.get_by_title("renamed <b>&</b> 한국어", exact=True)).to_have_text("renamed <b>&</b> 한국어")


def test_notes_are_edited_in_their_cell(own_table: Page, edited: Project):
    own_table.get_by_role("button", name="Edit the notes of second").click()
    own_table.get_by_role("textbox", name="Edit the notes of second").fill("lr too high, see first")
    own_table.keyboard.press("Enter")
    expect(cell(own_table, "second", "notes")).to_have_text("lr too high, see first")
    eventually(own_table, lambda: edited.run("second")["notes"] == "lr too high, see first", "the server knows it")
    own_table.reload()
    expect(cell(own_table, "second", "notes")).to_have_text("lr too high, see first")


def test_tags_are_made_and_taken_away_in_their_cell(own_table: Page, edited: Project):
    own_table.get_by_role("button", name="Edit the tags of third").click()
    own_table.get_by_label("Find or create a tag").fill("paper")
    own_table.get_by_role("button", name="Create tag “paper”").click()
    eventually(own_table, lambda: edited.run("third")["tags"] == ["paper"], "the server knows the tag")
    own_table.keyboard.press("Escape")
    own_table.reload()
    expect(cell(own_table, "third", "tags")).to_have_text("paper")
    own_table.get_by_role("button", name="Edit the tags of third").click()
    own_table.get_by_role("checkbox", name="paper").click()
    eventually(own_table, lambda: edited.run("third")["tags"] == [], "the tag is gone")
    expect(cell(own_table, "third", "tags")).not_to_contain_text("paper")


def test_an_edit_in_one_window_shows_in_another(own_table: Page, edited: Project):
    other = own_table.context.new_page()
    other.goto(edited.path)
    expect(other.get_by_title("fourth", exact=True)).to_be_visible()
    edited.server.request(
        "PATCH", f"/api/projects{edited.path}/runs/{edited.ids['fourth']}", {"name": "4th", "tags": ["seen"]}
    )
    expect(other.get_by_title("4th", exact=True)).to_be_visible()
    expect(cell(own_table, "4th", "tags")).to_have_text("seen")


def test_selected_runs_are_deleted_and_undo_brings_them_back(own_table: Page, edited: Project):
    total = len(edited.runs())
    own_table.get_by_role("checkbox", name="Select second").click()
    own_table.get_by_role("checkbox", name="Select fifth").click()
    expect(own_table.get_by_text("2 selected")).to_be_visible()
    own_table.locator("footer").get_by_role("button", name="Delete").click()
    expect(own_table.get_by_text("Deleted 2 runs")).to_be_visible()
    expect(own_table.get_by_title("second", exact=True)).to_have_count(0)
    expect(own_table.get_by_text(f"{total - 2} of {total - 2} runs match")).to_be_visible()
    assert not {"second", "fifth"} & set(edited.runs())
    own_table.get_by_role("button", name="Undo").click()
    expect(own_table.get_by_title("second", exact=True)).to_be_visible()
    expect(own_table.get_by_title("fifth", exact=True)).to_be_visible()
    expect(own_table.get_by_text(f"{total} of {total} runs match")).to_be_visible()
    assert {"second", "fifth"} <= set(edited.runs())


def test_a_selection_is_tagged_at_once(own_table: Page, edited: Project):
    for name in ("second", "fifth"):
        own_table.get_by_role("checkbox", name=f"Select {name}").click()
    own_table.locator("footer").get_by_role("button", name="Tag").click()
    own_table.get_by_label("Find or create a tag").fill("both")
    own_table.keyboard.press("Enter")
    for name in ("second", "fifth"):
        eventually(own_table, lambda n=name: "both" in edited.run(n)["tags"], f"{name} has the tag")
        expect(cell(own_table, name, "tags")).to_contain_text("both")


def test_the_shown_columns_are_exported_exactly(table: Page, vision: Project):
    with table.expect_download() as download:
        table.get_by_role("button", name="Export").click()
    text = download.value.path().read_text("utf-8-sig")
    head, *rows = [line.split(",") for line in text.splitlines()]
    by_name = {row[head.index("name")]: row for row in rows}
    assert by_name["swift-vit"][head.index("config.lr")] == "0.01"
    exact = vision.run("swift-vit")["summary"]
    loss = exact["train"]["loss"] if "train" in exact else exact["train/loss"]
    assert float(by_name["swift-vit"][head.index("summary.train/loss")]) == loss


def test_the_keyboard_walks_the_rows_and_opens_a_run(table: Page, vision: Project):
    names = run_names(table)
    table.keyboard.press("j")
    table.keyboard.press("j")
    expect(run_row(table, names[1])).to_be_focused()
    table.keyboard.press("x")
    expect(table.get_by_text("1 selected")).to_be_visible()
    table.keyboard.press("Escape")
    expect(table.get_by_text("1 selected")).to_have_count(0)
    table.keyboard.press("Enter")
    expect(table).to_have_url(f"{vision.server.url}{vision.page_of(names[1])}")
