"""The machine beside a run: names and units in place of keys, and a row for every GPU."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.serving import ServerProcess

from .conftest import OpenPage
from .looking import coloured_pixels, eventually

GPUS = 8
SAMPLES = 60


def sample(n: int) -> dict[str, float]:
    """Give one row as the official client sends it; the GPUs differ, and the last one idles."""
    row: dict[str, float] = {"_runtime": 2.0 * n, "_timestamp": 1.7e9 + 2 * n, "_wandb": True}
    for gpu in range(GPUS):
        row[f"system.gpu.{gpu}.gpu"] = 3.0 if gpu == GPUS - 1 else 90.0 + gpu
        row[f"system.gpu.{gpu}.memoryAllocatedBytes"] = (70 + gpu) * 1e9
        row[f"system.gpu.{gpu}.powerWatts"] = 600.0 + 10 * gpu
    for core in range(12):
        row[f"system.cpu.{core}.cpu_percent"] = core + n % 5
    return row | {"system.proc.memory.rssMB": 2000.0, "system.tpu.0.duty": 12.0 + n % 3}


@pytest.fixture(scope="module")
def machine(server: ServerProcess) -> str:
    """The System tab of a run on a machine with eight GPUs."""
    made = '{modelName: "machines", name: "node", displayName: "노드 1"}'
    server.graphql(f"mutation {{ upsertBucket(input: {made}) {{ inserted }} }}")
    lines = [json.dumps(sample(n)) for n in range(SAMPLES)]
    body = {"files": {"wandb-events.jsonl": {"offset": 0, "content": lines}}}
    server.post_json("/files/local/machines/node/file_stream", body)
    return "/local/machines/runs/node/system"


def panel(page: Page, title: str) -> Locator:
    """Find a chart by its title."""
    return page.get_by_role("region", name=title, exact=True)


def test_metrics_of_the_machine_have_names_and_units(page: Page, machine: str):
    page.goto(machine)
    for title in ("CPU by core (%)", "Memory of this process (GB)", "Power (W)"):
        expect(panel(page, title)).to_be_visible()
    expect(page.get_by_role("img", name="CPU by core (%) over", exact=False)).to_have_count(1)
    expect(panel(page, "tpu.0.duty")).to_be_visible()
    expect(page.get_by_text("system.", exact=False)).to_have_count(0)
    name = "CPU by core (%)"
    eventually(page, lambda: coloured_pixels(page, name) > 100, "lines of the cores")


def test_every_gpu_has_a_row_with_its_last_values(page: Page, machine: str):
    page.goto(machine)
    matrix = page.get_by_role("region", name="GPUs", exact=True)
    expect(matrix.get_by_role("columnheader")).to_have_text(
        ["8 GPUs", "Utilisation (%)", "Memory allocated (GB)", "Power (W)"]
    )
    for gpu, cells in {"GPU 0": ["90", "70", "600"], "GPU 7": ["3", "77", "670"]}.items():
        row = matrix.get_by_role("row").filter(has=page.get_by_role("rowheader", name=gpu, exact=True))
        expect(row.get_by_role("cell")).to_have_text(cells)


def test_new_samples_reach_the_row_of_their_gpu(page: Page, machine: str, server: ServerProcess):
    page.goto(machine)
    last = page.get_by_role("region", name="GPUs", exact=True).get_by_role("row").last
    expect(last).to_contain_text("670")
    lines = [json.dumps(sample(SAMPLES) | {"system.gpu.7.powerWatts": 123.0})]
    body = {"files": {"wandb-events.jsonl": {"offset": SAMPLES, "content": lines}}}
    server.post_json("/files/local/machines/node/file_stream", body)
    expect(last).to_contain_text("123")


def test_the_machine_is_named_in_the_readers_language(open_page: OpenPage, machine: str):
    page = open_page(locale="ko-KR")
    page.goto(machine)
    expect(panel(page, "코어별 CPU (%)")).to_be_visible()
    expect(page.get_by_role("columnheader", name="사용률 (%)")).to_be_visible()
