"""``runwell import``: what other trackers recorded is here with the same values, however often it is imported."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from runwell.api import Api
from runwell.cli.main import group
from runwell.imports import mlflow, tensorboard, wandb_offline
from runwell.imports.source import ImportProblem
from runwell.imports.tfrecords import masked_crc
from tests.serving import ServerProcess, clean_environment

from . import event_files as tb

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def bring(kind: str, place: Path, server: ServerProcess, folder: Path) -> list[dict[str, Any]]:
    """Import through the command line; give what it said of each run."""
    settings = {"RUNWELL_BASE_URL": server.url, "RUNWELL_CONFIG_DIR": str(server.config_dir)}
    asked = ["import", kind, str(place), "--json", "--dir", str(folder)]
    ended = CliRunner().invoke(group, asked, env=settings)
    assert ended.exit_code == 0, (ended.output, ended.exception)
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_the_checksum_is_the_one_of_the_format() -> None:
    assert masked_crc(b"123456789") == (((0xE3069283 >> 15) | (0xE3069283 << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def test_event_files_come_over_once_and_grow(tmp_path: Path, server: ServerProcess) -> None:
    log = tmp_path / "tbimport"
    path = log / "train" / "events.out.tfevents.1"
    tb.write(path, *(tb.event(step, tb.scalar("loss", 0.5**step), tb.scalar("acc", float(step))) for step in range(4)))
    hparams = tb.part(3, tb.part(1, tb.part(1, "lr") + tb.part(2, tb.part(2, 0.25))))
    histogram = struct.pack("<9d", 0, 1, 5, 1, 2, 0, 2, 3, 7)
    tb.write(
        log / "other" / "events.out.tfevents.2",
        tb.event(0, tb.part(1, "_hparams_/session_start_info") + tb.plugin("hparams", hparams)),
        tb.event(7, tb.part(1, "h") + tb.plugin("histograms") + tb.tensor(2, [3, 3], histogram)),
        tb.event(7, tb.part(1, "say") + tb.plugin("text") + tb.tensor(7, [1], texts=["안녕".encode()])),
        tb.event(7, tb.part(1, "img") + tb.plugin("images") + tb.tensor(7, [4], texts=[b"1", b"1", PNG, PNG])),
        tb.event(8, tb.part(1, "one") + tb.part(4, tb.part(1, 1) + tb.part(2, 1) + tb.part(4, PNG))),
        tb.event(8, tb.part(1, "vec") + tb.tensor(1, [3], struct.pack("<3f", 1, 2, 3))),
    )
    said = bring("tensorboard", log, server, tmp_path)
    assert [(line["project"], line["rows"], line["new"]) for line in said] == [
        ("tbimport", 2, True),
        ("tbimport", 4, True),
    ]
    api = Api(server.url, server.key)
    runs = {run.name: run for run in api.runs("tbimport")}
    assert sorted(runs) == ["other", "train"]
    rows = runs["train"].history(pandas=False)
    assert [(row["_step"], row["loss"], row["acc"]) for row in rows] == [(s, 0.5**s, s) for s in range(4)]
    assert runs["train"].created_at == 1.7e9
    assert (runs["train"].state, runs["other"].config) == ("finished", {"lr": 0.25})
    seventh, eighth = runs["other"].history(pandas=False)
    assert seventh["h"] == {"_type": "histogram", "values": [5, 0, 7], "bins": [0, 1, 2, 3]}
    assert (seventh["say"], eighth["vec"]) == ("안녕", [1, 2, 3])
    assert (seventh["img"]["_type"], seventh["img"]["count"]) == ("images/separated", 2)
    assert (eighth["one"]["width"], runs["other"].file(eighth["one"]["path"]).read()) == (1, PNG)

    # Again: nothing. Grown, in the middle of its last row too: what is new, once.
    assert [line["new"] for line in bring("tensorboard", log, server, tmp_path)] == [False, False]
    tb.write(path, tb.event(3, tb.scalar("late", 9.0)), tb.event(4, tb.scalar("loss", 0.0)))
    with path.open("ab") as file:
        file.write(tb.framed(tb.event(5, tb.scalar("loss", 1.0)))[:-3])  # being written
    assert [line["new"] for line in bring("tensorboard", log, server, tmp_path)] == [False, True]
    rows = runs["train"].history(pandas=False)
    assert [(row["_step"], row.get("loss"), row.get("late")) for row in rows[3:]] == [
        (3, 0.125, None),
        (3, None, 9.0),
        (4, 0.0, None),
    ]
    # From another directory, a fresh journal of the same source: the server has the rows already.
    (tmp_path / "elsewhere").mkdir()
    bring("tensorboard", log, server, tmp_path / "elsewhere")
    assert len(runs["train"].history(pandas=False)) == 6
    assert len(api.runs("tbimport")) == 2


def test_old_histograms_are_cut_to_what_they_hold() -> None:
    parts = {1: [struct.pack("<d", 0.5)], 2: [struct.pack("<d", 2.5)]}
    limits, counts = [0, 1, 2, 1e300], [0, 3, 0, 4]
    found = tensorboard._old_histogram({**parts, 6: [struct.pack("<4d", *limits)], 7: [struct.pack("<4d", *counts)]})
    assert found == {"_type": "histogram", "values": [3, 0, 4], "bins": [0.5, 1, 2, 2.5]}
    many = tensorboard._histogram([float(n) for n in range(1_025)], [1.0] * 1_024)
    assert (many["values"], many["bins"][:2], many["bins"][-1]) == ([2] * 512, [0, 2], 1_024)


def test_damage_in_an_event_file_is_counted_and_the_rest_read(tmp_path: Path) -> None:
    path = tmp_path / "events.out.tfevents.1"
    tb.write(path, tb.event(0, tb.scalar("a", 1.0)))
    bad = bytearray(tb.framed(tb.event(1, tb.scalar("a", 2.0))))
    bad[20] ^= 1
    with path.open("ab") as file:
        file.write(bytes(bad))
    tb.write(path, tb.event(2, tb.scalar("a", 3.0)))
    (run,) = tensorboard.find_runs(path)
    found = list(run.scan())
    assert [payload["a"] for kind, payload in found if kind == "row"] == [1.0, 3.0]
    assert ("skipped", "damaged records") in found


SCRIPT = """
import math, sys
import wandb
run = wandb.init(project="wandbimport", id="offimp01", name="오프라인", tags=["x"], group="g", notes="n",
                 mode="offline", config={"lr": 0.1, "deep": {"a": [1, 2]}, "none": None})
run.define_metric("val", summary="max")
for step in range(300):
    run.log({"loss": 1 / (step + 1), "nan": math.nan, "big": 2**60 + step, "nest": {"a": step},
             "flag": step % 2 == 0})
run.log({"val": 3.0, "text": "안녕", "pic": wandb.Image(sys.argv[1]),
         "h": wandb.Histogram(np_histogram=([1, 2], [0, 1, 2]))})
run.log({"val": 1.0})
run.summary["best"] = 42
print("printed line")
run.alert("title", "text")
run.finish()
"""


def test_offline_directories_of_the_official_client_come_over(tmp_path: Path, server: ServerProcess) -> None:
    (tmp_path / "one.png").write_bytes(PNG)
    environment = clean_environment(WANDB_SILENT="true", HOME=str(tmp_path), WANDB_ERROR_REPORTING="false")
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "one.png")]
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=90)
    assert ended.returncode == 0, ended.stderr
    (line,) = bring("wandb-offline", tmp_path / "wandb", server, tmp_path)
    assert (line["run"], line["project"], line["rows"]) == ("offimp01", "wandbimport", 302)
    run = Api(server.url, server.key).run("wandbimport/offimp01")
    assert (run.name, run.tags, run.group, run.notes, run.state) == ("오프라인", ["x"], "g", "n", "finished")
    assert run.config == {"lr": 0.1, "deep": {"a": [1, 2]}, "none": None}
    rows = run.history(pandas=False)
    assert [row["_step"] for row in rows] == list(range(302))
    assert [(row["loss"], row["big"], row["nest.a"], row["flag"]) for row in rows[:300]] == [
        (1 / (step + 1), 2**60 + step, step, step % 2 == 0) for step in range(300)
    ]
    assert all(row["nan"] != row["nan"] for row in rows[:300])
    assert (rows[300]["text"], rows[300]["h"]["values"]) == ("안녕", [1, 2])
    assert run.file(rows[300]["pic"]["path"]).read() == PNG
    assert (run.summary["best"], run.summary["val"]["max"]) == (42, 3.0)
    assert "printed line" in [line["text"] for line in run.console_logs()]
    assert [alert["title"] for alert in run.alerts()] == ["title"]
    assert run.metadata["python"]
    (line,) = bring("wandb-offline", tmp_path / "wandb", server, tmp_path)
    assert line["new"] is False
    assert len(run.history(pandas=False)) == 302


def make_mlflow(store: Path) -> Path:
    """One experiment with a run, in the documented layout."""
    run = store / "mlruns" / "123" / "0123456789abcdef0123456789abcdef"
    texts = {
        "../meta.yaml": "artifact_location: x\nexperiment_id: '123'\nlifecycle_stage: active\nname: ml/flow\n",
        "meta.yaml": "run_id: 0123456789abcdef0123456789abcdef\nrun_name: fast-fish-1\nstatus: 3\n"
        "start_time: 1700000000000\nend_time: 1700000060000\nuser_id: me\n",
        "params/lr": "0.01",
        "params/net/name": "resnet",
        "tags/mlflow.note.content": "a note",
        "tags/stage": "prod",
        "metrics/loss": "1700000001000 1.0 0\n1700000002000 0.5 1\n1700000003000 nan 2\n",
        "metrics/val/acc": "1700000003500 0.9 2\n1700000004000 0.95 2\nbroken\n",
        "artifacts/model/weights.txt": "weights",
    }
    for name, text in texts.items():
        path = run / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return store


def test_an_mlflow_store_comes_over(tmp_path: Path, server: ServerProcess) -> None:
    (line,) = bring("mlflow", make_mlflow(tmp_path), server, tmp_path)
    assert (line["project"], line["rows"]) == ("ml-flow", 4)
    assert line["skipped"] == {"lines of metrics that can't be read": 1}
    run = Api(server.url, server.key).run(f"ml-flow/{line['run']}")
    assert (run.name, run.notes, run.tags, run.state) == ("fast-fish-1", "a note", ["stage: prod"], "finished")
    assert (run.created_at, run.config["lr"], run.config["net/name"]) == (1.7e9, 0.01, "resnet")
    rows = run.history(pandas=False)
    assert [(row["_step"], row.get("loss"), row.get("val/acc")) for row in rows[:2]] == [(0, 1.0, None), (1, 0.5, None)]
    assert [row["val/acc"] for row in rows[2:]] == [0.9, 0.95]
    assert run.file("artifacts/model/weights.txt").read() == b"weights"
    assert run.record["rejected_values"] == 1


def test_a_file_that_is_none_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "run-bad.wandb").write_bytes(b"something else")
    ended = CliRunner().invoke(group, ["import", "wandb-offline", str(tmp_path), "--no-sync", "--dir", str(tmp_path)])
    assert ended.exit_code == 1
    assert "run-bad.wandb is no .wandb file" in ended.stderr
    (make_mlflow(tmp_path) / "mlruns" / "124").mkdir()
    ended = CliRunner().invoke(group, ["import", "mlflow", str(tmp_path), "--no-sync", "--dir", str(tmp_path)])
    assert (ended.exit_code, ended.output.count("4 rows")) == (0, 1)


@pytest.mark.parametrize("reader", [tensorboard, wandb_offline, mlflow])
def test_a_directory_without_any_says_what_to_name(reader: Any, tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match=r"no .* runs|no TensorBoard"):
        reader.find_runs(tmp_path)
