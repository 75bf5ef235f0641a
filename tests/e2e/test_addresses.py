"""Addresses that lead nowhere say so, and lead back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import Complaints
from .training import Project


@pytest.mark.parametrize(
    "path",
    [
        "/nobody/vision",
        "/nobody/vision/table",
        "/nobody/vision/overview",
        "/local/no-such-project/runs/nothere",
        "/local/vision/runs/nothere",
        "/local/vision/runs/nothere/logs",
    ],
)
def test_an_unknown_project_or_run_says_so(page: Page, vision: Project, complaints: Complaints, path: str):
    complaints.expect("status of 404")
    page.goto(path)
    expect(page.get_by_text("There is nothing at this address")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="All projects").click()
    expect(page.get_by_role("heading", name="Projects", exact=True)).to_be_visible()


def test_a_page_that_does_not_exist_says_so(page: Page, vision: Project):
    page.goto("/local/vision/what/is/this")
    expect(page.get_by_text("There is nothing at this address")).to_be_visible()


def test_a_server_that_stops_is_told_and_met_again(open_page, new_server, complaints: Complaints):
    own = new_server().start()
    own.graphql('mutation { upsertBucket(input: {modelName: "lasting", entityName: "local"}) { bucket { name } } }')
    page = open_page(own)
    page.goto("/local/lasting")
    expect(page.get_by_text("1 of 1 match")).to_be_visible()
    complaints.expect("ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE")
    own.stop()
    expect(page.get_by_text("No connection")).to_be_visible(timeout=15000)
    own.start()
    expect(page.get_by_text("No connection")).to_have_count(0, timeout=30000)
    expect(page.get_by_text("1 of 1 match")).to_be_visible()
