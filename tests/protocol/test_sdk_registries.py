"""Registries with our own SDK, its Api and the command line: linked, used by alias, listed, moved, deleted."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import runwell
from runwell.api import Api
from runwell.cli.registry import command
from runwell.sync.deliver import Delivery
from runwell.wire.errors import CommunicationError, UsageError
from tests.faults.delivery import Hurried
from tests.serving import ServerProcess

WITHIN_S = 30.0


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, server: ServerProcess) -> Any:
    """A run that logged two versions and linked them while it was offline, sent; the Api of its server."""
    folder = tmp_path_factory.mktemp("shelves")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("RUNWELL_", "WANDB_")):
                patch.delenv(name)
        patch.setenv("RUNWELL_CONFIG_DIR", str(folder / "user"))
        patch.setenv("RUNWELL_CACHE_DIR", str(folder / "cache"))
        patch.setenv("RUNWELL_API_KEY", server.key)
        patch.setenv("RUNWELL_BASE_URL", server.url)
        patch.chdir(folder)
        settings = {"console": "off", "silent": True}
        with runwell.init(id="maker", project="making", mode="offline", settings=settings) as run:
            for n in range(2):
                Path("net.txt").write_text(f"net {n}")
                model = runwell.Artifact("net", "model")
                model.add_file("net.txt")
                run.log_artifact(model)
                run.link_artifact(model, "registry/shelf/churn", aliases=["production"] if n == 0 else [])
            run.link_model("net.txt", "older", aliases=["best"])
        delivered = Delivery(Path(run.sync_dir), server.url, Hurried()).run(wait_for_lock=False)
        assert delivered.status.state == "done"
        yield Api()


def test_a_run_links_into_registries_and_another_uses_what_an_alias_names(api: Api) -> None:
    assert api.artifact("registry/shelf/churn:production").source_qualified_name == "local/making/net:v0"
    assert api.artifact("local/model-registry/older:best").type == "model"
    with runwell.init(id="reader", project="using", mode="online", settings={"console": "off", "silent": True}) as run:
        assert Path(run.use_model("registry/shelf/churn:production")).read_text() == "net 0"
        used = run.use_artifact("wandb-registry-shelf/churn:latest")
        assert (used.version, used.is_link) == ("v1", True)
        assert used.url == f"{api.base_url}/registry/shelf/churn"
    collection = api.registry("shelf").collection("churn")
    deadline = time.monotonic() + WITHIN_S
    while len(collection.used_by()) < 2 and time.monotonic() < deadline:  # the companion sends it behind the run
        time.sleep(0.05)
    users = {(one["run"]["project"], one["run"]["id"], one["version"]) for one in collection.used_by()}
    assert users == {("using", "reader", "v0"), ("using", "reader", "v1")}


def test_the_api_lists_and_edits_registries(api: Api) -> None:
    shelf = api.registry("shelf")
    assert {"shelf", "local:model-registry"} <= {one.name for one in api.registries()}
    [collection] = shelf.collections()
    assert (collection.name, collection.registry, collection.alias_versions) == (
        "churn",
        "shelf",
        {"production": "v0", "latest": "v1"},
    )
    assert sorted(one.version for one in shelf.versions()) == ["v0", "v1"]
    collection.description, collection.tags = "# Card", ["checked"]
    collection.save()
    assert shelf.collection("churn").description == "# Card"
    version = api.artifact("registry/shelf/churn:v1")
    version.aliases.append("production")
    version.save()
    move = collection.alias_moves()[0]
    assert (move["alias"], move["from"], move["version"], move["by"]) == ("production", "v0", "v1", "local")
    made = api.create_registry("spare", description="x", artifact_types=["model"])
    made.name, made.artifact_types = "kept", []
    made.save()
    api.artifact("making/net:v0").link("registry/kept/churn")
    with pytest.raises(CommunicationError, match="holds 1 collections"):
        made.delete()
    made.delete(with_collections=True)
    assert api.artifact_exists("making/net:v0") and "kept" not in {one.name for one in api.registries()}
    with pytest.raises(UsageError, match="every user"):
        api.create_registry("secret", visibility="restricted")


def test_the_command_line_lists_links_and_tells_the_history(api: Api) -> None:
    def say(*arguments: str) -> str:
        result = CliRunner().invoke(command, arguments)
        assert result.exit_code == 0, (arguments, result.output, result.exception)
        return result.output

    assert "local/model-registry/second:v0: best, latest" in say(
        "link", "making/net:v1", "local:model-registry/second", "-a", "best"
    )
    assert "candidate" in say("link", "making/net:v1", "shelf/churn", "-a", "candidate")
    assert "shelf" in say("ls") and "candidate=v1" in say("ls", "shelf")
    assert "local/making/net:v0" in say("ls", "registry/shelf/churn")
    assert "- -> v1" in " ".join(say("history", "shelf/churn", "-a", "candidate").split())
    assert CliRunner().invoke(command, ["link", "making/net:v1", "shelf"]).exit_code == 2
    [row] = [json.loads(line) for line in say("ls", "shelf", "--json").splitlines()]
    assert (row["name"], row["aliases"]["candidate"]) == ("churn", "v1")
    assert json.loads(say("history", "shelf/churn", "-a", "candidate", "--json"))["version"] == "v1"
