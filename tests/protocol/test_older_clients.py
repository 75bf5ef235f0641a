"""What clients before the pinned one ask in their own words; `make test-versions` runs those clients themselves."""

from __future__ import annotations

import json

from tests.serving import ServerProcess

UPSERT = """
mutation UpsertBucket($id: String, $name: String, $project: String, $debug: Boolean, $config: JSONString) {
  upsertBucket(input: {id: $id, name: $name, modelName: $project, debug: $debug, config: $config}) {
    bucket { id name historyLineCount project { id name entity { id name } } }
    inserted
    serverSettings { serverMessages { utfText plainText htmlText messageType messageLevel } }
  }
}
"""
PROJECT = "older-clients"


def _upsert(server: ServerProcess, **variables: object) -> dict:
    return server.graphql(UPSERT, {"project": PROJECT, **variables})["data"]["upsertBucket"]


def _send(server: ServerProcess, run_id: str, offset: int, rows: list[dict], writer: str = "") -> None:
    files = {"wandb-history.jsonl": {"offset": offset, "content": [json.dumps(row) for row in rows]}}
    headers = {"X-Wandb-Use-Async-Filestream": "true", "X-Wandb-Async-Client-Id": writer} if writer else {}
    path = f"/files/local/{PROJECT}/{run_id}/file_stream"
    status, _, body = server.request("POST", path, {"files": files}, headers=headers)
    assert status == 200, body


def test_a_new_run_comes_with_no_words_for_its_user(server: ServerProcess) -> None:
    made = _upsert(server, name="greeted")
    assert made["inserted"] is True
    assert made["serverSettings"] == {"serverMessages": []}


def test_who_resumes_is_told_the_rows_again(server: ServerProcess) -> None:
    storage_id = _upsert(server, name="counted")["bucket"]["id"]
    _send(server, "counted", 0, [{"_step": 0, "x": 1}, {"_step": 1, "x": 2}])
    resumed = server.graphql(
        'query RunResumeStatus($p: String) { model(name: $p) { bucket(name: "counted", missingOk: true) '
        "{ id historyLineCount logLineCount eventsLineCount } } }",
        {"p": PROJECT},
    )["data"]["model"]["bucket"]
    assert resumed == {"id": storage_id, "historyLineCount": 2, "logLineCount": 0, "eventsLineCount": 0}
    # Without it clients of 0.19 go on at line 0, and their rows would be taken for ones that are here.
    assert _upsert(server, id=storage_id)["bucket"]["historyLineCount"] == 2


def test_rows_of_a_shared_run_may_come_without_steps(server: ServerProcess) -> None:
    _upsert(server, name="stepless")
    _send(server, "stepless", 0, [{"a": 0}, {"a": 1}], "c0honukjkwbkkm9sjpvabbegkj1i8lnc")
    _send(server, "stepless", 0, [{"b": 5}], "m6cs9131cq6ut69h3lps7zh8str3u4jb")
    answer = server.request("GET", f"/api/projects/local/{PROJECT}/runs/stepless/history?format=jsonl")[2]
    rows = [json.loads(line) for line in answer.splitlines()]
    assert rows == [{"_step": 0, "a": 0}, {"_step": 1, "a": 1}, {"_step": 0, "b": 5}]


def test_the_types_that_older_clients_look_up_are_there(server: ServerProcess) -> None:
    names = ("Query", "Mutation", "ServerInfo", "ServerSettings", "Run", "Project", "Artifact", "UseArtifactInput")
    names += ("CreateArtifactInput", "CreateArtifactFileSpecInput", "AddAliasesInput", "DeleteFilesInput")
    asked = " ".join(f'{name}: __type(name: "{name}") {{ fields {{ name }} inputFields {{ name }} }}' for name in names)
    found = server.graphql("{ " + asked + " }")["data"]
    for name in names:
        # Without a null in the way: clients before 0.23 take the answer apart unseen.
        assert found[name]["inputFields" if name.endswith("Input") else "fields"], name
