"""What a run ran on: git without running anything of the repository, packages, config, hardware."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import orjson
import psutil
import yaml

from runwell.companion import code, environment
from runwell.companion.git import describe_git, uncommitted_changes
from runwell.companion.gpu import Gpus
from runwell.companion.metrics import SystemMetrics
from tests.unit.sync.journal_writer import JournalWriter


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=n", "-c", "user.email=e@x", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def test_git_is_described_and_nothing_of_the_repository_runs(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "trunk")
    (tmp_path / "a.py").write_text("1")
    git(tmp_path, "add", "a.py")
    git(tmp_path, "commit", "-qm", "x")
    git(tmp_path, "remote", "add", "origin", "https://user:CANARY@host.example/team/repo.git?token=CANARY")
    canary = tmp_path / "canary"
    hook = tmp_path / "monitor.sh"
    hook.write_text(f"#!/bin/sh\ntouch {canary}\n")
    hook.chmod(0o755)
    git(tmp_path, "config", "core.fsmonitor", str(hook))
    git(tmp_path, "config", "core.pager", str(hook))
    index = (tmp_path / ".git" / "index").stat().st_mtime_ns
    found = describe_git(str(tmp_path))
    assert found["commit"] == git(tmp_path, "rev-parse", "HEAD").strip()
    assert found["branch"] == "trunk"
    assert found["remote"] == "https://host.example/team/repo.git"
    assert found["dirty"] is False
    (tmp_path / "a.py").write_text("22")
    assert describe_git(str(tmp_path))["dirty"] is True
    canary.unlink(missing_ok=True)
    describe_git(str(tmp_path))
    assert not canary.exists()
    assert (tmp_path / ".git" / "index").stat().st_mtime_ns == index


def test_what_was_committed_since_the_start_is_a_change_and_not_the_runs_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "trunk")
    (tmp_path / "a.py").write_text("1\n")
    git(tmp_path, "add", "a.py")
    before_any = describe_git(str(tmp_path), {"root": str(tmp_path), "branch": "trunk"})
    assert (before_any.get("commit"), before_any["branch"], before_any["dirty"]) == (None, "trunk", True)
    git(tmp_path, "commit", "-qm", "x")
    head = {"root": str(tmp_path), "commit": git(tmp_path, "rev-parse", "HEAD").strip(), "branch": "trunk"}
    (tmp_path / "a.py").write_text("2\n")
    git(tmp_path, "commit", "-qam", "y")
    git(tmp_path, "checkout", "-qb", "elsewhere")
    git(tmp_path, "config", "color.ui", "always")
    git(tmp_path, "config", "diff.noprefix", "true")
    found = describe_git(str(tmp_path), head)
    assert (found["commit"], found["branch"], found["dirty"]) == (head["commit"], "trunk", True)
    patch = uncommitted_changes(str(tmp_path), found["commit"])
    assert patch is not None and patch.startswith(b"diff --git a/a.py b/a.py") and b"\n-1\n+2\n" in patch
    assert describe_git(str(tmp_path), {**head, "commit": "--output=/tmp/x"}).get("commit") is None


def test_outside_a_repository_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert describe_git(str(tmp_path)) == {}
    assert describe_git(str(tmp_path / "missing")) == {}


def test_metadata_names_are_the_official_clients_and_secrets_are_masked(tmp_path: Path) -> None:
    opened = {"pid": os.getpid(), "created_at": 1.8e9, "journal": "w", "sdk_version": "1"}
    run = {"program": "train.py", "args": ["--api-key", "CANARY"], "cwd": str(tmp_path), "host": "box"}
    metadata = environment.describe_environment(opened, run)
    assert metadata["program"] == "train.py"
    assert metadata["host"] == "box"
    assert metadata["startedAt"].startswith("2027-01-15T")
    assert metadata["cpu_count_logical"] == psutil.cpu_count()
    assert int(metadata["memory"]["total"]) > 0
    assert b"CANARY" not in orjson.dumps(metadata)


def test_requirements_list_what_is_installed() -> None:
    lines = environment.list_requirements().splitlines()
    assert f"psutil=={psutil.__version__}" in lines
    assert lines == sorted(lines, key=lambda line: line.partition("==")[0].lower())


def test_config_is_folded_from_its_records_alone(tmp_path: Path) -> None:
    journal = JournalWriter(tmp_path / "run-x-y")
    assert environment.write_config(journal.run_dir) is False
    journal.record("config", {"set": {"lr": 0.1, "name": "한글", "gone": 1}})
    journal.row(config={"lr": 5})
    journal.record("config", {"set": {"lr": float("inf"), "deep": {"a": [1]}}, "del": ["gone"]})
    assert environment.write_config(journal.run_dir) is True
    written = yaml.safe_load((journal.run_dir / "files" / "config.yaml").read_text())
    assert written == {"lr": {"value": float("inf")}, "name": {"value": "한글"}, "deep": {"value": {"a": [1]}}}


def test_system_metrics_have_the_official_names(tmp_path: Path) -> None:
    metrics = SystemMetrics(os.getpid(), tmp_path)
    time.sleep(0.1)
    row = metrics.read()
    metrics.close()
    for key in (
        "cpu",
        "memory_percent",
        "proc.memory.rssMB",
        "disk./.usagePercent",
        "network.sent",
        "proc.cpu.threads",
    ):
        assert f"system.{key}" in row
    assert 0 < row["system.proc.memory.rssMB"] < 100_000
    assert all(isinstance(value, (int, float)) for value in row.values())


def test_a_dead_process_and_absent_gpus_are_no_error(tmp_path: Path) -> None:
    metrics = SystemMetrics(2**22 - 1, tmp_path)
    assert "system.memory_percent" in metrics.read()
    gpus = Gpus()
    gpus.describe()
    gpus.read()
    gpus.close()
    assert gpus.read() == {}


def test_uncommitted_changes_are_a_patch_and_no_program_of_the_repository_makes_it(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    git(repository, "init", "-q")
    (repository / "a.py").write_text("one\n")
    (repository / ".gitattributes").write_text("*.py diff=evil\n")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "x")
    canary = tmp_path / "canary"
    program = tmp_path / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch {canary}\n")
    program.chmod(0o755)
    for name in ("diff.evil.command", "diff.evil.textconv", "diff.external"):
        git(repository, "config", name, str(program))
    commit = git(repository, "rev-parse", "HEAD").strip()
    assert uncommitted_changes(str(repository), commit) is None
    (repository / "a.py").write_bytes(b"two\n\xff\n")
    patch = uncommitted_changes(str(repository), commit)
    assert patch is not None and b"-one" in patch and b"+two" in patch and b"+\xff" in patch
    assert not canary.exists()
    (tmp_path / "run/files").mkdir(parents=True)
    found = describe_git(str(repository))
    assert code.keep_changes(tmp_path / "run", str(repository), found) == "diff.patch"
    git(repository, "checkout", "-q", "a.py")
    subprocess.run(["git", "apply", str(tmp_path / "run/files/diff.patch")], cwd=repository, check=True)
    assert (repository / "a.py").read_bytes() == b"two\n\xff\n"


def test_who_says_so_decides_what_code_is_kept() -> None:
    assert code.decide({"mode": "offline"}) == code.CodePolicy(changes=True, script=False)
    assert code.decide({"mode": "offline", "code": True}) == code.CodePolicy(changes=True, script=True)
    assert code.decide({"mode": "online", "code": False}) == code.CodePolicy(changes=False, script=False)
    assert code.decide({"mode": "offline", "code": True, "git": False}) == code.CodePolicy(changes=False, script=True)


def test_the_main_script_is_copied_unless_it_is_none(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("print(1)")
    assert code.keep_script(tmp_path / "run", "train.py", str(tmp_path), "src/train.py") == "code/src/train.py"
    assert (tmp_path / "run/files/code/src/train.py").read_text() == "print(1)"
    assert code.keep_script(tmp_path / "run", "<notebook>", str(tmp_path), None) is None
    assert code.keep_session(tmp_path / "run") is None
    (tmp_path / "run/session.ipynb").write_text("{}")
    assert code.keep_session(tmp_path / "run") == "code/_session_history.ipynb"
    assert (tmp_path / "run/files/code/_session_history.ipynb").read_text() == "{}"


def test_the_interpreters_options_are_not_the_scripts_arguments() -> None:
    with subprocess.Popen([sys.executable, "-u", "-c", "input()"], stdin=subprocess.PIPE) as process:
        opened = {"pid": process.pid, "created_at": 1.8e9}
        assert environment.describe_environment(opened, {"program": "train.py"}, with_git=False)["args"] == []
        process.kill()


def test_a_run_that_is_to_say_little_says_nothing_of_machine_place_and_command(tmp_path: Path) -> None:
    opened = {"pid": os.getpid(), "created_at": 1.8e9, "sdk_version": "1", "capture": "minimal"}
    said = environment.describe_environment(opened, {"cwd": str(tmp_path)}, with_git=code.decide(opened).changes)
    assert not {"host", "cwd", "root", "args", "program", "executable", "git"} & said.keys()
    assert {"os", "python", "cpu_count", "memory"} <= said.keys()
    assert code.decide({**opened, "mode": "offline"}) == code.CodePolicy(changes=False, script=False)
