"""The official client through a bad day: lost answers, dying servers, wrong clocks. Its run comes out whole, once."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.faults.proxy import Answer, CutAnswer, Drop, Fate, Pass, Proxy, Request, json_body
from tests.protocol import official
from tests.serving import ServerProcess

ROWS = 400

SCRIPT = """
    import time, wandb
    run = wandb.init(project="badday", id={id!r}, config={{"lr": 0.1, "nested": {{"depth": 3}}}}, tags=["t"])
    for i in range({rows}):
        run.log({{"x": i * 0.5, "n": i, "text": f"row {{i}}", "odd": float("nan") if i % 7 == 0 else i}})
        if i % 10 == 0:
            print("line", i)
        time.sleep({pause})
    run.summary["best"] = {{"x": 1.5}}
    with open("kept.txt", "w") as file:
        file.write("kept " * 1000)
    run.save("kept.txt", policy="now")
    run.finish()
"""


def _expected(number: int) -> dict[str, Any]:
    odd = math.nan if number % 7 == 0 else number
    return {"_step": number, "x": number * 0.5, "n": number, "text": f"row {number}", "odd": odd}


def _check(server: ServerProcess, run_id: str, rows: int = ROWS) -> None:
    """The whole run is there, each thing once."""
    found = official.history(server, "badday", run_id)
    assert len(found) == rows
    for number, row in enumerate(found):
        kept = {key: row[key] for key in ("_step", "x", "n", "text", "odd")}
        if kept["odd"] == "NaN":
            kept["odd"] = math.nan
        assert official.same(kept, _expected(number)), (number, row)
    run = official.described(server, "badday", run_id)
    assert run["state"] == "finished" and run["exit_code"] == 0
    assert run["config"] == {"lr": 0.1, "nested": {"depth": 3}} and run["tags"] == ["t"]
    assert run["summary"]["best"] == {"x": 1.5} and run["summary"]["n"] == rows - 1
    assert run["record"]["rows"] == rows and not run["record"].get("rejected")
    console = server.get_json(f"/api/projects/local/badday/runs/{run_id}/console?limit=10000")
    lines = Counter(line["text"] for line in console["lines"] if line["text"].startswith("line "))
    assert lines == Counter(f"line {number}" for number in range(0, rows, 10))
    status, _, body = server.request("GET", f"/files/local/badday/{run_id}/kept.txt")
    assert status == 200 and body == b"kept " * 1000


def test_lost_answers_refusals_and_resets_cost_nothing_and_double_nothing(
    server: ServerProcess, tmp_path: Path
) -> None:
    met: Counter[str] = Counter()

    def plan(request: Request) -> Fate:
        kind = "stream" if request.is_stream else request.path.split("?")[0].rsplit("/", 1)[-1]
        if request.path == "/graphql":
            kind = str(json.loads(request.body).get("operationName"))
        met[kind] += 1
        fates: dict[int, Fate] = {}
        if kind == "stream":
            # First the rows are in and nobody heard.
            fates = {1: CutAnswer(), 2: Answer(500), 4: Drop(), 6: CutAnswer(20), 7: Answer(503, {"retry-after": "1"})}
        elif kind == "UpsertBucket":
            fates = {1: CutAnswer(), 3: Answer(429, {"retry-after": "1"})}
        elif kind == "CreateRunFiles" or request.method == "PUT":
            fates = {1: CutAnswer(), 3: Answer(502, {"content-type": "text/html"}, b"<html>bad gateway</html>")}
        return fates.get(met[kind], Pass())

    with Proxy(server.url, plan) as proxy:
        behind = _through(proxy, server)
        official.run(behind, tmp_path, SCRIPT.format(id="lossy", rows=ROWS, pause=0.02), **official.SOON)
        fates = Counter(type(fate).__name__ for fate in proxy.fates)
    assert met["stream"] > 7, met
    assert fates["CutAnswer"] >= 5 and fates["Answer"] >= 3 and fates["Drop"] == 1, fates
    _check(server, "lossy")
    runs = server.get_json("/api/projects/local/badday/runs")["runs"]
    assert [run["id"] for run in runs].count("lossy") == 1


def _through(proxy: Proxy, server: ServerProcess) -> Any:
    class Behind:
        url = proxy.url
        key = server.key
        log = staticmethod(server.log)

    return Behind()


@pytest.mark.parametrize("place", ["ingest.committed:3", pytest.param("ingest.written:2", marks=pytest.mark.slow)])
def test_a_server_that_dies_in_mid_request_and_comes_back_has_each_row_once(
    new_server: Any, tmp_path: Path, place: str
) -> None:
    server: ServerProcess = new_server().start(environment={"RUNWELL_FAIL_AT": place})
    script = SCRIPT.format(id="dies", rows=ROWS, pause=0.01)
    client = official.start(server, tmp_path, script, **official.SOON)
    assert server.process is not None
    assert server.process.wait(60) == 86, "the failpoint was not reached"
    time.sleep(0.5)  # the client meets a closed port
    server.start()
    output, _ = client.communicate(timeout=official.WITHIN_S)
    assert client.returncode == 0, output
    _check(server, "dies")


def test_a_script_whose_clock_is_wrong_is_neither_dead_nor_out_of_order(server: ServerProcess, tmp_path: Path) -> None:
    script = """
        import time
        real, shift = time.time, [0.0]
        time.time = lambda: real() + shift[0]
        shift[0] = {first}
        import wandb
        run = wandb.init(project="clocks", id={id!r})
        for i in range(60):
            if i == 30:
                shift[0] = {second}
            run.log({{"x": i}})
        {end}
    """
    begun = time.time()
    year, hour = 365 * 86400, 3600
    official.run(
        server, tmp_path / "a", script.format(id="back", first=year, second=-hour, end="run.finish()"), **official.SOON
    )
    ending = "time.sleep(3); print('up', flush=True); time.sleep(30)"
    alive = official.start(
        server, tmp_path / "b", script.format(id="alive", first=-10 * year, second=year, end=ending), **official.SOON
    )
    try:
        assert alive.stdout is not None
        while "up" not in (said := alive.stdout.readline()):
            assert said, "the script ended"
        for run_id, state in (("back", "finished"), ("alive", "running")):
            run = official.described(server, "clocks", run_id)
            assert run["state"] == state
            assert begun - 5 < run["created_at"] < time.time() + 5  # the server's own clock
            assert begun - 5 < run["heartbeat_at"] < time.time() + 5
            rows = official.history(server, "clocks", run_id)
            assert [row["x"] for row in rows] == list(range(60))
            assert [row["_step"] for row in rows] == list(range(60))
    finally:
        alive.kill()
        alive.communicate()


def test_a_server_that_says_no_for_good_ends_no_training(server: ServerProcess, tmp_path: Path) -> None:
    def plan(request: Request) -> Fate:
        return Answer(400, {}, json_body({"error": "not this"})) if request.is_stream else Pass()

    with Proxy(server.url, plan) as proxy:
        output = official.run(
            _through(proxy, server),
            tmp_path,
            'import wandb\nrun = wandb.init(project="badday", id="refused")\n'
            'for i in range(20): run.log({"x": i})\nprint("trained on")\nrun.finish()\n',
            **official.SOON,
        )
    assert "trained on" in output
    # What was refused is still in the client's own file: syncing brings it.
    folder = next((tmp_path / "wandb").glob("run-*-refused"))
    command = [sys.executable, "-m", "wandb", "sync", "--no-skip-online", str(folder)]
    environment = official.environment(server, tmp_path)
    synced = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert synced.returncode == 0, synced.stdout + synced.stderr
    assert [row["x"] for row in official.history(server, "badday", "refused")] == list(range(20))
