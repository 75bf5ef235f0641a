"""Artifacts of the unmodified official client on their pages: facts, files, aliases, differences, lineage, deletion."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.protocol import official
from tests.serving import ServerProcess

from .conftest import Complaints, OpenPage
from .looking import eventually
from .test_accessibility import assert_nothing_found, axe  # noqa: F401

SCRIPT = """
    import wandb

    def made(name, type, files, **more):
        artifact = wandb.Artifact(name, type, **more)
        for path, text in files.items():
            with artifact.new_file(path) as file:
                file.write(text)
        return artifact

    with wandb.init(project="chain", id="maker", name="make", job_type="make") as run:
        first = made("words", "dataset", {"a.txt": "one", "sub/b.csv": "x,y\\n1,2\\n"}, metadata={"n": 1})
        run.log_artifact(first).wait()
        second = made("words", "dataset", {"a.txt": "two", "new.txt": "n"}, description="# Words", metadata={"n": 2})
        second.add(wandb.Table(columns=["q", "r"], data=[[1, "p"], [2, "s"]]), "rows")
        run.log_artifact(second, aliases=["best"]).wait()
    with wandb.init(project="chain", id="trainer", name="train", job_type="train") as run:
        run.use_artifact("words:best")
        for n in range(6):
            run.log_artifact(made("net", "model", {"weights": str(n)})).wait()
    with wandb.init(project="chain", id="judge", name="judge", job_type="evaluate") as run:
        run.use_artifact("net:v5")
        report = run.log_artifact(made("report", "evaluation", {"report.md": "**good**"})).wait()
        print("ADDRESS", report.url)
"""
PAGE = "/local/chain/artifacts"


@pytest.fixture(scope="module")
def printed(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the report's page, as the official client prints it, once the pipeline of three steps has run."""
    output = official.run(server, tmp_path_factory.mktemp("chain"), SCRIPT)
    return next(line.removeprefix("ADDRESS ") for line in output.splitlines() if line.startswith("ADDRESS "))


def test_the_address_that_the_client_prints_shows_the_version(page: Page, printed: str):
    page.goto(printed)
    expect(page.get_by_role("heading", name="report v0")).to_be_visible()
    expect(page.get_by_text("Complete, 1 file verified")).to_be_visible()
    page.get_by_role("link", name="Artifacts").first.click()
    row = page.get_by_role("row").filter(has=page.get_by_title("words", exact=True))
    expect(row).to_contain_text("v1")
    row.get_by_role("link").click()
    expect(page).to_have_url(re.compile(rf"{PAGE}/dataset/words/v1$"))
    expect(page.get_by_role("region", name="Metadata")).to_contain_text(re.compile(r"n\s*2"))
    expect(page.get_by_role("region", name="Description").get_by_role("heading", name="Words")).to_be_visible()
    expect(page.get_by_role("region", name="Runs")).to_contain_text(re.compile("make.*train", re.DOTALL))
    page.get_by_role("link", name=re.compile("^Files")).click()
    page.get_by_title("rows.table.json").click()
    expect(page.get_by_role("table")).to_contain_text(re.compile(r"q\s*r\s*1\s*p\s*2\s*s"))


def test_two_versions_are_compared_file_by_file(page: Page, printed: str):
    page.goto(f"{PAGE}/dataset/words/v1")
    page.get_by_role("link", name="Compare with v0").click()
    expect(page.get_by_text("+ 2 added")).to_be_visible()
    expect(page.get_by_text("− 1 removed")).to_be_visible()
    page.get_by_role("button", name=re.compile("^a.txt")).click()
    expect(page.locator("[data-diff=removed]")).to_contain_text("one")
    expect(page.locator("[data-diff=added]")).to_contain_text("two")
    page.get_by_role("button", name=re.compile("^Metadata")).click()
    expect(page.get_by_role("row", name=re.compile("^n"))).to_contain_text(re.compile("changed.*1.*2"))


def test_an_alias_set_on_one_version_leaves_the_other(page: Page, printed: str, server: ServerProcess):
    page.goto(f"{PAGE}/model/net/v2")
    page.get_by_role("button", name="Add an alias").click()
    page.get_by_label("Find or create an alias").fill("ready")
    page.keyboard.press("Enter")
    versions = page.get_by_role("navigation", name="Versions of net")
    expect(versions.get_by_role("link", name=re.compile("^v2"))).to_contain_text("ready")
    versions.get_by_role("link", name=re.compile("^v1")).click()
    expect(page.get_by_role("heading", name="net v1")).to_be_visible()
    page.get_by_role("button", name="Add an alias").click()
    page.get_by_role("button", name=re.compile("ready")).last.click()
    expect(versions.get_by_role("link", name=re.compile("^v1"))).to_contain_text("ready")
    expect(versions.get_by_role("link", name=re.compile("^v2"))).not_to_contain_text("ready")
    path = "/api/projects/local/chain/artifacts/net/ready"
    eventually(page, lambda: server.get_json(path)["version"] == "v1", "the server knows where the alias is")


def test_the_lineage_shows_the_pipeline_and_is_walked_by_keys(page: Page, printed: str, axe: str):  # noqa: F811
    page.goto(f"{PAGE}/dataset/words/v1/lineage")
    graph = page.get_by_role("group", name="Lineage of words:v1")
    for name in ("make.*Finished", "dataset.*words v1", "train.*Finished", "model.*net v5", "evaluation.*report v0"):
        expect(graph.get_by_role("link", name=re.compile(name))).to_be_visible()
    expect(page.get_by_text("6 of 11 nodes drawn")).to_be_visible()
    graph.get_by_role("button", name=re.compile("5 × model")).click()
    expect(graph.get_by_role("link", name=re.compile("net v0"))).to_be_visible()
    assert_nothing_found(page, axe)
    graph.get_by_role("link", name=re.compile("words v1")).focus()
    page.keyboard.press("ArrowRight")
    expect(graph.get_by_role("link", name=re.compile("train.*Finished"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/runs/trainer$"))


def test_a_deleted_version_says_so_and_the_rest_stays(page: Page, printed: str, complaints: Complaints):
    complaints.expect("404")
    page.goto(f"{PAGE}/model/net/v3")
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Delete this version").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nothing else refers to it.")
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(page).to_have_url(re.compile("/model/net/v2$"))
    page.goto(f"{PAGE}/model/net/v3")
    expect(page.get_by_role("heading", name="This version is not there.")).to_be_visible()
    expect(page.get_by_role("navigation", name="Versions of net").get_by_role("link")).to_have_count(5)


def test_axe_finds_nothing_on_the_pages_in_the_dark(open_page: OpenPage, printed: str, axe: str):  # noqa: F811
    page = open_page(color_scheme="dark")
    for path, seen in (
        ("", "words"),
        ("/dataset/words/v1", "Description"),
        ("/dataset/words/v1/compare", "+ 2 added"),
        ("/dataset/words/v1/lineage", "Fold all"),
    ):
        page.goto(PAGE + path)
        if seen == "Fold all":
            page.get_by_role("button", name="Open all").click()
        expect(page.get_by_text(seen, exact=True).first).to_be_visible()
        assert_nothing_found(page, axe)
