"""What a draft holds: digests, staged bytes, the cache of both, and what is refused."""

from __future__ import annotations

import base64
import builtins
import hashlib
import os
import time
from pathlib import Path
from typing import Any

import pytest

from runwell.artifacts import contents as contents_module
from runwell.artifacts import objects as objects_module
from runwell.artifacts.artifact import Artifact
from runwell.artifacts.objects import ObjectStore
from runwell.wire.errors import InvalidValue, UsageError


def md5_text(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def settled(path: Path, data: bytes) -> Path:
    """Write a file that looks as if it had been there for long: only such digests are remembered."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (time.time() - 100, time.time() - 100))
    return path


def test_an_entry_has_the_md5_and_size_of_its_bytes_and_the_digest_is_the_clients(tmp_path: Path) -> None:
    settled(tmp_path / "d/a", b"one")
    settled(tmp_path / "d/sub/b", b"two")
    artifact = Artifact("data", "dataset")
    artifact.add_dir(tmp_path / "d", name="in")
    entries = artifact.entries()
    assert {path: (one.digest, one.size) for path, one in entries.items()} == {
        "in/a": (md5_text(b"one"), 3),
        "in/sub/b": (md5_text(b"two"), 3),
    }
    expected = f"wandb-artifact-manifest-v1\nin/a:{md5_text(b'one')}\nin/sub/b:{md5_text(b'two')}\n"
    assert artifact.digest == hashlib.md5(expected.encode()).hexdigest()
    assert (artifact.size, artifact.file_count, artifact.state) == (6, 2, "DRAFT")


def test_bytes_are_those_of_the_moment_they_were_added(tmp_path: Path) -> None:
    source = tmp_path / "f"
    source.write_bytes(b"then")
    artifact = Artifact("data", "dataset")
    artifact.add_file(source)
    source.write_bytes(b"now!")
    artifact.stage(str(tmp_path / "staged"))
    name = hashlib.md5(b"then").hexdigest()
    assert (tmp_path / "staged" / name).read_bytes() == b"then"
    assert source.read_bytes() == b"now!"


def test_an_unchanged_directory_is_logged_again_without_reading_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        settled(tmp_path / f"d/{number}", b"x" * number)
    first = Artifact("data", "dataset")
    first.add_dir(tmp_path / "d")
    opened: list[str] = []
    real = builtins.open

    def watched(path: Any, *more: Any, **named: Any) -> Any:
        opened.append(str(path))
        return real(path, *more, **named)

    monkeypatch.setattr(objects_module, "open", watched, raising=False)
    second = Artifact("data", "dataset")
    second.add_dir(tmp_path / "d")
    second.stage(str(tmp_path / "staged"))
    assert second.digest == first.digest
    assert not [path for path in opened if str(tmp_path / "d") in path]
    assert len(os.listdir(tmp_path / "staged")) == 40
    assert os.stat(tmp_path / "staged" / hashlib.md5(b"xxx").hexdigest()).st_nlink == 2

    settled(tmp_path / "d/3", b"changed")
    third = Artifact("data", "dataset")
    third.add_dir(tmp_path / "d")
    assert [path for path in opened if path.startswith(str(tmp_path / "d"))] == [str(tmp_path / "d/3")]
    assert third.entries()["3"].digest == md5_text(b"changed")


def test_a_file_that_changed_a_moment_ago_is_read_again(tmp_path: Path) -> None:
    source = tmp_path / "f"
    source.write_bytes(b"aaaa")
    before = os.stat(source)
    Artifact("a", "t").add_file(source)
    source.write_bytes(b"bbbb")
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))  # the clock of a coarse file system
    again = Artifact("a", "t")
    assert again.add_file(source).digest == md5_text(b"bbbb")


def test_one_path_takes_one_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"2")
    artifact = Artifact("data", "dataset")
    artifact.add_file(tmp_path / "a", name="x")
    artifact.add_file(tmp_path / "a", name="x")
    with pytest.raises(InvalidValue, match="another 'x'"):
        artifact.add_file(tmp_path / "b", name="x")
    artifact.add_file(tmp_path / "b", name="x", overwrite=True)
    assert artifact.entries()["x"].digest == md5_text(b"2")
    artifact.remove("x")
    with pytest.raises(InvalidValue, match="no 'x'"):
        artifact.remove("x")


@pytest.mark.parametrize("name", ["../x", "/x", "a//b", "a\\b", "a/../b"])
def test_a_path_that_climbs_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "a").write_bytes(b"1")
    with pytest.raises(InvalidValue):
        Artifact("data", "dataset").add_file(tmp_path / "a", name=name)


def test_what_could_not_lie_in_one_folder_is_refused_when_logged(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    artifact = Artifact("data", "dataset")
    artifact.add_file(tmp_path / "a", name="A")
    artifact.add_file(tmp_path / "a", name="a")
    with pytest.raises(InvalidValue, match="rename"):
        artifact.document([], [], None)


def test_misuse_says_what_to_do(tmp_path: Path) -> None:
    for wrong in ("", "a/b", "x" * 300, 3):
        with pytest.raises(InvalidValue):
            Artifact(wrong, "dataset")  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="metadata"):
        Artifact("a", "t", metadata=[1])  # type: ignore[arg-type]
    draft = Artifact("a", "t")
    for call in (draft.wait, draft.download, draft.delete, draft.save):
        with pytest.raises(UsageError, match="isn't logged"):
            call()
    with pytest.raises(InvalidValue, match="is no file"):
        draft.add_file(tmp_path / "nothing")
    with pytest.raises(InvalidValue, match="is no directory"):
        draft.add_dir(tmp_path / "nothing")
    with pytest.raises(UsageError, match="policy"):
        draft.add_dir(tmp_path, policy="cow")
    with pytest.raises(UsageError, match="add_file"):
        draft.add({"a": 1}, "x")


def test_a_link_to_the_folder_above_ends_the_walk(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a").write_bytes(b"1")
    (tmp_path / "d/loop").symlink_to(tmp_path / "d")
    assert [inside for _, inside in contents_module.walk(str(tmp_path / "d"))] == ["a"]


def test_a_damaged_object_is_dropped_instead_of_placed(tmp_path: Path) -> None:
    store = ObjectStore()
    md5, size = store.take_bytes(b"good")
    Path(store.path(md5)).write_bytes(b"evil")
    assert store.has(md5, size)
    assert not store.copy_to(md5, str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
    assert not store.has(md5, size)


def test_the_cache_is_held_to_its_bound_and_keeps_what_was_used_just_now(tmp_path: Path) -> None:
    store = ObjectStore()
    made = [store.take_bytes(bytes([number]) * 1_000)[0] for number in range(10)]
    for age, md5 in enumerate(made):
        os.utime(store.path(md5), (0, time.time() - 10_000 + age))
    assert store.prune(4_000) == (6, 6_000)
    assert [os.path.exists(store.path(md5)) for md5 in made] == [False] * 6 + [True] * 4
    for md5 in made[6:]:
        store.has(md5, 1_000)
    assert store.prune(0) == (0, 0), "used a moment ago: somebody may be about to link it"
    assert store.size() == (4, 4_000)


def test_metadata_that_cannot_be_kept_is_told(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("no text")

    artifact = Artifact("a", "t", metadata={"good": 1, "bad": Broken(), "huge": 2**5000})
    assert artifact.metadata == {"good": 1, "bad": "<Broken>", "huge": "<an integer of 5,001 bits>"}
    [said] = [record.getMessage() for record in caplog.records if record.name == "runwell.artifacts"]
    assert "2 values of an artifact's metadata can't be kept" in said
    caplog.clear()
    Artifact("a", "t", metadata={"good": 1})
    assert caplog.records == []


def test_metadata_is_kept_as_json_holds_it() -> None:
    numpy = pytest.importorskip("numpy")
    artifact = Artifact("a", "t", metadata={"n": numpy.float32(0.5), "l": numpy.arange(3), "s": {1}, 3: None})
    assert artifact.metadata == {"n": 0.5, "l": [0, 1, 2], "s": [1], "3": None}
