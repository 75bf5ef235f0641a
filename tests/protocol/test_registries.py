"""Registries with the unmodified official client: made, linked to, found by alias, searched, who moved what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.protocol import official
from tests.serving import ServerProcess

SCRIPT = """
    import json, pathlib, wandb

    api = wandb.Api()
    said = {}
    models = api.create_registry("models", visibility="organization", description="what we serve",
                                 artifact_types=["model"])
    said["made"] = [models.name, models.full_name, models.organization, models.entity, list(models.artifact_types)]

    pathlib.Path("net.txt").write_text("first")
    with wandb.init(project="training", id="trainer") as run:
        first = wandb.Artifact("net", "model", metadata={"acc": 0.9})
        first.add_file("net.txt")
        run.log_artifact(first).wait()
        linked = run.link_artifact(first, "wandb-registry-models/churn", aliases=["production"])
        said["linked"] = [linked.qualified_name, linked.is_link, sorted(linked.aliases)]
        said["url"] = linked.url
        pathlib.Path("net.txt").write_text("second")
        second = wandb.Artifact("net", "model")
        second.add_file("net.txt")
        run.log_artifact(second).wait()
        again = run.link_artifact(second, "registry/wandb-registry-models/churn")
        said["again"] = again.version
        said["own registry"] = run.link_model("net.txt", "older", aliases=["best"]).qualified_name
        try:
            run.link_artifact(wandb.Artifact("data", "dataset"), "wandb-registry-models/data")
        except Exception as error:
            said["wrong type"] = str(error)

    with wandb.init(project="serving", id="server") as run:
        used = run.use_artifact("wandb-registry-models/churn:production")
        said["used"] = [used.version, used.source_version, used.source_project,
                        pathlib.Path(used.file()).read_text()]
        said["path"] = pathlib.Path(run.use_model("runwell/wandb-registry-models/churn:latest")).read_text()

    again = api.artifact("wandb-registry-models/churn:v1")
    again.aliases.append("production")
    again.save()
    said["moved"] = api.artifact("wandb-registry-models/churn:production").version

    found = api.registry("models")
    found.description = "what we serve, **checked**"
    found.save()
    said["registries"] = [one.name for one in api.registries()]
    said["filtered"] = [one.name for one in api.registries(filter={"name": {"$regex": "mod"}}, order="-name")]
    said["collections"] = [[one.name, one.type] for one in found.collections()]
    [collection] = api.registries().collections(filter={"name": "churn"})
    collection.description = "# Card"
    collection.tags = ["checked"]
    collection.save()
    said["versions"] = sorted([one.name, sorted(one.aliases)] for one in found.versions())
    said["production"] = [one.version for one in api.registries().versions(filter={"alias": "production"})]
    said["tagged"] = [one.name for one in api.registries().collections(filter={"tag": "checked"})]
    said["exists"] = [api.artifact_exists("wandb-registry-models/churn:production"),
                      api.artifact_collection_exists("wandb-registry-models/none", "model")]
    said["members"] = [one.user.username for one in found.user_members()]
    try:
        found.add_members(found.user_members()[0])
    except Exception as error:
        said["no members"] = str(error)
    try:
        api.create_registry("secret", visibility="restricted")
    except Exception as error:
        said["restricted"] = str(error.__cause__)
    found.name = "serving"
    found.save()
    said["renamed"] = [one.full_name for one in api.registries()]
    spare = api.create_registry("spare", visibility="organization")
    spare.delete()
    said["deleted"] = [one.name for one in api.registries()]
    print("OUT" + json.dumps(said))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server of these tests' own: its registries are all known."""
    running = ServerProcess(tmp_path_factory.mktemp("registry-server")).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def said(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    output = official.run(server, tmp_path_factory.mktemp("registry"), SCRIPT, WANDB_SILENT="true")
    return json.loads(output.split("OUT", 1)[1].splitlines()[0])


def test_a_registry_is_made_and_versions_are_linked_into_it(said: dict[str, Any], server: ServerProcess) -> None:
    assert said["made"] == ["models", "wandb-registry-models", "runwell", "registry", ["model"]]
    assert said["linked"] == ["registry/wandb-registry-models/churn:v0", True, ["latest", "production"]]
    assert said["again"] == "v1"
    assert said["own registry"] == "local/model-registry/older:v0"
    assert "takes artifacts of type model, not 'dataset'" in said["wrong type"]
    assert said["url"].startswith(f"{server.url}/orgs/runwell/registry/models?selectionPath=")


def test_a_run_uses_what_an_alias_of_a_registry_names(said: dict[str, Any]) -> None:
    assert said["used"] == ["v0", "v0", "training", "first"]
    assert said["path"] == "second"


def test_registries_collections_and_versions_are_searched(said: dict[str, Any]) -> None:
    assert said["registries"] == said["filtered"] == ["models"]
    assert said["collections"] == [["churn", "model"]]
    assert said["versions"] == [["churn:v0", []], ["churn:v1", ["latest", "production"]]]
    assert said["production"] == ["v1"] and said["tagged"] == ["churn"]
    assert said["exists"] == [True, False]
    assert said["renamed"] == ["wandb-registry-serving"] and said["deleted"] == ["serving"]


def test_the_api_tells_who_moved_which_alias_and_who_used_it(said: dict[str, Any], server: ServerProcess) -> None:
    shown = server.get_json("/api/registries/serving/churn")
    assert said["moved"] == "v1"
    moves = [(one["alias"], one["from"], one["version"], one["by"]) for one in shown["alias_moves"]]
    assert moves[0] == ("production", "v0", "v1", "local") and moves[-1] == ("production", None, "v0", "local")
    used = {(one["run"]["project"], one["run"]["id"], one["version"]) for one in shown["used_by"]["items"]}
    assert used == {("serving", "server", "v0"), ("serving", "server", "v1")}
    assert (shown["description"], shown["tags"]) == ("# Card", ["checked"])
    assert server.get_json("/api/registries/serving")["description"] == "what we serve, **checked**"
    names = [one["name"] for one in server.get_json("/api/registries")["registries"]]
    assert names == ["serving", "local:model-registry"]


def test_what_runwell_has_not_is_said(said: dict[str, Any]) -> None:
    assert said["members"] == ["local"]
    assert "Runwell keeps no list of a registry's members" in said["no members"]
    assert "is seen by every user of this server" in said["restricted"]
