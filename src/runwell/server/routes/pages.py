"""The web UI: its one page for every page address, and its built assets.

Reads files of the package only, listed once at start: no path of a request ever reaches the filesystem.
"""

from __future__ import annotations

import gzip
import mimetypes
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from runwell.server.guard import access
from runwell.server.refusals import Refusal

STATIC = Path(__file__).parent.parent / "static"
# First segments that are never a page: what isn't found there is not found.
NOT_PAGES = frozenset(["api", "graphql", "files", "artifacts", "artifactsV2", "ready", "assets"])

_ENDINGS = {".br": "br", ".gz": "gzip"}  # of a file's compressed forms; the first that is accepted is given
_PLAIN = "identity"

_NOT_BUILT = b"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Runwell</title>
<h1>Runwell</h1>
<p>The server is running; its web pages are not built. In a checkout, run <code>make ui-build</code> and reload.</p>
</html>
"""


class Pages:
    """Answers page addresses and assets.

    Args:
        static: directory of the built UI.
    """

    def __init__(self, static: Path = STATIC) -> None:
        self._static = static
        self._files: dict[str, dict[str, Path]] = {}
        self._stamp: float | None = None

    def _listed(self) -> dict[str, dict[str, Path]]:
        """Give each file's forms: encoding → where it is. Scripts and styles have compressed ones only."""
        # A UI built while the server runs (make ui-build) appears without a restart.
        index = self._static / "index.html"
        stamp = index.stat().st_mtime if index.is_file() else None
        if stamp != self._stamp:
            files: dict[str, dict[str, Path]] = {}
            for path in self._static.rglob("*") if stamp is not None else ():
                if path.is_file() and not path.is_symlink():
                    encoding = _ENDINGS.get(path.suffix)
                    name = path.relative_to(self._static).as_posix()
                    files.setdefault(name[:-3] if encoding else name, {})[encoding or _PLAIN] = path
            self._files = files
            self._stamp = stamp
        return self._files

    @access("public")
    async def asset(self, request: Request) -> Response:
        """Give a built asset; its name holds a hash of its content, so it never changes."""
        name = "assets/" + request.path_params["path"]
        return await run_in_threadpool(self._file, request, name, "public, max-age=31536000, immutable")

    @access("public")
    async def page(self, request: Request) -> Response:
        """Give the UI's page for every page address, and the few files beside it."""
        path = request.path_params.get("path", "").strip("/")
        if path.split("/", 1)[0] in NOT_PAGES:
            raise Refusal(404, "there is nothing at this address")
        if path and path in self._listed() and not path.endswith(".html"):
            return await run_in_threadpool(self._file, request, path, "no-cache")
        if "index.html" not in self._listed():
            return Response(_NOT_BUILT, media_type="text/html")
        return await run_in_threadpool(self._file, request, "index.html", "no-cache")

    def _file(self, request: Request, name: str, caching: str) -> Response:
        forms = self._listed().get(name)
        if forms is None:
            raise Refusal(404, "there is nothing at this address")
        headers = {"Cache-Control": caching, "Vary": "Accept-Encoding"}
        accepted = request.headers.get("accept-encoding", "")
        encoding = next((one for one in _ENDINGS.values() if one in accepted and one in forms), _PLAIN)
        if encoding != _PLAIN:
            headers["Content-Encoding"] = encoding
        source = forms.get(encoding) or forms["gzip"]
        data = source.read_bytes()
        if encoding not in forms:
            data = gzip.decompress(data)
        stamp = f'"{source.stat().st_mtime_ns:x}-{len(data):x}"'
        headers["ETag"] = stamp
        if request.headers.get("if-none-match") == stamp:
            return Response(status_code=304, headers=headers)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if name.endswith(".js"):
            kind = "text/javascript"
        return Response(data, headers=headers, media_type=kind)
