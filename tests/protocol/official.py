"""Scripts run with the unmodified official client, in a process and a home of their own."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from tests.serving import ServerProcess, clean_environment

WITHIN_S = 100.0
# How often the client sends and retries, so that a test needn't wait for its usual 15 s; not what it sends.
SOON = {
    "WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL": "1",
    "WANDB_X_FILE_STREAM_RETRY_WAIT_MIN_SECONDS": "1",
    "WANDB_X_FILE_TRANSFER_RETRY_WAIT_MIN_SECONDS": "1",
    "WANDB_X_GRAPHQL_RETRY_WAIT_MIN_SECONDS": "1",
}


def environment(server: ServerProcess, home: Path, **more: str) -> dict[str, str]:
    """Give what the official client needs to find a server: its address and a key, nothing else of ours."""
    home.mkdir(parents=True, exist_ok=True)
    return clean_environment(
        HOME=str(home),
        WANDB_BASE_URL=server.url,
        WANDB_API_KEY=server.key,
        WANDB_DIR=str(home),
        WANDB_CACHE_DIR=str(home / "cache"),
        WANDB_CONFIG_DIR=str(home / "config"),
        WANDB_DATA_DIR=str(home / "data"),
        **more,
    )


def start(server: ServerProcess, home: Path, script: str, **more: str) -> subprocess.Popen[str]:
    """Start a script that uses ``wandb``; its output is one text."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=home.mkdir(parents=True, exist_ok=True) or home,
        env=environment(server, home, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(server: ServerProcess, home: Path, script: str, *, status: int = 0, **more: str) -> str:
    """Run a script to its end, which must have this exit status; give its output."""
    process = start(server, home, script, **more)
    try:
        output, _ = process.communicate(timeout=WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"the script did not end:\n{process.communicate()[0]}\n{server.log()}") from None
    assert process.returncode == status, f"ended with {process.returncode}:\n{output}\n{server.log()}"
    return output


def history(server: ServerProcess, project: str, run_id: str, **query: str) -> list[dict[str, Any]]:
    """Give every row of a run, as ``/api`` has it."""
    parameters = "&".join(f"{name}={value}" for name, value in {"format": "jsonl", **query}.items())
    path = f"/api/projects/local/{project}/runs/{run_id}/history?{parameters}"
    status, _, body = server.request("GET", path)
    assert status == 200, body[:500]
    return [json.loads(line) for line in body.splitlines()]


def described(server: ServerProcess, project: str, run_id: str) -> dict[str, Any]:
    """Give the ``Run`` object of a run."""
    return server.get_json(f"/api/projects/local/{project}/runs/{run_id}")


def same(a: Any, b: Any) -> bool:
    """Tell whether two values are equal, NaN being equal to NaN, 1 not to 1.0 beyond what floats hold."""
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a):
        return math.isnan(b)
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return a == b
