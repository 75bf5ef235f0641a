"""Which commit and branch a script's repository is at when its run begins: fixed here, before anything can move it.

Plain reads of a few small files, as gitrepository-layout(5) describes them, and nothing is run. What git itself must
say (remote, uncommitted changes) is the companion's, which compares with the commit found here.
"""

from __future__ import annotations

import os

_MAX_FILE_BYTES = 16 * 1024 * 1024  # of packed-refs; a repository with more references is left to git
_MAX_LINKS = 5  # symbolic references to symbolic references, as git itself follows them
_HEX = frozenset("0123456789abcdef")
_HASH_CHARS = (40, 64)


def read_head(cwd: str, script: str | None) -> dict[str, str] | None:
    """Give what the repository of the script, else of the working directory, is at.

    Args:
        cwd: the script's working directory, absolute.
        script: its file, as seen from there; None where there is none.

    Returns:
        ``root`` (where git is to be asked) with ``commit`` and ``branch``, those that there are; None outside a
        repository, and where git alone can tell.
    """
    try:
        if given := os.environ.get("GIT_DIR"):
            return _at(os.path.join(cwd, given), cwd)
        beside = os.path.dirname(os.path.join(cwd, script or ""))
        return _find(beside) or (_find(cwd) if beside != cwd else None)
    except (OSError, ValueError):
        return None


def _find(directory: str) -> dict[str, str] | None:
    """Go up from a directory to the repository that it lies in."""
    directory = os.path.realpath(directory)
    while True:
        entry = os.path.join(directory, ".git")
        try:
            return _at(entry, directory)
        except NotADirectoryError:  # a work tree of its own, or a submodule: a file that says where the rest is
            pointer = _read(entry)
            if pointer.startswith("gitdir:"):
                return _at(os.path.join(directory, pointer[7:].strip()), directory)
            return None
        except FileNotFoundError:
            above = os.path.dirname(directory)
            if above == directory:
                return None
            directory = above


def _at(git_dir: str, root: str) -> dict[str, str] | None:
    head = _read(os.path.join(git_dir, "HEAD")).strip()
    try:
        shared = os.path.join(git_dir, _read(os.path.join(git_dir, "commondir")).strip())
    except OSError:
        shared = git_dir
    found = {"root": root}
    reference = _reference(head)
    if reference is not None:
        if reference == "refs/heads/.invalid":  # another way of keeping references, which git alone reads
            return None
        found["branch"] = reference.removeprefix("refs/").removeprefix("heads/")
    commit = _resolve(head, git_dir, shared)
    if commit:
        found["commit"] = commit
    return found


def _resolve(text: str, git_dir: str, shared: str) -> str | None:
    """Follow a reference's text to a commit; None: there is none yet."""
    for _ in range(_MAX_LINKS):
        reference = _reference(text)
        if reference is None:
            if len(text) in _HASH_CHARS and _HEX.issuperset(text):
                return text
            raise ValueError(f"no reference: {text:.40}")
        for place in (git_dir, shared):
            try:
                text = _read(os.path.join(place, reference)).strip()
                break
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                continue
        else:
            return _packed(reference, shared)
    raise ValueError("symbolic references without end")


def _packed(reference: str, shared: str) -> str | None:
    try:
        text = _read(os.path.join(shared, "packed-refs"))
    except FileNotFoundError:
        return None
    end = text.find(f" {reference}\n")
    if end < 0:
        return None
    return _resolve(text[text.rfind("\n", 0, end) + 1 : end], shared, shared)


def _reference(text: str) -> str | None:
    if not text.startswith("ref:"):
        return None
    name = text[4:].strip()
    if not name.startswith("refs/") or ".." in name:
        raise ValueError(f"no reference: {name:.40}")
    return name


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        text = file.read(_MAX_FILE_BYTES + 1)
    if len(text) > _MAX_FILE_BYTES:
        raise ValueError(f"{path} is too long")
    return text
