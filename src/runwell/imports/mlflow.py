"""MLflow's file store: ``mlruns/<experiment>/<run>/`` with ``meta.yaml``, ``metrics``, ``params`` …

An experiment becomes a project, its metrics rows by step, params config, tags what we have for them, artifacts files.

Source: MLflow's public documentation of the file store.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runwell.wire.names import DEFAULT_PROJECT

from .source import MAX_SOURCES, ImportProblem, SourceRun

_STATES = {"1": "RUNNING", "2": "SCHEDULED", "3": "FINISHED", "4": "FAILED", "5": "KILLED"}
_ENDS = {"FINISHED": (0, "finished"), "FAILED": (1, "failed"), "KILLED": (1, "interrupted")}
_FACTS = {
    "mlflow.note.content": "notes",
    "mlflow.source.name": "program",
    "mlflow.source.git.commit": "commit",
    "mlflow.source.git.repoURL": "repo",
    "mlflow.parentRunId": "group",
}


def find_runs(place: Path, project: str | None = None) -> list[SourceRun]:
    """Give the runs of a store, an experiment's directory or a run's.

    Raises:
        ImportProblem: there is none.
    """
    root = place / "mlruns" if (place / "mlruns").is_dir() else place
    found: list[SourceRun] = []
    for folder in (root, *sorted(root.glob("*")), *sorted(root.glob("*/*"))):
        about = _meta(folder)
        if about.get("lifecycle_stage") == "deleted" or not (about.get("run_id") or about.get("run_uuid")):
            continue
        experiment = _meta(folder.parent)
        if experiment.get("lifecycle_stage") != "deleted" and len(found) < MAX_SOURCES:
            found.append(_run(folder, about, project or _plain(str(experiment.get("name") or DEFAULT_PROJECT))))
    if not found:
        hint = "; a store in a database has to be copied into files first" if (place / "mlflow.db").exists() else ""
        raise ImportProblem(f"no MLflow runs (mlruns/*/*/meta.yaml) in {place}{hint}")
    return found


def _run(folder: Path, about: dict[str, Any], project: str) -> SourceRun:
    run_id = str(about.get("run_id") or about.get("run_uuid"))
    tags = dict(_texts(folder / "tags"))
    facts = {name: tags[tag] for tag, name in _FACTS.items() if tags.get(tag)}
    facts["display_name"] = str(about.get("run_name") or tags.get("mlflow.runName") or run_id)
    labels = [
        f"{key}: {value}" if value not in ("", "True", "true") else key
        for key, value in tags.items()
        if "mlflow." not in key
    ]
    return SourceRun(
        tracker="mlflow",
        place=folder,
        identity=run_id,
        run_id=run_id,
        project=project,
        started_at=float(about.get("start_time") or 0) / 1000,
        facts={**facts, **({"tags": labels} if labels else {})},
        scan=lambda: _scan(folder, about),
    )


def _scan(folder: Path, about: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    config = {key: _parse(value) for key, value in _texts(folder / "params")}
    if config:
        yield "config", {"set": config}
    started = float(about.get("start_time") or 0) / 1000
    steps: dict[int, list[dict[str, Any]]] = {}
    broken = 0
    for path, key in _files(folder / "metrics"):
        for line in path.read_text("utf-8", "replace").splitlines():
            try:
                at, value, *rest = line.split()
                step = int(rest[0]) if rest else 0
                seconds, number = float(at) / 1000, float(value)
            except ValueError:
                broken += 1
                continue
            rows = steps.setdefault(max(0, step), [])
            row = next((row for row in rows if key not in row), None)
            if row is None:
                row = {"_timestamp": 0.0}
                rows.append(row)
            row[key] = number
            row["_timestamp"] = max(row["_timestamp"], seconds)
    for step, rows in sorted(steps.items()):
        for row in rows:
            yield "row", {"_step": step, "_runtime": max(0.0, row["_timestamp"] - started), **row}
    for _ in range(broken):
        yield "skipped", "lines of metrics that can't be read"
    for path, name in _files(folder / "artifacts"):
        yield "file", (path, f"artifacts/{name}")
    status = str(about.get("status") or "")
    end = _ENDS.get(_STATES.get(status, status))
    if end is not None:
        ended = float(about.get("end_time") or 0) / 1000
        yield "exit", {"code": end[0], "state": end[1], "runtime": max(0.0, ended - started)}


def _meta(folder: Path) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.safe_load((folder / "meta.yaml").read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return found if isinstance(found, dict) else {}


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    for inside, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(inside, name)
            yield path, path.relative_to(folder).as_posix()


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path, key in _files(folder):
        yield key, path.read_text("utf-8", "replace").removesuffix("\n")


def _parse(text: str) -> Any:
    """Give a param as what it was before it was written as text: a number, a truth value, or text."""
    if text in ("True", "False"):
        return text == "True"
    if text == "None":
        return None
    for kind in (int, float):
        try:
            return kind(text) if len(text) < 40 and "_" not in text else text
        except ValueError:
            continue
    return text


def _plain(name: str) -> str:
    return "".join("-" if letter in "/\\#?%:" else letter for letter in name)[:128]
