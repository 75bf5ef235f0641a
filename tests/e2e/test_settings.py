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


def test_users_are_added_reset_and_removed(page: Page, server: ServerProcess):
    page.goto("/settings/users")
    page.get_by_role("button", name="New user").click()
    page.get_by_label("Name of the user").fill("newcomer")
    page.get_by_role("button", name="Make the user").click()
    shown = page.get_by_role("status").filter(has_text="newcomer").locator("code")
    key = shown.inner_text()
    assert server.get_json("/api/server", key=key)["user"] == "newcomer"
    for act in ("Reset the access", "Remove the user"):
        page.get_by_role("button", name="More about newcomer").click()
        page.get_by_role("menuitem", name=act).click()
        page.get_by_role("dialog").get_by_role("button", name=act).click()
        eventually(
            page, lambda key=key: server.request("GET", "/api/projects", key=key)[0] == 401, "the key is refused"
        )
        if act == "Reset the access":
            expect(shown).not_to_have_text(key)
            key = shown.inner_text()
            assert server.get_json("/api/server", key=key)["user"] == "newcomer"
    expect(page.get_by_role("cell", name="newcomer")).to_have_count(0)
    page.goto("/settings/profile")
    expect(page.get_by_role("definition").filter(has_text="Administrator")).to_be_visible()


def test_rows_and_keys_are_as_the_reader_chose_them(page: Page, server: ServerProcess, vision: Project):
    page.goto("/settings/appearance")
    page.get_by_role("button", name="Compact").click()
    page.goto("/settings/keyboard")
    change = page.get_by_role("button", name="change the key of “Next run”")
    change.click()
    page.keyboard.press("k")
    expect(page.get_by_role("alert")).to_have_text("k is “Previous run”. Choose another, or change that one first.")
    change.click()
    page.keyboard.press("u")
    expect(change).to_have_text("u")
    eventually(
        page,
        lambda: server.get_json("/api/settings")["ui"] == {"density": "compact", "keys": {"next": "u"}},
        "the server keeps both",
    )

    page.goto(vision.path)
    expect(chart(page, "train/loss")).to_be_visible()
    rows = page.locator("[role=row][data-index]")
    assert rows.first.evaluate("row => row.offsetHeight") == 24
    focused = page.locator("[role=row][data-index]:focus")
    page.keyboard.press("j")
    expect(focused).to_have_count(0)
    page.keyboard.press("u")
    expect(focused).to_have_attribute("data-index", "0")
    page.keyboard.press("u")
    expect(focused).to_have_attribute("data-index", "1")
    page.keyboard.press("k")
    expect(focused).to_have_attribute("data-index", "0")
    page.keyboard.press("?")
    help_page = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_page.get_by_role("listitem").filter(has_text="Next run")).to_have_text("Next runu")
    page.keyboard.press("Escape")

    page.keyboard.press("w")
    eventually(page, lambda: "zoom" in query(page), "the charts are zoomed in")
    page.keyboard.press("s")
    eventually(page, lambda: "zoom" not in query(page), "the charts show the whole range")
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page).to_have_url(f"{vision.server.url}{vision.path}/table")

    page.goto("/settings/keyboard")
    page.get_by_role("button", name="All back to their defaults").click()
    expect(change).to_have_text("j")
    page.get_by_role("switch", name="Single-key actions").click()
    page.goto(vision.path)
    expect(chart(page, "train/loss")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_visible()
    expect(focused).to_have_count(0)


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
    find = page.get_by_role("dialog").get_by_role("combobox")
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
