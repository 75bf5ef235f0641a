"""Two tables side by side, a page of paired rows at a time."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from runwell.server.domain.table_compare import Asked, ComparedPage
from runwell.server.domain.table_join import CHANGES
from runwell.server.domain.table_sources import MAX_PARTS, RunTable, VersionTable
from runwell.wire.limits import MAX_NAME_CHARS, MAX_PAGE, MAX_PATH_BYTES, MAX_RUN_ID_CHARS, MAX_SORT_KEYS
from runwell.wire.numbers import to_strict

from .tables import cell_files

router = APIRouter(prefix="/api/projects/{entity}/{project}", tags=["media"])
_ACTOR = {"access": "actor"}
_Column = Annotated[str, Field(max_length=1_024)]
_Path = Annotated[str, Field(max_length=MAX_PATH_BYTES)]


class TableOfRun(BaseModel):
    """A table that a run logged."""

    model_config = ConfigDict(extra="forbid")
    run: Annotated[str, Field(max_length=MAX_RUN_ID_CHARS)]
    paths: list[_Path] = Field(min_length=1, max_length=MAX_PARTS)
    address: _Path | None = None

    def table(self) -> RunTable:
        """Give it as the domain names it."""
        return RunTable(self.run, self.paths, self.address)


class TableOfVersion(BaseModel):
    """A table that is a file of a version of an artifact."""

    model_config = ConfigDict(extra="forbid")
    artifact: Annotated[str, Field(max_length=2 * MAX_NAME_CHARS)]
    version: Annotated[str, Field(max_length=MAX_NAME_CHARS)]
    path: _Path

    def table(self) -> VersionTable:
        """Give it as the domain names it."""
        return VersionTable(self.artifact, self.version, self.path)


class ComparedOrder(BaseModel):
    """One key of an order: by the older or the newer cell, by how much it grew, or by the size of that."""

    model_config = ConfigDict(extra="forbid")
    column: _Column
    by: Literal["before", "after", "delta", "size"] = "after"
    descending: bool = False


class ComparisonAsked(BaseModel):
    """Which pairs of rows of which tables."""

    model_config = ConfigDict(extra="forbid")
    before: TableOfRun | TableOfVersion
    after: TableOfRun | TableOfVersion
    keys: Annotated[list[_Column], Field(max_length=8)] | None = None
    show: list[Literal["added", "removed", "changed", "same"]] = Field(default=list(CHANGES), max_length=4)
    q: Annotated[str, Field(max_length=1_000)] = ""
    changed_in: list[_Column] = Field(default_factory=list, max_length=100)
    sort: list[ComparedOrder] = Field(default_factory=list, max_length=MAX_SORT_KEYS)
    offset: Annotated[int, Field(ge=0, le=2**53)] = 0
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 100


@router.post("/table-compare", openapi_extra=_ACTOR, response_class=Response)
async def page(request: Request, entity: str, project: str, body: ComparisonAsked) -> Response:
    """Give paired rows of two tables: what came, went and changed."""
    state, actor = request.app.state, request.state.actor
    asked = Asked(
        None if body.keys is None else tuple(body.keys),
        frozenset(body.show),
        body.q,
        tuple(body.changed_in),
        tuple((one.column, one.by, one.descending) for one in body.sort),
    )

    def work() -> bytes:
        sides = body.before.table(), body.after.table()
        return _answer(state.table_compare.page(actor, (entity, project), *sides, asked, body.offset, body.limit))

    return Response(await run_in_threadpool(work), media_type="application/json")


def _answer(found: ComparedPage) -> bytes:
    joined = found.joined
    rows: list[dict[str, Any]] = []
    for place in found.pairs:
        pair = joined.pairs[place]
        before, after = joined.cells_of(pair)
        rows.append(
            {
                "change": joined.changes[place],
                "numbers": [None if row < 0 else row for row in pair],
                "before": to_strict(before),
                "after": to_strict(after),
                "changed": joined.differing(place),
            }
        )
    answer = {
        "keys": joined.keys,
        "proposals": [
            {"columns": one.columns, "unique": one.unique, "shared": round(one.shared, 4)} for one in found.proposals
        ],
        "columns": [
            {
                "name": one.name,
                "kind": one.kind,
                "in": "both" if None not in (one.before, one.after) else "after" if one.before is None else "before",
                "changed": bits.count(1),
            }
            for one, bits in zip(joined.columns, joined.differs, strict=True)
        ],
        "counts": {change: joined.changes.count(change) for change in CHANGES},
        "totals": [len(joined.before.rows), len(joined.after.rows)],
        "repeated": joined.repeated,
        "matched": found.matched,
        "rows": rows,
        "files": {name: cell_files(files) for name, files in zip(("before", "after"), found.files, strict=True)},
    }
    return orjson.dumps(answer)
