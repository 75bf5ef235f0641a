"""Chart specifications on the wire."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType
from graphql import GraphQLResolveInfo

mutation = MutationType()
BINDINGS = (mutation,)


@mutation.field("createCustomChart")
def _create(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    context = info.context
    chart = context["state"].charts.put(
        context["actor"],
        input["entity"],
        input["name"],
        input["spec"],
        display_name=input["displayName"] or "",
        kind=input["type"],
        access=input["access"],
    )
    # The client draws with this id: wandb.plot_table(vega_spec_name=id).
    shown = {"id": chart.id, "name": input["name"], "displayName": chart.title, "type": chart.kind}
    return {"chart": {**shown, "access": chart.access.upper()}, "clientMutationId": input.get("clientMutationId")}
