"""What a script's repository is at, read without git: the same that git says, in every layout that git makes."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from runwell.sdk.capture.head import read_head


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=n", "-c", "user.email=e@x", "-c", "commit.gpgsign=false"]
    identity += ["-c", "protocol.file.allow=always"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "deep/er").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "trunk")
    (folder / "deep/er/train.py").write_text("1")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "x")
    return folder


def agrees(where: Path, root: Path, script: str | None = None) -> bool:
    """Tell whether what is read is what git says at ``root``, branch included where there is one."""
    said = {"root": str(root.resolve()), "commit": git(root, "rev-parse", "HEAD")}
    branch = subprocess.run(["git", "symbolic-ref", "--short", "-q", "HEAD"], cwd=root, capture_output=True, text=True)
    if branch.returncode == 0:
        said["branch"] = branch.stdout.strip()
    return read_head(str(where), script) == said


def test_what_is_read_is_what_git_says_in_every_layout(repository: Path, tmp_path: Path) -> None:
    assert agrees(repository, repository)
    assert agrees(tmp_path, repository, "repository/deep/er/train.py")
    git(repository, "checkout", "-qb", "team/한국어")
    git(repository, "commit", "-qm", "y", "--allow-empty")
    assert agrees(repository / "deep/er", repository)
    git(repository, "pack-refs", "--all")
    assert not (repository / ".git/refs/heads/trunk").exists()
    assert agrees(repository, repository)
    git(repository, "tag", "-a", "v1", "-m", "peeled lines stand below it in packed-refs")
    git(repository, "pack-refs", "--all")
    assert agrees(repository, repository)
    git(repository, "symbolic-ref", "refs/heads/alias", "refs/heads/trunk")
    git(repository, "symbolic-ref", "HEAD", "refs/heads/alias")
    assert read_head(str(repository), None) == {
        "root": str(repository),
        "commit": git(repository, "rev-parse", "trunk"),
        "branch": "alias",
    }
    git(repository, "checkout", "-q", "--detach", "trunk")
    assert agrees(repository, repository)
    (tmp_path / "link").symlink_to(repository / "deep")
    assert agrees(tmp_path / "link/er", repository)


def test_work_trees_submodules_and_git_dir_are_followed(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repository, "worktree", "add", "-q", "-b", "beside", str(tmp_path / "beside"))
    git(tmp_path / "beside", "commit", "-qm", "z", "--allow-empty")
    assert agrees(tmp_path / "beside/deep", tmp_path / "beside")
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    git(outer, "submodule", "--quiet", "add", str(repository), "inner")
    assert agrees(outer / "inner", outer / "inner")
    empty = read_head(str(outer), None)  # nothing is committed there yet
    assert empty is not None and empty.keys() == {"root", "branch"}
    commit = git(repository, "rev-parse", "trunk")
    monkeypatch.setenv("GIT_DIR", "repository/.git")
    found = read_head(str(tmp_path), "beside/deep/er/train.py")
    assert found == {"root": str(tmp_path), "branch": "trunk", "commit": commit}


@pytest.mark.parametrize(
    "head", ["", "ref: refs/heads/.invalid", "ref: ../../secret", "ref: refs/../../../secret", "nonsense", "\0" * 40]
)
def test_what_is_no_repository_or_a_broken_one_says_nothing(tmp_path: Path, head: str) -> None:
    assert read_head(str(tmp_path / "missing"), None) is None
    (tmp_path / "secret").write_text("a" * 40)
    (tmp_path / "broken/.git").mkdir(parents=True)
    (tmp_path / "broken/.git/HEAD").write_text(head)
    assert read_head(str(tmp_path / "broken"), None) is None
    (tmp_path / "pointer").mkdir()
    (tmp_path / "pointer/.git").write_text("gitdir: ../nowhere")
    assert read_head(str(tmp_path / "pointer"), None) is None


def test_references_that_go_in_circles_end(repository: Path) -> None:
    (repository / ".git/refs/heads/trunk").write_text("ref: refs/heads/trunk\n")
    started = time.monotonic()
    assert read_head(str(repository), None) is None
    assert time.monotonic() - started < 1
