"""``run.alert`` of the official client: kept, shown, said once, and cut where it says too much."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from runwell.wire.limits import MAX_ALERT_TEXT_CHARS, MAX_ALERT_TITLE_CHARS
from tests.serving import ServerProcess

from . import official

ALERTING = """
    import wandb
    run = wandb.init(project="alerting", id="loud", name="the loud one")
    run.log({"loss": float("nan")})
    run.alert("diverged", "loss is <b>NaN</b>", level=wandb.AlertLevel.ERROR)
    run.alert("diverged", "still", level="ERROR")
    run.alert("slow", "half as fast", level=wandb.AlertLevel.WARN)
    run.alert("발산", "계속 진행합니다")
    run.finish()
"""


def alerts_of(server: ServerProcess, path: str) -> list[dict[str, Any]]:
    answer = server.get_json(f"/api/projects/local/alerting/{path}")
    assert answer["total"] >= len(answer["alerts"])
    return answer["alerts"]


def say(server: ServerProcess, run: str, title: str, text: str = "", **more: Any) -> dict[str, Any]:
    document = (
        "mutation A($input: NotifyScriptableRunAlertInput!) { notifyScriptableRunAlert(input: $input) {success} }"
    )
    given = {"entityName": "local", "projectName": "alerting", "runName": run, "title": title, "text": text, **more}
    return server.graphql(document, {"input": given})


def test_what_a_script_says_is_listed_once_newest_first(server: ServerProcess, tmp_path: Path) -> None:
    before = time.time()
    official.run(server, tmp_path, ALERTING)
    found = alerts_of(server, "runs/loud/alerts")
    assert [(one["title"], one["text"], one["level"]) for one in found] == [
        ("발산", "계속 진행합니다", "info"),
        ("slow", "half as fast", "warn"),
        ("diverged", "loss is <b>NaN</b>", "error"),
    ]
    assert {(one["run"], one["run_name"]) for one in found} == {("loud", "the loud one")}
    assert all(before - 1 <= one["created_at"] <= time.time() for one in found)
    assert len({one["id"] for one in found}) == 3
    assert alerts_of(server, "runs/loud/alerts?limit=1") == found[:1]


def test_the_same_title_is_said_again_after_the_wait(server: ServerProcess) -> None:
    server.graphql('mutation { upsertBucket(input: {modelName: "alerting", name: "again"}) { inserted } }')
    for number in range(3):
        answer = say(server, "again", "t", str(number), waitDuration=0 if number == 2 else 60_000)
        assert answer == {"data": {"notifyScriptableRunAlert": {"success": True}}}
    assert [one["text"] for one in alerts_of(server, "runs/again/alerts")] == ["2", "0"]
    # Another run says it for itself.
    server.graphql('mutation { upsertBucket(input: {modelName: "alerting", name: "other"}) { inserted } }')
    say(server, "other", "t", "mine", waitDuration=60_000)
    assert [one["text"] for one in alerts_of(server, "runs/other/alerts")] == ["mine"]
    project = alerts_of(server, "alerts")
    assert [one["run"] for one in project[:3]] == ["other", "again", "again"]


def test_long_alerts_are_cut_and_wrong_ones_refused(server: ServerProcess) -> None:
    server.graphql('mutation { upsertBucket(input: {modelName: "alerting", name: "long"}) { inserted } }')
    say(server, "long", "a" * 10_000, "b" * 100_000 + "\ud800")
    [one] = alerts_of(server, "runs/long/alerts")
    assert one["title"] == "a" * (MAX_ALERT_TITLE_CHARS - 1) + "…"
    assert one["text"] == "b" * (MAX_ALERT_TEXT_CHARS - 1) + "…"
    for wrong in ({"severity": "LOUD"}, {"waitDuration": -1}, {"waitDuration": "soon"}, {"title": " "}):
        answer = say(server, "long", **{"title": "t", **wrong})
        assert answer["errors"], wrong
        assert not (answer.get("data") or {}).get("notifyScriptableRunAlert")
    assert "no run 'none'" in say(server, "none", "t")["errors"][0]["message"]
    assert len(alerts_of(server, "runs/long/alerts")) == 1


def test_the_alerts_of_a_deleted_run_are_not_its_projects(server: ServerProcess) -> None:
    server.graphql('mutation { upsertBucket(input: {modelName: "alerting", name: "gone"}) { inserted } }')
    say(server, "gone", "of the gone")
    assert "of the gone" in {one["title"] for one in alerts_of(server, "alerts")}
    assert server.request("POST", "/api/projects/local/alerting/runs/delete", {"ids": ["gone"]})[0] == 200
    assert "of the gone" not in {one["title"] for one in alerts_of(server, "alerts")}
    assert server.request("GET", "/api/projects/local/alerting/runs/gone/alerts")[0] == 404
