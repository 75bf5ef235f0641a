"""A project's own page: described, added up, emptied and brought back, deleted and brought back."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.logging_artifacts import log_artifact
from tests.serving import ServerProcess

from .conftest import OpenPage
from .looking import eventually

RUN = """mutation($name: String, $project: String = "guide", $entity: String = "local") {
  upsertBucket(input: {entityName: $entity, modelName: $project, name: $name, displayName: $name}) {
    bucket { name } } }"""
PLACE = "/api/projects/local/guide"


@pytest.fixture
def guide(server: ServerProcess) -> str:
    """A project of three finished runs, a minute each; gives its page's address."""
    for name in ("one", "two", "three"):
        assert "errors" not in server.graphql(RUN, {"name": name})
        history = {"offset": 0, "content": [json.dumps({"_step": 0, "_runtime": 60.0, "loss": 1.0})]}
        body = {"files": {"wandb-history.jsonl": history}, "complete": True, "exitcode": 0}
        server.post_json(f"/files/local/guide/{name}/file_stream", body)
    return "/local/guide/overview"


def test_a_project_is_described_emptied_deleted_and_comes_back(page: Page, server: ServerProcess, guide: str):
    page.goto(guide)
    totals = page.get_by_role("region", name="Totals")
    expect(totals.get_by_role("definition").nth(0)).to_have_text("33Finished")
    expect(totals.get_by_role("definition").nth(1)).to_have_text("3m 00s")
    people = page.get_by_role("region", name="Contributors")
    expect(people.get_by_role("row", name="local")).to_contain_text("3m 00s")

    page.get_by_role("button", name="Edit the description").click()
    page.get_by_label("Description of this project").fill("# What we want\n\n**Fewer** errors")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="What we want")).to_be_visible()
    assert server.get_json(PLACE)["description"] == "# What we want\n\n**Fewer** errors"

    page.get_by_role("navigation", name="Pages of the project").get_by_role("link", name="Runs").click()
    for name in ("one", "two"):
        page.get_by_role("checkbox", name=f"Select {name}").click()
    page.keyboard.press("Delete")
    expect(page.get_by_text("Deleted 2 runs")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("o")
    expect(totals.get_by_role("definition").nth(0)).to_have_text("11Finished")
    deleted = page.get_by_role("region", name="Deleted runs")
    deleted.get_by_role("button", name="Restore one").click()
    expect(page.get_by_role("region", name="Newest runs").get_by_role("link", name="one")).to_be_visible()
    deleted.get_by_role("button", name="Restore two").click()
    expect(deleted).to_have_count(0)
    expect(totals.get_by_role("definition").nth(0)).to_have_text("33Finished")

    page.get_by_role("button", name="Delete…").click()
    sure = page.get_by_role("dialog")
    expect(sure).to_contain_text("3 runs")
    gone = sure.get_by_role("button", name="Delete the project")
    expect(gone).to_be_disabled()
    sure.get_by_label("guide").fill("guide")
    gone.click()
    bin_ = page.get_by_role("region", name="Deleted projects")
    expect(bin_.get_by_role("row", name="guide").get_by_role("cell").nth(1)).to_have_text("3")
    assert server.request("GET", PLACE)[0] == 404
    bin_.get_by_role("button", name="Restore guide").click()
    expect(bin_.get_by_text("guide")).to_have_count(0)
    eventually(page, lambda: server.request("GET", PLACE)[0] == 200, "the server has it again")
    page.goto(guide)
    expect(page.get_by_role("heading", name="What we want")).to_be_visible()
    expect(totals.get_by_role("definition").nth(0)).to_have_text("33Finished")


@pytest.fixture
def emptied(server: ServerProcess) -> str:
    """A project of 1,204 deleted runs and a kept one; gives its page's address."""
    ids = [f"old-{number:04}" for number in range(1204)]
    for start in range(0, len(ids), 8):
        made = " ".join(
            f'a{i}: upsertBucket(input: {{entityName: "local", modelName: "cleared", name: "{run}"}}) '
            "{ bucket { name } }"
            for i, run in enumerate(ids[start : start + 8])
        )
        assert "errors" not in server.graphql(f"mutation {{ {made} }}", {})
    assert "errors" not in server.graphql(RUN, {"name": "kept", "project": "cleared"})
    assert server.post_json("/api/projects/local/cleared/runs/delete", {"ids": ids})["deleted"] == 1204
    return "/local/cleared/overview"


def test_every_deleted_run_is_listed_and_restored_however_many_there_are(
    page: Page, server: ServerProcess, emptied: str
):
    page.goto(emptied)
    deleted = page.get_by_role("region", name="Deleted runs")
    expect(deleted).to_contain_text("1,204 runs")
    rows = deleted.get_by_role("table")
    expect(rows).to_have_attribute("aria-rowcount", "1205")

    def reach_the_last() -> bool:
        rows.evaluate("table => { table.parentElement.scrollTop = table.parentElement.scrollHeight; }")
        return rows.locator('tr[aria-rowindex="1205"]').count() == 1

    eventually(page, reach_the_last, "the last of the deleted runs is listed")
    assert rows.locator("tbody tr").count() < 60, "rows that nobody sees aren't made"
    last = rows.locator('tr[aria-rowindex="1205"]')
    name = last.get_by_role("cell").first.inner_text()
    last.get_by_role("button", name=f"Restore {name}").click()
    expect(deleted).to_contain_text("1,203 runs")
    deleted.get_by_role("button", name="Restore all 1,203").click()
    expect(deleted).to_have_count(0)
    eventually(page, lambda: server.get_json("/api/projects/local/cleared/runs?limit=0")["total"] == 1205, "all")


def test_a_run_of_the_list_is_named_tagged_compared_and_deleted_where_it_stands(
    page: Page, server: ServerProcess, guide: str
):
    assert "errors" not in server.graphql(RUN, {"name": "four"})
    page.goto("/local/guide/workspace")
    rows = page.get_by_role("grid", name="Runs").get_by_role("row")
    expect(rows).to_have_count(4)

    def in_menu(run: str, what: str) -> None:
        rows.filter(has_text=run).get_by_role("button", name=f"What can be done with {run}").click()
        page.get_by_role("menuitem", name=what).click()

    in_menu("two", "Draw only this run")
    expect(page.get_by_text("1 of 4 drawn")).to_be_visible()
    in_menu("two", "Rename…")
    page.get_by_role("textbox", name="Edit the name of two").fill("second")
    page.keyboard.press("Enter")
    expect(rows.filter(has_text="second")).to_be_visible()
    runs = f"{PLACE}/runs"
    eventually(page, lambda: server.get_json(f"{runs}/two")["name"] == "second", "the name at the server")
    rows.filter(has_text="one").focus()
    page.keyboard.press("t")
    page.get_by_role("dialog", name="Edit the tags of one").get_by_label("Find or create a tag").fill("kept")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    eventually(page, lambda: server.get_json(f"{runs}/one")["tags"] == ["kept"], "the tag at the server")
    in_menu("four", "Stop")
    eventually(page, lambda: server.get_json(f"{runs}/four")["stop_requested"], "the stop at the server")

    in_menu("three", "Open")
    expect(page.get_by_role("heading", name="three")).to_be_visible()
    page.keyboard.press("b")
    expect(page.get_by_text("Baseline", exact=True)).to_be_visible()
    page.get_by_role("navigation", name="Pages of the project").get_by_role("link", name="Workspace").click()
    expect(rows.first).to_contain_text("three")
    expect(rows.first).to_contain_text("baseline")

    rows.filter(has_text="second").focus()
    page.keyboard.press("x")
    page.keyboard.press("Delete")
    expect(page.get_by_text("Deleted 1 run")).to_be_visible()
    expect(rows.filter(has_text="second")).to_have_count(0)
    page.get_by_role("status").get_by_text("Deleted 1 run").locator("..").get_by_role("button", name="Undo").click()
    expect(rows.filter(has_text="second")).to_be_visible()
    page.goto("about:blank")  # the page would go on asking for what is deleted now
    assert server.request("DELETE", PLACE)[0] == 204


def test_a_viewer_of_a_team_is_offered_no_changes(page: Page, open_page: OpenPage, server: ServerProcess):
    key = server.post_json("/api/users", {"name": "onlooker"})["key"]
    page.goto("/settings/users")
    page.get_by_role("button", name="New team").click()
    page.get_by_label("Name of the team").fill("lab")
    page.get_by_role("button", name="Make the team").click()
    joining = page.get_by_role("dialog", name="Put somebody into lab")
    joining.get_by_label("Name of the user").fill("onlooker")
    joining.get_by_role("button", name="Put in").click()
    teams = page.get_by_role("region", name="Teams")
    teams.get_by_role("button", name="onlooker").click()
    page.get_by_role("menuitem", name="May look only").click()
    expect(teams.get_by_role("button", name="onlooker")).to_contain_text("may look only")
    made = 'mutation { upsertModel(input: {name: "shown", entityName: "lab", description: "Look"}) { inserted } }'
    assert "errors" not in server.graphql(made)

    assert "errors" not in server.graphql(RUN, {"name": "theirs", "project": "shown", "entity": "lab"})

    other = open_page(logged_in=False)
    other.context.request.post("/api/session", data={"api_key": key}, headers={"Origin": server.url}).dispose()
    other.goto("/lab/shown/overview")
    expect(other.get_by_role("region", name="About")).to_contain_text("Look")
    expect(other.get_by_role("region", name="Project", exact=True)).to_contain_text("1 member and administrators")
    expect(other.get_by_text("View only")).to_be_visible()
    for control in ("Edit the description", "Delete…"):
        expect(other.get_by_role("button", name=control)).to_have_count(0)
    other.goto("/lab/shown/runs/theirs")
    expect(other.get_by_role("heading", name="theirs")).to_be_visible()
    expect(other.get_by_text("No notes.", exact=True)).to_be_visible()
    for control in ("Rename", "Add a tag", "Stop…", "Edit the notes"):
        expect(other.get_by_role("button", name=control)).to_have_count(0)
    for letter in ("e", "t"):
        other.keyboard.press(letter)
    other.wait_for_timeout(200)
    expect(other.get_by_role("dialog")).to_have_count(0)
    expect(other.get_by_role("textbox")).to_have_count(0)
    other.goto("/lab/shown/workspace")
    other.get_by_role("row", name="theirs").click(button="right")
    expect(other.get_by_role("menuitem", name="Set baseline")).to_be_visible()
    expect(other.get_by_text("You may look at this project, not change it.")).to_be_visible()
    for change in ("Rename…", "Tags…", "Stop", "Delete"):
        expect(other.get_by_role("menuitem", name=change)).to_have_count(0)
    log_artifact(server, "shown", "data", {"a.txt": b"1"}, entityName="lab")
    for path, heading in (("storage", "Storage of shown"), ("artifacts/dataset/data/v0", "data v0")):
        other.goto(f"/lab/shown/{path}")
        expect(other.get_by_role("heading", name=heading)).to_be_visible()
        for control in ("Clean up…", "Alias", "Tag", "Edit the description"):
            expect(other.get_by_role("button", name=control)).to_have_count(0)
    other.goto("about:blank")  # what he has open would be told that it isn't his any more

    teams.get_by_role("button", name="onlooker").click()
    page.get_by_role("menuitem", name="Take out of lab").click()
    expect(teams.get_by_text("Nobody yet")).to_be_visible()
    assert server.request("GET", "/api/projects/lab/shown", key=key)[0] == 404
    assert server.request("DELETE", "/api/projects/lab/shown")[0] == 204
    assert server.request("DELETE", "/api/users/onlooker")[0] == 204


def test_a_project_without_runs_says_how_to_log_one(page: Page, server: ServerProcess):
    server.graphql('mutation { upsertModel(input: {name: "bare", entityName: "local"}) { inserted } }')
    page.goto("/local/bare/overview")
    first = page.get_by_role("region", name="No runs yet")
    expect(first).to_contain_text('runwell.init(project="bare"')
    expect(first).to_contain_text(server.url)
    assert server.request("DELETE", "/api/projects/local/bare")[0] == 204
