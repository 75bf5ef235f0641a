"""Code of a real run on a real server: what is kept by itself, what the user's switch and the script decide."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import ServerProcess, clean_environment

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
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
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
