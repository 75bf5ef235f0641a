"""Storage pages: sizes by project, kind and collection, a clean-up that is shown before it is done, many files."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.logging_artifacts import (
    announce,
    commit,
    create,
    data_of,
    digest_text,
    log_artifact,
    manifest_text,
    put,
    put_manifest,
)
from tests.serving import ServerProcess

from .test_accessibility import assert_nothing_found, axe  # noqa: F401

PROJECT = "weights"


@pytest.fixture(scope="module")
def kept(server: ServerProcess) -> None:
    """Three versions of one collection, and one version of 1,200 files."""
    for n in range(3):
        log_artifact(server, PROJECT, "net", {"w.bin": b"%d" % n * 40_000, "same.txt": b"same"})
    files = {f"part/{n:04d}.txt": b"same" for n in range(1_100)} | {f"top-{n:03d}.txt": b"same" for n in range(100)}
    version = create(server, PROJECT, "many", digest_text(files))
    names = list(files)
    for start in range(0, len(names), 1_000):
        paths = announce(server, version["id"], {name: files[name] for name in names[start : start + 1_000]})
        asked = [path for path in paths.values() if path is not None]
        if asked:
            assert put(server, asked[0], b"same") == 200
    assert put_manifest(server, version["id"], manifest_text(files)) == 200
    data_of(commit(server, version["id"]))


def test_a_clean_up_is_shown_before_it_is_done(
    page: Page,
    kept: None,
    server: ServerProcess,
    axe: str,  # noqa: F811
):
    page.goto("/settings/storage")
    projects = page.get_by_role("table", name="Storage")
    expect(projects.get_by_role("row", name=re.compile(PROJECT))).to_contain_text("kB")
    assert_nothing_found(page, axe)
    projects.get_by_role("link", name=re.compile(PROJECT)).click()
    expect(page.get_by_role("heading", name=f"Storage of {PROJECT}")).to_be_visible()
    collections = page.get_by_role("table", name="Artifacts by collection")
    expect(collections.get_by_role("row").nth(1)).to_contain_text(re.compile("net.*dataset.*3"))
    collections.get_by_role("button", name="Collection").click()
    expect(collections.get_by_role("row").nth(1)).to_contain_text("many")

    page.get_by_role("button", name="Clean up…").click()
    dialog = page.get_by_role("dialog", name=f"Clean up {PROJECT}")
    dialog.get_by_label(re.compile("^Old artifact versions, older than")).fill("0")
    dialog.get_by_label(re.compile("^keep the newest")).fill("0")
    dialog.get_by_role("button", name="Show what would go").click()
    expect(dialog.get_by_role("status")).to_contain_text(re.compile(r"2 items, 80\.\d.kB would be freed"))
    for name in ("net:v0", "net:v1"):
        expect(dialog.get_by_role("row", name=re.compile(name))).to_contain_text("old version")
    path = f"/api/projects/local/{PROJECT}/artifacts/net"
    assert server.get_json(path)["total"] == 3, "nothing is removed yet"
    assert_nothing_found(page, axe)
    dialog.get_by_role("button", name="Remove 2 items for good").click()
    expect(dialog.get_by_role("status")).to_contain_text("2 items removed")
    assert server.get_json(path)["total"] == 1


def test_a_version_of_many_files_opens_folder_by_folder(page: Page, kept: None):
    page.goto(f"/local/{PROJECT}/artifacts/dataset/many/v0/files")
    expect(page.get_by_text(re.compile("^1,200 files, "))).to_be_visible()
    page.get_by_role("button", name=re.compile("^part")).click()
    expect(page.get_by_title("part/0000.txt")).to_be_visible()
    page.get_by_label("Find a file").fill("top-07")
    expect(page.get_by_text("10 of 10")).to_be_visible()
    page.get_by_title("top-071.txt").click()
    expect(page.get_by_role("region", name="top-071.txt")).to_contain_text("same")
