"""``wandb-metadata.json``, as clients write it, turned into the ``meta`` of docs/api.md. Pure."""

from __future__ import annotations

import shlex
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from runwell.wire.errors import InvalidValue
from runwell.wire.numbers import decode_extended

METADATA_FILE = "wandb-metadata.json"
MAX_TEXT_CHARS = 4_096
MAX_ARGS = 1_000

# as clients name it → as we show it
_TEXTS = {
    "host": "host",
    "os": "os",
    "python": "python",
    "program": "program",
    "root": "cwd",
    "cwd": "cwd",
    "executable": "executable",
    "username": "username",
    "startedAt": "started_at",
    "gpu": "gpu",
    "gpuType": "gpu",
    "cudaVersion": "cuda",
    "codePath": "code_path",
    "docker": "docker",
    "colab": "colab",
}
_NUMBERS = {"cpu_count": "cpu_count", "cpu_count_logical": "cpu_count_logical", "gpu_count": "gpu_count"}


def machine_of(text: bytes) -> dict[str, Any]:
    """Read a metadata file.

    Args:
        text: JSON as the official client or ours writes it; anything else gives {}.

    Returns:
        Keys of ``meta``: host, os, python, program, command, cwd, git, cpu_count, gpu, … those it has.
    """
    try:
        said = decode_extended(text)
    except (InvalidValue, UnicodeDecodeError):
        return {}
    if not isinstance(said, dict):
        return {}
    meta: dict[str, Any] = {}
    for theirs, ours in _TEXTS.items():
        value = said.get(theirs)
        if isinstance(value, str) and value:
            meta[ours] = value[:MAX_TEXT_CHARS]
    for theirs, ours in _NUMBERS.items():
        value = said.get(theirs)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1_000_000:
            meta[ours] = value
    args = said.get("args")
    if isinstance(args, list) and all(isinstance(arg, str) for arg in args):
        program = str(said.get("program") or "")
        # A module's is "-m NAME", as clients write it: two words of the command.
        words = [*(program.split(" ", 1) if program.startswith("-m ") else [program]), *args[:MAX_ARGS]]
        meta["command"] = shlex.join(word for word in words if word)[:MAX_TEXT_CHARS]
        if args:
            meta["args"] = [arg[:MAX_TEXT_CHARS] for arg in args[:MAX_ARGS]]
    memory = said.get("memory")
    if isinstance(memory, dict):
        total = _integer(memory.get("total"))
        if total is not None:
            meta["memory_bytes"] = total
    cpu = said.get("cpu")
    if isinstance(cpu, dict) and isinstance(cpu.get("model"), str) and cpu["model"]:
        meta["cpu"] = cpu["model"][:MAX_TEXT_CHARS]
    meta |= _accelerators(said, meta)
    slurm = said.get("slurm")
    if isinstance(slurm, dict):
        kept = {str(k): str(v)[:MAX_TEXT_CHARS] for k, v in list(slurm.items())[:MAX_ARGS] if isinstance(v, (str, int))}
        meta |= {"slurm": kept} if kept else {}
    git = _git(said.get("git"))
    if git:
        meta["git"] = git
    return meta


def _accelerators(said: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """Name the devices that compute, whoever made them: ``gpu``, ``gpu_count``, ``gpu_memory_bytes`` of one."""
    for name in ("gpu_nvidia", "gpu_devices", "gpu_amd"):
        devices = said.get(name)
        if isinstance(devices, list) and devices and isinstance(devices[0], dict):
            first = devices[0]
            model = first.get("name") or first.get("series") or first.get("model") or known.get("gpu") or ""
            found: dict[str, Any] = {"gpu": str(model)[:MAX_TEXT_CHARS]}
            found["gpu_count"] = known.get("gpu_count", len(devices))
            memory = _integer(first.get("memoryTotal"))
            return found | ({"gpu_memory_bytes": memory} if memory else {})
    for name, count in (("apple", "gpuCores"), ("tpu", "count"), ("trainium", "neuronDeviceCount")):
        device = said.get(name)
        if isinstance(device, dict) and isinstance(device.get("name"), str) and device["name"]:
            number = _integer(device.get(count)) if name != "apple" else 1
            found = {"gpu": device["name"][:MAX_TEXT_CHARS]}
            return found | ({"gpu_count": known.get("gpu_count", number)} if number else {})
    return {}


def _git(said: Any) -> dict[str, Any]:
    if not isinstance(said, dict):
        return {}
    git: dict[str, Any] = {}
    for name in ("commit", "branch"):
        if isinstance(said.get(name), str):
            git[name] = said[name][:MAX_TEXT_CHARS]
    remote = said.get("remote") or said.get("remote_url")
    if isinstance(remote, str) and remote:
        git["remote"] = without_secrets(remote)[:MAX_TEXT_CHARS]
    if isinstance(said.get("dirty"), bool):
        git["dirty"] = said["dirty"]
    return git


def without_secrets(remote: str) -> str:
    """Give a git remote without user, password and query (``git@host:path`` has none to hide)."""
    if "://" not in remote:
        return remote
    try:
        parts = urlsplit(remote)
        port = f":{parts.port}" if parts.port else ""
        return urlunsplit((parts.scheme, f"{parts.hostname or ''}{port}", parts.path, "", ""))
    except ValueError:
        return ""


def _integer(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None
