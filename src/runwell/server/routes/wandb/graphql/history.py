"""What a run logged, on the wire: counts and tails for resuming, rows for the public Api."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ariadne import ObjectType
from graphql import GraphQLResolveInfo

from runwell.server.domain.runs import RunRecord
from runwell.wire.errors import InvalidValue
from runwell.wire.limits import MAX_PAGE, MAX_STEP
from runwell.wire.numbers import decode_extended, encode_extended

from .pages import page_of

MAX_HISTORY_ROWS = 100_000  # of one answer; the official client asks for 1,000 steps at a time
MAX_SPECS = 50  # of one sampledHistory
MAX_SPEC_KEYS = 1_000  # of one spec
DEFAULT_SAMPLES = 500  # what the official client asks for

run = ObjectType("Run")
BINDINGS = (run,)


def _of_page(record: RunRecord, info: GraphQLResolveInfo, name: str, read: Callable[[list[RunRecord]], Any]) -> Any:
    """Give what ``read`` tells of a run, asked once for all runs of its page."""
    kept = info.context.setdefault(name, {})
    if record.id not in kept:
        kept.update(read(info.context.get("listed", {}).get(record.id, [record])))
    return kept[record.id]


def note_question(record: RunRecord, info: GraphQLResolveInfo) -> None:
    """Tell apart who is about to scan a run from who is about to download it: both ask for files by the same words.

    ``scan_history`` of the official client asks ``RunHistoryKeys`` and then ``RunParquetHistory``, a download only the
    latter.
    """
    name = info.operation.name.value if info.operation.name is not None else ""
    exports, actor = info.context["state"].exports, info.context["actor"]
    if name == "RunHistoryKeys":
        exports.note_scan(actor, record)
    elif name != "RunParquetHistory":
        exports.forget_scan(actor, record)


def _counts(record: RunRecord, info: GraphQLResolveInfo) -> tuple[int, int, int]:
    return _of_page(record, info, "counts", info.context["state"].history.counts_of)


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


@run.field("systemMetrics")
def _system_metrics(record: RunRecord, info: GraphQLResolveInfo) -> str:
    read = info.context["state"].history.tails_of
    row = _of_page(record, info, "system tails", lambda runs: read(runs, "system")) or {}
    return encode_extended({key: value for key, value in row.items() if key.startswith("system.")}).decode()


@run.field("historyKeys")
def _history_keys(record: RunRecord, info: GraphQLResolveInfo) -> dict[str, Any]:
    return _of_page(record, info, "keys", info.context["state"].history.described_keys)


@run.field("history")
def _history(
    record: RunRecord,
    info: GraphQLResolveInfo,
    minStep: int | None = None,  # noqa: N803
    maxStep: int | None = None,  # noqa: N803
    samples: int | None = None,
) -> list[str]:
    history, actor = info.context["state"].history, info.context["actor"]
    if minStep is None and maxStep is None:
        return history.sample(actor, record, _limit(samples))
    # A page of steps is whole: several rows of one step would otherwise be cut apart.
    first = None if minStep is None else _within(minStep)
    last = None if maxStep is None else _within(maxStep - 1)
    lines: list[str] = []
    for more in history.lines(actor, record, None, first, last, paged=True):
        lines += more
        if len(lines) > MAX_HISTORY_ROWS:
            raise InvalidValue(
                f"these steps have over {MAX_HISTORY_ROWS:,} rows; ask for fewer at once (page_size of scan_history)"
            )
    return lines


@run.field("events")
def _events(record: RunRecord, info: GraphQLResolveInfo, samples: int | None = None) -> list[str]:
    return info.context["state"].history.sample(info.context["actor"], record, _limit(samples), "system")


@run.field("sampledHistory")
def _sampled_history(record: RunRecord, info: GraphQLResolveInfo, specs: list[str]) -> list[list[dict[str, Any]]]:
    if len(specs) > MAX_SPECS:
        raise InvalidValue(f"{len(specs)} specs; at most {MAX_SPECS} at once")
    return [_of_spec(record, info, decode_extended(text)) for text in specs]


def _of_spec(record: RunRecord, info: GraphQLResolveInfo, spec: Any) -> list[dict[str, Any]]:
    keys = spec.get("keys") if isinstance(spec, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise InvalidValue("a spec is a JSON object with keys, a list of texts")
    if len(keys) > MAX_SPEC_KEYS:
        raise InvalidValue(f"a spec of {len(keys):,} keys; at most {MAX_SPEC_KEYS:,} at once")
    least, most = _step(spec, "minStep"), _step(spec, "maxStep")  # unlike that of ``history``, itself included
    samples = spec.get("samples")
    limit = _limit(samples if isinstance(samples, int) else None)
    if least is not None and most is not None and limit >= min(most - least + 1, MAX_HISTORY_ROWS):
        limit = MAX_HISTORY_ROWS  # a scan asks for every step, and so for all rows of steps that have several
    return info.context["state"].history.sample_of_keys(info.context["actor"], record, keys, limit, least, most)


def _step(spec: dict[str, Any], name: str) -> int | None:
    step = spec.get(name)
    if step is None or isinstance(step, bool) or not isinstance(step, (int, float)):
        return None
    return _within(step) if step == step else None


def _within(step: float) -> int:
    return int(max(min(step, MAX_STEP + 1), -1))


def _limit(samples: int | None) -> int:
    return min(samples if samples is not None and samples > 0 else DEFAULT_SAMPLES, MAX_HISTORY_ROWS)


@run.field("parquetHistory")
def _parquet_history(record: RunRecord, info: GraphQLResolveInfo, liveKeys: list[str]) -> dict[str, Any]:  # noqa: N803
    state, actor = info.context["state"], info.context["actor"]
    if not state.exports.is_whole(actor, record):
        # From the first step on everything is to be read by ``history``.
        return {"parquetUrls": [], "liveData": [{"_step": 0}]}
    version = state.exports.version(actor, record)
    if version is None:
        return {"parquetUrls": [], "liveData": []}
    address = info.context["origin"] + state.signed.issue("GET", f"/api/exports/{record.id}/{version}/history.parquet")
    return {"parquetUrls": [address], "liveData": []}


@run.field("logLines")
def _log_line_page(
    record: RunRecord,
    info: GraphQLResolveInfo,
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    useImprovedPagination: bool | None = None,  # noqa: N803
) -> dict[str, Any]:
    state, actor = info.context["state"], info.context["actor"]
    if last is not None:
        start, limit = -min(max(last, 0), MAX_PAGE), MAX_PAGE
    else:
        start, limit = page_of(after, MAX_PAGE if first is None else first)
    total, lines = state.console.page(actor, record, start, limit) if start or limit else (0, [])
    edges = [{"node": {"number": number, "line": line.text, **_about(line)}} for number, line in lines]
    end = lines[-1][0] + 1 if lines else max(start, 0)
    page_info = {"endCursor": str(end), "hasNextPage": end < total, "hasPreviousPage": False}
    return {"edges": edges, "pageInfo": page_info}


def _about(line: Any) -> dict[str, Any]:
    when = datetime.fromtimestamp(line.t, tz=timezone.utc).isoformat() if line.t is not None else None
    return {"timestamp": when, "level": line.level, "label": line.label}
