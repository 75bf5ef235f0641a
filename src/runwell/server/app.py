"""Wires one server together. The only module that names concrete stores, and the only one that names everything."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from anyio import CapacityLimiter
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.routing import Route

from runwell import __version__
from runwell.wire.errors import RunwellError

from .domain.accounts import Accounts
from .domain.alerts import Alerts
from .domain.artifact_collections import Collections
from .domain.artifact_commits import ArtifactCommits
from .domain.artifact_edits import ArtifactEdits
from .domain.artifact_lineage import Lineage
from .domain.artifact_uploads import ArtifactUploads
from .domain.artifact_view import ArtifactView
from .domain.artifacts import Artifacts
from .domain.blob_sweep import BlobSweep
from .domain.branches import Branches
from .domain.charts import Charts
from .domain.clean_up import CleanUp
from .domain.console import Console
from .domain.exports import Exports
from .domain.files import RunFiles
from .domain.history import MAX_TAIL_BYTES, History
from .domain.ingest import Ingest
from .domain.liveness import Liveness
from .domain.media import Media
from .domain.metric_keys import MetricKeys
from .domain.people import People
from .domain.projects import Projects
from .domain.registries import Registries
from .domain.registry_view import RegistryView
from .domain.replays import Replays
from .domain.row_parts import RowParts
from .domain.run_batches import RunBatches
from .domain.run_export import RunExports
from .domain.run_listing import RunListing
from .domain.run_values import RunValues
from .domain.runs import Runs
from .domain.seal import Sealer
from .domain.series import Series
from .domain.small_files import SmallFiles
from .domain.storage import Storage
from .domain.table_compare import TableCompare
from .domain.table_files import ParsedTables
from .domain.table_sources import TableSources
from .domain.tables import Tables
from .domain.tail import Tails
from .domain.teams import Teams
from .domain.views import Views
from .guard import Guard, access, answer_defect, guarded_routes
from .live import LiveHub
from .refusals import Refusal, encode_refusal, refusal_of
from .reserve import DiskReserve
from .routes import pages, ready
from .routes.wandb import artifact_bytes, file_stream
from .routes.wandb import bytes as byte_routes
from .routes.wandb.byte_streams import MAX_UPLOADS
from .routes.wandb.graphql.endpoint import GraphQLEndpoint
from .routes.wandb.graphql.schema import make_schema
from .sessions import LoginDelays, Sessions
from .settings import ServerSettings
from .signing import SignedAddresses
from .stores.blobs import DirectoryBlobs
from .stores.export_files import ExportFiles
from .stores.segments import DirectorySegments
from .stores.sql.catalog import Catalog
from .stores.sql.console import ConsoleLines
from .stores.sql.engine import CatalogEngine
from .stores.sql.metrics import MetricRows
from .stores.sql.schema import migrate

log = logging.getLogger("runwell.server")


SILENCE_EVERY_S = 10.0  # silent runs are looked for this often
UNUSED_BYTES_EVERY_S = 1.0  # whether it is time to free bytes that no file is any more is asked this often
EXPIRED_EVERY_S = 60.0  # versions whose time is over
UNFINISHED_EVERY_S = 3_600.0  # uploads nobody finished, exports nobody asked for


@dataclass(slots=True)
class Server:
    """A wired server.

    Attributes:
        app: the ASGI application, the guard in front.
        api: the framework's application behind the guard; ``api.state`` holds the domain.
        first_key: the local key, if this start made the user ``local``.
    """

    app: Guard
    api: FastAPI
    first_key: str | None


def build_app(settings: ServerSettings) -> Guard:
    """Build the ASGI application of a server; opens (or makes) its data directory."""
    return build_server(settings).app


def build_server(settings: ServerSettings) -> Server:
    """Wire stores, domain and routes.

    Raises:
        SchemaTooNew: the data directory was written by a newer version.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = CatalogEngine(settings.catalog)
    migrate(engine)
    catalog = Catalog(engine, MetricRows(engine), ConsoleLines(engine))
    api = FastAPI(
        title="Runwell", version=__version__, lifespan=_lifespan, openapi_url=None, docs_url=None, redoc_url=None
    )
    state = api.state
    state.settings = settings
    state.catalog = catalog
    state.live = LiveHub(lambda run_ids: _live_counts(catalog, run_ids))
    state.accounts = Accounts(catalog)
    first_key = state.accounts.first_start()
    state.people = People(catalog)
    state.teams = Teams(catalog, state.accounts.known_keys.forget)
    state.projects = Projects(catalog)
    segments = DirectorySegments(settings.data_dir / "segments")
    state.branches = Branches(catalog, segments)
    state.runs = Runs(catalog, state.projects, branches=state.branches)
    state.run_listing = RunListing(catalog, state.projects)
    state.run_values = RunValues(catalog, state.projects)
    state.run_exports = RunExports(catalog, state.projects)
    state.alerts = Alerts(catalog, state.projects, state.runs)
    state.blobs = DirectoryBlobs(settings.data_dir / "blobs")
    state.run_files = RunFiles(catalog, state.blobs, state.runs)
    state.artifacts = Artifacts(catalog, state.blobs, state.projects)
    state.artifact_uploads = ArtifactUploads(catalog, state.blobs, state.projects, state.artifacts)
    state.small_files = SmallFiles(catalog, state.blobs, state.artifact_uploads)
    state.artifact_commits = ArtifactCommits(catalog, state.blobs, state.artifacts)
    state.artifact_edits = ArtifactEdits(catalog, state.projects, state.artifacts)
    state.run_batches = RunBatches(catalog, state.projects, state.artifact_edits)
    state.collections = Collections(catalog, state.projects, state.artifacts, state.artifact_edits)
    state.lineage = Lineage(catalog)
    state.artifact_view = ArtifactView(catalog, state.lineage)
    state.registries = Registries(catalog, state.projects, state.artifacts, state.artifact_edits)
    state.registry_view = RegistryView(catalog, state.artifact_view)
    state.blob_sweep = BlobSweep(catalog, state.blobs)
    state.storage = Storage(catalog, state.projects, state.blob_sweep, settings.data_dir)
    state.clean_up = CleanUp(catalog, state.projects, state.artifact_edits, state.blob_sweep, state.storage)
    state.sealer = Sealer(catalog, segments)
    state.history = History(catalog, segments)
    state.series = Series(catalog, state.projects, segments)
    parts = RowParts(catalog, segments, Tails(catalog, MAX_TAIL_BYTES))
    has_room = DiskReserve(settings.data_dir)
    state.ingest = Ingest(catalog, state.live.notify, has_room=has_room, replays=Replays(catalog, parts))
    state.media = Media(catalog, state.projects, parts)
    tables = TableSources(state.runs, state.run_files, state.media, state.artifacts, ParsedTables())
    state.tables = Tables(tables)
    state.table_compare = TableCompare(tables)
    files = ExportFiles(settings.data_dir / "exports")
    state.exports = Exports(catalog, parts, files, has_room=DiskReserve(settings.data_dir))
    state.charts = Charts(catalog)
    state.views = Views(catalog, state.projects)
    state.metrics = MetricKeys(catalog, state.projects)
    state.console = Console(catalog)
    state.liveness = Liveness(catalog, time.time(), state.live.notify)
    state.sessions = Sessions(state.accounts.signing_secret("session"))
    state.upload_threads = CapacityLimiter(MAX_UPLOADS)
    state.signed = SignedAddresses(state.accounts.signing_secret("address"))
    state.login_delays = LoginDelays()
    routes = _add_routes(api)
    _add_errors(api)
    guard = Guard(api, settings, guarded_routes(routes), state.accounts, state.sessions, state.signed)
    return Server(guard, api, first_key)


def _live_counts(catalog: Catalog, run_ids: list[int]) -> dict[int, dict[str, Any]]:
    """Give what a live notice says of each run (``docs/api.md``, Live)."""

    def work(c: Connection) -> dict[int, dict[str, Any]]:
        return {
            run.id: {
                "state": run.state,
                "rows": run.row_count,
                "last_step": run.last_step,
                "log_lines": catalog.console.line_count(c, run.id),
            }
            for run in catalog.runs.find_many(c, run_ids)
        }

    return catalog.read(work)


def _add_routes(api: FastAPI) -> list[Any]:
    from .routes.api import (
        account,
        alerts,
        artifacts,
        charts,
        console,
        files,
        live,
        media,
        metrics,
        people,
        projects,
        registries,
        run_values,
        runs,
        session,
        storage,
        table_compare,
        tables,
        teams,
        views,
        workspace,
    )
    from .routes.api import exports as export_routes

    graphql = GraphQLEndpoint(make_schema())
    ui = pages.Pages()
    run_path = "/files/{entity}/{project}/{run}"
    plain: list[tuple[str, Callable[[Request], Awaitable[Any]], str]] = [
        (f"{run_path}/file_stream", file_stream.accept, "POST"),
        ("/graphql", graphql.answer, "POST"),
        (f"{run_path}/{{path:path}}", byte_routes.put, "PUT"),
        (f"{run_path}/{{path:path}}", byte_routes.get, "GET"),
        ("/artifacts/uploads/{number}/{md5}", artifact_bytes.put_file, "PUT"),
        ("/artifacts/bundles/{number}", artifact_bytes.put_bundle, "PUT"),
        ("/artifacts/manifests/{number}/{md5}", artifact_bytes.put_manifest, "PUT"),
        ("/artifacts/files/{number}/{digest}/{name}", artifact_bytes.get_file, "GET"),
        ("/artifacts/{entity}/bundle", artifact_bytes.get_bundle, "POST"),
        ("/artifacts/{entity}/{md5}", artifact_bytes.get_by_md5, "GET"),
        ("/artifactsV2/{region}/{entity}/{project}/{collection}/{rest:path}", artifact_bytes.get_by_place, "GET"),
        ("/ready", ready.ready, "GET"),
        ("/assets/{path:path}", ui.asset, "GET"),
        ("/api/exports/{run_id}/{version}/history.parquet", export_routes.get, "GET"),
        ("/api/openapi.json", _openapi, "GET"),
    ]
    routes: list[Any] = [Route(path, endpoint, methods=[method]) for path, endpoint, method in plain]
    api.router.routes.extend(routes)
    for module in (
        session,
        account,
        people,
        teams,
        projects,
        run_values,
        runs,
        alerts,
        metrics,
        console,
        files,
        media,
        tables,
        table_compare,
        charts,
        storage,
        live,
    ):
        api.include_router(module.router)
        routes += module.router.routes
    for router in (artifacts.router, artifacts.addresses, registries.router, views.router, workspace.router):
        api.include_router(router)
        routes += router.routes
    page = Route("/{path:path}", ui.page, methods=["GET"])
    api.router.routes.append(page)
    return [*routes, page]


@access("actor")
async def _openapi(request: Request) -> Response:
    import orjson

    return Response(orjson.dumps(request.app.openapi()), media_type="application/json")


def _add_errors(api: FastAPI) -> None:
    def answer(request: Request, refusal: Refusal) -> Response:
        body = encode_refusal(refusal.status, refusal.message, request.url.path)
        return Response(body, refusal.status, refusal.headers, media_type="application/json")

    async def refused(request: Request, error: Exception) -> Response:
        known = refusal_of(error)
        if known is None:  # a RunwellError that no route expects is a defect: the guard answers it
            raise error
        return answer(request, known)

    async def defect(request: Request, error: Exception) -> Response:
        # The framework would answer in its own words before the guard sees the error.
        if isinstance(error, ConnectionError):  # nothing failed here, and nobody hears this
            return answer(request, Refusal(400, "the client left within its request"))
        return answer(request, answer_defect(request.scope, error))

    async def framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return answer(request, Refusal(error.status_code, str(error.detail), error.headers))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0] if error.errors() else {}
        place = ".".join(str(part) for part in first.get("loc", ())[1:])
        return answer(request, Refusal(400, f"{place or 'the request'}: {first.get('msg', 'is not valid')}"))

    api.add_exception_handler(Refusal, refused)
    api.add_exception_handler(RunwellError, refused)
    api.add_exception_handler(HTTPException, framework)
    api.add_exception_handler(RequestValidationError, invalid)
    api.add_exception_handler(Exception, defect)


@contextlib.asynccontextmanager
async def _lifespan(api: FastAPI) -> AsyncIterator[None]:
    state = api.state
    state.live.open()
    state.sealer.start()
    rounds = [
        asyncio.create_task(_repeat(SILENCE_EVERY_S, lambda: state.liveness.sweep(time.time()))),
        asyncio.create_task(_repeat(UNFINISHED_EVERY_S, lambda: _sweep_unfinished(state), at_once=True)),
        asyncio.create_task(_repeat(EXPIRED_EVERY_S, state.artifact_edits.expire)),
        asyncio.create_task(_repeat(UNUSED_BYTES_EVERY_S, state.blob_sweep.in_turn)),
    ]
    try:
        yield
    finally:
        state.live.close()
        for one in rounds:
            one.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)
        await asyncio.to_thread(state.small_files.close)
        await asyncio.to_thread(state.sealer.stop)
        await asyncio.to_thread(state.catalog.close)


def _sweep_unfinished(state: State) -> None:
    state.blobs.sweep_torn()
    state.exports.sweep()


async def _repeat(every_s: float, work: Callable[[], object], *, at_once: bool = False) -> None:
    """Do work in a thread, for ever; a failed round is logged and the next one tried.

    Args:
        every_s: between two rounds.
        work: a round.
        at_once: begin with a round: a server that never runs for as long as ``every_s`` does the work too.
    """
    if not at_once:
        await asyncio.sleep(every_s)
    while True:
        try:
            await asyncio.to_thread(work)
        except Exception:
            log.exception("a round of the server's own work failed")
        await asyncio.sleep(every_s)
