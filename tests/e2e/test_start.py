"""A server and a project without runs: what to do next, and the page that turns live by itself."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.serving import ServerProcess

from .conftest import Complaints, OpenPage
from .looking import chart, coloured_pixels, eventually, is_marked, mark
from .training import LiveTrainer


def test_the_first_start_shows_a_snippet_and_opens_the_first_run(
    new_server: Callable[..., ServerProcess], open_page: OpenPage, live_trainer: Callable[..., LiveTrainer]
):
    empty = new_server().start()
    page = open_page(empty)
    page.goto("/")
    expect(page.get_by_role("heading", name="Runwell has no runs yet")).to_be_visible()
    expect(page.get_by_text(f'base_url="{empty.url}"')).to_be_visible()
    page.get_by_role("tab", name="Existing wandb script").click()
    expect(page.get_by_text(f"WANDB_BASE_URL={empty.url}")).to_be_visible()
    page.get_by_role("tab", name="Shell").click()
    expect(page.get_by_text(f"runwell login {empty.url}").first).to_be_visible()
    expect(page.get_by_text("Waiting for your first run…")).to_be_visible()
    mark(page)
    trainer = live_trainer(empty, "newborn", "very-first", 10)
    expect(page).to_have_url(re.compile(rf"^{re.escape(empty.url)}/local/newborn/runs/\w+/charts$"), timeout=20000)
    expect(page.get_by_role("heading", name="very-first")).to_be_visible()
    expect(chart(page, "train/loss")).to_be_visible()
    eventually(page, lambda: coloured_pixels(page, "train/loss") > 0, "a line")
    assert is_marked(page)
    trainer.end()


def test_a_project_whose_runs_are_gone_shows_the_snippet_with_its_name(server: ServerProcess, open_page: OpenPage):
    create = """mutation { upsertBucket(input: {modelName: "emptied", entityName: "local"}) { bucket { name } } }"""
    run = server.graphql(create)["data"]["upsertBucket"]["bucket"]["name"]
    server.post_json("/api/projects/local/emptied/runs/delete", {"ids": [run]})
    page = open_page()
    for path in ("/local/emptied", "/local/emptied/table"):
        page.goto(path)
        expect(page.get_by_role("heading", name="emptied has no runs yet")).to_be_visible()
        expect(page.get_by_text('project="emptied"')).to_be_visible()


def test_a_project_of_ones_own_that_is_not_there_yet_is_waited_for(
    server: ServerProcess, open_page: OpenPage, complaints: Complaints, live_trainer: Callable[..., LiveTrainer]
):
    complaints.expect("status of 404")
    page = open_page()
    page.goto("/local/planned")
    expect(page.get_by_role("heading", name="planned has no runs yet")).to_be_visible()
    trainer = live_trainer(server, "planned", "at-last", 5)
    expect(page).to_have_url(re.compile(r"/local/planned/runs/\w+/charts$"), timeout=20000)
    expect(page.get_by_role("heading", name="at-last")).to_be_visible()
    trainer.end()
