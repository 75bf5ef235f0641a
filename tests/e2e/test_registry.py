"""The registry in a browser: a version is linked, its aliases move, its card is written, its users are seen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.logging_artifacts import data_of, log_artifact
from tests.serving import ServerProcess

from .conftest import OpenPage
from .test_accessibility import assert_nothing_found, axe  # noqa: F401

PROJECT = "shelved"
USE = """mutation($id: ID!, $project: String!) {
  useArtifact(input: {artifactID: $id, entityName: "local", projectName: $project, runName: "nightly"}) {
    artifact { id }
  }
}"""
RUN = """mutation($project: String!, $name: String!) {
  upsertBucket(input: {modelName: $project, name: $name, displayName: $name}) { inserted }
}"""


@pytest.fixture(scope="module")
def versions(server: ServerProcess) -> list[str]:
    """The ids of two versions of a model, of which a run of another project used the first."""
    for project, name in ((PROJECT, "trainer"), ("serving", "nightly")):
        data_of(server.graphql(RUN, {"project": project, "name": name}))
    made = [
        log_artifact(server, PROJECT, "net", {"w": b"%d" % n}, artifactTypeName="model", runName="trainer")["id"]
        for n in range(2)
    ]
    data_of(server.graphql(USE, {"id": made[0], "project": "serving"}))
    return made


def link(page: Page, version: str, aliases: str) -> None:
    page.goto(f"/local/{PROJECT}/artifacts/model/net/{version}")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Link to a registry…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Registry").fill("bench")
    dialog.get_by_label("Collection").fill("churn")
    dialog.get_by_label("Aliases").fill(aliases)
    dialog.get_by_role("button", name="Link", exact=True).click()
    expect(dialog).to_be_hidden()


def test_versions_are_linked_and_an_alias_is_moved_with_its_history(page: Page, versions: list[str]):
    page.goto("/registry")
    expect(page.get_by_role("navigation", name="Of every project").get_by_text("Registry")).to_be_visible()
    link(page, "v0", "production")
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page).to_have_url(re.compile("/registry/bench/churn$"))
    expect(page.get_by_role("heading", name="churn")).to_be_visible()
    link(page, "v1", "")
    expect(page.get_by_text("Linked as bench/churn:v1")).to_be_visible()
    page.goto("/orgs/runwell/registry/bench?selectionPath=registry%2Fwandb-registry-bench%2Fchurn&view=membership")
    expect(page).to_have_url(re.compile("/registry/bench/churn$"))
    newest = page.get_by_role("row").filter(has_text="v1").filter(has_text=PROJECT)
    expect(newest).to_contain_text("by local")
    newest.get_by_role("button", name="Add an alias").click()
    page.get_by_role("button", name=re.compile("^production")).click()
    expect(newest.get_by_title("production")).to_be_visible()
    history = page.get_by_role("region", name="Alias history")
    expect(history).to_contain_text("production moved from v0 to v1 by local")
    expect(history).to_contain_text("production set on v0 by local")
    users = page.get_by_role("region", name="Used by")
    expect(users).to_contain_text("v0nightly")
    expect(users.get_by_role("link", name="nightly")).to_have_attribute("href", "/local/serving/runs/nightly")
    expect(page.locator("pre").filter(has_text="registry/bench/churn:production")).to_be_visible()


def test_a_card_is_written_and_the_registry_tells_what_it_says(
    open_page: OpenPage,
    versions: list[str],
    axe: str,  # noqa: F811
):
    page = open_page(color_scheme="dark")
    link(page, "v0", "production")
    page.goto("/registry/bench/churn")
    page.get_by_role("button", name="Edit the card").click()
    page.get_by_label("Card of this collection").fill("# Churn\n\nWho **leaves**.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Model card").locator("strong")).to_have_text("leaves")
    assert_nothing_found(page, axe)
    page.goto("/registry")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="churn", exact=True))
    expect(row).to_contain_text("Who leaves.")
    expect(row.get_by_title(re.compile("^production names v"))).to_be_visible()
    assert_nothing_found(page, axe)
    page.get_by_role("link", name="bench").click()
    expect(page).to_have_url(re.compile("/registry/bench$"))
    expect(page.get_by_role("region", name="About")).to_be_visible()
    assert_nothing_found(page, axe)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("churn")
    page.get_by_role("option").filter(has_text="bench").click()
    expect(page).to_have_url(re.compile("/registry/bench/churn$"))
