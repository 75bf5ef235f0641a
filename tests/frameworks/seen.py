"""What two readers see of a run: ``wandb.Api()`` of the official client, and our own ``/api``."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.protocol import official
from tests.serving import ServerProcess

OWN = {"_step", "_runtime", "_timestamp", "_wandb"}

READER = """
    import hashlib, json, pathlib
    import wandb

    api = wandb.Api()
    run = api.run({path!r})
    kept = pathlib.Path({folder!r})
    seen = {{"state": run.state, "name": run.name, "tags": list(run.tags), "config": run.config,
            "summary": run.summary._json_dict, "rows": list(run.scan_history(page_size=50)),
            "sampled": run.history(samples=100000, pandas=False), "files": {{}}}}
    for file in run.files():
        file.download(root=str(kept / "files"), replace=True)
        seen["files"][file.name] = {{"size": file.size,
                                     "sha256": hashlib.sha256((kept / "files" / file.name).read_bytes()).hexdigest()}}
    (kept / "seen.json").write_text(json.dumps(seen, default=str))
"""

ARTIFACTS = """
    import hashlib, json, pathlib
    import wandb

    seen, kept = [], pathlib.Path({folder!r})
    for artifact in wandb.Api().run({path!r}).logged_artifacts():
        place = pathlib.Path(artifact.download(root=str(kept / str(len(seen)))))
        bytes_of = {{str(p.relative_to(place)): hashlib.sha256(p.read_bytes()).hexdigest()
                    for p in sorted(place.rglob("*")) if p.is_file()}}
        seen.append({{"name": artifact.name, "type": artifact.type, "aliases": sorted(artifact.aliases),
                     "metadata": artifact.metadata, "files": bytes_of, "folder": str(place)}})
    (kept / "artifacts.json").write_text(json.dumps(seen))
"""


@dataclass
class Artifact:
    """A version that a run logged, downloaded.

    Attributes:
        name: collection and version, ``model:v0``.
        files: SHA-256 by path, of the bytes that came down.
        folder: where they lie.
    """

    name: str
    type: str
    aliases: list[str]
    metadata: dict[str, Any]
    files: dict[str, str]
    folder: str


@dataclass
class Seen:
    """One run, as one reader sees it.

    Attributes:
        rows: in order; flat dotted keys, without the client's own (`_step`…), which ``steps`` has.
        files: SHA-256 of every run file's bytes, by path.
        folder: where the files lie, downloaded (of the official reader alone).
    """

    state: str
    config: dict[str, Any]
    summary: dict[str, Any]
    rows: list[dict[str, Any]]
    steps: list[int]
    files: dict[str, str]
    folder: Path = Path()
    sampled: list[dict[str, Any]] = field(default_factory=list)
    name: str = ""
    tags: list[str] = field(default_factory=list)

    def json_file(self, path: str) -> Any:
        """Read a downloaded run file as JSON."""
        return json.loads((self.folder / path).read_text())

    def table(self, key: str) -> list[list[Any]]:
        """Give the cells of the table that was logged last under this key, or as that of the key's chart."""
        reference = self.table_reference(key)
        kept = self.json_file(reference["path"])
        assert (len(kept["columns"]), len(kept["data"])) == (reference["ncols"], reference["nrows"])
        return kept["data"]

    def table_path(self, key: str) -> str:
        """Give the run file that holds such a table."""
        return self.table_reference(key)["path"]

    def table_reference(self, key: str) -> dict[str, Any]:
        """Give what the row says of such a table."""
        reference = [row[name] for row in self.rows for name in (key, f"{key}_table") if name in row][-1]
        assert reference["_type"] == "table-file", reference
        return reference


def by_the_official_client(server: ServerProcess, folder: Path, project: str, run_id: str) -> Seen:
    """Read a run back with ``wandb.Api()``, and download every file and artifact of it."""
    kept = folder / "seen"
    kept.mkdir(parents=True, exist_ok=True)
    official.run(server, folder, READER.format(path=f"local/{project}/{run_id}", folder=str(kept)))
    seen = json.loads((kept / "seen.json").read_text())
    for path, file in seen["files"].items():
        assert file["size"] == (kept / "files" / path).stat().st_size, path
    return Seen(
        state=seen["state"],
        name=seen["name"],
        tags=seen["tags"],
        config=seen["config"],
        summary=seen["summary"],
        rows=[users(flat(row)) for row in seen["rows"]],
        steps=[row["_step"] for row in seen["rows"]],
        sampled=[users(flat(row)) for row in seen["sampled"]],
        files={path: file["sha256"] for path, file in seen["files"].items()},
        folder=kept / "files",
    )


def artifacts(server: ServerProcess, folder: Path, project: str, run_id: str) -> list[Artifact]:
    """Download every artifact that a run logged, with ``wandb.Api()``."""
    folder.mkdir(parents=True, exist_ok=True)
    official.run(server, folder, ARTIFACTS.format(path=f"local/{project}/{run_id}", folder=str(folder)))
    return [Artifact(**found) for found in json.loads((folder / "artifacts.json").read_text())]


def by_the_read_api(server: ServerProcess, project: str, run_id: str) -> Seen:
    """Read a run back from ``/api``."""
    run = official.described(server, project, run_id)
    rows = official.history(server, project, run_id)
    place = f"/api/projects/local/{project}/runs/{run_id}/files"
    paths = [file["path"] for file in server.get_json(place)["files"]]
    bodies = {path: server.request("GET", quote(f"/files/local/{project}/{run_id}/{path}")) for path in paths}
    assert all(status == 200 for status, _, _ in bodies.values()), {p: b[0] for p, b in bodies.items()}
    return Seen(
        state=run["state"],
        name=run["name"],
        tags=run["tags"],
        config=untagged(run["config"]),
        summary=untagged(run["summary"]),
        rows=[users(flat(untagged(row))) for row in rows],
        steps=[row["_step"] for row in rows],
        files={path: hashlib.sha256(body).hexdigest() for path, (_, _, body) in bodies.items()},
    )


def users(row: dict[str, Any]) -> dict[str, Any]:
    """Give a row without the keys that the client adds of its own."""
    return {key: value for key, value in row.items() if key not in OWN and not key.startswith("_wandb.")}


def flat(row: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Give nested objects as dotted keys; media references stay whole."""
    found: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, dict) and value and "_type" not in value:
            found |= flat(value, f"{prefix}{key}.")
        elif value is not None:
            found[prefix + key] = value
    return found


def untagged(value: Any) -> Any:
    """Give numbers that JSON can't hold, tagged by ``/api``, as numbers."""
    if isinstance(value, dict):
        if value.get("_type") == "number":
            return int(value["value"]) if "float" in value else float(value["value"])
        return {key: untagged(one) for key, one in value.items()}
    return [untagged(one) for one in value] if isinstance(value, list) else value
