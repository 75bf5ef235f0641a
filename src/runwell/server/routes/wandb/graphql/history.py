"""What a run logged, on the wire: counts and tails for resuming, rows for the public Api."""

from __future__ import annotations

from ariadne import ObjectType
from graphql import GraphQLResolveInfo

from runwell.server.domain.runs import RunRecord
from runwell.wire.numbers import encode_extended

run = ObjectType("Run")
BINDINGS = (run,)


def _counts(record: RunRecord, info: GraphQLResolveInfo) -> tuple[int, int, int]:
    # One document asks for all three: read once per run and request.
    kept = info.context.setdefault("counts", {})
    if record.id not in kept:
        kept[record.id] = info.context["state"].history.counts(record)
    return kept[record.id]


@run.field("historyLineCount")
def _history_lines(record: RunRecord, info: GraphQLResolveInfo) -> int:
    return _counts(record, info)[0]


@run.field("eventsLineCount")
def _events_lines(record: RunRecord, info: GraphQLResolveInfo) -> int:
    return _counts(record, info)[1]


@run.field("logLineCount")
def _log_lines(record: RunRecord, info: GraphQLResolveInfo) -> int:
    return _counts(record, info)[2]


@run.field("historyTail")
def _history_tail(record: RunRecord, info: GraphQLResolveInfo) -> str:
    return _tail(record, info, "history")


@run.field("eventsTail")
def _events_tail(record: RunRecord, info: GraphQLResolveInfo) -> str:
    return _tail(record, info, "system")


def _tail(record: RunRecord, info: GraphQLResolveInfo, stream: str) -> str:
    row = info.context["state"].history.tail(record, stream)
    return encode_extended([encode_extended(row).decode()] if row else []).decode()
