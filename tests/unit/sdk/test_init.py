"""init(): arguments, directories, several runs, modes, resume, the module-wide names."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

import runwell
from runwell.wire.errors import CommunicationError, FinishedRunError, InvalidValue, RunwellError, UsageError
from runwell.wire.journal import encode_record

from .conftest import last_of, records_of, rows_of

Begin = Callable[..., runwell.Run]


def test_the_version_is_the_packages() -> None:
    assert runwell.__version__ == version("runwell")


def test_init_works_without_an_argument_and_gives_names(begin: Begin) -> None:
    run = begin()
    assert re.fullmatch("[a-z0-9]{8}", run.id)
    assert re.fullmatch("[a-z]+-[a-z]+-[0-9]{1,3}", run.name)
    assert run.path == f"local/uncategorized/{run.id}"


def test_the_run_directory_is_laid_out_as_documented_and_private(begin: Begin, place: Path) -> None:
    run = begin(id="abc12345")
    where = Path(run.sync_dir)
    assert re.fullmatch(r"offline-run-\d{8}_\d{6}-abc12345", where.name)
    assert where.parent == place / "runwell"
    assert (place / "runwell/latest-run").resolve() == where
    assert where.stat().st_mode & 0o777 == 0o700
    for path in where.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    assert {"journal", "files", "sync"} <= {p.name for p in where.iterdir()}
    assert Path(run.dir) == where / "files"


def test_the_first_records_say_whose_journal_it_is(begin: Begin) -> None:
    run = begin(
        project="p", entity="e", id="i", name="n", notes="x", tags=["a", "b"], group="g", job_type="j", config={"k": 1}
    )
    first, second, third = records_of(run)[:3]
    assert (first.kind, second.kind, third.kind) == ("open", "run", "config")
    opened = first.payload
    assert opened["run"] == {"id": "i", "project": "p", "entity": "e"}
    assert (opened["role"], opened["mode"], opened["pid"]) == ("main", "offline", os.getpid())
    assert re.fullmatch("[0-9a-f]{32}", opened["journal"])
    assert set(opened) >= {"format", "base_url", "process_started", "created_at", "sdk_version", "python_version"}
    facts = {"display_name": "n", "notes": "x", "tags": ["a", "b"], "group": "g", "job_type": "j"}
    assert facts.items() <= second.payload.items()
    assert (run.group, run.job_type, run.tags, run.notes) == ("g", "j", ("a", "b"), "x")


def test_the_start_of_a_process_is_what_psutil_says(begin: Begin) -> None:
    import psutil

    assert abs(records_of(begin())[0].payload["process_started"] - psutil.Process().create_time()) < 1


def test_two_runs_of_one_second_and_id_have_a_directory_each(begin: Begin) -> None:
    first = begin(id="same")
    second = begin(id="same", reinit="create_new")
    assert first.sync_dir != second.sync_dir


def test_an_id_that_is_no_file_name_is_never_one(begin: Begin, place: Path) -> None:
    run = begin(id="한국어 " + "x" * 100)
    assert re.fullmatch(r"offline-run-\d{8}_\d{6}-[0-9a-f]{8}", Path(run.sync_dir).name)
    for bad in ("../up", "a/b", "", "."):
        with pytest.raises(InvalidValue):
            begin(id=bad or " ", reinit=True)


def test_a_directory_that_cannot_be_written_costs_no_run(begin: Begin, place: Path, tmp_path: Path) -> None:
    (place / "file").write_text("")
    os.environ["TMPDIR"] = str(tmp_path)
    import tempfile

    tempfile.tempdir = None
    try:
        run = begin(dir=str(place / "file"))
        run.log({"a": 1})
        assert run.sync_dir.startswith(str(tmp_path))
        assert rows_of(run) == [{"_step": 0, "a": 1}]
    finally:
        del os.environ["TMPDIR"]
        tempfile.tempdir = None


def test_arguments_of_the_official_client_are_accepted_and_others_explained(begin: Begin) -> None:
    begin(anonymous="allow", sync_tensorboard=False, monitor_gym=True, save_code=True, force=True, magic=None)
    with pytest.raises(TypeError, match=r"'projet'.*did you mean 'project'"):
        runwell.init(projet="x")
    with pytest.raises(UsageError, match=r"of the form '<run id>\?_step=<step>'"):
        begin(fork_from="x", reinit=True)


def test_the_module_wide_names_follow_the_current_run(begin: Begin) -> None:
    from runwell import config, log, summary

    assert runwell.run is None
    for use in (lambda: runwell.log({"a": 1}), lambda: runwell.config["a"], lambda: setattr(runwell.summary, "a", 1)):
        with pytest.raises(UsageError, match=r"runwell.init\(\)"):
            use()
    run = begin(config={"lr": 1})
    assert runwell.run is run
    runwell.log({"a": 1})
    log({"a": 2})
    runwell.config.update({"b": 2})
    config.c = 3
    runwell.summary["x"] = 4
    assert (config["b"], runwell.config.c, summary["x"], summary["a"]) == (2, 3, 4, 2)
    assert len(rows_of(run)) == 2
    runwell.finish()
    runwell.finish()
    assert runwell.run is None
    with pytest.raises(UsageError):
        log({"a": 3})


def test_assigning_to_the_module_before_init_breaks_nothing(begin: Begin) -> None:
    runwell.config = {"lr": 1}  # type: ignore[assignment]
    run = begin(config={"lr": 2})
    assert runwell.config is run.config
    run.finish()
    with pytest.raises(UsageError):
        _ = runwell.config["lr"]


def test_a_second_init_gives_the_same_run_unless_told_otherwise(begin: Begin) -> None:
    first = begin(config={"a": 1})
    assert begin(config={"b": 2}) is first
    assert dict(first.config) == {"a": 1, "b": 2}
    assert begin(reinit=False) is first
    second = begin(reinit=True)
    assert second is not first
    assert last_of(first, "exit")["state"] == "finished"
    third = begin(reinit="create_new")
    assert runwell.run is second
    third.log({"c": 1})
    second.log({"b": 1})
    assert (rows_of(second), rows_of(third)) == ([{"_step": 0, "b": 1}], [{"_step": 0, "c": 1}])
    third.finish()
    assert runwell.run is second
    with pytest.raises(UsageError, match="reinit"):
        begin(reinit="maybe")


def test_a_with_block_ends_the_run_as_it_ends(begin: Begin) -> None:
    with begin() as run:
        run.log({"a": 1})
    assert last_of(run, "exit") == {"code": 0, "state": "finished", "runtime": last_of(run, "exit")["runtime"]}
    with pytest.raises(ZeroDivisionError), begin() as run:
        _ = 1 / 0
    ended = last_of(run, "exit")
    assert (ended["code"], ended["state"]) == (1, "failed")
    assert "ZeroDivisionError" in ended["error"]
    with pytest.raises(KeyboardInterrupt), begin() as run:
        raise KeyboardInterrupt
    assert last_of(run, "exit")["state"] == "interrupted"
    with pytest.raises(SystemExit), begin() as run:
        sys.exit(3)
    assert (last_of(run, "exit")["code"], last_of(run, "exit")["state"]) == (3, "failed")


def test_nothing_is_dropped_silently_after_the_end(begin: Begin) -> None:
    run = begin(config={"lr": 1})
    run.summary["best"] = 1
    run.finish()
    before = len(records_of(run))
    uses: list[Callable[[], object]] = [
        lambda: run.config.update({"late": 1}),
        lambda: run.config.__setitem__("late", 1),
        lambda: run.config.__delitem__("lr"),
        lambda: run.summary.update({"late": 1}),
        lambda: run.summary.__setitem__("late", 1),
        lambda: run.summary.__delitem__("best"),
        lambda: setattr(run, "notes", "late"),
        lambda: run.define_metric("late"),
        lambda: run.alert("late", "late"),
        lambda: run.save("*"),
    ]
    for use in uses:
        with pytest.raises(FinishedRunError, match="after finish"):
            use()
    assert (dict(run.config), dict(run.summary)) == ({"lr": 1}, {"best": 1})
    assert len(records_of(run)) == before


def test_finish_says_the_code_and_only_once(begin: Begin) -> None:
    run = begin()
    run.finish(exit_code=4)
    run.finish(exit_code=0)
    exits = [e.payload for e in records_of(run) if e.kind == "exit"]
    assert [(e["code"], e["state"]) for e in exits] == [(4, "failed")]
    assert records_of(run)[-1].kind == "exit"


def test_a_run_that_is_being_preempted_ends_so(begin: Begin) -> None:
    run = begin()
    run.mark_preempting()
    run.finish(exit_code=1)
    assert last_of(run, "exit")["state"] == "preempted"


def test_attributes_may_be_changed_while_it_runs(begin: Begin) -> None:
    run = begin(tags=["a"])
    run.name, run.notes = "other", "why"
    run.tags += ("b", "a")
    assert [e.payload for e in records_of(run) if e.kind == "run"][1:] == [
        {"display_name": "other"},
        {"notes": "why"},
        {"tags": ["a", "b"]},
    ]
    with pytest.raises(InvalidValue):
        run.name = "a\nb"


def test_what_is_not_there_yet_says_so(begin: Begin) -> None:
    run = begin()
    with pytest.raises(AttributeError, match="this version"):
        run.pin_config_keys("x")
    with pytest.raises(AttributeError, match="no attribute"):
        _ = run.nonsense
    with pytest.raises(AttributeError):
        _ = runwell.nonsense


def test_a_disabled_run_does_everything_and_leaves_nothing(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with runwell.init(mode="disabled", config={"a": 1}) as run:
        assert isinstance(run, runwell.Run)
        assert (run.disabled, run.offline, run.url) == (True, False, None)
        runwell.log({"a": 1})
        run.summary["best"] = 1
        assert (run.config.a, run.summary["best"]) == (1, 1)
        run.define_metric("a", summary="min")
        run.alert("t", "x")
        assert run.save("*") == []
        assert Path(run.dir).is_dir()
    assert list(place.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_an_online_run_knows_its_page(begin: Begin) -> None:
    run = begin(mode="online", project="p q", id="i", settings={"base_url": "http://h:1/", "finish_timeout": 0})
    assert run.url == run.get_url() == "http://h:1/local/p%20q/runs/i"
    assert run.project_url == "http://h:1/local/p%20q"
    assert Path(run.sync_dir).name.startswith("run-")


def test_the_page_is_that_of_the_keys_user_and_what_the_server_says_wins(
    begin: Begin, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = place.parent / "user"
    user.mkdir()
    servers = {"http://h:1": {"api_key": "k1", "user": "ana"}, "https://h": {"api_key": "k2", "user": "bo"}}
    (user / "credentials.json").write_text(json.dumps({"servers": servers}))
    settings = {"base_url": "http://H:1", "finish_timeout": 0}
    run = begin(mode="online", project="p", id="i", settings=settings)
    assert (run.url, run.entity) == ("http://H:1/ana/p/runs/i", "ana")
    Path(run.sync_dir, "sync/status.json").write_text('{"run_url": "http://h:1/team/p/runs/i"}')
    assert (run.url, run.project_url) == ("http://h:1/team/p/runs/i", "http://h:1/team/p")
    run.finish()
    monkeypatch.setenv("RUNWELL_API_KEY", "somebody's")
    run = begin(mode="online", id="i2", settings=settings)
    assert (run.url, run.project_url) == (None, None)
    run.finish()
    run = begin(mode="online", entity="team", project="p", id="i3", settings=settings)
    assert run.url == "http://H:1/team/p/runs/i3"
    run.finish()
    monkeypatch.setenv("RUNWELL_API_KEY", "k2")
    assert begin(mode="online", project="p", id="i4", settings={"base_url": "https://h:443/"}).entity == "bo"


def test_resume_continues_at_the_next_step_and_keeps_what_was_said(begin: Begin) -> None:
    first = begin(id="r1", name="n", tags=["t"], notes="x", config={"lr": 1})
    for i in range(3):
        first.log({"loss": i})
    first.summary["best"] = 0
    first.finish()
    run = begin(id="r1", resume="allow", config={"lr": 2, "more": 1})
    assert (run.resumed, run.starting_step, run.step) == (True, 3, 3)
    assert (run.name, run.tags, run.notes) == ("n", ("t",), "x")
    assert dict(run.config) == {"lr": 2, "more": 1}
    assert (run.summary["best"], run.summary["loss"]) == (0, 2)
    run.log({"loss": 9})
    assert rows_of(run) == [{"_step": 3, "loss": 9}]
    assert records_of(run)[0].payload["resume"] == {"starting_step": 3}
    run.finish()
    again = begin(id="r1", resume="must")
    assert again.starting_step == 4


def test_a_run_that_must_or_must_not_exist_is_looked_for(begin: Begin) -> None:
    with pytest.raises(UsageError, match="no run 'r2'"):
        begin(id="r2", resume="must")
    with pytest.raises(UsageError, match="id"):
        begin(resume="must")
    begin(id="r2", resume="never").finish()
    with pytest.raises(UsageError, match="exists"):
        begin(id="r2", resume="never")
    assert not begin(id="r3", resume="allow").resumed


def test_an_id_that_is_there_already_is_said(begin: Begin, capfd: pytest.CaptureFixture[str]) -> None:
    loud = {"silent": False}
    for id_, resume, project, told in (
        ("twice", None, "p", False),
        ("twice", None, "p", True),
        ("twice", "allow", "p", False),
        ("twice", None, "other", False),
        ("once", None, "p", False),
    ):
        begin(id=id_, project=project, resume=resume, settings=loud).finish()
        said = capfd.readouterr().err
        assert said.count("exists already: rows are added to it") == told, (id_, resume, project, said)


def test_auto_continues_the_last_run_unless_it_finished(begin: Begin) -> None:
    first = begin(resume=True)
    first.log({"a": 1})
    first.finish(exit_code=1)
    second = begin(resume="auto")
    assert (second.id, second.starting_step) == (first.id, 1)
    second.finish()
    third = begin(resume=True)
    assert third.id != first.id


def test_must_fails_in_time_and_in_words_where_no_server_answers(begin: Begin) -> None:
    settings = {"base_url": "http://127.0.0.1:9", "finish_timeout": 0}
    with pytest.raises(CommunicationError, match=r"127\.0\.0\.1:9.*runwell server --port 9"):
        begin(mode="online", id="r4", resume="must", settings=settings)
    run = begin(mode="online", id="r4", resume="allow", settings=settings)
    assert not run.resumed


def test_torn_and_strange_journals_do_not_stop_a_resume(begin: Begin) -> None:
    first = begin(id="r5")
    first.log({"a": 1})
    first.finish()
    journal = Path(first.sync_dir) / "journal/main.jsonl"
    with journal.open("ab") as file:
        file.write(encode_record("novelty", {"x": 1}) + b"damage\n" + encode_record("row", {"_step": 7})[:9])
    (journal.parent / "junk.jsonl").write_bytes(b"\x00" * 100)
    assert begin(id="r5", resume="must").starting_step == 1


def test_files_are_kept_with_the_run(begin: Begin, place: Path) -> None:
    run = begin()
    (place / "out").mkdir()
    (place / "out/model.bin").write_bytes(b"weights")
    (place / "notes.txt").write_text("x")
    assert run.save("out/*", policy="now") == [f"{run.dir}/out/model.bin"]
    run.save("notes.txt")
    run.save(str(place / "out/model.bin"), base_path=str(place / "out"), policy="end")
    (place / "notes.txt").write_text("changed")
    Path(run.dir, "own.txt").write_text("mine")
    assert Path(run.dir, "notes.txt").read_text() == "changed"
    with pytest.raises(UsageError, match="policy"):
        run.save("x", policy="sometime")
    with pytest.raises(UsageError, match="base_path"):
        run.save("notes.txt", base_path="out")
    run.finish()
    assert [e.payload for e in records_of(run) if e.kind == "file"] == [
        {"path": "out/model.bin", "policy": "now"},
        {"path": "notes.txt", "policy": "live"},
        {"path": "model.bin", "policy": "end"},
        {"path": "own.txt", "policy": "end"},
    ]


def test_an_alert_is_recorded(begin: Begin) -> None:
    import datetime

    run = begin()
    run.alert("low", "accuracy", level="warn", wait_duration=datetime.timedelta(minutes=1))
    assert last_of(run, "alert") == {"title": "low", "text": "accuracy", "level": "WARN", "wait_s": 60.0}
    with pytest.raises(UsageError):
        run.alert("a", "b", level="loud")


def test_a_run_pickled_within_its_process_is_itself(begin: Begin) -> None:
    run = begin()
    assert pickle.loads(pickle.dumps(run)) is run


def test_command_lines_are_recorded_without_secrets(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "CANARYcanaryCANARYcanary0123"
    monkeypatch.setattr(
        sys, "argv", ["train.py", "--lr", "0.1", "--api-key", secret, f"--wandb.key={secret}", f"TOKEN={secret}"]
    )
    run = begin()
    assert last_of(run, "run")["args"] == ["--lr", "0.1", "--api-key", "***", "--wandb.key=***", "TOKEN=***"]


def test_minimal_capture_leaves_out_hosts_and_paths(begin: Begin) -> None:
    assert set(last_of(begin(settings={"capture": "minimal"}), "run")) == {"display_name"}


def test_every_error_of_ours_has_one_root(begin: Begin) -> None:
    with pytest.raises(RunwellError):
        begin(project="a/b")


def test_the_training_process_imports_nothing_heavy() -> None:
    code = """
import sys, runwell
run = runwell.init(mode="offline", settings={"silent": True}, config={"a": 1})
run.log({"a": 1.0})
heavy = "numpy httpx psutil asyncio subprocess http.client email yaml platformdirs click pathlib.Path sqlalchemy"
# Python 3.10's own uuid, which the JSON codec imports, brings subprocess
spared = {"subprocess"} if sys.version_info < (3, 11) else set()
print([name for name in heavy.split() if name in sys.modules and name not in spared])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""


def test_a_run_at_the_end_of_a_cell_shows_a_link_to_its_page_or_where_it_is_kept(
    begin: Callable[..., runwell.Run],
) -> None:
    run = begin(mode="online", entity="me", project="p", id="r1")
    shown = run._repr_html_()
    assert '<a href="http://127.0.0.1:8080/me/p/runs/r1"' in shown
    assert '<iframe src="http://127.0.0.1:8080/me/p/runs/r1"' in shown
    assert "<code>" in begin(reinit="create_new")._repr_html_()
    assert "nothing of it is kept" in begin(mode="disabled", reinit="create_new")._repr_html_()


def test_a_run_begins_although_the_current_directory_was_removed(
    begin: Callable[..., runwell.Run], place: Path
) -> None:
    gone = place / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    run = begin()
    run.log({"loss": 1})
    assert os.path.isfile(os.path.join(run.sync_dir, "journal", "main.jsonl"))
    run.finish()
    os.chdir("/")
