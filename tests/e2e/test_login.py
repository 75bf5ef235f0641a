"""Getting in: by the link that the server prints, by a key; and out again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.serving import ServerProcess

from .conftest import Complaints, OpenPage
from .training import Project

REFUSED = r"status of 401"


def test_a_login_link_logs_in_once(server: ServerProcess, vision: Project, open_page: OpenPage, complaints: Complaints):
    link = re.findall(r"log in\s+(\S+)", server.log())[-1]
    page = open_page(logged_in=False)
    page.goto(link)
    expect(page).to_have_url(f"{server.url}/")
    expect(page.get_by_role("heading", name="Projects", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=vision.name, exact=True).first).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Projects", exact=True)).to_be_visible()

    complaints.expect(REFUSED)
    stranger = open_page(logged_in=False)
    stranger.goto(link)
    expect(stranger.get_by_role("alert")).to_contain_text("This login link was used already")
    assert "token" not in stranger.url


def test_a_key_opens_the_page_that_was_asked_for(server: ServerProcess, vision: Project, open_page: OpenPage):
    page = open_page(logged_in=False)
    page.goto(f"{vision.path}?q=swift")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.get_by_label("API key").fill(server.key)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(f"{server.url}{vision.path}?q=swift")
    expect(page.get_by_title("swift-vit", exact=True)).to_be_visible()


def test_a_wrong_key_is_refused_in_words(open_page: OpenPage, complaints: Complaints):
    complaints.expect(REFUSED)
    page = open_page(logged_in=False)
    page.goto("/")
    page.get_by_label("API key").fill("local-" + "0" * 40)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"\w+ \w+"))
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.get_by_role("button", name="Use a name and password").click()
    page.get_by_label("Name").fill("local")
    page.get_by_label("Password").fill("guessed")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"\w+ \w+"))


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "/\\example.org/"])
def test_logging_in_never_leads_to_another_site(server: ServerProcess, open_page: OpenPage, elsewhere: str):
    page = open_page(logged_in=False)
    page.goto(f"/login?next={elsewhere}")
    page.get_by_label("API key").fill(server.key)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(f"{server.url}/")


def test_logging_out_ends_the_session(vision: Project, open_page: OpenPage):
    page = open_page()
    page.goto("/")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto(vision.path)
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    expect(page.get_by_title("swift-vit", exact=True)).to_have_count(0)
