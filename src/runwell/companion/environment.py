"""What a run ran on and with: ``wandb-metadata.json``, ``requirements.txt``, ``config.yaml``.

Names are those that the official client writes, so that one server and one Overview page read both.
"""

from __future__ import annotations

import os
import platform
import socket
import sys
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import orjson
import psutil

from runwell.sync.disk import replace_file
from runwell.sync.tail import HEAD_BYTES, JournalTail
from runwell.wire import records

from .git import describe_git
from .gpu import Gpus
from .secrets import mask_arguments

METADATA = "wandb-metadata.json"
REQUIREMENTS = "requirements.txt"
CONFIG = "config.yaml"
# The only variables that are read: job and device numbers, never the whole environment.
_ALLOWED_VARIABLES = ("SLURM_JOB_ID", "SLURM_JOB_NAME", "SLURM_NODELIST", "SLURM_PROCID", "CUDA_VISIBLE_DEVICES")

# What a run that is to say little leaves out: whose machine it was, where on it, and the command line.
_TELLS_WHERE = frozenset({"host", "cwd", "root", "args", "program", "executable", "codePath", "git"})


def first_run_facts(run_dir: Path) -> dict[str, Any]:
    """Give what the first piece of the main journal says in ``run`` records: program, args, cwd, host…"""
    facts: dict[str, Any] = {}
    piece = JournalTail(run_dir / records.MAIN_JOURNAL).read(about=HEAD_BYTES)
    for entry in piece.found.entries if piece else ():
        if entry.kind == records.RUN and isinstance(entry.payload, dict):
            facts.update(entry.payload)
    return facts


def describe_environment(opened: Mapping[str, Any], run: Mapping[str, Any], with_git: bool = True) -> dict[str, Any]:
    """Give the content of ``wandb-metadata.json``.

    Args:
        opened: the main journal's ``open`` payload.
        run: its ``run`` records, merged.
        with_git: what git says of the script's directory is wanted.
    """
    pid = opened.get("pid")
    cwd = str(run.get("cwd") or _of_process(pid, "cwd") or "")
    arguments = run.get("args")
    if not isinstance(arguments, list):  # a script that named itself has none; its interpreter's options aren't its own
        arguments = [] if run.get("program") else (_of_process(pid, "cmdline") or [])[2:]
    memory = psutil.virtual_memory()
    started = opened.get("created_at")
    metadata: dict[str, Any] = {
        "os": platform.platform(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "startedAt": datetime.fromtimestamp(float(started or 0), timezone.utc).isoformat(),
        "args": mask_arguments([str(argument) for argument in arguments]),
        "program": run.get("program"),
        "host": run.get("host") or socket.gethostname(),
        "executable": sys.executable,
        "cwd": cwd,
        "root": cwd,
        "cpu_count": psutil.cpu_count(logical=False) or psutil.cpu_count(),
        "cpu_count_logical": psutil.cpu_count(),
        "memory": {"total": str(memory.total)},
        "disk": {"/": {"total": str(psutil.disk_usage("/").total), "used": str(psutil.disk_usage("/").used)}},
        "writerId": opened.get("journal"),
        "sdk": f"runwell {opened.get('sdk_version') or ''}".strip(),
    }
    program = metadata["program"]
    script = run.get("script") or program
    git = _describe_git(cwd, script, opened.get("head")) if with_git else {}
    if git:
        metadata["root"] = git["root"]
        metadata["git"] = {key: git[key] for key in ("remote", "commit", "branch", "dirty") if key in git}
        if script:
            try:
                metadata["codePath"] = str((Path(cwd) / script).resolve().relative_to(Path(git["root"]).resolve()))
            except ValueError:
                pass
    gpus = Gpus()
    metadata.update(gpus.describe())
    gpus.close()
    if opened.get("capture") == "minimal":
        metadata = {key: value for key, value in metadata.items() if key not in _TELLS_WHERE}
    allowed = {name.lower(): os.environ[name] for name in _ALLOWED_VARIABLES if name in os.environ}
    if allowed:
        metadata["environment"] = allowed
    return {key: value for key, value in metadata.items() if value is not None}


def _describe_git(cwd: str, script: str | None, head: Any) -> dict[str, Any]:
    """Ask git where the trainer found a repository; where it found none, beside the script, else in its directory."""
    if isinstance(head, dict) and isinstance(head.get("root"), str):
        return describe_git(head["root"], head)
    directory = str((Path(cwd) / script).parent) if script and cwd else cwd
    return describe_git(directory) or (describe_git(cwd) if cwd else {})


def list_requirements() -> str:
    """Give the distributions of this interpreter, which is the trainer's, as ``name==version`` lines."""
    from importlib.metadata import distributions

    found: dict[str, str] = {}
    for distribution in distributions():
        name = distribution.metadata["Name"] if distribution.metadata else None
        if name:
            found.setdefault(name, distribution.version)
    return "".join(f"{name}=={version}\n" for name, version in sorted(found.items(), key=lambda item: item[0].lower()))


def write_metadata(run_dir: Path, metadata: Mapping[str, Any]) -> None:
    """Write ``files/wandb-metadata.json``."""
    replace_file(
        run_dir / records.FILES_DIR / METADATA, orjson.dumps(metadata, option=orjson.OPT_INDENT_2), durable=False
    )


def write_requirements(run_dir: Path) -> None:
    """Write ``files/requirements.txt``."""
    replace_file(run_dir / records.FILES_DIR / REQUIREMENTS, list_requirements().encode(), durable=False)


def write_config(run_dir: Path) -> bool:
    """Write ``files/config.yaml`` from the config records of the main journal; False if there are none."""
    config = _fold_config(run_dir / records.MAIN_JOURNAL)
    if not config:
        return False
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    document = {key: {"value": value} for key, value in config.items()}
    text = yaml.dump(document, Dumper=dumper, allow_unicode=True, default_flow_style=False)
    replace_file(run_dir / records.FILES_DIR / CONFIG, text.encode(), durable=False)
    return True


def _fold_config(path: Path) -> dict[str, Any]:
    """Read the config records of a journal, and only those: their lines tell them apart before decoding."""
    from runwell.wire.journal import scan

    config: dict[str, Any] = {}
    try:
        with path.open("rb") as file:
            for line in file:
                if line[8:19] != b' {"config":':
                    continue
                for entry in scan(line).entries:
                    if isinstance(entry.payload, dict):
                        config.update(entry.payload.get("set") or {})
                        for key in entry.payload.get("del") or ():
                            config.pop(key, None)
    except OSError:
        return {}
    return config


def _of_process(pid: Any, what: str) -> Any:
    try:
        return getattr(psutil.Process(pid), what)()
    except (psutil.Error, TypeError, ValueError):
        return None
