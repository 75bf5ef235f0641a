"""``runwell.Api`` against a real server: what was logged is read back as it was, and edits arrive."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from runwell.api import Api
from runwell.sync.deliver import Delivery
from runwell.wire.errors import AuthenticationError, CommunicationError, InvalidValue, UsageError
from tests.serving import ServerProcess
from tests.unit.sync.journal_writer import JournalWriter

ROWS = 500


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, server: ServerProcess) -> Api:
    """Three runs in project ``apitest``, delivered by sync itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUNWELL_CONFIG_DIR", str(server.config_dir))
        patch.delenv("RUNWELL_API_KEY", raising=False)
        for number in range(3):
            deliver(tmp_path_factory.mktemp("runs"), server, number)
    return Api(server.url, server.key)


def deliver(folder: Path, server: ServerProcess, number: int) -> None:
    run = {"id": f"api{number}", "project": "apitest"}
    journal = JournalWriter(folder / f"run-20261123_101500-api{number}", base_url=server.url, run=run)
    journal.record("run", {"display_name": f"run {number}", "tags": ["한글", f"t{number}"], "notes": "n"})
    journal.record("config", {"set": {"lr": 10.0**-number, "deep": {"a": {"b": [1, 2]}}, "inf": math.inf}})
    journal.record("alert", {"title": "low", "text": f"t{number}", "level": "WARN"})
    journal.record("event", {"system.cpu": 25.0 + number, "_runtime": 1.0, "_timestamp": 1.8e9})
    for line in range(3):
        journal.record("out", {"n": line, "s": "stdout", "t": 1.8e9, "x": f"line {line} 한글"})
    (journal.run_dir / "files" / "out").mkdir(parents=True)
    (journal.run_dir / "files" / "out" / "a b.txt").write_text("kept as it is\n")
    journal.record("file", {"path": "out/a b.txt", "policy": "now"})
    for step in range(ROWS):
        values = {"loss": 1 / (step + 1), "nan": math.nan, "big": 2**70 + step, "text": f"s{step}"}
        journal.row(**values, **({"rare": step} if step % 100 == 0 else {}))
    journal.exit()
    done = Delivery(journal.run_dir, server.url, follow=_over()).run(wait_for_lock=False)
    assert done.status.state == "done", done


def _over():
    from runwell.sync.follow import Follow

    return Follow(over=True, gone=True)


def test_a_run_is_found_by_path_short_path_and_address(api: Api) -> None:
    for path in ("local/apitest/api1", "apitest/api1", "/apitest/api1/", f"{api.base_url}/local/apitest/runs/api1"):
        run = api.run(path)
        assert run.path == ["local", "apitest", "api1"]
        assert run.name == "run 1"
    assert run.url == f"{api.base_url}/local/apitest/runs/api1"
    assert run.state == "finished"
    assert run.exit_code == 0
    assert run.last_step == ROWS - 1
    assert run.tags == ["한글", "t1"]


@pytest.mark.parametrize("path", ["", "a", "a/b/c/d/e", "a/../c", "a/b?/c"])
def test_what_is_no_path_is_refused_before_asking(api: Api, path: str) -> None:
    with pytest.raises(InvalidValue):
        api.run(path)


def test_a_missing_run_is_a_404(api: Api) -> None:
    with pytest.raises(CommunicationError) as caught:
        api.run("local/apitest/nope")
    assert caught.value.status == 404


def test_config_and_summary_come_nested_with_their_numbers(api: Api) -> None:
    run = api.run("apitest/api2")
    assert run.config == {"lr": 0.01, "deep": {"a": {"b": [1, 2]}}, "inf": math.inf}
    assert run.summary["big"] == 2**70 + ROWS - 1
    assert math.isnan(run.summary["nan"])
    assert run.record["rows"] == ROWS


def test_history_is_every_row_bit_for_bit(api: Api) -> None:
    rows = api.run("apitest/api0").history(pandas=False)
    assert len(rows) == ROWS
    assert [row["loss"] for row in rows] == [1 / (step + 1) for step in range(ROWS)]
    assert [row["big"] for row in rows] == [2**70 + step for step in range(ROWS)]
    assert all(math.isnan(row["nan"]) for row in rows)
    assert [row["text"] for row in rows] == [f"s{step}" for step in range(ROWS)]


def test_keys_steps_and_samples_choose(api: Api) -> None:
    run = api.run("apitest/api0")
    assert list(run.scan_history(["rare"])) == [{"_step": s, "rare": s} for s in range(0, ROWS, 100)]
    assert [row["_step"] for row in run.scan_history(min_step=10, max_step=13)] == [10, 11, 12]
    sampled = run.history(samples=5, keys=["loss"], pandas=False)
    assert [row["_step"] for row in sampled] == [0, 125, 250, 374, 499]
    assert list(run.scan_history(["loss", "missing"])) == []
    with pytest.raises(TypeError, match="list of keys"):
        run.history(keys="loss")


def test_series_and_table_give_the_same_points(api: Api) -> None:
    run = api.run("apitest/api0")
    x, y = run.series("loss")
    assert list(x) == list(range(ROWS))
    assert list(y) == [1 / (step + 1) for step in range(ROWS)]
    x, y = run.series("rare")
    assert list(y) == [0, 100, 200, 300, 400]
    assert run.history_table(["loss"])["loss"].to_pylist() == [1 / (step + 1) for step in range(ROWS)]


def test_runs_are_filtered_sorted_and_paged(api: Api) -> None:
    runs = api.runs("apitest", "config.lr < 0.5", order="+config.lr", per_page=1)
    assert [run.id for run in runs] == ["api2", "api1"]
    assert (len(runs), runs.total) == (2, 3)
    assert runs[-1].id == "api1"
    assert [run.id for run in runs[:1]] == ["api2"]
    assert runs[0].config["lr"] == 0.01
    with pytest.raises(IndexError):
        runs[2]
    assert [run.id for run in api.runs("local/apitest", order="-summary_metrics._step,name")] == [
        "api0",
        "api1",
        "api2",
    ]
    with pytest.raises(UsageError, match="filters must be text"):
        api.runs("apitest", 5)  # type: ignore[arg-type]


def test_edits_arrive_and_leave_the_rest(api: Api) -> None:
    run = api.run("apitest/api2")
    run.name = "renamed"
    run.tags.append("edited")
    run.config["deep"]["a"]["c"] = 3
    run.summary["score"] = math.inf
    run.update()
    again = api.run("apitest/api2")
    assert again.name == "renamed"
    assert again.tags == ["한글", "t2", "edited"]
    assert again.notes == "n"
    assert again.config["deep"] == {"a": {"b": [1, 2], "c": 3}}
    assert again.config["lr"] == 0.01
    assert again.summary["score"] == math.inf
    assert again.summary["big"] == 2**70 + ROWS - 1


def test_projects_are_listed(api: Api) -> None:
    project = next(p for p in api.projects() if p.name == "apitest")
    assert project.run_count == 3
    assert project.entity == "local"
    assert len(project.runs()) == 3
    assert api.project("apitest").url.endswith("/local/apitest")
    assert (api.viewer, api.default_entity) == ("local", "local")


def test_a_wrong_key_says_what_to_do(server: ServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AuthenticationError, match="runwell login"):
        Api(server.url, "local-" + "x" * 40).run("local/apitest/api0")
    monkeypatch.setenv("RUNWELL_CONFIG_DIR", str(tmp_path))
    monkeypatch.delenv("RUNWELL_API_KEY", raising=False)
    with pytest.raises(AuthenticationError, match="no API key"):
        Api(server.url)


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"config.lr": {"$lt": 0.5}}, ["api1", "api2"]),
        ({"config.lr.value": 1.0}, ["api0"]),
        ({"name": "api1"}, ["api1"]),
        ({"display_name": {"$regex": "^RUN [12]$", "$options": "i"}}, ["api1"]),
        ({"tags": {"$in": ["t0", "t1"]}}, ["api0", "api1"]),
        ({"tags": ["한글", "t1"]}, ["api1"]),
        ({"$or": [{"config.lr": 1.0}, {"summary_metrics.big": {"$exists": False}}]}, ["api0"]),
        ({"$not": {"config.lr": {"$gte": 0.1}}}, ["api2"]),
        ({"config.lr": {"$nin": [1, 0.1]}}, ["api2"]),
        ({"config.lr": {"$gt": 0.01, "$ne": 0.1}, "state": "finished"}, ["api0"]),
        ({"config.absent": None}, ["api0", "api1", "api2"]),
        ({"created_at": {"$lt": "2020-01-01"}}, []),
        ({}, ["api0", "api1", "api2"]),
    ],
)
def test_filters_of_other_trackers_mean_the_same(api: Api, filters: dict[str, Any], ids: list[str]) -> None:
    assert sorted(run.id for run in api.runs("apitest", filters)) == ids


@pytest.mark.parametrize("filters", [{"$where": 1}, {"lr": 1}, {"config.lr": {"$near": 1}}, {"config.lr": math.nan}])
def test_a_filter_that_means_nothing_is_refused_before_asking(api: Api, filters: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        api.runs("apitest", filters)


def test_files_are_read_downloaded_sent_and_deleted(api: Api, tmp_path: Path) -> None:
    run = api.run("apitest/api0")
    assert [file.name for file in run.files(pattern="out/%")] == ["out/a b.txt"]
    file = run.file("out/a b.txt")
    assert (file.read(), file.size) == (b"kept as it is\n", 14)
    with file.download(tmp_path) as copy:
        assert (copy.name, copy.read()) == (str(tmp_path / "out" / "a b.txt"), "kept as it is\n")
    with pytest.raises(UsageError, match="replace=True"):
        file.download(tmp_path)
    (tmp_path / "new.bin").write_bytes(bytes(range(256)) * 4096)
    sent = run.upload_file(tmp_path / "new.bin", root=tmp_path)
    assert (sent.name, sent.read()) == ("new.bin", bytes(range(256)) * 4096)
    sent.delete()
    with pytest.raises(UsageError, match=r"no file 'new\.bin'; it has out/a b\.txt"):
        run.file("new.bin")


def test_console_alerts_and_the_machine_are_read(api: Api) -> None:
    run = api.run("apitest/api1")
    assert [line["text"] for line in run.console_logs()] == [f"line {n} 한글" for n in range(3)]
    assert [line["n"] for line in run.console_logs(-1)] == [2]
    assert [(alert["title"], alert["text"], alert["level"]) for alert in run.alerts()] == [("low", "t1", "warn")]
    assert len(api.project("apitest").alerts()) == 3
    assert run.system_metrics == {"system.cpu": 26.0}
    assert run.media_keys() == []
    assert run.parent is None
    assert run.lineage() == []
    assert run.wait_until_finished(timeout_s=1) == "finished"


def test_runs_and_projects_are_hidden_and_brought_back(api: Api) -> None:
    run = api.run("apitest/api0")
    run.summary.update({"judged": 7})
    assert api.run("apitest/api0").summary["judged"] == 7
    run.delete()
    assert sorted(r.id for r in api.runs("apitest")) == ["api1", "api2"]
    run.restore()
    assert len(api.runs("apitest")) == 3
    made = api.create_project("made by hand", description="empty")
    assert (made.description, made.run_count) == ("empty", 0)
    made.delete()
    assert "made by hand" not in [project.name for project in api.projects("local")]
    made.restore()
    made.update("again")
    assert api.project("made by hand").description == "again"
