"""Changes of versions and collections on the wire."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType
from graphql import GraphQLResolveInfo

from runwell.server.domain.artifact_edits import AliasPlace, VersionChanges
from runwell.wire.errors import InvalidValue

from .artifacts import tag_nodes
from .node_ids import decode_id

mutation = MutationType()
BINDINGS = (mutation,)


@mutation.field("updateArtifact")
def _update(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    state, actor = info.context["state"], info.context["actor"]
    changes = VersionChanges(
        description=input.get("description"),
        metadata=input.get("metadata"),
        add_tags=[one["tagName"] for one in input.get("tagsToAdd") or ()],
        remove_tags=[one["tagName"] for one in input.get("tagsToDelete") or ()],
        ttl_s=input.get("ttlDurationSeconds"),
    )
    artifact_id = decode_id("Artifact", input["artifactID"])
    version = state.artifact_edits.update(actor, artifact_id, changes)
    if input.get("aliases") is not None:
        names = [one["alias"] for one in input["aliases"]]
        state.artifact_edits.set_aliases(actor, artifact_id, version.collection, names)
    return {"artifact": version, "clientMutationId": input.get("clientMutationId")}


@mutation.field("deleteArtifact")
def _delete(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    version = info.context["state"].artifact_edits.delete(
        info.context["actor"], decode_id("Artifact", input["artifactID"]), bool(input.get("deleteAliases"))
    )
    return {"artifact": version, "clientMutationId": input.get("clientMutationId")}


@mutation.field("addAliases")
def _add_aliases(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    artifact_id = decode_id("Artifact", input["artifactID"])
    info.context["state"].artifact_edits.add_aliases(info.context["actor"], artifact_id, _places(input))
    return {"success": True, "clientMutationId": input.get("clientMutationId")}


@mutation.field("deleteAliases")
def _delete_aliases(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    artifact_id = decode_id("Artifact", input["artifactID"])
    info.context["state"].artifact_edits.remove_aliases(info.context["actor"], artifact_id, _places(input))
    return {"success": True, "clientMutationId": input.get("clientMutationId")}


def _places(given: dict[str, Any]) -> list[AliasPlace]:
    return [
        AliasPlace(one["entityName"], one["projectName"], one["artifactCollectionName"], one["alias"])
        for one in given["aliases"]
    ]


@mutation.field("linkArtifact")
def _link(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    state, actor = info.context["state"], info.context["actor"]
    if input.get("artifactID"):
        artifact_id = decode_id("Artifact", input["artifactID"])
    elif input.get("clientID"):
        artifact_id = state.artifacts.by_client_id(actor, input["clientID"]).id
    else:
        raise InvalidValue("a link needs the artifact's id")
    entity, project, name = input.get("entityName"), input.get("projectName"), input.get("artifactPortfolioName")
    if input.get("artifactPortfolioID"):
        there = state.artifacts.collection_by_id(actor, decode_id("ArtifactCollection", input["artifactPortfolioID"]))
        entity, project, name = there.project.entity, there.project.name, there.name
    aliases = [one["alias"] for one in input.get("aliases") or ()]
    member = state.artifact_edits.link(actor, artifact_id, entity, project, name or "", aliases)
    return {
        "versionIndex": member.version_index,
        "artifactMembership": member,
        "clientMutationId": input.get("clientMutationId"),
    }


@mutation.field("unlinkArtifact")
def _unlink(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    info.context["state"].artifact_edits.unlink(
        info.context["actor"],
        decode_id("Artifact", input["artifactID"]),
        decode_id("ArtifactCollection", input["artifactPortfolioID"]),
    )
    return {"success": True, "clientMutationId": input.get("clientMutationId")}


@mutation.field("updateArtifactSequence")
@mutation.field("updateArtifactPortfolio")
def _update_collection(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    found = info.context["state"].collections.update(
        info.context["actor"], _collection_id(input), name=input.get("name"), description=input.get("description")
    )
    return {"artifactCollection": found, "clientMutationId": input.get("clientMutationId")}


@mutation.field("moveArtifactSequence")
def _move(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    found = info.context["state"].collections.update(
        info.context["actor"], _collection_id(input), type_=input["destinationArtifactTypeName"]
    )
    return {"artifactCollection": found, "clientMutationId": input.get("clientMutationId")}


@mutation.field("deleteArtifactSequence")
@mutation.field("deleteArtifactPortfolio")
def _delete_collection(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    found = info.context["state"].collections.delete(info.context["actor"], _collection_id(input))
    return {"artifactCollection": found, "clientMutationId": input.get("clientMutationId")}


def _collection_id(given: dict[str, Any]) -> int:
    return decode_id("ArtifactCollection", given.get("artifactSequenceID") or given.get("artifactPortfolioID") or "")


@mutation.field("createArtifactCollectionTagAssignments")
def _tag(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    added = [one["tagName"] for one in input["tags"]]
    _change_tags(info, input, added, [])
    return {"tags": tag_nodes(added), "clientMutationId": input.get("clientMutationId")}


@mutation.field("deleteArtifactCollectionTagAssignments")
def _untag(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    _change_tags(info, input, [], [one["tagName"] for one in input["tags"]])
    return {"success": True, "clientMutationId": input.get("clientMutationId")}


def _change_tags(info: GraphQLResolveInfo, given: dict[str, Any], add: list[str], remove: list[str]) -> None:
    info.context["state"].collections.tag(
        info.context["actor"], given["entityName"], given["projectName"], given["artifactCollectionName"], add, remove
    )
