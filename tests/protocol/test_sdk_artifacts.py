"""Artifacts between our SDK and the official client: what the one logged, the other reads, byte by byte."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import runwell
from runwell.api import Api
from runwell.cli.artifact import command as artifact_command
from runwell.sync.deliver import Delivery
from runwell.wire.errors import CommunicationError, InvalidValue, UsageError
from tests.faults.delivery import Hurried
from tests.protocol import official
from tests.serving import ServerProcess

PROJECT = "both"
BLOB = bytes(range(256)) * 1_000

OFFICIAL = """
    import pathlib, wandb
    with wandb.init(project="both", id="theirs", settings=wandb.Settings(console="off")) as run:
        ours = run.use_artifact("ours:best")
        root = pathlib.Path(ours.download())
        assert sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()) == [
            "empty", "media/images/" + next((root / "media/images").iterdir()).name, "scores.table.json", "sub/b.bin"]
        assert (root / "sub/b.bin").read_bytes() == bytes(range(256)) * 1_000
        ours.verify()
        table = ours.get("scores")
        assert table.columns == ["n", "who", "what"], table.columns
        assert [row[:2] for row in table.data] == [[1.5, "a"], [2, None]], table.data
        assert type(table.data[0][2]).__name__ == "Image", table.data
        assert (ours.type, ours.metadata, ours.description) == ("dataset", {"n": 3}, "Text")
        assert ours.logged_by().id == "ours", ours.logged_by()
        assert ours.source_name == "ours:v0"

        theirs = wandb.Artifact("theirs", "dataset", metadata={"k": [1, 2]})
        with theirs.new_file("x/y.txt") as file:
            file.write("theirs")
        theirs.add(wandb.Table(columns=["a", "b"], data=[[1, "x"], [2, "y"]]), "t")
        part = wandb.Table(columns=["a"], data=[[1]])
        theirs.add(part, "parts/0")
        theirs.add(wandb.Table(columns=["a"], data=[[2], [3]]), "parts/1")
        theirs.add(wandb.data_types.PartitionedTable("parts"), "all")
        theirs.add(wandb.JoinedTable("parts/0.table.json", "parts/1.table.json", "a"), "both")
        theirs.add_reference("custom://bucket/key", checksum=False, name="ref")
        run.log_artifact(theirs, aliases=["first"]).wait()
        draft = ours.new_draft()
        with draft.new_file("more.txt") as file:
            file.write("more")
        run.log_artifact(draft).wait()
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, server: ServerProcess) -> Any:
    """Ours logs, theirs reads that and logs, in one directory; ours asks from there."""
    folder = tmp_path_factory.mktemp("both")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("RUNWELL_", "WANDB_")):
                patch.delenv(name)
        patch.setenv("RUNWELL_CONFIG_DIR", str(folder / "user"))
        patch.setenv("RUNWELL_CACHE_DIR", str(folder / "cache"))
        patch.setenv("RUNWELL_API_KEY", server.key)
        patch.chdir(folder)
        settings = {"console": "off", "silent": True, "base_url": server.url}
        with runwell.init(id="ours", project=PROJECT, mode="offline", settings=settings) as run:
            artifact = runwell.Artifact("ours", "dataset", description="Text", metadata={"n": 3})
            (folder / "data/sub").mkdir(parents=True)
            (folder / "data/sub/b.bin").write_bytes(BLOB)
            (folder / "data/empty").write_bytes(b"")
            artifact.add_dir(folder / "data")
            picture = runwell.Image([[[255, 0, 0], [0, 0, 0]]])
            rows = [[1.5, "a", picture], [2, None, None]]
            artifact.add(runwell.Table(columns=["n", "who", "what"], data=rows), "scores")
            run.log_artifact(artifact, aliases=["best"])
        assert Delivery(Path(run.sync_dir), server.url, Hurried()).run(wait_for_lock=False).status.state == "done"
        official.run(server, folder / "theirs", OFFICIAL)
        yield folder


@pytest.fixture
def api(home: Path, server: ServerProcess) -> Api:
    return Api(server.url, server.key)


def test_the_official_client_reads_what_ours_logged(home: Path, api: Api) -> None:
    ours = api.artifact("both/ours:best")
    assert [run.id for run in ours.used_by()] == ["theirs"]
    assert ours.logged_by().id == "ours"
    image = ours.get("scores").data[0][2]
    assert type(image).__name__ == "Image"


def test_ours_reads_what_the_official_client_logged(home: Path, api: Api) -> None:
    theirs = api.artifact("local/both/theirs:first", type="dataset")
    root = Path(theirs.download(home / "out", allow_missing_references=True))
    assert (root / "x/y.txt").read_text() == "theirs"
    assert theirs.metadata == {"k": [1, 2]}
    assert theirs.get("t").data == [[1, "x"], [2, "y"]]
    assert theirs.get("all").data == [[1], [2], [3]]
    with pytest.raises(UsageError, match="parts/0"):
        theirs.get("both")
    assert theirs.get("parts/0.table.json").data == [[1]]
    with pytest.raises(UsageError, match=r"1 of 1 references can't be fetched.*allow_missing_references=True"):
        theirs.download(home / "whole")
    assert (home / "whole" / "x" / "y.txt").read_text() == "theirs"
    assert theirs.get_entry("ref").ref_target() == "custom://bucket/key"
    with pytest.raises(KeyError, match="no 'nothing'"):
        theirs.get_entry("nothing")
    with pytest.raises((CommunicationError, UsageError)):
        theirs.download(home / "out")
    draft = api.artifact("both/ours:v1")
    assert sorted(set(draft.entries()) - set(api.artifact("both/ours:v0").entries())) == ["more.txt"]
    assert Path(draft.download(home / "v1"), "sub/b.bin").read_bytes() == BLOB


def test_artifacts_are_found_by_type_collection_and_run(home: Path, api: Api) -> None:
    assert {one.name: one.collection_count for one in api.artifact_types("both")}["dataset"] == 2
    assert sorted(one.name for one in api.artifact_collections("both", "dataset")) == ["ours", "theirs"]
    assert [one.version for one in api.artifacts("dataset", "both/ours")] == ["v1", "v0"]
    assert (len(api.artifact_versions("dataset", "both/ours")), api.artifacts("dataset", "both/ours")[-1].version) == (
        2,
        "v0",
    )
    run = api.run("both/theirs")
    assert sorted(one.name for one in run.logged_artifacts()) == ["ours:v1", "theirs:v0"]
    assert [one.name for one in run.used_artifacts()] == ["ours:v0"]
    assert api.artifact_exists("both/ours:best")
    assert not api.artifact_exists("both/ours:worst")
    assert not api.artifact_exists("both/ours:best", type="model")
    assert not api.artifact_collection_exists("both/nothing", "dataset")
    with pytest.raises(CommunicationError) as caught:
        api.artifact("both/ours:worst")
    assert caught.value.status == 404
    for wrong in ("", "ours", "a/b/c/d:v0", "both/ours:", 3):
        with pytest.raises(InvalidValue):
            api.artifact(wrong)  # type: ignore[arg-type]


def test_a_collection_and_a_version_are_edited(home: Path, api: Api) -> None:
    collection = api.artifact_type("dataset", "both").collection("theirs")
    collection.description, collection.tags = "What they logged", ["raw"]
    collection.save()
    again = api.artifact_collection("dataset", "both/theirs")
    assert (again.description, again.tags, again.is_sequence(), again.aliases) == (
        "What they logged",
        ["raw"],
        True,
        ["first", "latest"],
    )
    version = api.artifact("both/theirs:v0")
    version.ttl = timedelta(days=2)
    version.tags = ["keep"]
    version.save()
    assert api.artifact("both/theirs:v0").ttl == timedelta(days=2)
    assert [one.version for one in api.artifacts("dataset", "both/theirs", tags=["keep"])] == ["v0"]
    assert len(api.artifacts("dataset", "both/theirs", tags=["other"])) == 0
    linked = version.link("shelf", aliases=["prod"])
    assert (linked.qualified_name, linked.source_name, linked.is_link) == ("local/both/shelf:v0", "theirs:v0", True)
    linked.unlink()
    assert not api.artifact_exists("both/shelf:prod")


def test_the_command_line_puts_gets_lists_and_verifies(home: Path, server: ServerProcess) -> None:
    def command(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(artifact_command, [*words, "--server", server.url])
        return done.exit_code, done.output if done.exception is None else str(done.exception)

    assert command("put", "data", "-n", "both/put", "-a", "mine") == (0, "local/both/put:v0: 2 files, 250.0 KiB\n")
    assert command("ls", "both/put") == (0, "v0        250.0 KiB         2 files  latest, mine\n")
    assert "dataset      put:v0" in command("ls", "both")[1]
    facts = json.loads(command("ls", "both/put", "--json")[1])
    assert (facts["name"], facts["aliases"], facts["files"]) == ("local/both/put:v0", ["latest", "mine"], 2)
    assert {**facts, "path": str(home / "json")} == json.loads(
        command("get", "both/put", "--root", "json", "--json")[1]
    )
    entries = [json.loads(line) for line in command("ls", "both/put:mine", "--json")[1].splitlines()]
    assert [(entry["path"], entry["size"]) for entry in entries] == [("empty", 0), ("sub/b.bin", len(BLOB))]
    assert command("ls", "both/put:mine")[1].splitlines() == ["         0 B  empty", "   250.0 KiB  sub/b.bin"]
    assert command("get", "both/put:mine", "--root", "got") == (0, f"{home / 'got'}\n")
    assert (home / "got/sub/b.bin").read_bytes() == BLOB
    assert command("verify", "both/put", "got")[0] == 0
    (home / "got/empty").write_bytes(b"x")
    status, said = command("verify", "both/put", "got")
    assert status == 1
    assert "'empty'" in said
    assert "3 files" not in command("put", "nothing", "-n", "both/put")[1]
    assert "names no project" in command("put", "data", "-n", "put")[1]
    assert CliRunner().invoke(artifact_command, ["cache", "cleanup", "0"]).output.startswith("dropped ")
    assert ": 0 files, 0 B" in CliRunner().invoke(artifact_command, ["cache", "info"]).output
