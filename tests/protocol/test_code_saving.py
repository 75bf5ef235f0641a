"""Code, git and machine of a script run with the official client: saved as its switch says, shown without secrets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.serving import ServerProcess

from . import official

SCRIPT = """
import wandb
run = wandb.init(project="code", id="saved", save_code=True)
run.log_code(".")
run.finish()
run = wandb.init(project="code", id="kept-back", save_code=False)
run.finish()
"""


@pytest.fixture(scope="module")
def repository(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a change that isn't committed, whose script was run."""
    home = tmp_path_factory.mktemp("code")
    folder = home / "repository"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "train.py").write_text(SCRIPT)

    def git(*arguments: str) -> str:
        settings = ["-c", "user.name=n", "-c", "user.email=n@example.org"]
        done = subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    git("remote", "add", "origin", "https://user:SECRET@example.org/o/r.git?private_token=SECRET")
    with (folder / "sub" / "train.py").open("a") as script:
        script.write("# not committed é\n")
    (home / "commit").write_text(git("rev-parse", "HEAD"))
    done = subprocess.run(
        [sys.executable, "sub/train.py", "--lr", "0.1", "--name", "two words"],
        cwd=folder,
        env=official.environment(server, home),
        capture_output=True,
        text=True,
        timeout=official.WITHIN_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def paths(server: ServerProcess, run: str) -> set[str]:
    return {file["path"] for file in server.get_json(f"/api/projects/local/code/runs/{run}/files")["files"]}


def test_the_script_and_what_is_not_committed_are_saved(server: ServerProcess, repository: Path) -> None:
    assert {"code/sub/train.py", "diff.patch", "requirements.txt", "wandb-metadata.json"} <= paths(server, "saved")
    saved = server.request("GET", "/files/local/code/saved/code/sub/train.py")
    assert saved[2] == (repository / "sub" / "train.py").read_bytes()
    assert saved[1]["content-type"].startswith("text/plain")
    patch = server.request("GET", "/files/local/code/saved/diff.patch")[2].decode()
    assert "+# not committed é" in patch and patch.startswith("diff --git")
    assert b"wandb==0.31.0" in server.request("GET", "/files/local/code/saved/requirements.txt")[2]


def test_a_script_that_keeps_its_code_back_is_obeyed(server: ServerProcess, repository: Path) -> None:
    assert not {path for path in paths(server, "kept-back") if path.startswith(("code/", "diff"))}


def test_the_run_says_where_it_ran_and_no_secrets(server: ServerProcess, repository: Path) -> None:
    run: dict[str, Any] = official.described(server, "code", "saved")
    meta = run["meta"]
    assert meta["args"] == ["--lr", "0.1", "--name", "two words"]
    assert meta["command"].endswith("sub/train.py --lr 0.1 --name 'two words'")
    assert meta["code_path"] == "sub/train.py" and meta["program"].endswith("sub/train.py")
    assert meta["git"]["commit"] == (repository.parent / "commit").read_text()
    assert meta["git"]["remote"] == "https://example.org/o/r.git"
    assert meta["python"].startswith("CPython 3.") and meta["cpu_count"] >= 1 and meta["memory_bytes"] > 2**28
    assert meta["host"] and meta["os"] and meta["executable"] and meta["sdk"] == "wandb 0.31.0"
    assert "SECRET" not in json.dumps(run)
