"""Our own integrations: a tiny real training each, logged to a real server, read back and compared."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.frameworks import environment, seen
from tests.protocol import official
from tests.serving import ServerProcess, clean_environment

NAMES = [
    "xgboost", "lightgbm", "catboost", "keras", "lightning", "transformers", "optuna", "hydra", "sb3", "accelerate",
    "torch", "tensorboard", "ultralytics", "gymnasium",
]  # fmt: skip
WITH_PICTURES = {"ultralytics", "gymnasium"}
TRAININGS = Path(__file__).with_name("trainings.py")
WITHIN_S = 150.0


@pytest.mark.parametrize("name", NAMES)
def test_what_a_training_logged_is_what_it_did(server: ServerProcess, tmp_path: Path, name: str) -> None:
    if not environment.is_ready("runwell"):
        pytest.skip("the frameworks aren't installed: `make test-frameworks` installs them")
    if name in WITH_PICTURES and not environment.has_pictures():
        pytest.skip("what trains with pictures isn't installed: `make test-frameworks` installs it")
    run_id = f"ours-{name}"
    more = {"PYTHONPATH": str(environment.pictures())} if name in WITH_PICTURES else {}
    ended = subprocess.run(
        [environment.interpreter("runwell"), TRAININGS, name, run_id],
        cwd=tmp_path,
        env=clean_environment(
            RUNWELL_BASE_URL=server.url,
            RUNWELL_API_KEY=server.key,
            RUNWELL_FINISH_TIMEOUT="60",
            YOLO_CONFIG_DIR=str(tmp_path / "yolo"),
            **more,
        ),
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
    )
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-4000:]
    record = json.loads((tmp_path / "record.json").read_text())
    rows = official.history(server, "integrations", run_id)
    run = official.described(server, "integrations", run_id)
    assert run["state"] == "finished"
    _check_rows(rows, record["rows"], record.get("near", 1e-6))
    _check_part(run["config"], record.get("config", {}))
    _check_part(_flat(run["summary"]), record.get("summary", {}))
    files = {file["path"] for file in server.get_json(f"/api/projects/local/integrations/runs/{run_id}/files")["files"]}
    assert set(record.get("files", [])) <= files
    keys = {key for row in rows for key, value in row.items() if isinstance(value, dict)}
    assert set(record.get("tables", [])) <= keys
    for key, digests in record.get("media", {}).items():
        assert [row[key]["sha256"] for row in rows if key in row] == digests
    if "models" in record:
        logged = seen.artifacts(server, tmp_path / "artifacts", "integrations", run_id)
        versions = {artifact.name: artifact for artifact in logged if artifact.type == "model"}
        named = [f"model-{run_id}:v{number}" for number in range(len(record["models"]))]
        assert [sorted(versions[name].files) for name in named] == record["models"] and len(versions) == len(named)
        assert "latest" in versions[named[-1]].aliases
    if "graph" in record:
        assert run["summary"][record["graph"]]["_type"] == "graph-file"


def _check_rows(rows: list[dict[str, Any]], expected: list[dict[str, Any]], near: float) -> None:
    """Each expected part is a row's, in order, and no other row has all of its keys."""
    for keys in {tuple(part) for part in expected}:
        wanted = [part for part in expected if tuple(part) == keys]
        found = [row for row in rows if set(keys) <= row.keys()]
        assert len(found) >= len(wanted), (keys, len(found), len(wanted))
        places = iter(found)
        for part in wanted:
            assert any(_holds(row, part, near) for row in places), (part, [{k: r[k] for k in keys} for r in found][:5])


def _holds(row: dict[str, Any], part: dict[str, Any], near: float) -> bool:
    return all(_same(row.get(key), value, near) for key, value in part.items())


def _same(found: Any, value: Any, near: float = 1e-6) -> bool:
    if isinstance(value, dict) and value.get("_type") == "histogram":
        close = all(math.isclose(a, b, abs_tol=1e-6) for a, b in zip(found["bins"], value["bins"], strict=True))
        return close and sum(found["values"]) == sum(value["values"])
    if isinstance(value, float) and isinstance(found, (int, float)):
        return math.isclose(found, value, rel_tol=near, abs_tol=1e-3 * near)
    return found == value


def _check_part(found: dict[str, Any], part: dict[str, Any]) -> None:
    for key, value in part.items():
        assert key in found and _same(found[key], value), (key, value, found.get(key))


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in values.items():
        found[f"{prefix}{key}"] = value
        if isinstance(value, dict) and "_type" not in value:
            found.update(_flat(value, f"{prefix}{key}."))
    return found
