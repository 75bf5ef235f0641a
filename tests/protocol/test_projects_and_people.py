"""``wandb.Api`` of the official client: projects, people, and a run looked at and changed value by value."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.serving import ServerProcess

from . import official

LOGGING = """
    import sys, wandb
    run = wandb.init(project="people", id="seen", name="the first", config={"lr": 0.1, "net": {"depths": [1, 2]}},
                     tags=["x"], group="g", job_type="train", notes="as it was")
    for i in range(30):
        run.log({"loss": 1 / (i + 1), "acc": i})
    print("hello from the run")
    print("and from its errors", file=sys.stderr)
    run.finish()
"""

LOOKING = """
    import json, wandb
    from wandb.apis.public import Run

    api = wandb.Api()
    out = {}

    def said(call):
        try:
            return {"value": call()}
        except Exception as error:
            return {"error": f"{type(error).__name__}: {error}"}

    # --- people
    viewer = api.viewer
    out["viewer"] = [viewer.username, viewer.admin, viewer.entity, viewer.teams, json.loads(viewer.flags)]
    out["default"] = api.default_entity
    out["users"] = [[u.username for u in api.users("loc")], api.user("nobody-at-all")]
    team = api.team("local")
    out["team"] = [team.name, team.is_team, team.entity_type, team.private_only, team.storage_bytes > 0,
                   [(m.name, m.account_type, m.pending) for m in team.members]]
    key = viewer.generate_api_key("made by the Api")
    out["key"] = wandb.Api(api_key=key).default_entity
    names = wandb.Api().viewer.api_keys
    out["deleted"] = [wandb.Api().viewer.delete_api_key(name) for name in names if key.startswith(name)]
    out["keys"] = [len(names), len(wandb.Api().viewer.api_keys)]

    # --- projects
    api.create_project("made-by-api", "local")
    api.create_project("made-by-api", "local")
    out["bad name"] = said(lambda: api.create_project("a/b", "local"))
    out["bad entity"] = said(lambda: api.create_project("a", "nobody"))
    paged = {p.name: p for p in api.projects("local", per_page=1)}
    made = paged["made-by-api"]
    out["made"] = [made.path, made.is_benchmark, made.created_at[-1], made.owner.username, made.url]
    out["first"] = next(iter(paged))
    out["nobody's"] = [p.name for p in api.projects("nobody")]
    out["ids"] = api.project("people").id == paged["people"].id
    out["none"] = said(lambda: api.project("there-is-none").id)
    out["reports"] = [list(api.reports("local/people")), len(api.reports("local/people"))]

    # --- a run, read
    run = api.run("people/seen")
    out["run"] = {name: getattr(run, name) for name in (
        "id", "name", "display_name", "state", "config", "tags", "group", "job_type", "notes", "description", "url",
        "path", "entity", "project", "lastHistoryStep", "commit", "sweep_name", "read_only")}
    out["who"] = run.user.username
    out["times"] = run.created_at <= run.heartbeat_at
    out["summary"] = [run.summary["acc"], run.summary["loss"], run.summary["_step"]]
    out["metadata"] = [run.metadata["python"][:8], "startedAt" in run.metadata]
    out["console"] = [[line.number, line.level, line.content] for line in run.console_logs()]
    out["system"] = [key for row in run.history(stream="system", pandas=False) for key in row if "system." in key][:1]
    out["html"] = "runs/seen?jupyter=true" in run.to_html()
    run.wait_until_finished()
    out["reloaded"] = run.load(force=True)["displayName"]
    out["in project"] = [[r.id for r in api.runs("people")], len(api.runs("people"))]

    # --- changed
    run.group, run.job_type, run.notes, run.name = "h", "eval", "changed", "renamed"
    run.display_name = "renamed"
    run.tags = ["a", "b"]
    run.config["lr"] = 1e-5
    run.config["new"] = {"k": [1, 2.5, None]}
    run.update()
    run.summary["s"] = "text"
    run.summary["nested"] = {"x": 1}
    run.summary.update({"more": 1.5})
    again = wandb.Api().run("people/seen")
    out["changed"] = [again.group, again.job_type, again.notes, again.name, again.tags, again.config, again.state]
    out["summary changed"] = {k: again.summary_metrics[k] for k in ("acc", "s", "nested", "more")}
    del again.summary["s"]
    again.summary.update()
    out["summary cut"] = "s" in wandb.Api().run("people/seen").summary.keys()

    # --- states
    out["stop ended"] = said(again.stop)
    out["requeue finished"] = said(lambda: again.update_state("pending"))
    out["set finished"] = said(lambda: again.update_state("finished"))
    new = api.create_run(project="people", run_id="made")
    out["created"] = [new.id, new.state, new.path]
    new.stop()
    out["failed"] = [new.update_state("failed"), wandb.Api().run("people/made").state]
    out["queued"] = [new.update_state("pending"), wandb.Api().run("people/made").state]
    out["pending"] = Run.create(api, project="people", entity="local", state="pending").state

    # --- files
    open("up.txt", "w").write("uploaded")
    up = again.upload_file("up.txt")
    out["upload"] = [up.name, up.size, again.state, wandb.Api().run("people/seen").state]
    out["text files"] = sorted(f.name for f in again.files(pattern="%.txt", per_page=1))
    out["named"] = [f.name for f in again.files(names=["up.txt"])]
    out["bytes"] = again.file("up.txt").download(root="down", replace=True).read()
    again.file("up.txt").delete()
    out["left"] = [f.name for f in again.files() if f.name == "up.txt"]

    # --- deleted
    with wandb.init(project="people", id="maker", settings=wandb.Settings(console="off")) as maker:
        for n in (0, 1):
            artifact = wandb.Artifact("words", "dataset")
            with artifact.new_file("a.txt") as file:
                file.write(f"version {n}")
            maker.log_artifact(artifact)
    out["versions"] = sorted(a.version for a in wandb.Api().artifacts("dataset", "people/words"))
    wandb.Api().run("people/maker").delete(delete_artifacts=True)
    out["versions left"] = [a.version for a in wandb.Api().artifacts("dataset", "people/words")]
    new.delete()
    out["gone"] = said(lambda: wandb.Api().run("people/made"))

    # --- a key that nobody has
    out["wrong key"] = said(lambda: wandb.Api(api_key="local-" + "A" * 40).default_entity)

    # --- not served
    refused = {
        "sweep": lambda: wandb.sweep({"method": "grid", "parameters": {"a": {"values": [1]}}}, project="people"),
        "sweeps": lambda: list(api.project("people").sweeps()),
        "read sweep": lambda: api.sweep("local/people/abc"),
        "queue": lambda: api.run_queue("local", "q").id,
        "create queue": lambda: api.create_run_queue("q", "kubernetes", config={}),
        "automations": lambda: list(api.automations("local")),
        "integrations": lambda: list(api.integrations("local")),
        "organization": lambda: api.organization("org"),
        "create user": lambda: api.create_user("a@b.c"),
    }
    out["refused"] = {name: said(call).get("error", "") for name, call in refused.items()}
    print("OUT" + json.dumps(out))
"""


@pytest.fixture(scope="module")
def out(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    official.run(server, tmp_path_factory.mktemp("logging"), LOGGING)
    output = official.run(server, tmp_path_factory.mktemp("looking"), LOOKING)
    [line] = [line for line in output.splitlines() if line.startswith("OUT")]
    return json.loads(line[3:])


def test_people_are_who_they_are(out: dict[str, Any]) -> None:
    assert out["viewer"] == ["local", True, "local", [], {}]  # nobody said whether code is saved: scripts do
    assert out["default"] == out["key"] == "local"
    assert out["users"] == [["local"], None]
    assert out["team"] == ["local", False, "user", True, True, [["local", "MEMBER", False]]]
    assert out["deleted"] == [True]
    assert out["keys"][1] == out["keys"][0] - 1


def test_a_wrong_key_is_named_as_one(out: dict[str, Any]) -> None:
    assert "does not know the API key it was given; `runwell key` prints" in out["wrong key"]["error"]


def test_the_code_saving_switch_is_what_the_client_is_told(server: ServerProcess) -> None:
    def told() -> Any:
        return json.loads(server.graphql("{ viewer { flags } }")["data"]["viewer"]["flags"])

    try:
        assert server.request("PATCH", "/api/settings", {"code_saving": True})[0] == 200
        assert told() == {"code_saving_enabled": True}
        entity = server.graphql('{ entity(name: "local") { codeSavingEnabled } }')["data"]["entity"]
        assert entity == {"codeSavingEnabled": True}
    finally:
        server.request("PATCH", "/api/settings", {"code_saving": False})
    assert told() == {"code_saving_enabled": False}


def test_projects_are_made_once_and_listed_page_by_page(server: ServerProcess, out: dict[str, Any]) -> None:
    assert out["made"] == [["local", "made-by-api"], False, "Z", "local", f"{server.url}/local/made-by-api/workspace"]
    assert out["first"] == "made-by-api"
    assert "names can't hold" in out["bad name"]["error"]
    assert "no entity 'nobody'" in out["bad entity"]["error"]
    assert out["nobody's"] == [] and out["ids"] is True
    assert "not found" in out["none"]["error"]
    assert out["reports"] == [[], 0]
    made = server.get_json("/api/projects/local/made-by-api")
    assert (made["run_count"], made["description"]) == (0, "")


def test_a_run_is_read_value_by_value(server: ServerProcess, out: dict[str, Any]) -> None:
    assert out["run"] == {
        "id": "seen",
        "name": "the first",
        "display_name": "the first",
        "state": "finished",
        "config": {"lr": 0.1, "net": {"depths": [1, 2]}},
        "tags": ["x"],
        "group": "g",
        "job_type": "train",
        "notes": "as it was",
        "description": "as it was",
        "url": f"{server.url}/local/people/runs/seen",
        "path": ["local", "people", "seen"],
        "entity": "local",
        "project": "people",
        "lastHistoryStep": 29,
        "commit": None,
        "sweep_name": None,
        "read_only": False,
    }
    assert out["who"] == "local" and out["times"] is True and out["html"] is True
    assert out["summary"] == [29, 1 / 30, 29]
    assert out["metadata"] == ["CPython ", True]
    assert out["console"] == [[0, "info", "hello from the run"], [1, "error", "and from its errors"]]
    assert out["system"] and out["reloaded"] == "the first"
    assert out["in project"] == [["seen"], 1]


def test_a_run_is_changed_and_stays_ended(server: ServerProcess, out: dict[str, Any]) -> None:
    config = {"lr": 1e-5, "net": {"depths": [1, 2]}, "new": {"k": [1, 2.5, None]}}
    assert out["changed"] == ["h", "eval", "changed", "renamed", ["a", "b"], config, "finished"]
    assert out["summary changed"] == {"acc": 29, "s": "text", "nested": {"x": 1}, "more": 1.5}
    assert out["summary cut"] is False
    run = official.described(server, "people", "seen")
    assert (run["name"], run["group"], run["job_type"], run["notes"]) == ("renamed", "h", "eval", "changed")
    assert (run["state"], run["exit_code"], run["tags"], run["config"]) == ("finished", 0, ["a", "b"], config)
    assert {key: run["summary"].get(key) for key in ("acc", "more", "s")} == {"acc": 29, "more": 1.5, "s": None}


def test_states_are_set_only_where_they_may_be(out: dict[str, Any]) -> None:
    assert out["stop ended"] == {"value": None}
    assert "is finished; it can't be set to pending" in out["requeue finished"]["error"]
    assert "pending or failed, not to 'finished'" in out["set finished"]["error"]
    assert out["created"] == ["made", "running", ["local", "people", "made"]]
    assert out["failed"] == [True, "failed"] and out["queued"] == [True, "pending"]
    assert out["pending"] == "pending"


def test_files_are_uploaded_listed_and_deleted(out: dict[str, Any]) -> None:
    assert out["upload"] == ["up.txt", 8, "finished", "finished"]
    assert out["text files"] == ["requirements.txt", "up.txt"]
    assert out["named"] == ["up.txt"] and out["bytes"] == "uploaded" and out["left"] == []
    assert "Could not find run" in out["gone"]["error"]


def test_a_run_goes_with_its_artifacts_if_that_is_asked_for(out: dict[str, Any]) -> None:
    assert out["versions"] == ["v0", "v1"]
    assert out["versions left"] == []


def test_what_is_not_served_is_said_in_a_sentence(out: dict[str, Any]) -> None:
    said = out["refused"]
    for name, words in {
        "sweep": "Runwell does not serve sweeps yet.",
        "sweeps": "Runwell does not serve sweeps yet.",
        "read sweep": "Runwell does not serve sweeps yet.",
        "queue": "Runwell does not serve launch",
        "create queue": "Runwell does not serve launch",
        "automations": "Runwell does not serve automations",
        "integrations": "Runwell does not serve automations",
        "organization": "this server is one, and its name is runwell",
        "create user": "`runwell admin user add NAME`",
    }.items():
        assert words in said[name], (name, said[name])
        assert "Cannot query field" not in said[name]
