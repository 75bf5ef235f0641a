"""Code of a real run on a real server: what is kept by itself, what the user's switch and the script decide."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from runwell.server.domain.machine import machine_of
from tests.serving import ServerProcess, clean_environment

from .delivery import wait_for

SCRIPT = """
import runwell, sys
run = runwell.init(project="code", id=sys.argv[1], save_code={save!r})
run.log({{"x": 1}})
run.log_code(".", exclude_fn=lambda path: path.endswith("secret.py"))
run.finish()
with runwell.init(project="code", id=sys.argv[1] + "-again") as other:
    print(other.restore("code/part/helper.py", run_path=sys.argv[1]).read())
    print(other.restore("missing.py", run_path=sys.argv[1]))
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "part").mkdir(parents=True)
    (folder / "part/helper.py").write_text("HELP = 1\n")
    (folder / "secret.py").write_text("SECRET = 1\n")
    (folder / "notes.txt").write_text("no code")
    identity = ["-c", "user.name=n", "-c", "user.email=e@x", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q", "-b", "trunk"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)
    (folder / "part/helper.py").write_text("HELP = 2\n")
    return folder


def _train(server: ServerProcess, folder: Path, run_id: str, save: bool | None) -> tuple[set[str], dict]:
    (folder / "train.py").write_text(SCRIPT.format(save=save))
    ended = subprocess.run(
        [sys.executable, "train.py", run_id],
        cwd=folder,
        env=clean_environment(RUNWELL_BASE_URL=server.url, RUNWELL_API_KEY=server.key),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "HELP = 2\n\nNone\n"
    base = f"/api/projects/local/code/runs/{run_id}"
    return {file["path"] for file in server.get_json(f"{base}/files")["files"]}, server.get_json(base)


def test_commit_changes_and_code_are_kept_as_script_and_switch_say(new_server, repository: Path) -> None:
    server: ServerProcess = new_server().start()
    usual, run = _train(server, repository, "usual", None)
    assert {"diff.patch", "code/part/helper.py", "requirements.txt"} <= usual
    assert "code/secret.py" not in usual and "code/notes.txt" not in usual
    assert run["meta"]["git"]["commit"] and run["meta"]["git"]["dirty"] is True
    patch = server.request("GET", "/files/local/code/usual/diff.patch")[2].decode()
    assert "-HELP = 1" in patch and "+HELP = 2" in patch and "SECRET" not in patch
    none, run = _train(server, repository, "none", False)
    assert "diff.patch" not in none and not run["meta"].get("git")
    assert server.request("PATCH", "/api/settings", {"code_saving": False})[0] == 200
    off, run = _train(server, repository, "off", None)
    assert "diff.patch" not in off and not run["meta"].get("git")
    script, _ = _train(server, repository, "script", True)  # the script's word wins
    assert "diff.patch" in script and "code/train.py" in script


MODULE = """
import runwell, subprocess
run = runwell.init(project="code", mode="offline", save_code=True)
subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e@x", "commit", "-qam", "after the start"], check=True)
subprocess.run(["git", "checkout", "-qb", "elsewhere"], check=True)
run.log({"x": 1})
print(run.sync_dir)
"""


def test_the_commit_is_that_of_the_start_whatever_the_script_commits_after_it(repository: Path, tmp_path: Path) -> None:
    (repository / "part/tr.py").write_text(MODULE)
    at_the_start = _git(repository, "rev-parse", "HEAD")
    _git(repository, "add", "part/tr.py")
    ended = subprocess.run(
        [sys.executable, "-m", "part.tr", "--lr", "0.1"],
        cwd=repository,
        env=clean_environment(RUNWELL_DIR=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    files = Path(ended.stdout.split()[-1]) / "files"
    wait_for("the capture to end", (files / "requirements.txt").exists)
    said = json.loads((files / "wandb-metadata.json").read_text())
    assert said["git"] == {"commit": at_the_start, "branch": "trunk", "dirty": True}
    assert _git(repository, "rev-parse", "HEAD") != at_the_start
    # the commit and the patch are the tree that ran
    _git(repository, "checkout", "-q", "--detach", said["git"]["commit"])
    assert (repository / "part/helper.py").read_text() == "HELP = 1\n"
    _git(repository, "apply", str(files / "diff.patch"))
    assert (repository / "part/helper.py").read_text() == "HELP = 2\n"
    assert (repository / "part/tr.py").read_text() == MODULE == (files / "code/part/tr.py").read_text()
    # and the command runs it again
    assert (said["program"], said["args"], said["codePath"]) == ("-m part.tr", ["--lr", "0.1"], "part/tr.py")
    assert machine_of(json.dumps(said).encode())["command"] == "-m part.tr --lr 0.1"


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
