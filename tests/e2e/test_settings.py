"""Settings: keys are made, shown once and revoked; switches are kept by the server; and the palette."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.serving import ServerProcess

from .looking import chart, eventually, query
from .training import Project


def test_a_key_is_shown_once_works_and_is_revoked(page: Page, server: ServerProcess):
    page.goto("/settings")
    page.get_by_role("button", name="New key").click()
    page.get_by_label("Name of the key").fill("gpu-box")
    page.get_by_role("button", name="Make the key").click()
    made = page.get_by_role("status").filter(has_text="Copy it now")
    expect(made).to_be_visible()
    key = made.locator("code").inner_text()
    assert server.request("GET", "/api/projects", key=key)[0] == 200
    page.reload()
    expect(page.get_by_role("cell", name="gpu-box", exact=True)).to_be_visible()
    expect(page.get_by_text(key)).to_have_count(0)
    page.get_by_role("button", name="Revoke gpu-box").click()
    page.get_by_role("button", name="Revoke the key").click()
    expect(page.get_by_role("cell", name="gpu-box", exact=True)).to_have_count(0)
    eventually(page, lambda: server.request("GET", "/api/projects", key=key)[0] == 401, "the key is refused")


def test_code_saving_is_switched_and_kept(page: Page, server: ServerProcess):
    page.goto("/settings/code")
    switch = page.get_by_role("switch", name="Save the code with each run")
    expect(switch).to_be_visible()
    before = server.get_json("/api/settings")["code_saving"]
    expect(switch).to_be_checked(checked=before)
    switch.click()
    eventually(page, lambda: server.get_json("/api/settings")["code_saving"] is not before, "the server keeps it")
    page.reload()
    expect(switch).to_be_checked(checked=not before)
    switch.click()
    eventually(page, lambda: server.get_json("/api/settings")["code_saving"] is before, "it is as it was")


def test_a_page_of_its_own_makes_a_key_for_a_script(page: Page, server: ServerProcess):
    page.goto("/authorize")
    page.get_by_label("Key name").fill("notebook")
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_text("it will not be shown again")).to_be_visible()
    key = page.get_by_role("main").locator("code").inner_text()
    assert server.request("GET", "/api/projects", key=key)[0] == 200


def test_the_palette_finds_runs_metrics_and_commands(page: Page, vision: Project):
    page.goto(vision.path)
    expect(chart(page, "train/loss")).to_be_visible()
    page.keyboard.press("Control+k")
    find = page.get_by_role("combobox")
    find.fill("swift")
    expect(page.get_by_role("option").first).to_contain_text("swift-vit")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{vision.server.url}{vision.page_of('swift-vit')}")
    page.keyboard.press("Control+k")
    find.fill("val/lo")
    page.get_by_role("option", name="val/loss").click()
    eventually(page, lambda: query(page).get("focus") == "val/loss", "the metric is full screen")
    page.keyboard.press("Control+k")
    find.fill(">dark")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
