"""The console of the official client, line by line as a terminal showed it, and the machine's metrics beside it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.serving import ServerProcess

from . import official

TALKING = """
    import json, logging, os, sys, time
    import wandb
    from tqdm import tqdm

    def begin(name, **settings):
        settings = wandb.Settings(x_stats_sampling_interval=0.2, **settings)
        return wandb.init(project="console", id=name, settings=settings)

    run = begin("wrap", console="wrap")
    print("first line")
    for _ in tqdm(range(20), desc="bar"):
        time.sleep(0.02)
    sys.stdout.write("progress 1\\rprogress 2\\rdone\\n")
    sys.stdout.write("up A\\nup B\\nup C\\n")
    sys.stdout.flush()
    time.sleep(1)  # the lines leave, and are rewritten behind their back
    sys.stdout.write("\\x1b[A\\x1b[A\\rreplaced B\\n\\n")
    print("\\x1b[31mred\\x1b[0m plain", "\\ud55c\\uad6d\\uc5b4 \\U0001f680", flush=True)
    print("to stderr", file=sys.stderr, flush=True)
    logging.basicConfig()
    logging.warning("logged")
    sys.stdout.write("partial ")
    sys.stdout.flush()
    time.sleep(0.3)
    sys.stdout.write("line\\n")
    print("a\\ttab")
    print("x" * 5000)
    print()
    for i in range(300):
        print("line", i)
    run.log({"x": 1})
    run.finish()

    with begin("off", console="off") as run:
        print("not recorded")
    with begin("parts", console="wrap", console_multipart=True, console_chunk_max_bytes=200, mode="shared",
               x_label="rank-0", x_primary=True) as run:
        for i in range(20):
            print("part", i)
            time.sleep(0.05)

    api = wandb.Api()
    out = {}
    for name in ("wrap", "off", "parts"):
        read = api.run(f"console/{name}")
        lines = list(read.console_logs(per_page=100))
        out[name] = [[l.number, l.timestamp and l.timestamp.timestamp(), l.level, l.label, l.content] for l in lines]
    out["last"] = [l.content for l in api.run("console/wrap").console_logs(last=2)]
    parts = sorted(f.name for f in api.run("console/parts").files(pattern="logs/%"))
    out["files"] = [open(api.run("console/parts").file(name).download(root="down").name).read() for name in parts]
    out["events"] = api.run("console/wrap").history(stream="events", pandas=False)
    print("OUT" + json.dumps(out))
"""

SHOWN = [
    ("info", "first line"),
    ("error", "bar: 100%"),
    ("info", "doneress 2"),  # what a terminal is left with: the end of a longer line
    ("info", "up A"),
    ("info", "replaced B"),
    ("info", "up C"),
    ("info", "\x1b[31mred\x1b[0m plain 한국어 \U0001f680"),
    ("error", "to stderr"),
    ("error", "WARNING:root:logged"),
    ("info", "partial line"),
    ("info", "a\ttab"),
    ("info", "x" * 4096),  # the client keeps no longer lines
    ("info", ""),
    *[("info", f"line {i}") for i in range(300)],
]


@pytest.fixture(scope="module")
def said(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give the lines that the client that printed them read back."""
    output = official.run(server, tmp_path_factory.mktemp("console"), TALKING)
    [line] = [line for line in output.splitlines() if line.startswith("OUT")]
    return json.loads(line[3:])


def console(server: ServerProcess, run: str) -> list[dict[str, Any]]:
    return server.get_json(f"/api/projects/local/console/runs/{run}/console?limit=10000")["lines"]


def test_lines_are_what_the_terminal_showed(server: ServerProcess, said: dict[str, Any]) -> None:
    lines = console(server, "wrap")
    assert [line["n"] for line in lines] == list(range(len(SHOWN)))
    for line, (level, text) in zip(lines, SHOWN, strict=True):
        assert line["level"] == level
        assert line["text"].startswith(text) if text.startswith("bar") else line["text"] == text
    times = [line["t"] for line in lines]
    assert all(1.7e9 < t < 1e10 for t in times)
    body = server.request("GET", "/api/projects/local/console/runs/wrap/console.txt")[2].decode()
    assert body.splitlines()[-1] == "line 299"


def test_the_public_api_reads_the_same_lines(server: ServerProcess, said: dict[str, Any]) -> None:
    for run in ("wrap", "parts"):
        lines = console(server, run)
        assert [[n, level, content] for n, _, level, _, content in said[run]] == [
            [line["n"], line["level"], line["text"]] for line in lines
        ]
        for (_, at, _, label, _), line in zip(said[run], lines, strict=True):
            assert at == pytest.approx(line["t"], abs=1e-3) and (label or None) == line.get("label")
    assert said["last"] == ["line 298", "line 299"]
    assert said["off"] == [] and console(server, "off") == []


def test_lines_in_parts_have_their_label_and_their_files(server: ServerProcess, said: dict[str, Any]) -> None:
    lines = console(server, "parts")
    assert [line["text"] for line in lines] == [f"part {i}" for i in range(20)]
    assert {line.get("label") for line in lines} == {"rank-0"}
    assert said["files"] and "".join(said["files"]).splitlines() == [f"part {i}" for i in range(20)]


def test_lines_are_chosen_by_stream_and_by_writer(server: ServerProcess, said: dict[str, Any]) -> None:
    place = "/api/projects/local/console/runs"
    for run, wanted in (("wrap", {"level": "error"}), ("wrap", {"level": "info"}), ("parts", {"label": "rank-0"})):
        lines = console(server, run)
        asked = "&".join(f"{name}={value}" for name, value in wanted.items())
        chosen = [line for line in lines if wanted.items() <= line.items()]
        index = server.get_json(f"{place}/{run}/console/index?{asked}")
        spanned = [first + n for first, count in index["spans"] for n in range(count)]
        assert chosen and spanned == [line["n"] for line in chosen] and index["matched"] == len(chosen)
        assert (index["total_lines"], index["truncated"]) == (len(lines), False)
        assert index["levels"]["error"] == sum(line["level"] == "error" for line in lines)
        labels = {one["label"]: one["lines"] for one in index["labels"]}
        assert labels == ({"rank-0": len(lines)} if run == "parts" else {})
        page = server.get_json(f"{place}/{run}/console?{asked}&from={chosen[1]['n']}&limit=3")
        assert page == {"total": len(lines), "lines": chosen[1:4]}
    assert server.get_json(f"{place}/wrap/console?label=nobody") == {"total": len(console(server, "wrap")), "lines": []}
    assert server.request("GET", f"{place}/wrap/console?level=loud")[0] == 400


def test_the_machines_metrics_are_events(server: ServerProcess, said: dict[str, Any]) -> None:
    rows = official.history(server, "console", "wrap", stream="system")
    assert len(rows) >= 2 and any(key.startswith("system.") for row in rows for key in row)
    assert len(said["events"]) == len(rows)
    for theirs, ours in zip(said["events"], rows, strict=True):
        assert {key: value for key, value in theirs.items() if key.startswith("system.")} == {
            key: value for key, value in ours.items() if key.startswith("system.")
        }
    keys = server.get_json("/api/projects/local/console/metrics?runs=wrap&stream=system")["metrics"]
    assert {one["kind"] for one in keys if one["key"].startswith("system.")} == {"number"}
