"""The runs table: sorted, filtered and edited in the cell, with what it says read back from the server too."""

from __future__ import annotations

import csv
import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.serving import ServerProcess

from .looking import eventually, query, run_names, run_row
from .training import Project

RUN_WITH_CONFIG = """mutation($name: String, $config: JSONString) {
  upsertBucket(input: {entityName: "local", modelName: "alike", name: $name, config: $config}) { bucket { name } } }"""


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


def test_heads_of_columns_whose_names_begin_alike_are_told_apart(page: Page, server: ServerProcess):
    long = "model.encoder.attention.projection"
    for name, at in (("one", 1), ("two", 2)):
        config = {f"{long}.{part}.initial.scale": {"value": at} for part in ("query", "key", "value")}
        made = {"config": json.dumps(config), "name": name}
        assert "errors" not in server.graphql(RUN_WITH_CONFIG, made)
    page.goto("/local/alike/table")
    heads = [page.locator(f'[data-head="config.{long}.{part}.initial.scale"]') for part in ("query", "key", "value")]
    shown = [head.locator("button > span").first for head in heads]
    expect(shown[0]).to_contain_text("query")
    expect(shown[1]).to_contain_text("key")
    expect(shown[2]).to_contain_text("value")
    for text in shown:
        assert text.evaluate("span => span.scrollWidth <= span.clientWidth"), "no end is cut off"
    grip = heads[1].locator("i")
    grip.hover()
    page.mouse.down()
    box = grip.bounding_box()
    assert box
    page.mouse.move(box["x"] + 250, box["y"] + 5, steps=4)
    page.mouse.up()
    expect(shown[1]).to_have_text(f"{long}.key.initial.scale")


def test_the_host_of_a_run_is_a_column_that_is_chosen_and_grouped_by(table: Page, vision: Project):
    host = vision.run("swift-vit")["host"]
    assert host
    table.goto(f"{vision.path}/table?cols=state")
    table.get_by_role("button", name=re.compile(r"^Columns \d+ of \d+")).click()
    table.get_by_label("Find a column").fill("host")
    table.get_by_role("checkbox", name="Host").click()
    table.keyboard.press("Escape")
    expect(cell(table, "swift-vit", "host")).to_have_text(host)
    column_menu(table, "Host", "Group by it")
    eventually(table, lambda: query(table).get("group") == "host", "it stands in the address")
    expect(table.get_by_role("row").filter(has_text="5 runs")).to_contain_text(host)


def test_a_click_on_a_head_sorts_and_another_one_turns_it_round(table: Page):
    head = table.get_by_role("columnheader", name="lr", exact=True)
    head.get_by_role("button", name="lr").first.click()
    down = ["wild-mlp", "broken-rnn", "live-gru", "steady-cnn", "swift-vit"]
    eventually(table, lambda: run_names(table) == down, f"{down} are listed")
    expect(head).to_have_attribute("aria-sort", "descending")
    head.get_by_role("button", name="lr").first.click()
    eventually(table, lambda: run_names(table) == down[::-1], f"{down[::-1]} are listed")
    assert query(table)["sort"] == "config.lr"
    table.reload()
    eventually(table, lambda: run_names(table) == down[::-1], "the order survives a reload")


def test_the_filter_narrows_rows_and_count_and_explains_a_mistake(table: Page):
    line = table.get_by_label("Filter expression", exact=True)
    line.fill('config.lr < 1 and state = "finished"')
    expect(table.get_by_text("2 of 5 runs match")).to_be_visible()
    eventually(table, lambda: sorted(run_names(table)) == ["steady-cnn", "swift-vit"], "two runs are listed")
    table.reload()
    expect(line).to_have_value('config.lr < 1 and state = "finished"')
    expect(table.get_by_text("2 of 5 runs match")).to_be_visible()
    line.fill("config.lr <")
    expect(table.get_by_text("a value should stand at 12")).to_be_visible()
    assert sorted(run_names(table)) == ["steady-cnn", "swift-vit"], "the rows of the last filter stay"


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
    cell(own_table, "second", "notes").dblclick()
    own_table.get_by_role("textbox", name="Edit the notes of second").fill("lr too high, see first")
    own_table.keyboard.press("Enter")
    expect(cell(own_table, "second", "notes")).to_have_text("lr too high, see first")
    eventually(own_table, lambda: edited.run("second")["notes"] == "lr too high, see first", "the server knows it")
    own_table.reload()
    expect(cell(own_table, "second", "notes")).to_have_text("lr too high, see first")
    cell(own_table, "second", "notes").dblclick()
    own_table.get_by_role("textbox", name="Edit the notes of second").fill("written over by mistake")
    own_table.keyboard.press("Enter")
    expect(own_table.get_by_text("Changed 1 run")).to_be_visible()
    own_table.get_by_role("button", name="Undo").click()
    expect(cell(own_table, "second", "notes")).to_have_text("lr too high, see first")
    eventually(own_table, lambda: edited.run("second")["notes"] == "lr too high, see first", "the notes are back")


def test_tags_are_made_and_taken_away_in_their_cell(own_table: Page, edited: Project):
    run_row(own_table, "third").hover()
    own_table.get_by_role("button", name="Edit the tags of third").click()
    own_table.get_by_label("Find or create a tag").fill("paper")
    own_table.get_by_role("button", name="Create tag “paper”").click()
    eventually(own_table, lambda: edited.run("third")["tags"] == ["paper"], "the server knows the tag")
    own_table.keyboard.press("Escape")
    own_table.reload()
    expect(cell(own_table, "third", "tags")).to_have_text("paper")
    cell(own_table, "third", "tags").dblclick()
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
    table.get_by_role("button", name="Export").click()
    with table.expect_download() as download:
        table.get_by_role("menuitem", name="CSV").click()
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        by_name = {row["name"]: row for row in csv.DictReader(file)}
    assert sorted(by_name) == ["broken-rnn", "live-gru", "steady-cnn", "swift-vit", "wild-mlp"]
    assert by_name["swift-vit"]["config.lr"] == "0.01"
    assert "config.seed" not in by_name["swift-vit"]
    exact = vision.run("swift-vit")["summary"]
    loss = exact["train"]["loss"] if "train" in exact else exact["train/loss"]
    assert float(by_name["swift-vit"]["summary.train/loss"]) == loss


def test_the_keyboard_walks_the_rows_and_opens_a_run(table: Page, vision: Project):
    names = run_names(table)
    table.keyboard.press("j")
    table.keyboard.press("j")
    expect(run_row(table, names[1]).get_by_role("gridcell").first).to_be_focused()
    table.keyboard.press("ArrowRight")
    expect(cell(table, names[1], "state")).to_be_focused()
    table.keyboard.press("Home")
    table.keyboard.press("x")
    expect(table.get_by_text("1 selected")).to_be_visible()
    table.keyboard.press("Escape")
    expect(table.get_by_text("1 selected")).to_have_count(0)
    table.keyboard.press("Enter")
    expect(table).to_have_url(f"{vision.server.url}{vision.page_of(names[1])}")


def heads(page: Page) -> list[str]:
    """Give the shown columns' keys from left to right."""
    found = page.locator("[data-head]").filter(has=page.get_by_role("button"))
    placed = found.evaluate_all("all => all.map((one) => [one.getBoundingClientRect().left, one.dataset.head])")
    return [key for _, key in sorted(placed) if key != "true"]


def column_menu(page: Page, name: str, item: str) -> None:
    """Choose from a column's menu."""
    head = page.get_by_role("columnheader", name=name, exact=True)
    head.hover()
    head.get_by_role("button", name=f"Column {name}").click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def test_columns_are_moved_widened_kept_and_hidden_and_the_address_keeps_it(page: Page, vision: Project):
    page.goto(f"{vision.path}/table?cols=state,config.lr,config.optim.name,summary.train/loss")
    expect(page.get_by_role("columnheader", name="lr", exact=True)).to_be_visible()
    assert heads(page) == ["state", "config.lr", "config.optim.name", "summary.train/loss"]
    loss = page.get_by_role("columnheader", name="train/loss", exact=True)
    loss.get_by_role("button").first.drag_to(
        page.get_by_role("columnheader", name="State", exact=True), target_position={"x": 6, "y": 10}
    )
    eventually(page, lambda: heads(page)[0] == "summary.train/loss", "the column stands where it was dropped")
    column_menu(page, "optim.name", "Move left")
    eventually(page, lambda: heads(page)[2:] == ["config.optim.name", "config.lr"], "it stands before lr")
    column_menu(page, "lr", "Keep at the left")
    eventually(page, lambda: heads(page)[0] == "config.lr", "it stands beside the name")
    column_menu(page, "State", "Hide")
    grip = page.locator('[data-head="config.optim.name"] i')
    box = grip.bounding_box()
    assert box
    page.mouse.move(box["x"] + 4, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 84, box["y"] + 10, steps=4)
    page.mouse.up()
    wide = cell(page, "swift-vit", "config.optim.name")
    before = wide.bounding_box()
    page.reload()
    expect(page.get_by_role("columnheader", name="lr", exact=True)).to_be_visible()
    assert heads(page) == ["config.lr", "summary.train/loss", "config.optim.name"]
    after = wide.bounding_box()
    assert before and after and before["width"] == after["width"] > 150


def test_a_shift_click_sorts_by_a_further_key(page: Page, vision: Project):
    page.goto(f"{vision.path}/table?sort=state")
    expect(page.get_by_role("columnheader", name="lr", exact=True)).to_be_visible()
    page.get_by_role("columnheader", name="lr", exact=True).get_by_role("button").first.click(modifiers=["Shift"])
    eventually(page, lambda: query(page)["sort"] == "state,-config.lr", "both keys stand in the address")
    finished = ["wild-mlp", "steady-cnn", "swift-vit"]
    eventually(
        page,
        lambda: [name for name in run_names(page) if name in finished] == finished,
        "alike states are sorted by lr",
    )
    page.get_by_role("button", name=re.compile("^Sort state")).click()
    page.get_by_role("button", name="Don't sort by state").click()
    eventually(page, lambda: query(page)["sort"] == "-config.lr", "one key is left")


def test_line_chips_and_builder_are_faces_of_one_filter(table: Page):
    line = table.get_by_label("Filter expression", exact=True)
    line.click()
    line.type("opti")
    table.get_by_role("option", name="config.optim.name").wait_for()
    line.press("Enter")
    line.type("= ")
    table.get_by_role("option", name="sgd").wait_for()
    line.press("ArrowDown")
    line.press("Tab")
    expect(line).to_have_value(re.compile(r'^config\.optim\.name = "(adam|sgd)" $'))
    line.fill('config.optim.name = "sgd"')
    eventually(table, lambda: sorted(run_names(table)) == ["steady-cnn", "wild-mlp"], "two runs are listed")
    table.get_by_role("button", name="No failed").click()
    expect(line).to_have_value('config.optim.name = "sgd" and state not in ["crashed", "failed"]')
    table.get_by_role("button", name="2 conditions").click()
    builder = table.get_by_label("Filter builder")
    expect(builder.get_by_label("Value", exact=True)).to_have_value("sgd")
    builder.get_by_label("Condition", exact=True).first.select_option("is not")
    expect(line).to_have_value('config.optim.name != "sgd" and state not in ["crashed", "failed"]')
    builder.get_by_label("All or any").select_option("or")
    expect(line).to_have_value('config.optim.name != "sgd" or state not in ["crashed", "failed"]')
    expect(table.get_by_text("5 of 5 runs match")).to_be_visible()
    builder.get_by_role("button", name="Remove the condition").first.click()
    expect(line).to_have_value('state not in ["crashed", "failed"]')
    table.keyboard.press("Escape")
    table.get_by_role("button", name="No failed").click()
    expect(line).to_have_value("")


def test_runs_stand_in_groups_with_what_they_have_in_common(page: Page, vision: Project):
    page.goto(f"{vision.path}/table?group=state&sort=name&cols=state,config.lr,summary.train/loss,tags")
    group = page.locator('[role=row][data-group="finished"]')
    expect(group).to_contain_text("3 runs")
    expect(group.locator('[data-column="config.lr"]')).to_have_text("3 values")
    expect(group.locator('[data-column="tags"]')).to_have_text("baseline 1")
    losses = [vision.run(name)["summary"]["train/loss"] for name in ("steady-cnn", "swift-vit", "wild-mlp")]
    expect(group.locator('[data-column="summary.train/loss"]')).to_contain_text(f"{sum(losses) / 3:.2f}"[:-1])
    assert run_names(page).index("broken-rnn") < run_names(page).index("steady-cnn")
    group.get_by_role("button", name="Close finished").click()
    expect(page.get_by_title("steady-cnn", exact=True)).to_have_count(0)
    group.get_by_role("checkbox").click()
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Group state")).click()
    page.get_by_label("Find a key").fill("optim.name")
    page.get_by_role("option", name="optim.name", exact=True).click()
    page.keyboard.press("Escape")
    eventually(page, lambda: query(page)["group"] == "state,config.optim.name", "two keys stand in the address")
    page.get_by_role("button", name="Open sgd").click()
    expect(page.get_by_title("wild-mlp", exact=True)).to_be_visible()
    assert "swift-vit" not in run_names(page)


def test_values_are_compared_with_a_baseline_and_drawn_as_curves(page: Page, vision: Project):
    page.goto(f"{vision.path}/table?cols=summary.train/loss&sort=summary.train/loss")
    first = "steady-cnn"
    eventually(page, lambda: run_names(page)[:1] == [first], "the lowest loss stands first")
    page.keyboard.press("j")
    page.keyboard.press("b")
    expect(run_row(page, first)).to_contain_text("baseline")
    expect(cell(page, "swift-vit", "summary.train/loss").locator("small")).to_have_text("+1")
    column_menu(page, "train/loss", "Show its curve")
    expect(run_row(page, "swift-vit").get_by_role("img", name="train/loss from")).to_be_visible()
    page.reload()
    expect(run_row(page, first)).to_contain_text("baseline")
    expect(run_row(page, "swift-vit").get_by_role("img", name="train/loss from")).to_be_visible()


def test_an_edit_in_a_selected_row_reaches_all_selected_ones(own_table: Page, edited: Project):
    for name in ("fifth", "sixth"):
        own_table.get_by_role("checkbox", name=f"Select {name}").click()
    cell(own_table, "sixth", "notes").dblclick()
    own_table.get_by_role("textbox", name="Edit the notes of sixth").fill("together")
    own_table.keyboard.press("Enter")
    for name in ("fifth", "sixth"):
        eventually(own_table, lambda n=name: edited.run(n)["notes"] == "together", f"the server knows {name}'s notes")


def test_deleted_runs_are_listed_and_restored(own_table: Page, edited: Project):
    own_table.get_by_role("checkbox", name="Select sixth").click()
    own_table.keyboard.press("Delete")
    expect(own_table.get_by_text("Deleted 1 run")).to_be_visible()
    own_table.get_by_role("button", name="More filters").click()
    own_table.get_by_role("menuitem", name="Deleted runs").click()
    expect(own_table.get_by_title("sixth", exact=True)).to_be_visible()
    own_table.get_by_role("button", name="Restore sixth").click()
    expect(own_table.get_by_title("sixth", exact=True)).to_have_count(0)
    assert "sixth" in edited.runs()
    own_table.get_by_role("button", name="Deleted", exact=True).click()
    expect(own_table.get_by_title("sixth", exact=True)).to_be_visible()
