"""The first page: all projects, what is live, and where they lead."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .looking import chart
from .training import Project


def test_home_lists_projects_with_their_runs_and_states(page: Page, vision: Project):
    page.goto("/")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=vision.name, exact=True)).last
    expect(row.get_by_role("cell").nth(1)).to_have_text("5")
    for words in ("3 Finished", "1 Failed", "1 Running"):
        expect(row).to_contain_text(words)
    row.get_by_role("link", name=vision.name, exact=True).click()
    expect(page).to_have_url(f"{vision.server.url}{vision.path}")
    expect(chart(page, "train/loss")).to_be_visible()


def test_home_shows_what_runs_now_and_opens_it(page: Page, vision: Project):
    page.goto("/")
    page.get_by_role("link", name="live-gru").click()
    expect(page).to_have_url(f"{vision.server.url}{vision.page_of('live-gru', 'charts')}")
    expect(page.get_by_role("heading", name="live-gru")).to_be_visible()


def test_the_bar_counts_what_is_live_and_leads_to_other_projects(page: Page, vision: Project, edited: Project):
    page.goto(edited.path)
    expect(page.get_by_text("0 live")).to_be_visible()
    page.get_by_role("button", name="Switch project").click()
    page.get_by_role("menuitem", name=vision.name).click()
    expect(page).to_have_url(f"{vision.server.url}{vision.path}")
    expect(page.get_by_text("1 live")).to_be_visible()
    expect(page.get_by_title("swift-vit", exact=True)).to_be_visible()
