"""Runs held against one another: chosen in the table, compared key by key and by where a metric parts."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .looking import chart
from .training import Project

CHOSEN = ("steady-cnn", "swift-vit", "broken-rnn")


def test_selected_runs_are_compared(page: Page, vision: Project):
    ids = ",".join(vision.ids[name] for name in CHOSEN)
    page.goto(f"{vision.path}/table?sel={ids}")
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_role("button", name="Compare c").click()
    expect(page).to_have_url(re.compile(rf"{vision.path}/compare\?.*runs={ids}"))
    keys = page.get_by_role("group", name="Keys by run")
    expect(keys.get_by_role("columnheader")).to_contain_text(["Key", "steady-cnn", "swift-vit", "broken-rnn"])
    rate = keys.get_by_role("row").filter(has=page.get_by_role("rowheader", name="lr", exact=True))
    expect(rate.get_by_role("cell")).to_have_text(["0.1", "0.01", "1"])
    # What is equal in all is counted, and shown on demand.
    seed = keys.get_by_role("rowheader", name="seed", exact=True)
    expect(keys.get_by_role("button", name="Config 2 of 3")).to_be_visible()
    expect(seed).to_have_count(0)
    page.get_by_role("switch", name="Only what differs").click()
    expect(seed).to_be_visible()

    parting = page.get_by_role("region", name="Where they part")
    reasons = parting.get_by_role("listitem")
    expect(chart(page, "train/loss")).to_be_visible()
    expect(reasons).to_contain_text([re.compile("swift-vit.*step 0.*lr 0.01, not 0.1"), "broken-rnn"])
    page.get_by_role("button", name=re.compile("^Baseline")).click()
    page.get_by_role("menuitem", name="broken-rnn").click()
    expect(reasons).to_contain_text(["steady-cnn", "swift-vit"])
    expect(rate.get_by_role("cell")).to_have_text(["1", "0.1", "0.01"])
    page.get_by_role("button", name=re.compile("^Metric")).click()
    page.get_by_role("option", name="val/loss", exact=True).click()
    expect(chart(page, "val/loss")).to_be_visible()
    against = page.get_by_role("region", name="Log", exact=True).get_by_role("button", name=re.compile("^Against"))
    expect(against).to_contain_text("steady-cnn")
    against.click()
    page.get_by_role("menuitem", name="swift-vit").click()
    page.reload()
    expect(against).to_contain_text("swift-vit")
    expect(chart(page, "val/loss")).to_be_visible()
    expect(reasons).to_contain_text(["steady-cnn", "swift-vit"])
