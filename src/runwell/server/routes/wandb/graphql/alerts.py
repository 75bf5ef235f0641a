"""Alerts on the wire: ``run.alert`` of the official client."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType
from graphql import GraphQLResolveInfo

mutation = MutationType()
BINDINGS = (mutation,)


@mutation.field("notifyScriptableRunAlert")
def _notify(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    state, actor = info.context["state"], info.context["actor"]
    run = state.runs.find(actor, input["entityName"] or actor.entity, input["projectName"], input["runName"])
    level, wait_ms = input.get("severity") or "INFO", input.get("waitDuration") or 0
    if state.alerts.add(actor, run, input["title"], input["text"], level, wait_ms / 1000):
        state.live.notify(run, {"alerts"})
    # What was said a moment ago is no failure: the client takes false for one and reports it.
    return {"success": True, "clientMutationId": input.get("clientMutationId")}
