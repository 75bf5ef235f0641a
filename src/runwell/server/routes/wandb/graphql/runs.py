"""Runs on the wire: made and changed by ``upsertBucket``, shown field by field, stopped, deleted."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType
from graphql import GraphQLResolveInfo

from runwell.server.domain.access import Conflict
from runwell.server.domain.people import PersonRecord
from runwell.server.domain.runs import ProjectRef, RunChanges, RunRecord
from runwell.wire import names
from runwell.wire.documents import restore_document
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.numbers import decode_extended, encode_extended
from runwell.wire.records import ENDED_STATES

from .node_ids import decode_id, encode_id
from .run_config import CLIENT_KEY, pack_config, unpack_config

mutation = MutationType()
run = ObjectType("Run")
BINDINGS = (mutation, run)

# States that the wire knows by another name.
_WIRE_STATES = {"interrupted": "crashed"}

CLIENT_ID_HEADER = b"x-wandb-client-id"


@mutation.field("upsertBucket")
def _upsert(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    state, actor = info.context["state"], info.context["actor"]
    changes = changes_of(input)
    # Of several processes that write one run ("shared" mode, which this header tells) each knows its own part.
    changes.config_merge = any(name == CLIENT_ID_HEADER for name, _ in info.context["scope"]["headers"])
    storage_id = decode_id("Run", input["id"]) if input.get("id") else None
    record, inserted = state.runs.upsert(
        actor, input.get("entityName"), input.get("modelName"), input.get("name"), changes, storage_id
    )
    what = {"state"}
    what |= {"config"} if changes.config is not None else set()
    what |= {"summary"} if changes.summary is not None else set()
    what |= {"meta"} if changes.tags is not None or changes.notes is not None or changes.display_name else set()
    if inserted:
        state.live.notify_project(record.ref, "run")
    state.live.notify(record, what)
    return {
        "bucket": record,
        "inserted": inserted,
        "serverSettings": {"serverMessages": []},
        "clientMutationId": input.get("clientMutationId"),
    }


def changes_of(given: dict[str, Any]) -> RunChanges:
    """Turn an UpsertBucketInput into changes of a run; what is null is left alone.

    Raises:
        InvalidValue: config or summary is no JSON object.
    """
    changes = RunChanges(
        display_name=given.get("displayName") or None,
        notes=given.get("notes"),
        tags=given.get("tags"),
        group=given.get("groupName"),
        job_type=given.get("jobType"),
        sweep=given.get("sweep"),
        host=given.get("host"),
        program=given.get("jobProgram"),
        commit=given.get("commit"),
        repo=given.get("jobRepo"),
        state=given.get("state") or None,
    )
    if given.get("config") is not None:
        config = unpack_config(given["config"])
        changes.config = config.values
        changes.wandb_config = config.client
        changes.counters = config.counters
        changes.started_at = config.started_at
        changes.error = config.error
        changes.metric_rules = config.rules
        changes.branch_point = (config.client or {}).get("branch_point")
    if given.get("summaryMetrics") is not None:
        summary = decode_extended(given["summaryMetrics"]) if given["summaryMetrics"].strip() else {}
        if not isinstance(summary, dict):
            raise InvalidValue(f"the summary must be a JSON object, not {shorten(given['summaryMetrics'])}")
        changes.summary = summary
    return changes


@mutation.field("rewindRun")
def _rewind(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    state, actor = info.context["state"], info.context["actor"]
    entity, project = input.get("entityName") or actor.entity, input.get("projectName") or names.DEFAULT_PROJECT
    found = state.runs.find(actor, entity, project, input["runName"])
    record = state.branches.rewind(actor, found, input["metricName"], input["metricValue"])
    state.live.notify(record, {"state", "history", "summary"})
    return {"rewoundRun": record, "clientMutationId": input.get("clientMutationId")}


@mutation.field("stopRun")
def _stop(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    state, actor = info.context["state"], info.context["actor"]
    found = state.runs.find_by_storage_id(actor, decode_id("Run", input["id"]))
    try:
        state.runs.request_stop(actor, found)
    except Conflict:  # it has ended: to the client's words that is what it asked for
        return {"success": False, "clientMutationId": input.get("clientMutationId")}
    state.live.notify(found, {"state"})
    return {"success": True, "clientMutationId": input.get("clientMutationId")}


@mutation.field("updateRunState")
def _update_state(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    state, actor = info.context["state"], info.context["actor"]
    storage_id = decode_id("Run", input.get("id") or input.get("runId") or "")
    record = state.runs.set_state(actor, storage_id, input["state"])
    state.live.notify(record, {"state"})
    return {"success": True, "clientMutationId": input.get("clientMutationId")}


@mutation.field("deleteRun")
def _delete(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    state, actor = info.context["state"], info.context["actor"]
    found = state.runs.find_by_storage_id(actor, decode_id("Run", input["id"]))
    if input.get("deleteArtifacts"):
        state.artifact_edits.delete_made_by(actor, found)
    state.runs.delete_many(actor, found.entity, found.project, [found.name])
    state.live.notify(found, {"state"})
    return {"clientMutationId": input.get("clientMutationId")}


@run.field("id")
def _id(record: RunRecord, info: GraphQLResolveInfo) -> str:
    return encode_id("Run", record.id)


@run.field("displayName")
def _display_name(record: RunRecord, info: GraphQLResolveInfo) -> str:
    return record.display_name


@run.field("description")
def _description(record: RunRecord, info: GraphQLResolveInfo) -> str:
    return record.notes


@run.field("state")
def _state(record: RunRecord, info: GraphQLResolveInfo) -> str:
    return _WIRE_STATES.get(record.state, record.state)


@run.field("stopped")
@run.field("shouldStop")
def _stopped(record: RunRecord, info: GraphQLResolveInfo) -> bool:
    return record.stop_requested


@run.field("failed")
def _failed(record: RunRecord, info: GraphQLResolveInfo) -> bool:
    return record.state in ENDED_STATES and record.state != "finished"


@run.field("running")
def _running(record: RunRecord, info: GraphQLResolveInfo) -> bool:
    return record.state == "running"


@run.field("exitcode")
def _exit_code(record: RunRecord, info: GraphQLResolveInfo) -> int | None:
    return record.exit_code


@run.field("group")
def _group(record: RunRecord, info: GraphQLResolveInfo) -> str | None:
    return record.group_name or None


@run.field("jobType")
def _job_type(record: RunRecord, info: GraphQLResolveInfo) -> str | None:
    return record.job_type or None


@run.field("commit")
def _commit(record: RunRecord, info: GraphQLResolveInfo) -> str | None:
    return record.commit_hash or None


@run.field("sweepName")
def _sweep(record: RunRecord, info: GraphQLResolveInfo) -> str | None:
    return record.sweep


@run.field("readOnly")
def _read_only(record: RunRecord, info: GraphQLResolveInfo) -> bool:
    return not info.context["actor"].may_write(record.entity_id)


@run.field("createdAt")
def _created_at(record: RunRecord, info: GraphQLResolveInfo) -> float:
    return record.created_at


@run.field("heartbeatAt")
def _heartbeat_at(record: RunRecord, info: GraphQLResolveInfo) -> float:
    return record.heartbeat_at


@run.field("user")
def _user(record: RunRecord, info: GraphQLResolveInfo) -> PersonRecord:
    # The official client takes a run without a user apart and fails: the entity stands for one who is gone.
    return PersonRecord(record.user_id or 0, record.user or record.entity)


@run.field("project")
def _project(record: RunRecord, info: GraphQLResolveInfo) -> ProjectRef:
    return record.ref


@run.field("projectId")
def _project_id(record: RunRecord, info: GraphQLResolveInfo) -> int:
    return record.project_id


@run.field("config")
def _config(record: RunRecord, info: GraphQLResolveInfo) -> str:
    return pack_config(record.config, record.config_paths, record.wandb_config)


@run.field("wandbConfig")
def _wandb_config(record: RunRecord, info: GraphQLResolveInfo, keys: list[str] | None = None) -> str:
    content = dict(record.wandb_config)
    if record.state != "pending":
        # The official client takes a run without telemetry ("t") for one that never started.
        content.setdefault("t", {})
    return encode_extended({k: v for k, v in content.items() if keys is None or k in keys}).decode()


@run.field("summaryMetrics")
def _summary(record: RunRecord, info: GraphQLResolveInfo) -> str:
    summary = restore_document(record.summary, record.summary_paths)
    if isinstance(summary.get(CLIENT_KEY), dict):
        summary[CLIENT_KEY] = {k: v for k, v in summary[CLIENT_KEY].items() if v is not None}
    return encode_extended(summary).decode()
